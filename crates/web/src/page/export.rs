//! Lists as files: the whole filtered set, row by row as it is read, with the number of rows first.

use std::fmt::Write as _;
use std::pin::Pin;

use app::Fault;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt as _};
use serde_json::{Map, Value, json};

use super::Page;
use crate::problem::Problem;
use crate::query::Query;

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// CSV in UTF-8 with a mark at its beginning, so that Excel reads it as such.
    Csv,
    /// A JSON object on each line; the first one says how many follow.
    JsonLines,
}

impl Format {
    /// The parameter `as` of a list's address.
    pub fn read(query: &mut Query) -> Option<Self> {
        let form = ("csv or jsonl, or left out for the page", " csv 或 jsonl，不填则显示页面");
        query.read("as", form, |text| match text {
            "csv" => Some(Self::Csv),
            "jsonl" => Some(Self::JsonLines),
            _ => None,
        })
    }

    fn media(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::JsonLines => "application/x-ndjson; charset=utf-8",
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }
}

/// A column of a file.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name for programs: the key in JSON Lines.
    pub name: &'static str,
    /// Its head in CSV.
    pub label: String,
}

impl Column {
    /// A column.
    pub fn new(name: &'static str, label: impl Into<String>) -> Self {
        Self { name, label: label.into() }
    }
}

/// A row, cell by cell. A cell is text, a number, true or false, or a structure (which CSV writes as
/// JSON).
pub type Row = Vec<Value>;

/// What is read of a list at a time.
pub type Rows = Pin<Box<dyn Stream<Item = Result<Vec<Row>, Problem>> + Send>>;

/// What an answer says that is a file of a list which needs another permission than files usually do.
#[derive(Debug, Clone, Copy)]
pub struct TakenBy(pub Option<&'static str>);

/// A list that is short enough to be had at once, as a file. It needs the permission, or none beyond
/// that of the page.
pub fn whole(
    page: &Page,
    known: u64,
    (format, name): (Format, &str),
    columns: Vec<Column>,
    rows: Vec<Row>,
    permission: Option<&'static str>,
) -> Response {
    let (name, count) = (name.to_owned(), rows.len() as u64);
    let export = Export { format, name, count, columns, known };
    let mut response = export.answer(page, Box::pin(stream::iter([Ok(rows)])));
    response.extensions_mut().insert(TakenBy(permission));
    response
}

/// A file of a list.
pub struct Export {
    /// The form.
    pub format: Format,
    /// Its name, without an ending: letters, digits and hyphens.
    pub name: String,
    /// How many rows it has.
    pub count: u64,
    /// The columns.
    pub columns: Vec<Column>,
    /// As of how many records it was made.
    pub known: u64,
}

impl Export {
    /// The file as an answer. What goes wrong midway breaks the connection off, so that nobody takes
    /// a part for the whole.
    pub fn answer(self, page: &Page, rows: Rows) -> Response {
        let head = self.head(page);
        let (format, names) = (self.format, self.columns);
        let body = rows.map(move |rows| match rows {
            Ok(rows) => Ok(Bytes::from(lines(format, &names, &rows))),
            Err(problem) => {
                tracing::error!(code = problem.code(), "an export broke off");
                Err(std::io::Error::other("the export broke off"))
            }
        });
        let body = stream::iter([Ok(Bytes::from(head))]).chain(body);
        let mut response = Response::new(Body::from_stream(body));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media()));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(HeaderName::from_static("zhiheng-rows"), HeaderValue::from(self.count));
        let file = format!("attachment; filename=\"{}.{}\"", self.name, format.extension());
        if let Ok(file) = HeaderValue::try_from(file) {
            headers.insert(header::CONTENT_DISPOSITION, file);
        }
        response
    }

    fn head(&self, page: &Page) -> String {
        match self.format {
            Format::JsonLines => {
                let columns: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
                let asked = page.now.to_string();
                let (rows, known) = (self.count, self.known);
                let head =
                    json!({ "rows": rows, "known": known, "asked_at": asked, "columns": columns });
                format!("{head}\n")
            }
            Format::Csv => {
                let labels = self.columns.iter().map(|column| Value::from(column.label.as_str()));
                format!("\u{FEFF}{}", csv_line(&labels.collect::<Vec<_>>()))
            }
        }
    }
}

fn lines(format: Format, columns: &[Column], rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        match format {
            Format::Csv => text.push_str(&csv_line(row)),
            Format::JsonLines => {
                let cells = columns.iter().zip(row).filter(|(_, cell)| !cell.is_null());
                let object: Map<String, Value> =
                    cells.map(|(column, cell)| (column.name.to_owned(), cell.clone())).collect();
                let _ = writeln!(text, "{}", Value::Object(object));
            }
        }
    }
    text
}

fn csv_line(row: &[Value]) -> String {
    let cells: Vec<String> = row.iter().map(csv_cell).collect();
    format!("{}\r\n", cells.join(","))
}

/// A cell of CSV (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe in
/// front: it is then read as text.
fn csv_cell(value: &Value) -> String {
    let text = match value {
        Value::Null => return String::new(),
        Value::String(text) => harmless(text),
        other @ (Value::Array(_) | Value::Object(_)) => other.to_string(),
        number => return number.to_string(),
    };
    match text.contains([',', '"', '\r', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

fn harmless(text: &str) -> String {
    let begins = text.trim_start_matches([' ', '\u{A0}', '\u{3000}']);
    let is_formula =
        begins.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '|', '＝', '＋', '－', '＠']);
    // A number with its sign is no formula.
    let is_number = text.parse::<f64>().is_ok_and(f64::is_finite);
    if is_formula && !is_number { format!("'{text}") } else { text.to_owned() }
}

/// What is told to whom a list is too long for a file.
pub fn too_many(count: u64, most: u64) -> Problem {
    let fault = Fault::new(
        "export.too_many",
        format!("the list has {count} rows, a file at most {most}; filter it first"),
        format!("列表共 {count} 行，一个文件最多 {most} 行；请先筛选"),
    );
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, fault)
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
        for text in ["-2.5", "+3", "1-2", "甲=乙", "", "湖北"] {
            assert_eq!(harmless(text), text);
        }
    }

    #[test]
    fn a_line_is_read_back_as_it_was() {
        let row =
            vec![json!("a,\"b\"\nc"), json!(-3), Value::Null, json!("=x"), json!({ "k": [1] })];
        assert_eq!(csv_line(&row), "\"a,\"\"b\"\"\nc\",-3,,'=x,\"{\"\"k\"\":[1]}\"\r\n");
    }
}
