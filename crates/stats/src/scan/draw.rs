//! Draws from discrete distributions.

use crate::dist::{Binomial, Discrete, Poisson};
use crate::random::Random;

/// Draws of an index with a chance in proportion to its weight, in constant time (Walker's alias
/// method in the form of Vose 1991).
pub(super) struct Weighted {
    /// The chance of an index's own half of its cell, in units of 2⁻³², and who has the other half.
    cells: Vec<(u32, u32)>,
}

impl Weighted {
    /// Weights that are not negative and not all zero.
    pub fn new(weights: &[f64]) -> Self {
        let n = weights.len();
        let mean = weights.iter().sum::<f64>() / n as f64;
        let mut share: Vec<f64> = weights.iter().map(|w| w / mean).collect();
        let mut cells: Vec<(u32, u32)> = (0..n).map(|i| (u32::MAX, i as u32)).collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) =
            (0..n).partition(|&i| share[i] < 1.0);
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
        Self { cells }
    }

    #[inline]
    pub fn draw(&self, random: &mut Random) -> usize {
        let bits = random.bits();
        let index = (((bits >> 32) * self.cells.len() as u64) >> 32) as usize;
        let (own, other) = self.cells[index];
        if (bits as u32) < own {
            index
        } else {
            other as usize
        }
    }
}

/// A Poisson number.
pub(super) fn poisson(random: &mut Random, mean: f64) -> u64 {
    Poisson::new(mean).map_or(0, |poisson| {
        from_mode(
            random,
            mean.floor(),
            f64::INFINITY,
            |k| poisson.pmf(k),
            |k| mean / (k + 1.0),
        )
    })
}

/// A binomial number.
pub(super) fn binomial(random: &mut Random, n: u64, p: f64) -> u64 {
    if n == 0 || p <= 0.0 {
        return 0;
    }
    if p >= 1.0 {
        return n;
    }
    let size = n as f64;
    let odds = p / (1.0 - p);
    Binomial::new(size, p).map_or(0, |binomial| {
        from_mode(
            random,
            ((size + 1.0) * p).floor().min(size),
            size,
            |k| binomial.pmf(k),
            |k| odds * (size - k) / (k + 1.0),
        )
    })
}

/// Inversion that begins at the mode and goes both ways, so that it takes a few standard
/// deviations of steps; `ratio(k)` is the probability of k + 1 over that of k.
fn from_mode(
    random: &mut Random,
    mode: f64,
    most: f64,
    pmf: impl Fn(f64) -> f64,
    ratio: impl Fn(f64) -> f64,
) -> u64 {
    let mut rest = random.unit();
    let peak = pmf(mode);
    rest -= peak;
    if rest < 0.0 {
        return mode as u64;
    }
    let (mut up, mut down) = ((mode, peak), (mode, peak));
    while up.1 > 0.0 || down.1 > 0.0 {
        up.1 *= if up.0 < most { ratio(up.0) } else { 0.0 };
        up.0 += 1.0;
        rest -= up.1;
        if rest < 0.0 {
            return up.0 as u64;
        }
        down.0 -= 1.0;
        down.1 = if down.0 >= 0.0 {
            down.1 / ratio(down.0)
        } else {
            0.0
        };
        rest -= down.1;
        if rest < 0.0 {
            return down.0 as u64;
        }
    }
    // The probabilities sum to a little less than one by rounding.
    mode as u64
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
        assert!(
            (got - mean).abs() < 5.0 * (variance / n).sqrt(),
            "{got} {mean}"
        );
        let spread = draws.iter().map(|x| (x - got).powi(2)).sum::<f64>() / n;
        assert!(
            (spread / variance - 1.0).abs() < 0.08,
            "{spread} {variance}"
        );
    }

    #[test]
    fn binomial_and_poisson_have_their_moments() {
        for (n, p) in [(10, 0.3), (1_000, 0.5), (100_000, 0.002), (50, 0.98)] {
            let size = n as f64;
            moments(size * p, size * p * (1.0 - p), |random| {
                binomial(random, n, p) as f64
            });
        }
        for mean in [0.2, 4.0, 900.0] {
            moments(mean, mean, |random| poisson(random, mean) as f64);
        }
        let mut random = Random::stream(1, 1);
        assert_eq!(binomial(&mut random, 5, 1.0), 5);
        assert_eq!(binomial(&mut random, 0, 0.5), 0);
        assert_eq!(poisson(&mut random, 0.0), 0);
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
