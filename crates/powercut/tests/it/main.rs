//! The disk, seen through programs that run on it.
#![allow(clippy::unwrap_used)] // a test that cannot go on fails
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

mod agreement;
mod contents;
mod full;
mod log;
mod names;
mod probe;
mod rounds;
mod sqlite;
mod symbols;
