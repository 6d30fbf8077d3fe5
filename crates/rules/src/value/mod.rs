//! The values that rules speak of: exact, ordered in one way everywhere, without a missing one
//! among them.

mod code_list;
mod comparison;
mod date;
mod decimal;
mod years;

use std::fmt;
use std::sync::Arc;

use clock::Date;
use model::Timestamp;

pub use code_list::CodeList;
pub use comparison::Comparison;
pub use date::{DateError, date, instant};
pub use decimal::{Decimal, DecimalError};
pub use years::years;

/// A value of a rule, a field or a variable.
///
/// Text is ordered by its code points, which is the order of its UTF-8 bytes. A missing value is
/// no value: it is `None` where a value is optional.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// Text, or a code of a code list.
    Text(Arc<str>),
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
    /// Values of one type.
    List(Arc<[Value]>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<Decimal> for Value {
    fn from(number: Decimal) -> Self {
        Self::Decimal(number)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<Date> for Value {
    fn from(day: Date) -> Self {
        Self::Date(day)
    }
}

impl From<Timestamp> for Value {
    fn from(time: Timestamp) -> Self {
        Self::Instant(time)
    }
}

impl FromIterator<Value> for Value {
    fn from_iter<I: IntoIterator<Item = Value>>(values: I) -> Self {
        Self::List(values.into_iter().collect())
    }
}

/// As a filter writes it: text, days and instants in quotes.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => crate::text::quoted(text).fmt(f),
            Self::Integer(number) => number.fmt(f),
            Self::Decimal(number) => number.fmt(f),
            Self::Boolean(value) => value.fmt(f),
            Self::Date(day) => write!(f, "'{day}'"),
            Self::Instant(time) => write!(f, "'{time}'"),
            Self::List(values) => {
                f.write_str("[")?;
                for (at, value) in values.iter().enumerate() {
                    if at > 0 {
                        f.write_str(", ")?;
                    }
                    value.fmt(f)?;
                }
                f.write_str("]")
            }
        }
    }
}
