//! Reading JSON strictly.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};

use super::Place;
use crate::error::Error;

/// What is taken from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one document.
    pub bytes: usize,
    /// Levels of nesting, at most 100.
    pub depth: usize,
}

impl Default for Limits {
    /// One mebibyte, 32 levels: far more than any kind of record needs.
    fn default() -> Self {
        Self { bytes: 1 << 20, depth: 32 }
    }
}

/// Integers that every JSON reader holds exactly (RFC 8259, section 6; RFC 7493, section 2.2).
const EXACT: i64 = (1 << 53) - 1;

/// Reads one JSON document.
///
/// # Errors
/// [`Error::TooLarge`] before anything is read; [`Error::Encoding`] for invalid UTF-8 with its
/// offset; [`Error::Json`] with line and column for text that is not JSON (RFC 8259); with the JSON
/// pointer [`Error::Twice`] for a key that comes twice in one object, [`Error::Deep`] for nesting
/// beyond the limit, and [`Error::Inexact`] for an integer beyond ±(2^53 - 1), which is to be sent
/// as text.
///
/// ```
/// use model::json::{Limits, parse};
/// assert!(parse(br#"{"a": [1, 2.5, "x"]}"#, Limits::default()).is_ok());
/// let twice = parse(br#"{"a": {"b": 1, "b": 2}}"#, Limits::default()).unwrap_err();
/// assert_eq!(twice.pointer(), Some("/a/b"));
/// ```
pub fn parse(text: &[u8], limits: Limits) -> Result<Value, Error> {
    if text.len() > limits.bytes {
        return Err(Error::TooLarge {
            what: "the JSON text",
            found: text.len(),
            most: limits.bytes,
        });
    }
    let text = std::str::from_utf8(text)
        .map_err(|error| Error::Encoding { offset: error.valid_up_to() })?;
    let fault = RefCell::new(None);
    // The parser itself goes no deeper than 128 levels.
    let depth = limits.depth.min(100);
    let reader = Reader { place: &Place::WHOLE, left: depth, most: depth, fault: &fault };
    let mut parser = serde_json::Deserializer::from_str(text);
    let value = reader.deserialize(&mut parser).and_then(|value| parser.end().map(|()| value));
    value.map_err(|error| fault.into_inner().unwrap_or_else(|| form(&error)))
}

fn form(error: &serde_json::Error) -> Error {
    let (line, column) = (error.line(), error.column());
    let shown = error.to_string();
    let place = format!(" at line {line} column {column}");
    let reason = shown.strip_suffix(&place).unwrap_or(&shown).to_owned();
    Error::Json { line, column, reason }
}

/// Reads the value at a place.
#[derive(Clone, Copy)]
struct Reader<'a> {
    place: &'a Place<'a>,
    left: usize,
    most: usize,
    /// What is wrong beyond the form of the text, for which the parser has no words.
    fault: &'a RefCell<Option<Error>>,
}

impl Reader<'_> {
    fn refuse<E: serde::de::Error>(&self, fault: Error) -> E {
        *self.fault.borrow_mut() = Some(fault);
        E::custom("refused")
    }

    fn inexact<E: serde::de::Error>(&self, number: impl fmt::Display) -> E {
        let (pointer, number) = (self.place.pointer(), number.to_string());
        self.refuse(Error::Inexact { pointer, number })
    }

    fn deeper<E: serde::de::Error>(&self) -> Result<usize, E> {
        self.left.checked_sub(1).ok_or_else(|| {
            self.refuse(Error::Deep { pointer: self.place.pointer(), most: self.most })
        })
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        if value < -EXACT {
            return Err(self.inexact(value));
        }
        Ok(value.into())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        if value > EXACT.unsigned_abs() {
            return Err(self.inexact(value));
        }
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value).map(Value::Number);
        number.ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let left = self.deeper()?;
        let mut list = Vec::new();
        loop {
            let place = self.place.item(list.len());
            match items.next_element_seed(Reader { place: &place, left, ..self })? {
                Some(item) => list.push(item),
                None => return Ok(Value::Array(list)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let left = self.deeper()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            match object.entry(name) {
                Entry::Occupied(entry) => {
                    let pointer = self.place.member(entry.key()).pointer();
                    return Err(self.refuse(Error::Twice { pointer }));
                }
                Entry::Vacant(entry) => {
                    let place = self.place.member(entry.key());
                    let value = members.next_value_seed(Reader { place: &place, left, ..self })?;
                    entry.insert(value);
                }
            }
        }
        Ok(Value::Object(object))
    }
}
