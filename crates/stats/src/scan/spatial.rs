//! Kulldorff's spatial scan.

use std::cmp::Reverse;

use super::engine::Walk;
use super::null::{Multinomial, Null, Total, WithoutReplacement};
use super::score::{Bernoulli, PoissonGivenTotal, Score};
use super::{Significance, Zones};
use crate::error::check;
use crate::{Error, Result};

/// What is held against the cases of a region.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Model<'a> {
    /// Cases are rare events: Poisson numbers in proportion to the expected numbers, one for each
    /// region, for instance from [`expected`](super::expected). They are scaled to the total of the
    /// cases.
    Poisson {
        /// The expected number of each region, zero or more.
        expected: &'a [f64],
    },
    /// Each person of a region is a case or not.
    Bernoulli,
}

/// Settings of [`kulldorff`]; the default is that of the published software.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpatialOptions {
    /// The largest share of the population that a zone may hold; a half by default.
    pub population_bound: f64,
    /// How many simulations; 999 by default, 0 for none.
    pub simulations: usize,
    /// The seed of the simulations.
    pub seed: u64,
    /// Clusters beside the first are reported up to this p-value; 0.05 by default.
    pub alpha: f64,
}

impl Default for SpatialOptions {
    fn default() -> Self {
        Self { population_bound: 0.5, simulations: 999, seed: 0, alpha: 0.05 }
    }
}

/// A zone with its statistic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ZoneStatistic {
    /// The region round which the zone grew, counted from 0.
    pub centre: usize,
    /// How many regions it has.
    pub size: usize,
    /// The region that was added last, the farthest from the centre.
    pub farthest: usize,
    /// Its cases.
    pub cases: f64,
    /// Its expected number, as given (Poisson), or its population (Bernoulli).
    pub measure: f64,
    /// The logarithm of its likelihood ratio; 0 where the rate is not raised.
    pub llr: f64,
}

/// A zone with a raised rate.
#[derive(Clone, Debug, PartialEq)]
pub struct SpatialCluster {
    /// Its regions, counted from 0, from the centre outward.
    pub regions: Vec<usize>,
    /// Its population.
    pub population: f64,
    /// Its cases.
    pub cases: f64,
    /// The cases to be expected at the overall rate.
    pub expected: f64,
    /// Cases over expected: the standardised ratio.
    pub ratio: f64,
    /// The logarithm of its likelihood ratio.
    pub llr: f64,
    /// How unusual that is; nothing where no simulations were asked for.
    pub significance: Option<Significance>,
}

/// What [`kulldorff`] finds.
#[derive(Clone, Debug, PartialEq)]
pub struct SpatialScan {
    /// The most likely cluster, then those that share no region with one before and whose p-value
    /// is within `alpha` (none of these without simulations). Empty if no zone has a raised rate.
    pub clusters: Vec<SpatialCluster>,
    /// Every zone, in the order of the centres and from small to large.
    pub zones: Vec<ZoneStatistic>,
    /// The largest statistic of each simulation.
    pub replicates: Vec<f64>,
}

/// The spatial scan of Kulldorff (1997, Communications in Statistics 26, 1481): looks in circular
/// zones round the regions for raised rates, and judges the highest likelihood ratio by simulations
/// in which the same number of cases falls at random.
///
/// `coordinates` are those of the regions' centres (straight distances are taken: project
/// longitudes and latitudes first), `population` and `cases` belong to the same regions. Cases may
/// be fractions; the simulations use their rounded total.
///
/// ```
/// use stats::scan::{Model, SpatialOptions, kulldorff};
/// // A row of ten districts of 1000 people; 20 cases instead of 5 in the fourth and fifth.
/// let places: Vec<(f64, f64)> = (0..10).map(|i| (f64::from(i), 0.0)).collect();
/// let cases = [5.0, 5.0, 5.0, 20.0, 20.0, 5.0, 5.0, 5.0, 5.0, 5.0];
/// let scan = kulldorff(&places, &[1000.0; 10], &cases, Model::Bernoulli, &SpatialOptions::default())?;
/// let first = &scan.clusters[0];
/// assert_eq!(first.regions, [4, 3]); // from the centre outward
/// assert_eq!((first.cases, first.expected), (40.0, 16.0));
/// assert_eq!(first.significance.unwrap().p_value, 0.001);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// Arguments that are empty, of different number, negative or not finite; a total of the population,
/// of the cases or of the expected numbers that is zero; cases where none are expected, or (for the
/// Bernoulli model) more cases than people; a bound or alpha outside 0 to 1, or a bound that no
/// region is within (one region alone, for instance).
pub fn kulldorff(
    coordinates: &[(f64, f64)],
    population: &[f64],
    cases: &[f64],
    model: Model<'_>,
    options: &SpatialOptions,
) -> Result<SpatialScan> {
    check::probability("alpha", options.alpha)?;
    check::length("cases", cases.len(), coordinates.len())?;
    check::non_negative("cases", cases)?;
    let zones = Zones::within_population(coordinates, population, options.population_bound)?;
    let total: f64 = cases.iter().sum();
    check::within(
        "total of the cases",
        total,
        total > 0.0 && total < f64::from(i32::MAX),
        "above 0 and below 2147483647",
    )?;
    let regions = |measure, rate| Regions { population, cases, measure, rate };
    match model {
        Model::Poisson { expected } => {
            check::length("expected", expected.len(), coordinates.len())?;
            check::non_negative("expected", expected)?;
            let sum: f64 = expected.iter().sum();
            check::positive("total of the expected numbers", sum)?;
            none_without(cases, expected, |cases, expected| cases > 0.0 && expected == 0.0)?;
            let null = Multinomial::new(expected, Total::Fixed(total.round() as u64));
            let rate = total / sum;
            let score = PoissonGivenTotal { total, rate };
            Ok(search(&zones, &regions(expected, rate), &score, &null, options))
        }
        Model::Bernoulli => {
            none_without(cases, population, |cases, people| cases > people)?;
            let people: f64 = population.iter().sum();
            let null = WithoutReplacement::new(population, total.round() as u64);
            let score = Bernoulli { total, population: people };
            Ok(search(&zones, &regions(population, total / people), &score, &null, options))
        }
    }
}

/// What is known of each region.
struct Regions<'a> {
    population: &'a [f64],
    cases: &'a [f64],
    /// The expected number or the population.
    measure: &'a [f64],
    /// The cases for each unit of the measure.
    rate: f64,
}

fn none_without(cases: &[f64], measure: &[f64], bad: impl Fn(f64, f64) -> bool) -> Result<()> {
    if cases.iter().zip(measure).any(|(&c, &m)| bad(c, m)) {
        return Err(Error::Inconsistent {
            what: "cases",
            why: "a region has more of them than its population or expected number allows",
        });
    }
    Ok(())
}

fn search(
    zones: &Zones,
    of: &Regions<'_>,
    score: &impl Score,
    null: &impl Null,
    options: &SpatialOptions,
) -> SpatialScan {
    let walk = Walk::new(zones, 1);
    let measures = walk.sums(of.measure);
    let statistics: Vec<ZoneStatistic> = zones
        .iter()
        .enumerate()
        .zip(walk.sums(of.cases))
        .zip(&measures)
        .map(|(((zone, regions), cases), &measure)| ZoneStatistic {
            centre: zones.centre(zone).unwrap_or_default(),
            size: regions.len(),
            farthest: regions.last().copied().unwrap_or_default(),
            cases,
            measure,
            llr: score.score(cases, measure),
        })
        .collect();
    let replicates = walk.replicates(score, &measures, null, options.simulations, options.seed);
    let mut sorted = replicates.clone();
    sorted.sort_unstable_by(f64::total_cmp);

    let mut order: Vec<usize> = (0..zones.len()).filter(|&z| statistics[z].llr > 0.0).collect();
    // The same regions come round several centres, with sums that differ in the last bits: the
    // first centre counts, so the last twelve bits do not.
    order.sort_by_key(|&zone| Reverse(statistics[zone].llr.to_bits() >> 12));
    let mut taken = vec![false; zones.locations()];
    let mut clusters = Vec::new();
    for zone in order {
        let found = &statistics[zone];
        let significance = Significance::of(found.llr, &sorted);
        let beside = !clusters.is_empty();
        if beside && significance.is_none_or(|s| s.p_value > options.alpha) {
            break;
        }
        let regions = zones.get(zone).unwrap_or_default();
        if regions.iter().any(|&i| taken[i]) {
            continue;
        }
        regions.iter().for_each(|&i| taken[i] = true);
        let expected = found.measure * of.rate;
        clusters.push(SpatialCluster {
            regions: regions.to_vec(),
            population: regions.iter().map(|&i| of.population[i]).sum(),
            cases: found.cases,
            expected,
            ratio: found.cases / expected,
            llr: found.llr,
            significance,
        });
    }
    SpatialScan { clusters, zones: statistics, replicates }
}
