//! Scores against outcomes.

use std::error::Error;
use std::time::Duration;

use stats::random::Random;
use stats::rating::Discrimination;

use crate::report::{Measurement, timed};

/// Area, its DeLong error and the Kolmogorov-Smirnov distance of a million cases.
pub fn run() -> Result<(), Box<dyn Error>> {
    const CASES: usize = 1_000_000;
    let mut random = Random::stream(7, 0);
    let cases = (0..CASES).map(|_| {
        let bad = random.unit() < 0.1;
        (random.normal() + f64::from(bad), bad)
    });
    let (scores, bad): (Vec<f64>, Vec<bool>) = cases.unzip();
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let (found, time) = timed(|| {
            let sorted = Discrimination::new(&scores, &bad)?;
            Ok::<_, stats::Error>((sorted.auc_interval(0.95)?, sorted.ks()))
        });
        found?;
        best = best.min(time);
    }
    Measurement::new("stats", "AUC, DeLong interval and KS", CASES as u64).took(best).print();
    Ok(())
}
