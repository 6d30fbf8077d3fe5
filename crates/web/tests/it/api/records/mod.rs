//! `/api/v1/records`.

mod attachments;
mod bad_input;
mod list;
mod proof;
mod read;
mod send;
mod stream;
