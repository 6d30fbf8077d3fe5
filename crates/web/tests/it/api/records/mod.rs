//! `/api/v1/records`.

mod bad_input;
mod list;
mod proof;
mod read;
mod send;
mod stream;
