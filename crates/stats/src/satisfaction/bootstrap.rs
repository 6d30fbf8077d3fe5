//! How sure the estimates are: drawing respondents anew.

use rayon::prelude::*;

use super::estimate::{Estimate, estimate};
use super::fit::total_effects;
use super::model::{Model, Options};
use super::moments::Answers;
use crate::error::{Error, Result, check};
use crate::linalg::Matrix;
use crate::random::Random;
use crate::sample::{mean, quantile, sorted, variance};

/// How often, from which seed, and how wide.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BootstrapOptions {
    /// How many samples are drawn (100, as published; 500 and more for intervals).
    pub replicates: usize,
    /// The seed: the same seed gives the same draws, whatever the number of threads.
    pub seed: u64,
    /// The share of the draws between the bounds (0.95).
    pub level: f64,
}

impl Default for BootstrapOptions {
    fn default() -> Self {
        Self { replicates: 100, seed: 1, level: 0.95 }
    }
}

/// An estimate and how it spreads over the draws.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// From the respondents as they are.
    pub original: f64,
    /// Mean of the draws.
    pub mean: f64,
    /// Standard deviation of the draws.
    pub standard_error: f64,
    /// Lower percentile bound (interpolated between draws).
    pub lower: f64,
    /// Upper percentile bound.
    pub upper: f64,
}

/// A path with its spread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BootstrapPath {
    /// What acts.
    pub from: usize,
    /// On what.
    pub to: usize,
    /// The coefficient, or the total effect.
    pub spread: Spread,
}

/// The spread of all estimates.
#[derive(Clone, Debug, PartialEq)]
pub struct Bootstrap {
    /// Outer weights, in the order of [`super::Fit::indicators`].
    pub weights: Vec<Spread>,
    /// Loadings, likewise.
    pub loadings: Vec<Spread>,
    /// Path coefficients.
    pub paths: Vec<BootstrapPath>,
    /// Total effects of each latent variable on each one after it.
    pub total_effects: Vec<BootstrapPath>,
    /// R² of each latent variable; 0 where nothing acts on it.
    pub r_squared: Vec<Spread>,
    /// Draws that gave no estimate (an indicator did not vary, no convergence) and are left out.
    pub failed: usize,
}

/// Draws the respondents of `data` anew with replacement, as many as there are, and fits the model
/// to each draw. Each latent variable is turned so that its loadings agree with the original ones.
///
/// # Errors
/// As [`super::fit`], for the data as they are; fewer than two replicates, a level outside (0, 1);
/// [`Error::NoSolution`] where more than half of the draws give no estimate.
///
/// ```
/// # use stats::linalg::Matrix;
/// # use stats::satisfaction::{bootstrap, Block, BootstrapOptions, Model, Options};
/// # let answers = vec![
/// #     7.0, 8.0, 7.0, 8.0, 5.0, 4.0, 6.0, 5.0, 9.0, 9.0, 8.0, 9.0,
/// #     3.0, 4.0, 5.0, 3.0, 6.0, 7.0, 6.0, 7.0, 8.0, 6.0, 9.0, 7.0,
/// # ];
/// # let data = Matrix::from_rows(6, 4, answers)?;
/// # let blocks = vec![Block::reflective("quality", [0, 1]), Block::reflective("satisfaction", [2, 3])];
/// # let model = Model::new(blocks, &[(0, 1)])?;
/// let found = bootstrap(&data, &model, &Options::default(), &BootstrapOptions::default())?;
/// let path = found.paths[0].spread;
/// assert!(path.lower <= path.original && path.original <= path.upper);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn bootstrap(
    data: &Matrix,
    model: &Model,
    options: &Options,
    draws: &BootstrapOptions,
) -> Result<Bootstrap> {
    options.check()?;
    check::level("level of the interval", draws.level)?;
    let enough = draws.replicates >= 2;
    check::within("replicates", draws.replicates as f64, enough, "two or more")?;
    let answers = Answers::new(data, model)?;
    let n = answers.len();
    let once = vec![1; n];
    let original = estimate(&answers.moments(&once, options.scaled)?, model, options)?;
    let drawn: Vec<Option<Vec<f64>>> = (0..draws.replicates as u64)
        .into_par_iter()
        .map(|replicate| {
            let mut random = Random::stream(draws.seed, replicate);
            let mut times = vec![0; n];
            for _ in 0..n {
                times[random.below(n as u64) as usize] += 1;
            }
            let moments = answers.moments(&times, options.scaled).ok()?;
            let found = estimate(&moments, model, options).ok()?;
            Some(values(&found, model, &turns(&found, &original, model)))
        })
        .collect();
    let drawn: Vec<Vec<f64>> = drawn.into_iter().flatten().collect();
    let failed = draws.replicates - drawn.len();
    if failed * 2 > draws.replicates || drawn.len() < 2 {
        return Err(Error::NoSolution {
            what: "bootstrap of the path model",
            why: "most draws gave no estimate: there are too few or too equal answers",
        });
    }
    let original = values(&original, model, &vec![1.0; model.blocks().len()]);
    let spreads = original.iter().enumerate().map(|(at, &original)| {
        let values: Vec<f64> = drawn.iter().map(|d| d[at]).collect();
        spread(original, &values, draws.level)
    });
    Ok(sorted_out(spreads.collect(), model, failed))
}

/// 1 or -1 for each latent variable, so that its loadings agree with the original ones.
fn turns(found: &Estimate, original: &Estimate, model: &Model) -> Vec<f64> {
    let agreement = |l: usize| -> f64 {
        let own = model.slots(l);
        own.map(|j| found.loadings[j] * original.loadings[j]).sum()
    };
    let latents = 0..model.blocks().len();
    latents.map(|l| if agreement(l) < 0.0 { -1.0 } else { 1.0 }).collect()
}

/// All estimates in a row: weights, loadings, R², paths, total effects.
fn values(found: &Estimate, model: &Model, turns: &[f64]) -> Vec<f64> {
    let totals = total_effects(&found.paths);
    let latents = turns.len();
    let turn = || (0..latents).flat_map(|l| model.slots(l).map(move |_| turns[l]));
    let mut row: Vec<f64> = found.weights.iter().zip(turn()).map(|(w, t)| w * t).collect();
    row.extend(found.loadings.iter().zip(turn()).map(|(w, t)| w * t));
    row.extend(&found.r_squared);
    let turned = |of: &Matrix, from: usize, to: usize| of[(to, from)] * turns[from] * turns[to];
    row.extend(direct(model).map(|(from, to)| turned(&found.paths, from, to)));
    row.extend(forward(latents).map(|(from, to)| turned(&totals, from, to)));
    row
}

/// The same row, as a result.
fn sorted_out(row: Vec<Spread>, model: &Model, failed: usize) -> Bootstrap {
    let latents = model.blocks().len();
    let slots = model.columns().count();
    let mut row = row.into_iter();
    let weights = row.by_ref().take(slots).collect();
    let loadings = row.by_ref().take(slots).collect();
    let r_squared = row.by_ref().take(latents).collect();
    let path = |((from, to), spread)| BootstrapPath { from, to, spread };
    let count = direct(model).count();
    let paths = direct(model).zip(row.by_ref().take(count)).map(path).collect();
    Bootstrap {
        weights,
        loadings,
        r_squared,
        paths,
        total_effects: forward(latents).zip(row).map(path).collect(),
        failed,
    }
}

fn direct(model: &Model) -> impl Iterator<Item = (usize, usize)> {
    let latents = 0..model.blocks().len();
    latents.flat_map(|to| model.causes(to).iter().map(move |&from| (from, to)))
}

fn forward(latents: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..latents).flat_map(move |from| (from + 1..latents).map(move |to| (from, to)))
}

fn spread(original: f64, values: &[f64], level: f64) -> Spread {
    let sorted = sorted(values);
    let outside = (1.0 - level) / 2.0;
    Spread {
        original,
        mean: mean(values),
        standard_error: variance(values).sqrt(),
        lower: quantile(&sorted, outside),
        upper: quantile(&sorted, 1.0 - outside),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_between_draws() {
        let found = spread(0.0, &[4.0, 0.0, 3.0, 1.0, 2.0], 0.9);
        assert!((found.lower - 0.2).abs() < 1e-12 && (found.upper - 3.8).abs() < 1e-12);
        assert_eq!((found.mean, found.standard_error), (2.0, 2.5f64.sqrt()));
    }
}
