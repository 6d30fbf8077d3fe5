//! Reads a formula: a sum of products of powers.

use crate::error::{Error, Result};

/// One step of a formula in postfix order: what it works on is on top of a stack.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Step {
    Number(f64),
    /// The quantity of that place.
    Quantity(usize),
    Negate,
    Plus,
    Minus,
    Times,
    Over,
    Power,
    /// The function of that place in [`FUNCTIONS`].
    Call(usize),
}

type Named = (&'static str, fn(f64) -> f64);

pub(super) const FUNCTIONS: &[Named] = &[
    ("abs", libm::fabs),
    ("acos", libm::acos),
    ("asin", libm::asin),
    ("atan", libm::atan),
    ("cos", libm::cos),
    ("cosh", libm::cosh),
    ("exp", libm::exp),
    ("ln", libm::log),
    ("log", libm::log),
    ("log10", libm::log10),
    ("sin", libm::sin),
    ("sinh", libm::sinh),
    ("sqrt", libm::sqrt),
    ("tan", libm::tan),
    ("tanh", libm::tanh),
];

/// How deep parentheses, signs and powers may nest: the reader calls itself.
const DEEPEST: usize = 40;

/// The most that lies on the stack: each level of nesting leaves at most one term, one factor and
/// one base waiting.
pub(super) const HIGHEST: usize = 3 * (DEEPEST + 1) + 1;

pub(super) fn parse(text: &str, names: &[&str]) -> Result<Vec<Step>> {
    let mut reader =
        Reader { text: text.chars().collect(), at: 0, depth: 0, names, steps: Vec::new() };
    reader.sum()?;
    match reader.peek() {
        None => Ok(reader.steps),
        Some(')') => Err(reader.wrong("a parenthesis was never opened")),
        Some(_) => Err(reader.wrong("an operator is expected here")),
    }
}

struct Reader<'a> {
    text: Vec<char>,
    at: usize,
    depth: usize,
    names: &'a [&'a str],
    steps: Vec<Step>,
}

impl Reader<'_> {
    fn wrong(&self, why: &'static str) -> Error {
        Error::Syntax { what: "measurement function", at: self.at + 1, why }
    }

    /// The next character that is not a space.
    fn peek(&mut self) -> Option<char> {
        while self.text.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn take(&mut self, wanted: &str) -> bool {
        self.peek();
        let there = self.text[self.at..].iter().copied();
        let found = there.take(wanted.chars().count()).eq(wanted.chars());
        if found {
            self.at += wanted.chars().count();
        }
        found
    }

    fn word(&mut self, of: impl Fn(char) -> bool) -> String {
        let rest = self.text[self.at..].iter().copied();
        let word: String = rest.take_while(|&c| of(c)).collect();
        self.at += word.chars().count();
        word
    }

    fn sum(&mut self) -> Result<()> {
        self.deeper()?;
        self.product()?;
        loop {
            let operator = if self.take("+") {
                Step::Plus
            } else if self.take("-") {
                Step::Minus
            } else {
                self.depth -= 1;
                return Ok(());
            };
            self.product()?;
            self.steps.push(operator);
        }
    }

    fn product(&mut self) -> Result<()> {
        self.signed()?;
        loop {
            let operator = if self.take("*") {
                Step::Times
            } else if self.take("/") {
                Step::Over
            } else {
                return Ok(());
            };
            self.signed()?;
            self.steps.push(operator);
        }
    }

    fn signed(&mut self) -> Result<()> {
        if self.take("-") {
            self.deeper()?;
            self.signed()?;
            self.depth -= 1;
            self.steps.push(Step::Negate);
            return Ok(());
        }
        self.take("+");
        self.power()
    }

    fn power(&mut self) -> Result<()> {
        self.atom()?;
        if self.take("^") || self.take("**") {
            self.deeper()?;
            self.signed()?;
            self.depth -= 1;
            self.steps.push(Step::Power);
        }
        Ok(())
    }

    fn atom(&mut self) -> Result<()> {
        match self.peek() {
            Some('(') => self.enclosed(),
            Some(c) if c.is_ascii_digit() || c == '.' => self.number(),
            Some(c) if c.is_alphabetic() || c == '_' => self.name(),
            _ => Err(self.wrong("a number, a name or a parenthesis is expected here")),
        }
    }

    fn enclosed(&mut self) -> Result<()> {
        if !self.take("(") {
            return Err(self.wrong("a parenthesis is expected here"));
        }
        self.sum()?;
        if self.take(")") { Ok(()) } else { Err(self.wrong("a parenthesis is not closed")) }
    }

    fn number(&mut self) -> Result<()> {
        let start = self.at;
        let mut digits = self.word(|c| c.is_ascii_digit() || c == '.');
        let rest = &self.text[self.at..];
        let exponent = match rest {
            ['e' | 'E', '+' | '-', d, ..] | ['e' | 'E', d, ..] => d.is_ascii_digit(),
            _ => false,
        };
        if exponent {
            digits.extend(&rest[..2]);
            self.at += 2;
            digits += &self.word(|c| c.is_ascii_digit());
        }
        match digits.parse() {
            Ok(number) => {
                self.steps.push(Step::Number(number));
                Ok(())
            }
            Err(_) => {
                self.at = start;
                Err(self.wrong("this is no number"))
            }
        }
    }

    fn name(&mut self) -> Result<()> {
        let start = self.at;
        let name = self.word(|c| c.is_alphanumeric() || c == '_' || c == '.');
        let step = if let Some(place) = self.names.iter().position(|n| *n == name) {
            Step::Quantity(place)
        } else if let Some(place) = FUNCTIONS.iter().position(|(n, _)| *n == name) {
            self.enclosed()?;
            Step::Call(place)
        } else if name == "pi" {
            Step::Number(std::f64::consts::PI)
        } else {
            self.at = start;
            return Err(self.wrong("this is neither a quantity nor a function that is known"));
        };
        self.steps.push(step);
        Ok(())
    }

    fn deeper(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.wrong("it nests too deeply: split it up"));
        }
        Ok(())
    }
}
