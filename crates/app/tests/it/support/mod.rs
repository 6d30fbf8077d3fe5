//! An installation for each test, and records to send to it.

mod home;
mod samples;

pub use home::{Home, changed_pack, on_both, on_each, pack, somebody};
pub use samples::*;
