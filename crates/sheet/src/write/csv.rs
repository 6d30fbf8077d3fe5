//! CSV (RFC 4180), for Excel in China: UTF-8 with a mark at its beginning, lines that end with CR LF.
//!
//! The last line says how many rows there are, in a cell that begins with `#`: who has no such line
//! has a part of the file.

use std::io::{self, Write};

use super::{Cell, Head, integer, time};

/// Bytes that are gathered before they are written.
const PART: usize = 64 << 10;

pub(super) struct Csv<W: Write> {
    out: W,
    part: Vec<u8>,
}

impl<W: Write> Csv<W> {
    pub(super) fn new(out: W, head: &Head) -> io::Result<Self> {
        let mut csv = Self { out, part: Vec::with_capacity(PART + 4096) };
        csv.part.extend_from_slice("\u{FEFF}".as_bytes());
        for (at, column) in head.columns.iter().enumerate() {
            if at > 0 {
                csv.part.push(b',');
            }
            text(&mut csv.part, &column.label);
        }
        csv.end_line()?;
        Ok(csv)
    }

    pub(super) fn row(&mut self, cells: &[Cell<'_>], head: &Head) -> io::Result<()> {
        for at in 0..head.columns.len() {
            if at > 0 {
                self.part.push(b',');
            }
            let part = &mut self.part;
            match cells.get(at).unwrap_or(&Cell::Empty) {
                Cell::Empty => {}
                Cell::Text(said) | Cell::Json(said) => text(part, said),
                Cell::Integer(number) => integer(part, *number),
                Cell::Decimal(digits) => text(part, digits),
                Cell::Float(number) if number.is_finite() => write!(part, "{number}")?,
                Cell::Float(_) => {}
                Cell::Date(day) => write!(part, "{day}")?,
                Cell::Time(micros) => time(part, *micros),
                Cell::Flag(flag) => {
                    let words = &head.words;
                    part.extend_from_slice(if *flag { &words.yes } else { &words.no }.as_bytes());
                }
            }
        }
        self.end_line()
    }

    pub(super) fn out(&mut self) -> Option<&mut W> {
        Some(&mut self.out)
    }

    pub(super) fn finish(mut self, head: &Head, rows: u64) -> io::Result<W> {
        let mut last = format!("# {} {rows}", head.words.rows);
        for note in &head.notes {
            last.push_str(&format!("; {} {}", note.label, note.value));
        }
        if let Some(mark) = &head.mark {
            last.push_str(&format!("; {} {mark}", head.words.mark));
        }
        text(&mut self.part, &last);
        self.part.extend_from_slice(b"\r\n");
        self.out.write_all(&self.part)?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn end_line(&mut self) -> io::Result<()> {
        self.part.extend_from_slice(b"\r\n");
        if self.part.len() >= PART {
            self.out.write_all(&self.part)?;
            self.part.clear();
        }
        Ok(())
    }
}

/// Writes a text: in quotation marks where it needs them, and never as a formula.
fn text(into: &mut Vec<u8>, said: &str) {
    let prefix: &[u8] = if is_harmless(said) { b"" } else { b"'" };
    if !said.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\r' | b'\n')) {
        into.extend_from_slice(prefix);
        into.extend_from_slice(said.as_bytes());
        return;
    }
    into.push(b'"');
    into.extend_from_slice(prefix);
    for (at, piece) in said.split('"').enumerate() {
        if at > 0 {
            into.extend_from_slice(b"\"\"");
        }
        into.extend_from_slice(piece.as_bytes());
    }
    into.push(b'"');
}

/// A text that a spreadsheet would take for a formula gets an apostrophe in front: it is then read
/// as text. A number with its sign is no formula.
///
/// ```
/// assert_eq!(sheet::write::harmless("=1+1"), "'=1+1");
/// assert_eq!(sheet::write::harmless("-2.5"), "-2.5");
/// ```
pub fn harmless(text: &str) -> std::borrow::Cow<'_, str> {
    match is_harmless(text) {
        true => text.into(),
        false => format!("'{text}").into(),
    }
}

fn is_harmless(text: &str) -> bool {
    // Nearly every text begins with a letter, a digit or a character of Chinese.
    // U+3000, a wide space, begins as a character of Chinese does.
    match text.as_bytes().first() {
        None => return true,
        Some(byte)
            if (byte.is_ascii_alphanumeric() || (0xE3..=0xE9).contains(byte))
                && !text.starts_with('\u{3000}') =>
        {
            return true;
        }
        Some(_) => {}
    }
    let begins = text.trim_start_matches([' ', '\u{A0}', '\u{3000}']);
    let is_formula =
        begins.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '|', '＝', '＋', '－', '＠']);
    !is_formula || text.parse::<f64>().is_ok_and(f64::is_finite)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_text_and_numbers_stay() {
        for text in
            ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "\t=1", " =1", "＝1", "\u{3000}=1"]
        {
            assert_eq!(harmless(text), format!("'{text}"));
        }
        for text in ["-2.5", "+3", "1-2", "甲=乙", "", "湖北", "\u{3000}湖北", "e=1"] {
            assert_eq!(harmless(text), text);
        }
    }
}
