//! Reading the text of a pack so that every value knows its line, and every fault is found, not
//! only the first.

mod names;
mod read;
mod rows;
mod table;
mod text;

pub(crate) use names::{Form, nearest};
pub(crate) use read::{Located, Read, choice};
pub(crate) use rows::{Row, Rows};
pub(crate) use table::{Node, Table};
pub(crate) use text::Source;
