//! The law of propagation of uncertainty.

mod input;
mod joint;
mod prepared;

pub use input::Input;
pub use joint::{Function, JointBudget, propagate_joint};
pub(super) use prepared::check_correlations;

use crate::dist::{Continuous, Normal, StudentT};
use crate::error::{Error, Result, check};
use crate::linalg::Matrix;
use prepared::{Prepared, root};

/// What is made of effective degrees of freedom that are not whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Degrees {
    /// They are used as they are: the coverage factor is interpolated.
    #[default]
    Interpolated,
    /// They are cut to the next lower whole number.
    Truncated,
}

/// The settings of [`propagate`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PropagateOptions {
    /// The level of confidence of the expanded uncertainty (0.95).
    pub level: f64,
    /// Degrees of freedom that are not whole (interpolated; JCGM 100:2008 G.4.1 allows both).
    pub degrees: Degrees,
    /// Whether the terms of second order are added, for functions that bend within an uncertainty of
    /// the estimates (no). The formula holds for independent inputs of symmetric distribution.
    pub second_order: bool,
}

impl Default for PropagateOptions {
    fn default() -> Self {
        Self { level: 0.95, degrees: Degrees::Interpolated, second_order: false }
    }
}

/// An uncertainty budget.
#[derive(Clone, Debug, PartialEq)]
pub struct Budget {
    /// The estimate of the quantity sought.
    pub estimate: f64,
    /// Its combined standard uncertainty.
    pub standard_uncertainty: f64,
    /// Its effective degrees of freedom (after truncation, if asked for).
    pub degrees_of_freedom: f64,
    /// The two-sided quantile of Student's t for them.
    pub coverage_factor: f64,
    /// Coverage factor times standard uncertainty.
    pub expanded_uncertainty: f64,
    /// What each input adds, in their order.
    pub contributions: Vec<Contribution>,
}

/// What one input adds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contribution {
    /// The derivative of the function with respect to the input; 0 for an input without uncertainty,
    /// which is not varied.
    pub sensitivity: f64,
    /// Sensitivity times standard uncertainty, with its sign.
    pub uncertainty: f64,
    /// The share of the combined variance that is due to this input, its correlations halved with
    /// their partners; below zero where these take more away than it adds.
    pub share: f64,
}

/// Propagates the uncertainties of `inputs` through `function` (JCGM 100:2008 5.1, 5.2).
///
/// `correlations` holds the correlations of the estimates, `None` if there are none. The effective
/// degrees of freedom are those of Welch and Satterthwaite, with the contributions of one assessment
/// taken together (Willink 2007); correlations between separate assessments play no part in them.
///
/// # Errors
/// No input; an estimate that is not finite; an uncertainty that is negative; degrees of freedom that
/// are not above zero or differ within an assessment; correlations of another shape, that are not
/// symmetric with ones on the diagonal, or under which the variance would be negative; a level
/// outside (0, 1); a function without a value or a derivative there; second order asked for with
/// correlations.
///
/// ```
/// use stats::uncertainty::{propagate, Formula, Input, PropagateOptions};
/// // A resistance from 5.00(1) V and 20.0(1) mA, the latter from ten readings.
/// let ohm = Formula::parse("V / I", &["V", "I"])?;
/// let inputs = [Input::new(5.0, 0.01), Input::new(0.02, 0.0001).with_degrees_of_freedom(9.0)];
/// let budget = propagate(|x| ohm.value(x), &inputs, None, &PropagateOptions::default())?;
/// assert!((budget.estimate - 250.0).abs() < 1e-12);
/// assert!((budget.standard_uncertainty - 250.0 * 0.002f64.hypot(0.005)).abs() < 1e-8);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn propagate(
    function: impl Fn(&[f64]) -> f64,
    inputs: &[Input],
    correlations: Option<&Matrix>,
    options: &PropagateOptions,
) -> Result<Budget> {
    let prepared = Prepared::new(inputs, correlations)?;
    check::level("level of confidence", options.level)?;
    if options.second_order && correlations.is_some() {
        return Err(Error::Inconsistent {
            what: "second order and correlations",
            why: "the second-order terms hold for independent inputs: use Monte Carlo",
        });
    }
    let around = prepared.around(&function);
    let estimate = around.value()?;
    let parts = prepared.parts(&around)?;
    let mut variance = prepared.covariance(&parts, &parts);
    if options.second_order {
        for (i, part) in parts.iter().enumerate() {
            for j in (0..parts.len()).filter(|&j| prepared.uncertain(i) && prepared.uncertain(j)) {
                variance += around.second(i, j, *part)?;
            }
        }
    }
    let standard_uncertainty = root(variance, &parts)?;
    let mut degrees_of_freedom = prepared.effective_degrees(&parts, variance);
    if options.degrees == Degrees::Truncated && degrees_of_freedom >= 1.0 {
        degrees_of_freedom = degrees_of_freedom.floor();
    }
    let outside = (1.0 - options.level) / 2.0;
    let coverage_factor = if degrees_of_freedom.is_finite() {
        StudentT::new(degrees_of_freedom)?.upper_quantile(outside)?
    } else {
        Normal::STANDARD.upper_quantile(outside)?
    };
    Ok(Budget {
        estimate,
        standard_uncertainty,
        degrees_of_freedom,
        coverage_factor,
        expanded_uncertainty: coverage_factor * standard_uncertainty,
        contributions: prepared.contributions(&parts, variance),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(x: &[f64]) -> f64 {
        x.iter().sum()
    }

    fn matrix(r: f64) -> Matrix {
        Matrix::from_rows(2, 2, vec![1.0, r, r, 1.0]).unwrap()
    }

    #[test]
    fn correlations_add_or_cancel() {
        let inputs = [Input::new(1.0, 3.0), Input::new(2.0, 4.0)];
        let of = |r: f64| {
            let r = matrix(r);
            propagate(sum, &inputs, Some(&r), &PropagateOptions::default()).unwrap()
        };
        assert!((of(1.0).standard_uncertainty - 7.0).abs() < 1e-9);
        assert!((of(0.0).standard_uncertainty - 5.0).abs() < 1e-9);
        assert!((of(-1.0).standard_uncertainty - 1.0).abs() < 1e-9);
        let shares: f64 = of(0.5).contributions.iter().map(|c| c.share).sum();
        assert!((shares - 1.0).abs() < 1e-9);
    }

    #[test]
    fn welch_and_satterthwaite() {
        // JCGM 100:2008 G.4.1, note: two components of equal size with ν degrees each have 2 ν.
        let each = Input::new(0.0, 1.0).with_degrees_of_freedom(5.0);
        let found = propagate(sum, &[each, each], None, &PropagateOptions::default()).unwrap();
        assert!((found.degrees_of_freedom - 10.0).abs() < 1e-8);
        // Of one assessment, they have ν.
        let together = Input { assessment: Some(1), ..each };
        let found = propagate(sum, &[together, together], None, &PropagateOptions::default());
        let found = found.unwrap();
        assert!((found.degrees_of_freedom - 5.0).abs() < 1e-8);
        assert!((found.coverage_factor - 2.5706).abs() < 1e-4);
        let certain = [Input::new(0.0, 1.0)];
        let certain = propagate(sum, &certain, None, &PropagateOptions::default()).unwrap();
        assert_eq!(certain.degrees_of_freedom, f64::INFINITY);
        assert!((certain.coverage_factor - 1.959964).abs() < 1e-6);
    }

    #[test]
    fn what_cancels_has_no_uncertainty_in_any_unit() {
        for unit in [1.0, 1e-9, 1e9] {
            let inputs = [Input::new(1.0, unit).with_degrees_of_freedom(4.0); 2];
            let opposed = matrix(-1.0);
            let found = propagate(sum, &inputs, Some(&opposed), &PropagateOptions::default());
            let found = found.unwrap();
            assert!(found.standard_uncertainty < 1e-7 * unit);
            // Three quantities cannot all be so opposed to each other.
            let opposed = Matrix::from_fn(3, 3, |i, j| if i == j { 1.0 } else { -0.9 });
            let three = [Input::new(1.0, unit); 3];
            let found = propagate(sum, &three, Some(&opposed), &PropagateOptions::default());
            assert_eq!(found.unwrap_err().code(), "stats.inconsistent");
        }
    }

    #[test]
    fn an_input_without_uncertainty_is_held() {
        let inputs = [Input::new(2.0, 0.0), Input::new(3.0, 0.5)];
        let product = |x: &[f64]| x[0] * x[1];
        let found = propagate(product, &inputs, None, &PropagateOptions::default()).unwrap();
        assert!((found.standard_uncertainty - 1.0).abs() < 1e-9);
        assert_eq!(found.contributions[0].share, 0.0);
    }

    #[test]
    fn refusals() {
        let usual = PropagateOptions::default();
        let one = [Input::new(1.0, 1.0), Input::new(1.0, 1.0)];
        let code = |inputs: &[Input], r: Option<&Matrix>, options: &PropagateOptions| {
            propagate(sum, inputs, r, options).unwrap_err().code()
        };
        assert_eq!(code(&[], None, &usual), "stats.empty");
        assert_eq!(code(&[Input::new(f64::NAN, 1.0)], None, &usual), "stats.not_finite");
        assert_eq!(code(&[Input::new(1.0, -1.0)], None, &usual), "stats.negative");
        let none = [one[0].with_degrees_of_freedom(0.0)];
        assert_eq!(code(&none, None, &usual), "stats.out_of_range");
        assert_eq!(code(&one, Some(&matrix(1.5)), &usual), "stats.inconsistent");
        let three = Matrix::identity(3);
        assert_eq!(code(&one, Some(&three), &usual), "stats.length");
        let bent = PropagateOptions { second_order: true, ..usual };
        assert_eq!(code(&one, Some(&matrix(0.5)), &bent), "stats.inconsistent");
        let nowhere = propagate(|x| x[0].ln(), &[Input::new(-1.0, 0.1)], None, &usual);
        assert_eq!(nowhere.unwrap_err().code(), "stats.no_solution");
    }
}
