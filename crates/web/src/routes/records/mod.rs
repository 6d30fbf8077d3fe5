//! `/api/v1/records`.

pub mod attachments;
pub mod count;
pub mod list;
pub mod proof;
pub mod read;
pub mod send;
mod split;
pub mod stream;

/// The media type of a stream.
pub const NDJSON: &str = "application/x-ndjson";
