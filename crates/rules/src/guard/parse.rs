//! Reading a guard: the operators of CEL by their precedence, types checked on the way.

use std::ops::Range;

use super::node::{Node, Operation};
use super::{Declarations, Type};
use crate::text::{Cursor, Fault, Lexeme, Problem};
use crate::value::{Comparison, Decimal, Value};

/// The longest text, in bytes.
const LONGEST: usize = 4_096;
/// Nesting of brackets, calls and signs.
pub(super) const DEEPEST: usize = 32;
/// Parts of one guard; a chain of operators nests as deep as it is long.
const MOST_PARTS: usize = 256;

/// A part of a guard with its type and the bytes that say it.
pub(super) struct Part {
    pub node: Node,
    pub holds: Type,
    pub span: Range<usize>,
}

pub(super) struct Parser<'a> {
    pub cursor: Cursor<'a>,
    pub declarations: &'a Declarations,
    /// What `all` or `exists` calls an item, and its type, inside of it.
    pub item: Option<(&'a str, Type)>,
    parts: usize,
}

/// The condition that a text says.
pub(super) fn parse(text: &str, declarations: &Declarations) -> Result<Node, Fault> {
    let cursor = Cursor::new(text, LONGEST)?;
    let mut parser = Parser { cursor, declarations, item: None, parts: 0 };
    let whole = parser.expression()?;
    if !matches!(parser.cursor.now().lexeme, Lexeme::End) {
        return Err(parser.expected_after("an operator, or the end"));
    }
    parser.wants(&whole, &Type::Boolean, "the guard")?;
    Ok(whole.node)
}

impl<'a> Parser<'a> {
    /// `or [ "?" or ":" expression ]`
    pub fn expression(&mut self) -> Result<Part, Fault> {
        let condition = self.any()?;
        if !self.cursor.takes("?") {
            return Ok(condition);
        }
        self.wants(&condition, &Type::Boolean, "what stands before ?")?;
        self.cursor.enter(DEEPEST)?;
        let then = self.any()?;
        self.cursor.needs(":", "write condition ? value : other value")?;
        let otherwise = self.expression()?;
        self.cursor.leave();
        let Some(holds) = then.holds.common(&otherwise.holds) else {
            let remedy = "write values of one type on both sides of the colon";
            return Err(self.clash(&then, &otherwise, remedy));
        };
        let span = condition.span.start..otherwise.span.end;
        let node = Node::If {
            condition: Box::new(condition.node),
            then: Box::new(then.node),
            otherwise: Box::new(otherwise.node),
        };
        self.part(node, holds, span)
    }

    fn any(&mut self) -> Result<Part, Fault> {
        self.chain("||", Self::all, Node::Any)
    }

    fn all(&mut self) -> Result<Part, Fault> {
        self.chain("&&", Self::relation, Node::All)
    }

    /// Conditions joined by one sign.
    fn chain(
        &mut self,
        sign: &'static str,
        read: fn(&mut Self) -> Result<Part, Fault>,
        join: fn(Vec<Node>) -> Node,
    ) -> Result<Part, Fault> {
        let first = read(self)?;
        if !self.cursor.takes(sign) {
            return Ok(first);
        }
        let start = first.span.start;
        let what = format!("what stands beside {sign}");
        self.wants(&first, &Type::Boolean, &what)?;
        let mut nodes = vec![first.node];
        loop {
            let next = read(self)?;
            self.wants(&next, &Type::Boolean, &what)?;
            nodes.push(next.node);
            if !self.cursor.takes(sign) {
                return self.part(join(nodes), Type::Boolean, start..self.cursor.end());
            }
        }
    }

    fn relation(&mut self) -> Result<Part, Fault> {
        let mut left = self.sum()?;
        loop {
            let found = Comparison::SIGNS.iter().find(|(sign, _)| self.cursor.takes(sign));
            left = if let Some((_, comparison)) = found {
                let right = self.sum()?;
                self.compare(left, *comparison, right)?
            } else if self.cursor.takes_word("in") {
                let right = self.sum()?;
                self.is_in(left, right)?
            } else {
                return Ok(left);
            };
        }
    }

    fn compare(&mut self, a: Part, comparison: Comparison, b: Part) -> Result<Part, Fault> {
        let Some(common) = a.holds.common(&b.holds) else {
            let remedy = match (&a.holds, &b.holds) {
                (Type::Date, Type::Text) | (Type::Text, Type::Date) => "write date('2026-04-15')",
                (Type::Instant, Type::Text) | (Type::Text, Type::Instant) => {
                    "write timestamp('2026-04-15T09:30:00+08:00')"
                }
                (Type::Text, _) | (_, Type::Text) => "numbers stand without quotes, texts in them",
                _ => "compare values of one type",
            };
            return Err(self.clash(&a, &b, remedy));
        };
        let span = a.span.start..b.span.end;
        if comparison.needs_order() && !common.is_ordered() {
            let what = format!("values of type {common} have no smaller and greater");
            let remedy = "compare by == or !=".to_owned();
            return Err(self
                .cursor
                .fault(span, Problem::Type { what: what.into(), remedy: remedy.into() }));
        }
        let sides = Box::new([a.node, b.node]);
        self.part(Node::Compare { comparison, sides }, Type::Boolean, span)
    }

    fn is_in(&mut self, item: Part, list: Part) -> Result<Part, Fault> {
        let span = item.span.start..list.span.end;
        let fits = match &list.holds {
            Type::List(of) => item.holds.common(of).is_some(),
            _ => false,
        };
        if !fits {
            let what = format!("{} cannot be in {}", item.holds, list.holds);
            let remedy = "write a list of values of the same type, such as ['a', 'b']".to_owned();
            return Err(self
                .cursor
                .fault(span, Problem::Type { what: what.into(), remedy: remedy.into() }));
        }
        let node = Node::In { item: Box::new(item.node), list: Box::new(list.node) };
        self.part(node, Type::Boolean, span)
    }

    fn sum(&mut self) -> Result<Part, Fault> {
        self.arithmetic(&Operation::SUMS, Self::product)
    }

    fn product(&mut self) -> Result<Part, Fault> {
        self.arithmetic(&Operation::PRODUCTS, Self::unary)
    }

    fn arithmetic(
        &mut self,
        operations: &[(&'static str, Operation)],
        read: fn(&mut Self) -> Result<Part, Fault>,
    ) -> Result<Part, Fault> {
        let mut left = read(self)?;
        loop {
            let start = self.cursor.now().span.start;
            let found = operations.iter().find(|(sign, _)| self.cursor.takes(sign));
            let Some((sign, operation)) = found else { return Ok(left) };
            let right = read(self)?;
            let span = left.span.start..right.span.end;
            let whole = matches!(operation, Operation::Divided | Operation::Remainder);
            let number = if whole { Type::Integer } else { Type::Decimal };
            let common = left.holds.common(&right.holds);
            let Some(holds) = common.filter(|common| common.serves_as(&number)) else {
                let what = format!("{} {sign} {} gives nothing", left.holds, right.holds);
                let remedy = if whole {
                    "only integers are divided; multiply the other side instead"
                } else {
                    "only numbers are added, subtracted and multiplied; days are counted by a function"
                };
                let problem = Problem::Type { what: what.into(), remedy: remedy.into() };
                return Err(self.cursor.fault(span, problem));
            };
            let position = self.cursor.position(start);
            let sides = Box::new([left.node, right.node]);
            let node = Node::Arithmetic { operation: *operation, sides, position };
            left = self.part(node, holds, span)?;
        }
    }

    fn unary(&mut self) -> Result<Part, Fault> {
        let start = self.cursor.now().span.start;
        if self.cursor.takes("!") {
            let of = self.nested(Self::unary)?;
            self.wants(&of, &Type::Boolean, "what stands after !")?;
            let span = start..of.span.end;
            return self.part(Node::Not(Box::new(of.node)), Type::Boolean, span);
        }
        if self.cursor.takes("-") {
            // With its sign, because the smallest integer has no positive.
            if let Lexeme::Number(digits) = self.cursor.now().lexeme {
                return self.number(start, &format!("-{digits}"));
            }
            let of = self.nested(Self::unary)?;
            self.wants(&of, &Type::Decimal, "what stands after -")?;
            let span = start..of.span.end;
            let position = self.cursor.position(start);
            let holds = of.holds;
            return self.part(Node::Negative { of: Box::new(of.node), position }, holds, span);
        }
        self.member()
    }

    /// Reads a part one level deeper.
    pub fn nested(&mut self, read: fn(&mut Self) -> Result<Part, Fault>) -> Result<Part, Fault> {
        self.cursor.enter(DEEPEST)?;
        let part = read(self)?;
        self.cursor.leave();
        Ok(part)
    }

    /// The number at the cursor, as a value.
    pub fn number(&mut self, start: usize, digits: &str) -> Result<Part, Fault> {
        self.cursor.step();
        let span = start..self.cursor.end();
        let parsed = if digits.contains('.') {
            let decimal = digits.parse::<Decimal>();
            decimal.map(|number| (number.into(), Type::Decimal)).map_err(|e| e.to_string())
        } else {
            let integer = digits.parse::<i64>().map(|number| (Value::from(number), Type::Integer));
            integer.map_err(|_| "an integer has at most 18 digits".to_owned())
        };
        let (value, holds) = parsed.map_err(|remedy| {
            let found = digits.to_owned();
            self.cursor.fault(span.clone(), Problem::Literal { found, remedy: remedy.into() })
        })?;
        self.part(Node::Constant(value), holds, span)
    }

    /// A part, counted.
    pub fn part(&mut self, node: Node, holds: Type, span: Range<usize>) -> Result<Part, Fault> {
        self.parts += 1;
        if self.parts > MOST_PARTS {
            let problem = Problem::Limit {
                what: "parts of a guard".into(),
                most: MOST_PARTS,
                remedy: "split the guard, or let a list say it".into(),
            };
            return Err(self.cursor.fault(span, problem));
        }
        Ok(Part { node, holds, span })
    }

    /// Sees that a part is of a type.
    pub fn wants(&self, part: &Part, wanted: &Type, what: &str) -> Result<(), Fault> {
        if part.holds.serves_as(wanted) {
            return Ok(());
        }
        let remedy = if *wanted == Type::Boolean {
            "write a comparison, such as case.amount <= 200".to_owned()
        } else {
            format!("write a value of type {wanted}")
        };
        let what = format!("{what} must be of type {wanted}, not {}", part.holds);
        Err(self
            .cursor
            .fault(part.span.clone(), Problem::Type { what: what.into(), remedy: remedy.into() }))
    }

    fn clash(&self, a: &Part, b: &Part, remedy: &str) -> Fault {
        let what = format!("{} and {} do not go together", a.holds, b.holds);
        let problem = Problem::Type { what: what.into(), remedy: remedy.into() };
        self.cursor.fault(a.span.start..b.span.end, problem)
    }

    /// The fault that something else stands at the cursor than what could follow a whole part.
    pub fn expected_after(&self, expected: &str) -> Fault {
        let remedy = match self.cursor.now().lexeme {
            Lexeme::Sign("=") => "write == to compare",
            Lexeme::Sign("<>") => "write !=",
            Lexeme::Sign("&") | Lexeme::Word("and" | "AND") => "write &&",
            Lexeme::Sign("|") | Lexeme::Word("or" | "OR") => "write ||",
            Lexeme::Word("not") => "write !(item in list)",
            Lexeme::Word("is") => "ask has(name) whether there is a value",
            Lexeme::Sign("[") => "look an item up by `in`, `exists` or `all`",
            _ => "join conditions by && or ||, compare by ==, !=, <, <=, >, >= or in",
        };
        self.cursor.expected(expected, remedy)
    }
}
