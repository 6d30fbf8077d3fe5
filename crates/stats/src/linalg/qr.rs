//! Least squares by Householder reflections.

use super::Matrix;
use crate::error::check;
use crate::{Error, Result};

/// A least squares fit.
#[derive(Clone, Debug)]
pub struct LeastSquares {
    /// One coefficient for each column of the design.
    pub coefficients: Vec<f64>,
    /// Σ (observed - fitted)².
    pub residual_sum: f64,
    /// (XᵀX)⁻¹, which times the variance of an observation is the covariance of the coefficients.
    pub unscaled_covariance: Matrix,
}

/// The coefficients that minimise the sum of squares of `y` - `design` × coefficients.
///
/// # Errors
/// Lengths that do not match, fewer rows than columns, values that are not finite, or linearly
/// dependent columns.
///
/// ```
/// use stats::linalg::{Matrix, least_squares};
/// let design = Matrix::from_rows(3, 2, vec![1.0, 0.0, 1.0, 1.0, 1.0, 2.0])?;
/// let fit = least_squares(&design, &[1.0, 3.0, 5.0])?;
/// assert!((fit.coefficients[0] - 1.0).abs() < 1e-14 && (fit.coefficients[1] - 2.0).abs() < 1e-14);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn least_squares(design: &Matrix, y: &[f64]) -> Result<LeastSquares> {
    let (n, p) = (design.rows(), design.columns());
    check::length("observations", y.len(), n)?;
    check::at_least("observations", y, p)?;
    check::finite("observations", y)?;
    check::finite("design", design.values())?;
    let mut a = design.clone();
    let mut y = y.to_vec();
    let norms: Vec<f64> = (0..p)
        .map(|j| (0..n).map(|i| a[(i, j)].powi(2)).sum::<f64>().sqrt())
        .collect();
    let mut diagonal = vec![0.0; p];
    for j in 0..p {
        let norm = (j..n).map(|i| a[(i, j)].powi(2)).sum::<f64>().sqrt();
        if norm <= norms[j] * 1e-11 {
            return Err(Error::Singular { what: "design" });
        }
        let sign = if a[(j, j)] > 0.0 { norm } else { -norm };
        // The reflection that takes column j to -sign e_j; its vector stays below the diagonal.
        a[(j, j)] += sign;
        let scale = sign * a[(j, j)];
        for k in j + 1..p {
            let along = (j..n).map(|i| a[(i, j)] * a[(i, k)]).sum::<f64>() / scale;
            for i in j..n {
                let v = a[(i, j)];
                a[(i, k)] -= along * v;
            }
        }
        let along = (j..n).map(|i| a[(i, j)] * y[i]).sum::<f64>() / scale;
        for i in j..n {
            y[i] -= along * a[(i, j)];
        }
        diagonal[j] = -sign;
    }
    let upper = |i: usize, j: usize| if i == j { diagonal[i] } else { a[(i, j)] };
    let back = |b: &[f64]| {
        let mut x = b.to_vec();
        for i in (0..p).rev() {
            let rest: f64 = (i + 1..p).map(|k| upper(i, k) * x[k]).sum();
            x[i] = (x[i] - rest) / diagonal[i];
        }
        x
    };
    let coefficients = back(&y[..p]);
    let mut inverse = Matrix::zeros(p, p);
    for j in 0..p {
        let unit: Vec<f64> = (0..p).map(|i| if i == j { 1.0 } else { 0.0 }).collect();
        for (i, v) in back(&unit).into_iter().enumerate() {
            inverse[(i, j)] = v;
        }
    }
    Ok(LeastSquares {
        coefficients,
        residual_sum: y[p..].iter().map(|v| v * v).sum(),
        unscaled_covariance: inverse.product(&inverse.transposed()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependent_columns_are_refused() {
        let design = Matrix::from_fn(5, 2, |i, j| (i as f64 + 1.0) * (j as f64 + 1.0));
        let error = least_squares(&design, &[1.0, 2.0, 2.5, 4.0, 5.0]).unwrap_err();
        assert_eq!(error.code(), "stats.singular");
    }

    #[test]
    fn covariance_is_the_inverse_of_the_cross_product() {
        let design = Matrix::from_fn(6, 3, |i, j| (i as f64 + 0.5).powi(j as i32));
        let y = [1.0, 0.0, 2.0, 1.5, 3.0, 2.0];
        let fit = least_squares(&design, &y).unwrap();
        let cross = design.transposed().product(&design);
        let one = cross.product(&fit.unscaled_covariance);
        for i in 0..3 {
            for j in 0..3 {
                let expected = if i == j { 1.0 } else { 0.0 };
                assert!((one[(i, j)] - expected).abs() < 1e-9);
            }
        }
        let fitted = design.times(&fit.coefficients);
        let rest: f64 = y.iter().zip(&fitted).map(|(a, b)| (a - b).powi(2)).sum();
        assert!((rest - fit.residual_sum).abs() < 1e-12);
    }
}
