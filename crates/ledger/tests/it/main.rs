//! Vectors, goldens and properties of the evidence log; the modules mirror those of the crate.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod tree;
