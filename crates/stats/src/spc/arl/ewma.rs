//! Run lengths of exponentially weighted moving averages.

use super::cusum::Sides;
use super::search::setting;
use super::{countable, run_lengths};
use crate::Result;
use crate::dist::legendre::gauss_legendre;
use crate::dist::normal_cdf;
use crate::error::check;
use crate::linalg::Matrix;

/// Beyond this no chart of averages signals in any run that could be counted.
const WIDEST: f64 = 7.0;

/// The average run length of a chart of averages with weight `lambda` and constant limits at
/// `sigmas` of their asymptotic standard errors, for points of mean `mean`. The average begins at
/// `head_start`, in the same standard errors. A one-sided chart has no lower limit; its average is
/// set back to the centre line when it falls below.
///
/// ```
/// use stats::spc::{Sides, ewma_arl};
/// // Lucas and Saccucci (1990), Technometrics 32, table 3: lambda 0.25, limit 2.998.
/// let quiet = ewma_arl(0.25, 2.998, 0.0, 0.0, Sides::Both)?;
/// let shifted = ewma_arl(0.25, 2.998, 0.5, 0.0, Sides::Both)?;
/// assert!((quiet - 500.0).abs() < 1.0 && (shifted - 48.2).abs() < 0.1);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// Lambda is outside 0.001 to 1, the limits are not positive or above 7, a value is not finite, the
/// head start is outside the limits, or the run length is beyond what can be counted (10¹²).
pub fn ewma_arl(lambda: f64, sigmas: f64, mean: f64, head_start: f64, sides: Sides) -> Result<f64> {
    let holds = (0.001..=1.0).contains(&lambda);
    check::within("lambda", lambda, holds, "from 0.001 to 1")?;
    let holds = sigmas > 0.0 && sigmas <= WIDEST;
    check::within("limits", sigmas, holds, "above 0 and at most 7")?;
    check::finite("mean", &[mean])?;
    let error = (lambda / (2.0 - lambda)).sqrt();
    let upper = sigmas * error;
    let (lower, start) = match sides {
        Sides::Both => (-upper, head_start * error),
        Sides::Upper => (0.0, head_start * error),
    };
    let holds = (lower..=upper).contains(&start);
    check::within("head start", head_start, holds, "within the limits")?;
    if lambda == 1.0 && sides == Sides::Both {
        // The points themselves.
        return countable(1.0 / (normal_cdf(mean - upper) + normal_cdf(-mean - upper)));
    }
    // The kernel is lambda wide.
    let nodes = gauss_legendre(40 + (6.0 * (upper - lower) / lambda) as usize);
    let half = 0.5 * (upper - lower);
    let at: Vec<f64> = nodes.iter().map(|(x, _)| lower + half * (1.0 + x)).collect();
    let density = |z: f64| libm::exp(-0.5 * z * z) / std::f64::consts::TAU.sqrt();
    let standard = |to: f64, from: f64| (to - (1.0 - lambda) * from) / lambda - mean;
    let n = nodes.len();
    // For a one-sided chart the last unknown is the run length from the barrier.
    let barrier = usize::from(sides == Sides::Upper);
    let row = |from: f64, j: usize| match nodes.get(j) {
        Some((_, weight)) => half * weight / lambda * density(standard(at[j], from)),
        None => normal_cdf(standard(lower, from)),
    };
    let from = |i: usize| at.get(i).copied().unwrap_or(lower);
    let system = Matrix::from_fn(n + barrier, n + barrier, |i, j| {
        f64::from(u8::from(i == j)) - row(from(i), j)
    });
    let lengths = run_lengths(&system)?;
    let on = lengths.iter().enumerate().map(|(j, length)| length * row(start, j));
    countable(1.0 + on.sum::<f64>())
}

/// The limits, in asymptotic standard errors, that give a chart of weight `lambda` the in-control
/// run length `wanted`.
///
/// ```
/// use stats::spc::{Sides, ewma_limit};
/// assert!((ewma_limit(0.2, 500.0, Sides::Both)? - 2.96218).abs() < 1e-5);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// Lambda is outside 0.001 to 1, or no limit gives the run length.
pub fn ewma_limit(lambda: f64, wanted: f64, sides: Sides) -> Result<f64> {
    let holds = wanted > 1.0 && wanted <= 1e9;
    check::within("run length", wanted, holds, "above 1 and at most 1e9")?;
    setting("limits", wanted, WIDEST, |c| ewma_arl(lambda, c, 0.0, 0.0, sides))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::solve;

    #[test]
    fn with_weight_one_it_is_a_shewhart_chart() {
        let near = ewma_arl(0.9999, 3.0, 0.0, 0.0, Sides::Both).unwrap();
        let exact = ewma_arl(1.0, 3.0, 0.0, 0.0, Sides::Both).unwrap();
        assert!((exact - 370.398_347_345).abs() < 1e-6);
        assert!((near / exact - 1.0).abs() < 1e-3);
    }

    /// An independent computation: a Markov chain on the values of the one-sided average, from fine
    /// and finer steps.
    #[test]
    fn a_markov_chain_agrees() {
        let (lambda, sigmas, mean) = (0.3, 2.5, 0.4);
        let upper = sigmas * (lambda / (2.0f64 - lambda)).sqrt();
        let chain = |states: usize| {
            let width = upper / states as f64;
            // The state 0 is the barrier, the others are cells.
            let middle = |i: usize| {
                if i == 0 { 0.0 } else { (i as f64 - 0.5) * width }
            };
            let system = Matrix::from_fn(states + 1, states + 1, |i, j| {
                let below = |y: f64| normal_cdf((y - (1.0 - lambda) * middle(i)) / lambda - mean);
                let passes = match j {
                    0 => below(0.0),
                    _ => below(j as f64 * width) - below((j as f64 - 1.0) * width),
                };
                f64::from(u8::from(i == j)) - passes
            });
            solve(&system, &vec![1.0; states + 1]).unwrap()[0]
        };
        let (coarse, fine) = (chain(100), chain(200));
        let limit = fine + (fine - coarse) / 3.0;
        let got = ewma_arl(lambda, sigmas, mean, 0.0, Sides::Upper).unwrap();
        assert!((got / limit - 1.0).abs() < 1e-5, "{got} {limit}");
    }

    #[test]
    fn one_side_signals_later_in_control() {
        let both = ewma_arl(0.1, 2.7, 0.0, 0.0, Sides::Both).unwrap();
        let upper = ewma_arl(0.1, 2.7, 0.0, 0.0, Sides::Upper).unwrap();
        assert!(upper > both);
        assert!(ewma_arl(0.1, 2.7, 0.0, 3.0, Sides::Both).is_err());
        assert!(ewma_arl(0.0, 2.7, 0.0, 0.0, Sides::Both).is_err());
    }
}
