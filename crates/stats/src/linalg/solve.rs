//! A system of linear equations.

use super::Matrix;
use crate::error::check;
use crate::{Error, Result};

/// The solution x of A x = b, by elimination with partial pivoting.
///
/// # Errors
/// A is not square or b of another length, a value is not finite, or A is singular to rounding.
///
/// ```
/// use stats::linalg::{Matrix, solve};
/// let a = Matrix::from_rows(2, 2, vec![0.0, 2.0, 1.0, 1.0])?;
/// assert_eq!(solve(&a, &[4.0, 5.0])?, [3.0, 2.0]);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn solve(a: &Matrix, b: &[f64]) -> Result<Vec<f64>> {
    let n = a.rows();
    check::length("columns of the matrix", a.columns(), n)?;
    check::length("right side", b.len(), n)?;
    check::finite("matrix", a.values())?;
    check::finite("right side", b)?;
    let mut rows: Vec<Vec<f64>> =
        (0..n).map(|i| a.row(i).iter().copied().chain([b[i]]).collect()).collect();
    let largest = a.values().iter().fold(0.0f64, |m, v| m.max(v.abs()));
    for k in 0..n {
        let pivot =
            (k..n).max_by(|&i, &j| rows[i][k].abs().total_cmp(&rows[j][k].abs())).unwrap_or(k);
        rows.swap(k, pivot);
        let (done, below) = rows.split_at_mut(k + 1);
        let top = &done[k];
        if top[k].abs() <= largest * 1e-15 {
            return Err(Error::Singular { what: "matrix" });
        }
        for row in below {
            let factor = row[k] / top[k];
            if factor != 0.0 {
                for (cell, above) in row[k..].iter_mut().zip(&top[k..]) {
                    *cell -= factor * above;
                }
            }
        }
    }
    let mut x = vec![0.0; n];
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|j| rows[i][j] * x[j]).sum();
        x[i] = (rows[i][n] - known) / rows[i][i];
    }
    Ok(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hilbert_matrix() {
        let a = Matrix::from_fn(6, 6, |i, j| 1.0 / (i + j + 1) as f64);
        let x = [1.0, -2.0, 3.0, 0.5, 0.0, 7.0];
        let got = solve(&a, &a.times(&x)).unwrap();
        assert!(got.iter().zip(x).all(|(g, x)| (g - x).abs() < 1e-8), "{got:?}");
    }

    #[test]
    fn dependent_rows_are_refused() {
        let a = Matrix::from_rows(2, 2, vec![1.0, 2.0, 2.0, 4.0]).unwrap();
        assert_eq!(solve(&a, &[1.0, 2.0]).unwrap_err().code(), "stats.singular");
    }
}
