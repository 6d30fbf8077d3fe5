//! The prospective space-time scan.

use super::engine::Walk;
use super::null::{Multinomial, Shuffled, Total};
use super::score::{ExpectationPoisson, PoissonGivenTotal, Score};
use super::{Significance, Zones};
use crate::error::check;
use crate::{Error, Result};

/// Counts of cases by place and period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Panel<'a> {
    /// The counts, location by location, and for each from the first period to the last.
    pub counts: &'a [f64],
    /// How many periods.
    pub periods: usize,
}

/// What the counts are held against: one value for each count, in the same order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Baseline<'a> {
    /// Expected numbers, from a model of earlier data for instance.
    Given(&'a [f64]),
    /// Populations, with the overall rate of the panel: C · N(i,t) / ΣN.
    OverallRate(&'a [f64]),
    /// Populations, with the cases spread evenly over the periods and, in each, by the shares of
    /// the population: C / T · N(i,t) / ΣᵢN(i,t).
    PopulationShare(&'a [f64]),
    /// Products of the totals of places and periods, C(i) C(t) / C: what the space-time permutation
    /// scan of Kulldorff and others (2005) uses, for which no population need be known.
    Margins,
}

/// The statistic and what is simulated for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistic {
    /// More cases than the baseline itself (Neill 2009); simulations draw independent Poisson
    /// numbers with the baselines as means.
    ExpectationPoisson,
    /// A higher ratio of cases to baseline inside than outside (Kulldorff 2001, J. Royal Statistical
    /// Society A 164, 61); simulations spread the same number of cases by the baselines, which are
    /// scaled to it.
    PopulationPoisson,
    /// The same ratio; simulations shuffle the periods of the cases, so that neither a place nor a
    /// period stands out by itself (Kulldorff and others 2005).
    Permutation,
}

/// Settings of [`space_time`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpaceTimeOptions {
    /// The most periods that a window covers; all by default.
    pub longest: Option<usize>,
    /// How many simulations; 999 by default, 0 for none.
    pub simulations: usize,
    /// The seed of the simulations.
    pub seed: u64,
}

impl Default for SpaceTimeOptions {
    fn default() -> Self {
        Self { longest: None, simulations: 999, seed: 0 }
    }
}

/// A zone over a number of last periods.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// The number of the zone, counted from 0.
    pub zone: usize,
    /// How many periods, the last of the panel among them.
    pub duration: usize,
    /// Its cases.
    pub cases: f64,
    /// Its baseline.
    pub baseline: f64,
    /// The logarithm of its likelihood ratio.
    pub score: f64,
    /// Cases over baseline; at least 1 for the expectation-based statistic, whose estimate it is.
    pub risk_inside: f64,
    /// The same for all outside; not defined for the expectation-based statistic, nor where the
    /// window is everything.
    pub risk_outside: Option<f64>,
}

/// What [`space_time`] finds.
#[derive(Clone, Debug, PartialEq)]
pub struct SpaceTimeScan {
    /// All windows, the highest score first.
    pub windows: Vec<Window>,
    /// How unusual the highest score is; nothing where no simulations were asked for.
    pub significance: Option<Significance>,
    /// The highest score of each simulation.
    pub replicates: Vec<f64>,
}

/// The prospective space-time scan: looks for a recent rise in a zone, over windows that end with
/// the last period of the panel.
///
/// ```
/// use stats::scan::{Baseline, Panel, SpaceTimeOptions, Statistic, Zones, space_time};
/// // Three places, four weeks; the second has had more cases for two weeks.
/// let counts = [3.0, 2.0, 3.0, 2.0, 2.0, 3.0, 12.0, 14.0, 2.0, 3.0, 2.0, 3.0];
/// let zones = Zones::nearest(&[(0.0, 0.0), (1.0, 0.0), (3.0, 0.0)], 2)?;
/// let scan = space_time(
///     &Panel { counts: &counts, periods: 4 },
///     &zones,
///     Statistic::ExpectationPoisson,
///     Baseline::Given(&[3.0; 12]),
///     &SpaceTimeOptions::default(),
/// )?;
/// let first = &scan.windows[0];
/// assert_eq!((zones.get(first.zone), first.duration), (Some(&[1][..]), 2));
/// assert_eq!((first.cases, first.baseline), (26.0, 6.0));
/// assert!(scan.significance.unwrap().p_value < 0.01);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// Counts that are empty, negative, missing, all zero or not whole; lengths that do not go together;
/// baselines that are negative, missing or all zero, or zero where there are cases; a period without
/// population; a longest duration of 0 or of more than the periods.
pub fn space_time(
    panel: &Panel<'_>,
    zones: &Zones,
    statistic: Statistic,
    baseline: Baseline<'_>,
    options: &SpaceTimeOptions,
) -> Result<SpaceTimeScan> {
    let Panel { counts, periods } = *panel;
    check::at_least("counts", counts, 1)?;
    check::counts("counts", counts)?;
    check::length("counts", counts.len(), zones.locations() * periods)?;
    let total: f64 = counts.iter().sum();
    check::within(
        "total of the counts",
        total,
        total > 0.0 && total < f64::from(i32::MAX),
        "above 0 and below 2147483647",
    )?;
    let longest = options.longest.unwrap_or(periods);
    check::within(
        "longest duration",
        longest as f64,
        longest >= 1 && longest <= periods,
        "from 1 to the number of periods",
    )?;
    let mut baselines = baselines(counts, periods, total, baseline)?;
    if counts.iter().zip(&baselines).any(|(&c, &b)| c > 0.0 && b == 0.0) {
        return Err(Error::Inconsistent {
            what: "baseline",
            why: "it is zero where there are cases",
        });
    }
    let sum: f64 = baselines.iter().sum();
    check::within(
        "total of the baselines",
        sum,
        sum > 0.0 && sum < f64::from(i32::MAX) / 2.0,
        "above 0 and below 1073741823",
    )?;
    let walk = Walk::new(zones, longest);
    let (simulations, seed) = (options.simulations, options.seed);
    if statistic == Statistic::ExpectationPoisson {
        let measures = walk.sums(&baselines);
        let null = Multinomial::new(&baselines, Total::Poisson(sum));
        let score = ExpectationPoisson;
        let replicates = walk.replicates(&score, &measures, &null, simulations, seed);
        return Ok(collect(&walk, counts, &measures, &score, None, replicates));
    }
    baselines.iter_mut().for_each(|b| *b *= total / sum);
    let measures = walk.sums(&baselines);
    let score = PoissonGivenTotal { total, rate: 1.0 };
    let replicates = if statistic == Statistic::Permutation {
        let null = Shuffled::new(counts, periods);
        walk.replicates(&score, &measures, &null, simulations, seed)
    } else {
        let null = Multinomial::new(&baselines, Total::Fixed(total as u64));
        walk.replicates(&score, &measures, &null, simulations, seed)
    };
    Ok(collect(&walk, counts, &measures, &score, Some(total), replicates))
}

fn baselines(counts: &[f64], periods: usize, total: f64, given: Baseline<'_>) -> Result<Vec<f64>> {
    let by_period = |values: &[f64]| {
        let mut sums = vec![0.0; periods];
        for location in values.chunks_exact(periods) {
            sums.iter_mut().zip(location).for_each(|(sum, v)| *sum += v);
        }
        sums
    };
    let checked = |what, values: &[f64]| {
        check::length(what, values.len(), counts.len())?;
        check::non_negative(what, values)
    };
    match given {
        Baseline::Given(values) => {
            checked("baseline", values)?;
            Ok(values.to_vec())
        }
        Baseline::OverallRate(population) => {
            checked("population", population)?;
            let people: f64 = population.iter().sum();
            check::positive("total population", people)?;
            Ok(population.iter().map(|n| n * total / people).collect())
        }
        Baseline::PopulationShare(population) => {
            checked("population", population)?;
            let people = by_period(population);
            for &sum in &people {
                check::positive("population of a period", sum)?;
            }
            let even = total / periods as f64;
            let whole = people.iter().cycle();
            Ok(population.iter().zip(whole).map(|(n, whole)| even * n / whole).collect())
        }
        Baseline::Margins => {
            let of_periods = by_period(counts);
            let margins = counts.chunks_exact(periods).flat_map(|location| {
                let own: f64 = location.iter().sum();
                of_periods.iter().map(move |period| own * period / total)
            });
            Ok(margins.collect())
        }
    }
}

fn collect(
    walk: &Walk,
    counts: &[f64],
    measures: &[f64],
    score: &impl Score,
    total: Option<f64>,
    replicates: Vec<f64>,
) -> SpaceTimeScan {
    let longest = walk.durations();
    let mut windows: Vec<Window> = walk
        .sums(counts)
        .into_iter()
        .zip(measures)
        .enumerate()
        .map(|(i, (cases, &baseline))| {
            let ratio = if baseline > 0.0 { cases / baseline } else { 0.0 };
            let outside = total.map(|total| (total - cases, total - baseline));
            Window {
                zone: i / longest,
                duration: i % longest + 1,
                cases,
                baseline,
                score: score.score(cases, baseline),
                risk_inside: total.map_or(ratio.max(1.0), |_| ratio),
                risk_outside: outside.filter(|o| o.1 > 0.0).map(|(c, b)| c / b),
            }
        })
        .collect();
    windows.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut sorted = replicates.clone();
    sorted.sort_unstable_by(f64::total_cmp);
    SpaceTimeScan {
        significance: windows.first().and_then(|first| Significance::of(first.score, &sorted)),
        windows,
        replicates,
    }
}
