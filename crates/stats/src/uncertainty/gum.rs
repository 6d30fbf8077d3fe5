//! The law of propagation of uncertainty.

use super::derivative::Around;
use crate::dist::{Continuous, Normal, StudentT};
use crate::error::{Error, Result, check};
use crate::linalg::Matrix;

/// An input quantity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Input {
    /// Its estimate.
    pub estimate: f64,
    /// The standard uncertainty of the estimate.
    pub standard_uncertainty: f64,
    /// How many degrees of freedom that uncertainty has; infinite if it is certain.
    pub degrees_of_freedom: f64,
    /// Inputs whose uncertainties come from one and the same assessment (readings taken together, one
    /// pooled standard deviation) carry the same number here and count once among the effective
    /// degrees of freedom; `None` for one assessed by itself.
    pub assessment: Option<u32>,
}

impl Input {
    /// An input assessed by itself, with a standard uncertainty that is certain.
    pub fn new(estimate: f64, standard_uncertainty: f64) -> Self {
        Self { estimate, standard_uncertainty, degrees_of_freedom: f64::INFINITY, assessment: None }
    }

    /// The same input with so many degrees of freedom.
    #[must_use]
    pub fn with_degrees_of_freedom(self, degrees_of_freedom: f64) -> Self {
        Self { degrees_of_freedom, ..self }
    }
}

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
    let standard_uncertainty = root(variance)?;
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

/// A measurement function of the input quantities.
pub type Function<'a> = &'a dyn Fn(&[f64]) -> f64;

/// Several quantities computed from the same inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct JointBudget {
    /// The estimates, in the order of the functions.
    pub estimates: Vec<f64>,
    /// Their standard uncertainties.
    pub standard_uncertainties: Vec<f64>,
    /// Their correlations; 0 with a quantity that has no uncertainty.
    pub correlations: Matrix,
}

/// Propagates the uncertainties of `inputs` through several functions at once: what is computed from
/// the same inputs is correlated (JCGM 100:2008 H.2).
///
/// # Errors
/// As [`propagate`]; no function.
///
/// ```
/// use stats::uncertainty::{propagate_joint, Input};
/// let sum = |x: &[f64]| x[0] + x[1];
/// let difference = |x: &[f64]| x[0] - x[1];
/// let inputs = [Input::new(5.0, 0.2), Input::new(3.0, 0.1)];
/// let found = propagate_joint(&[&sum, &difference], &inputs, None)?;
/// assert!((found.correlations[(0, 1)] - 0.6).abs() < 1e-9); // (0.04 - 0.01) / (0.04 + 0.01)
/// # Ok::<(), stats::Error>(())
/// ```
pub fn propagate_joint(
    functions: &[Function<'_>],
    inputs: &[Input],
    correlations: Option<&Matrix>,
) -> Result<JointBudget> {
    if functions.is_empty() {
        return Err(Error::Empty { what: "functions" });
    }
    let prepared = Prepared::new(inputs, correlations)?;
    let mut estimates = Vec::with_capacity(functions.len());
    let mut parts = Vec::with_capacity(functions.len());
    for function in functions {
        let around = prepared.around(function);
        estimates.push(around.value()?);
        parts.push(prepared.parts(&around)?);
    }
    let standard_uncertainties: Vec<f64> =
        parts.iter().map(|p| root(prepared.covariance(p, p))).collect::<Result<_>>()?;
    let correlations = Matrix::from_fn(parts.len(), parts.len(), |i, j| {
        let both = standard_uncertainties[i] * standard_uncertainties[j];
        if i == j {
            1.0
        } else if both > 0.0 {
            (prepared.covariance(&parts[i], &parts[j]) / both).clamp(-1.0, 1.0)
        } else {
            0.0
        }
    });
    Ok(JointBudget { estimates, standard_uncertainties, correlations })
}

/// Inputs that have been checked.
struct Prepared<'a> {
    inputs: &'a [Input],
    correlations: Option<&'a Matrix>,
    estimates: Vec<f64>,
    uncertainties: Vec<f64>,
}

impl<'a> Prepared<'a> {
    fn new(inputs: &'a [Input], correlations: Option<&'a Matrix>) -> Result<Self> {
        let estimates: Vec<f64> = inputs.iter().map(|i| i.estimate).collect();
        let uncertainties: Vec<f64> = inputs.iter().map(|i| i.standard_uncertainty).collect();
        check::at_least("inputs", &estimates, 1)?;
        check::finite("estimates of the inputs", &estimates)?;
        check::non_negative("uncertainties of the inputs", &uncertainties)?;
        for (i, input) in inputs.iter().enumerate() {
            let degrees = input.degrees_of_freedom;
            check::within("degrees of freedom of an input", degrees, degrees > 0.0, "above zero")?;
            let together =
                |other: &Input| input.assessment.is_some() && other.assessment == input.assessment;
            if inputs[..i].iter().any(|o| together(o) && o.degrees_of_freedom != degrees) {
                return Err(Error::Inconsistent {
                    what: "degrees of freedom of the inputs of one assessment",
                    why: "they differ: one assessment has one number",
                });
            }
        }
        if let Some(correlations) = correlations {
            check_correlations(correlations, inputs.len())?;
        }
        Ok(Self { inputs, correlations, estimates, uncertainties })
    }

    fn around<'b, F>(&'b self, function: &'b F) -> Around<'b, F> {
        Around { function, at: &self.estimates, steps: &self.uncertainties }
    }

    fn uncertain(&self, input: usize) -> bool {
        self.uncertainties[input] > 0.0
    }

    /// Sensitivity times uncertainty of each input.
    fn parts<F: Fn(&[f64]) -> f64>(&self, around: &Around<'_, F>) -> Result<Vec<f64>> {
        let part = |i: usize| {
            if self.uncertain(i) { around.first(i) } else { Ok(0.0) }
        };
        (0..self.inputs.len()).map(part).collect()
    }

    fn correlation(&self, i: usize, j: usize) -> f64 {
        match self.correlations {
            Some(matrix) => matrix[(i, j)],
            None => f64::from(i == j),
        }
    }

    fn covariance(&self, a: &[f64], b: &[f64]) -> f64 {
        let row = |i: usize| -> f64 { (0..b.len()).map(|j| self.correlation(i, j) * b[j]).sum() };
        (0..a.len()).map(|i| a[i] * row(i)).sum()
    }

    /// Welch and Satterthwaite's formula, assessment by assessment.
    fn effective_degrees(&self, parts: &[f64], variance: f64) -> f64 {
        let mut lost = 0.0;
        for (i, input) in self.inputs.iter().enumerate() {
            let own = |j: usize| {
                j == i
                    || (input.assessment.is_some() && self.inputs[j].assessment == input.assessment)
            };
            let first = (0..i).all(|j| !own(j));
            if first && input.degrees_of_freedom.is_finite() {
                let members = |j: usize| if own(j) { parts[j] } else { 0.0 };
                let together: Vec<f64> = (0..parts.len()).map(members).collect();
                lost += self.covariance(&together, &together).powi(2) / input.degrees_of_freedom;
            }
        }
        if lost > 0.0 { variance * variance / lost } else { f64::INFINITY }
    }

    fn contributions(&self, parts: &[f64], variance: f64) -> Vec<Contribution> {
        let contribution = |i: usize| {
            let row: f64 = (0..parts.len()).map(|j| self.correlation(i, j) * parts[j]).sum();
            let uncertain = self.uncertain(i);
            Contribution {
                sensitivity: if uncertain { parts[i] / self.uncertainties[i] } else { 0.0 },
                uncertainty: parts[i],
                share: if variance > 0.0 { parts[i] * row / variance } else { 0.0 },
            }
        };
        (0..parts.len()).map(contribution).collect()
    }
}

/// The root of a variance that rounding may have brought slightly below zero.
fn root(variance: f64) -> Result<f64> {
    if variance >= -1e-12 {
        Ok(variance.max(0.0).sqrt())
    } else {
        Err(Error::Inconsistent {
            what: "correlations",
            why: "no quantities are so correlated: the combined variance would be negative",
        })
    }
}

/// Symmetric, with ones on the diagonal and nothing beyond one.
pub(super) fn check_correlations(matrix: &Matrix, n: usize) -> Result<()> {
    check::length("rows of correlations", matrix.rows(), n)?;
    check::length("columns of correlations", matrix.columns(), n)?;
    check::finite("correlations", matrix.values())?;
    let wrong = |(i, j): (usize, usize)| {
        let r = matrix[(i, j)];
        r.abs() > 1.0 || r != matrix[(j, i)] || (i == j && r != 1.0)
    };
    if (0..n).flat_map(|i| (0..n).map(move |j| (i, j))).any(wrong) {
        return Err(Error::Inconsistent {
            what: "correlations",
            why: "they must be symmetric, within -1 and 1, with ones on the diagonal",
        });
    }
    Ok(())
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
        // Three quantities cannot all be so opposed to each other.
        let opposed = Matrix::from_fn(3, 3, |i, j| if i == j { 1.0 } else { -0.9 });
        let three = [Input::new(1.0, 1.0); 3];
        assert_eq!(code(&three, Some(&opposed), &usual), "stats.inconsistent");
        let nowhere = propagate(|x| x[0].ln(), &[Input::new(-1.0, 0.1)], None, &usual);
        assert_eq!(nowhere.unwrap_err().code(), "stats.no_solution");
    }
}
