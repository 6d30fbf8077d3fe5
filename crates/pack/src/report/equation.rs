//! Equations between the cells of a return: `total == sum(category)`, `total <= previous.total * 3`.
//!
//! ```text
//! equation = side relation side
//! relation = "==" | "<=" | ">="
//! side     = term { ("+" | "-") term }
//! term     = cell [ "*" number ] | number
//! cell     = [ "previous." ] ( column | "sum(" column ")" )
//! ```
//! A column is the id of one, or of one that stands for each code with the code behind a dot;
//! `sum(column)` is all of the latter together; `previous.` is the return of the period before.

use std::fmt;

/// An equation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Equation {
    /// What stands left.
    pub left: Vec<Term>,
    /// How the two have to stand.
    pub relation: Relation,
    /// What stands right.
    pub right: Vec<Term>,
}

/// How two sides stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// They are the same.
    Same,
    /// The left is at most the right.
    AtMost,
    /// The left is at least the right.
    AtLeast,
}

/// Something that is added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// How often it counts; a plain number where there is no cell.
    pub times: i64,
    /// The cell; none: the number itself.
    pub cell: Option<CellName>,
}

/// A cell of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellName {
    /// Whether it is of the period before.
    pub previous: bool,
    /// The id of the column.
    pub column: String,
    /// Whether all columns that it stands for are added up.
    pub sum: bool,
}

impl Equation {
    /// Reads an equation.
    ///
    /// # Errors
    /// What cannot be read, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let relations =
            [("==", Relation::Same), ("<=", Relation::AtMost), (">=", Relation::AtLeast)];
        let mut found = relations.iter().filter_map(|(word, relation)| {
            text.split_once(word).map(|(left, right)| (left, *relation, right))
        });
        let (Some((left, relation, right)), None) = (found.next(), found.next()) else {
            return Err("it needs one of ==, <= and >=".to_owned());
        };
        Ok(Self { left: side(left)?, relation, right: side(right)? })
    }

    /// The cells that it names.
    pub fn cells(&self) -> impl Iterator<Item = &CellName> {
        self.left.iter().chain(&self.right).filter_map(|term| term.cell.as_ref())
    }

    /// Whether it looks at the period before.
    pub fn is_of_previous(&self) -> bool {
        self.cells().any(|cell| cell.previous)
    }

    /// Both sides, by what the cells hold and what one is; none where a cell that it needs holds
    /// nothing.
    pub fn sides(
        &self,
        one: i128,
        value: impl Fn(&CellName) -> Option<i128>,
    ) -> Option<(i128, i128)> {
        let add = |terms: &[Term]| {
            terms.iter().try_fold(0_i128, |sum, term| {
                let value = term.cell.as_ref().map_or(Some(one), &value)?;
                sum.checked_add(value.checked_mul(term.times.into())?)
            })
        };
        Some((add(&self.left)?, add(&self.right)?))
    }
}

impl Relation {
    /// Whether it holds.
    pub fn holds(self, left: i128, right: i128) -> bool {
        match self {
            Self::Same => left == right,
            Self::AtMost => left <= right,
            Self::AtLeast => left >= right,
        }
    }

    /// How it is written in an equation.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Same => "==",
            Self::AtMost => "<=",
            Self::AtLeast => ">=",
        }
    }
}

fn side(text: &str) -> Result<Vec<Term>, String> {
    let mut terms = Vec::new();
    let mut rest = text.trim();
    let mut sign = 1;
    loop {
        let end = rest.find(['+', '-']).unwrap_or(rest.len());
        let (now, behind) = rest.split_at(end);
        terms.push(term(now.trim(), sign)?);
        let Some(operator) = behind.chars().next() else { return Ok(terms) };
        sign = if operator == '-' { -1 } else { 1 };
        rest = behind.get(1..).unwrap_or_default().trim();
    }
}

fn term(text: &str, sign: i64) -> Result<Term, String> {
    if text.is_empty() {
        return Err("a side or a term is empty".to_owned());
    }
    if let Ok(number) = text.parse::<u32>() {
        return Ok(Term { times: sign * i64::from(number), cell: None });
    }
    let (named, times) = match text.split_once('*') {
        None => (text, 1),
        Some((named, number)) => {
            let number = number.trim().parse::<u32>();
            let number = number.map_err(|_| format!("{text:?} needs a whole number behind *"))?;
            (named.trim(), i64::from(number))
        }
    };
    let (named, previous) = match named.strip_prefix("previous.") {
        Some(named) => (named, true),
        None => (named, false),
    };
    let inner = named.strip_prefix("sum(").and_then(|inner| inner.strip_suffix(')'));
    let column = inner.unwrap_or(named).trim();
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-.".contains(c);
    if column.is_empty() || !column.chars().all(is_name) {
        return Err(format!("{text:?} is no cell and no number"));
    }
    let cell = CellName { previous, column: column.to_owned(), sum: inner.is_some() };
    Ok(Term { times: sign * times, cell: Some(cell) })
}

impl fmt::Display for Equation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |f: &mut fmt::Formatter<'_>, terms: &[Term]| {
            for (at, term) in terms.iter().enumerate() {
                match (at, term.times < 0) {
                    (0, false) => {}
                    (0, true) => f.write_str("-")?,
                    (_, false) => f.write_str(" + ")?,
                    (_, true) => f.write_str(" - ")?,
                }
                let times = term.times.unsigned_abs();
                let Some(cell) = &term.cell else {
                    write!(f, "{times}")?;
                    continue;
                };
                if cell.previous {
                    f.write_str("previous.")?;
                }
                match cell.sum {
                    true => write!(f, "sum({})", cell.column)?,
                    false => f.write_str(&cell.column)?,
                }
                if times != 1 {
                    write!(f, " * {times}")?;
                }
            }
            Ok(())
        };
        side(f, &self.left)?;
        write!(f, " {} ", self.relation.sign())?;
        side(f, &self.right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_equation_is_read_and_worked_out() {
        let text = "total == sum(category) - other + 2";
        let equation = Equation::parse(text).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(equation.to_string(), text);
        let value = |cell: &CellName| match (cell.column.as_str(), cell.sum, cell.previous) {
            ("total", false, false) => Some(9),
            ("category", true, false) => Some(8),
            ("other", false, false) => Some(1),
            ("total", false, true) => Some(4),
            _ => None,
        };
        assert_eq!(equation.sides(1, value), Some((9, 9)));
        let grows = Equation::parse("total<=previous.total*2").unwrap_or_else(|e| panic!("{e}"));
        assert!(grows.is_of_previous());
        let (left, right) = grows.sides(1, value).unwrap_or_default();
        assert!(!grows.relation.holds(left, right));
        assert_eq!(grows.to_string(), "total <= previous.total * 2");
        assert_eq!(Equation::parse("unknown >= 0").ok().and_then(|e| e.sides(1, value)), None);
    }

    #[test]
    fn what_is_no_equation_says_why() {
        for text in [
            "",
            "a",
            "a == ",
            "a == b == c",
            "a == b <= c",
            "a == b*c",
            "a == (b)",
            "a = b",
            "+a == b",
        ] {
            assert!(Equation::parse(text).is_err(), "{text}");
        }
    }
}
