//! The search over all windows, once for the data and once for each simulation.
//!
//! A window is a zone and a number of last periods; a purely spatial scan has one period. The cases
//! of a zone are those of the zone before it and of the locations that it adds, for all durations
//! at once. Simulations go through the zones many abreast. Since a statistic rises with the
//! cases, the count is found beforehand above which a window beats a low level; only the few counts
//! that reach it are scored. A simulation whose best window lies below the level is run again with
//! a lower one, so that the level has no influence on the result.

use rayon::prelude::*;

use super::null::Null;
use super::score::{Score, fewest_above};
use super::zones::Zones;
use crate::random::Random;

/// How many simulations go abreast.
const LANES: usize = 32;

/// Levels of the statistic, the last of them below every window that has more cases than expected.
const LEVELS: [f64; 4] = [3.0, 1.5, 0.5, 0.0];

/// The zones as a walk: each from nothing or from the zone before it.
pub(super) struct Walk {
    steps: Vec<Step>,
    added: Vec<usize>,
    locations: usize,
    durations: usize,
}

struct Step {
    fresh: bool,
    added: usize,
}

impl Walk {
    /// The walk through `zones`, with windows of 1, 2, ... `durations` last periods.
    pub fn new(zones: &Zones, durations: usize) -> Self {
        let mut steps = Vec::with_capacity(zones.len());
        let mut added = Vec::new();
        let mut inside = vec![false; zones.locations()];
        for zone in 0..zones.len() {
            let start = added.len();
            let fresh = zones.step(zone, &mut inside, &mut added);
            steps.push(Step { fresh, added: added.len() - start });
        }
        Self { steps, added, locations: zones.locations(), durations }
    }

    /// How many last periods the longest window covers.
    pub fn durations(&self) -> usize {
        self.durations
    }

    /// The sum over each window of `cells`, which are held by location and then by period; zone by
    /// zone, from the shortest duration to the longest.
    pub fn sums(&self, cells: &[f64]) -> Vec<f64> {
        let periods = cells.len() / self.locations;
        let mut by_duration = Vec::with_capacity(self.locations * self.durations);
        for cells in cells.chunks_exact(periods) {
            let mut sum = 0.0;
            by_duration.extend(cells.iter().rev().take(self.durations).map(|x| {
                sum += x;
                sum
            }));
        }
        let mut zone = vec![0.0; self.durations];
        let mut sums = Vec::with_capacity(self.steps.len() * self.durations);
        let mut added = self.added.iter();
        for step in &self.steps {
            if step.fresh {
                zone.fill(0.0);
            }
            for &location in added.by_ref().take(step.added) {
                let more = &by_duration[location * self.durations..];
                zone.iter_mut().zip(more).for_each(|(sum, x)| *sum += x);
            }
            sums.extend_from_slice(&zone);
        }
        sums
    }

    /// The largest statistic of any window in each of `simulations` draws from `null`, in the order
    /// of the draws. Draw number `i` is stream `i` of the seed, whoever computes it.
    pub fn replicates(
        &self,
        score: &impl Score,
        measures: &[f64],
        null: &impl Null,
        simulations: usize,
        seed: u64,
    ) -> Vec<f64> {
        if null.most() <= f64::from(i16::MAX) {
            self.largest::<i16>(score, measures, null, simulations, seed)
        } else {
            self.largest::<i32>(score, measures, null, simulations, seed)
        }
    }

    fn largest<C: Count>(
        &self,
        score: &impl Score,
        measures: &[f64],
        null: &impl Null,
        simulations: usize,
        seed: u64,
    ) -> Vec<f64> {
        let mut largest = vec![0.0; simulations];
        let mut open: Vec<usize> = (0..simulations).collect();
        for level in LEVELS {
            if open.is_empty() {
                break;
            }
            let fewest: Vec<C> = measures
                .par_iter()
                .with_min_len(1024)
                .map(|&measure| C::capped(fewest_above(score, level, measure)))
                .collect();
            let blocks: Vec<[f64; LANES]> = open
                .par_chunks(LANES)
                .map_init(
                    || Block::new(self, null.cells()),
                    |block, simulations| {
                        block.draw(self, null, simulations, seed);
                        block.search(self, score, measures, &fewest)
                    },
                )
                .collect();
            for (&simulation, &best) in open.iter().zip(blocks.iter().flatten()) {
                largest[simulation] = best;
            }
            open.retain(|&simulation| largest[simulation] <= level);
        }
        largest
    }
}

/// A whole number that is narrow, so that many go into one register.
trait Count: Copy + Default + Ord + Into<f64> + Send + Sync {
    /// A number of cases; the largest number where it is above that.
    fn capped(cases: f64) -> Self;
    /// Adds counts, lane by lane.
    fn add(sums: &mut [Self; LANES], counts: &[Self; LANES]);
    /// Whether any count is as large as `fewest`.
    fn any_reaches(counts: &[Self; LANES], fewest: Self) -> bool;
}

// Written so that the compiler makes vector instructions of it: compare with care when changing.
macro_rules! count {
    ($int:ty) => {
        impl Count for $int {
            fn capped(cases: f64) -> Self {
                cases as $int
            }

            #[inline(always)]
            fn add(sums: &mut [Self; LANES], counts: &[Self; LANES]) {
                let (old, more) = (*sums, *counts);
                *sums = std::array::from_fn(|lane| old[lane].wrapping_add(more[lane]));
            }

            #[inline(always)]
            fn any_reaches(counts: &[Self; LANES], fewest: Self) -> bool {
                let mut any: $int = 0;
                for &count in counts {
                    any |= -<$int>::from(count >= fewest);
                }
                any != 0
            }
        }
    };
}

count!(i16);
count!(i32);

/// The room that one block of simulations needs.
struct Block<C> {
    cells: Vec<u32>,
    by_duration: Vec<[C; LANES]>,
}

impl<C: Count> Block<C> {
    fn new(walk: &Walk, cells: usize) -> Self {
        let nothing = [C::default(); LANES];
        Self { cells: vec![0; cells], by_duration: vec![nothing; walk.locations * walk.durations] }
    }

    fn draw(&mut self, walk: &Walk, null: &impl Null, simulations: &[usize], seed: u64) {
        let periods = self.cells.len() / walk.locations;
        for (lane, &simulation) in simulations.iter().enumerate() {
            let mut random = Random::stream(seed, simulation as u64);
            null.draw(&mut random, &mut self.cells);
            let locations = self.cells.chunks_exact(periods);
            for (cells, sums) in locations.zip(self.by_duration.chunks_exact_mut(walk.durations)) {
                let mut sum = 0;
                for (&cases, counts) in cells.iter().rev().zip(sums) {
                    sum += cases;
                    counts[lane] = C::capped(f64::from(sum));
                }
            }
        }
    }

    fn search(
        &self,
        walk: &Walk,
        score: &impl Score,
        measures: &[f64],
        fewest: &[C],
    ) -> [f64; LANES] {
        let nothing = [C::default(); LANES];
        match walk.durations {
            // The compiler keeps one period in registers.
            1 => self.search_with(&mut [nothing], walk, score, measures, fewest),
            more => self.search_with(&mut vec![nothing; more], walk, score, measures, fewest),
        }
    }

    #[inline(always)]
    fn search_with(
        &self,
        zone: &mut [[C; LANES]],
        walk: &Walk,
        score: &impl Score,
        measures: &[f64],
        fewest: &[C],
    ) -> [f64; LANES] {
        let mut best = [0.0; LANES];
        let durations = zone.len();
        let mut added = walk.added.iter();
        let windows = fewest.chunks_exact(durations).zip(measures.chunks_exact(durations));
        for (step, (fewest, measures)) in walk.steps.iter().zip(windows) {
            if step.fresh {
                zone.fill([C::default(); LANES]);
            }
            for &location in added.by_ref().take(step.added) {
                let more = &self.by_duration[location * durations..][..durations];
                for (sum, counts) in zone.iter_mut().zip(more) {
                    C::add(sum, counts);
                }
            }
            for ((counts, &fewest), &measure) in zone.iter().zip(fewest).zip(measures) {
                if C::any_reaches(counts, fewest) {
                    raise(&mut best, counts, fewest, score, measure);
                }
            }
        }
        best
    }
}

/// Scores the counts that reach `fewest` and may beat the best so far.
#[inline(never)]
fn raise<C: Count>(
    best: &mut [f64; LANES],
    counts: &[C; LANES],
    fewest: C,
    score: &impl Score,
    measure: f64,
) {
    for (best, &count) in best.iter_mut().zip(counts) {
        if count >= fewest && score.bound(count.into(), measure) > *best {
            *best = best.max(score.score(count.into(), measure));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::null::{Multinomial, Shuffled, Total, WithoutReplacement};
    use super::super::score::{Bernoulli, ExpectationPoisson, PoissonGivenTotal};
    use super::*;

    const PERIODS: usize = 3;

    fn zones() -> Zones {
        let places: Vec<(f64, f64)> =
            (0..12).map(|i| (f64::from(i * i % 7), f64::from(i))).collect();
        Zones::nearest(&places, 6).unwrap()
    }

    /// The shortcuts change nothing: every replicate is the largest score of all windows.
    fn as_by_brute_force(score: &impl Score, cells: &[f64], periods: usize, null: &impl Null) {
        let zones = zones();
        let walk = Walk::new(&zones, periods);
        let measures = walk.sums(cells);
        let fast = walk.replicates(score, &measures, null, 70, 9);
        let wide = walk.largest::<i32>(score, &measures, null, 70, 9);
        assert_eq!(fast, wide);
        for (i, fast) in fast.iter().enumerate() {
            let mut drawn = vec![0; null.cells()];
            null.draw(&mut Random::stream(9, i as u64), &mut drawn);
            let mut best = 0.0f64;
            for (zone, measures) in zones.iter().zip(measures.chunks(periods)) {
                for (duration, &measure) in (1..=periods).zip(measures) {
                    let cells = zone
                        .iter()
                        .flat_map(|&place| &drawn[place * periods..][periods - duration..periods]);
                    let cases: u32 = cells.sum();
                    best = best.max(score.score(f64::from(cases), measure));
                }
            }
            assert_eq!(*fast, best, "replicate {i}");
        }
    }

    #[test]
    fn replicates_are_the_largest_scores() {
        let cells: Vec<f64> = (0..12 * PERIODS).map(|i| 1.0 + (i % 5) as f64).collect();
        let total = cells.iter().sum::<f64>();
        let given = PoissonGivenTotal { total, rate: 1.0 };
        let fixed = Multinomial::new(&cells, Total::Fixed(total as u64));
        as_by_brute_force(&given, &cells, PERIODS, &fixed);
        as_by_brute_force(&given, &cells, PERIODS, &Shuffled::new(&cells, PERIODS));
        let free = Multinomial::new(&cells, Total::Poisson(total));
        as_by_brute_force(&ExpectationPoisson, &cells, PERIODS, &free);
        // So many cases that the cells are Poisson numbers, and too many for sixteen bits.
        let many: Vec<f64> = cells.iter().map(|c| 2_000.0 * c).collect();
        let total = many.iter().sum::<f64>();
        let fixed = Multinomial::new(&many, Total::Fixed(total as u64));
        assert!(fixed.most() > f64::from(i16::MAX));
        as_by_brute_force(&PoissonGivenTotal { total, rate: 1.0 }, &many, PERIODS, &fixed);
    }

    #[test]
    fn replicates_of_people_are_the_largest_scores() {
        let people: Vec<f64> = (0..12).map(|i| 20.0 + f64::from(i * 7 % 10)).collect();
        let population = people.iter().sum::<f64>();
        for cases in [3, 40, 200, population as u64 - 2] {
            let score = Bernoulli { total: cases as f64, population };
            let null = WithoutReplacement::new(&people, cases);
            let mut drawn = vec![0; people.len()];
            null.draw(&mut Random::stream(4, 4), &mut drawn);
            assert_eq!(drawn.iter().map(|&c| u64::from(c)).sum::<u64>(), cases);
            assert!(drawn.iter().zip(&people).all(|(&c, &p)| f64::from(c) <= p));
            as_by_brute_force(&score, &people, 1, &null);
        }
    }
}
