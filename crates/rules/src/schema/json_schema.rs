//! A kind as JSON Schema 2020-12, for those who send records and for the description of the API.
//!
//! It says what [`super::Schema::faults`] checks, but for an instant that its offset carries out of
//! the years 1900 to 2100. Whoever reads it must check `format`, which the standard leaves open.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::kind::{Label, Member, Shape};
use crate::value::{CodeList, Decimal};

/// The years that the clock knows.
const DAY: &str = "(19[0-9]{2}|20[0-9]{2}|2100)-[0-9]{2}-[0-9]{2}";
const TIME: &str = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?";
const OFFSET: &str = "(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])";
/// No control characters but tab and line ends.
const NO_CONTROLS: &str = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$";
/// Some character that is not a blank.
const NOT_BLANK: &str = r"[^ \t\n\r\u00a0\u3000]";

/// The schema of a payload.
pub(super) fn schema(label: &Label, parts: &[Member], lists: &BTreeMap<String, CodeList>) -> Value {
    let mut schema = object(parts);
    let lists: Map<String, Value> = lists
        .iter()
        .map(|(name, list)| (name.clone(), json!({ "enum": list.codes().collect::<Vec<_>>() })))
        .collect();
    if let Some(schema) = schema.as_object_mut() {
        let draft = "https://json-schema.org/draft/2020-12/schema";
        schema.insert("$schema".to_owned(), draft.into());
        schema.insert("title".to_owned(), title(label));
        if !lists.is_empty() {
            schema.insert("$defs".to_owned(), lists.into());
        }
    }
    schema
}

/// Both languages, for whoever looks at the schema.
fn title(label: &Label) -> Value {
    Value::String(format!("{} {}", label.zh, label.en))
}

fn object(members: &[Member]) -> Value {
    let properties: Map<String, Value> = members
        .iter()
        .map(|member| {
            let mut of = shape(&member.shape);
            if let Some(of) = of.as_object_mut() {
                of.insert("title".to_owned(), title(&member.label));
            }
            (member.name.clone(), of)
        })
        .collect();
    let required: Vec<&str> = members
        .iter()
        .filter(|member| member.required)
        .map(|member| member.name.as_str())
        .collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn shape(shape: &Shape) -> Value {
    match shape {
        Shape::Text { most } => json!({
            "type": "string",
            "minLength": 1,
            "maxLength": most,
            "pattern": NO_CONTROLS,
            "allOf": [{ "pattern": NOT_BLANK }],
        }),
        Shape::Code(list) => json!({ "$ref": format!("#/$defs/{}", list.name()) }),
        Shape::Integer { least, most } => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        Shape::Decimal { places, least, most } => json!({
            "type": "number",
            "minimum": number(*least),
            "maximum": number(*most),
            "multipleOf": number(Decimal::new(1, *places).unwrap_or_else(|_| Decimal::from(1))),
        }),
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::Date => {
            json!({ "type": "string", "format": "date", "pattern": format!("^{DAY}$") })
        }
        Shape::Instant => json!({
            "type": "string",
            "format": "date-time",
            "pattern": format!("^{DAY}T{TIME}{OFFSET}$"),
        }),
        Shape::Object(members) => object(members),
        Shape::List { of, least, most } => json!({
            "type": "array",
            "items": self::shape(of),
            "minItems": least,
            "maxItems": most,
        }),
    }
}

/// A decimal as a JSON number.
fn number(decimal: Decimal) -> Value {
    serde_json::from_str(&decimal.to_string()).unwrap_or_default()
}
