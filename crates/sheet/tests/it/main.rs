#![allow(clippy::unwrap_used)] // a test that cannot go on fails

//! Tables of every format, right and wrong.

mod book;
mod csv;
mod files;
mod json_lines;
mod office;
mod values;
mod written;
