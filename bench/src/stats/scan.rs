//! Scan statistics.

use std::error::Error;

use stats::random::Random;
use stats::scan::{
    Baseline, Model, Panel, SpaceTimeOptions, SpatialOptions, Statistic, Zones, kulldorff,
    space_time,
};

use super::shortest;
use crate::report::Measurement;

const RUNS: usize = 7;
const SIMULATIONS: usize = 999;

/// Runs the benchmark.
pub fn run() -> Result<(), Box<dyn Error>> {
    spatial()?;
    prospective()
}

/// 281 regions of about 3,760 people and 574 cases, as many as in the New York leukaemia data.
fn spatial() -> Result<(), Box<dyn Error>> {
    let mut random = Random::stream(1, 0);
    let places: Vec<(f64, f64)> =
        (0..281).map(|_| (100.0 * random.unit(), 80.0 * random.unit())).collect();
    let population: Vec<f64> = (0..281).map(|_| 1000.0 + random.below(5500) as f64).collect();
    let mut cases = vec![0.0; 281];
    for _ in 0..574 {
        cases[random.below(281) as usize] += 1.0;
    }
    let options = SpatialOptions { simulations: SIMULATIONS, ..Default::default() };
    for (name, model) in
        [("bernoulli", Model::Bernoulli), ("poisson", Model::Poisson { expected: &population })]
    {
        let (scan, time) =
            shortest(RUNS, || kulldorff(&places, &population, &cases, model, &options));
        Measurement::new("stats", "kulldorff", SIMULATIONS as u64)
            .with("model", name)
            .with("regions", 281)
            .with("zones", scan?.zones.len())
            .took(time)
            .with("at_most_ms", 40)
            .peer("SpatialEpi 1.2.8", Measurement::new("", "", 999).with("seconds", 3.8))
            .print();
    }
    Ok(())
}

/// 100 places over 52 weeks with four cases a week each.
fn prospective() -> Result<(), Box<dyn Error>> {
    let mut random = Random::stream(1, 1);
    let places: Vec<(f64, f64)> = (0..100).map(|_| (random.unit(), random.unit())).collect();
    let zones = Zones::nearest(&places, 15)?;
    let mut counts = vec![0.0; 100 * 52];
    for _ in 0..4 * counts.len() {
        let cell = random.below(counts.len() as u64) as usize;
        counts[cell] += 1.0;
    }
    let population: Vec<f64> = counts.iter().map(|_| 500.0 + random.below(1000) as f64).collect();
    let panel = Panel { counts: &counts, periods: 52 };
    let options = SpaceTimeOptions { simulations: SIMULATIONS, ..Default::default() };
    for (name, statistic, baseline) in [
        (
            "expectation-based Poisson",
            Statistic::ExpectationPoisson,
            Baseline::OverallRate(&population),
        ),
        (
            "population-based Poisson",
            Statistic::PopulationPoisson,
            Baseline::OverallRate(&population),
        ),
        ("permutation", Statistic::Permutation, Baseline::Margins),
    ] {
        let (scan, time) =
            shortest(RUNS, || space_time(&panel, &zones, statistic, baseline, &options));
        Measurement::new("stats", "space_time_scan", SIMULATIONS as u64)
            .with("statistic", name)
            .with("locations", 100)
            .with("periods", 52)
            .with("k", 15)
            .with("windows", scan?.windows.len())
            .took(time)
            .with("at_most_ms", 100)
            .peer("scanstatistics 1.1.2", Measurement::new("", "", 999).with("seconds", 10.6))
            .print();
    }
    Ok(())
}
