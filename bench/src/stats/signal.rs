//! The gamma-Poisson shrinker on a million cells.

use std::error::Error;

use stats::random::Random;
use stats::signal::{Cell, FitOptions, Prior, SquashOptions, fit_prior, score, squash};

use super::shortest;
use crate::report::{Measurement, timed};

const CELLS: usize = 1_000_000;

/// Cells as spontaneous reports have them: small counts, expected counts over five powers of ten.
fn cells() -> Vec<Cell> {
    let mut random = Random::stream(8, 0);
    (0..CELLS)
        .map(|_| {
            let expected = 10f64.powf(-3.0 + 4.0 * random.unit());
            // Geometric counts of mean 1 + expected times a ratio that is seldom far from one.
            let ratio = (0.6 * random.normal()).exp();
            let mean = expected * ratio;
            let count = (random.unit().ln() / (mean / (1.0 + mean)).ln()).floor();
            Cell { observed: 1.0 + count.min(5_000.0), expected }
        })
        .collect()
}

pub fn run() -> Result<(), Box<dyn Error>> {
    let cells = cells();
    let ((points, fit), fitting) = {
        let (result, time) = timed(|| -> stats::Result<_> {
            let points = squash(&cells, &SquashOptions::default())?;
            let fit = fit_prior(&points, &FitOptions::default())?;
            Ok((points, fit))
        });
        (result?, time)
    };
    Measurement::new("stats", "squashing and fitting the prior", CELLS as u64)
        .with("points", points.len())
        .with("negative_log_likelihood", fit.negative_log_likelihood)
        .took(fitting)
        .print();
    // The prior that fits the reports to the FDA, and the one just fitted.
    let caers = Prior::new(3.262_344, 0.400_455, 2.024_123, 1.906_089, 0.065_236)?;
    for (name, prior) in [("of CAERS", caers), ("fitted", fit.prior)] {
        let (scores, time) = shortest(7, || score(&cells, &prior, [0.05]));
        let scores = scores?;
        let signals = scores.iter().filter(|s| s.quantiles[0] >= 2.0).count();
        Measurement::new("stats", "EBGM with EB05", CELLS as u64)
            .with("prior", name)
            .with("threads", rayon::current_num_threads())
            .with("eb05_of_two_or_more", signals)
            .took(time)
            .peer(
                "R openEBGM, measured on two such cores",
                Measurement::new("", "", CELLS as u64).with("seconds", 10),
            )
            .print();
    }
    Ok(())
}
