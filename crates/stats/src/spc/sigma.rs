//! The standard deviation of a process from what varies within its subgroups.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::constants::{Constants, c4, d2, d3};
use super::subgroups::{Subgroups, range, sd};
use crate::error::check;
use crate::{Error, Result};

/// How the standard deviation is estimated from subgroups (Burr 1976; the names of ASTM STP 15D in
/// parentheses).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithinSigma {
    /// The mean of R / d₂ (UWAVE-R).
    MeanRange,
    /// The mean of S / c₄ (UWAVE-SD).
    MeanSd,
    /// The minimum variance mean of R / d₂: weights (d₂/d₃)² (MVLUE-R).
    WeightedRange,
    /// The minimum variance mean of S / c₄: weights c₄²/(1-c₄²) (MVLUE-SD).
    WeightedSd,
    /// The root of the pooled variance, over c₄ of its degrees of freedom plus one (RMSDF).
    PooledSd,
}

/// The standard deviation of the process from subgroups.
///
/// ```
/// use stats::spc::{Constants, Subgroups, WithinSigma, within_sigma};
/// let groups = Subgroups::equal(&[1.0, 3.0, 2.0, 6.0], 2)?;
/// let sigma = within_sigma(&groups, WithinSigma::MeanRange, Constants::Printed)?;
/// assert!((sigma - 3.0 / 1.128).abs() < 1e-12);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// A subgroup has one value only (for those use [`moving_sigma`]), or nothing varies within any.
pub fn within_sigma(
    groups: &Subgroups<'_>,
    method: WithinSigma,
    constants: Constants,
) -> Result<f64> {
    if groups.sizes().contains(&1) {
        return Err(Error::Inconsistent {
            what: "subgroups",
            why: "a subgroup of one value says nothing of the variation within; use the chart of individual values",
        });
    }
    // Each size has a divisor of the spread and a weight of the estimate.
    let of_size = |n: usize| -> Result<(f64, f64)> {
        Ok(match method {
            WithinSigma::MeanRange => (d2(n, constants)?, 1.0),
            WithinSigma::MeanSd => (c4(n)?, 1.0),
            WithinSigma::WeightedRange => {
                let (d2, d3) = (d2(n, constants)?, d3(n, constants)?);
                (d2, d2 * d2 / (d3 * d3))
            }
            WithinSigma::WeightedSd => {
                let c4 = c4(n)?;
                (c4, c4 * c4 / (1.0 - c4 * c4))
            }
            WithinSigma::PooledSd => (1.0, n as f64 - 1.0),
        })
    };
    let mut sizes: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    let (mut sum, mut weights) = (0.0, 0.0);
    for group in groups.iter() {
        let (divisor, weight) = match sizes.entry(group.len()) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => *new.insert(of_size(group.len())?),
        };
        let spread = match method {
            WithinSigma::MeanRange | WithinSigma::WeightedRange => range(group),
            WithinSigma::MeanSd | WithinSigma::WeightedSd => sd(group),
            WithinSigma::PooledSd => sd(group) * sd(group),
        };
        sum += weight * spread / divisor;
        weights += weight;
    }
    let sigma = match method {
        WithinSigma::PooledSd => (sum / weights).sqrt() / c4(weights as usize + 1)?,
        _ => sum / weights,
    };
    varied(sigma)
}

/// How the standard deviation is estimated from single values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MovingSigma {
    /// The mean range of this many successive values over d₂; two are usual.
    MovingRange(usize),
    /// The median range of two successive values over its factor 0.954: an outlier hardly moves it.
    MedianMovingRange,
    /// The standard deviation of all over c₄.
    Sd,
}

/// The standard deviation of the process from single values in the order of time.
///
/// ```
/// use stats::spc::{Constants, MovingSigma, moving_sigma};
/// let sigma = moving_sigma(&[1.0, 2.0, 4.0], MovingSigma::MovingRange(2), Constants::Printed)?;
/// assert!((sigma - 1.5 / 1.128).abs() < 1e-12);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// A value is missing or infinite, there are fewer than the method needs, or nothing varies.
pub fn moving_sigma(values: &[f64], method: MovingSigma, constants: Constants) -> Result<f64> {
    check::finite("measurements", values)?;
    let sigma = match method {
        MovingSigma::MovingRange(span) => {
            check::within("span of the moving range", span as f64, span >= 2, "2 or more")?;
            check::at_least("measurements", values, span)?;
            let ranges = values.len() + 1 - span;
            let sum = if span == 2 {
                sum_of_steps(values)
            } else {
                values.windows(span).map(range).sum()
            };
            sum / ranges as f64 / d2(span, constants)?
        }
        MovingSigma::MedianMovingRange => {
            check::at_least("measurements", values, 2)?;
            let mut steps: Vec<f64> = values.windows(2).map(|w| (w[1] - w[0]).abs()).collect();
            steps.sort_unstable_by(f64::total_cmp);
            let n = steps.len();
            0.5 * (steps[(n - 1) / 2] + steps[n / 2]) / MEDIAN_OF_TWO
        }
        MovingSigma::Sd => {
            check::at_least("measurements", values, 2)?;
            sd(values) / c4(values.len())?
        }
    };
    varied(sigma)
}

/// The median of the range of two standard normal numbers: √2 times the upper quartile of one.
const MEDIAN_OF_TWO: f64 = 0.953_872_552_408_939;

/// Σ |x(i+1) - x(i)|, in four sums at a time so that the additions need not wait for one another.
fn sum_of_steps(values: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (from, to) = (&values[..values.len() - 1], &values[1..]);
    let (from_blocks, to_blocks) = (from.chunks_exact(8), to.chunks_exact(8));
    let rest = from_blocks.remainder().iter().zip(to_blocks.remainder());
    let rest: f64 = rest.map(|(a, b)| (b - a).abs()).sum();
    for (from, to) in from_blocks.zip(to_blocks) {
        for (sum, (a, b)) in sums.iter_mut().zip(from.iter().zip(to)) {
            *sum += (b - a).abs();
        }
    }
    sums.iter().sum::<f64>() + rest
}

fn varied(sigma: f64) -> Result<f64> {
    if sigma > 0.0 { Ok(sigma) } else { Err(Error::Constant { what: "measurements" }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::normal_quantile;

    #[test]
    fn factors() {
        let exact = 2f64.sqrt() * normal_quantile(0.75);
        assert!((MEDIAN_OF_TWO - exact).abs() < 1e-14);
    }

    #[test]
    fn equal_groups_need_no_weights() {
        let values = [3.0, 5.0, 4.0, 8.0, 1.0, 2.0, 9.0, 9.5, 7.0];
        let groups = Subgroups::equal(&values, 3).unwrap();
        let by = |method| within_sigma(&groups, method, Constants::Exact).unwrap();
        assert!((by(WithinSigma::MeanRange) - by(WithinSigma::WeightedRange)).abs() < 1e-12);
        assert!((by(WithinSigma::MeanSd) - by(WithinSigma::WeightedSd)).abs() < 1e-12);
    }

    /// Ranges 2 and 6 of samples of 2 and 4; standard deviations √2 and √(20/3).
    #[test]
    fn unequal_groups_by_hand() {
        let groups = Subgroups::of(&[1.0, 3.0, 0.0, 2.0, 4.0, 6.0], &[2, 4]).unwrap();
        let by = |method| within_sigma(&groups, method, Constants::Printed).unwrap();
        let weights = [(1.128f64 / 0.8525033).powi(2), (2.059f64 / 0.8798108).powi(2)];
        let ranges =
            (2.0 / 1.128 * weights[0] + 6.0 / 2.059 * weights[1]) / (weights[0] + weights[1]);
        assert!((by(WithinSigma::WeightedRange) - ranges).abs() < 1e-12);
        // c4: 0.79788456 and 0.92131773; weights c4²/(1-c4²): 1.75193839 and 5.61490999.
        assert!((by(WithinSigma::WeightedSd) - 2.557_537_437_6).abs() < 1e-9);
        // The pooled variance (2 + 20)/4 over c4(5) = 0.93998560.
        assert!((by(WithinSigma::PooledSd) - 5.5f64.sqrt() / 0.939_985_602_986_6).abs() < 1e-12);
    }

    #[test]
    fn nothing_varies() {
        let groups = Subgroups::equal(&[2.0; 6], 3).unwrap();
        let error = within_sigma(&groups, WithinSigma::PooledSd, Constants::Printed);
        assert_eq!(error.unwrap_err().code(), "stats.constant");
        let alone = Subgroups::of(&[1.0, 2.0, 3.0], &[2, 1]).unwrap();
        let error = within_sigma(&alone, WithinSigma::MeanSd, Constants::Printed);
        assert_eq!(error.unwrap_err().code(), "stats.inconsistent");
    }

    #[test]
    fn long_sums_agree_with_plain_ones() {
        let values: Vec<f64> = (0..1003).map(|i| f64::from(i * i % 17)).collect();
        let plain: f64 = values.windows(2).map(|w| (w[1] - w[0]).abs()).sum();
        assert!((sum_of_steps(&values) - plain).abs() < 1e-9);
    }
}
