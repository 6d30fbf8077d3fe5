//! Facts by name, and the declarations that the tests share.

use std::collections::BTreeMap;

use rules::guard::{Declarations, EvaluationError, Facts, Guard, Type};
use rules::value::{Value, years};

/// Variables with values; a function answers as its name says.
#[derive(Debug, Clone, Default)]
pub struct Known(pub BTreeMap<&'static str, Value>);

impl Facts for Known {
    fn variable(&self, name: &str) -> Option<Value> {
        self.0.get(name).cloned()
    }

    fn call(&self, function: &str, arguments: &[Value]) -> Result<Value, String> {
        match (function, arguments) {
            ("twice", [Value::Integer(n)]) => {
                n.checked_mul(2).map(Value::Integer).ok_or_else(|| "too large; halve it".to_owned())
            }
            ("years", [Value::Date(from), Value::Date(to)]) => Ok(years(*from, *to).into()),
            ("law", [Value::Text(id)]) => match &**id {
                "complaint.claim_age" => Ok(Value::Integer(3)),
                "penalty.late_rate" => Ok("0.03".parse::<rules::value::Decimal>().unwrap().into()),
                // Declared as an integer.
                "wrong" => Ok("sixty".into()),
                _ => Err("not in force on that day; ask for another".to_owned()),
            },
            ("listed", _) => Ok(Value::Boolean(true)),
            ("half", [Value::Decimal(n)]) => {
                n.times("0.5".parse().unwrap()).map(Value::Decimal).map_err(|e| e.to_string())
            }
            _ => Err(format!("no answer to {arguments:?}; declare it")),
        }
    }
}

pub fn declarations() -> Declarations {
    let date = || Type::Date;
    Declarations::new()
        .variable("case.known_on", date())
        .and_then(|d| d.variable("case.kind", Type::Text))
        .and_then(|d| d.variable("case.amount", Type::Decimal))
        .and_then(|d| d.variable("case.count", Type::Integer))
        .and_then(|d| d.variable("case.trades", Type::Text.list()))
        .and_then(|d| d.variable("case.urgent", Type::Boolean))
        .and_then(|d| d.variable("case.received_at", Type::Instant))
        .and_then(|d| d.variable("valid", date()))
        .and_then(|d| d.function("years", &[date(), date()], Type::Decimal))
        .and_then(|d| d.function("twice", &[Type::Integer], Type::Integer))
        .and_then(|d| d.function("half", &[Type::Decimal], Type::Decimal))
        .and_then(|d| d.lookup("listed", "list", [("serious-violation", Type::Boolean)]))
        .and_then(|d| {
            let names = [
                ("complaint.claim_age", Type::Integer),
                ("penalty.late_rate", Type::Decimal),
                ("wrong", Type::Integer),
                ("retired", Type::Integer),
            ];
            d.lookup("law", "parameter of law", names)
        })
        .unwrap()
}

pub fn facts() -> Known {
    let date = |text: &str| Value::Date(text.parse().unwrap());
    Known(BTreeMap::from([
        ("case.known_on", date("2023-02-10")),
        ("case.kind", "food".into()),
        ("case.amount", Value::Decimal("199.90".parse().unwrap())),
        ("case.count", Value::Integer(i64::MAX)),
        ("case.trades", ["bakery".into(), "餐饮".into()].into_iter().collect()),
        ("case.received_at", Value::Instant("2026-04-15T09:30:00+08:00".parse().unwrap())),
        ("valid", date("2026-02-10")),
    ]))
}

/// What a guard says of [`facts`]; `case.urgent` is missing.
pub fn holds(text: &str) -> Result<bool, EvaluationError> {
    let guard = Guard::parse(text, &declarations()).unwrap_or_else(|e| panic!("{text}: {e}"));
    guard.holds(&facts())
}
