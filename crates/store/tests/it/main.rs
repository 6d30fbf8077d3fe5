#![allow(clippy::unwrap_used)] // a test that cannot go on fails

//! The store on both databases.

mod appends;
mod jobs;
mod readings;
mod samples;
