//! A dense matrix, held by rows.

use std::ops::{Index, IndexMut};

use crate::Result;
use crate::error::check;

/// A dense matrix of `rows` × `columns`, held by rows.
///
/// Indexing by `[(row, column)]` panics outside the shape, as a slice does.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    rows: usize,
    columns: usize,
    values: Vec<f64>,
}

impl Matrix {
    /// All zero.
    pub fn zeros(rows: usize, columns: usize) -> Self {
        Self {
            rows,
            columns,
            values: vec![0.0; rows * columns],
        }
    }

    /// One on the diagonal, zero elsewhere.
    pub fn identity(n: usize) -> Self {
        Self::from_fn(n, n, |i, j| if i == j { 1.0 } else { 0.0 })
    }

    /// The value of each cell by its row and column.
    pub fn from_fn(rows: usize, columns: usize, value: impl Fn(usize, usize) -> f64) -> Self {
        let mut matrix = Self::zeros(rows, columns);
        for i in 0..rows {
            for j in 0..columns {
                matrix[(i, j)] = value(i, j);
            }
        }
        matrix
    }

    /// From values that follow one another row by row.
    ///
    /// # Errors
    /// Their number is not `rows` × `columns`.
    ///
    /// ```
    /// use stats::linalg::Matrix;
    /// let m = Matrix::from_rows(2, 2, vec![1.0, 2.0, 3.0, 4.0])?;
    /// assert_eq!(m.transposed()[(0, 1)], 3.0);
    /// assert_eq!(m.times(&[1.0, 1.0]), [3.0, 7.0]);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn from_rows(rows: usize, columns: usize, values: Vec<f64>) -> Result<Self> {
        check::length("values of the matrix", values.len(), rows * columns)?;
        Ok(Self {
            rows,
            columns,
            values,
        })
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// All values, row by row.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// One row.
    pub fn row(&self, i: usize) -> &[f64] {
        &self.values[i * self.columns..(i + 1) * self.columns]
    }

    /// One row, to be changed.
    pub fn row_mut(&mut self, i: usize) -> &mut [f64] {
        &mut self.values[i * self.columns..(i + 1) * self.columns]
    }

    /// A copy of one column.
    pub fn column(&self, j: usize) -> Vec<f64> {
        (0..self.rows).map(|i| self[(i, j)]).collect()
    }

    /// Rows for columns.
    pub fn transposed(&self) -> Self {
        Self::from_fn(self.columns, self.rows, |i, j| self[(j, i)])
    }

    /// The product with a vector of as many values as there are columns.
    pub fn times(&self, x: &[f64]) -> Vec<f64> {
        (0..self.rows).map(|i| dot(self.row(i), x)).collect()
    }

    /// The product with a matrix of as many rows as there are columns here.
    pub fn product(&self, other: &Self) -> Self {
        let right = other.transposed();
        Self::from_fn(self.rows, other.columns, |i, j| {
            dot(self.row(i), right.row(j))
        })
    }
}

impl Index<(usize, usize)> for Matrix {
    type Output = f64;

    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        assert!(j < self.columns, "column {j} of {}", self.columns);
        &self.values[i * self.columns + j]
    }
}

impl IndexMut<(usize, usize)> for Matrix {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut f64 {
        assert!(j < self.columns, "column {j} of {}", self.columns);
        &mut self.values[i * self.columns + j]
    }
}

/// The sum of products, over the shorter of the two.
pub(crate) fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(a, b)| a * b).sum()
}
