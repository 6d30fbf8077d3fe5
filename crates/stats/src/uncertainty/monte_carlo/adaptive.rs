//! As many trials as the digits asked for need, and whether the first order would have done.

use super::super::distribution::Distribution;
use super::super::gum::Budget;
use super::run::MonteCarlo;
use super::sampler::Sampler;
use crate::error::{Error, Result, check};
use crate::linalg::Matrix;
use crate::sample::variance;

/// How sure the result has to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdaptiveOptions {
    /// The significant digits of the standard uncertainty that are to be right (2).
    pub digits: u32,
    /// The level of coverage (0.95).
    pub level: f64,
    /// The seed: the same seed gives the same trials, whatever the number of threads.
    pub seed: u64,
    /// How many trials are allowed (ten million).
    pub most_trials: usize,
}

impl Default for AdaptiveOptions {
    fn default() -> Self {
        Self { digits: 2, level: 0.95, seed: 1, most_trials: 10_000_000 }
    }
}

/// Draws in runs of max(10⁴, 100/(1 - level)) trials until estimate, uncertainty and both ends of the
/// symmetric coverage interval stay the same to within the numerical tolerance, by twice the standard
/// deviation of their means over the runs (JCGM 101:2008 7.9.4).
///
/// # Errors
/// As [`monte_carlo`](super::monte_carlo()); no digit asked for or more than nine; no convergence
/// within the trials allowed.
///
/// ```
/// use stats::uncertainty::{monte_carlo_adaptive, AdaptiveOptions, Distribution};
/// let normal = Distribution::Normal { mean: 10.0, standard_uncertainty: 1.0 };
/// let options = AdaptiveOptions { digits: 1, ..AdaptiveOptions::default() };
/// let found = monte_carlo_adaptive(|x| x[0], &[normal], None, &options)?;
/// assert!((found.symmetric(0.95)?.1 - 11.96).abs() < 0.5);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn monte_carlo_adaptive(
    function: impl Fn(&[f64]) -> f64 + Sync,
    inputs: &[Distribution],
    correlations: Option<&Matrix>,
    options: &AdaptiveOptions,
) -> Result<MonteCarlo> {
    check::level("level of coverage", options.level)?;
    check_digits(options.digits)?;
    let sampler = Sampler::new(inputs, correlations)?;
    let run = (100.0 / (1.0 - options.level)).ceil().max(1e4) as usize;
    let mut values: Vec<f64> = Vec::new();
    let mut runs: [Vec<f64>; 4] = Default::default();
    while values.len() + run <= options.most_trials {
        let first = values.len();
        values.resize(first + run, 0.0);
        sampler.fill(&function, options.seed, runs[0].len() as u32, &mut values[first..]);
        let this = MonteCarlo::of(values[first..].to_vec())?;
        let (lower, upper) = this.symmetric(options.level)?;
        let results = [this.estimate, this.standard_uncertainty, lower, upper];
        for (all, result) in runs.iter_mut().zip(results) {
            all.push(result);
        }
        let h = runs[0].len() as f64;
        if h < 2.0 {
            continue;
        }
        let tolerance = numerical_tolerance(variance(&values).sqrt(), options.digits)?;
        let settled = |results: &Vec<f64>| 2.0 * (variance(results) / h).sqrt() < tolerance;
        // Of a quantity without any uncertainty there is nothing left to settle.
        if runs.iter().all(settled) || tolerance == 0.0 {
            return MonteCarlo::of(values);
        }
    }
    Err(Error::NoConvergence { what: "adaptive Monte Carlo", iterations: runs[0].len() })
}

/// δ: half a unit of the last of so many significant `digits` of a standard uncertainty (JCGM
/// 101:2008 7.9.2); zero for an uncertainty of zero.
///
/// # Errors
/// An uncertainty that is negative or not finite; no digit or more than nine.
///
/// ```
/// assert_eq!(stats::uncertainty::numerical_tolerance(23.4, 2)?, 0.5);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn numerical_tolerance(standard_uncertainty: f64, digits: u32) -> Result<f64> {
    check::non_negative("standard uncertainty", &[standard_uncertainty])?;
    check_digits(digits)?;
    if standard_uncertainty == 0.0 {
        return Ok(0.0);
    }
    let unit = |exponent: i32| libm::pow(10.0, f64::from(exponent));
    let mut exponent = libm::log10(standard_uncertainty).floor() as i32 - digits as i32 + 1;
    // Rounding may carry: 0.0996 is 0.10 to two digits.
    if (standard_uncertainty / unit(exponent)).round() >= unit(digits as i32) {
        exponent += 1;
    }
    Ok(0.5 * unit(exponent))
}

fn check_digits(digits: u32) -> Result<()> {
    check::within("significant digits", f64::from(digits), (1..=9).contains(&digits), "1 to 9")
}

/// How far the interval of the law of propagation is from that of the trials.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// Distance of the lower ends.
    pub lower: f64,
    /// Distance of the upper ends.
    pub upper: f64,
    /// The numerical tolerance δ.
    pub tolerance: f64,
    /// Whether both are within it, so that the simpler method serves in such cases.
    pub holds: bool,
}

/// Compares estimate ± expanded uncertainty of a `budget` with a coverage `interval` of the same
/// level from Monte Carlo, to so many significant `digits` (JCGM 101:2008 8.1). The trials should
/// settle to a fifth of that tolerance at least (8.2): ask [`monte_carlo_adaptive`] for a digit more.
///
/// # Errors
/// As [`numerical_tolerance`]; ends that are not finite.
///
/// ```
/// use stats::uncertainty::{agreement, propagate, Input, PropagateOptions};
/// let budget = propagate(|x| x[0], &[Input::new(10.0, 1.0)], None, &PropagateOptions::default())?;
/// assert!(agreement(&budget, (8.04, 11.96), 2)?.holds);
/// assert!(!agreement(&budget, (8.2, 12.2), 2)?.holds);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn agreement(budget: &Budget, interval: (f64, f64), digits: u32) -> Result<Agreement> {
    check::finite("coverage interval", &[interval.0, interval.1])?;
    let tolerance = numerical_tolerance(budget.standard_uncertainty, digits)?;
    let lower = (budget.estimate - budget.expanded_uncertainty - interval.0).abs();
    let upper = (budget.estimate + budget.expanded_uncertainty - interval.1).abs();
    Ok(Agreement { lower, upper, tolerance, holds: lower <= tolerance && upper <= tolerance })
}

#[cfg(test)]
mod tests {
    use super::super::super::gum::{PropagateOptions, propagate};
    use super::*;

    #[test]
    fn half_a_unit_of_the_last_digit() {
        // JCGM 101:2008 7.9.2, examples 1 and 2: 35 × 10⁻⁵ to two digits, 2 × 10¹ K to one.
        let tolerance = |u, digits| numerical_tolerance(u, digits).unwrap();
        assert!((tolerance(0.00035, 2) / 0.5e-5 - 1.0).abs() < 1e-12);
        assert_eq!(tolerance(20.0, 1), 5.0);
        assert!((tolerance(0.0996, 2) / 0.5e-2 - 1.0).abs() < 1e-12);
        assert_eq!(tolerance(0.0, 2), 0.0);
        assert_eq!(numerical_tolerance(1.0, 0).unwrap_err().code(), "stats.out_of_range");
    }

    #[test]
    fn the_additive_model_of_the_standard() {
        // JCGM 101:2008 9.2.3 and 9.2.4: four rectangular quantities of standard deviation 1 give
        // ±3.88 where the law of propagation gives ±3.92, within the δ of two digits; with one of
        // standard deviation 10 they give ±17.0 where it gives ±19.9, which is not.
        let rectangular = |sd: f64| Distribution::Rectangular {
            lower: -(3f64.sqrt()) * sd,
            upper: 3f64.sqrt() * sd,
        };
        for (last, half, holds) in [(1.0, 3.88, true), (10.0, 17.0, false)] {
            let inputs = [rectangular(1.0), rectangular(1.0), rectangular(1.0), rectangular(last)];
            let sum = |x: &[f64]| x.iter().sum::<f64>();
            let options = AdaptiveOptions { digits: 3, ..AdaptiveOptions::default() };
            let found = monte_carlo_adaptive(sum, &inputs, None, &options).unwrap();
            let interval = found.symmetric(0.95).unwrap();
            let budgeted = inputs.map(|d| d.input().unwrap());
            let budget = propagate(sum, &budgeted, None, &PropagateOptions::default()).unwrap();
            let found = agreement(&budget, interval, 2).unwrap();
            assert!((interval.1 - half).abs() < found.tolerance + 0.01, "{interval:?}");
            assert_eq!(found.holds, holds);
        }
    }

    #[test]
    fn certainty_and_refusals() {
        let fixed = Distribution::Rectangular { lower: 2.0, upper: 2.0 };
        let found = monte_carlo_adaptive(|x| x[0], &[fixed], None, &AdaptiveOptions::default());
        assert_eq!(found.unwrap().standard_uncertainty, 0.0);
        let normal = Distribution::Normal { mean: 0.0, standard_uncertainty: 1.0 };
        let few = AdaptiveOptions { most_trials: 10, ..AdaptiveOptions::default() };
        let found = monte_carlo_adaptive(|x| x[0], &[normal], None, &few);
        assert_eq!(found.unwrap_err().code(), "stats.no_convergence");
    }
}
