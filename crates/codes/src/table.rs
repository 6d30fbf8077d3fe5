//! Tables of codes as CSV text: reading rows, and days in force.

use std::fmt;

use clock::Date;

use crate::error::Error;
use crate::words::{Name, Words};

/// From when to when something is in force; an open end is not known or not over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InForce {
    /// The first day, where known.
    pub from: Option<Date>,
    /// The last day, where it is over.
    pub to: Option<Date>,
}

impl InForce {
    /// Whether `day` lies in it.
    pub fn holds(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// Whether two periods have a day in common.
    pub fn overlaps(&self, other: &Self) -> bool {
        let ends_before =
            |a: &Self, b: &Self| matches!((a.to, b.from), (Some(to), Some(from)) if to < from);
        !ends_before(self, other) && !ends_before(other, self)
    }
}

impl InForce {
    /// The period in Chinese.
    pub fn zh(&self) -> String {
        match (self.from, self.to) {
            (Some(from), Some(to)) => format!("{from} 至 {to}"),
            (Some(from), None) => format!("{from} 起"),
            (None, Some(to)) => format!("至 {to} 止"),
            (None, None) => "所知各日".to_owned(),
        }
    }
}

impl fmt::Display for InForce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (Some(from), Some(to)) => write!(f, "from {from} to {to}"),
            (Some(from), None) => write!(f, "from {from} on"),
            (None, Some(to)) => write!(f, "until {to}"),
            (None, None) => f.write_str("at all times known"),
        }
    }
}

/// One row of a table, by the names of its columns.
pub(crate) struct Row<'t> {
    table: Name,
    /// The line of the text, from 1.
    pub(crate) line: u64,
    header: &'t csv::StringRecord,
    fields: csv::StringRecord,
}

impl Row<'_> {
    /// The text in a column; empty where it is left out.
    pub(crate) fn text(&self, column: &str) -> &str {
        let at = self.header.iter().position(|name| name == column);
        at.and_then(|at| self.fields.get(at)).unwrap_or("").trim()
    }

    /// The text in a column that must not be empty.
    pub(crate) fn required(&self, column: &str) -> Result<&str, Error> {
        match self.text(column) {
            "" => Err(self.fault(
                format!("the column {column} is missing or empty; fill it in"),
                format!("{column} 列缺失或为空；请填写"),
            )),
            text => Ok(text),
        }
    }

    fn day(&self, column: &str) -> Result<Option<Date>, Error> {
        match self.text(column) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|e: clock::Error| {
                self.fault(
                    format!("{column}: {e}"),
                    format!("{column} 列的“{text}”不是日期；应写作年-月-日，如 2026-02-10"),
                )
            }),
        }
    }

    /// The days in force of the columns `from` and `to`.
    pub(crate) fn in_force(&self) -> Result<InForce, Error> {
        let in_force = InForce { from: self.day("from")?, to: self.day("to")? };
        if matches!(in_force, InForce { from: Some(from), to: Some(to) } if to < from) {
            return Err(self.fault(
                "it ends before it begins; exchange from and to",
                "止日早于起日；请对调 from 与 to",
            ));
        }
        Ok(in_force)
    }

    pub(crate) fn fault(&self, en: impl Into<String>, zh: impl Into<String>) -> Error {
        Error::Table { table: self.table, line: self.line, reason: Words::new(en, zh) }
    }
}

/// Reads every row of `text`; lines that begin with `#` are notes.
pub(crate) fn read_rows<T>(
    table: Name,
    text: &str,
    mut read: impl FnMut(&Row<'_>) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let fault = |error: &csv::Error| Error::Table {
        table,
        line: error.position().map_or(1, csv::Position::line),
        reason: Words::new(
            format!("{error}; every row has as many fields as the header"),
            "此行不能按 CSV 读出；每行的字段数应与表头相同，文字用 UTF-8",
        ),
    };
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|e| fault(&e))?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let fields = record.map_err(|e| fault(&e))?;
        let line = fields.position().map_or(1, csv::Position::line);
        rows.push(read(&Row { table, line, header: &header, fields })?);
    }
    Ok(rows)
}
