//! The prior by maximum likelihood.

use rayon::prelude::*;

use super::likelihood::{Free, Likelihood, free_of, prior_of};
use super::prior::Prior;
use super::squash::Squashed;
use crate::error::check;
use crate::{Error, Result};

/// Settings of [`fit_prior`].
#[derive(Clone, Debug, PartialEq)]
pub struct FitOptions {
    /// Where to begin; the best end is taken.
    pub starts: Vec<Prior>,
    /// Cells with smaller counts are not in the data, and the likelihood is conditional on that (1:
    /// only pairs that occur; 0: all cells).
    pub least_count: f64,
    /// How many steps from each start (500).
    pub steps: usize,
}

impl Default for FitOptions {
    fn default() -> Self {
        let start =
            |alpha1, beta1, alpha2, beta2, share| Prior { alpha1, beta1, alpha2, beta2, share };
        Self {
            // The estimate of DuMouchel (1999), and two far from it.
            starts: vec![
                start(0.2, 0.06, 1.4, 1.8, 0.1),
                start(0.1, 0.1, 2.0, 3.0, 0.2),
                start(0.3, 0.5, 0.8, 1.0, 0.3),
                start(3.0, 0.4, 2.0, 2.0, 0.07),
            ],
            least_count: 1.0,
            steps: 500,
        }
    }
}

/// A fitted prior.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FittedPrior {
    /// The prior; the likelihood is often flat about it, so that another may be as good.
    pub prior: Prior,
    /// -ln L there.
    pub negative_log_likelihood: f64,
}

/// -ln L of a prior for weighted points, conditional on counts of at least `least_count`.
///
/// # Errors
/// No points, or points that are no counts, no positive expected counts or no weights.
///
/// ```
/// use stats::signal::{Prior, Squashed, negative_log_likelihood};
/// let prior = Prior::new(1.0, 1.0, 1.0, 1.0, 0.5)?;
/// let points = [Squashed { observed: 1.0, expected: 1.0, weight: 2.0 }];
/// // Geometric with p = 1/2: a count of one has probability 1/4, and 1/2 given that it is not zero.
/// assert!((negative_log_likelihood(&points, &prior, 0.0)? - 2.0 * 4f64.ln()).abs() < 1e-14);
/// assert!((negative_log_likelihood(&points, &prior, 1.0)? - 2.0 * 2f64.ln()).abs() < 1e-14);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn negative_log_likelihood(
    points: &[Squashed],
    prior: &Prior,
    least_count: f64,
) -> Result<f64> {
    check_points(points, least_count)?;
    Ok(Likelihood::new(points, least_count).at(&free_of(prior)).0)
}

fn check_points(points: &[Squashed], least: f64) -> Result<()> {
    if points.is_empty() {
        return Err(Error::Empty { what: "points" });
    }
    check::counts("least count", &[least])?;
    for point in points {
        check::counts("observed", &[point.observed])?;
        check::positive("expected count", point.expected)?;
        check::positive("weight", point.weight)?;
        let enough = point.observed >= least;
        check::within("observed", point.observed, enough, "the least count or more")?;
    }
    Ok(())
}

/// The prior under which the points are most likely (DuMouchel and Pregibon 2001), by a quasi-Newton
/// search from each start on the logarithms of the parameters.
///
/// # Errors
/// No points or no starts, points that are no counts, or no start from which the search settles.
///
/// ```
/// use stats::signal::{FitOptions, Prior, Squashed, fit_prior, negative_log_likelihood};
/// let points: Vec<Squashed> = (1..200)
///     .map(|i| Squashed {
///         observed: f64::from(1 + i % 3 + if i % 20 == 0 { 12 } else { 0 }),
///         expected: 0.5 + f64::from(i % 7),
///         weight: 1.0,
///     })
///     .collect();
/// let fit = fit_prior(&points, &FitOptions::default())?;
/// let guess = Prior::new(0.2, 0.06, 1.4, 1.8, 0.1)?;
/// assert!(fit.negative_log_likelihood < negative_log_likelihood(&points, &guess, 1.0)?);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn fit_prior(points: &[Squashed], options: &FitOptions) -> Result<FittedPrior> {
    check_points(points, options.least_count)?;
    check::within("starts", options.starts.len() as f64, !options.starts.is_empty(), "1 or more")?;
    for start in &options.starts {
        Prior::new(start.alpha1, start.beta1, start.alpha2, start.beta2, start.share)?;
        check::level("share of the first component", start.share)?;
    }
    let likelihood = Likelihood::new(points, options.least_count);
    let ends = options.starts.par_iter();
    let ends: Vec<_> =
        ends.map(|start| search(&likelihood, free_of(start), options.steps)).collect();
    let best = ends.into_iter().flatten();
    let best = best.min_by(|(x, _), (y, _)| x.total_cmp(y));
    let (value, free) = best.ok_or(Error::NoConvergence {
        what: "likelihood of the prior",
        iterations: options.steps,
    })?;
    Ok(FittedPrior { prior: prior_of(&free), negative_log_likelihood: value })
}

/// Parameters stay within e^±BOUND (and the share within as many log odds): the likelihood may go on
/// rising, ever more slowly, towards a component without spread.
const BOUND: f64 = 12.0;

/// Broyden, Fletcher, Goldfarb and Shanno's search with halved steps. None where the value is not
/// finite, or steps remain long to the end.
fn search(likelihood: &Likelihood, start: Free, steps: usize) -> Option<(f64, Free)> {
    let mut at = start;
    let (mut value, mut slope) = likelihood.at(&at);
    let mut inverse = identity();
    let mut fresh = true;
    for _ in 0..steps {
        if !value.is_finite() || slope.iter().any(|s| !s.is_finite()) {
            return None;
        }
        let mut step: Free = std::array::from_fn(|i| -dot(&inverse[i], &slope));
        if dot(&step, &slope) >= 0.0 {
            inverse = identity();
            fresh = true;
            step = slope.map(|s| -s);
        }
        // Not further than a factor e² in any parameter at once.
        let longest = step.iter().fold(0.0, |m: f64, s| m.max(s.abs()));
        if longest > 2.0 {
            step = step.map(|s| s * 2.0 / longest);
        }
        let mut length = 1.0;
        let (next, next_value, next_slope) = loop {
            let moved: Free =
                std::array::from_fn(|i| (at[i] + length * step[i]).clamp(-BOUND, BOUND));
            let (v, s) = likelihood.at(&moved);
            if v.is_finite() && v <= value + 1e-4 * length * dot(&step, &slope) {
                break (moved, v, s);
            }
            length *= 0.5;
            if length < 1e-10 {
                break (at, value, slope);
            }
        };
        let gained = value - next_value;
        if gained <= 1e-10 * (1.0 + value.abs()) * 1e-2 {
            if fresh || next == at && gained == 0.0 && inverse == identity() {
                return Some((next_value, next));
            }
            // Once more from here with a clean slate before it is called settled.
            inverse = identity();
            fresh = true;
        } else {
            update(&mut inverse, &minus(&next, &at), &minus(&next_slope, &slope));
            fresh = false;
        }
        (at, value, slope) = (next, next_value, next_slope);
    }
    // A flat likelihood creeps: what remains to be gained is less than anyone can tell.
    value.is_finite().then_some((value, at))
}

type Square = [Free; 5];

fn identity() -> Square {
    std::array::from_fn(|i| std::array::from_fn(|j| f64::from(u8::from(i == j))))
}

fn dot(x: &Free, y: &Free) -> f64 {
    x.iter().zip(y).map(|(a, b)| a * b).sum()
}

fn minus(x: &Free, y: &Free) -> Free {
    std::array::from_fn(|i| x[i] - y[i])
}

/// The update of the inverse of the second derivatives, for a step and the change of the slope.
fn update(inverse: &mut Square, step: &Free, change: &Free) {
    let along = dot(step, change);
    if along <= 1e-14 {
        return;
    }
    let turned: Free = std::array::from_fn(|i| dot(&inverse[i], change));
    let scale = 1.0 + dot(change, &turned) / along;
    for i in 0..5 {
        for j in 0..5 {
            inverse[i][j] += scale * step[i] * step[j] / along
                - (step[i] * turned[j] + turned[i] * step[j]) / along;
        }
    }
}
