//! Propagation of distributions.

use std::error::Error;
use std::time::Duration;

use stats::uncertainty::{Distribution, Formula, MonteCarloOptions, monte_carlo};

use crate::report::{Measurement, timed};

/// A million trials of a quotient with a temperature correction, the function given as text.
pub fn run() -> Result<(), Box<dyn Error>> {
    let formula = Formula::parse("V / I * (1 + alpha * (t - 20))", &["V", "I", "alpha", "t"])?;
    let normal = |mean, standard_uncertainty| Distribution::Normal { mean, standard_uncertainty };
    let inputs = [
        normal(5.0, 0.01),
        normal(0.02, 0.0001),
        Distribution::Rectangular { lower: 0.0038, upper: 0.0040 },
        Distribution::Arcsine { lower: 19.0, upper: 21.0 },
    ];
    let options = MonteCarloOptions::default();
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let (found, time) = timed(|| monte_carlo(|x| formula.value(x), &inputs, None, &options));
        found?.shortest(0.95)?;
        best = best.min(time);
    }
    Measurement::new("stats", "GUM supplement 1, Monte Carlo", options.trials as u64)
        .with("inputs", inputs.len())
        .took(best)
        .print();
    Ok(())
}
