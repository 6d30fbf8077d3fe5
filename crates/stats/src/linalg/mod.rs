//! Small dense linear algebra: what the methods of this crate need, for tens of columns.
//!
//! Matrices are held by rows. Nothing here is meant for large systems.

mod cholesky;
mod eigen;
mod matrix;
mod qr;
mod solve;

pub use cholesky::Cholesky;
pub use eigen::{SymmetricEigen, symmetric_eigen};
pub use matrix::Matrix;
pub use qr::{LeastSquares, least_squares};
pub use solve::solve;
