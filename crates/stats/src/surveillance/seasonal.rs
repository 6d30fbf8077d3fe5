//! A mean that follows the year: harmonics and a trend, fitted to the history.

use crate::error::check;
use crate::linalg::{Cholesky, Matrix};
use crate::{Error, Result};

/// log m(t) = β₀ + β₁ t + Σ (γ_s sin(2πst/f) + δ_s cos(2πst/f)), with t from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seasonal {
    /// How many harmonics of the year.
    pub harmonics: usize,
    /// Whether there is a linear trend.
    pub trend: bool,
    /// How many points make a year.
    pub frequency: usize,
}

impl Seasonal {
    /// The columns of the point `t` (from 0).
    fn row(&self, t: usize) -> Vec<f64> {
        let time = t as f64 + 1.0;
        let mut row = vec![1.0];
        if self.trend {
            row.push(time);
        }
        for s in 1..=self.harmonics {
            let angle = std::f64::consts::TAU * s as f64 * time / self.frequency as f64;
            row.push(angle.sin());
            row.push(angle.cos());
        }
        row
    }

    /// The mean at the point `t` under the coefficients of a fit.
    pub(crate) fn mean(&self, fit: &[f64], t: usize) -> f64 {
        let eta: f64 = self.row(t).iter().zip(fit).map(|(x, b)| x * b).sum();
        eta.exp()
    }

    /// The coefficients of a Poisson regression on `counts`, which are the points from 0 on.
    pub(crate) fn fit_poisson(&self, counts: &[f64]) -> Result<Vec<f64>> {
        self.fit(counts, 0.0)
    }

    /// The coefficients of a negative binomial regression with variance m + `alpha` m², where zero
    /// means Poisson.
    pub(crate) fn fit(&self, counts: &[f64], alpha: f64) -> Result<Vec<f64>> {
        const WHAT: &str = "regression of the history";
        const STEPS: usize = 50;
        check::within(
            "frequency",
            self.frequency as f64,
            self.frequency > 0,
            "1 or more",
        )?;
        let columns = 1 + usize::from(self.trend) + 2 * self.harmonics;
        check::at_least("counts before the range", counts, columns)?;
        if counts.iter().all(|y| *y == 0.0) {
            return Err(Error::Constant {
                what: "counts before the range (all are zero)",
            });
        }
        let rows: Vec<Vec<f64>> = (0..counts.len()).map(|t| self.row(t)).collect();
        let mut eta: Vec<f64> = counts.iter().map(|y| (y + 0.1).ln()).collect();
        let mut deviance = f64::INFINITY;
        for _ in 0..STEPS {
            let mut normal = Matrix::zeros(columns, columns);
            let mut right = vec![0.0; columns];
            for ((row, y), eta) in rows.iter().zip(counts).zip(&eta) {
                let m = eta.exp();
                let w = m / (1.0 + alpha * m);
                let z = eta + (y - m) / m;
                for i in 0..columns {
                    right[i] += w * row[i] * z;
                    for j in 0..=i {
                        normal[(i, j)] += w * row[i] * row[j];
                    }
                }
            }
            let fit = Cholesky::of("design of the history", &normal)?.solve(&right);
            let mut next = 0.0;
            for ((row, y), eta) in rows.iter().zip(counts).zip(&mut eta) {
                *eta = row.iter().zip(&fit).map(|(x, b)| x * b).sum();
                next += deviance_of(*y, eta.exp(), alpha);
            }
            if !next.is_finite() {
                break;
            }
            // Closer than packages ask for: the fit is cheap, and the next digits are free.
            if (deviance - next).abs() <= 1e-13 * (next.abs() + 0.1) {
                return Ok(fit);
            }
            deviance = next;
        }
        Err(Error::NoConvergence {
            what: WHAT,
            iterations: STEPS,
        })
    }
}

/// Twice the log-likelihood lost by the mean `m` against the mean `y`.
fn deviance_of(y: f64, m: f64, alpha: f64) -> f64 {
    let first = if y > 0.0 { y * (y / m).ln() } else { 0.0 };
    if alpha == 0.0 {
        2.0 * (first - (y - m))
    } else {
        2.0 * (first - (y + 1.0 / alpha) * ((1.0 + alpha * y) / (1.0 + alpha * m)).ln())
    }
}
