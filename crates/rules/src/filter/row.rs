//! What a filter says of a row, in Rust.

use std::cmp::Ordering;

use clock::Date;
use model::Timestamp;

use super::condition::{Condition, Operand};
use crate::value::{Decimal, Value};

/// A value of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Text or a code.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
    /// A decimal number.
    Decimal(Decimal),
    /// Yes or no.
    Boolean(bool),
    /// A day.
    Date(Date),
    /// A point in time.
    Instant(Timestamp),
}

impl Cell<'_> {
    /// The order of two values of one type; none of different types.
    fn order(self, other: Cell<'_>) -> Option<Ordering> {
        match (self, other) {
            (Self::Text(a), Cell::Text(b)) => Some(a.cmp(b)),
            (Self::Integer(a), Cell::Integer(b)) => Some(a.cmp(&b)),
            (Self::Decimal(a), Cell::Decimal(b)) => Some(a.cmp(&b)),
            (Self::Boolean(a), Cell::Boolean(b)) => Some(a.cmp(&b)),
            (Self::Date(a), Cell::Date(b)) => Some(a.cmp(&b)),
            (Self::Instant(a), Cell::Instant(b)) => Some(a.cmp(&b)),
            _ => None,
        }
    }
}

impl Value {
    /// The value as a cell of a row; a list is in no row.
    pub fn as_cell(&self) -> Option<Cell<'_>> {
        match self {
            Self::Text(text) => Some(Cell::Text(text)),
            Self::Integer(number) => Some(Cell::Integer(*number)),
            Self::Decimal(number) => Some(Cell::Decimal(*number)),
            Self::Boolean(value) => Some(Cell::Boolean(*value)),
            Self::Date(day) => Some(Cell::Date(*day)),
            Self::Instant(time) => Some(Cell::Instant(*time)),
            Self::List(_) => None,
        }
    }
}

/// Something of which a filter can be asked.
pub trait Row {
    /// The value of a field by its number in [`super::Fields`]; `None` where it is missing. A value
    /// of another type than the field's compares as a missing one.
    fn cell(&self, field: usize) -> Option<Cell<'_>>;
}

impl Row for [Option<Value>] {
    fn cell(&self, field: usize) -> Option<Cell<'_>> {
        self.get(field)?.as_ref()?.as_cell()
    }
}

impl Condition {
    pub(super) fn holds<R: Row + ?Sized>(&self, row: &R) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(row)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(row)),
            Self::Not(part) => !part.holds(row),
            Self::Missing(field) => row.cell(*field).is_none(),
            Self::Compare { field, comparison, with } => row
                .cell(*field)
                .zip(match with {
                    Operand::Value(value) => value.as_cell(),
                    Operand::Field(other) => row.cell(*other),
                })
                .and_then(|(a, b)| a.order(b))
                .is_some_and(|order| comparison.holds(order)),
            Self::In { field, values } => row.cell(*field).is_some_and(|cell| {
                let order = |value: &Value| value.as_cell().and_then(|value| value.order(cell));
                // Of another type than all the others: past the end.
                values.binary_search_by(|value| order(value).unwrap_or(Ordering::Less)).is_ok()
            }),
            Self::StartsWith { field, prefix } => {
                matches!(row.cell(*field), Some(Cell::Text(text)) if text.starts_with(&**prefix))
            }
        }
    }
}
