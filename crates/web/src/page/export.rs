//! Lists as files: the whole filtered set, row by row as it is read, with the number of rows first.

use std::borrow::Cow;
use std::pin::Pin;

use app::Fault;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt as _};
use model::Timestamp;
use serde_json::Value;
pub use sheet::write::Holds;
use sheet::write::{Cell, Head, Note, Words, Writer};

use super::Page;
use crate::problem::Problem;
use crate::query::Query;

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// An Excel workbook.
    Xlsx,
    /// CSV in UTF-8 with a mark at its beginning, so that Excel reads it as such.
    Csv,
    /// A JSON object on each line; the first one says how many follow.
    JsonLines,
}

impl Format {
    /// The parameter `as` of a list's address.
    pub fn read(query: &mut Query) -> Option<Self> {
        let form =
            ("xlsx, csv or jsonl, or left out for the page", " xlsx、csv 或 jsonl，不填则显示页面");
        query.read("as", form, |text| match text {
            "xlsx" => Some(Self::Xlsx),
            "csv" => Some(Self::Csv),
            "jsonl" => Some(Self::JsonLines),
            _ => None,
        })
    }

    /// As what writes it has it.
    pub fn sheet(self) -> sheet::write::Format {
        match self {
            Self::Xlsx => sheet::write::Format::Xlsx,
            Self::Csv => sheet::write::Format::Csv,
            Self::JsonLines => sheet::write::Format::JsonLines,
        }
    }
}

/// A column of a file.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name for programs: the key in JSON Lines.
    pub name: &'static str,
    /// Its head in XLSX and CSV.
    pub label: String,
    /// What it holds.
    pub holds: Holds,
}

impl Column {
    /// A column. What is called `time` or `…_at` holds times, `…_on` days.
    pub fn new(name: &'static str, label: impl Into<String>) -> Self {
        let holds = match name {
            "time" => Holds::Time,
            name if name.ends_with("_at") => Holds::Time,
            name if name.ends_with("_on") => Holds::Date,
            _ => Holds::Text,
        };
        Self { name, label: label.into(), holds }
    }

    /// Of another sort.
    #[must_use]
    pub fn holds(self, holds: Holds) -> Self {
        Self { holds, ..self }
    }
}

/// A row, cell by cell. A cell is text, a number, true or false, or a structure (which XLSX and CSV
/// write as JSON).
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
        let format = self.format;
        let writer = Writer::new(format.sheet(), Vec::new(), self.head(page));
        let holds: Vec<Holds> = self.columns.iter().map(|column| column.holds).collect();
        // The writer goes from part to part; with the last it is gone.
        let body = stream::unfold(Some((writer, rows, holds, format)), async |state| {
            let (writer, mut rows, holds, format) = state?;
            let mut writer = match writer {
                Ok(writer) => writer,
                Err(error) => return Some((Err(error), None)),
            };
            let Some(part) = rows.next().await else {
                let last = writer.finish().map(|(bytes, _)| Bytes::from(bytes));
                return Some((last, None));
            };
            let written = part.map_err(|problem| {
                tracing::error!(code = problem.code(), "an export broke off");
                std::io::Error::other("the export broke off")
            });
            let written = written.and_then(|part| write(&mut writer, format, &holds, &part));
            match written {
                Ok(bytes) => Some((Ok(bytes), Some((Ok(writer), rows, holds, format)))),
                Err(error) => Some((Err(error), None)),
            }
        });
        // What packs it asks once more after the end.
        let mut response = Response::new(Body::from_stream(body.fuse()));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.sheet().media()));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(HeaderName::from_static("zhiheng-rows"), HeaderValue::from(self.count));
        // What was taken away tells by its name too that it is of nobody.
        let mark = if page.demonstration { "demonstration-" } else { "" };
        let file =
            format!("attachment; filename=\"{mark}{}.{}\"", self.name, format.sheet().word());
        if let Ok(file) = HeaderValue::try_from(file) {
            headers.insert(header::CONTENT_DISPOSITION, file);
        }
        response
    }

    fn head(&self, page: &Page) -> Head {
        let words = &page.w.jobs;
        let column = |column: &Column| {
            sheet::write::Column::new(column.name, column.label.as_str(), column.holds)
        };
        let mut notes = vec![
            Note::number("known", words.known, self.known),
            Note::new("asked_at", words.asked, page.now.to_string()),
        ];
        if page.demonstration {
            notes.push(Note::truth("demonstration", words.demonstration));
        }
        Head {
            title: self.name.clone(),
            columns: self.columns.iter().map(column).collect(),
            rows: self.count,
            notes,
            mark: None,
            words: if page.is_chinese() { Words::chinese() } else { Words::english() },
        }
    }
}

/// Writes rows and takes what came of them.
fn write(
    writer: &mut Writer<Vec<u8>>,
    format: Format,
    holds: &[Holds],
    rows: &[Row],
) -> std::io::Result<Bytes> {
    for row in rows {
        // Structures as text, for as long as the row is written.
        let texts: Vec<Cow<'_, str>> = row.iter().map(text).collect();
        let cells = row.iter().zip(&texts).enumerate().map(|(at, (value, text))| {
            cell(value, text, format, holds.get(at).copied().unwrap_or_default())
        });
        writer.row(&cells.collect::<Vec<_>>())?;
    }
    Ok(writer.out().map(std::mem::take).unwrap_or_default().into())
}

fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => text.as_str().into(),
        Value::Array(_) | Value::Object(_) => value.to_string().into(),
        _ => "".into(),
    }
}

fn cell<'c>(value: &Value, text: &'c str, format: Format, holds: Holds) -> Cell<'c> {
    match value {
        Value::Null => Cell::Empty,
        Value::Bool(flag) => Cell::Flag(*flag),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Cell::Integer(whole),
            (None, Some(number)) => Cell::Float(number),
            (None, None) => Cell::Empty,
        },
        Value::Array(_) | Value::Object(_) => Cell::Json(text),
        // Programs read days and times as records have them.
        Value::String(_) if format == Format::JsonLines => Cell::Text(text),
        Value::String(_) => match holds {
            Holds::Date => text.parse().map_or(Cell::Text(text), Cell::Date),
            Holds::Time => {
                text.parse::<Timestamp>().map_or(Cell::Text(text), |time| Cell::Time(time.micros()))
            }
            _ => Cell::Text(text),
        },
    }
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
    use serde_json::json;

    #[test]
    fn cells_are_of_the_sort_of_their_column() {
        let at = "2026-03-05T06:30:00Z";
        let is = |value: Value, text: &str, format, holds, expected: Cell<'_>| {
            assert_eq!(cell(&value, text, format, holds), expected, "{value}");
        };
        let micros = at.parse::<Timestamp>().map(Timestamp::micros).unwrap_or_default();
        is(json!(at), at, Format::Xlsx, Holds::Time, Cell::Time(micros));
        is(json!(at), at, Format::JsonLines, Holds::Time, Cell::Text(at));
        is(json!("soon"), "soon", Format::Csv, Holds::Date, Cell::Text("soon"));
        is(json!(7), "", Format::Csv, Holds::Text, Cell::Integer(7));
        is(json!(1.5), "", Format::Csv, Holds::Text, Cell::Float(1.5));
        is(json!([1]), "[1]", Format::Csv, Holds::Text, Cell::Json("[1]"));
        is(Value::Null, "", Format::Csv, Holds::Text, Cell::Empty);
        assert_eq!(Column::new("valid_at", "x").holds, Holds::Time);
        assert_eq!(Column::new("issued_on", "x").holds, Holds::Date);
        assert_eq!(Column::new("id", "x").holds, Holds::Text);
    }
}
