//! What numbers give.

use super::error::EvaluationError;
use super::node::Operation;
use crate::text::Position;
use crate::value::{Decimal, Value};

/// What two numbers give: an integer of integers, else a decimal.
pub(super) fn calculate(
    operation: Operation,
    a: &Value,
    b: &Value,
    position: Position,
) -> Result<Value, EvaluationError> {
    let result = match (a, b) {
        (Value::Integer(a), Value::Integer(b)) => integers(operation, *a, *b).map(Value::Integer),
        _ => decimals(operation, a, b).map(Value::Decimal),
    };
    result.map_err(|reason| EvaluationError::Arithmetic {
        position,
        left: a.to_string(),
        sign: operation.sign(),
        right: b.to_string(),
        reason,
    })
}

fn integers(operation: Operation, a: i64, b: i64) -> Result<i64, String> {
    let zero = matches!(operation, Operation::Divided | Operation::Remainder) && b == 0;
    let result = match operation {
        Operation::Plus => a.checked_add(b),
        Operation::Minus => a.checked_sub(b),
        Operation::Times => a.checked_mul(b),
        Operation::Divided => a.checked_div(b),
        Operation::Remainder => a.checked_rem(b),
    };
    result.ok_or_else(|| {
        let reason =
            if zero { "nothing is divided by zero" } else { "an integer has at most 18 digits" };
        format!("{reason}; look at the values of the guard")
    })
}

fn decimals(operation: Operation, a: &Value, b: &Value) -> Result<Decimal, String> {
    let decimal = |value: &Value| match value {
        Value::Integer(number) => Some(Decimal::from(*number)),
        Value::Decimal(number) => Some(*number),
        _ => None,
    };
    // The parser took numbers only, and integers only for a division.
    let (Some(a), Some(b)) = (decimal(a), decimal(b)) else {
        return Err("only numbers are calculated with".to_owned());
    };
    let result = match operation {
        Operation::Plus => a.plus(b),
        Operation::Minus => a.minus(b),
        Operation::Times => a.times(b),
        Operation::Divided | Operation::Remainder => {
            return Err("only integers are divided; multiply the other side instead".to_owned());
        }
    };
    result.map_err(|e| e.to_string())
}
