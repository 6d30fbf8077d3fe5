//! EARS C1, C2 and C3: limits from the last few points, for series without years of history.
//!
//! L. Hutwagner, W. Thompson, G. M. Seeman, T. Treadwell (2003), "The bioterrorism preparedness and
//! response Early Aberration Reporting System (EARS)", J. Urban Health 80, i89-i96; formulas as in
//! Fricker, Hegler and Dunfee (2008), Statistics in Medicine 27, 3407-3429.

use std::ops::Range;

use super::limit::{Limit, check_range};
use crate::Result;
use crate::dist::normal_quantile;
use crate::error::check;

/// Which baseline the limit is made from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EarsMethod {
    /// C1-MILD: the points just before the tested one.
    #[default]
    C1,
    /// C2-MEDIUM: a gap of two points lies between the baseline and the tested point.
    C2,
    /// C3-HIGH: the excesses of C2 over the tested point and the two before it.
    C3,
}

/// How C3 becomes a limit on the count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum C3Limit {
    /// As R surveillance computes it: observed + S·(z - excess of the two points before), so that
    /// only the excess of the two points before decides. That is a slip: its manual has the mean of
    /// the baseline in the place of the observed count.
    #[default]
    Package,
    /// The count at which C3 itself, the sum of max(0, C2 - 1) over three points, reaches z.
    Published,
}

/// Settings of [`ears`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EarsOptions {
    /// Which of the three methods.
    pub method: EarsMethod,
    /// How many points make a baseline (7).
    pub baseline: usize,
    /// The standard deviation of a baseline is taken to be at least this (0).
    pub min_sigma: f64,
    /// The chance of a false alarm of the normal approximation; none for the usual 0.001 of C1 and
    /// C2, and 0.025 of C3.
    pub alpha: Option<f64>,
    /// How C3 becomes a limit.
    pub c3_limit: C3Limit,
}

impl Default for EarsOptions {
    fn default() -> Self {
        Self {
            method: EarsMethod::C1,
            baseline: 7,
            min_sigma: 0.0,
            alpha: None,
            c3_limit: C3Limit::Package,
        }
    }
}

impl EarsOptions {
    /// How many points must lie before the first that can be tested.
    pub fn history(&self) -> usize {
        self.baseline
            + match self.method {
                EarsMethod::C1 => 0,
                EarsMethod::C2 => 2,
                EarsMethod::C3 => 4,
            }
    }
}

/// Tests the points `range` of `counts`.
///
/// Where the baseline of C3 does not vary and `min_sigma` is zero, C2 may be 0/0: then there is no
/// limit and no alarm at that point.
///
/// # Errors
/// Counts that are missing, negative or not whole; less history than [`EarsOptions::history`]; a
/// baseline of fewer than two points; a level outside 0 to 1.
///
/// ```
/// use stats::surveillance::{EarsOptions, ears};
/// let counts = [3.0, 1.0, 2.0, 2.0, 4.0, 0.0, 2.0, 12.0];
/// let tested = ears(&counts, 7..8, &EarsOptions::default())?;
/// // Mean 2, standard deviation 1.291, z = 3.090.
/// assert!((tested[0].upper.unwrap() - 5.9895).abs() < 1e-3 && tested[0].alarm);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn ears(counts: &[f64], range: Range<usize>, options: &EarsOptions) -> Result<Vec<Limit>> {
    let sigma = options.min_sigma;
    check::within("baseline", options.baseline as f64, options.baseline >= 2, "2 points or more")?;
    check::within(
        "least standard deviation",
        sigma,
        sigma >= 0.0 && sigma.is_finite(),
        "zero or more",
    )?;
    let usual = if options.method == EarsMethod::C3 { 0.025 } else { 0.001 };
    let alpha = options.alpha.unwrap_or(usual);
    check::level("alpha", alpha)?;
    check_range(counts, &range, options.history())?;
    let z = -normal_quantile(alpha);
    let base = |end: usize| baseline(&counts[end - options.baseline..end], sigma);
    let excess = |t: usize| {
        let (mean, sd) = base(t - 2);
        let c2 = (counts[t] - mean) / sd;
        // Not `max`: an undefined C2 must not pass for zero.
        if c2 < 1.0 { 0.0 } else { c2 - 1.0 }
    };
    let limit = |t: usize| match options.method {
        EarsMethod::C1 | EarsMethod::C2 => {
            let gap = if options.method == EarsMethod::C1 { 0 } else { 2 };
            let (mean, sd) = base(t - gap);
            mean + z * sd
        }
        EarsMethod::C3 => {
            let (mean, sd) = base(t - 2);
            let left = z - (excess(t - 1) + excess(t - 2));
            let upper = match options.c3_limit {
                C3Limit::Package => counts[t] + sd * left,
                C3Limit::Published if left > 0.0 => mean + sd * (1.0 + left),
                // An undefined C2 stays undefined; an infinite one alarms whatever the count.
                C3Limit::Published => {
                    if left.is_nan() {
                        left
                    } else {
                        0.0
                    }
                }
            };
            if upper < 0.0 { 0.0 } else { upper }
        }
    };
    Ok(range.map(|t| Limit::new(t, counts[t], limit(t))).collect())
}

/// The mean and the standard deviation (n - 1), the latter at least `min`.
fn baseline(points: &[f64], min: f64) -> (f64, f64) {
    let n = points.len() as f64;
    let mean = points.iter().sum::<f64>() / n;
    let squares: f64 = points.iter().map(|x| (x - mean) * (x - mean)).sum();
    (mean, (squares / (n - 1.0)).sqrt().max(min))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_c3_alarms_where_its_statistic_reaches_z() {
        let counts =
            [4.0, 6.0, 5.0, 3.0, 6.0, 4.0, 7.0, 5.0, 5.0, 9.0, 8.0, 9.0, 6.0, 12.0, 5.0, 4.0];
        let options = EarsOptions {
            method: EarsMethod::C3,
            c3_limit: C3Limit::Published,
            ..EarsOptions::default()
        };
        for tested in ears(&counts, 11..16, &options).unwrap() {
            let statistic: f64 = (tested.index - 2..=tested.index)
                .map(|t| {
                    let (mean, sd) = baseline(&counts[t - 9..t - 2], 0.0);
                    ((counts[t] - mean) / sd - 1.0).max(0.0)
                })
                .sum();
            assert_eq!(tested.alarm, statistic > 1.959963984540054, "{tested:?}");
        }
    }

    #[test]
    fn a_flat_baseline_has_no_c3() {
        let options = EarsOptions { method: EarsMethod::C3, ..EarsOptions::default() };
        let tested = ears(&[0.0; 20], 11..20, &options).unwrap();
        assert!(tested.iter().all(|t| t.upper.is_none() && !t.alarm));
    }
}
