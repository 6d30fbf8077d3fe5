//! The fields of a payload that filters speak of.

use serde_json::Value as Json;

use super::kind::{Member, Shape};
use super::number;
use crate::DeclarationError;
use crate::filter::{Field, Fields, Type};
use crate::value::{Value, date, instant};

/// The members that filters speak of, as fields in their order.
pub(super) fn fields(open: &[Member]) -> Result<Fields, DeclarationError> {
    Fields::new(typed(open).filter_map(|m| Some(Field::new(&m.name, holds(&m.shape)?))))
}

/// Their values in an open part.
pub(super) fn row(members: &[Member], open: Option<&Json>) -> Vec<Option<Value>> {
    typed(members).map(|member| value(&member.shape, open?.get(&member.name)?)).collect()
}

fn typed(open: &[Member]) -> impl Iterator<Item = &Member> {
    open.iter().filter(|member| member.typed)
}

fn holds(shape: &Shape) -> Option<Type> {
    match shape {
        Shape::Text { .. } => Some(Type::Text),
        Shape::Code(list) => Some(Type::Code(Some(list.clone()))),
        Shape::Integer { .. } => Some(Type::Integer),
        Shape::Decimal { places, .. } => Some(Type::Decimal { places: *places }),
        Shape::Boolean => Some(Type::Boolean),
        Shape::Date => Some(Type::Date),
        Shape::Instant => Some(Type::Instant),
        Shape::Object(_) | Shape::List { .. } => None,
    }
}

fn value(shape: &Shape, json: &Json) -> Option<Value> {
    match (shape, json) {
        (Shape::Text { .. } | Shape::Code(_), Json::String(text)) => Some(text.as_str().into()),
        (Shape::Integer { .. }, Json::Number(number)) => {
            number::integer(number).map(Value::Integer)
        }
        (Shape::Decimal { places, .. }, Json::Number(number)) => {
            number::decimal(number, *places).ok().map(Value::Decimal)
        }
        (Shape::Boolean, Json::Bool(value)) => Some(Value::Boolean(*value)),
        (Shape::Date, Json::String(text)) => date(text).ok().map(Value::Date),
        (Shape::Instant, Json::String(text)) => instant(text).ok().map(Value::Instant),
        _ => None,
    }
}
