//! Logistic regression with an L2 penalty, plain and with an intercept for each group.
//!
//! The group intercepts are normal deviations with a common spread, which is estimated: groups with
//! little behind them are drawn towards zero, and what belongs to the group is taken out of the
//! coefficients. Both fits are one Newton iteration on one penalised likelihood ([`newton`]).

mod mixed;
mod newton;

pub use mixed::{Difference, MixedLogistic, mixed_logistic};

use crate::error::check;
use crate::linalg::Matrix;
use crate::{Error, Result};
use newton::{Problem, State};

/// Newton steps after which a fit is given up; a fit that exists takes fewer than twenty.
const STEPS: usize = 100;

/// What a regression is fitted to.
#[derive(Clone, Copy, Debug)]
pub struct Responses<'a> {
    /// A row for each case and a column for each coefficient, with a column of ones where an
    /// intercept is wanted.
    pub design: &'a Matrix,
    /// What came of each case.
    pub outcome: &'a [bool],
    /// How many times each case counts (once where not given); may be fractional.
    pub weights: Option<&'a [f64]>,
    /// A known part of each case's log-odds (0 where not given).
    pub offset: Option<&'a [f64]>,
}

impl Responses<'_> {
    fn check(&self, penalty: &[f64]) -> Result<()> {
        let rows = self.design.rows();
        if rows == 0 {
            return Err(Error::Empty { what: "cases" });
        }
        check::length("outcome", self.outcome.len(), rows)?;
        check::length("penalty", penalty.len(), self.design.columns())?;
        check::finite("design", self.design.values())?;
        check::non_negative("penalty", penalty)?;
        if let Some(weights) = self.weights {
            check::length("weights", weights.len(), rows)?;
            check::non_negative("weights", weights)?;
        }
        if let Some(offset) = self.offset {
            check::length("offset", offset.len(), rows)?;
            check::finite("offset", offset)?;
        }
        let counts = |wanted: bool| {
            let rows = self.outcome.iter().enumerate();
            let mut weights = rows.map(|(i, &y)| (y == wanted, self.weights.map_or(1.0, |w| w[i])));
            weights.any(|(same, weight)| same && weight > 0.0)
        };
        if !(counts(true) && counts(false)) {
            return Err(Error::Constant { what: "outcome" });
        }
        Ok(())
    }
}

/// A fitted regression.
#[derive(Clone, Debug, PartialEq)]
pub struct Logistic {
    /// One for each column of the design, in log-odds per unit of the column.
    pub coefficients: Vec<f64>,
    /// Their standard errors, from the curvature of the penalised likelihood.
    pub standard_errors: Vec<f64>,
    /// Log-likelihood at the coefficients, without the penalty.
    pub log_likelihood: f64,
    /// How many Newton steps it took.
    pub iterations: usize,
}

/// The coefficients β that maximise Σ w (y η - ln(1 + e^η)) - ½ Σ λ β², where η = offset + Xβ.
///
/// `penalty` gives λ of each coefficient; 0 leaves it free, as is usual for the intercept. With
/// every λ = 0 this is the maximum likelihood fit; with λ > 0 the coefficients stay finite even
/// where the outcome is separated perfectly.
///
/// Source: le Cessie and van Houwelingen, Applied Statistics 41 (1992) 191. Check: the ingots of Cox
/// and Snell, Analysis of Binary Data (1989), p. 10.
///
/// # Errors
/// Nothing to fit, unequal lengths, values that are not finite, negative weights or penalties; an
/// outcome that does not vary ([`Error::Constant`]); dependent columns without a penalty
/// ([`Error::Singular`]); coefficients without a penalty that tell the outcome exactly
/// ([`Error::Separation`]); no end of the iteration ([`Error::NoConvergence`]).
///
/// ```
/// use stats::linalg::Matrix;
/// use stats::priority::{Responses, logistic};
/// // Of 10 premises with an earlier finding 4 failed, of 30 without 3 did.
/// let rows = |n, earlier, failed| std::iter::repeat_n((earlier, failed), n);
/// let cases = rows(4, 1.0, true).chain(rows(6, 1.0, false)).chain(rows(3, 0.0, true));
/// let cases: Vec<(f64, bool)> = cases.chain(rows(27, 0.0, false)).collect();
/// let design = Matrix::from_fn(40, 2, |i, j| if j == 0 { 1.0 } else { cases[i].0 });
/// let outcome: Vec<bool> = cases.iter().map(|case| case.1).collect();
/// let responses = Responses { design: &design, outcome: &outcome, weights: None, offset: None };
///
/// let free = logistic(&responses, &[0.0, 0.0])?;
/// let log_odds_ratio = ((4.0 * 27.0) / (6.0 * 3.0) as f64).ln();
/// assert!((free.coefficients[1] - log_odds_ratio).abs() < 1e-10);
/// let variance = 1.0 / 4.0 + 1.0 / 6.0 + 1.0 / 3.0 + 1.0 / 27.0_f64;
/// assert!((free.standard_errors[1] - variance.sqrt()).abs() < 1e-10);
///
/// let drawn_in = logistic(&responses, &[0.0, 2.0])?;
/// assert!(drawn_in.coefficients[1] < free.coefficients[1]);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn logistic(responses: &Responses<'_>, penalty: &[f64]) -> Result<Logistic> {
    responses.check(penalty)?;
    let problem = Problem::plain(responses, penalty);
    let mode = problem.newton(State::zeros(penalty.len(), 0), STEPS)?;
    Ok(Logistic {
        standard_errors: mode.curvature.standard_errors(),
        log_likelihood: mode.log_likelihood,
        iterations: mode.iterations,
        coefficients: mode.state.coefficients,
    })
}

/// The probability of a log-odds.
///
/// ```
/// assert_eq!(stats::priority::probability(0.0), 0.5);
/// assert_eq!(stats::priority::probability(800.0), 1.0);
/// assert_eq!(stats::priority::probability(-800.0), 0.0);
/// ```
pub fn probability(log_odds: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-log_odds))
}
