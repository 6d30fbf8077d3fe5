//! A table of alternatives by criteria, in which nothing is missing.

use rayon::prelude::*;

use super::Direction;
use crate::error::{Error, Result, check};
use crate::sample::square;

/// How many values one thread takes at a time. It is fixed, and the parts are added in order, so
/// that sums do not depend on the number of threads.
const BLOCK: usize = 1 << 15;

/// Alternatives (rows) by criteria (columns), by rows, with the direction of each criterion.
///
/// ```
/// use stats::index::{DecisionMatrix, Direction, Distance};
/// let values = [250.0, 16.0, 200.0, 32.0, 300.0, 20.0]; // price, years of guarantee
/// let matrix = DecisionMatrix::new(&values, &[Direction::Negative, Direction::Positive])?;
/// let weights = matrix.entropy_weights()?;
/// let scores = matrix.topsis(&weights, Distance::Vector)?;
/// assert_eq!(scores[1], 1.0); // the cheapest, with the longest guarantee
/// # Ok::<(), stats::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct DecisionMatrix<'a> {
    values: &'a [f64],
    directions: &'a [Direction],
    pub(super) columns: Vec<Summary>,
}

/// What the methods need to know of a criterion.
#[derive(Clone, Copy, Debug)]
pub(super) struct Summary {
    pub min: f64,
    pub max: f64,
    pub sum: f64,
    /// The root of the sum of squares.
    pub norm: f64,
}

impl<'a> DecisionMatrix<'a> {
    /// Checks `values`, given row by row, against the `directions` of the criteria.
    ///
    /// # Errors
    /// No criterion, fewer than two alternatives, a last row that is not full, a value that is
    /// missing or infinite (its index counts row by row).
    pub fn new(values: &'a [f64], directions: &'a [Direction]) -> Result<Self> {
        let criteria = directions.len();
        if criteria == 0 {
            return Err(Error::Empty { what: "criteria" });
        }
        check::at_least("values", values, 2 * criteria)?;
        check::length("values", values.len(), values.len() / criteria * criteria)?;
        let mut matrix = Self { values, directions, columns: Vec::new() };
        matrix.columns = matrix.summaries();
        let usable = |c: &Summary| (c.sum + c.norm).is_finite();
        if !matrix.columns.iter().all(usable) {
            // Something is missing or infinite, or the squares overflow.
            check::finite("values", values)?;
            for column in 0..criteria {
                matrix.columns[column].norm = matrix.scaled_norm(column);
            }
        }
        Ok(matrix)
    }

    /// The number of alternatives.
    pub fn alternatives(&self) -> usize {
        self.values.len() / self.directions.len()
    }

    /// The number of criteria.
    pub fn criteria(&self) -> usize {
        self.directions.len()
    }

    /// The directions of the criteria.
    pub fn directions(&self) -> &'a [Direction] {
        self.directions
    }

    /// The rows, one per alternative.
    pub fn rows(&self) -> impl Iterator<Item = &'a [f64]> {
        self.values.chunks_exact(self.directions.len())
    }

    pub(super) fn column(&self, column: usize) -> impl Iterator<Item = f64> {
        let values = self.values.iter().skip(column);
        values.step_by(self.directions.len()).copied()
    }

    /// Applies `work` to runs of whole rows, on all threads, and gives the results in row order.
    pub(super) fn in_blocks<T: Send>(&self, work: impl Fn(&'a [f64]) -> T + Sync + Send) -> Vec<T> {
        let criteria = self.directions.len();
        let length = BLOCK.div_ceil(criteria) * criteria;
        if self.values.len() <= length {
            return vec![work(self.values)];
        }
        self.values.par_chunks(length).map(work).collect()
    }

    /// For each criterion the sum of a function of the criterion and the value.
    pub(super) fn column_sums(&self, of: impl Fn(usize, f64) -> f64 + Sync + Send) -> Vec<f64> {
        let criteria = self.criteria();
        let blocks = self.in_blocks(|block| {
            let mut sums = vec![0.0; criteria];
            for row in block.chunks_exact(criteria) {
                for (j, (sum, &x)) in sums.iter_mut().zip(row).enumerate() {
                    *sum += of(j, x);
                }
            }
            sums
        });
        let total = |j: usize| blocks.iter().map(|block| block[j]).sum();
        (0..criteria).map(total).collect()
    }

    /// Weights that go with the criteria: finite, none negative, not all zero; scaled to sum to one.
    pub(super) fn check_weights(&self, weights: &[f64]) -> Result<Vec<f64>> {
        check::length("weights", weights.len(), self.criteria())?;
        check::non_negative("weights", weights)?;
        let total: f64 = weights.iter().sum();
        check::positive("sum of the weights", total)?;
        Ok(weights.iter().map(|w| w / total).collect())
    }

    fn summaries(&self) -> Vec<Summary> {
        let criteria = self.criteria();
        let blocks = self.in_blocks(|block| {
            let mut sums = vec![0.0; criteria];
            let mut squares = vec![0.0; criteria];
            let mut low = vec![f64::INFINITY; criteria];
            let mut high = vec![f64::NEG_INFINITY; criteria];
            for row in block.chunks_exact(criteria) {
                for (j, &x) in row.iter().enumerate() {
                    sums[j] += x;
                    squares[j] += x * x;
                    low[j] = if x < low[j] { x } else { low[j] };
                    high[j] = if x > high[j] { x } else { high[j] };
                }
            }
            (sums, squares, low, high)
        });
        (0..criteria)
            .map(|j| {
                let mut all =
                    Summary { min: f64::INFINITY, max: f64::NEG_INFINITY, sum: 0.0, norm: 0.0 };
                for (sums, squares, low, high) in &blocks {
                    all.sum += sums[j];
                    all.norm += squares[j];
                    all.min = all.min.min(low[j]);
                    all.max = all.max.max(high[j]);
                }
                all.norm = all.norm.sqrt();
                all
            })
            .collect()
    }

    /// The norm of a column whose squares overflow.
    fn scaled_norm(&self, column: usize) -> f64 {
        let Summary { min, max, .. } = self.columns[column];
        let scale = max.abs().max(min.abs());
        if scale == 0.0 {
            return 0.0;
        }
        let squares: f64 = self.column(column).map(|x| square(x / scale)).sum();
        squares.sqrt() * scale
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_over_many_blocks() {
        let values: Vec<f64> = (0..3 * 30_000).map(|i| f64::from(i % 7) - 2.0).collect();
        let matrix = DecisionMatrix::new(&values, &[Direction::Positive; 3]).unwrap();
        for (j, found) in matrix.columns.iter().enumerate() {
            let column: Vec<f64> = matrix.column(j).collect();
            assert_eq!(found.sum, column.iter().sum::<f64>());
            assert_eq!(found.norm, column.iter().map(|x| x * x).sum::<f64>().sqrt());
            assert_eq!((found.min, found.max), (-2.0, 4.0));
        }
    }

    #[test]
    fn large_values_do_not_overflow() {
        let matrix = DecisionMatrix::new(&[3e200, 4e200], &[Direction::Positive]).unwrap();
        assert!((matrix.columns[0].norm / 5e200 - 1.0).abs() < 1e-15);
    }

    #[test]
    fn refusals() {
        let two = [Direction::Positive; 2];
        let code = |v: &[f64], d: &[Direction]| DecisionMatrix::new(v, d).unwrap_err().code();
        assert_eq!(code(&[1.0], &[]), "stats.empty");
        assert_eq!(code(&[1.0, 2.0], &two), "stats.too_few");
        assert_eq!(code(&[1.0; 5], &two), "stats.length");
        assert_eq!(code(&[1.0, 2.0, f64::NAN, 4.0], &two), "stats.not_finite");
        assert_eq!(code(&[1.0, 2.0, f64::NEG_INFINITY, 4.0], &two), "stats.not_finite");
        let fine = DecisionMatrix::new(&[1.0, 2.0, 3.0, 4.0], &two).unwrap();
        assert_eq!(fine.check_weights(&[1.0]).unwrap_err().code(), "stats.length");
        assert_eq!(fine.check_weights(&[0.0, 0.0]).unwrap_err().code(), "stats.out_of_range");
        assert_eq!(fine.check_weights(&[-1.0, 2.0]).unwrap_err().code(), "stats.negative");
    }
}
