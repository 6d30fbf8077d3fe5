//! Weights from the data: a criterion on which the alternatives differ more weighs more.

use super::DecisionMatrix;
use super::ln::ln_normal;
use super::matrix::Summary;
use crate::error::{Error, Result};
use crate::sample::square;

impl DecisionMatrix<'_> {
    /// Equal weights, summing to one.
    pub fn equal_weights(&self) -> Vec<f64> {
        vec![1.0 / self.criteria() as f64; self.criteria()]
    }

    /// Weights by the standard deviation of each criterion on the scale from its least to its
    /// largest value, summing to one.
    ///
    /// # Errors
    /// A criterion that does not vary.
    pub fn deviation_weights(&self) -> Result<Vec<f64>> {
        let deviations = self.spreads()?.into_iter().map(|s| s.deviation);
        shares(deviations.collect())
    }

    /// Entropy weights: with the shares p of a criterion's sum, `1 + Σ p ln p / ln n` scaled to sum
    /// to one. The direction plays no part; 0 ln 0 is 0.
    ///
    /// # Errors
    /// A value below zero, a criterion that is all zero, all criteria constant.
    ///
    /// ```
    /// use stats::index::{DecisionMatrix, Direction};
    /// let values = [1.0, 5.0, 1.0, 5.0, 2.0, 5.0];
    /// let matrix = DecisionMatrix::new(&values, &[Direction::Positive; 2])?;
    /// assert_eq!(matrix.entropy_weights()?, [1.0, 0.0]);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn entropy_weights(&self) -> Result<Vec<f64>> {
        if let Some((index, value)) = self.first_negative() {
            return Err(Error::Negative { what: "values", index, value });
        }
        let x_ln_x = self.column_sums(|_, x| x * ln_normal(x));
        let n = self.alternatives() as f64;
        let mut unequal = Vec::with_capacity(self.criteria());
        for (j, column) in self.columns.iter().enumerate() {
            if column.max == 0.0 {
                return Err(Error::OutOfRange {
                    what: "sum of a criterion",
                    value: 0.0,
                    must: "above zero: leave the criterion out",
                });
            }
            if column.min == column.max {
                unequal.push(0.0);
                continue;
            }
            // Σ p ln p is Σ x ln x over the sum, less the logarithm of the sum: one pass, no
            // division per value.
            let p_ln_p = x_ln_x[j] / column.sum - libm::log(column.sum);
            let sound = column.sum > 1e-290 && p_ln_p.is_finite();
            let p_ln_p = if sound { p_ln_p } else { self.p_ln_p(j) };
            // Rounding must not turn a criterion that hardly varies into a negative weight.
            unequal.push((1.0 + p_ln_p / libm::log(n)).max(0.0));
        }
        shares(unequal)
    }

    /// CRITIC weights: the standard deviation of each criterion on the scale from its least to its
    /// largest value, times Σ (1 - correlation) over the criteria; scaled to sum to one.
    ///
    /// # Errors
    /// A criterion that does not vary; a single criterion, or criteria that all agree perfectly.
    ///
    /// ```
    /// use stats::index::{DecisionMatrix, Direction};
    /// let values = [0.0, 4.0, 1.0, 3.0, 2.0, 2.0];
    /// let matrix = DecisionMatrix::new(&values, &[Direction::Positive; 2])?;
    /// assert_eq!(matrix.critic_weights()?, [0.5, 0.5]);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn critic_weights(&self) -> Result<Vec<f64>> {
        let criteria = self.criteria();
        let spreads = self.spreads()?;
        let blocks = self.in_blocks(|block| {
            let mut products = vec![0.0; criteria * criteria];
            let mut z = vec![0.0; criteria];
            for row in block.chunks_exact(criteria) {
                for ((z, s), x) in z.iter_mut().zip(&spreads).zip(row) {
                    *z = ((x - s.min) / s.range - s.mean) / s.deviation;
                }
                for (into, &a) in products.chunks_exact_mut(criteria).zip(&z) {
                    for (sum, &b) in into.iter_mut().zip(&z) {
                        *sum += a * b;
                    }
                }
            }
            products
        });
        let n = self.alternatives() as f64;
        let conflict = |j: usize| -> f64 {
            let correlation = |k: usize| -> f64 {
                let sum: f64 = blocks.iter().map(|b| b[j * criteria + k]).sum();
                (sum / n).clamp(-1.0, 1.0)
            };
            (0..criteria).map(|k| if j == k { 0.0 } else { 1.0 - correlation(k) }).sum()
        };
        shares((0..criteria).map(|j| spreads[j].deviation * conflict(j)).collect())
    }

    /// Σ p ln p of one criterion for values whose sum is too large or too small for the fast way.
    fn p_ln_p(&self, column: usize) -> f64 {
        let scale = self.columns[column].max;
        let total: f64 = self.column(column).map(|x| x / scale).sum();
        self.column(column)
            .map(|x| x / scale / total)
            .filter(|&p| p > 0.0)
            .map(|p| p * libm::log(p))
            .sum()
    }

    fn first_negative(&self) -> Option<(usize, f64)> {
        if self.columns.iter().all(|c| c.min >= 0.0) {
            return None;
        }
        let mut values = self.rows().flatten().copied().enumerate();
        values.find(|(_, x)| *x < 0.0)
    }

    /// Mean and standard deviation (n) of each criterion on the scale from 0 to 1.
    fn spreads(&self) -> Result<Vec<Spread>> {
        if self.columns.iter().any(|c| c.min == c.max) {
            return Err(Error::Constant { what: "a criterion" });
        }
        let n = self.alternatives() as f64;
        let scaled = |j: usize, x: f64| {
            let c = &self.columns[j];
            (x - c.min) / (c.max - c.min)
        };
        let means: Vec<f64> = self.column_sums(scaled).iter().map(|s| s / n).collect();
        let squares = self.column_sums(|j, x| square(scaled(j, x) - means[j]));
        let spread = |((c, mean), square): ((&Summary, f64), f64)| Spread {
            min: c.min,
            range: c.max - c.min,
            mean,
            deviation: (square / n).sqrt(),
        };
        let columns = self.columns.iter().zip(means).zip(squares);
        Ok(columns.map(spread).collect())
    }
}

struct Spread {
    min: f64,
    range: f64,
    mean: f64,
    deviation: f64,
}

fn shares(values: Vec<f64>) -> Result<Vec<f64>> {
    let total: f64 = values.iter().sum();
    if total > 0.0 {
        Ok(values.into_iter().map(|v| v / total).collect())
    } else {
        Err(Error::Constant { what: "every criterion, apart from what the others tell," })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Direction;
    use super::*;

    const UP: [Direction; 2] = [Direction::Positive; 2];

    /// The definition, by shares.
    fn entropy_by_shares(columns: [&[f64]; 2]) -> Vec<f64> {
        let unequal = columns.map(|x| {
            let total: f64 = x.iter().sum();
            let parts = x.iter().map(|x| x / total).filter(|&p| p > 0.0);
            1.0 + parts.map(|p| p * p.ln()).sum::<f64>() / (x.len() as f64).ln()
        });
        unequal.iter().map(|u| u / (unequal[0] + unequal[1])).collect()
    }

    #[test]
    fn entropy_is_the_definition_at_any_scale() {
        let (a, b) = ([1.0, 0.0, 3.0], [2.0, 5.0, 9.0]);
        let expected = entropy_by_shares([&a, &b]);
        for scale in [1.0, 1e-300, 1e-315, 1e306] {
            let values: Vec<f64> = (0..3).flat_map(|i| [a[i] * scale, b[i]]).collect();
            let found = DecisionMatrix::new(&values, &UP).unwrap().entropy_weights().unwrap();
            for (f, e) in found.iter().zip(&expected) {
                // Numbers near 1e-315 have few digits themselves.
                let digits = if scale == 1e-315 { 1e-7 } else { 1e-14 };
                assert!((f - e).abs() < digits, "{scale:e}: {f} {e}");
            }
        }
    }

    #[test]
    fn critic_by_hand() {
        // Both criteria are 0, 1/2, 1 in some order, with a correlation of -1/2.
        let values = [0.0, 2.0, 5.0, 0.0, 10.0, 1.0];
        let found = DecisionMatrix::new(&values, &UP).unwrap();
        assert!((found.critic_weights().unwrap()[0] - 0.5).abs() < 1e-15);
        assert_eq!(found.deviation_weights().unwrap(), [0.5, 0.5]);
        assert_eq!(found.equal_weights(), [0.5, 0.5]);
    }

    #[test]
    fn refusals() {
        let entropy = |v: &[f64]| DecisionMatrix::new(v, &UP).unwrap().entropy_weights();
        assert_eq!(entropy(&[1.0, -2.0, 3.0, 4.0]).unwrap_err().code(), "stats.negative");
        assert_eq!(entropy(&[0.0, 2.0, 0.0, 4.0]).unwrap_err().code(), "stats.out_of_range");
        assert_eq!(entropy(&[1.0; 4]).unwrap_err().code(), "stats.constant");
        let critic = |v: &[f64]| DecisionMatrix::new(v, &UP).unwrap().critic_weights();
        assert_eq!(critic(&[1.0, 2.0, 1.0, 3.0]).unwrap_err().code(), "stats.constant");
        assert_eq!(critic(&[1.0, 1.0, 2.0, 2.0]).unwrap_err().code(), "stats.constant");
    }
}
