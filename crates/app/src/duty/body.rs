//! What a record says of a case, in a few bytes: what the state, the terms and the duties of the case
//! follow from, and nothing else. Numbers are those of the pack under which it was written, so that the
//! readings are made anew under another.

use std::sync::Arc;

use clock::Date;
use model::Timestamp;
use procedure::Act;
use rules::value::{Decimal, Value};

/// What a record says of a case.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Body<'a> {
    /// It opens it.
    Opening {
        /// Its procedure, by its number.
        procedure: u16,
        office: Option<&'a str>,
        region: &'a str,
        by: &'a str,
        values: Vec<(u16, Value)>,
    },
    /// It is a step of it.
    Step {
        /// The procedure that the record names.
        procedure: u16,
        number: u64,
        step: u16,
        act: Act,
        by: &'a str,
        values: Vec<(u16, Value)>,
    },
    /// It says whose it is.
    Assignment { act: u8, account: &'a str, permission: Option<&'a str> },
}

const OPENING: u8 = 0;
const STEP: u8 = 1;
const ASSIGNMENT: u8 = 2;

impl Body<'_> {
    pub(crate) fn packed(&self) -> Vec<u8> {
        let mut out = Writer(Vec::with_capacity(64));
        match self {
            Self::Opening { procedure, office, region, by, values } => {
                out.byte(OPENING).number((*procedure).into()).text(office.unwrap_or_default());
                out.text(region).text(by).values(values);
            }
            Self::Step { procedure, number, step, act, by, values } => {
                let act = Act::ALL.iter().position(|other| other == act).unwrap_or_default();
                out.byte(STEP).number((*procedure).into()).number(*number).number((*step).into());
                out.byte(act as u8).text(by).values(values);
            }
            Self::Assignment { act, account, permission } => {
                out.byte(ASSIGNMENT).byte(*act).text(account);
                out.text(permission.unwrap_or_default());
            }
        }
        out.0
    }
}

impl<'a> Body<'a> {
    /// Reads what was packed; none where it is damaged.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut from = Reader(bytes);
        let maybe = |text: &'a str| (!text.is_empty()).then_some(text);
        Some(match from.byte()? {
            OPENING => Self::Opening {
                procedure: from.small()?,
                office: maybe(from.text()?),
                region: from.text()?,
                by: from.text()?,
                values: from.values()?,
            },
            STEP => Self::Step {
                procedure: from.small()?,
                number: from.number()?,
                step: from.small()?,
                act: *Act::ALL.get(usize::from(from.byte()?))?,
                by: from.text()?,
                values: from.values()?,
            },
            ASSIGNMENT => Self::Assignment {
                act: from.byte()?,
                account: from.text()?,
                permission: maybe(from.text()?),
            },
            _ => return None,
        })
    }
}

struct Writer(Vec<u8>);

impl Writer {
    fn byte(&mut self, byte: u8) -> &mut Self {
        self.0.push(byte);
        self
    }

    fn number(&mut self, mut value: u64) -> &mut Self {
        while value >= 0x80 {
            self.0.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.byte(value as u8)
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.number(text.len() as u64).0.extend_from_slice(text.as_bytes());
        self
    }

    fn values(&mut self, values: &[(u16, Value)]) {
        for (field, value) in values {
            // A list decides over no term.
            let (sort, number) = match value {
                Value::Text(_) => (0, 0),
                Value::Integer(number) => (1, *number),
                Value::Decimal(decimal) => {
                    let Some(units) = decimal.units_at(decimal.places()) else { continue };
                    (2, units)
                }
                Value::Boolean(value) => (3, i64::from(*value)),
                Value::Date(day) => (4, day.unix_day()),
                Value::Instant(at) => (5, at.micros()),
                Value::List(_) => continue,
            };
            self.number((*field).into()).byte(sort);
            match value {
                Value::Text(text) => self.text(text),
                _ => self.number(((number << 1) ^ (number >> 63)) as u64),
            };
            if let Value::Decimal(decimal) = value {
                self.byte(decimal.places());
            }
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    fn number(&mut self) -> Option<u64> {
        let (mut value, mut shift) = (0u64, 0);
        loop {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(value);
            }
            shift += 7;
        }
    }

    fn small(&mut self) -> Option<u16> {
        u16::try_from(self.number()?).ok()
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = usize::try_from(self.number()?).ok()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }

    fn values(&mut self) -> Option<Vec<(u16, Value)>> {
        let mut values = Vec::new();
        while !self.0.is_empty() {
            let (field, sort) = (self.small()?, self.byte()?);
            if sort == 0 {
                values.push((field, Value::Text(Arc::from(self.text()?))));
                continue;
            }
            let number = self.number()?;
            let number = (number >> 1) as i64 ^ -((number & 1) as i64);
            let value = match sort {
                1 => Value::Integer(number),
                2 => Value::Decimal(Decimal::new(number, self.byte()?).ok()?),
                3 => Value::Boolean(number != 0),
                4 => Value::Date(Date::from_unix_day(number)?),
                5 => Value::Instant(Timestamp::from_micros(number)),
                _ => return None,
            };
            values.push((field, value));
        }
        Some(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_back_and_damage_is_seen() {
        let values = vec![
            (3, Value::from("level-1")),
            (0, Value::Integer(-7)),
            (900, Value::Decimal(Decimal::new(-12_345, 2).unwrap())),
            (1, Value::Boolean(true)),
            (2, Value::Date("2026-12-01".parse().unwrap())),
            (4, Value::Instant(Timestamp::from_micros(-1))),
        ];
        let bodies = [
            Body::Opening {
                procedure: 300,
                office: None,
                region: "420106",
                by: "账号",
                values: Vec::new(),
            },
            Body::Step {
                procedure: 2,
                number: 70_000,
                step: 129,
                act: Act::Returned,
                by: "b",
                values: values.clone(),
            },
            Body::Assignment { act: 3, account: "a-1", permission: Some("penalty.review") },
        ];
        for body in bodies {
            let packed = body.packed();
            assert_eq!(Body::read(&packed), Some(body.clone()));
            // Cut off it says less or nothing, never something else than it said.
            for end in 0..packed.len() {
                assert_ne!(Body::read(&packed[..end]), Some(body.clone()), "{end}");
            }
        }
        assert_eq!(Body::read(&[9]), None);
    }
}
