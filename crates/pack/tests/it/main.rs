#![allow(clippy::unwrap_used)] // a test that cannot go on fails

//! The pack of Hubei as it is, a small pack broken in every way, and what both answer.

mod ask;
mod change;
mod course;
mod faults;
mod foreign;
mod hubei;
mod law;
mod position;
mod report;
mod schema;
mod small;
mod terms;
mod written;
