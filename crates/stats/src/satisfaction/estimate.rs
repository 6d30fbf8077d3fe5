//! The iteration, on covariances alone.

use super::model::{Mode, Model, Options, Scheme};
use super::moments::Moments;
use crate::error::{Error, Result};
use crate::linalg::{Cholesky, Matrix};
use crate::sample::square;

/// What one fit gives, apart from scores.
pub(super) struct Estimate {
    /// Outer weights per slot, for latent variables of variance one.
    pub weights: Vec<f64>,
    /// Correlation of each slot with its own latent variable.
    pub loadings: Vec<f64>,
    /// Correlations of the slots (rows) with all latent variables.
    pub cross_loadings: Matrix,
    /// Correlations of the latent variables.
    pub correlations: Matrix,
    /// Path coefficients: `[(to, from)]`.
    pub paths: Matrix,
    /// For each latent variable, the share of variance that its causes explain; 0 without causes.
    pub r_squared: Vec<f64>,
    pub iterations: usize,
}

pub(super) fn estimate(moments: &Moments, model: &Model, options: &Options) -> Result<Estimate> {
    let latents = model.blocks().len();
    let blocks: Vec<Option<Cholesky>> =
        (0..latents).map(|l| formative(moments, model, l)).collect::<Result<_>>()?;
    let mut weights = vec![1.0; moments.slots];
    let mut state = State::new(moments, model, &mut weights)?;
    let mut before = weights.clone();
    let mut iterations = 0;
    loop {
        if iterations == options.most_iterations {
            return Err(Error::NoConvergence { what: "path model", iterations });
        }
        iterations += 1;
        let inner = inner_weights(&state.correlations, model, options.scheme)?;
        let mut next = vec![0.0; moments.slots];
        for (l, formative) in blocks.iter().enumerate() {
            outer_weights(&mut next, l, &inner, &state, model, formative.as_ref())?;
        }
        let change: f64 = next.iter().zip(&before).map(|(a, b)| square(a.abs() - b.abs())).sum();
        before.copy_from_slice(&next);
        weights = next;
        state = State::new(moments, model, &mut weights)?;
        if change < options.tolerance {
            break;
        }
    }
    orient(&mut weights, &mut state, model, moments);
    let (paths, r_squared) = regressions(&state.correlations, model)?;
    let root = |j: usize| moments.at(j, j).sqrt();
    let cross_loadings = Matrix::from_fn(moments.slots, latents, |j, l| {
        state.with_latent[j * latents + l] / root(j)
    });
    let own = |l: usize| model.slots(l).map(move |j| (j, l));
    Ok(Estimate {
        loadings: (0..latents).flat_map(own).map(|at| cross_loadings[at]).collect(),
        weights,
        cross_loadings,
        correlations: state.correlations,
        paths,
        r_squared,
        iterations,
    })
}

/// What follows from the weights.
struct State {
    /// Covariance of each slot with each latent variable, slot by slot.
    with_latent: Vec<f64>,
    correlations: Matrix,
}

impl State {
    /// Scales the weights so that each latent variable has a variance of one.
    fn new(moments: &Moments, model: &Model, weights: &mut [f64]) -> Result<Self> {
        let latents = model.blocks().len();
        let mut with_latent = vec![0.0; moments.slots * latents];
        for j in 0..moments.slots {
            let row = &moments.covariances[j * moments.slots..(j + 1) * moments.slots];
            for l in 0..latents {
                let own = model.slots(l);
                let pairs = row[own.clone()].iter().zip(&weights[own]);
                with_latent[j * latents + l] = pairs.map(|(c, w)| c * w).sum();
            }
        }
        let between = |k: usize, l: usize| -> f64 {
            let own = model.slots(k);
            own.map(|j| weights[j] * with_latent[j * latents + l]).sum()
        };
        let mut correlations = Matrix::from_fn(latents, latents, between);
        let deviations: Vec<f64> = (0..latents).map(|l| correlations[(l, l)].sqrt()).collect();
        if deviations.iter().any(|d| !(d.is_finite() && *d > 0.0)) {
            return Err(Error::NoSolution {
                what: "path model",
                why: "a latent variable has no variance: its block is not related to its neighbours",
            });
        }
        for k in 0..latents {
            for l in 0..latents {
                correlations[(k, l)] /= deviations[k] * deviations[l];
            }
        }
        for row in with_latent.chunks_exact_mut(latents) {
            for (cell, deviation) in row.iter_mut().zip(&deviations) {
                *cell /= deviation;
            }
        }
        for l in 0..latents {
            for weight in &mut weights[model.slots(l)] {
                *weight /= deviations[l];
            }
        }
        Ok(Self { with_latent, correlations })
    }
}

/// `[(l, k)]`: how much latent variable l enters the inner estimate of k.
fn inner_weights(correlations: &Matrix, model: &Model, scheme: Scheme) -> Result<Matrix> {
    let latents = model.blocks().len();
    let mut inner = Matrix::zeros(latents, latents);
    for k in 0..latents {
        for &l in model.causes(k).iter().chain(model.effects(k)) {
            inner[(l, k)] = match scheme {
                Scheme::Centroid => sign(correlations[(l, k)]),
                Scheme::Factorial | Scheme::Path => correlations[(l, k)],
            };
        }
        if scheme == Scheme::Path && !model.causes(k).is_empty() {
            let (coefficients, _) = regression(correlations, k, model.causes(k))?;
            for (&l, coefficient) in model.causes(k).iter().zip(coefficients) {
                inner[(l, k)] = coefficient;
            }
        }
    }
    Ok(inner)
}

/// The weights of block `k` from its inner estimate, brought to a variance of one.
fn outer_weights(
    weights: &mut [f64],
    k: usize,
    inner: &Matrix,
    state: &State,
    model: &Model,
    formative: Option<&Cholesky>,
) -> Result<()> {
    let latents = model.blocks().len();
    let variance: f64 = (0..latents)
        .flat_map(|l| (0..latents).map(move |m| (l, m)))
        .map(|(l, m)| inner[(l, k)] * inner[(m, k)] * state.correlations[(l, m)])
        .sum();
    let deviation = variance.sqrt();
    for j in model.slots(k) {
        let row = &state.with_latent[j * latents..(j + 1) * latents];
        let covariance: f64 = (0..latents).map(|l| inner[(l, k)] * row[l]).sum();
        weights[j] = covariance / deviation;
    }
    let own = &mut weights[model.slots(k)];
    if let Some(cholesky) = formative {
        own.copy_from_slice(&cholesky.solve(own));
    }
    Ok(())
}

/// The decomposed covariances within a formative block.
fn formative(moments: &Moments, model: &Model, l: usize) -> Result<Option<Cholesky>> {
    if model.blocks()[l].mode == Mode::A {
        return Ok(None);
    }
    let own = model.slots(l);
    let within =
        Matrix::from_fn(own.len(), own.len(), |i, j| moments.at(own.start + i, own.start + j));
    Cholesky::of("covariance within a formative block", &within).map(Some)
}

fn regressions(correlations: &Matrix, model: &Model) -> Result<(Matrix, Vec<f64>)> {
    let latents = model.blocks().len();
    let mut paths = Matrix::zeros(latents, latents);
    let mut r_squared = vec![0.0; latents];
    for to in 0..latents {
        let causes = model.causes(to);
        if causes.is_empty() {
            continue;
        }
        let (coefficients, explained) = regression(correlations, to, causes)?;
        for (&from, coefficient) in causes.iter().zip(coefficients) {
            paths[(to, from)] = coefficient;
        }
        r_squared[to] = explained;
    }
    Ok((paths, r_squared))
}

/// Least squares of one latent variable on others: coefficients and share of variance explained.
fn regression(correlations: &Matrix, on: usize, by: &[usize]) -> Result<(Vec<f64>, f64)> {
    let among = Matrix::from_fn(by.len(), by.len(), |i, j| correlations[(by[i], by[j])]);
    let with: Vec<f64> = by.iter().map(|&l| correlations[(l, on)]).collect();
    let coefficients = Cholesky::of("what acts on a latent variable", &among)?.solve(&with);
    let explained = coefficients.iter().zip(&with).map(|(b, r)| b * r).sum();
    Ok((coefficients, explained))
}

/// Turns each latent variable so that most of its loadings are positive.
fn orient(weights: &mut [f64], state: &mut State, model: &Model, moments: &Moments) {
    let latents = model.blocks().len();
    for l in 0..latents {
        let loading = |j: usize| state.with_latent[j * latents + l] / moments.at(j, j).sqrt();
        let most: f64 = model.slots(l).map(|j| sign(loading(j))).sum();
        let sum: f64 = model.slots(l).map(loading).sum();
        if most < 0.0 || (most == 0.0 && sum < 0.0) {
            for weight in &mut weights[model.slots(l)] {
                *weight = -*weight;
            }
            for row in state.with_latent.chunks_exact_mut(latents) {
                row[l] = -row[l];
            }
            for k in (0..latents).filter(|&k| k != l) {
                state.correlations[(k, l)] *= -1.0;
                state.correlations[(l, k)] *= -1.0;
            }
        }
    }
}

fn sign(x: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x.signum() }
}
