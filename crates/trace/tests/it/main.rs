//! The graph as its callers use it.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

mod chains;
mod containment;
mod laws;
mod small;
mod snapshot;
