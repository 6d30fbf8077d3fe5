//! Inputs that have been checked, and the sums over them.

use super::super::derivative::Around;
use super::{Contribution, Input};
use crate::error::{Error, Result, check};
use crate::linalg::Matrix;
use crate::sample::square;

/// Inputs that have been checked.
pub(super) struct Prepared<'a> {
    inputs: &'a [Input],
    correlations: Option<&'a Matrix>,
    estimates: Vec<f64>,
    uncertainties: Vec<f64>,
}

impl<'a> Prepared<'a> {
    pub fn new(inputs: &'a [Input], correlations: Option<&'a Matrix>) -> Result<Self> {
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

    pub fn around<'b, F>(&'b self, function: &'b F) -> Around<'b, F> {
        Around { function, at: &self.estimates, steps: &self.uncertainties }
    }

    pub fn uncertain(&self, input: usize) -> bool {
        self.uncertainties[input] > 0.0
    }

    /// Sensitivity times uncertainty of each input.
    pub fn parts<F: Fn(&[f64]) -> f64>(&self, around: &Around<'_, F>) -> Result<Vec<f64>> {
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

    pub fn covariance(&self, a: &[f64], b: &[f64]) -> f64 {
        let row = |i: usize| -> f64 { (0..b.len()).map(|j| self.correlation(i, j) * b[j]).sum() };
        (0..a.len()).map(|i| a[i] * row(i)).sum()
    }

    /// Welch and Satterthwaite's formula, assessment by assessment.
    pub fn effective_degrees(&self, parts: &[f64], variance: f64) -> f64 {
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
                lost += square(self.covariance(&together, &together)) / input.degrees_of_freedom;
            }
        }
        if variance > 0.0 && lost > 0.0 { variance * variance / lost } else { f64::INFINITY }
    }

    pub fn contributions(&self, parts: &[f64], variance: f64) -> Vec<Contribution> {
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

/// The root of a variance made of `parts`, which rounding may have brought slightly below zero.
pub(super) fn root(variance: f64, parts: &[f64]) -> Result<f64> {
    let scale: f64 = parts.iter().map(|p| p * p).sum();
    if variance >= -1e-9 * scale {
        Ok(variance.max(0.0).sqrt())
    } else {
        Err(Error::Inconsistent {
            what: "correlations",
            why: "no quantities are so correlated: the combined variance would be negative",
        })
    }
}

/// Symmetric, with ones on the diagonal and nothing beyond one.
pub(in crate::uncertainty) fn check_correlations(matrix: &Matrix, n: usize) -> Result<()> {
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
