//! Run lengths of cumulative sums of counts.

use super::{countable, run_lengths};
use crate::Result;
use crate::dist::{Discrete, Poisson};
use crate::error::check;
use crate::linalg::Matrix;

/// A cumulative sum of Poisson counts, S ← max(0, S + X - k), that signals when S is above h;
/// both are fractions with the denominator `scale` (Lucas 1985, Technometrics 27, 129).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoissonCusum {
    /// k times the scale.
    pub reference: u32,
    /// h times the scale.
    pub interval: u32,
    /// The common denominator; 1 for whole numbers.
    pub scale: u32,
    /// Where the sum begins, times the scale.
    pub head_start: u32,
}

/// The average run length for counts with mean `mean`.
///
/// ```
/// use stats::spc::{PoissonCusum, poisson_cusum_arl};
/// let chart = PoissonCusum { reference: 5, interval: 10, scale: 1, head_start: 0 };
/// assert!((poisson_cusum_arl(&chart, 4.0)? - 655.4752).abs() < 1e-4);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// The mean is not positive, the scale is zero, the interval is above 2000, the head start is above
/// the interval, or the run length is beyond counting.
pub fn poisson_cusum_arl(chart: &PoissonCusum, mean: f64) -> Result<f64> {
    check::positive("mean", mean)?;
    check::within("scale", chart.scale.into(), chart.scale > 0, "1 or more")?;
    let states = chart.interval as usize + 1;
    check::within(
        "decision interval",
        chart.interval.into(),
        chart.interval <= 2000,
        "at most 2000 when scaled",
    )?;
    let start = chart.head_start as usize;
    check::within("head start", start as f64, start < states, "at most the decision interval")?;
    let counts = Poisson::new(mean)?;
    let (k, scale) = (f64::from(chart.reference), f64::from(chart.scale));
    // From i to j with X = (j - i + k) / scale; to zero with all smaller counts.
    let passes = |i: usize, j: usize| {
        let count = (j as f64 - i as f64 + k) / scale;
        if j == 0 { counts.cdf(count.floor()) } else { counts.pmf(count) }
    };
    let system = Matrix::from_fn(states, states, |i, j| f64::from(u8::from(i == j)) - passes(i, j));
    countable(run_lengths(&system)?[start])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scaling_all_changes_nothing() {
        let plain = PoissonCusum { reference: 3, interval: 6, scale: 1, head_start: 0 };
        let scaled = PoissonCusum { reference: 12, interval: 27, scale: 4, head_start: 0 };
        let (a, b) = (poisson_cusum_arl(&plain, 2.2), poisson_cusum_arl(&scaled, 2.2));
        assert!((a.unwrap() / b.unwrap() - 1.0).abs() < 1e-12);
    }

    /// With h = 0 the sum signals when a count is above k.
    #[test]
    fn the_smallest_chart() {
        let chart = PoissonCusum { reference: 4, interval: 0, scale: 1, head_start: 0 };
        let counts = Poisson::new(2.0).unwrap();
        let arl = poisson_cusum_arl(&chart, 2.0).unwrap();
        assert!((arl * counts.sf(4.0) - 1.0).abs() < 1e-12);
        assert!(poisson_cusum_arl(&chart, 0.0).is_err());
    }
}
