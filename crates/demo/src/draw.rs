//! Drawing: counts, delays, choices.

use stats::random::Random;

use crate::data::Spread;

/// What can be drawn from a stream of random numbers.
pub(crate) trait Draw {
    /// Whether something of this probability happens.
    fn happens(&mut self, probability: f64) -> bool;
    /// One of a list.
    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T;
    /// A place in a list of so many.
    fn place(&mut self, count: usize) -> usize;
    /// How many of something that comes at this mean rate (Poisson).
    fn count(&mut self, mean: f64) -> u32;
    /// A log-normal number: the median, and the factor of one standard deviation.
    fn spread(&mut self, spread: &Spread) -> f64;
    /// A whole number from `least` to `most`, both included.
    fn between(&mut self, least: i32, most: i32) -> i32;
    /// A place by weights whose running sums are given.
    fn weighted(&mut self, sums: &[f64]) -> usize;
}

impl Draw for Random {
    fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.place(from.len())]
    }

    fn place(&mut self, count: usize) -> usize {
        self.below(count as u64) as usize
    }

    fn count(&mut self, mean: f64) -> u32 {
        // Many at once come as a normal number; the difference is not seen.
        if mean > 60.0 {
            return (mean + libm::sqrt(mean) * self.normal()).max(0.0) as u32;
        }
        let (limit, mut product, mut count) = (libm::exp(-mean), self.unit(), 0);
        while product > limit {
            product *= self.unit();
            count += 1;
        }
        count
    }

    fn spread(&mut self, spread: &Spread) -> f64 {
        spread.median * libm::exp(libm::log(spread.spread) * self.normal().clamp(-3.0, 3.0))
    }

    fn between(&mut self, least: i32, most: i32) -> i32 {
        least + self.below((most - least).max(0) as u64 + 1) as i32
    }

    fn weighted(&mut self, sums: &[f64]) -> usize {
        let total = sums.last().copied().unwrap_or_default();
        let at = self.unit() * total;
        sums.partition_point(|sum| *sum <= at).min(sums.len().saturating_sub(1))
    }
}

/// Running sums of weights.
pub(crate) fn sums(weights: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut sum = 0.0;
    let add = |weight: f64| {
        sum += weight.max(0.0);
        sum
    };
    weights.into_iter().map(add).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_delays_are_as_said() {
        let mut random = Random::stream(1, 1);
        for mean in [0.2, 4.0, 200.0] {
            let total: u64 = (0..4000).map(|_| u64::from(random.count(mean))).sum();
            let found = total as f64 / 4000.0;
            assert!((found - mean).abs() < 0.06 * mean + 0.02, "{found} for {mean}");
        }
        let spread = Spread { median: 10.0, spread: 2.0 };
        let mut drawn: Vec<f64> = (0..4001).map(|_| random.spread(&spread)).collect();
        drawn.sort_by(f64::total_cmp);
        assert!((drawn[2000] - 10.0).abs() < 0.6);
        // One standard deviation up.
        assert!((drawn[(4001.0 * 0.8413) as usize] - 20.0).abs() < 2.0);
    }

    #[test]
    fn weights_decide() {
        let mut random = Random::stream(1, 2);
        let sums = sums([1.0, 0.0, 3.0]);
        let mut found = [0; 3];
        (0..4000).for_each(|_| found[random.weighted(&sums)] += 1);
        assert_eq!(found[1], 0);
        assert!((2850..3150).contains(&found[2]), "{found:?}");
        assert_eq!((random.between(3, 3), random.between(5, 2)), (3, 5));
    }
}
