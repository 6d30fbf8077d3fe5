//! A given number of trials, and what they tell.

use rayon::prelude::*;

use super::super::distribution::Distribution;
use super::sampler::Sampler;
use crate::error::{Error, Result, check};
use crate::linalg::Matrix;
use crate::sample::{mean, quantile, variance};

/// How many trials, and from which seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonteCarloOptions {
    /// The number of trials (a million, as JCGM 101:2008 7.2 suggests for 95 %).
    pub trials: usize,
    /// The seed: the same seed gives the same trials, whatever the number of threads.
    pub seed: u64,
}

impl Default for MonteCarloOptions {
    fn default() -> Self {
        Self { trials: 1_000_000, seed: 1 }
    }
}

/// The distribution of the quantity sought, as drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct MonteCarlo {
    /// The mean: the estimate.
    pub estimate: f64,
    /// The standard deviation: the standard uncertainty.
    pub standard_uncertainty: f64,
    sorted: Vec<f64>,
}

/// Draws the inputs and computes `function` of them, over and over (JCGM 101:2008 5.9, 7).
///
/// `correlations` may tie normal inputs together (a multivariate normal distribution, 6.4.8); all
/// other inputs are independent.
///
/// # Errors
/// No input, parameters out of order, fewer than two trials, correlations as for
/// [`propagate`](super::super::propagate) or of inputs that are not normal, a function that has no
/// finite value for some draw.
///
/// ```
/// use stats::uncertainty::{monte_carlo, Distribution, MonteCarloOptions};
/// let rectangular = Distribution::Rectangular { lower: 0.0, upper: 1.0 };
/// let options = MonteCarloOptions { trials: 50_000, ..MonteCarloOptions::default() };
/// let sum = monte_carlo(|x| x[0] + x[1], &[rectangular; 2], None, &options)?;
/// assert!((sum.estimate - 1.0).abs() < 0.01);
/// assert!((sum.standard_uncertainty - (1.0f64 / 6.0).sqrt()).abs() < 0.01);
/// let (lower, upper) = sum.symmetric(0.95)?;
/// assert!((lower - 0.05f64.sqrt()).abs() < 0.02 && (upper - (2.0 - 0.05f64.sqrt())).abs() < 0.02);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn monte_carlo(
    function: impl Fn(&[f64]) -> f64 + Sync,
    inputs: &[Distribution],
    correlations: Option<&Matrix>,
    options: &MonteCarloOptions,
) -> Result<MonteCarlo> {
    let enough = options.trials >= 2;
    check::within("trials", options.trials as f64, enough, "two or more")?;
    let sampler = Sampler::new(inputs, correlations)?;
    let mut values = vec![0.0; options.trials];
    sampler.fill(&function, options.seed, 0, &mut values);
    MonteCarlo::of(values)
}

impl MonteCarlo {
    /// From values drawn elsewhere.
    ///
    /// # Errors
    /// Fewer than two values; [`Error::NoSolution`] where one is not finite.
    pub fn of(mut values: Vec<f64>) -> Result<Self> {
        check::at_least("trials", &values, 2)?;
        if values.iter().any(|v| !v.is_finite()) {
            return Err(Error::NoSolution {
                what: "measurement function",
                why: "it has no finite value for some draws of its inputs: bound their distributions",
            });
        }
        let estimate = mean(&values);
        let standard_uncertainty = variance(&values).sqrt();
        values.par_sort_unstable_by(f64::total_cmp);
        Ok(Self { estimate, standard_uncertainty, sorted: values })
    }

    /// All values, ascending: a discrete representation of the distribution function (7.5).
    pub fn values(&self) -> &[f64] {
        &self.sorted
    }

    /// The value that a share `p` of the trials lies below.
    ///
    /// # Errors
    /// A share outside 0 to 1.
    pub fn quantile(&self, p: f64) -> Result<f64> {
        check::probability("share", p)?;
        Ok(quantile(&self.sorted, p))
    }

    /// The probabilistically symmetric coverage interval: as much below as above it (7.7.2).
    ///
    /// # Errors
    /// A level outside (0, 1), or too near to 1 for the number of trials.
    pub fn symmetric(&self, level: f64) -> Result<(f64, f64)> {
        let (trials, inside) = self.inside(level)?;
        let below = (trials - inside).div_ceil(2);
        Ok((self.sorted[below - 1], self.sorted[below + inside - 1]))
    }

    /// The shortest coverage interval (7.7.3); of several, the lowest.
    ///
    /// # Errors
    /// As [`MonteCarlo::symmetric`].
    pub fn shortest(&self, level: f64) -> Result<(f64, f64)> {
        let (trials, inside) = self.inside(level)?;
        let width = |r: usize| self.sorted[r + inside] - self.sorted[r];
        let start =
            (0..trials - inside).fold(0, |best, r| if width(r) < width(best) { r } else { best });
        Ok((self.sorted[start], self.sorted[start + inside]))
    }

    /// How many trials there are, and how many steps an interval spans.
    fn inside(&self, level: f64) -> Result<(usize, usize)> {
        check::level("level of coverage", level)?;
        let trials = self.sorted.len();
        let inside = (level * trials as f64).round() as usize;
        if inside >= trials {
            return Err(Error::TooFew {
                what: "trials for this level of coverage",
                needed: (1.0 / (1.0 - level)).ceil() as usize,
                got: trials,
            });
        }
        Ok((trials, inside))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_by_hand() {
        // 95 of 100 trials: from the third to the 98th, and the narrowest such span.
        let mut values: Vec<f64> = (1..=100).map(f64::from).collect();
        let found = MonteCarlo::of(values.clone()).unwrap();
        assert_eq!(found.symmetric(0.95).unwrap(), (3.0, 98.0));
        assert_eq!(found.shortest(0.95).unwrap(), (1.0, 96.0));
        values[0] = -50.0;
        let found = MonteCarlo::of(values).unwrap();
        assert_eq!(found.shortest(0.95).unwrap(), (2.0, 97.0));
        assert_eq!(found.quantile(1.0).unwrap(), 100.0);
    }

    #[test]
    fn refusals() {
        let few = MonteCarlo::of(vec![1.0, 2.0, 3.0]).unwrap();
        assert_eq!(few.symmetric(0.99).unwrap_err().code(), "stats.too_few");
        assert_eq!(few.shortest(1.0).unwrap_err().code(), "stats.out_of_range");
        let options = MonteCarloOptions { trials: 100, seed: 1 };
        let normal = Distribution::Normal { mean: 0.0, standard_uncertainty: 1.0 };
        let log = monte_carlo(|x| x[0].ln(), &[normal], None, &options);
        assert_eq!(log.unwrap_err().code(), "stats.no_solution");
        let none = MonteCarloOptions { trials: 0, seed: 1 };
        assert_eq!(
            monte_carlo(|x| x[0], &[normal], None, &none).unwrap_err().code(),
            "stats.out_of_range"
        );
    }
}
