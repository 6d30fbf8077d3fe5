//! A body becomes drafts.

use std::fmt;

use app::intake::MOST_RECORDS;
use app::{Fault, Rejection};
use model::Draft;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// What a body holds.
pub enum Sent {
    /// One object.
    One(Box<Draft>),
    /// A list of objects.
    Many(Vec<Draft>),
}

/// Reads a body: an object, or a list of them. Each record has the limits of one sent by itself.
///
/// # Errors
/// All that is wrong with the texts; what is wrong with JSON between the records comes first.
pub fn split(body: &[u8]) -> Result<Sent, Rejection> {
    if body.iter().find(|b| !b.is_ascii_whitespace()) != Some(&b'[') {
        let draft = Draft::parse(body).map_err(Fault::from)?;
        return Ok(Sent::One(Box::new(draft)));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let parts = reader.deserialize_seq(Parts).and_then(|parts| reader.end().map(|()| parts));
    let (parts, found) = parts.map_err(|e| {
        let text = e.to_string();
        let reason = text.split(" at line ").next().unwrap_or(&text).to_owned();
        Fault::from(model::Error::Json { line: e.line(), column: e.column(), reason })
    })?;
    if found > MOST_RECORDS || found == 0 {
        return Err(Fault::new(
            "request.count",
            format!("a list has 1 to {MOST_RECORDS} records, this one has {found}; send more as a stream (application/x-ndjson)"),
            format!("每个列表为 1 至 {MOST_RECORDS} 条记录，现为 {found} 条；更多请以数据流发送（application/x-ndjson）"),
        )
        .into());
    }
    let mut drafts = Vec::with_capacity(parts.len());
    let mut faults = Vec::new();
    for (at, part) in parts.into_iter().enumerate() {
        match Draft::parse(part.get().as_bytes()) {
            Ok(draft) => drafts.push(draft),
            Err(error) => faults.push(Fault::from(error).of_record(at)),
        }
    }
    if faults.is_empty() { Ok(Sent::Many(drafts)) } else { Err(Rejection::Invalid(faults)) }
}

/// The texts of a list's elements; those beyond the limit are only counted.
struct Parts;

impl<'de> Visitor<'de> for Parts {
    type Value = (Vec<&'de RawValue>, usize);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut parts = Vec::new();
        while parts.len() < MOST_RECORDS {
            let Some(part) = items.next_element()? else {
                let found = parts.len();
                return Ok((parts, found));
            };
            parts.push(part);
        }
        let mut found = parts.len();
        while items.next_element::<IgnoredAny>()?.is_some() {
            found += 1;
        }
        Ok((parts, found))
    }
}
