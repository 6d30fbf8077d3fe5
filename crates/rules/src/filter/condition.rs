//! What a filter says, and its canonical text.

use std::fmt::{self, Display};
use std::sync::Arc;

use super::Fields;
use crate::text::quoted;
use crate::value::{Comparison, Value};

/// What a field is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// A value of the field's type.
    Value(Value),
    /// The number of another field of the same type.
    Field(usize),
}

/// What a filter says. Fields stand by their number in [`Fields`].
///
/// Every condition is true or false, never unknown: a comparison, `in` and `starts_with` are false
/// where a field is missing, and `not` turns that into true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// All of them hold (`and`); at least two.
    All(Vec<Condition>),
    /// One of them holds (`or`); at least two.
    Any(Vec<Condition>),
    /// It does not hold (`not`).
    Not(Box<Condition>),
    /// The field has no value (`is missing`).
    Missing(usize),
    /// The field has a value, which compares so.
    Compare {
        /// The field.
        field: usize,
        /// How it is compared.
        comparison: Comparison,
        /// With what.
        with: Operand,
    },
    /// The field has one of these values, which are sorted.
    In {
        /// The field.
        field: usize,
        /// The values, sorted, each once.
        values: Arc<[Value]>,
    },
    /// The field has a text that begins so.
    StartsWith {
        /// The field.
        field: usize,
        /// The beginning.
        prefix: Arc<str>,
    },
}

impl Condition {
    /// Calls `see` with every field that is spoken of, in the order of the text.
    pub(super) fn each_field(&self, see: &mut impl FnMut(usize)) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|p| p.each_field(see)),
            Self::Not(part) => part.each_field(see),
            Self::Compare { field, with: Operand::Field(other), .. } => {
                see(*field);
                see(*other);
            }
            Self::Missing(field)
            | Self::Compare { field, .. }
            | Self::In { field, .. }
            | Self::StartsWith { field, .. } => see(*field),
        }
    }
}

/// A condition with the names of its fields.
pub(super) struct Written<'a> {
    pub fields: &'a Fields,
    pub condition: &'a Condition,
}

impl Written<'_> {
    fn name(&self, field: usize) -> &str {
        self.fields.get(field).map_or("", |field| field.name())
    }

    fn part<'b>(&'b self, condition: &'b Condition) -> Written<'b> {
        Written { fields: self.fields, condition }
    }

    /// A part in brackets where it would be read apart without them.
    fn nested(&self, part: &Condition, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let apart = match part {
            Condition::Any(_) => true,
            Condition::All(_) => !matches!(self.condition, Condition::Any(_)),
            _ => false,
        };
        let part = self.part(part);
        if apart { write!(f, "({part})") } else { part.fmt(f) }
    }
}

impl Display for Written<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.condition {
            Condition::All(parts) | Condition::Any(parts) => {
                let word = if matches!(self.condition, Condition::All(_)) { "and" } else { "or" };
                for (at, part) in parts.iter().enumerate() {
                    if at > 0 {
                        write!(f, " {word} ")?;
                    }
                    self.nested(part, f)?;
                }
                Ok(())
            }
            Condition::Not(part) => match **part {
                Condition::Missing(field) => write!(f, "{} is not missing", self.name(field)),
                _ => {
                    f.write_str("not ")?;
                    self.nested(part, f)
                }
            },
            Condition::Missing(field) => write!(f, "{} is missing", self.name(*field)),
            Condition::Compare { field, comparison, with } => {
                write!(f, "{} {} ", self.name(*field), comparison.sign())?;
                match with {
                    Operand::Value(value) => value.fmt(f),
                    Operand::Field(other) => f.write_str(self.name(*other)),
                }
            }
            Condition::In { field, values } => {
                write!(f, "{} in {}", self.name(*field), Value::List(Arc::clone(values)))
            }
            Condition::StartsWith { field, prefix } => {
                write!(f, "{} starts_with {}", self.name(*field), quoted(prefix))
            }
        }
    }
}
