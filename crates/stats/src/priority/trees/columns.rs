//! The columns of a table as the trees read them: numbers, and a flag for each category.

use std::collections::BTreeSet;

use super::super::table::{Table, Values};
use crate::Result;

/// What the trees read of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Features {
    /// The table's columns, without rows.
    shape: Table,
    sources: Vec<Source>,
    /// The names under which contributions are told; several columns may share one.
    names: Vec<String>,
}

/// One column of numbers.
#[derive(Clone, Debug, PartialEq)]
struct Source {
    /// The column of the table.
    column: usize,
    /// The category that it flags, where it does.
    level: Option<String>,
    /// Under which name it is explained.
    name: usize,
}

impl Features {
    /// The columns that the trees read, and the categories that these rows show.
    pub fn of(table: &Table) -> Self {
        let mut features = Self { shape: table.empty(), sources: vec![], names: vec![] };
        for (column, of) in table.columns().iter().enumerate().filter(|(_, c)| c.part.trees()) {
            let name = features.names.len();
            features.names.push(of.name.clone());
            let mut add = |level| features.sources.push(Source { column, level, name });
            match &of.values {
                Values::Numeric(_) => add(None),
                Values::Category(values) => {
                    let levels: BTreeSet<&String> = values.iter().collect();
                    levels.into_iter().for_each(|level| add(Some(level.clone())));
                }
            }
        }
        features
    }

    /// The names under which contributions are told.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The place among [`names`](Self::names) of each column of numbers.
    pub(super) fn name_of(&self) -> Vec<usize> {
        self.sources.iter().map(|s| s.name).collect()
    }

    /// The numbers of a table's rows: NaN where a number is unknown, 1 or 0 for a category or not. A
    /// category never seen before is none of those known.
    ///
    /// # Errors
    /// The table has other columns than the one that these are the features of.
    pub fn read(&self, table: &Table) -> Result<Numbers> {
        self.shape.check_like(table)?;
        let columns = self.sources.iter().map(|source| {
            match (&table.columns()[source.column].values, &source.level) {
                (Values::Category(values), Some(level)) => {
                    values.iter().map(|v| if v == level { 1.0 } else { 0.0 }).collect()
                }
                (Values::Numeric(values), _) => values.clone(),
                (Values::Category(values), None) => vec![f64::NAN; values.len()],
            }
        });
        Ok(Numbers { rows: table.rows(), columns: columns.collect() })
    }
}

/// A table as numbers, as [`Features::read`] gives it.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers {
    rows: usize,
    columns: Vec<Vec<f64>>,
}

impl Numbers {
    /// How many rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The columns, each of as many values as there are rows.
    pub fn columns(&self) -> &[Vec<f64>] {
        &self.columns
    }

    /// Copies a row that exists into `to`.
    pub(super) fn copy_row(&self, row: usize, to: &mut [f64]) {
        for (value, column) in to.iter_mut().zip(&self.columns) {
            *value = column[row];
        }
    }
}
