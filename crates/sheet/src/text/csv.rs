//! CSV as RFC 4180 has it: fields in quotes may hold separators, line breaks and doubled quotes.

use std::io::Read;

use memchr::{memchr, memchr3};

use super::encoding::Encoding;
use super::utf8::Utf8;
use crate::cell::{Cell, Row, Sort};
use crate::fault::{Fault, Note};
use crate::limits::Limits;

/// Characters that are tried as separators, the most usual first.
pub const SEPARATORS: &[u8] = b",\t;|";

/// A table that is being read.
pub struct Csv<R> {
    text: Utf8<R>,
    separator: u8,
    limits: Limits,
    buffer: Vec<u8>,
    at: usize,
    /// The line on which the next row begins.
    line: u64,
    /// How many fields the first row has.
    width: usize,
    rows: u64,
    /// Where the fields of a row stand.
    fields: Vec<Field>,
}

#[derive(Debug, Clone, Copy)]
struct Field {
    from: usize,
    to: usize,
    /// Whether quotes in it are doubled.
    has_quotes: bool,
}

/// What comes next in the text.
enum Next {
    /// A row, which ends behind this byte and with a line break or not.
    Row { end: usize, is_broken: bool },
    /// Its end is not there yet.
    More,
    /// Text stands behind the end of a quoted field.
    AfterQuote { at: usize },
}

impl<R: Read> Csv<R> {
    /// A table in an encoding, with a separator.
    pub fn new(input: R, encoding: Encoding, separator: u8, limits: Limits) -> Self {
        let text = Utf8::new(input, encoding);
        let (buffer, fields) = (Vec::new(), Vec::new());
        Self { text, separator, limits, buffer, at: 0, line: 1, width: 0, rows: 0, fields }
    }

    /// What is odd about what was read so far.
    pub fn notes(&self) -> &[Note] {
        &self.text.notes
    }

    /// Reads the next row that has anything on it; false at the end.
    ///
    /// # Errors
    /// Another encoding, a quote that is not closed, more than the limits allow; with the line.
    pub fn read(&mut self, row: &mut Row) -> Result<bool, Fault> {
        loop {
            if !self.read_any(row)? {
                return Ok(false);
            }
            // A line of nothing is no row, nor is one of separators alone.
            if !row.cells.is_empty() {
                self.rows += 1;
                if self.rows > self.limits.rows {
                    return Err(too_many_rows(self.limits.rows).at(row.number));
                }
                return Ok(true);
            }
        }
    }

    fn read_any(&mut self, row: &mut Row) -> Result<bool, Fault> {
        let mut at_end = false;
        loop {
            match self.scan(at_end) {
                Next::Row { end, is_broken } => {
                    if end == self.at {
                        return Ok(false);
                    }
                    self.fill(row)?;
                    if is_broken && self.fields.len() < self.width && !row.cells.is_empty() {
                        return Err(self.cut_off());
                    }
                    self.width = if self.width == 0 { self.fields.len() } else { self.width };
                    let taken = self.buffer.get(self.at..end).unwrap_or_default();
                    self.line += breaks(taken);
                    self.at = end;
                    return Ok(true);
                }
                Next::AfterQuote { at } => {
                    let line = self.line + breaks(self.buffer.get(self.at..at).unwrap_or_default());
                    return Err(Fault::new(
                        "sheet.after_quote",
                        "text stands behind the quote that ends a field; double the quotes inside of a field",
                        "字段结束引号后还有文字；字段内的引号请写成两个",
                    )
                    .at(line));
                }
                Next::More if at_end => return Err(self.open_quote()),
                Next::More => {
                    if self.buffer.len() - self.at > self.limits.row {
                        return Err(self.open_quote());
                    }
                    self.buffer.drain(..self.at);
                    self.at = 0;
                    at_end = !self.text.read(&mut self.buffer, self.limits.row)?;
                }
            }
        }
    }

    /// Finds the fields of the next row.
    fn scan(&mut self, at_end: bool) -> Next {
        self.fields.clear();
        let bytes = self.buffer.as_slice();
        let mut at = self.at;
        loop {
            let (field, end) = match bytes.get(at) {
                Some(b'"') => match quoted(bytes, at + 1, at_end) {
                    Some(found) => found,
                    None => return Next::More,
                },
                _ => {
                    let rest = bytes.get(at..).unwrap_or_default();
                    let to = memchr3(self.separator, b'\n', b'\r', rest).map(|end| at + end);
                    if to.is_none() && !at_end {
                        return Next::More;
                    }
                    let to = to.unwrap_or(bytes.len());
                    (Field { from: at, to, has_quotes: false }, to)
                }
            };
            self.fields.push(field);
            match bytes.get(end) {
                Some(byte) if *byte == self.separator => at = end + 1,
                Some(b'\n') => return Next::Row { end: end + 1, is_broken: false },
                Some(b'\r') => match bytes.get(end + 1) {
                    Some(b'\n') => return Next::Row { end: end + 2, is_broken: false },
                    None if !at_end => return Next::More,
                    _ => return Next::Row { end: end + 1, is_broken: false },
                },
                Some(_) => return Next::AfterQuote { at: end },
                None if !at_end => return Next::More,
                None => return Next::Row { end, is_broken: true },
            }
        }
    }

    fn fill(&self, row: &mut Row) -> Result<(), Fault> {
        row.number = self.line;
        row.width = self.fields.len();
        if self.fields.len() > self.limits.columns && self.used() > self.limits.columns {
            return Err(too_many_columns(self.used(), self.limits.columns).at(self.line));
        }
        row.cells.resize(self.fields.len().min(self.limits.columns), Cell::EMPTY);
        for (cell, field) in row.cells.iter_mut().zip(&self.fields) {
            let bytes = self.buffer.get(field.from..field.to).unwrap_or_default();
            if bytes.len() > self.limits.cell {
                return Err(too_long_cell(self.limits.cell).at(self.line));
            }
            // It was checked when it was read.
            let text = std::str::from_utf8(bytes).unwrap_or_default();
            cell.text.clear();
            match field.has_quotes {
                true => cell.text.push_str(&text.replace("\"\"", "\"")),
                false => cell.text.push_str(text),
            }
            cell.sort = if cell.text.trim().is_empty() { Sort::Empty } else { Sort::Text };
        }
        row.trim();
        Ok(())
    }

    /// How many fields there are up to the last with something in it.
    fn used(&self) -> usize {
        let is_used = |field: &Field| {
            let bytes = self.buffer.get(field.from..field.to).unwrap_or_default();
            !bytes.trim_ascii().is_empty()
        };
        self.fields.iter().rposition(is_used).map_or(0, |last| last + 1)
    }

    fn cut_off(&self) -> Fault {
        let (found, width) = (self.fields.len(), self.width);
        Fault::new(
            "sheet.cut_off",
            format!("the last line breaks off: it has {found} of {width} fields and no line break; export the file again, or take the line out"),
            format!("最后一行不完整：只有 {found} 个字段（应为 {width} 个）且没有换行；请重新导出，或删除该行"),
        )
        .at(self.line)
    }

    fn open_quote(&self) -> Fault {
        Fault::new(
            "sheet.open_quote",
            "a quote that is opened on this line is never closed, as where a file was cut off; close it, or export the file again",
            "此行开始的引号没有结束，文件可能被截断；请补全引号，或重新导出",
        )
        .at(self.line)
    }

    /// The encoding in which it is read.
    pub fn encoding(&self) -> Encoding {
        self.text.encoding()
    }
}

/// A field in quotes from behind the first on, and where it ends; none where that is not there yet.
fn quoted(bytes: &[u8], from: usize, at_end: bool) -> Option<(Field, usize)> {
    let (mut at, mut has_quotes) = (from, false);
    loop {
        let quote = at + memchr(b'"', bytes.get(at..)?)?;
        match bytes.get(quote + 1) {
            Some(b'"') => (at, has_quotes) = (quote + 2, true),
            None if !at_end => return None,
            _ => {
                // Blanks behind the quote say nothing.
                let rest = bytes.get(quote + 1..).unwrap_or_default();
                let blanks = rest.iter().take_while(|byte| **byte == b' ').count();
                return Some((Field { from, to: quote, has_quotes }, quote + 1 + blanks));
            }
        }
    }
}

/// Line breaks in a piece: `\n`, `\r\n` and, as old machines have them, `\r` alone.
fn breaks(bytes: &[u8]) -> u64 {
    let newlines = memchr::memchr_iter(b'\n', bytes).count();
    let returns = memchr::memchr_iter(b'\r', bytes);
    let alone = returns.filter(|at| bytes.get(at + 1) != Some(&b'\n')).count();
    (newlines + alone) as u64
}

/// Guesses the separator of a table by its first rows: that by which most of them have the same
/// number of fields, and more than one.
pub fn guess_separator(head: &[u8], encoding: Encoding) -> u8 {
    const ROWS: usize = 50;
    let score = |separator: u8| {
        let mut csv = Csv::new(head, encoding, separator, Limits::default());
        let (mut row, mut widths) = (Row::default(), Vec::new());
        while widths.len() < ROWS && matches!(csv.read(&mut row), Ok(true)) {
            widths.push(row.width);
        }
        let alike = |width: usize| widths.iter().filter(|other| **other == width).count();
        let best = widths.iter().copied().filter(|w| *w > 1).max_by_key(|w| (alike(*w), *w));
        best.map_or((0, 0), |width| (alike(width), width))
    };
    let best = SEPARATORS.iter().copied().map(|separator| (score(separator), separator));
    // Of two that do as well the more usual one.
    let best = best.reduce(|best, other| if other.0 > best.0 { other } else { best });
    best.filter(|(score, _)| score.0 > 0).map_or(b',', |(_, separator)| separator)
}

/// More rows than are read.
pub(crate) fn too_many_rows(most: u64) -> Fault {
    Fault::new(
        "sheet.rows",
        format!("there are more than {most} rows; split the table"),
        format!("超过 {most} 行；请拆分表格"),
    )
}

/// More columns than are read.
pub(crate) fn too_many_columns(found: usize, most: usize) -> Fault {
    Fault::new(
        "sheet.columns",
        format!(
            "the row has {found} columns, at most {most} are read; delete what lies right of the table"
        ),
        format!("此行有 {found} 列，最多读取 {most} 列；请删除表格右侧的多余内容"),
    )
}

/// A cell with more text than is read.
pub(crate) fn too_long_cell(most: usize) -> Fault {
    Fault::new(
        "sheet.cell_long",
        format!("a cell of the row has more than {most} bytes; shorten it"),
        format!("此行有单元格超过 {most} 字节；请缩短"),
    )
}
