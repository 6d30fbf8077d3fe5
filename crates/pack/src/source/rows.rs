//! Rows of a CSV file by the names of their columns.

use clock::Date;
use codes::InForce;

use super::names::nearest;
use super::text::Source;
use crate::context::{Context, Place};
use crate::fault::FaultCode;

/// The rows of a file; lines that begin with `#` are notes.
pub(crate) struct Rows {
    header: csv::StringRecord,
    rows: Vec<(Place, csv::StringRecord)>,
}

/// One row.
pub(crate) struct Row<'r> {
    header: &'r csv::StringRecord,
    fields: &'r csv::StringRecord,
    pub(crate) place: &'r Place,
}

impl Rows {
    /// Reads a file that must have exactly these columns, in any order. None (and a fault) where
    /// it cannot be read.
    pub(crate) fn read(source: &Source<'_>, columns: &[&str], cx: &mut Context) -> Option<Self> {
        let text = source.text.strip_prefix('\u{FEFF}').unwrap_or(source.text);
        let mut reader = csv::ReaderBuilder::new()
            .comment(Some(b'#'))
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let mut sound = true;
        let header = reader.headers().cloned().unwrap_or_default();
        // The place that the CSV reader gives is before the notes that it skips.
        let line = |at: Option<&csv::Position>| {
            let from = source.text.len() - text.len() + at.map_or(0, |at| at.byte() as usize);
            source.line_after_notes(from)
        };
        let header_line = line(header.position());
        for (n, name) in header.iter().enumerate() {
            let twice = header.iter().take(n).any(|other| other == name);
            if twice || !columns.contains(&name) {
                let what = if twice { "stands twice" } else { "is not known" };
                let remedy = match nearest(name, columns.iter().copied()) {
                    Some(meant) if !twice => format!("write {meant}, if that is meant"),
                    _ => format!("take it out; the columns are {}", columns.join(", ")),
                };
                let code = if twice { FaultCode::Duplicate } else { FaultCode::UnknownKey };
                cx.fault(code, &header_line, format!("the column {name} {what}"), remedy);
                sound = false;
            }
        }
        for missing in columns.iter().filter(|name| !header.iter().any(|h| h == **name)) {
            let what = format!("there is no column {missing}");
            let remedy = format!("add it; the columns are {}", columns.join(", "));
            cx.fault(FaultCode::MissingKey, &header_line, what, remedy);
            sound = false;
        }
        let mut rows = Vec::new();
        for record in reader.records() {
            match record {
                Ok(fields) => {
                    rows.push((line(fields.position()), fields));
                }
                Err(e) => {
                    let what = format!("this is not a row of the table: {e}");
                    let remedy = "give every row as many fields as the header; \
                                  put a field that has a comma in quotes";
                    cx.fault(FaultCode::Syntax, &line(e.position()), what, remedy);
                    sound = false;
                }
            }
        }
        sound.then_some(Self { header, rows })
    }

    /// The rows in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|(place, fields)| Row { header: &self.header, fields, place })
    }
}

impl Row<'_> {
    /// The text in a column; empty where nothing stands there.
    pub(crate) fn text(&self, column: &str) -> &str {
        let at = self.header.iter().position(|name| name == column);
        at.and_then(|at| self.fields.get(at)).unwrap_or("")
    }

    /// The text in a column that must not be empty.
    pub(crate) fn required(&self, column: &str, cx: &mut Context) -> String {
        let text = self.text(column);
        if text.is_empty() {
            let what = format!("the column {column} is empty");
            cx.fault(FaultCode::MissingKey, self.place, what, "fill it in");
        }
        text.to_owned()
    }

    /// The words in a column, with white space between them.
    pub(crate) fn words(&self, column: &str) -> Vec<String> {
        self.text(column).split_whitespace().map(str::to_owned).collect()
    }

    /// The days of the columns `from` and `to`.
    pub(crate) fn in_force(&self, cx: &mut Context) -> InForce {
        let mut day = |column: &str| match self.text(column) {
            "" => None,
            text => text
                .parse::<Date>()
                .map_err(|e| {
                    let remedy = format!("write {column} as 2026-04-15, or leave it empty");
                    cx.fault(FaultCode::BadDay, self.place, e.to_string(), remedy);
                })
                .ok(),
        };
        let in_force = InForce { from: day("from"), to: day("to") };
        super::read::in_order(&in_force, self.place, cx);
        in_force
    }
}
