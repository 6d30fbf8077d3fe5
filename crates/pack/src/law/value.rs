//! What a parameter is worth: a number, a word or a day of the year, or one for each level.

use std::fmt;

use toml::de::DeValue;

use crate::context::{Context, Target};
use crate::fault::FaultCode;
use crate::source::{Form, Located, Node, Table};

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// One for all.
    One(Scalar),
    /// One for each level.
    ByLevel {
        /// The code list whose codes the levels are.
        by: String,
        /// Levels and their values, in rising order.
        levels: Vec<(String, Scalar)>,
    },
}

/// A single value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar {
    /// A whole number.
    Integer(i64),
    /// A number with decimals, exact, as it is written.
    Decimal(String),
    /// A day of every year.
    MonthDay {
        /// 1-12.
        month: u8,
        /// 1-31.
        day: u8,
    },
    /// A word, such as a grade.
    Word(String),
}

impl Value {
    /// The one value, unless there is one for each level.
    ///
    /// ```
    /// use pack::{Scalar, Value};
    /// let value = Value::One(Scalar::Integer(60));
    /// assert_eq!(value.one().and_then(Scalar::integer), Some(60));
    /// assert_eq!(value.at("level-1"), value.one());
    /// ```
    pub fn one(&self) -> Option<&Scalar> {
        match self {
            Self::One(value) => Some(value),
            Self::ByLevel { .. } => None,
        }
    }

    /// The value at a level; where there is one for all, that.
    pub fn at(&self, level: &str) -> Option<&Scalar> {
        match self {
            Self::One(value) => Some(value),
            Self::ByLevel { levels, .. } => {
                levels.iter().find(|(name, _)| name == level).map(|(_, value)| value)
            }
        }
    }

    /// Every value, in rising order of levels.
    pub fn scalars(&self) -> impl Iterator<Item = &Scalar> {
        let (one, levels) = match self {
            Self::One(value) => (Some(value), &[][..]),
            Self::ByLevel { levels, .. } => (None, levels.as_slice()),
        };
        one.into_iter().chain(levels.iter().map(|(_, value)| value))
    }

    pub(crate) fn blank() -> Self {
        Self::One(Scalar::Integer(0))
    }

    /// Reads the keys `value` and `by`.
    pub(crate) fn read(table: &mut Table<'_>, cx: &mut Context) -> Self {
        let by: Option<Located<String>> = table.optional("by", cx);
        if let Some(by) = &by {
            cx.refer(&by.place, &table.what, &by.value, Target::List);
        }
        let Some(node) = table.take("value") else {
            let what = format!("the {} has no value", table.what);
            cx.fault(FaultCode::MissingKey, &table.place(), what, "add value = 1, or levels");
            return Self::blank();
        };
        let Some(by) = by else {
            if node.value.get_ref().is_table() {
                let what = "levels without the list that they are of";
                let remedy = "add by = \"…\", the code list whose codes the levels are";
                cx.fault(FaultCode::MissingKey, &node.place(), what, remedy);
                return Self::blank();
            }
            return Scalar::read(node, cx).map_or_else(Self::blank, Self::One);
        };
        let mut levels = Vec::new();
        if let Some(mut inner) = node.table("value by level", cx) {
            for (level, place, node) in inner.take_rest() {
                let target = Target::Code { list: by.value.clone() };
                cx.refer(&place, &table.what, level, target);
                if let Some(value) = Scalar::read(node, cx) {
                    levels.push((level.to_owned(), value));
                }
            }
            if levels.is_empty() {
                let remedy = "write { level = value, … }, or take by out";
                cx.fault(FaultCode::BadValue, &node.place(), "there is no level", remedy);
            }
        }
        Self::ByLevel { by: by.value, levels }
    }
}

impl Scalar {
    /// The number, if it is a whole one.
    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(*value),
            _ => None,
        }
    }

    fn read(node: Node<'_>, cx: &mut Context) -> Option<Self> {
        match node.value.get_ref() {
            DeValue::Integer(_) => crate::source::Read::read(node, cx).map(Self::Integer),
            DeValue::Float(number) if is_decimal(number.as_str()) => {
                Some(Self::Decimal(number.as_str().to_owned()))
            }
            DeValue::String(text) => match month_day(text) {
                Some(value) => Some(value),
                None => Form::Code
                    .check(text, &node.place(), cx)
                    .then(|| Self::Word(text.clone().into_owned())),
            },
            _ => {
                node.wrong_type("a number, a word in quotes or a day of the year \"07-01\"", cx);
                None
            }
        }
    }
}

/// Digits with a point; no exponent, infinity or grouping.
fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

fn month_day(text: &str) -> Option<Scalar> {
    // A leap year, so that 29 February is a day of some year.
    let day: clock::Date = format!("2000-{text}").parse().ok()?;
    let text = day.to_string();
    let part = |range| text.get(range).and_then(|part: &str| part.parse().ok());
    Some(Scalar::MonthDay { month: part(5..7)?, day: part(8..10)? })
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => write!(f, "{value}"),
            Self::Decimal(text) | Self::Word(text) => f.write_str(text),
            Self::MonthDay { month, day } => write!(f, "{month:02}-{day:02}"),
        }
    }
}

/// A value alone, or `level=value` for each level.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(value) => write!(f, "{value}"),
            Self::ByLevel { levels, .. } => {
                let levels: Vec<String> =
                    levels.iter().map(|(level, value)| format!("{level}={value}")).collect();
                f.write_str(&levels.join(" "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_year() {
        assert_eq!(month_day("02-29"), Some(Scalar::MonthDay { month: 2, day: 29 }));
        for wrong in ["02-30", "13-01", "7-1", "D", ""] {
            assert_eq!(month_day(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn decimals_are_digits() {
        assert!(is_decimal("0.05") && is_decimal("-1.5"));
        assert!(!is_decimal("1e3") && !is_decimal("inf") && !is_decimal("1_000.0"));
    }
}
