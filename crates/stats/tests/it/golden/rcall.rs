//! Reads an R call such as `f(x, control=list(range = 1:60, k = 100, trend = NULL))`.

/// An R expression, as far as calls with settings need it.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// `NULL`.
    Null,
    /// `TRUE` or `FALSE`.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A quoted text.
    Text(String),
    /// A name that stands for something else.
    Name(String),
    /// `from:to`.
    Range(f64, f64),
    /// A call; each argument with its name, empty where it has none.
    Call(String, Vec<(String, Expr)>),
}

impl Expr {
    /// The argument `name` of a call, or of its `control=list(...)`.
    pub fn argument(&self, name: &str) -> Option<&Expr> {
        let Expr::Call(_, arguments) = self else {
            return None;
        };
        let find = |name: &str| arguments.iter().find(|(n, _)| n == name).map(|(_, v)| v);
        find(name).or_else(|| find("control")?.argument(name))
    }

    /// A number; a truth value is 0 or 1.
    pub fn number(&self) -> Option<f64> {
        match self {
            Expr::Number(n) => Some(*n),
            Expr::Bool(b) => Some(f64::from(u8::from(*b))),
            _ => None,
        }
    }

    /// A number, or the numbers of `c(...)` or `from:to`.
    pub fn numbers(&self) -> Option<Vec<f64>> {
        match self {
            Expr::Call(c, values) if c == "c" => values.iter().map(|(_, v)| v.number()).collect(),
            Expr::Range(from, to) => Some(
                (0..=(to - from) as usize)
                    .map(|i| from + i as f64)
                    .collect(),
            ),
            other => Some(vec![other.number()?]),
        }
    }

    /// A quoted text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Expr::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A truth value.
    pub fn truth(&self) -> Option<bool> {
        match self {
            Expr::Bool(b) => Some(*b),
            _ => None,
        }
    }
}

/// Reads one expression that takes up the whole text.
pub fn parse(text: &str) -> Result<Expr, String> {
    let mut reader = Reader { rest: text };
    let expr = reader.expr()?;
    match reader.peek() {
        None => Ok(expr),
        Some(_) => Err(format!("cannot read {}", reader.rest)),
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    fn take(&mut self, wanted: char) -> bool {
        let there = self.peek() == Some(wanted);
        if there {
            self.rest = &self.rest[wanted.len_utf8()..];
        }
        there
    }

    fn word(&mut self, of: impl Fn(char) -> bool) -> String {
        let end = self.rest.find(|c| !of(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word.to_owned()
    }

    fn expr(&mut self) -> Result<Expr, String> {
        let first = self.term()?;
        if self.take(':') {
            return match (first.number(), self.term()?.number()) {
                (Some(from), Some(to)) => Ok(Expr::Range(from, to)),
                _ => Err("a range of what is not a number".to_owned()),
            };
        }
        Ok(first)
    }

    fn term(&mut self) -> Result<Expr, String> {
        match self.peek() {
            Some('-') => {
                self.take('-');
                let value = self.term()?.number().ok_or("minus what is not a number")?;
                Ok(Expr::Number(-value))
            }
            Some(quote @ ('"' | '\'')) => {
                self.take(quote);
                let text = self.word(|c| c != quote);
                if self.take(quote) {
                    Ok(Expr::Text(text))
                } else {
                    Err("a quote is not closed".to_owned())
                }
            }
            Some(c) if c.is_ascii_digit() => {
                // The sign of an exponent belongs to the number, an `L` only says "integer".
                let mut digits = self.word(|c| c.is_ascii_digit() || c == '.');
                let exponent = ["e", "E"].iter().any(|e| self.rest.starts_with(e));
                if exponent {
                    digits += "e";
                    self.rest = &self.rest[1..];
                    digits += &self.word(|c| c.is_ascii_digit() || "+-".contains(c));
                }
                self.take('L');
                let value = digits.parse().map_err(|e| format!("{digits}: {e}"))?;
                Ok(Expr::Number(value))
            }
            Some(c) if c.is_alphabetic() || c == '.' => {
                let name = self.word(|c| c.is_alphanumeric() || "._".contains(c));
                if self.take('(') {
                    return Ok(Expr::Call(name, self.arguments()?));
                }
                Ok(match name.as_str() {
                    "NULL" => Expr::Null,
                    "TRUE" | "T" => Expr::Bool(true),
                    "FALSE" | "F" => Expr::Bool(false),
                    "Inf" => Expr::Number(f64::INFINITY),
                    _ => Expr::Name(name),
                })
            }
            _ => Err(format!("cannot read {}", self.rest)),
        }
    }

    fn arguments(&mut self) -> Result<Vec<(String, Expr)>, String> {
        let mut arguments = Vec::new();
        while !self.take(')') {
            let value = self.expr()?;
            let named = match value {
                Expr::Name(name) if self.take('=') => (name, self.expr()?),
                value => (String::new(), value),
            };
            arguments.push(named);
            if !self.take(',') && self.peek() != Some(')') {
                return Err(format!("cannot read {}", self.rest));
            }
        }
        Ok(arguments)
    }
}

#[test]
fn reads_settings() {
    let call =
        parse("f.g(sts(x), control=list(range = 20:312, b = c(1, -2e-3), m = NULL, t = \"2/3\"))");
    let call = call.unwrap();
    assert_eq!(call.argument("range"), Some(&Expr::Range(20.0, 312.0)));
    assert_eq!(
        call.argument("b").unwrap().numbers(),
        Some(vec![1.0, -0.002])
    );
    assert_eq!(call.argument("m"), Some(&Expr::Null));
    assert_eq!(call.argument("t").unwrap().text(), Some("2/3"));
    assert_eq!(call.argument("none"), None);
    assert!(parse("f(x) and more").is_err());
}
