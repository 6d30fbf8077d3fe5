//! Reading a filter.
//!
//! ```text
//! any       = all { "or" all }
//! all       = part { "and" part }
//! part      = "not" part | "(" any ")" | predicate
//! predicate = field "is" [ "not" ] "missing"
//!           | field "in" "[" value { "," value } "]"
//!           | field "starts_with" text
//!           | side ( "==" | "=" | "!=" | "<" | "<=" | ">" | ">=" ) side      one of them a field
//!           | field                                                    a boolean one
//! ```

use std::ops::Range;

use super::condition::{Condition, Operand};
use super::{Fields, Type, literal};
use crate::text::{Cursor, Fault, Lexeme, Problem, unknown};
use crate::value::{Comparison, Value};

/// The longest text, in bytes.
const LONGEST: usize = 1 << 16;
/// Nesting of brackets and `not`.
const DEEPEST: usize = 32;
/// Conditions in one filter. SQLite takes an expression 1,000 deep, and a long `and` counts as deep.
const MOST_CONDITIONS: usize = 256;
/// Values in one list.
const MOST_VALUES: usize = 1_000;

pub(super) fn parse(text: &str, fields: &Fields) -> Result<Condition, Fault> {
    let mut parser = Parser { cursor: Cursor::new(text, LONGEST)?, fields, conditions: 0 };
    let condition = parser.any()?;
    match parser.cursor.now().lexeme {
        Lexeme::End => Ok(condition),
        _ => Err(parser.expected_after()),
    }
}

struct Parser<'a> {
    cursor: Cursor<'a>,
    fields: &'a Fields,
    conditions: usize,
}

/// A side of a comparison.
enum Side<'a> {
    Field(usize),
    Literal { minus: bool, lexeme: Lexeme<'a> },
}

impl<'a> Parser<'a> {
    fn any(&mut self) -> Result<Condition, Fault> {
        let mut parts = vec![self.all()?];
        while self.cursor.takes_word("or") {
            parts.push(self.all()?);
        }
        Ok(joined(parts, Condition::Any, |part| match part {
            Condition::Any(parts) => Ok(parts),
            other => Err(other),
        }))
    }

    fn all(&mut self) -> Result<Condition, Fault> {
        let mut parts = vec![self.part()?];
        while self.cursor.takes_word("and") {
            parts.push(self.part()?);
        }
        Ok(joined(parts, Condition::All, |part| match part {
            Condition::All(parts) => Ok(parts),
            other => Err(other),
        }))
    }

    fn part(&mut self) -> Result<Condition, Fault> {
        if self.cursor.takes_word("not") {
            let part = self.deeper(Self::part)?;
            return Ok(Condition::Not(Box::new(part)));
        }
        if self.cursor.takes("(") {
            let inner = self.deeper(Self::any)?;
            if self.cursor.takes(")") {
                return Ok(inner);
            }
            return Err(self.expected_after());
        }
        self.predicate()
    }

    fn deeper(
        &mut self,
        read: fn(&mut Self) -> Result<Condition, Fault>,
    ) -> Result<Condition, Fault> {
        self.cursor.enter(DEEPEST)?;
        let condition = read(self)?;
        self.cursor.leave();
        Ok(condition)
    }

    fn predicate(&mut self) -> Result<Condition, Fault> {
        let start = self.cursor.now().span.start;
        let left = self.side()?;
        let condition = match left {
            Side::Field(field) if self.cursor.takes_word("is") => self.missing(field)?,
            Side::Field(field) if self.cursor.takes_word("in") => self.list(field)?,
            Side::Field(field) if self.cursor.takes_word("starts_with") => self.prefix(field)?,
            _ => match self.comparison() {
                Some(comparison) => self.compare(start, left, comparison)?,
                None => self.alone(&left)?,
            },
        };
        self.conditions += 1;
        if self.conditions > MOST_CONDITIONS {
            let problem = Problem::Limit {
                what: ("conditions in one filter", "一个筛选中的条件数").into(),
                most: MOST_CONDITIONS,
                remedy: ("let `in [...]` or a code list say it", "请改用 in [...] 或代码表").into(),
            };
            return Err(self.cursor.fault(start..self.cursor.end(), problem));
        }
        Ok(condition)
    }

    fn comparison(&mut self) -> Option<Comparison> {
        // A single = compares here, as in every spreadsheet; nothing is ever assigned.
        let mut signs = Comparison::SIGNS.iter().chain(&[("=", Comparison::Equal)]);
        let found = signs.find(|(sign, _)| self.cursor.takes(sign));
        found.map(|(_, comparison)| *comparison)
    }

    fn side(&mut self) -> Result<Side<'a>, Fault> {
        let minus = self.cursor.takes("-");
        let lexeme = self.cursor.now().lexeme.clone();
        match lexeme {
            Lexeme::Number(_) => {}
            _ if minus => {
                return Err(self.cursor.expected(
                    ("a number", "数字"),
                    ("write it after its sign", "请写在正负号之后"),
                ));
            }
            Lexeme::Text(_) | Lexeme::Word("true" | "false") => {}
            Lexeme::Word(word) if !KEYWORDS.contains(&word) => return self.field(),
            Lexeme::Word("null" | "missing" | "NULL" | "None") => {
                let remedy = ("write `field is missing`", "请写作 field is missing");
                return Err(self.cursor.expected(("a field or a value", "字段或值"), remedy));
            }
            _ => {
                let remedy = (
                    "write a comparison, such as result == 'fail'",
                    "请写比较式，如 result == 'fail'",
                );
                return Err(self.cursor.expected(("a field or a value", "字段或值"), remedy));
            }
        }
        self.cursor.step();
        Ok(Side::Literal { minus, lexeme })
    }

    fn field(&mut self) -> Result<Side<'a>, Fault> {
        let start = self.cursor.now().span.start;
        let mut name = String::new();
        while let Lexeme::Word(word) = self.cursor.now().lexeme {
            name.push_str(word);
            self.cursor.step();
            if !self.cursor.takes(".") {
                break;
            }
            name.push('.');
        }
        match self.fields.find(&name) {
            Some(field) => Ok(Side::Field(field)),
            None => {
                let known = self.fields.iter().map(|field| field.name());
                let problem = unknown(("field", "字段"), &name, known);
                Err(self.cursor.fault(start..self.cursor.end(), problem))
            }
        }
    }

    fn missing(&mut self, field: usize) -> Result<Condition, Fault> {
        let not = self.cursor.takes_word("not");
        if !self.cursor.takes_word("missing") {
            let remedy = (
                "write `is missing` or `is not missing`; values are compared by ==",
                "请写作 is missing 或 is not missing；比较值用 ==",
            );
            return Err(self.cursor.expected(("missing", " missing"), remedy));
        }
        let missing = Condition::Missing(field);
        Ok(if not { Condition::Not(Box::new(missing)) } else { missing })
    }

    fn list(&mut self, field: usize) -> Result<Condition, Fault> {
        let remedy = (
            "write the values in square brackets, such as ['a', 'b']",
            "请把值写在方括号中，如 ['a', 'b']",
        );
        self.cursor.needs("[", remedy)?;
        let start = self.cursor.end();
        let mut values = Vec::new();
        loop {
            if values.len() == MOST_VALUES {
                let problem = Problem::Limit {
                    what: ("values in a list", "列表中的值").into(),
                    most: MOST_VALUES,
                    remedy: (
                        "let a code list or a field of its own say it",
                        "请改用代码表或单独的字段",
                    )
                        .into(),
                };
                return Err(self.cursor.fault(start..self.cursor.end(), problem));
            }
            let value_start = self.cursor.now().span.start;
            let Side::Literal { minus, lexeme } = self.side()? else {
                let problem = Problem::Type {
                    what: ("a list holds values, not fields", "列表中只能写值，不能写字段").into(),
                    remedy: (
                        "compare with the field by ==; texts stand in quotes",
                        "与字段比较用 ==；文本加引号",
                    )
                        .into(),
                };
                return Err(self.cursor.fault(value_start..self.cursor.end(), problem));
            };
            values.push(self.value(value_start..self.cursor.end(), field, minus, &lexeme)?);
            if !self.cursor.takes(",") {
                self.cursor.needs("]", remedy)?;
                break;
            }
        }
        values.sort_unstable();
        values.dedup();
        Ok(Condition::In { field, values: values.into() })
    }

    fn prefix(&mut self, field: usize) -> Result<Condition, Fault> {
        let holds = self.holds(field);
        if !matches!(holds, Type::Text | Type::Code(_)) {
            let name = self.name(field);
            let problem = Problem::Type {
                what: (
                    format!("{name} is of type {holds} and begins with no text"),
                    format!("{name} 为{}，没有开头的文本", holds.zh()),
                )
                    .into(),
                remedy: ("compare it by <, <=, > or >=", "请用 <、<=、> 或 >= 比较").into(),
            };
            return Err(self.cursor.fault(self.cursor.now().span.clone(), problem));
        }
        let Lexeme::Text(prefix) = self.cursor.now().lexeme.clone() else {
            let remedy = ("write the beginning in quotes", "请写带引号的开头文本");
            return Err(self.cursor.expected(("a text", "文本"), remedy));
        };
        self.cursor.step();
        Ok(Condition::StartsWith { field, prefix })
    }

    fn compare(
        &mut self,
        start: usize,
        left: Side<'a>,
        comparison: Comparison,
    ) -> Result<Condition, Fault> {
        let right_start = self.cursor.now().span.start;
        let right = self.side()?;
        let end = self.cursor.end();
        let (field, comparison, with) = match (left, right) {
            (Side::Field(field), Side::Field(other)) => {
                self.same_type(start..end, field, other)?;
                (field, comparison, Operand::Field(other))
            }
            (Side::Field(field), Side::Literal { minus, lexeme }) => {
                let value = self.value(right_start..end, field, minus, &lexeme)?;
                (field, comparison, Operand::Value(value))
            }
            (Side::Literal { minus, lexeme }, Side::Field(field)) => {
                let value = self.value(start..right_start, field, minus, &lexeme)?;
                (field, comparison.turned(), Operand::Value(value))
            }
            (Side::Literal { .. }, Side::Literal { .. }) => {
                let problem = Problem::Type {
                    what: (
                        "two values are compared, which says nothing of a row",
                        "两个值相比，与记录无关",
                    )
                        .into(),
                    remedy: (
                        "compare a field; names stand without quotes",
                        "请与字段比较；字段名不加引号",
                    )
                        .into(),
                };
                return Err(self.cursor.fault(start..end, problem));
            }
        };
        let holds = self.holds(field);
        if comparison.needs_order() && !holds.is_ordered() {
            let name = self.name(field);
            let problem = Problem::Type {
                what: (
                    format!("{name} is of type {holds}, which has no smaller or greater"),
                    format!("{name} 为{}，不分大小", holds.zh()),
                )
                    .into(),
                remedy: (
                    "compare it by == or !=, or list values by in [...]",
                    "请用 == 或 != 比较，或用 in [...] 列出各值",
                )
                    .into(),
            };
            return Err(self.cursor.fault(start..end, problem));
        }
        Ok(Condition::Compare { field, comparison, with })
    }

    /// A side without a comparison: a boolean field says that it is true.
    fn alone(&self, left: &Side<'a>) -> Result<Condition, Fault> {
        let Side::Field(field) = *left else { return Err(self.expected_comparison()) };
        if !matches!(self.holds(field), Type::Boolean) {
            return Err(self.expected_comparison());
        }
        let with = Operand::Value(Value::Boolean(true));
        Ok(Condition::Compare { field, comparison: Comparison::Equal, with })
    }

    fn same_type(&self, span: Range<usize>, field: usize, other: usize) -> Result<(), Fault> {
        // Codes of two lists, or a code and a text, are texts alike.
        let alike = |holds: Type| match holds {
            Type::Code(_) => Type::Text,
            other => other,
        };
        let (a, b) = (self.holds(field), self.holds(other));
        if alike(a.clone()) == alike(b.clone()) {
            return Ok(());
        }
        let (one, two) = (self.name(field), self.name(other));
        let problem = Problem::Type {
            what: (
                format!("{one} is of type {a}, {two} of type {b}: they cannot be compared"),
                format!("{one} 为{}，{two} 为{}，不能相比", a.zh(), b.zh()),
            )
                .into(),
            remedy: ("compare fields of one type", "请比较同一类型的字段").into(),
        };
        Err(self.cursor.fault(span, problem))
    }

    /// A literal as a value of a field's type.
    fn value(
        &self,
        span: Range<usize>,
        field: usize,
        minus: bool,
        lexeme: &Lexeme<'_>,
    ) -> Result<Value, Fault> {
        literal::value(self.name(field), &self.holds(field), minus, lexeme)
            .map_err(|problem| self.cursor.fault(span, problem))
    }

    fn holds(&self, field: usize) -> Type {
        self.fields.get(field).map_or(Type::Text, |field| field.holds().clone())
    }

    fn name(&self, field: usize) -> &str {
        self.fields.get(field).map_or("", |field| field.name())
    }

    fn expected_comparison(&self) -> Fault {
        let remedy = match self.cursor.now().lexeme {
            Lexeme::Sign("<>") => ("write !=", "请写 !="),
            Lexeme::Word("not") => (
                "write `not (field in [...])`, which also holds where it is missing",
                "请写 not (field in [...])，字段缺失时也成立",
            ),
            Lexeme::Word("like" | "LIKE" | "startsWith") | Lexeme::Sign(".") => {
                ("write `field starts_with 'text'`", "请写 field starts_with '文本'")
            }
            _ => (
                "write ==, !=, <, <=, >, >=, in, starts_with or is missing after the field",
                "请在字段后写 ==、!=、<、<=、>、>=、in、starts_with 或 is missing",
            ),
        };
        self.cursor.expected(("a comparison", "比较"), remedy)
    }

    /// The fault of what follows a whole condition.
    fn expected_after(&self) -> Fault {
        let remedy = match self.cursor.now().lexeme {
            Lexeme::Sign("&&" | "&") | Lexeme::Word("AND" | "And") => ("write `and`", "请写 and"),
            Lexeme::Sign("||" | "|") | Lexeme::Word("OR" | "Or") => ("write `or`", "请写 or"),
            Lexeme::Sign(")") => ("take it out, or open it before", "请删除，或在前面补上左括号"),
            Lexeme::End => ("close the bracket with )", "请用 ) 闭合括号"),
            _ => ("join conditions by and, or", "条件之间用 and、or 连接"),
        };
        self.cursor.expected(("and, or, or the end", " and、or 或结尾"), remedy)
    }
}

/// Words that no field is named by, here where a value or field must stand.
const KEYWORDS: &[&str] = &[
    "and",
    "or",
    "not",
    "in",
    "is",
    "missing",
    "starts_with",
    "null",
    "NULL",
    "None",
    "true",
    "false",
];

/// Parts as one condition, those of the same kind taken in: `a and (b and c)` says no more than
/// `a and b and c`.
fn joined(
    mut parts: Vec<Condition>,
    join: fn(Vec<Condition>) -> Condition,
    inner: fn(Condition) -> Result<Vec<Condition>, Condition>,
) -> Condition {
    if parts.len() == 1
        && let Some(only) = parts.pop()
    {
        return only;
    }
    let mut flat = Vec::with_capacity(parts.len());
    for part in parts {
        match inner(part) {
            Ok(parts) => flat.extend(parts),
            Err(part) => flat.push(part),
        }
    }
    join(flat)
}
