//! Vectors, goldens and properties of the evidence log; the modules mirror those of the crate.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod audit;
mod checkpoint;
mod leaf;
mod log;
mod note;
mod peers;
mod proof;
mod storage;
mod support;
mod tile;
mod tree;
