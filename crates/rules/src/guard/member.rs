//! Reading a guard: values, names and what is asked of lists and texts.

use std::ops::Range;
use std::sync::Arc;

use super::Type;
use super::node::{Node, TextTest};
use super::parse::{DEEPEST, Parser, Part};
use crate::text::{Fault, Lexeme, Problem, unknown};
use crate::value::Value;

const METHODS: &[&str] = &["all", "contains", "endsWith", "exists", "size", "startsWith"];

impl<'a> Parser<'a> {
    /// `primary { "." method "(" arguments ")" }`
    pub fn member(&mut self) -> Result<Part, Fault> {
        let mut part = self.primary()?;
        while self.cursor.takes(".") {
            part = self.method(part)?;
        }
        Ok(part)
    }

    fn primary(&mut self) -> Result<Part, Fault> {
        let token = self.cursor.now().clone();
        let start = token.span.start;
        match token.lexeme {
            Lexeme::Number(digits) => self.number(start, digits),
            Lexeme::Text(text) => {
                self.cursor.step();
                self.part(Node::Constant(Value::Text(text)), Type::Text, token.span)
            }
            Lexeme::Word(word @ ("true" | "false")) => {
                self.cursor.step();
                let value = Value::Boolean(word == "true");
                self.part(Node::Constant(value), Type::Boolean, token.span)
            }
            Lexeme::Sign("(") => {
                self.cursor.step();
                let inner = self.nested(Self::expression)?;
                self.closes(")", "an operator, or )")?;
                Ok(Part { span: start..self.cursor.end(), ..inner })
            }
            Lexeme::Sign("[") => {
                self.cursor.step();
                self.list(start)
            }
            Lexeme::Word("null") => {
                Err(self.cursor.expected("a value", "ask has(name) whether there is a value"))
            }
            Lexeme::Word("not") => Err(self.cursor.expected("a value", "write !")),
            Lexeme::Word(word) => match self.cursor.ahead(1).lexeme {
                Lexeme::Sign("(") => self.call(word),
                _ => self.name(),
            },
            _ => {
                let remedy = "write a name, a number, a text in quotes, or a call";
                Err(self.cursor.expected("a value", remedy))
            }
        }
    }

    fn list(&mut self, start: usize) -> Result<Part, Fault> {
        let items = self.arguments("]")?;
        let span = start..self.cursor.end();
        let mut types = items.iter().map(|item| item.holds.clone());
        let Some(first) = types.next() else {
            let what = "nothing is in an empty list".to_owned();
            let remedy = "write at least one value".to_owned();
            return Err(self
                .cursor
                .fault(span, Problem::Type { what: what.into(), remedy: remedy.into() }));
        };
        let Some(common) = types.try_fold(first, |common, next| common.common(&next)) else {
            let what = "the values of this list are of several types".to_owned();
            let remedy = "write values of one type".to_owned();
            return Err(self
                .cursor
                .fault(span, Problem::Type { what: what.into(), remedy: remedy.into() }));
        };
        let nodes: Vec<Node> = items.into_iter().map(|item| item.node).collect();
        // Usually all are written out: the list is made once, not at each evaluation.
        let constants = nodes.iter().map(|node| match node {
            Node::Constant(value) => Some(value.clone()),
            _ => None,
        });
        let node = match constants.collect::<Option<Value>>() {
            Some(list) => Node::Constant(list),
            None => Node::List(nodes),
        };
        self.part(node, common.list(), span)
    }

    /// Parts between commas up to a closing sign; the opening one is behind.
    pub fn arguments(&mut self, close: &'static str) -> Result<Vec<Part>, Fault> {
        let mut parts = Vec::new();
        if self.cursor.takes(close) {
            return Ok(parts);
        }
        loop {
            parts.push(self.nested(Self::expression)?);
            if !self.cursor.takes(",") {
                self.closes(close, &format!("an operator, a comma or {close}"))?;
                return Ok(parts);
            }
        }
    }

    pub fn closes(&mut self, close: &'static str, expected: &str) -> Result<(), Fault> {
        if self.cursor.takes(close) { Ok(()) } else { Err(self.expected_after(expected)) }
    }

    /// The item of `all` or `exists`, or a variable; a method's name is left.
    fn name(&mut self) -> Result<Part, Fault> {
        let (name, span) = self.dotted();
        if let Some((item, holds)) = &self.item
            && *item == name
        {
            let holds = holds.clone();
            return self.part(Node::Item, holds, span);
        }
        let (name, holds) = self.variable(&name, &span)?;
        let position = self.cursor.position(span.start);
        self.part(Node::Variable { name, holds: holds.clone(), position }, holds, span)
    }

    /// Words joined by dots, but for the last where it is a method's name.
    pub fn dotted(&mut self) -> (String, Range<usize>) {
        let start = self.cursor.now().span.start;
        let mut name = String::new();
        while let Lexeme::Word(word) = self.cursor.now().lexeme {
            name.push_str(word);
            self.cursor.step();
            let goes_on = matches!(self.cursor.now().lexeme, Lexeme::Sign("."))
                && matches!(self.cursor.ahead(1).lexeme, Lexeme::Word(_))
                && !matches!(self.cursor.ahead(2).lexeme, Lexeme::Sign("("));
            if !goes_on {
                break;
            }
            name.push('.');
            self.cursor.step();
        }
        (name, start..self.cursor.end())
    }

    pub fn variable(&self, name: &str, span: &Range<usize>) -> Result<(Arc<str>, Type), Fault> {
        let variables = &self.declarations.variables;
        match variables.get_key_value(name) {
            Some((name, holds)) => Ok((Arc::clone(name), holds.clone())),
            None => {
                let item = self.item.iter().map(|(item, _)| *item);
                let known = variables.keys().map(|known| &**known).chain(item);
                Err(self.cursor.fault(span.clone(), unknown("variable", name, known)))
            }
        }
    }

    fn method(&mut self, of: Part) -> Result<Part, Fault> {
        let token = self.cursor.now().clone();
        let Lexeme::Word(name) = token.lexeme else {
            return Err(self.cursor.expected(
                "a method",
                "write contains, startsWith, endsWith, size, exists or all",
            ));
        };
        self.cursor.step();
        self.cursor.needs("(", "a method has brackets, such as name.size()")?;
        if let "all" | "exists" = name {
            return self.each(name, of);
        }
        let arguments = self.arguments(")")?;
        let whole = of.span.start..self.cursor.end();
        if name == "size" {
            let [] = self.exactly(name, &whole, arguments)?;
            return self.size(of, whole);
        }
        let Some((_, test)) = TextTest::NAMES.iter().find(|(known, _)| *known == name) else {
            let problem = unknown("method", name, METHODS.iter().copied());
            return Err(self.cursor.fault(token.span, problem));
        };
        let [other] = self.exactly(name, &whole, arguments)?;
        self.wants(&of, &Type::Text, &format!("what is asked {name}"))?;
        self.wants(&other, &Type::Text, &format!("what {name} is asked of"))?;
        let sides = Box::new([of.node, other.node]);
        self.part(Node::Text { test: *test, sides }, Type::Boolean, whole)
    }

    /// `list.all(item, test)`, `list.exists(item, test)`
    fn each(&mut self, name: &str, list: Part) -> Result<Part, Fault> {
        let Type::List(holds) = list.holds else {
            let what = format!("{name} is asked of a list, not of type {}", list.holds);
            let remedy = "write it after a list".to_owned();
            return Err(self
                .cursor
                .fault(list.span, Problem::Type { what: what.into(), remedy: remedy.into() }));
        };
        let token = self.cursor.now().clone();
        if self.item.is_some() {
            let what = format!("{name} stands inside of another exists or all");
            let remedy = "one looks through one list only; write two conditions".to_owned();
            return Err(self
                .cursor
                .fault(token.span, Problem::Type { what: what.into(), remedy: remedy.into() }));
        }
        let item = match token.lexeme {
            Lexeme::Word(word) if crate::text::is_name(word) => word,
            _ => {
                return Err(self
                    .cursor
                    .expected("a name for the item", "write list.exists(item, item == 'a')"));
            }
        };
        let variables = self.declarations.variables.keys();
        if variables.into_iter().any(|known| known.split('.').next() == Some(item)) {
            let what = format!("{item} is a variable's name, or begins one");
            let remedy = "choose another name for the item".to_owned();
            return Err(self
                .cursor
                .fault(token.span, Problem::Type { what: what.into(), remedy: remedy.into() }));
        }
        self.cursor.step();
        self.cursor.needs(",", "write list.exists(item, item == 'a')")?;
        self.item = Some((item, *holds));
        self.cursor.enter(DEEPEST)?;
        let test = self.expression()?;
        self.cursor.leave();
        self.item = None;
        self.wants(&test, &Type::Boolean, &format!("the test of {name}"))?;
        self.closes(")", "an operator, or )")?;
        let span = list.span.start..self.cursor.end();
        let (list, test) = (Box::new(list.node), Box::new(test.node));
        let node =
            if name == "all" { Node::Every { list, test } } else { Node::Some { list, test } };
        self.part(node, Type::Boolean, span)
    }
}
