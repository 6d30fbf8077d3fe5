//! A mean that follows the year: harmonics and a trend, fitted to the history.

use std::ops::Range;

use crate::dist::digamma;
use crate::error::check;
use crate::linalg::{Cholesky, Matrix};
use crate::{Error, Result};

/// Means are kept above this, as a mean of zero has no logarithm.
const LEAST_MEAN: f64 = f64::EPSILON;

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
    fn mean(&self, fit: &[f64], t: usize) -> f64 {
        let eta: f64 = self.row(t).iter().zip(fit).map(|(x, b)| x * b).sum();
        eta.exp().max(LEAST_MEAN)
    }

    /// The means of the points `range` under the coefficients of a fit.
    pub(crate) fn means(&self, fit: &[f64], range: &Range<usize>) -> Vec<f64> {
        range.clone().map(|t| self.mean(fit, t)).collect()
    }

    /// The coefficients and the α of a negative binomial regression by maximum likelihood; α is zero
    /// where the counts vary no more than Poisson counts.
    pub(crate) fn fit_with_overdispersion(&self, counts: &[f64]) -> Result<(Vec<f64>, f64)> {
        const STEPS: usize = 200;
        let mut alpha = 0.0;
        for _ in 0..STEPS {
            let fit = self.fit_by(Information::Observed, counts, alpha, 1e-11)?;
            let next = overdispersion(counts, &self.means(&fit, &(0..counts.len())));
            if (next - alpha).abs() <= 1e-10 * next {
                return Ok((fit, next));
            }
            alpha = next;
        }
        Err(Error::NoConvergence { what: "overdispersion of the history", iterations: STEPS })
    }

    /// The coefficients of a negative binomial regression with variance m + `alpha` m², where zero
    /// means Poisson, on `counts`, which are the points from 0 on.
    ///
    /// The starting values and the stopping rule (the deviance moves by less than 1e-8 of itself) are
    /// those that statistical packages share, so that results agree even where the last digits
    /// matter.
    pub(crate) fn fit(&self, counts: &[f64], alpha: f64) -> Result<Vec<f64>> {
        match self.fit_by(Information::Expected, counts, alpha, 1e-8) {
            // An outlier can keep Fisher's steps going to and fro.
            Err(Error::NoConvergence { .. }) => {
                self.fit_by(Information::Observed, counts, alpha, 1e-11)
            }
            other => other,
        }
    }

    fn fit_by(
        &self,
        information: Information,
        counts: &[f64],
        alpha: f64,
        precision: f64,
    ) -> Result<Vec<f64>> {
        const STEPS: usize = 50;
        check::within("frequency", self.frequency as f64, self.frequency > 0, "1 or more")?;
        let columns = 1 + usize::from(self.trend) + 2 * self.harmonics;
        check::at_least("counts before the range", counts, columns)?;
        if counts.iter().all(|y| *y == 0.0) {
            return Err(Error::Constant { what: "counts before the range (all are zero)" });
        }
        let rows: Vec<Vec<f64>> = (0..counts.len()).map(|t| self.row(t)).collect();
        let start = |y: f64| match (alpha == 0.0, y == 0.0) {
            (true, _) => y + 0.1,
            (false, true) => 1.0 / 6.0,
            (false, false) => y,
        };
        let mut eta: Vec<f64> = counts.iter().map(|y| start(*y).ln()).collect();
        let mut deviance = total_deviance(counts, &eta, alpha);
        let mut fit = Vec::new();
        for step in 0..STEPS {
            let mut next = scored(information, &rows, counts, &eta, alpha)?;
            let mut next_eta = predictor(&rows, &next);
            let mut next_deviance = total_deviance(counts, &next_eta, alpha);
            // A step that overshoots is halved; the first, from the counts themselves, always makes
            // the fit worse.
            let mut halvings = 0;
            while step > 0 && halvings < 30 && next_deviance > deviance * (1.0 + precision) {
                next = next.iter().zip(&fit).map(|(a, b): (&f64, &f64)| 0.5 * (a + b)).collect();
                next_eta = predictor(&rows, &next);
                next_deviance = total_deviance(counts, &next_eta, alpha);
                halvings += 1;
            }
            if !next_deviance.is_finite() {
                break;
            }
            let moved = (deviance - next_deviance).abs();
            (fit, eta, deviance) = (next, next_eta, next_deviance);
            if moved < precision * (deviance.abs() + 0.1) {
                return Ok(fit);
            }
        }
        Err(Error::NoConvergence { what: "regression of the history", iterations: STEPS })
    }
}

/// Which second derivative of the likelihood the steps go by: Fisher's scoring, as packages do, or
/// Newton's method, which for this likelihood always leads to the maximum.
#[derive(Clone, Copy)]
enum Information {
    Expected,
    Observed,
}

/// The coefficients after one step.
fn scored(
    information: Information,
    rows: &[Vec<f64>],
    counts: &[f64],
    eta: &[f64],
    alpha: f64,
) -> Result<Vec<f64>> {
    let columns = rows.first().map_or(0, Vec::len);
    let mut normal = Matrix::zeros(columns, columns);
    let mut right = vec![0.0; columns];
    for ((row, y), eta) in rows.iter().zip(counts).zip(eta) {
        let m = eta.exp().max(LEAST_MEAN);
        let spread = 1.0 + alpha * m;
        let w = match information {
            Information::Expected => m / spread,
            Information::Observed => m * (1.0 + alpha * y) / (spread * spread),
        };
        let z = eta + (y - m) / spread / w;
        for i in 0..columns {
            right[i] += w * row[i] * z;
            for j in 0..=i {
                normal[(i, j)] += w * row[i] * row[j];
            }
        }
    }
    Ok(Cholesky::of("design of the history", &normal)?.solve(&right))
}

fn predictor(rows: &[Vec<f64>], fit: &[f64]) -> Vec<f64> {
    let predict = |row: &Vec<f64>| row.iter().zip(fit).map(|(x, b)| x * b).sum();
    rows.iter().map(predict).collect()
}

fn total_deviance(counts: &[f64], eta: &[f64], alpha: f64) -> f64 {
    let parts = counts.iter().zip(eta);
    parts.map(|(y, eta)| deviance_of(*y, eta.exp().max(LEAST_MEAN), alpha)).sum()
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

/// The α that makes counts with these means most likely: where the derivative by θ = 1/α is zero.
fn overdispersion(counts: &[f64], means: &[f64]) -> f64 {
    let slope = |theta: f64| -> f64 {
        let at = digamma(theta);
        let parts = counts
            .iter()
            .zip(means)
            .map(|(y, m)| digamma(theta + y) - at - (m / theta).ln_1p() + (m - y) / (m + theta));
        parts.sum()
    };
    // A θ beyond e^14 is as good as Poisson; there the derivative drowns in its rounding.
    let (mut low, mut high) = (-14.0, 14.0);
    if slope(f64::exp(high)) >= 0.0 {
        return 0.0;
    }
    while high - low > 1e-13 {
        let middle: f64 = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if slope(middle.exp()) > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    (-high).exp()
}
