//! A guard as it is evaluated: names resolved, types checked.

use std::sync::Arc;

use super::Type;
use crate::text::Position;
use crate::value::{Comparison, Value};

/// A part of a guard. What it gives is of the type that the parser found; an integer may stand for
/// a decimal.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Constant(Value),
    Variable {
        name: Arc<str>,
        holds: Type,
        position: Position,
    },
    /// The item that `all` or `exists` looks at.
    Item,
    Has(Arc<str>),
    Not(Box<Node>),
    Negative {
        of: Box<Node>,
        position: Position,
    },
    All(Vec<Node>),
    Any(Vec<Node>),
    If {
        condition: Box<Node>,
        then: Box<Node>,
        otherwise: Box<Node>,
    },
    Compare {
        comparison: Comparison,
        sides: Box<[Node; 2]>,
    },
    Arithmetic {
        operation: Operation,
        sides: Box<[Node; 2]>,
        position: Position,
    },
    In {
        item: Box<Node>,
        list: Box<Node>,
    },
    List(Vec<Node>),
    Size(Box<Node>),
    Text {
        test: TextTest,
        sides: Box<[Node; 2]>,
    },
    Every {
        list: Box<Node>,
        test: Box<Node>,
    },
    Some {
        list: Box<Node>,
        test: Box<Node>,
    },
    Call {
        function: Arc<str>,
        arguments: Vec<(Node, Type)>,
        result: Type,
        position: Position,
    },
}

/// What two numbers give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Plus,
    Minus,
    Times,
    /// Of integers, cut towards zero.
    Divided,
    /// Of integers, with the sign of the dividend.
    Remainder,
}

impl Operation {
    pub const SUMS: [(&'static str, Self); 2] = [("+", Self::Plus), ("-", Self::Minus)];
    pub const PRODUCTS: [(&'static str, Self); 3] =
        [("*", Self::Times), ("/", Self::Divided), ("%", Self::Remainder)];

    pub fn sign(self) -> &'static str {
        let mut signs = Self::SUMS.iter().chain(&Self::PRODUCTS);
        signs.find(|(_, operation)| *operation == self).map_or("", |(sign, _)| sign)
    }
}

/// What a text is asked about another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextTest {
    Contains,
    StartsWith,
    EndsWith,
}

impl TextTest {
    pub const NAMES: [(&'static str, Self); 3] = [
        ("contains", Self::Contains),
        ("startsWith", Self::StartsWith),
        ("endsWith", Self::EndsWith),
    ];
}
