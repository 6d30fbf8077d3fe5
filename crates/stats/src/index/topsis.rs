//! TOPSIS: near the best of all, far from the worst of all.

use super::{DecisionMatrix, Direction};
use crate::error::{Error, Result};

/// How criteria are brought to one scale before distances are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Distance {
    /// Divided by the root of the sum of squares (Hwang, Yoon 1981).
    #[default]
    Vector,
    /// From the least to the largest value.
    MinMax,
    /// Divided by the sum.
    Sum,
    /// Divided by the largest value.
    Max,
}

impl DecisionMatrix<'_> {
    /// TOPSIS scores, one per alternative: with v the weighted scaled values, the distance to the
    /// worst value of every criterion over the sum of the distances to the worst and to the best;
    /// 0 to 1, more is better. A criterion that does not vary plays no part.
    ///
    /// The distance of a value from the best is the same whether cost criteria are turned round
    /// before or after scaling, so that both customs give these scores.
    ///
    /// # Errors
    /// Another number of weights than criteria; weights that are negative, not finite or all zero;
    /// no criterion with a weight varies; a sum or largest value that is not above zero where the
    /// scale is by it.
    ///
    /// ```
    /// use stats::index::{DecisionMatrix, Direction, Distance};
    /// let values = [1.0, 9.0, 2.0, 5.0, 3.0, 1.0];
    /// let directions = [Direction::Positive, Direction::Negative];
    /// let matrix = DecisionMatrix::new(&values, &directions)?;
    /// assert_eq!(matrix.topsis(&[1.0, 1.0], Distance::MinMax)?, [0.0, 0.5, 1.0]);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn topsis(&self, weights: &[f64], distance: Distance) -> Result<Vec<f64>> {
        let weights = self.check_weights(weights)?;
        let mut criteria = Vec::with_capacity(weights.len());
        for ((column, direction), weight) in self.columns.iter().zip(self.directions()).zip(weights)
        {
            let scale = match distance {
                Distance::Vector => column.norm,
                Distance::MinMax => column.max - column.min,
                Distance::Sum => above_zero(column.sum)?,
                Distance::Max => above_zero(column.max)?,
            };
            let (best, worst) = match direction {
                Direction::Positive => (column.max, column.min),
                Direction::Negative => (column.min, column.max),
            };
            let varies = column.max > column.min;
            let factor = if varies { weight / scale } else { 0.0 };
            criteria.push(Ideal { best, worst, factor });
        }
        if criteria.iter().all(|c| c.factor == 0.0) {
            return Err(Error::Constant { what: "every criterion that has a weight" });
        }
        let blocks = self.in_blocks(|block| {
            let rows = block.chunks_exact(criteria.len());
            rows.map(|row| closeness(row, &criteria)).collect::<Vec<f64>>()
        });
        Ok(blocks.concat())
    }
}

struct Ideal {
    best: f64,
    worst: f64,
    /// Weight over scale: what a unit of the criterion is worth.
    factor: f64,
}

fn closeness(row: &[f64], criteria: &[Ideal]) -> f64 {
    let (mut to_best, mut to_worst) = (0.0, 0.0);
    for (x, ideal) in row.iter().zip(criteria) {
        let best = (x - ideal.best) * ideal.factor;
        let worst = (x - ideal.worst) * ideal.factor;
        to_best += best * best;
        to_worst += worst * worst;
    }
    let (to_best, to_worst) = (to_best.sqrt(), to_worst.sqrt());
    to_worst / (to_best + to_worst)
}

fn above_zero(scale: f64) -> Result<f64> {
    if scale > 0.0 {
        Ok(scale)
    } else {
        Err(Error::OutOfRange {
            what: "sum or largest value of a criterion",
            value: scale,
            must: "above zero: choose another distance",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UP: [Direction; 2] = [Direction::Positive; 2];

    #[test]
    fn a_constant_criterion_plays_no_part() {
        let values = [1.0, 7.0, 2.0, 7.0, 4.0, 7.0];
        let matrix = DecisionMatrix::new(&values, &UP).unwrap();
        for distance in [Distance::Vector, Distance::MinMax, Distance::Sum, Distance::Max] {
            let scores = matrix.topsis(&[0.5, 0.5], distance).unwrap();
            for (score, expected) in scores.iter().zip([0.0, 1.0 / 3.0, 1.0]) {
                assert!((score - expected).abs() < 1e-15);
            }
        }
    }

    #[test]
    fn refusals() {
        let matrix = DecisionMatrix::new(&[1.0, 7.0, 2.0, 7.0], &UP).unwrap();
        let code = |w: &[f64]| matrix.topsis(w, Distance::Vector).unwrap_err().code();
        assert_eq!(code(&[0.0, 1.0]), "stats.constant");
        assert_eq!(code(&[1.0]), "stats.length");
        let below = DecisionMatrix::new(&[-1.0, 1.0, -2.0, 2.0], &UP).unwrap();
        let sum = below.topsis(&[1.0, 1.0], Distance::Sum);
        assert_eq!(sum.unwrap_err().code(), "stats.out_of_range");
    }
}
