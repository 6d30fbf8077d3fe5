//! What is filled in on a form, as guards and terms ask for it.

use clock::Date;
use model::Timestamp;
use rules::value::{Decimal, Value};
use serde_json::Value as Json;

use crate::kind::FieldType;

/// The value of a field; none where it is empty, is no single value that can be asked for, or does not
/// fit its type.
pub(super) fn value_of(of: &FieldType, json: &Json) -> Option<Value> {
    Some(match (of, json) {
        (
            FieldType::Text { .. }
            | FieldType::Code { .. }
            | FieldType::Region
            | FieldType::Industry
            | FieldType::Reference { .. },
            Json::String(text),
        ) => text.as_str().into(),
        (FieldType::Integer, Json::Number(number)) => number.as_i64()?.into(),
        // The shortest decimal that stands for the number, as it was written.
        (FieldType::Decimal | FieldType::Money, Json::Number(number)) => {
            number.to_string().parse::<Decimal>().ok()?.into()
        }
        (FieldType::Boolean, Json::Bool(value)) => (*value).into(),
        (FieldType::Date, Json::String(text)) => text.parse::<Date>().ok()?.into(),
        (FieldType::Instant, Json::String(text)) => Timestamp::from_rfc3339(text).ok()?.into(),
        (FieldType::List(of), Json::Array(items)) => {
            items.iter().map(|item| value_of(of, item)).collect::<Option<Value>>()?
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_as_their_types_have_them() {
        let text = |of: &FieldType, json: Json| value_of(of, &json);
        assert_eq!(text(&FieldType::Integer, json!(3)), Some(3.into()));
        let money = text(&FieldType::Money, json!(12.5));
        assert_eq!(money, Some(Value::Decimal("12.5".parse().unwrap())));
        assert_eq!(text(&FieldType::Date, json!("2026-02-30")), None);
        let day = text(&FieldType::Date, json!("2026-02-28"));
        assert_eq!(day, Some(Value::Date("2026-02-28".parse().unwrap())));
        let list = FieldType::List(Box::new(FieldType::Text { max: 9 }));
        let both: Value = ["a", "b"].into_iter().map(Value::from).collect();
        assert_eq!(text(&list, json!(["a", "b"])), Some(both));
        assert_eq!(text(&FieldType::Boolean, json!("true")), None);
    }
}
