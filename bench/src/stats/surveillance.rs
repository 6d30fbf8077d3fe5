//! Farrington flexible, improved setting: six years of weekly counts, one week tested.

use std::error::Error;

use stats::random::Random;
use stats::surveillance::{Calendar, FlexibleOptions, Unit, farrington_flexible};

use super::shortest;
use crate::report::{Measurement, timed};

/// 52 × 6 weeks, and the week that is tested.
const WEEKS: usize = 313;

/// Poisson counts with a season, a trend and a level of their own for each series.
fn series(number: u64) -> Vec<f64> {
    let mut random = Random::stream(8, number);
    let level = 0.2 * 1.5f64.powf(10.0 * random.unit());
    let phase = random.unit();
    (0..WEEKS)
        .map(|week| {
            let year = week as f64 / 52.0;
            let season = (std::f64::consts::TAU * (year + phase)).sin();
            poisson(&mut random, level * (0.5 * season - 0.05 * year).exp())
        })
        .collect()
}

/// By multiplying uniform numbers (Knuth 1969, 3.4.1): the means here are small.
fn poisson(random: &mut Random, mean: f64) -> f64 {
    let limit = (-mean).exp();
    let mut product = random.unit();
    let mut count = 0.0;
    while product > limit {
        product *= random.unit();
        count += 1.0;
    }
    count
}

pub fn run() -> Result<(), Box<dyn Error>> {
    let data: Vec<Vec<f64>> = (0..100_000).map(series).collect();
    let units: Vec<Unit<'_>> = data.iter().map(|counts| Unit::new(counts)).collect();
    let options = FlexibleOptions::improved();
    let test = |units: &[Unit<'_>]| {
        farrington_flexible(units, Calendar::Frequency(52), WEEKS - 1..WEEKS, &options)
    };
    for (n, runs) in [(1_000, 9), (100_000, 3)] {
        let (tested, time) = shortest(runs, || test(&units[..n]));
        let tested = tested?;
        let alarms = tested.iter().flatten().filter(|point| point.alarm).count();
        let mut line = Measurement::new("stats", "Farrington flexible, improved, 1 week", n as u64)
            .with("weeks", WEEKS)
            .with("threads", rayon::current_num_threads())
            .with("alarms", alarms)
            .took(time);
        if n == 1_000 {
            let single = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
            let (again, alone) = single.install(|| timed(|| test(&units[..n])));
            let same = again? == tested;
            line = line
                .with("seconds_one_thread", alone.as_secs_f64())
                .with("same_on_one_thread", same)
                .peer(
                    "R surveillance 1.20, one thread, measured on two such cores",
                    Measurement::new("", "", n as u64).with("seconds", 8.35),
                );
        }
        line.print();
    }
    Ok(())
}
