//! Tables as offices have them: XLSX, CSV and JSON Lines, read row by row.
//!
//! | module | what |
//! |---|---|
//! | [`source`] | a file as sheets of [`Row`]s, whatever its format |
//! | [`text`] | CSV (RFC 4180) and JSON Lines: encodings, separators |
//! | [`book`] | XLSX, with a guard against what unpacks to more than a machine has |
//! | [`value`] | days and numbers as people write them in spreadsheets |
//! | [`template`] | blank tables to fill in, with drop-downs and hints |
//! | [`marked`] | a table with its faults marked in it, to be corrected and sent again |
//! | [`write`](mod@write) | tables that are given out |
//!
//! It is the only crate that knows `calamine` and `rust_xlsxwriter`. A file is never held as a
//! whole: of XLSX the texts that its cells share are in memory, of the rest one row at a time.
//! What is wrong with a file is a [`Fault`], with its line where it has one; what is odd and can be
//! read all the same is a [`Note`]. Nothing here reads the clock.

pub mod book;
mod cell;
mod fault;
mod limits;
pub mod marked;
pub mod source;
pub mod template;
pub mod text;
pub mod value;
pub mod write;

pub use cell::{Cell, Row, Sort, column_name};
pub use fault::{Fault, Note};
pub use limits::Limits;
pub use source::{Flow, Format, Layout, Source};
