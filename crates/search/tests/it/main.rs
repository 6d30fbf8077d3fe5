//! Searching as people do.

mod known;
mod properties;
mod relevance;
