//! Run lengths of cumulative sums.

use super::search::setting;
use super::{countable, run_lengths};
use crate::dist::legendre::gauss_legendre;
use crate::dist::normal_cdf;
use crate::error::check;
use crate::linalg::Matrix;
use crate::{Error, Result};

/// Which shifts a chart looks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sides {
    /// Upward shifts only.
    #[default]
    Upper,
    /// Both.
    Both,
}

/// The average run length of a cumulative sum chart with reference value `k` and decision interval
/// `h`, for points of mean `mean`; all in standard errors. The sums begin at `head_start`.
///
/// ```
/// use stats::spc::{Sides, cusum_arl};
/// // Montgomery, table 9.3: two-sided, k = 1/2, h = 5.
/// let quiet = cusum_arl(0.5, 5.0, 0.0, 0.0, Sides::Both)?;
/// let shifted = cusum_arl(0.5, 5.0, 1.0, 0.0, Sides::Both)?;
/// assert!((quiet - 465.4).abs() < 0.1 && (shifted - 10.38).abs() < 0.01);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// `k` is negative, `h` is not positive or above 100, a value is not finite, the head start is not
/// between 0 and `h`, or the run length is beyond what can be counted (10¹²).
pub fn cusum_arl(k: f64, h: f64, mean: f64, head_start: f64, sides: Sides) -> Result<f64> {
    check::non_negative("reference value", &[k])?;
    check::within("decision interval", h, h > 0.0 && h <= 100.0, "above 0 and at most 100")?;
    check::finite("mean", &[mean])?;
    let holds = (0.0..=h).contains(&head_start);
    check::within("head start", head_start, holds, "from 0 to the decision interval")?;
    let up = one_sided(k, h, mean, head_start);
    if sides == Sides::Upper {
        return Ok(up?.started);
    }
    match (up, one_sided(k, h, -mean, head_start)) {
        // With zero starts 1/L is 1/L⁺ + 1/L⁻ (Kemp 1961); with head starts as in Lucas and Crosier
        // (1982).
        (Ok(up), Ok(down)) => {
            let joint = up.started * down.zero + down.started * up.zero - up.zero * down.zero;
            countable(joint / (up.zero + down.zero))
        }
        // A side that never signals leaves it to the other.
        (Ok(one), Err(Error::NoSolution { .. })) | (Err(Error::NoSolution { .. }), Ok(one)) => {
            Ok(one.started)
        }
        (Err(error), _) | (_, Err(error)) => Err(error),
    }
}

/// The decision interval that gives a chart of `k` the in-control run length `wanted`.
///
/// ```
/// use stats::spc::{Sides, cusum_interval};
/// let h = cusum_interval(0.5, 500.0, Sides::Upper)?;
/// assert!((h - 4.3891).abs() < 1e-4);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// `k` is negative, or no interval gives the run length.
pub fn cusum_interval(k: f64, wanted: f64, sides: Sides) -> Result<f64> {
    let holds = wanted > 1.0 && wanted <= 1e9;
    check::within("run length", wanted, holds, "above 1 and at most 1e9")?;
    setting("decision interval", wanted, 100.0, |h| cusum_arl(k, h, 0.0, 0.0, sides))
}

struct RunLength {
    /// From the head start.
    started: f64,
    /// From zero.
    zero: f64,
}

/// L(z) = 1 + L(0) Φ(k - z - μ) + ∫₀ʰ L(x) φ(x + k - z - μ) dx.
fn one_sided(k: f64, h: f64, mean: f64, head_start: f64) -> Result<RunLength> {
    // The kernel is as wide as a standard error: a few nodes for each, and not too few in all.
    let nodes = gauss_legendre(24 + (6.0 * h) as usize);
    let half = 0.5 * h;
    let at: Vec<f64> = nodes.iter().map(|(x, _)| half * (1.0 + x)).collect();
    let density = |z: f64| libm::exp(-0.5 * z * z) / std::f64::consts::TAU.sqrt();
    // The last unknown is L(0).
    let n = nodes.len();
    let row = |z: f64, j: usize| match nodes.get(j) {
        Some((_, weight)) => half * weight * density(at[j] + k - z - mean),
        None => normal_cdf(k - z - mean),
    };
    let from = |i: usize| at.get(i).copied().unwrap_or(0.0);
    let system =
        Matrix::from_fn(n + 1, n + 1, |i, j| f64::from(u8::from(i == j)) - row(from(i), j));
    let lengths = run_lengths(&system)?;
    let started = 1.0
        + lengths.iter().enumerate().map(|(j, length)| length * row(head_start, j)).sum::<f64>();
    Ok(RunLength { started: countable(started)?, zero: countable(lengths[n])? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::solve;

    /// An independent computation: the chain of Brook and Evans with very many states.
    #[test]
    fn a_markov_chain_agrees() {
        for (k, h, mean) in [(0.5, 3.0, 0.0), (0.25, 2.0, 0.7)] {
            let chain = |states: usize| {
                let width = 2.0 * h / (2 * states - 1) as f64;
                let system = Matrix::from_fn(states, states, |i, j| {
                    let to = (j as f64 - i as f64) * width + k - mean;
                    let high = normal_cdf(to + 0.5 * width);
                    let low = if j == 0 { 0.0 } else { normal_cdf(to - 0.5 * width) };
                    f64::from(u8::from(i == j)) - (high - low)
                });
                solve(&system, &vec![1.0; states]).unwrap()[0]
            };
            // Its error is of second order in the width.
            let (coarse, fine) = (chain(60), chain(120));
            let limit = fine + (fine - coarse) / 3.0;
            let got = cusum_arl(k, h, mean, 0.0, Sides::Upper).unwrap();
            assert!((got / limit - 1.0).abs() < 1e-5, "{got} {limit}");
        }
    }

    #[test]
    fn a_head_start_at_zero_is_none() {
        let one = cusum_arl(0.5, 4.0, 0.3, 0.0, Sides::Both).unwrap();
        let up = cusum_arl(0.5, 4.0, 0.3, 0.0, Sides::Upper).unwrap();
        let down = cusum_arl(0.5, 4.0, -0.3, 0.0, Sides::Upper).unwrap();
        assert!((1.0 / one - 1.0 / up - 1.0 / down).abs() < 1e-14);
        // Lucas and Crosier (1982), table 1: h = 4, k = 1/2, head start 2: 149 and 6.3 points.
        let quiet = cusum_arl(0.5, 4.0, 0.0, 2.0, Sides::Both).unwrap();
        let shifted = cusum_arl(0.5, 4.0, 1.0, 2.0, Sides::Both).unwrap();
        assert!((quiet - 149.0).abs() < 0.5 && (shifted - 5.29).abs() < 0.05, "{quiet} {shifted}");
    }

    #[test]
    fn refuses() {
        assert!(cusum_arl(-0.1, 4.0, 0.0, 0.0, Sides::Upper).is_err());
        assert!(cusum_arl(0.5, 0.0, 0.0, 0.0, Sides::Upper).is_err());
        assert!(cusum_arl(0.5, 4.0, f64::NAN, 0.0, Sides::Upper).is_err());
        assert!(cusum_arl(0.5, 4.0, 0.0, 5.0, Sides::Upper).is_err());
        assert!(cusum_interval(0.5, 0.5, Sides::Upper).is_err());
        let never = cusum_arl(1.0, 60.0, -3.0, 0.0, Sides::Upper);
        assert_eq!(never.unwrap_err().code(), "stats.no_solution");
    }
}
