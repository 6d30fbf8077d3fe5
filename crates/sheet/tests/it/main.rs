//! Tables of every format, right and wrong.

mod book;
mod csv;
mod files;
mod json_lines;
mod values;
mod written;
