//! Control charts.

use std::error::Error;

use stats::random::Random;
use stats::spc::{ChartOptions, NELSON, individuals};

use super::shortest;
use crate::report::Measurement;

const POINTS: usize = 1_000_000;

/// Runs the benchmark.
pub fn run() -> Result<(), Box<dyn Error>> {
    let mut random = Random::stream(1, 0);
    let values: Vec<f64> = (0..POINTS).map(|_| 10.0 + random.normal()).collect();
    let options = ChartOptions::default();
    let (violations, time) = shortest(9, || individuals(&values, &options)?.violations(&NELSON));
    let found: usize = violations?.iter().map(Vec::len).sum();
    Measurement::new("stats", "individuals_chart", POINTS as u64)
        .with("rules", "the eight of Nelson")
        .with("violations", found)
        .took(time)
        .with("at_most_ms", 25)
        .peer("qcc 2.7", Measurement::new("", "", POINTS as u64).with("seconds", 7.8))
        .print();
    Ok(())
}
