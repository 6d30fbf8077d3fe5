//! Reference values, golden cases and properties.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

mod dist;
mod golden;
mod signal;
mod surveillance;
