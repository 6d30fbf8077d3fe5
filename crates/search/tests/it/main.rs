#![allow(clippy::unwrap_used)] // a test that cannot go on fails

//! Searching as people do.

mod known;
mod properties;
mod relevance;
