//! Searching as people do.

#![allow(clippy::unwrap_used)]

mod known;
mod properties;
mod relevance;
