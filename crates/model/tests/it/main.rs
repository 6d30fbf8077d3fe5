#![allow(clippy::unwrap_used)] // a test that cannot go on fails

//! What comes from outside as a record, and the canonical text it gets.

mod drafts;
mod json;
mod records;
