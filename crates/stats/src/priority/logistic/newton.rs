//! Newton's method on the penalised likelihood, with the group intercepts eliminated.
//!
//! The Hessian is an arrowhead: dense in the p coefficients, diagonal in the G intercepts. Solving
//! the diagonal part first leaves a p × p system, so that thousands of groups cost no more than
//! their rows.

use super::{Responses, probability};
use crate::linalg::{Cholesky, Matrix};
use crate::{Error, Result};

const WHAT: &str = "logistic regression";

/// A penalised logistic likelihood.
pub(super) struct Problem<'a> {
    responses: &'a Responses<'a>,
    penalty: &'a [f64],
    /// The group of each row; empty where there are none.
    group: &'a [usize],
    /// 1 / σ² of the group intercepts.
    precision: f64,
}

/// A place in the space of parameters.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub coefficients: Vec<f64>,
    pub effects: Vec<f64>,
}

impl State {
    pub fn zeros(coefficients: usize, groups: usize) -> Self {
        Self { coefficients: vec![0.0; coefficients], effects: vec![0.0; groups] }
    }

    fn moved(&self, step: &Self, share: f64) -> Self {
        let sum = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(a, b)| a + share * b).collect();
        Self {
            coefficients: sum(&self.coefficients, &step.coefficients),
            effects: sum(&self.effects, &step.effects),
        }
    }
}

/// The top of the penalised likelihood.
pub(super) struct Mode {
    pub state: State,
    pub curvature: Curvature,
    /// With the penalties.
    pub objective: f64,
    /// Without them.
    pub log_likelihood: f64,
    pub iterations: usize,
}

/// The negative Hessian, decomposed.
pub(super) struct Curvature {
    /// Of the coefficients with the groups eliminated.
    pub schur: Cholesky,
    /// A row for each group: its cross terms with the coefficients, over its own diagonal.
    pub slopes: Matrix,
    /// The diagonal of the groups.
    pub diagonal: Vec<f64>,
}

impl Curvature {
    pub fn standard_errors(&self) -> Vec<f64> {
        let inverse = self.schur.inverse();
        (0..inverse.rows()).map(|j| inverse[(j, j)].sqrt()).collect()
    }
}

/// The penalised likelihood and its derivatives at a place.
struct Derivatives {
    objective: f64,
    log_likelihood: f64,
    gradient: State,
    hessian: Matrix,
    cross: Matrix,
    diagonal: Vec<f64>,
    /// The largest log-odds that the model itself adds to the offset.
    reach: f64,
}

impl<'a> Problem<'a> {
    pub fn plain(responses: &'a Responses<'a>, penalty: &'a [f64]) -> Self {
        Self { responses, penalty, group: &[], precision: 0.0 }
    }

    pub fn grouped(
        responses: &'a Responses<'a>,
        penalty: &'a [f64],
        group: &'a [usize],
        precision: f64,
    ) -> Self {
        Self { responses, penalty, group, precision }
    }

    /// Climbs from `state` to the top.
    pub fn newton(&self, mut state: State, limit: usize) -> Result<Mode> {
        let mut here = self.derivatives(&state);
        for iterations in 1..=limit {
            let (_, step) = self.step(&here)?;
            let gain = inner(&here.gradient, &step);
            let tolerance = 1e-10 * (1.0 + here.objective.abs());
            let mut share = 1.0;
            // A full step may overshoot far from the top; half as long is then long enough.
            let next = loop {
                let next = state.moved(&step, share);
                let there = self.derivatives(&next);
                if there.objective >= here.objective - tolerance {
                    here = there;
                    break next;
                }
                share *= 0.5;
                if share < 1e-9 {
                    return Err(Error::NoConvergence { what: WHAT, iterations });
                }
            };
            state = next;
            if gain <= tolerance {
                let (curvature, _) = self.step(&here)?;
                self.check_separation(&curvature, here.reach)?;
                let Derivatives { objective, log_likelihood, .. } = here;
                return Ok(Mode { state, curvature, objective, log_likelihood, iterations });
            }
        }
        Err(Error::NoConvergence { what: WHAT, iterations: limit })
    }

    fn derivatives(&self, state: &State) -> Derivatives {
        let Responses { design, outcome, weights, offset } = *self.responses;
        let (p, groups) = (design.columns(), state.effects.len());
        let mut gradient = State::zeros(p, groups);
        let mut hessian = Matrix::zeros(p, p);
        let mut cross = Matrix::zeros(groups, p);
        let mut diagonal = vec![self.precision; groups];
        let (mut log_likelihood, mut reach) = (0.0, 0.0_f64);
        for (i, &outcome) in outcome.iter().enumerate() {
            let row = design.row(i);
            let effect = self.group.get(i).map_or(0.0, |&g| state.effects[g]);
            let own = row.iter().zip(&state.coefficients).map(|(x, b)| x * b).sum::<f64>() + effect;
            let log_odds = own + offset.map_or(0.0, |o| o[i]);
            let weight = weights.map_or(1.0, |w| w[i]);
            let fitted = probability(log_odds);
            // ln(1 + e^η) in the form that neither overflows nor loses the small term.
            let log_total = log_odds.max(0.0) + libm::log1p(libm::exp(-log_odds.abs()));
            log_likelihood += weight * (if outcome { log_odds } else { 0.0 } - log_total);
            reach = reach.max(own.abs());
            let residual = weight * (if outcome { 1.0 } else { 0.0 } - fitted);
            let curve = weight * fitted * (1.0 - fitted);
            for (j, &x) in row.iter().enumerate() {
                gradient.coefficients[j] += residual * x;
                let along = curve * x;
                for (h, &y) in hessian.row_mut(j)[..=j].iter_mut().zip(row) {
                    *h += along * y;
                }
            }
            if let Some(&g) = self.group.get(i) {
                gradient.effects[g] += residual;
                diagonal[g] += curve;
                for (c, &x) in cross.row_mut(g).iter_mut().zip(row) {
                    *c += curve * x;
                }
            }
        }
        let mut penalty = 0.0;
        for (j, (&lambda, &b)) in self.penalty.iter().zip(&state.coefficients).enumerate() {
            penalty += lambda * b * b;
            gradient.coefficients[j] -= lambda * b;
            hessian[(j, j)] += lambda;
        }
        for (slope, &b) in gradient.effects.iter_mut().zip(&state.effects) {
            penalty += self.precision * b * b;
            *slope -= self.precision * b;
        }
        let objective = log_likelihood - 0.5 * penalty;
        Derivatives { objective, log_likelihood, gradient, hessian, cross, diagonal, reach }
    }

    /// The curvature and the Newton step.
    fn step(&self, at: &Derivatives) -> Result<(Curvature, State)> {
        let mut schur = at.hessian.clone();
        let mut slopes = at.cross.clone();
        let mut right = at.gradient.coefficients.clone();
        for (g, &d) in at.diagonal.iter().enumerate() {
            let cross = at.cross.row(g);
            for (j, &c) in cross.iter().enumerate() {
                slopes[(g, j)] = c / d;
                right[j] -= c / d * at.gradient.effects[g];
                for (s, &other) in schur.row_mut(j)[..=j].iter_mut().zip(cross) {
                    *s -= c / d * other;
                }
            }
        }
        let schur = Cholesky::of("design", &schur).map_err(|e| match e {
            Error::Singular { .. } if at.reach > FAR => Error::Separation { what: WHAT },
            other => other,
        })?;
        let coefficients = schur.solve(&right);
        let effects = (0..at.diagonal.len())
            .map(|g| {
                let along: f64 = slopes.row(g).iter().zip(&coefficients).map(|(s, b)| s * b).sum();
                at.gradient.effects[g] / at.diagonal[g] - along
            })
            .collect();
        let curvature = Curvature { schur, slopes, diagonal: at.diagonal.clone() };
        Ok((curvature, State { coefficients, effects }))
    }

    /// Refuses a fit that only stands because the likelihood has become flat: a coefficient without
    /// a penalty whose error is beyond all bounds while the log-odds have run away.
    fn check_separation(&self, curvature: &Curvature, reach: f64) -> Result<()> {
        if reach <= FAR {
            return Ok(());
        }
        let design = self.responses.design;
        for (j, error) in curvature.standard_errors().into_iter().enumerate() {
            let largest = (0..design.rows()).fold(0.0_f64, |m, i| m.max(design[(i, j)].abs()));
            if self.penalty[j] == 0.0 && error * largest > 1e3 {
                return Err(Error::Separation { what: WHAT });
            }
        }
        Ok(())
    }
}

/// Log-odds beyond which only separation leads: one case in 3 million.
const FAR: f64 = 15.0;

fn inner(x: &State, y: &State) -> f64 {
    let sum = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(a, b)| a * b).sum::<f64>();
    sum(&x.coefficients, &y.coefficients) + sum(&x.effects, &y.effects)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_few_steps_are_told() {
        let design = Matrix::from_fn(20, 1, |i, _| i as f64 - 5.0);
        let outcome: Vec<bool> = (0..20).map(|i| i % 3 == 0 || i > 12).collect();
        let responses =
            Responses { design: &design, outcome: &outcome, weights: None, offset: None };
        let problem = Problem::plain(&responses, &[0.0]);
        let error = problem.newton(State::zeros(1, 0), 1).err().unwrap();
        assert_eq!(error, Error::NoConvergence { what: WHAT, iterations: 1 });
        assert!(problem.newton(State::zeros(1, 0), 20).is_ok());
    }
}
