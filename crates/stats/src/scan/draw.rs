//! Draws from discrete distributions.

use rayon::prelude::*;

use crate::dist::{Discrete, Poisson};
use crate::random::Random;

/// Draws of an index with a chance in proportion to its weight, in constant time.
pub(super) struct Weighted(Vec<Alias>);

/// The chance of an index's own part of its cell, in units of 2⁻³², and who has the rest.
type Alias = (u32, u32);

impl Weighted {
    /// Weights that are not negative and not all zero.
    pub fn new(weights: &[f64]) -> Self {
        Self(alias(weights))
    }

    #[inline]
    pub fn draw(&self, random: &mut Random) -> usize {
        pick(&self.0, random)
    }
}

/// Walker's table, in the form of Vose (1991). Chances are right to 2⁻³².
fn alias(weights: &[f64]) -> Vec<Alias> {
    let n = weights.len();
    let mean = weights.iter().sum::<f64>() / n as f64;
    let mut share: Vec<f64> = weights.iter().map(|w| w / mean).collect();
    let mut cells: Vec<Alias> = (0..n).map(|i| (u32::MAX, i as u32)).collect();
    let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..n).partition(|&i| share[i] < 1.0);
    while let (Some(&low), Some(&high)) = (small.last(), large.last()) {
        small.pop();
        cells[low] = ((share[low] * 4_294_967_296.0) as u32, high as u32);
        share[high] -= 1.0 - share[low];
        if share[high] < 1.0 {
            large.pop();
            small.push(high);
        }
    }
    // Rounding may strand an index that can hardly be drawn: the heaviest takes its place.
    let heaviest = (0..n).max_by(|&i, &j| weights[i].total_cmp(&weights[j]));
    for low in small.into_iter().filter(|&i| share[i] < 0.5) {
        cells[low] = (0, heaviest.unwrap_or(low) as u32);
    }
    cells
}

#[inline]
fn pick(cells: &[Alias], random: &mut Random) -> usize {
    let bits = random.bits();
    let index = (((bits >> 32) * cells.len() as u64) >> 32) as usize;
    let (own, other) = cells[index];
    if (bits as u32) < own { index } else { other as usize }
}

/// Independent Poisson numbers with given means, drawn again and again.
pub(super) struct PoissonNumbers {
    cells: Vec<PoissonCell>,
    tables: Vec<Alias>,
}

struct PoissonCell {
    mean: f64,
    /// The smallest number that is drawn, and where the table for it and those above it stands; no
    /// table where the mean is so large that it would be long.
    least: u32,
    table: std::ops::Range<usize>,
}

impl PoissonNumbers {
    pub fn new(means: &[f64]) -> Self {
        let made: Vec<(u32, Vec<Alias>)> = means.par_iter().map(|&mean| table(mean)).collect();
        let mut tables = Vec::new();
        let cells = means.iter().zip(made).map(|(&mean, (least, table))| {
            let start = tables.len();
            tables.extend(table);
            PoissonCell { mean, least, table: start..tables.len() }
        });
        Self { cells: cells.collect(), tables }
    }

    /// Fills `cells` and gives the sum.
    pub fn draw(&self, random: &mut Random, cells: &mut [u32]) -> u64 {
        let mut sum = 0;
        for (number, cell) in cells.iter_mut().zip(&self.cells) {
            *number = if cell.table.is_empty() {
                poisson(random, cell.mean) as u32
            } else {
                cell.least + pick(&self.tables[cell.table.clone()], random) as u32
            };
            sum += u64::from(*number);
        }
        sum
    }
}

/// The least number and the table of all that have a chance worth the name.
fn table(mean: f64) -> (u32, Vec<Alias>) {
    const NEGLIGIBLE: f64 = 1e-13;
    if mean > 1000.0 {
        return (0, Vec::new());
    }
    // Chances over that of the mode.
    let mode = mean.floor();
    let mut below = Vec::new();
    let (mut k, mut chance) = (mode, 1.0);
    while k > 0.0 && chance > NEGLIGIBLE {
        chance *= k / mean;
        k -= 1.0;
        below.push(chance);
    }
    let least = k;
    let mut chances: Vec<f64> = below.into_iter().rev().chain([1.0]).collect();
    (k, chance) = (mode, 1.0);
    while chance > NEGLIGIBLE {
        k += 1.0;
        chance *= mean / k;
        chances.push(chance);
    }
    (least as u32, alias(&chances))
}

/// A Poisson number.
pub(super) fn poisson(random: &mut Random, mean: f64) -> u64 {
    Poisson::new(mean).map_or(0, |poisson| {
        // Inversion that begins at the mode and goes both ways, so that it takes a few standard
        // deviations of steps.
        let mode = mean.floor();
        let peak = poisson.pmf(mode);
        let mut rest = random.unit() - peak;
        if rest < 0.0 {
            return mode as u64;
        }
        let (mut up, mut down) = ((mode, peak), (mode, peak));
        while up.1 > 0.0 || down.1 > 0.0 {
            up = (up.0 + 1.0, up.1 * mean / (up.0 + 1.0));
            rest -= up.1;
            if rest < 0.0 {
                return up.0 as u64;
            }
            down = (down.0 - 1.0, down.1 * down.0.max(0.0) / mean);
            rest -= down.1;
            if rest < 0.0 {
                return down.0 as u64;
            }
        }
        // The probabilities sum to a little less than one by rounding.
        mode as u64
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean and variance of many draws, within five standard errors.
    fn moments(mean: f64, variance: f64, mut draw: impl FnMut(&mut Random) -> f64) {
        let mut random = Random::stream(11, 3);
        let n = 20_000.0;
        let draws: Vec<f64> = (0..20_000).map(|_| draw(&mut random)).collect();
        let got = draws.iter().sum::<f64>() / n;
        assert!((got - mean).abs() < 5.0 * (variance / n).sqrt(), "{got} {mean}");
        let spread = draws.iter().map(|x| (x - got).powi(2)).sum::<f64>() / n;
        assert!((spread / variance - 1.0).abs() < 0.08, "{spread} {variance}");
    }

    #[test]
    fn poisson_numbers_have_their_moments() {
        for mean in [0.2, 4.0, 900.0] {
            moments(mean, mean, |random| poisson(random, mean) as f64);
        }
        assert_eq!(poisson(&mut Random::stream(1, 1), 0.0), 0);
        let means = [0.0, 0.03, 1.0, 7.5, 60.0, 990.0, 2_000.0];
        let numbers = PoissonNumbers::new(&means);
        for (i, &mean) in means.iter().enumerate().skip(1) {
            let mut drawn = [0; 7];
            moments(mean, mean, |random| {
                numbers.draw(random, &mut drawn);
                assert_eq!(drawn[0], 0);
                f64::from(drawn[i])
            });
        }
    }

    #[test]
    fn weighted_draws_follow_the_weights() {
        let weights = [1.0, 0.0, 3.0, 6.0];
        let weighted = Weighted::new(&weights);
        let mut random = Random::stream(5, 0);
        let mut seen = [0.0; 4];
        for _ in 0..100_000 {
            seen[weighted.draw(&mut random)] += 1.0;
        }
        assert_eq!(seen[1], 0.0);
        for (seen, weight) in seen.iter().zip(weights) {
            assert!((seen / 1e4 - weight).abs() < 0.08, "{seen} {weight}");
        }
    }
}
