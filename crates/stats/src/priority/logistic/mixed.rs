//! An intercept for each group, drawn towards zero by as much as the groups are alike.

use super::newton::{Mode, Problem, State};
use super::{Responses, STEPS};
use crate::error::check;
use crate::{Error, Result};

/// A regression with an intercept for each group.
#[derive(Clone, Debug, PartialEq)]
pub struct MixedLogistic {
    /// One for each column of the design, at a typical group.
    pub coefficients: Vec<f64>,
    /// Their standard errors, for the spread as estimated.
    pub standard_errors: Vec<f64>,
    /// σ: the standard deviation of the group intercepts, in log-odds.
    pub spread: f64,
    /// The intercept of each group, from that of a typical group.
    pub effects: Vec<f64>,
    /// Each group's intercept less the mean of all the others.
    pub differences: Vec<Difference>,
    /// For each group, which share of its intercept's precision comes from its own cases, from 0
    /// (none, drawn wholly to the others) to 1.
    pub reliability: Vec<f64>,
}

/// How far a group is from the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// In log-odds, drawn towards zero.
    pub value: f64,
    /// Its standard error given the spread: the root of its posterior variance.
    pub standard_error: f64,
}

/// The range in which the spread is sought, in log-odds. Below it groups differ by less than one
/// per cent of a standard deviation anyone could see; above it the odds differ by e¹⁰.
const SPREADS: (f64, f64) = (0.01, 10.0);

/// A logistic regression whose groups have intercepts of their own, normal with mean 0 and standard
/// deviation σ.
///
/// `group` numbers the group of each case from 0; which number a group has makes no difference but
/// to the order of the results. σ maximises Laplace's approximation of the likelihood; for each σ the
/// coefficients and the intercepts maximise the penalised likelihood together. This is what is known
/// as the fit by penalised iteratively reweighted least squares (`nAGQ = 0`). With a single group
/// there is nothing to compare: its effect and the spread are 0.
///
/// Source: Breslow and Clayton, JASA 88 (1993) 9, §2; Bates et al., J. Stat. Software 67 (2015) 1.
/// Check: the pleuropneumonia herds of lme4, whose published spread by Laplace is 0.642.
///
/// # Errors
/// Those of [`logistic`](super::logistic()); a group number without a case.
///
/// ```
/// use stats::linalg::Matrix;
/// use stats::priority::{Responses, mixed_logistic};
/// // Three inspectors, 40 like visits each; they find something in 4, 8 and 24 of them.
/// let found = [4, 8, 24];
/// let group: Vec<usize> = (0..120).map(|i| i / 40).collect();
/// let outcome: Vec<bool> = (0..120).map(|i| i % 40 < found[i / 40]).collect();
/// let design = Matrix::from_fn(120, 1, |_, _| 1.0);
/// let responses = Responses { design: &design, outcome: &outcome, weights: None, offset: None };
/// let fit = mixed_logistic(&responses, &[0.0], &group)?;
/// // The third finds more than the others, and less so than its own cases alone would say.
/// let alone = (24.0_f64 / 16.0).ln() - ((4.0_f64 / 36.0).ln() + (8.0_f64 / 32.0).ln()) / 2.0;
/// assert!(fit.differences[2].value > 1.5 && fit.differences[2].value < alone);
/// assert!(fit.reliability.iter().all(|share| (0.7..1.0).contains(share)));
/// # Ok::<(), stats::Error>(())
/// ```
pub fn mixed_logistic(
    responses: &Responses<'_>,
    penalty: &[f64],
    group: &[usize],
) -> Result<MixedLogistic> {
    responses.check(penalty)?;
    check::length("group", group.len(), responses.outcome.len())?;
    let groups = group.iter().max().map_or(0, |g| g + 1);
    let mut cases = vec![0_usize; groups.min(group.len())];
    for &g in group {
        *cases.get_mut(g).ok_or(Error::Inconsistent { what: "group", why: NUMBERED })? += 1;
    }
    if cases.contains(&0) {
        return Err(Error::Inconsistent { what: "group", why: NUMBERED });
    }
    if groups == 1 {
        let mode =
            Problem::plain(responses, penalty).newton(State::zeros(penalty.len(), 0), STEPS)?;
        return Ok(MixedLogistic {
            standard_errors: mode.curvature.standard_errors(),
            coefficients: mode.state.coefficients,
            spread: 0.0,
            effects: vec![0.0],
            differences: vec![Difference { value: 0.0, standard_error: 0.0 }],
            reliability: vec![0.0],
        });
    }
    let mut start = State::zeros(penalty.len(), groups);
    let mut fit = |log_spread: f64| -> Result<(f64, Mode)> {
        let precision = libm::exp(-2.0 * log_spread);
        let problem = Problem::grouped(responses, penalty, group, precision);
        let mode = problem.newton(start.clone(), STEPS)?;
        start = mode.state.clone();
        let volume: f64 = mode.curvature.diagonal.iter().map(|&d| libm::log(d / precision)).sum();
        Ok((mode.objective - 0.5 * volume, mode))
    };
    let (low, high) = (libm::log(SPREADS.0), libm::log(SPREADS.1));
    let log_spread = highest(low, high, |x| fit(x).map(|(height, _)| height))?;
    let (_, mode) = fit(log_spread)?;
    Ok(describe(mode, libm::exp(log_spread)))
}

const NUMBERED: &str = "groups are numbered from 0 without a gap: give each number a case";

fn describe(mode: Mode, spread: f64) -> MixedLogistic {
    let Mode { state, curvature, .. } = mode;
    let groups = state.effects.len();
    let others = (groups - 1) as f64;
    let total: f64 = state.effects.iter().sum();
    let spreads: f64 = curvature.diagonal.iter().map(|d| 1.0 / d).sum();
    let slopes: Vec<f64> = (0..curvature.slopes.columns())
        .map(|j| (0..groups).map(|g| curvature.slopes[(g, j)]).sum())
        .collect();
    let differences = (0..groups).map(|g| {
        // The contrast has 1 at g and -1/others elsewhere; its variance is that of the intercepts
        // given the coefficients, and what the coefficients' own error adds.
        let own = 1.0 / curvature.diagonal[g];
        let given = own + (spreads - own) / (others * others);
        let contrast: Vec<f64> = curvature
            .slopes
            .row(g)
            .iter()
            .zip(&slopes)
            .map(|(s, all)| s - (all - s) / others)
            .collect();
        Difference {
            value: state.effects[g] - (total - state.effects[g]) / others,
            standard_error: (given + curvature.schur.inverse_form(&contrast)).sqrt(),
        }
    });
    let precision = 1.0 / (spread * spread);
    MixedLogistic {
        differences: differences.collect(),
        reliability: curvature.diagonal.iter().map(|d| 1.0 - precision / d).collect(),
        standard_errors: curvature.standard_errors(),
        coefficients: state.coefficients,
        effects: state.effects,
        spread,
    }
}

/// Where `height` is highest between `low` and `high`, by golden section, to 10⁻⁵.
fn highest(low: f64, high: f64, mut height: impl FnMut(f64) -> Result<f64>) -> Result<f64> {
    const SECTION: f64 = 0.618_033_988_749_894_9;
    let (mut low, mut high) = (low, high);
    let mut left = high - SECTION * (high - low);
    let mut right = low + SECTION * (high - low);
    let (mut at_left, mut at_right) = (height(left)?, height(right)?);
    while high - low > 1e-5 {
        if at_left >= at_right {
            (high, right, at_right) = (right, left, at_left);
            left = high - SECTION * (high - low);
            at_left = height(left)?;
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + SECTION * (high - low);
            at_right = height(right)?;
        }
    }
    Ok(0.5 * (low + high))
}
