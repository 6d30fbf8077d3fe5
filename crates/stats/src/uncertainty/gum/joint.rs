//! Several quantities at once.

use super::Input;
use super::prepared::{Prepared, root};
use crate::error::{Error, Result};
use crate::linalg::Matrix;

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
/// As [`propagate`](super::propagate()); no function.
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
        parts.iter().map(|p| root(prepared.covariance(p, p), p)).collect::<Result<_>>()?;
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
