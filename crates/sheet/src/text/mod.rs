//! Tables as text: CSV and JSON Lines.

pub mod csv;
pub mod encoding;
pub mod json_lines;
mod utf8;

pub use csv::Csv;
pub use encoding::Encoding;
pub use json_lines::JsonLines;
