//! Control charts.

use std::error::Error;
use std::time::Duration;

use stats::random::Random;
use stats::spc::{ChartOptions, NELSON, individuals};

use crate::report::{Measurement, timed};

const POINTS: usize = 1_000_000;

/// Runs the benchmark.
pub fn run() -> Result<(), Box<dyn Error>> {
    let mut random = Random::stream(1, 0);
    let values: Vec<f64> = (0..POINTS).map(|_| 10.0 + random.normal()).collect();
    let options = ChartOptions::default();
    let mut best = Duration::MAX;
    let mut found = 0;
    for _ in 0..9 {
        let (violations, time) = timed(|| individuals(&values, &options)?.violations(&NELSON));
        found = violations?.iter().map(Vec::len).sum();
        best = best.min(time);
    }
    Measurement::new("stats", "individuals_chart", POINTS as u64)
        .with("rules", "the eight of Nelson")
        .with("violations", found)
        .took(best)
        .with("at_most_ms", 25)
        .peer("qcc 2.7", Measurement::new("", "", POINTS as u64).with("seconds", 7.8))
        .print();
    Ok(())
}
