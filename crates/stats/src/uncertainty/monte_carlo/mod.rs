//! Propagation of distributions.

mod adaptive;
mod run;
mod sampler;

pub use adaptive::{
    AdaptiveOptions, Agreement, agreement, monte_carlo_adaptive, numerical_tolerance,
};
pub use run::{MonteCarlo, MonteCarloOptions, monte_carlo};
