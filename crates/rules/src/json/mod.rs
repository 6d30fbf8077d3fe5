//! Reading JSON strictly.
//!
//! Parsers differ about an object that has a name twice, so that one record could say two things;
//! and nothing that a kind of record holds lies deep. Both are refused here, with their place.
//!
//! ```
//! use rules::json::{Limits, read};
//! let value = read(br#"{"open": {"result": "pass"}}"#, Limits::default())?;
//! assert_eq!(value["open"]["result"], "pass");
//!
//! let fault = read(br#"{"open": {"result": "pass", "result": "fail"}}"#, Limits::default());
//! let fault = fault.unwrap_err();
//! assert_eq!((fault.code(), fault.pointer()), ("rules.json_twice", Some("/open/result")));
//! # Ok::<(), rules::json::ReadError>(())
//! ```

mod error;
mod pointer;

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

pub use error::ReadError;
pub(crate) use pointer::{Place, shortly};

/// How large a JSON text may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes.
    pub bytes: usize,
    /// The most objects and lists inside of each other, at most 100.
    pub depth: usize,
}

/// A mebibyte and 16 levels: no record of a pack comes near.
impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 1 << 20, depth: 16 }
    }
}

/// The value that a JSON text says.
///
/// Whole numbers up to 64 bits are held exactly, others as the nearest binary number.
///
/// # Errors
/// The text is beyond a limit, no UTF-8, no JSON (RFC 8259), or has a name twice in an object.
pub fn read(bytes: &[u8], limits: Limits) -> Result<Value, ReadError> {
    if bytes.len() > limits.bytes {
        return Err(ReadError::Large { most: limits.bytes, found: bytes.len() });
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| ReadError::Encoding { offset: error.valid_up_to() })?;
    let fault = RefCell::new(None);
    // The parser itself goes no deeper than 128 levels.
    let depth = limits.depth.min(100);
    let reader = Reader { place: &Place::WHOLE, left: depth, most: depth, fault: &fault };
    let mut parser = serde_json::Deserializer::from_str(text);
    let value = reader.deserialize(&mut parser).and_then(|value| parser.end().map(|()| value));
    value.map_err(|error| fault.into_inner().unwrap_or_else(|| ReadError::of(&error)))
}

/// Reads the value at a place.
#[derive(Clone, Copy)]
struct Reader<'a> {
    place: &'a Place<'a>,
    left: usize,
    most: usize,
    /// What is wrong beyond the form of the text, for which the parser has no words.
    fault: &'a RefCell<Option<ReadError>>,
}

impl Reader<'_> {
    fn refuse<E: serde::de::Error>(&self, fault: ReadError) -> E {
        *self.fault.borrow_mut() = Some(fault);
        E::custom("refused")
    }

    fn deeper<E: serde::de::Error>(&self) -> Result<usize, E> {
        self.left.checked_sub(1).ok_or_else(|| {
            self.refuse(ReadError::Deep { pointer: self.place.pointer(), most: self.most })
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

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
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
            let place = self.place.member(&name);
            if object.contains_key(&name) {
                return Err(self.refuse(ReadError::Twice { pointer: place.pointer() }));
            }
            let value = members.next_value_seed(Reader { place: &place, left, ..self })?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}
