//! JSON Lines: one object a line, its members the columns.

use std::collections::HashMap;
use std::io::Read;

use serde_json::{Map, Value};

use super::csv::{too_long_cell, too_many_columns, too_many_rows};
use super::encoding::Encoding;
use super::utf8::Utf8;
use crate::cell::{Cell, Row, Sort};
use crate::fault::{Fault, Note};
use crate::limits::Limits;

/// Lines whose members make the columns.
const LOOKED_AT: usize = 1_000;

/// A table that is being read.
pub struct JsonLines<R> {
    lines: Lines<R>,
    limits: Limits,
    columns: HashMap<String, usize>,
    notes: Vec<Note>,
    rows: u64,
}

/// Lines of a text, one at a time.
struct Lines<R> {
    text: Utf8<R>,
    longest: usize,
    buffer: Vec<u8>,
    at: usize,
    number: u64,
}

impl<R: Read> Lines<R> {
    fn new(input: R, longest: usize) -> Self {
        let text = Utf8::new(input, Encoding::Utf8);
        Self { text, longest, buffer: Vec::new(), at: 0, number: 0 }
    }

    /// The next line that has something on it, with its number.
    fn next(&mut self) -> Result<Option<(u64, &[u8])>, Fault> {
        loop {
            let rest = self.buffer.get(self.at..).unwrap_or_default();
            if rest.is_empty() {
                self.buffer.clear();
                self.at = 0;
                if !self.text.read(&mut self.buffer, self.longest)? {
                    return Ok(None);
                }
                continue;
            }
            let (from, length) = (self.at, memchr::memchr(b'\n', rest).unwrap_or(rest.len()));
            self.at += length + 1;
            self.number += 1;
            let line = self.buffer.get(from..from + length).unwrap_or_default();
            if !line.trim_ascii().is_empty() {
                let line = self.buffer.get(from..from + length).unwrap_or_default();
                return Ok(Some((self.number, line)));
            }
        }
    }
}

/// The columns of a table: the members of its first objects, in the order of their names.
///
/// # Errors
/// A line that is no object.
pub fn columns(input: impl Read, limits: &Limits) -> Result<Vec<String>, Fault> {
    let mut lines = Lines::new(input, limits.row);
    let mut names: Vec<String> = Vec::new();
    for _ in 0..LOOKED_AT {
        let Some((number, line)) = lines.next()? else { break };
        for name in object(number, line)?.keys() {
            if name.len() > limits.cell {
                return Err(too_long_cell(limits.cell).at(number));
            }
            if let Err(at) = names.binary_search(name) {
                names.insert(at, name.clone());
            }
        }
        if names.len() > limits.columns {
            return Err(too_many_columns(names.len(), limits.columns).at(number));
        }
    }
    Ok(names)
}

impl<R: Read> JsonLines<R> {
    /// A table with the columns that [`columns`] found in it.
    pub fn new(input: R, columns: &[String], limits: Limits) -> Self {
        let columns = columns.iter().enumerate().map(|(at, name)| (name.clone(), at)).collect();
        let lines = Lines::new(input, limits.row);
        Self { lines, limits, columns, notes: Vec::new(), rows: 0 }
    }

    /// What is odd about what was read so far.
    pub fn notes(&self) -> impl Iterator<Item = &Note> {
        self.lines.text.notes.iter().chain(&self.notes)
    }

    /// Reads the next row; false at the end.
    ///
    /// # Errors
    /// A line that is no object, or has a table in a member; with the line.
    pub fn read(&mut self, row: &mut Row) -> Result<bool, Fault> {
        let Some((number, line)) = self.lines.next()? else { return Ok(false) };
        let object = object(number, line)?;
        self.rows += 1;
        if self.rows > self.limits.rows {
            return Err(too_many_rows(self.limits.rows).at(number));
        }
        row.number = number;
        row.width = 0;
        row.cells.clear();
        row.cells.resize(self.columns.len(), Cell::EMPTY);
        for (name, value) in object {
            let Some(at) = self.columns.get(&name).copied() else {
                if name.len() > self.limits.cell {
                    return Err(too_long_cell(self.limits.cell).at(number));
                }
                let known = self.notes.iter().any(|note| note.en.contains(&name));
                if !known && self.notes.len() < 20 {
                    let note = Note::new(
                        "sheet.new_member",
                        format!(
                            "the member {name:?} does not stand in the first {LOOKED_AT} lines and is not read"
                        ),
                        format!("成员“{name}”未出现在前 {LOOKED_AT} 行中，未读取"),
                    );
                    self.notes.push(note.at(number));
                }
                continue;
            };
            let cell = cell(&name, value).map_err(|fault| fault.at(number))?;
            if cell.text.len() > self.limits.cell {
                return Err(too_long_cell(self.limits.cell).at(number));
            }
            if let Some(place) = row.cells.get_mut(at) {
                *place = cell;
            }
        }
        row.trim();
        Ok(true)
    }
}

fn object(number: u64, line: &[u8]) -> Result<Map<String, Value>, Fault> {
    let fault = |why: String| {
        Fault::new(
            "sheet.json",
            format!("the line is no JSON object ({why}); write one object a line"),
            format!("此行不是 JSON 对象（{why}）；每行应为一个对象"),
        )
        .at(number)
    };
    match serde_json::from_slice(line) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(fault("{…}".to_owned())),
        Err(error) => Err(fault(error.to_string())),
    }
}

/// A member as a cell; the entries of a list stand on lines of their own.
fn cell(name: &str, value: Value) -> Result<Cell, Fault> {
    Ok(match value {
        Value::Null => Cell::EMPTY,
        Value::Bool(yes) => Cell { text: yes.to_string(), sort: Sort::Bool(yes) },
        Value::Number(number) => {
            let sort = number.as_f64().map_or(Sort::Text, Sort::Number);
            Cell { text: number.to_string(), sort }
        }
        Value::String(text) => Cell::text(text),
        Value::Array(entries) => {
            let texts: Result<Vec<String>, Fault> =
                entries.into_iter().map(|entry| Ok(cell(name, entry)?.text)).collect();
            Cell::text(texts?.join("\n"))
        }
        Value::Object(_) => {
            return Err(Fault::new(
                "sheet.json_nested",
                format!("the member {name:?} is an object; a table has one value in a cell"),
                format!("成员“{name}”是对象；表格的每个单元格只能有一个值"),
            ));
        }
    })
}
