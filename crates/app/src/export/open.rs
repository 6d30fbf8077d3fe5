//! The open part of a record as the values of a row, borrowed from its text where that can be.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::Value;

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum Held<'d> {
    /// Nothing.
    #[default]
    Nothing,
    Text(Cow<'d, str>),
    Integer(i64),
    Float(f64),
    Flag(bool),
    /// A list or an object, as JSON.
    Json(String),
}

impl<'de> Deserialize<'de> for Held<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Held<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value of JSON")
            }

            fn visit_unit<E>(self) -> Result<Held<'de>, E> {
                Ok(Held::Nothing)
            }

            fn visit_bool<E>(self, flag: bool) -> Result<Held<'de>, E> {
                Ok(Held::Flag(flag))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Held<'de>, E> {
                Ok(Held::Integer(number))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Held<'de>, E> {
                Ok(i64::try_from(number)
                    .map_or(Held::Text(number.to_string().into()), Held::Integer))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Held<'de>, E> {
                Ok(Held::Float(number))
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Held<'de>, E> {
                Ok(Held::Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Held<'de>, E> {
                Ok(Held::Text(Cow::Owned(text.to_owned())))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Held<'de>, A::Error> {
                let mut found: Vec<Value> = Vec::new();
                while let Some(part) = parts.next_element()? {
                    found.push(part);
                }
                Ok(Held::Json(Value::Array(found).to_string()))
            }

            fn visit_map<A: MapAccess<'de>>(self, parts: A) -> Result<Held<'de>, A::Error> {
                let value = Value::deserialize(de::value::MapAccessDeserializer::new(parts))?;
                Ok(Held::Json(value.to_string()))
            }
        }
        from.deserialize_any(Any)
    }
}

/// The values of some fields, whose names come sorted as those of a canonical text do.
pub(super) struct Fields<'n>(pub(super) &'n [(String, usize)]);

impl Fields<'_> {
    /// Reads a canonical object into the places of the fields.
    pub(super) fn read<'d>(
        &self,
        text: &'d [u8],
        into: &mut Vec<Held<'d>>,
    ) -> Result<(), serde_json::Error> {
        struct Into<'a, 'd> {
            fields: &'a [(String, usize)],
            into: &'a mut Vec<Held<'d>>,
        }
        impl<'de> Visitor<'de> for Into<'_, 'de> {
            type Value = ();

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut parts: A) -> Result<(), A::Error> {
                let mut at = 0;
                while let Some(name) = parts.next_key::<Cow<'de, str>>()? {
                    let rest = self.fields.get(at..).unwrap_or_default();
                    let found = rest.iter().position(|(known, _)| **known == *name).map(|n| at + n);
                    let found = found
                        .or_else(|| self.fields.iter().position(|(known, _)| **known == *name));
                    let place = found.and_then(|found| self.fields.get(found));
                    match place.and_then(|(_, place)| self.into.get_mut(*place)) {
                        Some(place) => *place = parts.next_value()?,
                        None => _ = parts.next_value::<de::IgnoredAny>()?,
                    }
                    at = found.map_or(at, |found| found + 1);
                }
                Ok(())
            }
        }
        let mut reader = serde_json::Deserializer::from_slice(text);
        reader.deserialize_map(Into { fields: self.0, into })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_in_any_order_and_others_passed_over() {
        let names = [("a".to_owned(), 1), ("b".to_owned(), 0), ("d".to_owned(), 2)];
        let read = |text: &'static str| {
            let mut found = vec![Held::Nothing; 3];
            Fields(&names).read(text.as_bytes(), &mut found).map(|()| found).unwrap_or_default()
        };
        let found = read(r#"{"a":"甲\n","b":[1,{"x":null}],"c":{"y":2},"d":2.5}"#);
        assert_eq!(found[0], Held::Json(r#"[1,{"x":null}]"#.to_owned()));
        assert_eq!(found[1], Held::Text("甲\n".into()));
        assert_eq!(found[2], Held::Float(2.5));
        let found = read(r#"{"d":true,"a":null,"b":-7}"#);
        assert_eq!(found, [Held::Integer(-7), Held::Nothing, Held::Flag(true)]);
    }
}
