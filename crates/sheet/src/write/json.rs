//! JSON Lines: the first object says what the file is and how many rows follow, each further one is
//! a row, without the cells in which nothing stands.

use std::io::{self, Write};

use serde_json::{Map, Value};

use super::{Cell, Head, NoteSort, integer};

/// Bytes that are gathered before they are written.
const PART: usize = 64 << 10;

pub(super) struct JsonLines<W: Write> {
    out: W,
    part: Vec<u8>,
    /// The names of the columns with their quotation marks and colon.
    keys: Vec<Vec<u8>>,
}

impl<W: Write> JsonLines<W> {
    pub(super) fn new(out: W, head: &Head) -> io::Result<Self> {
        let keys = head.columns.iter().map(|column| {
            let mut key = Vec::new();
            string(&mut key, &column.name);
            key.push(b':');
            key
        });
        let mut lines = Self { out, part: Vec::with_capacity(PART + 4096), keys: keys.collect() };
        let mut first = Map::new();
        first.insert("rows".to_owned(), head.rows.into());
        for note in &head.notes {
            let value = match (note.sort, note.value.parse::<u64>()) {
                (NoteSort::Truth, _) => true.into(),
                (NoteSort::Number, Ok(number)) => number.into(),
                _ => note.value.as_str().into(),
            };
            first.insert(note.name.clone(), value);
        }
        if let Some(mark) = &head.mark {
            first.insert("mark".to_owned(), mark.as_str().into());
        }
        let columns = head.columns.iter().map(|column| Value::from(column.name.as_str()));
        first.insert("columns".to_owned(), columns.collect());
        writeln!(lines.part, "{}", Value::Object(first))?;
        Ok(lines)
    }

    pub(super) fn row(&mut self, cells: &[Cell<'_>], _: &Head) -> io::Result<()> {
        let part = &mut self.part;
        part.push(b'{');
        let mut is_first = true;
        for (key, cell) in self.keys.iter().zip(cells) {
            let is_nothing = match cell {
                Cell::Empty => true,
                Cell::Float(number) => !number.is_finite(),
                _ => false,
            };
            if is_nothing {
                continue;
            }
            if !std::mem::take(&mut is_first) {
                part.push(b',');
            }
            part.extend_from_slice(key);
            match cell {
                Cell::Empty => {}
                Cell::Text(said) => string(part, said),
                Cell::Integer(number) => integer(part, *number),
                // What is no number in JSON stays text.
                Cell::Decimal(digits) => match serde_json::from_str::<serde_json::Number>(digits) {
                    Ok(_) => part.extend_from_slice(digits.as_bytes()),
                    Err(_) => string(part, digits),
                },
                Cell::Float(number) => write!(part, "{}", Value::from(*number))?,
                Cell::Date(day) => write!(part, "\"{day}\"")?,
                Cell::Time(micros) => {
                    let begin = part.len();
                    super::time(part, *micros);
                    // With its zone, as records have it.
                    let said = String::from_utf8_lossy(&part[begin..]).replacen(' ', "T", 1);
                    part.truncate(begin);
                    write!(part, "\"{said}+08:00\"")?;
                }
                Cell::Flag(flag) => {
                    part.extend_from_slice(if *flag { b"true" } else { b"false" });
                }
                Cell::Json(text) => part.extend_from_slice(text.as_bytes()),
            }
        }
        part.extend_from_slice(b"}\n");
        if part.len() >= PART {
            self.out.write_all(part)?;
            part.clear();
        }
        Ok(())
    }

    pub(super) fn out(&mut self) -> Option<&mut W> {
        Some(&mut self.out)
    }

    pub(super) fn finish(mut self, _: u64) -> io::Result<W> {
        self.out.write_all(&self.part)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Writes a JSON string.
fn string(into: &mut Vec<u8>, text: &str) {
    into.push(b'"');
    let bytes = text.as_bytes();
    let mut from = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let escaped: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0..=0x1F => {
                into.extend_from_slice(&bytes[from..at]);
                let _ = write!(into, "\\u{byte:04x}");
                from = at + 1;
                continue;
            }
            _ => continue,
        };
        into.extend_from_slice(&bytes[from..at]);
        into.extend_from_slice(escaped);
        from = at + 1;
    }
    into.extend_from_slice(&bytes[from..]);
    into.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_is_read_back() {
        for text in ["", "湖北\"\\\n\t\r\u{1}\u{1f}", "𠮷", "a/b"] {
            let mut bytes = Vec::new();
            string(&mut bytes, text);
            assert_eq!(serde_json::from_slice::<String>(&bytes).ok().as_deref(), Some(text));
        }
    }
}
