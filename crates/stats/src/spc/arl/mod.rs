//! Average run lengths: how many points, on average, until a chart signals.
//!
//! For points that are independent and normal with standard error one and mean `mean` (0 in
//! control). Sums and averages start where a setting says (zero-state run lengths) and the limits
//! are constant.
//!
//! The run length from each value of the chart satisfies an integral equation (Page 1954; van
//! Dobben de Bruyn 1968; Crowder 1987), which becomes a linear system at the nodes of Gauss-Legendre
//! quadrature. Counts fall on a lattice, where the chart is a Markov chain and the system is exact
//! (Brook and Evans 1972).

mod cusum;
mod ewma;
mod poisson;
mod search;

use crate::linalg::{Matrix, solve};
use crate::{Error, Result};

pub use cusum::{Sides, cusum_arl, cusum_interval};
pub use ewma::{ewma_arl, ewma_limit};
pub use poisson::{PoissonCusum, poisson_cusum_arl};

const UNCOUNTABLE: Error =
    Error::NoSolution { what: "run length", why: "it is beyond counting; take narrower limits" };

/// The run lengths x with A x = 1.
fn run_lengths(system: &Matrix) -> Result<Vec<f64>> {
    solve(system, &vec![1.0; system.rows()]).map_err(|error| match error {
        Error::Singular { .. } => UNCOUNTABLE,
        other => other,
    })
}

/// A run length that a linear system can tell: beyond about 10¹² its rounding takes over.
fn countable(length: f64) -> Result<f64> {
    if (0.999..1e12).contains(&length) { Ok(length) } else { Err(UNCOUNTABLE) }
}
