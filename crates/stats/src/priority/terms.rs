//! The columns of a table as the regression reads them: terms with mean zero over the training, on
//! scales on which one penalty is fair to all.

use std::collections::BTreeMap;

use super::table::{Column, Table, Values};
use crate::linalg::Matrix;

/// One column of the design.
#[derive(Clone, Debug, PartialEq)]
struct Term {
    /// The column of the table.
    column: usize,
    /// The place among the names under which contributions are told.
    name: usize,
    reads: Reads,
    /// Mean over the training.
    mean: f64,
    /// What counts as one unit.
    unit: f64,
}

#[derive(Clone, Debug, PartialEq)]
enum Reads {
    /// The number, where it is unknown the mean, and never beyond what the training showed.
    Number { low: f64, high: f64 },
    /// 1 where the number is unknown.
    Unknown,
    /// 1 where this is the category.
    Level(String),
}

/// The terms of the regression.
///
/// A number is divided by two standard deviations and a flag or a category is left as 0 and 1, which
/// puts their coefficients on one scale (Gelman, Statistics in Medicine 27 (2008) 2865). A number
/// that is unknown counts as average, with a coefficient for being unknown; a category that the
/// training did not show counts as the average over all.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Terms {
    terms: Vec<Term>,
    names: Vec<String>,
}

impl Terms {
    /// The terms that the training calls for; what does not vary gives none.
    pub fn of(table: &Table) -> Self {
        let mut all = Self { terms: Vec::new(), names: Vec::new() };
        for (column, of) in table.columns().iter().enumerate().filter(|(_, c)| c.part.linear()) {
            let name = all.names.len();
            all.names.push(of.name.clone());
            let terms = match &of.values {
                Values::Numeric(values) => numeric(values),
                Values::Category(values) => levels(values),
            };
            let placed = terms.into_iter().map(|term| Term { column, name, ..term });
            all.terms.extend(placed);
        }
        all
    }

    /// The names under which contributions are told.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The place among the names of each term.
    pub fn name_of(&self) -> impl Iterator<Item = usize> {
        self.terms.iter().map(|t| t.name)
    }

    /// A row for each row of the table: a one for the intercept, then the terms.
    pub fn design(&self, table: &Table) -> Matrix {
        Matrix::from_fn(table.rows(), self.terms.len() + 1, |i, j| match j {
            0 => 1.0,
            _ => self.terms[j - 1].value(&table.columns()[self.terms[j - 1].column], i),
        })
    }
}

impl Term {
    fn value(&self, column: &Column, row: usize) -> f64 {
        let raw = match (&self.reads, &column.values) {
            (Reads::Number { low, high }, Values::Numeric(values)) => {
                let value = values[row];
                if value.is_nan() { self.mean } else { value.clamp(*low, *high) }
            }
            (Reads::Unknown, Values::Numeric(values)) => flag(values[row].is_nan()),
            (Reads::Level(level), Values::Category(values)) => flag(values[row] == *level),
            // The table was checked to have the kinds of the training.
            _ => self.mean,
        };
        (raw - self.mean) / self.unit
    }
}

fn flag(holds: bool) -> f64 {
    if holds { 1.0 } else { 0.0 }
}

fn term(reads: Reads, mean: f64, unit: f64) -> Term {
    Term { column: 0, name: 0, reads, mean, unit }
}

fn numeric(values: &[f64]) -> Vec<Term> {
    let known: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
    let n = known.len() as f64;
    let low = known.iter().copied().fold(f64::INFINITY, f64::min);
    let high = known.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut terms = Vec::new();
    if low < high {
        let mean = known.iter().sum::<f64>() / n;
        let square = known.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
        let two_valued = known.iter().all(|&v| v == low || v == high);
        let unit = if two_valued { high - low } else { 2.0 * square.sqrt() };
        terms.push(term(Reads::Number { low, high }, mean, unit));
    }
    if !known.is_empty() && known.len() < values.len() {
        terms.push(term(Reads::Unknown, 1.0 - n / values.len() as f64, 1.0));
    }
    terms
}

fn levels(values: &[String]) -> Vec<Term> {
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    values.iter().for_each(|value| *counts.entry(value).or_default() += 1);
    if counts.len() < 2 {
        return Vec::new();
    }
    let share = |count: usize| count as f64 / values.len() as f64;
    let terms = counts.into_iter();
    terms.map(|(level, n)| term(Reads::Level(level.clone()), share(n), 1.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_have_mean_zero_and_their_units() {
        let table = Table::new(vec![
            Column::numeric("flag", vec![0.0, 0.0, 0.0, 1.0]),
            Column::numeric("number", vec![1.0, 2.0, 6.0, f64::NAN]),
            Column::numeric("constant", vec![7.0; 4]),
            Column::category("kind", ["a", "b", "a", "a"]),
        ])
        .unwrap();
        let terms = Terms::of(&table);
        let design = terms.design(&table);
        assert_eq!(terms.name_of().collect::<Vec<_>>(), [0, 1, 1, 3, 3]);
        assert_eq!(design.column(1), [-0.25, -0.25, -0.25, 0.75]);
        let two_deviations = 2.0 * (14.0_f64 / 3.0).sqrt();
        assert_eq!(design.column(2), [-2.0, -1.0, 3.0, 0.0].map(|v| v / two_deviations));
        assert_eq!(design.column(3), [-0.25, -0.25, -0.25, 0.75]);
        assert_eq!(design.column(4), [0.25, -0.75, 0.25, 0.25]);
    }

    #[test]
    fn what_was_never_seen_counts_as_average() {
        let seen = Table::new(vec![
            Column::numeric("number", vec![1.0, 2.0, 6.0]),
            Column::category("kind", ["a", "b", "a"]),
        ]);
        let new = Table::new(vec![
            Column::numeric("number", vec![f64::NAN, 1e9]),
            Column::category("kind", ["c", "b"]),
        ]);
        let terms = Terms::of(&seen.unwrap());
        let design = terms.design(&new.unwrap());
        assert_eq!(design[(0, 1)], 0.0);
        assert_eq!(design[(1, 1)], terms.terms[0].unit.recip() * 3.0);
        // Neither a nor b: as far from each as the average is.
        assert_eq!((design[(0, 2)], design[(0, 3)]), (-2.0 / 3.0, -1.0 / 3.0));
    }
}
