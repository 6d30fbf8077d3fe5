//! What a filter says of a row, in SQL.
//!
//! SQL's own logic has three values; a filter has two. Each comparison is therefore guarded by
//! `IS NOT NULL`, so that it is false and not unknown where a column is NULL, and `NOT`, `AND` and
//! `OR` above it mean what they say. The guard leaves indexes usable, which `COALESCE` would not.
//!
//! The text is the same for both databases but for the name of the collation.

use std::fmt::Write;
use std::sync::Arc;

use super::condition::{Condition, Operand};
use super::{Fields, Type};
use crate::value::{Comparison, Value};

/// The databases that a filter can be asked in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite 3.23 or later, with text in UTF-8.
    Sqlite,
    /// PostgreSQL, with the encoding UTF8.
    Postgres,
}

impl Dialect {
    /// Compares text by its code points, whatever the database's own language is: the order of
    /// UTF-8 bytes, as Rust has it.
    pub(super) fn by_code_points(self) -> &'static str {
        match self {
            Self::Sqlite => "COLLATE BINARY",
            Self::Postgres => "COLLATE \"C\"",
        }
    }
}

/// A condition in SQL with the values of its placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sql {
    /// An expression in brackets that is true or false, never NULL.
    pub text: String,
    /// The values of `$first`, `$first+1`, ...
    pub binds: Vec<Bind>,
}

/// The value of a placeholder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bind {
    /// For TEXT.
    Text(Arc<str>),
    /// For BIGINT.
    Integer(i64),
}

/// Writes a condition.
pub(super) struct Writer<'a> {
    pub fields: &'a Fields,
    pub dialect: Dialect,
    pub table: &'a str,
    pub first: usize,
    pub sql: Sql,
}

impl Writer<'_> {
    pub fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::All(parts) => self.joined(parts, " AND "),
            Condition::Any(parts) => self.joined(parts, " OR "),
            Condition::Not(part) => {
                self.text("(NOT ");
                self.condition(part);
                self.text(")");
            }
            Condition::Missing(field) => {
                self.text("(");
                self.column(*field);
                self.text(" IS NULL)");
            }
            Condition::Compare { field, comparison, with } => {
                self.text("(");
                self.is_there(*field);
                if let Operand::Field(other) = with {
                    self.is_there(*other);
                }
                self.compared(*field);
                self.text(sign(*comparison));
                match with {
                    Operand::Value(value) => self.value(*field, value),
                    Operand::Field(other) => self.column(*other),
                }
                self.text(")");
            }
            Condition::In { field, values } => {
                self.text("(");
                self.is_there(*field);
                self.compared(*field);
                self.text(" IN (");
                for (at, value) in values.iter().enumerate() {
                    self.text(if at > 0 { ", " } else { "" });
                    self.value(*field, value);
                }
                self.text("))");
            }
            // A range, which an index serves; LIKE has wildcards and, in SQLite, no letter case.
            Condition::StartsWith { field, prefix } => {
                self.text("(");
                self.is_there(*field);
                self.compared(*field);
                self.text(" >= ");
                self.bind(Bind::Text(Arc::clone(prefix)));
                if let Some(end) = after_all_with(prefix) {
                    self.text(" AND ");
                    self.compared(*field);
                    self.text(" < ");
                    self.bind(Bind::Text(end.into()));
                }
                self.text(")");
            }
        }
    }

    fn joined(&mut self, parts: &[Condition], word: &str) {
        self.text("(");
        for (at, part) in parts.iter().enumerate() {
            self.text(if at > 0 { word } else { "" });
            self.condition(part);
        }
        self.text(")");
    }

    fn text(&mut self, text: &str) {
        self.sql.text.push_str(text);
    }

    fn column(&mut self, field: usize) {
        let column = self.fields.get(field).map_or("", |field| field.column());
        // Quoted, because a field may be called `order`; with its table, because SQLite takes an
        // unknown name alone in quotes for a text.
        let table = self.table.replace('"', "\"\"");
        let _ = write!(self.sql.text, "\"{table}\".\"{column}\"");
    }

    fn is_there(&mut self, field: usize) {
        self.column(field);
        self.text(" IS NOT NULL AND ");
    }

    /// A column at the left of a comparison.
    fn compared(&mut self, field: usize) {
        self.column(field);
        if let Some(Type::Text | Type::Code(_)) = self.fields.get(field).map(|f| f.holds()) {
            self.text(" ");
            self.text(self.dialect.by_code_points());
        }
    }

    fn value(&mut self, field: usize, value: &Value) {
        match value {
            Value::Text(text) => self.bind(Bind::Text(Arc::clone(text))),
            Value::Integer(number) => self.bind(Bind::Integer(*number)),
            Value::Decimal(number) => {
                let places = match self.fields.get(field).map(|f| f.holds()) {
                    Some(Type::Decimal { places }) => *places,
                    _ => number.places(),
                };
                // The parser took only numbers that the field can hold.
                self.bind(Bind::Integer(number.units_at(places).unwrap_or_default()));
            }
            Value::Date(day) => self.bind(Bind::Integer(day.unix_day())),
            Value::Instant(time) => self.bind(Bind::Integer(time.micros())),
            // Not bound: PostgreSQL wants a SMALLINT from the client where the column is one.
            Value::Boolean(value) => self.text(if *value { "1" } else { "0" }),
            Value::List(_) => {}
        }
    }

    fn bind(&mut self, bind: Bind) {
        let _ = write!(self.sql.text, "${}", self.first + self.sql.binds.len());
        self.sql.binds.push(bind);
    }
}

fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => " = ",
        Comparison::NotEqual => " <> ",
        Comparison::Less => " < ",
        Comparison::LessOrEqual => " <= ",
        Comparison::Greater => " > ",
        Comparison::GreaterOrEqual => " >= ",
    }
}

/// The first text after all that begin with `prefix`: its last character that has a next one is
/// replaced by it, and what follows is cut off. Code points come in the order of their UTF-8 bytes.
fn after_all_with(prefix: &str) -> Option<String> {
    let mut text = prefix.to_owned();
    while let Some(last) = text.pop() {
        // The next of U+D7FF is U+E000: a range of characters steps over the surrogates.
        if let Some(next) = (last..=char::MAX).nth(1) {
            text.push(next);
            return Some(text);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::after_all_with;

    #[test]
    fn the_end_of_a_prefix_is_the_next_text() {
        let end = |prefix: &str| after_all_with(prefix);
        assert_eq!(end("42").as_deref(), Some("43"));
        assert_eq!(end("a\u{d7ff}").as_deref(), Some("a\u{e000}"));
        assert_eq!(end("a\u{10ffff}\u{10ffff}").as_deref(), Some("b"));
        assert_eq!(end("\u{10ffff}"), None);
        assert_eq!(end(""), None);
    }
}
