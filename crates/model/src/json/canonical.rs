//! The canonical text of JSON: RFC 8785.

use std::io::Write as _;

use serde_json::{Map, Number, Value};

/// The canonical text of a value: RFC 8785.
///
/// ```
/// use model::json::canonical;
/// let value = serde_json::json!({ "b": 1.50, "a": [true, null, "质\n"], "c": 1e21 });
/// let text = String::from_utf8(canonical(&value)).unwrap();
/// assert_eq!(text, "{\"a\":[true,null,\"质\\n\"],\"b\":1.5,\"c\":1e+21}");
/// ```
pub fn canonical(value: &Value) -> Vec<u8> {
    let mut text = Vec::with_capacity(256);
    write_value(&mut text, value);
    text
}

/// The canonical text of an object.
pub fn canonical_object(object: &Map<String, Value>) -> Vec<u8> {
    let mut text = Vec::with_capacity(512);
    write_object(&mut text, object);
    text
}

/// Appends the canonical text of a value.
pub fn write_value(text: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => text.extend_from_slice(b"null"),
        Value::Bool(true) => text.extend_from_slice(b"true"),
        Value::Bool(false) => text.extend_from_slice(b"false"),
        Value::Number(number) => write_number(text, number),
        Value::String(string) => write_text(text, string),
        Value::Array(items) => {
            text.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.push(b',');
                }
                write_value(text, item);
            }
            text.push(b']');
        }
        Value::Object(object) => write_object(text, object),
    }
}

/// Appends the canonical text of an object.
pub fn write_object(text: &mut Vec<u8>, object: &Map<String, Value>) {
    text.push(b'{');
    let mut write = |at: usize, (key, value): (&String, &Value)| {
        if at > 0 {
            text.push(b',');
        }
        write_text(text, key);
        text.push(b':');
        write_value(text, value);
    };
    if object.keys().all(|key| key.is_ascii()) {
        // A map is in the order of UTF-8, which for ASCII is that of UTF-16.
        object.iter().enumerate().for_each(|(at, entry)| write(at, entry));
    } else {
        let mut entries: Vec<_> = object.iter().collect();
        entries.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
        entries.into_iter().enumerate().for_each(|(at, entry)| write(at, entry));
    }
    text.push(b'}');
}

/// Appends the canonical text of a text.
pub fn write_text(text: &mut Vec<u8>, string: &str) {
    // Writing into memory does not fail; the escapes are those of RFC 8785, section 3.2.2.2.
    let _ = serde_json::to_writer(text, string);
}

fn write_number(text: &mut Vec<u8>, number: &Number) {
    if number.is_i64() || number.is_u64() {
        let _ = write!(text, "{number}");
    } else {
        // The shortest form as ECMAScript writes it.
        let value = Value::Number(number.clone());
        text.extend(serde_json_canonicalizer::to_vec(&value).unwrap_or_default());
    }
}
