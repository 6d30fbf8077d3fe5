//! Eigenvalues of a symmetric matrix.

use super::Matrix;
use crate::error::check;
use crate::{Error, Result};

/// Eigenvalues from the largest down, each with its vector of length one.
#[derive(Clone, Debug)]
pub struct SymmetricEigen {
    /// The eigenvalues, the largest first.
    pub values: Vec<f64>,
    /// The eigenvectors as columns, in the same order; the largest entry of each is positive.
    pub vectors: Matrix,
}

/// The eigenvalues and vectors of a symmetric matrix, by Jacobi's rotations; only its lower triangle
/// is read.
///
/// # Errors
/// It is not square or holds a value that is not finite.
///
/// ```
/// use stats::linalg::{Matrix, symmetric_eigen};
/// let eigen = symmetric_eigen(&Matrix::from_rows(2, 2, vec![2.0, 1.0, 1.0, 2.0])?)?;
/// assert!((eigen.values[0] - 3.0).abs() < 1e-14 && (eigen.values[1] - 1.0).abs() < 1e-14);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn symmetric_eigen(matrix: &Matrix) -> Result<SymmetricEigen> {
    let n = matrix.rows();
    check::length("columns of the matrix", matrix.columns(), n)?;
    check::finite("matrix", matrix.values())?;
    let mut a = Matrix::from_fn(n, n, |i, j| matrix[(i.max(j), i.min(j))]);
    let mut v = Matrix::identity(n);
    const SWEEPS: usize = 100;
    for sweep in 0.. {
        let off: f64 = (0..n)
            .flat_map(|i| (0..i).map(move |j| (i, j)))
            .map(|at| a[at].powi(2))
            .sum();
        let all: f64 = a.values().iter().map(|x| x * x).sum();
        if off <= all * 1e-33 {
            break;
        }
        if sweep == SWEEPS {
            return Err(Error::NoConvergence {
                what: "eigenvalues",
                iterations: SWEEPS,
            });
        }
        for p in 0..n {
            for q in p + 1..n {
                rotate(&mut a, &mut v, p, q);
            }
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| a[(j, j)].total_cmp(&a[(i, i)]));
    let values = order.iter().map(|&i| a[(i, i)]).collect();
    let mut vectors = Matrix::from_fn(n, n, |i, j| v[(i, order[j])]);
    for j in 0..n {
        let largest =
            vectors.column(j).into_iter().fold(
                0.0,
                |m: f64, x| if x.abs() > m.abs() + 1e-12 { x } else { m },
            );
        if largest < 0.0 {
            for i in 0..n {
                vectors[(i, j)] = -vectors[(i, j)];
            }
        }
    }
    Ok(SymmetricEigen { values, vectors })
}

/// The rotation of the plane (p, q) that makes a[p, q] zero.
fn rotate(a: &mut Matrix, v: &mut Matrix, p: usize, q: usize) {
    let apq = a[(p, q)];
    if apq == 0.0 {
        return;
    }
    let theta = (a[(q, q)] - a[(p, p)]) / (2.0 * apq);
    let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let c = 1.0 / (t * t + 1.0).sqrt();
    let s = t * c;
    let turn = |m: &mut Matrix, i: (usize, usize), j: (usize, usize)| {
        let (x, y) = (m[i], m[j]);
        m[i] = c * x - s * y;
        m[j] = s * x + c * y;
    };
    for k in 0..a.rows() {
        turn(a, (k, p), (k, q));
    }
    for k in 0..a.rows() {
        turn(a, (p, k), (q, k));
    }
    a[(p, q)] = 0.0;
    a[(q, p)] = 0.0;
    for k in 0..v.rows() {
        turn(v, (k, p), (k, q));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_rebuild_the_matrix() {
        let a = Matrix::from_fn(5, 5, |i, j| 1.0 / (1.0 + i as f64 + j as f64));
        let eigen = symmetric_eigen(&a).unwrap();
        let scaled = Matrix::from_fn(5, 5, |i, j| eigen.vectors[(i, j)] * eigen.values[j]);
        let back = scaled.product(&eigen.vectors.transposed());
        for (x, y) in back.values().iter().zip(a.values()) {
            assert!((x - y).abs() < 1e-14);
        }
    }
}
