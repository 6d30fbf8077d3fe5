//! The Cholesky decomposition of a positive definite matrix.

use super::{Matrix, matrix::dot};
use crate::error::check;
use crate::{Error, Result};

/// A = L Lᵀ with L lower triangular.
#[derive(Clone, Debug)]
pub struct Cholesky {
    lower: Matrix,
}

impl Cholesky {
    /// Decomposes a symmetric positive definite matrix; only its lower triangle is read.
    ///
    /// # Errors
    /// It is not square, holds a value that is not finite, or is not positive definite to rounding;
    /// `what` names it in the error.
    ///
    /// ```
    /// use stats::linalg::{Cholesky, Matrix};
    /// let a = Matrix::from_rows(2, 2, vec![4.0, 2.0, 2.0, 3.0])?;
    /// let cholesky = Cholesky::of("covariance", &a)?;
    /// let x = cholesky.solve(&[8.0, 7.0]);
    /// assert!((x[0] - 1.25).abs() < 1e-15 && (x[1] - 1.5).abs() < 1e-15);
    /// assert!((cholesky.ln_determinant() - 8f64.ln()).abs() < 1e-15);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn of(what: &'static str, a: &Matrix) -> Result<Self> {
        let n = a.rows();
        check::length(what, a.columns(), n)?;
        check::finite(what, a.values())?;
        let mut lower = Matrix::zeros(n, n);
        for i in 0..n {
            for j in 0..=i {
                let sum = a[(i, j)] - dot(&lower.row(i)[..j], &lower.row(j)[..j]);
                if i == j {
                    if sum <= a[(i, i)].abs() * 1e-13 {
                        return Err(Error::Singular { what });
                    }
                    lower[(i, i)] = sum.sqrt();
                } else {
                    lower[(i, j)] = sum / lower[(j, j)];
                }
            }
        }
        Ok(Self { lower })
    }

    /// L.
    pub fn lower(&self) -> &Matrix {
        &self.lower
    }

    /// L⁻¹ b.
    pub fn forward(&self, b: &[f64]) -> Vec<f64> {
        let mut x = b.to_vec();
        for i in 0..self.lower.rows() {
            let row = self.lower.row(i);
            x[i] = (x[i] - dot(&row[..i], &x[..i])) / row[i];
        }
        x
    }

    /// A⁻¹ b.
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let mut x = self.forward(b);
        for i in (0..self.lower.rows()).rev() {
            let rest: f64 = (i + 1..x.len()).map(|k| self.lower[(k, i)] * x[k]).sum();
            x[i] = (x[i] - rest) / self.lower[(i, i)];
        }
        x
    }

    /// A⁻¹.
    pub fn inverse(&self) -> Matrix {
        let n = self.lower.rows();
        let mut inverse = Matrix::zeros(n, n);
        let mut unit = vec![0.0; n];
        for j in 0..n {
            unit[j] = 1.0;
            for (i, v) in self.solve(&unit).into_iter().enumerate() {
                inverse[(i, j)] = v;
            }
            unit[j] = 0.0;
        }
        inverse
    }

    /// xᵀ A⁻¹ x: the squared Mahalanobis length of `x`.
    pub fn inverse_form(&self, x: &[f64]) -> f64 {
        self.forward(x).iter().map(|v| v * v).sum()
    }

    /// ln det A.
    pub fn ln_determinant(&self) -> f64 {
        let halves = (0..self.lower.rows()).map(|i| self.lower[(i, i)].ln());
        2.0 * halves.sum::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependent_column_is_singular() {
        let a = Matrix::from_rows(2, 2, vec![1.0, 2.0, 2.0, 4.0]).unwrap();
        assert_eq!(
            Cholesky::of("design", &a).unwrap_err().code(),
            "stats.singular"
        );
    }

    #[test]
    fn the_inverse_times_the_matrix_is_one() {
        let a =
            Matrix::from_rows(3, 3, vec![4.0, 1.0, 0.5, 1.0, 3.0, -0.7, 0.5, -0.7, 2.0]).unwrap();
        let one = Cholesky::of("a", &a).unwrap().inverse().product(&a);
        for i in 0..3 {
            for j in 0..3 {
                let expected = if i == j { 1.0 } else { 0.0 };
                assert!((one[(i, j)] - expected).abs() < 1e-15);
            }
        }
    }
}
