//! The types that guards speak of.

use std::fmt;

use crate::value::Value;

/// A type of a variable, of a function's parameter or result, or of a part of a guard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// True or false.
    Boolean,
    /// A whole number of 64 bits.
    Integer,
    /// An exact decimal number. An integer may stand for it.
    Decimal,
    /// Text, or a code.
    Text,
    /// A day.
    Date,
    /// A point in time.
    Instant,
    /// Values of one type.
    List(Box<Type>),
}

impl Type {
    /// A list of values of this type.
    #[must_use]
    pub fn list(self) -> Self {
        Self::List(Box::new(self))
    }

    /// Whether a value is of the type.
    pub(super) fn holds(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Boolean, Value::Boolean(_))
            | (Self::Integer | Self::Decimal, Value::Integer(_))
            | (Self::Decimal, Value::Decimal(_))
            | (Self::Text, Value::Text(_))
            | (Self::Date, Value::Date(_))
            | (Self::Instant, Value::Instant(_)) => true,
            (Self::List(item), Value::List(values)) => values.iter().all(|v| item.holds(v)),
            _ => false,
        }
    }

    pub(super) fn is_number(&self) -> bool {
        matches!(self, Self::Integer | Self::Decimal)
    }

    /// Whether values of the type come one before the other.
    pub(super) fn is_ordered(&self) -> bool {
        !matches!(self, Self::Boolean | Self::List(_))
    }

    /// The type of which values of both types are, where there is one.
    pub(super) fn common(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (a, b) if a == b => Some(a.clone()),
            (a, b) if a.is_number() && b.is_number() => Some(Self::Decimal),
            (Self::List(a), Self::List(b)) => a.common(b).map(Self::list),
            _ => None,
        }
    }

    /// Whether a value of this type may stand where one of `wanted` is asked for.
    pub(super) fn serves_as(&self, wanted: &Self) -> bool {
        self.common(wanted).as_ref() == Some(wanted)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Text => "text",
            Self::Date => "date",
            Self::Instant => "instant",
            Self::List(item) => return write!(f, "list of {item}"),
        })
    }
}
