//! JSON as it may come from outside: within limits, no key twice, every number exact.

use std::fmt;
use std::io::Write as _;

use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::error::Error;

/// What is taken from outside.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of one document.
    pub bytes: usize,
    /// Levels of nesting.
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

const DEEP: &str = "nested too deeply";
const TWICE: &str = " comes twice";
const INEXACT: &str = " is too large to be exact; send it as text";

/// Reads one JSON document.
///
/// # Errors
/// [`Error::TooLarge`] before anything is read; [`Error::Json`] with the place for text that is
/// not JSON, for invalid UTF-8, for a key that comes twice in one object, for nesting beyond the
/// limit, and for an integer beyond ±(2^53 - 1), which is to be sent as text.
///
/// ```
/// use model::json::{Limits, parse};
/// assert!(parse(br#"{"a": [1, 2.5, "x"]}"#, Limits::default()).is_ok());
/// let twice = parse(br#"{"a": 1, "a": 2}"#, Limits::default()).unwrap_err();
/// assert!(twice.to_string().contains("\"a\" comes twice"));
/// ```
pub fn parse(text: &[u8], limits: Limits) -> Result<Value, Error> {
    if text.len() > limits.bytes {
        return Err(Error::TooLarge {
            what: "the JSON text",
            found: text.len(),
            most: limits.bytes,
        });
    }
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = Strict { levels: limits.depth }.read(&mut reader);
    value.and_then(|value| reader.end().map(|()| value)).map_err(|e| {
        let text = e.to_string();
        let reason = text.split(" at line ").next().unwrap_or(&text).to_owned();
        Error::Json { line: e.line(), column: e.column(), reason }
    })
}

/// What a reader says of a text that is no JSON, in Chinese.
pub(crate) fn reason_zh(reason: &str) -> String {
    // Ours say the key or the number; those of the reader have no data of the text in them.
    if let Some(key) = reason.strip_prefix("the key ").and_then(|rest| rest.strip_suffix(TWICE)) {
        return format!("键 {key} 出现两次");
    }
    if let Some(number) = reason.strip_suffix(INEXACT) {
        return format!("{number} 超出可精确表示的整数范围，请作为文本发送");
    }
    let known = [
        (DEEP, "嵌套层数过多"),
        ("EOF", "文本中途结束"),
        ("trailing characters", "JSON 之后还有内容"),
        ("trailing comma", "末尾多一个逗号"),
        ("key must be a string", "键应为带双引号的文本"),
        ("invalid escape", "转义不对"),
        ("invalid unicode", "文本不是合格的 UTF-8"),
        ("lone leading surrogate", "转义不是完整的字符"),
        ("unexpected end of hex escape", "转义不完整"),
        ("control character", "文本中有控制字符，请转义"),
        ("invalid number", "数字的写法不对"),
        ("number out of range", "数字超出范围"),
        ("a number that is not finite", "数字超出范围"),
        ("recursion limit", "嵌套层数过多"),
        ("expected `:`", "键后应为冒号"),
        ("expected `,`", "应为逗号或右括号"),
    ];
    let found = known.iter().find(|(en, _)| reason.starts_with(en));
    found.map_or("此处不能这样写", |(_, zh)| zh).to_owned()
}

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

#[derive(Clone, Copy)]
struct Strict {
    levels: usize,
}

impl Strict {
    fn read<'de, D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }

    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        let levels = self.levels.checked_sub(1);
        levels.map(|levels| Self { levels }).ok_or_else(|| E::custom(DEEP))
    }
}

impl<'de> serde::de::DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        self.read(reader)
    }
}

impl<'de> Visitor<'de> for Strict {
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
            return Err(E::custom(format!("{value}{INEXACT}")));
        }
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        if value > EXACT.unsigned_abs() {
            return Err(E::custom(format!("{value}{INEXACT}")));
        }
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value);
        number.map(Value::Number).ok_or_else(|| E::custom("a number that is not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(A::Error::custom(format!("the key {key:?}{TWICE}")));
            }
            let value = entries.next_value_seed(inner)?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}
