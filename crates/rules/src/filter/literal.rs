//! Values as a filter writes them.

use std::sync::Arc;

use super::Type;
use crate::text::{Lexeme, Problem, Words, unknown};
use crate::value::{Decimal, Value, date, instant};

/// A literal as a value of the field `name`, which holds `holds`.
pub(super) fn value(
    name: &str,
    holds: &Type,
    minus: bool,
    lexeme: &Lexeme<'_>,
) -> Result<Value, Problem> {
    let bad = |remedy: Words| Problem::Literal { found: lexeme.to_string(), remedy };
    match (holds, lexeme) {
        (Type::Text | Type::Code(None), Lexeme::Text(text)) => Ok(Value::Text(Arc::clone(text))),
        (Type::Code(Some(list)), Lexeme::Text(text)) => {
            if list.holds(text) {
                return Ok(Value::Text(Arc::clone(text)));
            }
            let what = (
                format!("code of the list {}", list.name()),
                format!("代码表 {} 的代码", list.name()),
            );
            Err(unknown(what, text, list.codes()))
        }
        (Type::Integer, Lexeme::Number(digits)) => {
            signed(minus, digits).parse().map(Value::Integer).map_err(|_| {
                let en = format!("{name} holds whole numbers of at most 18 digits");
                bad((en, format!("{name} 为不超过 18 位的整数")).into())
            })
        }
        (Type::Decimal { places }, Lexeme::Number(digits)) => {
            let number: Decimal = signed(minus, digits)
                .parse()
                .map_err(|e: crate::value::DecimalError| bad((e.to_string(), e.zh()).into()))?;
            if number.units_at(*places).is_none() {
                let en =
                    format!("{name} holds at most {places} digits after the point and 18 in all");
                let zh = format!("{name} 小数点后最多 {places} 位，共不超过 18 位");
                return Err(bad((en, zh).into()));
            }
            Ok(Value::Decimal(number))
        }
        (Type::Boolean, Lexeme::Word(word @ ("true" | "false"))) => {
            Ok(Value::Boolean(*word == "true"))
        }
        (Type::Date, Lexeme::Text(text)) => {
            date(text).map(Value::Date).map_err(|e| bad((e.to_string(), e.zh()).into()))
        }
        (Type::Instant, Lexeme::Text(text)) => {
            instant(text).map(Value::Instant).map_err(|e| bad((e.to_string(), e.zh()).into()))
        }
        _ => Err(Problem::Type {
            what: (
                format!("{name} is of type {holds}, {lexeme} is not"),
                format!(
                    "{name} 为{}，{} 不是",
                    holds.zh(),
                    lexeme.words().zh().unwrap_or_default()
                ),
            )
                .into(),
            remedy: form(holds).into(),
        }),
    }
}

/// How a value of a type is written.
fn form(holds: &Type) -> (&'static str, &'static str) {
    match holds {
        Type::Text | Type::Code(_) => ("write the text in quotes", "请写带引号的文本"),
        Type::Integer | Type::Decimal { .. } => {
            ("write a number, without quotes", "请写数字，不加引号")
        }
        Type::Boolean => ("write true or false, without quotes", "请写 true 或 false，不加引号"),
        Type::Date => {
            ("write a day in quotes, such as '2026-04-15'", "请写带引号的日期，如 '2026-04-15'")
        }
        Type::Instant => (
            "write an instant in quotes, such as '2026-04-15T09:30:00+08:00'",
            "请写带引号的时刻，如 '2026-04-15T09:30:00+08:00'",
        ),
    }
}

fn signed(minus: bool, digits: &str) -> String {
    if minus { format!("-{digits}") } else { digits.to_owned() }
}
