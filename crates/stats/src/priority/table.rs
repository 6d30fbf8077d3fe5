//! What is known of the subjects before a visit: typed columns.

use std::collections::BTreeSet;

use crate::error::check;
use crate::{Error, Result};

/// Which part of the model reads a column.
///
/// The linear part wants few, well-shaped columns (a flag, a logarithm); the trees want the raw
/// value and find the shape themselves. So a feature may stand twice in a table, once for each
/// part, under one name, and is explained under that name as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Both parts.
    Both,
    /// The logistic regression only.
    Linear,
    /// The boosted trees only.
    Trees,
}

impl Part {
    /// Whether the regression reads it.
    pub(super) fn linear(self) -> bool {
        self != Self::Trees
    }

    /// Whether the trees read it.
    pub(super) fn trees(self) -> bool {
        self != Self::Linear
    }
}

/// The values of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Numbers in any unit; NaN where unknown, never infinite.
    Numeric(Vec<f64>),
    /// Names of categories; the empty name, where nothing is known, is a category like any other.
    Category(Vec<String>),
}

impl Values {
    fn len(&self) -> usize {
        match self {
            Self::Numeric(values) => values.len(),
            Self::Category(values) => values.len(),
        }
    }

    fn select(&self, rows: &[usize]) -> Self {
        match self {
            Self::Numeric(values) => Self::Numeric(rows.iter().map(|&i| values[i]).collect()),
            Self::Category(values) => {
                Self::Category(rows.iter().map(|&i| values[i].clone()).collect())
            }
        }
    }

    /// Whether both are numbers or both are categories.
    fn like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// A named column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The name under which the column is explained.
    pub name: String,
    /// One value for each row.
    pub values: Values,
    /// Which part of the model reads it.
    pub part: Part,
}

impl Column {
    /// Numbers, NaN where unknown, for both parts of the model.
    pub fn numeric(name: &str, values: Vec<f64>) -> Self {
        Self { name: name.into(), values: Values::Numeric(values), part: Part::Both }
    }

    /// Categories, for both parts of the model.
    pub fn category<S: Into<String>>(name: &str, values: impl IntoIterator<Item = S>) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        Self { name: name.into(), values: Values::Category(values), part: Part::Both }
    }

    /// The same column for one part of the model only.
    #[must_use]
    pub fn only(self, part: Part) -> Self {
        Self { part, ..self }
    }
}

/// Columns of equal length: a row for each visit.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    rows: usize,
    columns: Vec<Column>,
}

impl Table {
    /// A table of these columns.
    ///
    /// # Errors
    /// No column; unequal lengths; an infinite number; two columns of one name for the same part of
    /// the model.
    ///
    /// ```
    /// use stats::priority::{Column, Table};
    /// let table = Table::new(vec![
    ///     Column::numeric("years open", vec![2.5, f64::NAN, 11.0]),
    ///     Column::category("trade", ["bakery", "canteen", "bakery"]),
    /// ])?;
    /// assert_eq!(table.rows(), 3);
    /// let fault = Table::new(vec![Column::numeric("years open", vec![f64::INFINITY])]).unwrap_err();
    /// assert_eq!(fault.code(), "stats.not_finite");
    /// assert!(fault.to_string().starts_with("column years open: "));
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn new(columns: Vec<Column>) -> Result<Self> {
        let rows = columns.first().ok_or(Error::Empty { what: "columns" })?.values.len();
        let mut seen = BTreeSet::new();
        for column in &columns {
            check_values(&column.values, rows).map_err(|e| e.in_column(&column.name))?;
            let parts = [(column.part.linear(), 0), (column.part.trees(), 1)];
            for (_, part) in parts.iter().filter(|(reads, _)| *reads) {
                if !seen.insert((column.name.as_str(), *part)) {
                    let why = "the name is taken: give each column of a part a name of its own";
                    let error = Error::Inconsistent { what: "columns", why };
                    return Err(error.in_column(&column.name));
                }
            }
        }
        Ok(Self { rows, columns })
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The table of these rows, in this order.
    ///
    /// # Errors
    /// A row that does not exist.
    pub fn select(&self, rows: &[usize]) -> Result<Self> {
        for &row in rows {
            check::within("row", row as f64, row < self.rows, "a row of the table")?;
        }
        let columns = self.columns.iter();
        let columns = columns.map(|c| Column { values: c.values.select(rows), ..c.clone() });
        Ok(Self { rows: rows.len(), columns: columns.collect() })
    }

    /// The columns without rows.
    pub(super) fn empty(&self) -> Self {
        let columns = self.columns.iter();
        let columns = columns.map(|c| Column { values: c.values.select(&[]), ..c.clone() });
        Self { rows: 0, columns: columns.collect() }
    }

    /// That `other` has these columns, by name, kind and part, in this order.
    pub(super) fn check_like(&self, other: &Self) -> Result<()> {
        check::length("columns", other.columns.len(), self.columns.len())?;
        for (ours, theirs) in self.columns.iter().zip(&other.columns) {
            let same = ours.name == theirs.name
                && ours.part == theirs.part
                && ours.values.like(&theirs.values);
            if !same {
                let why = "the model was fitted on other columns: give the same names, kinds and \
                           parts in the same order";
                return Err(Error::Inconsistent { what: "columns", why }.in_column(&theirs.name));
            }
        }
        Ok(())
    }
}

fn check_values(values: &Values, rows: usize) -> Result<()> {
    check::length("values", values.len(), rows)?;
    let infinite = match values {
        Values::Numeric(values) => values.iter().position(|v| v.is_infinite()),
        Values::Category(_) => None,
    };
    infinite.map_or(Ok(()), |index| Err(Error::NotFinite { what: "values", index }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(columns: Vec<Column>) -> &'static str {
        Table::new(columns).unwrap_err().code()
    }

    #[test]
    fn shapes_and_names_are_checked() {
        let one = || Column::numeric("x", vec![1.0, 2.0]);
        assert_eq!(code(vec![]), "stats.empty");
        assert_eq!(code(vec![one(), Column::category("y", ["a"])]), "stats.length");
        assert_eq!(code(vec![one(), one()]), "stats.inconsistent");
        let apart = vec![one().only(Part::Linear), one().only(Part::Trees)];
        assert!(Table::new(apart).is_ok());
    }

    #[test]
    fn a_row_can_be_taken_twice_but_must_exist() {
        let table = Table::new(vec![Column::numeric("x", vec![1.0, 2.0])]).unwrap();
        let taken = table.select(&[1, 1, 0]).unwrap();
        assert_eq!(taken.columns()[0].values, Values::Numeric(vec![2.0, 2.0, 1.0]));
        assert_eq!(table.select(&[2]).unwrap_err().code(), "stats.out_of_range");
    }
}
