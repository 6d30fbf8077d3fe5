//! Robust statistics: what most say, whatever a few say.

use super::order::{mad, median, normalised_iqr};
use crate::dist::{ChiSquared, Continuous, Normal};
use crate::error::{Error, Result, check};
use crate::sample::{mean, square, variance};

/// The constants of Algorithm A, as printed or as they follow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Constants {
    /// 1.483 and, for a cut at 1.5, 1.134: as the standard prints them.
    #[default]
    Printed,
    /// 1.4826 and the factor that makes the standard deviation of cut normal values right,
    /// `1/√(θ + (1 - θ) k² - 2 k φ(k))` with θ = 2 Φ(k) - 1: 1.13339... for k = 1.5.
    Exact,
}

/// The settings of Algorithm A.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AlgorithmAOptions {
    /// Values are cut at this many robust standard deviations (1.5). Another cut needs
    /// [`Constants::Exact`].
    pub cut: f64,
    /// The constants.
    pub constants: Constants,
    /// The iteration ends when mean and standard deviation both move by less than this share of the
    /// standard deviation (1e-9; the standard is content with the third significant figure).
    pub tolerance: f64,
    /// How many iterations are allowed (1000).
    pub most_iterations: usize,
}

impl Default for AlgorithmAOptions {
    fn default() -> Self {
        Self { cut: 1.5, constants: Constants::Printed, tolerance: 1e-9, most_iterations: 1000 }
    }
}

/// One step of the iteration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The robust mean so far.
    pub mean: f64,
    /// The robust standard deviation so far.
    pub standard_deviation: f64,
}

/// The result of Algorithm A.
#[derive(Clone, Debug, PartialEq)]
pub struct AlgorithmA {
    /// The robust mean x*.
    pub mean: f64,
    /// The robust standard deviation s*.
    pub standard_deviation: f64,
    /// 1.25 s*/√p: the standard uncertainty of x* as an assigned value (ISO 13528:2015 7.7.3).
    pub standard_uncertainty: f64,
    /// The start (median and scaled median absolute deviation) and each iteration.
    pub steps: Vec<Step>,
}

/// Algorithm A: the values are cut to mean ± `cut` standard deviations, both are computed anew, and
/// so on until they stay.
///
/// Where more than half of the values are equal, the median absolute deviation is zero; then it
/// starts from the normalised interquartile range, or where that is zero too, from the standard
/// deviation (ISO 13528:2015 C.3.1, note).
///
/// # Errors
/// Fewer than two values, one that is not finite, values that are all equal; a cut or tolerance that
/// is not above zero, another cut than 1.5 with the printed constants; no convergence.
///
/// ```
/// use stats::proficiency::{algorithm_a, AlgorithmAOptions};
/// let found = algorithm_a(&[9.8, 10.1, 10.0, 9.9, 10.2, 14.0], &AlgorithmAOptions::default())?;
/// assert!((found.mean - 10.087).abs() < 1e-3);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn algorithm_a(values: &[f64], options: &AlgorithmAOptions) -> Result<AlgorithmA> {
    check::at_least("results", values, 2)?;
    check::finite("results", values)?;
    check::positive("cut", options.cut)?;
    check::positive("tolerance", options.tolerance)?;
    let (scale, factor) = constants(options)?;
    let starts = [scale * mad(values)?, normalised_iqr(values)?, variance(values).sqrt()];
    let Some(start) = starts.into_iter().find(|&s| s > 0.0) else {
        return Err(Error::Constant { what: "results" });
    };
    let mut at = Step { mean: median(values)?, standard_deviation: start };
    let mut steps = vec![at];
    for _ in 0..options.most_iterations {
        let reach = options.cut * at.standard_deviation;
        let cut: Vec<f64> =
            values.iter().map(|x| x.clamp(at.mean - reach, at.mean + reach)).collect();
        let next = Step { mean: mean(&cut), standard_deviation: factor * variance(&cut).sqrt() };
        check::finite(
            "mean and standard deviation of the cut results",
            &[next.mean, next.standard_deviation],
        )?;
        let moved = (next.mean - at.mean).abs();
        let moved = moved.max((next.standard_deviation - at.standard_deviation).abs());
        at = next;
        steps.push(at);
        if moved < options.tolerance * at.standard_deviation {
            return Ok(AlgorithmA {
                mean: at.mean,
                standard_deviation: at.standard_deviation,
                standard_uncertainty: 1.25 * at.standard_deviation / (values.len() as f64).sqrt(),
                steps,
            });
        }
    }
    Err(Error::NoConvergence { what: "Algorithm A", iterations: options.most_iterations })
}

/// What a median absolute deviation and a standard deviation of cut values are multiplied by.
fn constants(options: &AlgorithmAOptions) -> Result<(f64, f64)> {
    let k = options.cut;
    match options.constants {
        Constants::Printed if k == 1.5 => Ok((1.483, 1.134)),
        Constants::Printed => Err(Error::Inconsistent {
            what: "cut and constants of Algorithm A",
            why: "the printed constants are for a cut at 1.5: ask for the exact ones",
        }),
        Constants::Exact => {
            let z = Normal::STANDARD;
            let inside = z.cdf(k) - z.cdf(-k);
            let variance = inside + 2.0 * z.sf(k) * k * k - 2.0 * k * z.pdf(k);
            Ok((1.4826, 1.0 / variance.sqrt()))
        }
    }
}

/// Algorithm S: the pooled standard deviation of several standard deviations (or ranges) that each
/// have `degrees_of_freedom`. Values above η times the pooled one are cut to it, and so on.
///
/// # Errors
/// No value, one that is negative or not finite, more than half of them zero; degrees of freedom
/// that are not above zero; no convergence.
///
/// ```
/// let pooled = stats::proficiency::algorithm_s(&[0.5, 0.6, 0.4, 0.5, 3.0], 5.0)?;
/// assert!(pooled > 0.5 && pooled < 0.7);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn algorithm_s(deviations: &[f64], degrees_of_freedom: f64) -> Result<f64> {
    const MOST: usize = 1000;
    check::at_least("standard deviations", deviations, 1)?;
    check::non_negative("standard deviations", deviations)?;
    let (limit, adjustment) = algorithm_s_factors(degrees_of_freedom)?;
    let mut pooled = median(deviations)?;
    if pooled == 0.0 {
        return Err(Error::NoSolution {
            what: "Algorithm S",
            why: "half or more of the standard deviations are zero",
        });
    }
    let n = deviations.len() as f64;
    for _ in 0..MOST {
        // While the same values are cut, a step is linear in the square of what is pooled, and can
        // be slow without end; where it leads is known at once.
        let is_cut = |pooled: f64| move |w: &&f64| **w > limit * pooled;
        let cut = deviations.iter().filter(is_cut(pooled)).count();
        let rest: f64 = deviations.iter().filter(|w| !is_cut(pooled)(w)).map(|w| square(*w)).sum();
        let left = n - cut as f64 * square(limit * adjustment);
        let end = adjustment * (rest / left).sqrt();
        if left > 0.0 && end > 0.0 && deviations.iter().filter(is_cut(end)).count() == cut {
            return Ok(end);
        }
        let next = adjustment * ((rest + cut as f64 * square(limit * pooled)) / n).sqrt();
        let moved = (next - pooled).abs();
        pooled = next;
        if moved <= 1e-12 * pooled {
            return Ok(pooled);
        }
    }
    Err(Error::NoConvergence { what: "Algorithm S", iterations: MOST })
}

/// The limit factor η and the adjustment factor ξ of Algorithm S: one standard deviation in ten of
/// normal values lies above η times the true one, and ξ makes up for the cut.
///
/// # Errors
/// Degrees of freedom that are not above zero.
///
/// ```
/// let (limit, adjustment) = stats::proficiency::algorithm_s_factors(1.0)?;
/// assert!((limit - 1.645).abs() < 5e-4 && (adjustment - 1.097).abs() < 5e-4);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn algorithm_s_factors(degrees_of_freedom: f64) -> Result<(f64, f64)> {
    const ABOVE: f64 = 0.1;
    check::positive("degrees of freedom", degrees_of_freedom)?;
    let limit = ChiSquared::new(degrees_of_freedom)?.upper_quantile(ABOVE)?;
    let below = ChiSquared::new(degrees_of_freedom + 2.0)?.cdf(limit);
    let square = limit / degrees_of_freedom;
    Ok((square.sqrt(), 1.0 / (below + ABOVE * square).sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_slowly_is_found() {
        // Step by step, a thousand steps do not get there.
        let deviations = [1.1905015584651593, 1.452255662241425, 0.1];
        let nu = 18.60230200287621;
        let pooled = algorithm_s(&deviations, nu).unwrap();
        let (limit, adjustment) = algorithm_s_factors(nu).unwrap();
        let squares = deviations.iter().map(|w| square(w.min(limit * pooled)));
        let again = adjustment * (squares.sum::<f64>() / 3.0).sqrt();
        assert!((again - pooled).abs() < 1e-12, "{pooled} {again}");
    }

    #[test]
    fn factors_as_the_standard_prints_them() {
        // ISO 13528:2015, Table C.1.
        for (nu, limit, adjustment) in [
            (1.0, 1.645, 1.097),
            (2.0, 1.517, 1.054),
            (3.0, 1.444, 1.039),
            (4.0, 1.395, 1.032),
            (5.0, 1.359, 1.027),
        ] {
            let found = algorithm_s_factors(nu).unwrap();
            assert!((found.0 - limit).abs() < 6e-4, "{nu}: {found:?}");
            assert!((found.1 - adjustment).abs() < 6e-4, "{nu}: {found:?}");
        }
    }

    #[test]
    fn mostly_equal_values_start_from_another_spread() {
        let values = [5.0, 5.0, 5.0, 5.0, 5.0, 5.5, 6.0, 7.0];
        let found = algorithm_a(&values, &AlgorithmAOptions::default()).unwrap();
        assert_eq!(found.steps[0].standard_deviation, normalised_iqr(&values).unwrap());
        assert!(found.mean > 5.0 && found.mean < 5.5);
    }

    #[test]
    fn refusals() {
        let usual = AlgorithmAOptions::default();
        let code = |values: &[f64], options| algorithm_a(values, options).unwrap_err().code();
        assert_eq!(code(&[1.0], &usual), "stats.too_few");
        assert_eq!(code(&[2.0, 2.0], &usual), "stats.constant");
        assert_eq!(code(&[2.0, f64::NAN], &usual), "stats.not_finite");
        assert_eq!(code(&[-1e308, 1e308, 0.0, 1e308], &usual), "stats.not_finite");
        let other = AlgorithmAOptions { cut: 2.0, ..usual };
        assert_eq!(code(&[1.0, 2.0], &other), "stats.inconsistent");
        let hasty = AlgorithmAOptions { most_iterations: 1, ..usual };
        assert_eq!(code(&[1.0, 2.0, 9.0], &hasty), "stats.no_convergence");
        assert_eq!(algorithm_s(&[0.0, 0.0, 1.0], 1.0).unwrap_err().code(), "stats.no_solution");
        assert_eq!(algorithm_s(&[1.0], 0.0).unwrap_err().code(), "stats.out_of_range");
    }
}
