//! Tables that are given out: XLSX, CSV and JSON Lines by one path, row by row.
//!
//! A file says how many rows it has, so that whoever has a part of it sees that. What a spreadsheet
//! would run as a formula is text in every format. Nothing is cut off in silence: a table that is
//! longer than a sheet goes on on the next, a text that is longer than a cell ends with words that
//! say so and is counted.
//!
//! ```
//! use sheet::write::{Cell, Column, Format, Head, Holds, Writer};
//! let head = Head {
//!     title: "抽查结果".to_owned(),
//!     columns: vec![
//!         Column::new("code", "统一社会信用代码", Holds::Text),
//!         Column::new("items", "检验项目数", Holds::Number),
//!     ],
//!     rows: 1,
//!     ..Head::default()
//! };
//! let mut writer = Writer::new(Format::Csv, Vec::new(), head)?;
//! writer.row(&[Cell::Text("91420100758123450T"), Cell::Integer(7)])?;
//! let (bytes, written) = writer.finish()?;
//! assert_eq!(written.rows, 1);
//! assert!(String::from_utf8(bytes)?.contains("91420100758123450T,7\r\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod csv;
mod json;
mod xlsx;
mod zip;

use std::io::{self, Write};

use ::clock::Date;

pub use csv::harmless;

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// An Excel workbook (ECMA-376).
    Xlsx,
    /// CSV (RFC 4180) in UTF-8 with a mark at its beginning, so that Excel reads it as such.
    Csv,
    /// A JSON object on each line; the first one says how many follow.
    JsonLines,
}

impl Format {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Xlsx, Self::Csv, Self::JsonLines];

    /// The name in addresses and commands, which is also how file names end.
    pub fn word(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    /// The format of a name.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.word() == word)
    }

    /// The media type.
    pub fn media(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
            Self::JsonLines => "application/x-ndjson; charset=utf-8",
        }
    }
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Holds {
    /// Text, also codes that are all digits.
    #[default]
    Text,
    /// Numbers.
    Number,
    /// Days.
    Date,
    /// Days with a time, in China.
    Time,
    /// Yes or no.
    Flag,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name for programs: the key in JSON Lines.
    pub name: String,
    /// Its head in XLSX and CSV.
    pub label: String,
    /// What it holds.
    pub holds: Holds,
}

impl Column {
    /// A column.
    pub fn new(name: impl Into<String>, label: impl Into<String>, holds: Holds) -> Self {
        Self { name: name.into(), label: label.into(), holds }
    }
}

/// What stands in a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Empty,
    /// Text.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
    /// A number by its decimal digits, such as `-12.50`.
    Decimal(&'a str),
    /// A number; one that is not finite is nothing.
    Float(f64),
    /// A day.
    Date(Date),
    /// A time, in µs since 1970 UTC; written as it is in China.
    Time(i64),
    /// Yes or no.
    Flag(bool),
    /// A structure, as JSON.
    Json(&'a str),
}

/// What a file says of itself.
#[derive(Debug, Clone, Default)]
pub struct Head {
    /// Its name, also that of its sheets.
    pub title: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// How many rows will come.
    pub rows: u64,
    /// What else is to be known: names and values.
    pub notes: Vec<Note>,
    /// Who took it, when, what for, for which office: on every printed page, and in every format.
    pub mark: Option<String>,
    /// The words of the program in the file.
    pub words: Words,
}

/// A name and a value that stand in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its name for programs: the key in the first line of JSON Lines.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// The value.
    pub value: String,
    /// What it is to programs.
    pub sort: NoteSort,
}

/// What the value of a note is to programs. It is said, not guessed: a code of digits is a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteSort {
    /// Text.
    Text,
    /// A whole number.
    Number,
    /// Something that is so.
    Truth,
}

impl Note {
    /// A text.
    pub fn new(
        name: impl Into<String>,
        label: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        let sort = NoteSort::Text;
        Self { name: name.into(), label: label.into(), value: value.into(), sort }
    }

    /// A count.
    pub fn number(name: impl Into<String>, label: impl Into<String>, value: u64) -> Self {
        Self { sort: NoteSort::Number, ..Self::new(name, label, value.to_string()) }
    }

    /// Something that is so.
    pub fn truth(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self { sort: NoteSort::Truth, ..Self::new(name, label, "true") }
    }
}

/// The words that the program itself writes into a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The name of the sheet of notes.
    pub about: String,
    /// Rows.
    pub rows: String,
    /// Sheets; said where there are several.
    pub sheets: String,
    /// Texts that were longer than a cell.
    pub cut: String,
    /// What such a text ends with.
    pub cut_mark: String,
    /// The watermark.
    pub mark: String,
    /// Yes.
    pub yes: String,
    /// No.
    pub no: String,
}

impl Default for Words {
    fn default() -> Self {
        Self::chinese()
    }
}

impl Words {
    /// In Chinese.
    pub fn chinese() -> Self {
        Self {
            about: "说明".to_owned(),
            rows: "行数".to_owned(),
            sheets: "工作表数（超出单个工作表行数上限，续于下一工作表）".to_owned(),
            cut: "超出单元格长度而截短的文字（处）".to_owned(),
            cut_mark: "……（超出单元格长度，已截短；全文见 JSON Lines 格式）".to_owned(),
            mark: "水印".to_owned(),
            yes: "是".to_owned(),
            no: "否".to_owned(),
        }
    }

    /// In English.
    pub fn english() -> Self {
        Self {
            about: "About".to_owned(),
            rows: "Rows".to_owned(),
            sheets: "Sheets (more rows than a sheet holds go on on the next)".to_owned(),
            cut: "Texts cut because they are longer than a cell".to_owned(),
            cut_mark: "… (longer than a cell, cut here; whole in JSON Lines)".to_owned(),
            mark: "Watermark".to_owned(),
            yes: "yes".to_owned(),
            no: "no".to_owned(),
        }
    }
}

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Rows.
    pub rows: u64,
    /// Sheets of rows.
    pub sheets: u32,
    /// Texts that were cut because they were longer than a cell.
    pub cut: u64,
}

/// A file that is being written.
pub struct Writer<W: Write> {
    head: Head,
    rows: u64,
    form: Form<W>,
}

enum Form<W: Write> {
    Xlsx(Box<xlsx::Xlsx<W>>),
    Csv(csv::Csv<W>),
    JsonLines(json::JsonLines<W>),
}

impl<W: Write> Writer<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// What it is written to fails.
    pub fn new(format: Format, out: W, head: Head) -> io::Result<Self> {
        let form = match format {
            Format::Xlsx => Form::Xlsx(Box::new(xlsx::Xlsx::new(out, &head)?)),
            Format::Csv => Form::Csv(csv::Csv::new(out, &head)?),
            Format::JsonLines => Form::JsonLines(json::JsonLines::new(out, &head)?),
        };
        Ok(Self { head, rows: 0, form })
    }

    /// Writes a row: a cell for each column; what is missing at its end is empty.
    ///
    /// # Errors
    /// What it is written to fails.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        let cells = cells.get(..self.head.columns.len()).unwrap_or(cells);
        self.rows += 1;
        match &mut self.form {
            Form::Xlsx(form) => form.row(cells, &self.head),
            Form::Csv(form) => form.row(cells, &self.head),
            Form::JsonLines(form) => form.row(cells, &self.head),
        }
    }

    /// How many rows were written.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Where it is written to, for taking away what lies there; none after it failed.
    pub fn out(&mut self) -> Option<&mut W> {
        match &mut self.form {
            Form::Xlsx(form) => form.out(),
            Form::Csv(form) => form.out(),
            Form::JsonLines(form) => form.out(),
        }
    }

    /// Ends the file.
    ///
    /// # Errors
    /// What it is written to fails; [`io::ErrorKind::InvalidData`] where another number of rows was
    /// written than was said.
    pub fn finish(self) -> io::Result<(W, Written)> {
        if self.rows != self.head.rows {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{} rows were said and {} written", self.head.rows, self.rows),
            ));
        }
        let plain = Written { rows: self.rows, sheets: 1, cut: 0 };
        match self.form {
            Form::Xlsx(form) => form.finish(&self.head, self.rows),
            Form::Csv(form) => Ok((form.finish(&self.head, self.rows)?, plain)),
            Form::JsonLines(form) => Ok((form.finish(self.rows)?, plain)),
        }
    }
}

/// Writes a number below 100 with two digits.
fn two(into: &mut Vec<u8>, number: u64) {
    into.extend_from_slice(&[b'0' + (number / 10 % 10) as u8, b'0' + (number % 10) as u8]);
}

/// Writes a whole number.
fn integer(into: &mut Vec<u8>, number: i64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = number.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        into.push(b'-');
    }
    into.extend_from_slice(&digits[at..]);
}

/// µs of a day.
const DAY: i64 = 86_400_000_000;
/// China is eight hours before UTC, all year round.
const CHINA: i64 = 8 * 3_600_000_000;

/// A time as the day and the µs of it in China; none outside of the calendar.
fn in_china(micros: i64) -> Option<(Date, i64)> {
    let local = micros.saturating_add(CHINA);
    Some((Date::from_unix_day(local.div_euclid(DAY))?, local.rem_euclid(DAY)))
}

/// Writes a day and time of China to the second: `2026-03-05 14:30:00`.
fn time(into: &mut Vec<u8>, micros: i64) {
    let Some((day, rest)) = in_china(micros) else { return integer(into, micros) };
    into.extend_from_slice(day.to_string().as_bytes());
    into.push(b' ');
    let seconds = (rest / 1_000_000).unsigned_abs();
    two(into, seconds / 3600);
    into.push(b':');
    two(into, seconds / 60 % 60);
    into.push(b':');
    two(into, seconds % 60);
}
