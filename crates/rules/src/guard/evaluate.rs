//! What a guard says of some facts.

use std::cmp::Ordering;

use super::Type;
use super::arithmetic::calculate;
use super::error::EvaluationError;
use super::node::{Node, Operation, TextTest};
use crate::text::Position;
use crate::value::{Decimal, Value};
use model::json::shortly;

/// What a guard is evaluated on: the values of the declared variables, the answers of the declared
/// functions.
///
/// The same question must get the same answer as long as a guard is evaluated; a guard then gives
/// the same answer to the same facts, always.
pub trait Facts {
    /// The value of a declared variable; `None` where it is missing.
    fn variable(&self, name: &str) -> Option<Value>;

    /// The answer of a declared function to values of the declared types.
    ///
    /// # Errors
    /// Why there is no answer, and what to do, as a sentence for the user.
    fn call(&self, function: &str, arguments: &[Value]) -> Result<Value, String>;
}

/// Steps of one evaluation: parts evaluated and items looked at.
const MOST_STEPS: u32 = 100_000;

pub(super) struct Evaluation<'a, F: Facts + ?Sized> {
    facts: &'a F,
    steps: u32,
    item: Option<Value>,
}

type Answer<T> = Result<T, EvaluationError>;

impl<'a, F: Facts + ?Sized> Evaluation<'a, F> {
    pub fn new(facts: &'a F) -> Self {
        Self { facts, steps: 0, item: None }
    }

    /// What a condition says.
    pub fn holds(&mut self, node: &Node) -> Answer<bool> {
        match node {
            Node::Not(of) => return Ok(!self.holds(of)?),
            Node::All(parts) => return self.until(false, parts, |this, part| this.holds(part)),
            Node::Any(parts) => return self.until(true, parts, |this, part| this.holds(part)),
            Node::Every { list, test } => return self.each(false, list, test),
            Node::Some { list, test } => return self.each(true, list, test),
            Node::Has(name) => {
                self.spend(1)?;
                return Ok(self.facts.variable(name).is_some());
            }
            Node::Compare { comparison, sides } => {
                let [a, b] = &**sides;
                let (a, b) = (self.value(a)?, self.value(b)?);
                self.spend(size(&a).min(size(&b)))?;
                // Of types that do not go together the parser made no comparison.
                return Ok(order(&a, &b).is_some_and(|order| comparison.holds(order)));
            }
            Node::In { item, list } => {
                let (item, list) = (self.value(item)?, self.value(list)?);
                self.spend(size(&list))?;
                return Ok(items(&list)
                    .iter()
                    .any(|each| order(&item, each) == Some(Ordering::Equal)));
            }
            Node::Text { test, sides } => {
                let [a, b] = &**sides;
                let (a, b) = (self.value(a)?, self.value(b)?);
                self.spend(size(&a))?;
                let (Value::Text(a), Value::Text(b)) = (&a, &b) else { return Ok(false) };
                return Ok(match test {
                    TextTest::Contains => a.contains(&**b),
                    TextTest::StartsWith => a.starts_with(&**b),
                    TextTest::EndsWith => a.ends_with(&**b),
                });
            }
            _ => {}
        }
        Ok(self.value(node)? == Value::Boolean(true))
    }

    /// What a part gives.
    fn value(&mut self, node: &Node) -> Answer<Value> {
        self.spend(1)?;
        match node {
            Node::Constant(value) => Ok(value.clone()),
            Node::Item => Ok(self.item.clone().unwrap_or(Value::Boolean(false))),
            Node::Variable { name, holds, position } => {
                let value = self.facts.variable(name).ok_or_else(|| EvaluationError::Missing {
                    position: *position,
                    name: name.to_string(),
                })?;
                self.declared(name, holds, *position, value)
            }
            Node::Call { function, arguments, result, position } => {
                let arguments = arguments
                    .iter()
                    .map(|(argument, holds)| self.value(argument).map(|value| exact(value, holds)))
                    .collect::<Answer<Vec<Value>>>()?;
                let answer = self.facts.call(function, &arguments).map_err(|reason| {
                    EvaluationError::Function {
                        position: *position,
                        function: function.to_string(),
                        reason,
                    }
                })?;
                self.declared(function, result, *position, answer)
            }
            Node::If { condition, then, otherwise } => {
                let taken = if self.holds(condition)? { then } else { otherwise };
                self.value(taken)
            }
            Node::Negative { of, position } => {
                let of = self.value(of)?;
                calculate(Operation::Minus, &Value::Integer(0), &of, *position)
            }
            Node::Arithmetic { operation, sides, position } => {
                let [a, b] = &**sides;
                let (a, b) = (self.value(a)?, self.value(b)?);
                calculate(*operation, &a, &b, *position)
            }
            Node::List(nodes) => nodes.iter().map(|node| self.value(node)).collect(),
            Node::Size(of) => {
                let of = self.value(of)?;
                self.spend(size(&of))?;
                let length = match &of {
                    Value::Text(text) => text.chars().count(),
                    list => items(list).len(),
                };
                Ok(Value::Integer(i64::try_from(length).unwrap_or(i64::MAX)))
            }
            Node::Has(_)
            | Node::Not(_)
            | Node::All(_)
            | Node::Any(_)
            | Node::Compare { .. }
            | Node::In { .. }
            | Node::Text { .. }
            | Node::Every { .. }
            | Node::Some { .. } => self.holds(node).map(Value::Boolean),
        }
    }

    /// Whether one of some tests gives `wanted`, for `||` and `exists`, or else that none does, for
    /// `&&` and `all`. As in CEL the order does not matter: a test that fails is passed over where
    /// another decides.
    fn until<T>(
        &mut self,
        wanted: bool,
        over: &[T],
        mut test: impl FnMut(&mut Self, &T) -> Answer<bool>,
    ) -> Answer<bool> {
        let mut failed = None;
        for each in over {
            match test(self, each) {
                Ok(found) if found == wanted => return Ok(wanted),
                Ok(_) => {}
                Err(error @ EvaluationError::Cost { .. }) => return Err(error),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or(Ok(!wanted), Err)
    }

    fn each(&mut self, wanted: bool, list: &Node, test: &Node) -> Answer<bool> {
        let list = self.value(list)?;
        self.until(wanted, items(&list), |this, item| {
            this.item = Some(item.clone());
            this.holds(test)
        })
    }

    fn declared(
        &mut self,
        name: &str,
        declared: &Type,
        position: Position,
        value: Value,
    ) -> Answer<Value> {
        self.spend(size(&value))?;
        if declared.holds(&value) {
            return Ok(value);
        }
        Err(EvaluationError::Type {
            position,
            name: name.to_owned(),
            declared: declared.to_string(),
            found: shortly(&value.to_string()),
        })
    }

    fn spend(&mut self, steps: u32) -> Answer<()> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps > MOST_STEPS {
            Err(EvaluationError::Cost { most: MOST_STEPS })
        } else {
            Ok(())
        }
    }
}

/// Steps that looking through a value takes: its items, or its text by pieces of 64 bytes.
fn size(value: &Value) -> u32 {
    let size = match value {
        Value::Text(text) => text.len() / 64,
        Value::List(values) => values.len(),
        _ => 0,
    };
    u32::try_from(size).unwrap_or(u32::MAX)
}

fn items(value: &Value) -> &[Value] {
    match value {
        Value::List(values) => values,
        _ => &[],
    }
}

/// A value where one of a type is wanted: a whole number as a decimal.
fn exact(value: Value, wanted: &Type) -> Value {
    match (value, wanted) {
        (Value::Integer(number), Type::Decimal) => Decimal::from(number).into(),
        (Value::List(values), Type::List(item)) if **item != Type::Integer => {
            values.iter().map(|value| exact(value.clone(), item)).collect()
        }
        (value, _) => value,
    }
}

/// The order of two values, a whole number and a decimal as numbers.
fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Integer(a), Value::Decimal(b)) => Some(Decimal::from(*a).cmp(b)),
        (Value::Decimal(a), Value::Integer(b)) => Some(a.cmp(&Decimal::from(*b))),
        (Value::List(a), Value::List(b)) => {
            let pairs = a.iter().zip(b.iter()).map(|(a, b)| order(a, b));
            let different = pairs.into_iter().find(|order| *order != Some(Ordering::Equal));
            different.unwrap_or_else(|| Some(a.len().cmp(&b.len())))
        }
        _ => Some(a.cmp(b)),
    }
}
