//! Values as a filter writes them.

use std::sync::Arc;

use super::Type;
use crate::text::{Lexeme, Problem, unknown};
use crate::value::{Decimal, Value};

/// A literal as a value of the field `name`, which holds `holds`.
pub(super) fn value(
    name: &str,
    holds: &Type,
    minus: bool,
    lexeme: &Lexeme<'_>,
) -> Result<Value, Problem> {
    let bad = |remedy: String| Problem::Literal { found: lexeme.to_string(), remedy };
    match (holds, lexeme) {
        (Type::Text | Type::Code(None), Lexeme::Text(text)) => Ok(Value::Text(Arc::clone(text))),
        (Type::Code(Some(list)), Lexeme::Text(text)) => {
            if list.holds(text) {
                return Ok(Value::Text(Arc::clone(text)));
            }
            Err(unknown(format!("code of the list {}", list.name()), text, list.codes()))
        }
        (Type::Integer, Lexeme::Number(digits)) => signed(minus, digits)
            .parse()
            .map(Value::Integer)
            .map_err(|_| bad(format!("{name} holds whole numbers of at most 18 digits"))),
        (Type::Decimal { places }, Lexeme::Number(digits)) => {
            let number: Decimal = signed(minus, digits)
                .parse()
                .map_err(|e: crate::value::DecimalError| bad(e.to_string()))?;
            if number.units_at(*places).is_none() {
                return Err(bad(format!(
                    "{name} holds at most {places} digits after the point and 18 in all"
                )));
            }
            Ok(Value::Decimal(number))
        }
        (Type::Boolean, Lexeme::Word(word @ ("true" | "false"))) => {
            Ok(Value::Boolean(*word == "true"))
        }
        (Type::Date, Lexeme::Text(text)) => {
            text.parse().map(Value::Date).map_err(|e| bad(e.to_string()))
        }
        (Type::Instant, Lexeme::Text(text)) => {
            text.parse().map(Value::Instant).map_err(|e| bad(e.to_string()))
        }
        _ => Err(Problem::Type {
            what: format!("{name} is of type {holds}, {lexeme} is not"),
            remedy: form(holds).to_owned(),
        }),
    }
}

/// How a value of a type is written.
fn form(holds: &Type) -> &'static str {
    match holds {
        Type::Text | Type::Code(_) => "write the text in quotes",
        Type::Integer | Type::Decimal { .. } => "write a number, without quotes",
        Type::Boolean => "write true or false, without quotes",
        Type::Date => "write a day in quotes, such as '2026-04-15'",
        Type::Instant => "write an instant in quotes, such as '2026-04-15T09:30:00+08:00'",
    }
}

fn signed(minus: bool, digits: &str) -> String {
    if minus { format!("-{digits}") } else { digits.to_owned() }
}
