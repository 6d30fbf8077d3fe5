//! Random numbers that are the same for a seed on every machine and with any number of threads.
//!
//! The generator is xoshiro256++ (Blackman and Vigna 2021, ACM TOMS 47, 36), seeded through
//! SplitMix64. Work that is split among threads takes one stream for each piece of work (each
//! simulation, each block of trials), never for each thread: then the result does not depend on who
//! did which piece.

use crate::dist::normal_quantile;

/// A stream of random numbers.
///
/// ```
/// use stats::random::Random;
/// let draw = |stream| Random::stream(42, stream).below(1000);
/// assert_eq!(draw(7), draw(7));
/// assert_ne!(draw(7), draw(8));
/// ```
#[derive(Clone, Debug)]
pub struct Random {
    state: [u64; 4],
}

impl Random {
    /// The stream number `stream` of `seed`.
    pub fn stream(seed: u64, stream: u64) -> Self {
        // Two rounds, so that neighbouring seeds and streams have nothing in common.
        let mut mixer = split_mix(seed).wrapping_add(split_mix(stream ^ 0x6a09_e667_f3bc_c909));
        let mut next = || {
            mixer = mixer.wrapping_add(0x9e37_79b9_7f4a_7c15);
            split_mix(mixer)
        };
        Self {
            state: [next(), next(), next(), next()],
        }
    }

    /// 64 random bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.state;
        let result = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let t = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= t;
        *d = d.rotate_left(45);
        result
    }

    /// A number from 0 (included) to 1 (not included), a multiple of 2⁻⁵³.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// A whole number below `n`, each as likely as the other (Lemire 2019); 0 where `n` is 0.
    #[inline]
    pub fn below(&mut self, n: u64) -> u64 {
        loop {
            let wide = u128::from(self.bits()) * u128::from(n);
            let low = wide as u64;
            if low >= n || low >= n.wrapping_neg() % n.max(1) {
                return (wide >> 64) as u64;
            }
        }
    }

    /// A standard normal number, by inversion.
    #[inline]
    pub fn normal(&mut self) -> f64 {
        // The middle of one of 2⁵³ cells: never 0 or 1.
        normal_quantile(((self.bits() >> 12) as f64 + 0.5) * (1.0 / (1u64 << 52) as f64))
    }

    /// Puts the values into a random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        for i in (1..values.len()).rev() {
            let j = self.below(i as u64 + 1) as usize;
            values.swap(i, j);
        }
    }
}

/// Steele, Lea and Flood (2014): the mixing step of SplitMix64.
fn split_mix(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_is_even() {
        let mut random = Random::stream(1, 0);
        let mut seen = [0u32; 7];
        for _ in 0..70_000 {
            seen[random.below(7) as usize] += 1;
        }
        // Five standard deviations of a binomial count.
        assert!(seen.iter().all(|n| n.abs_diff(10_000) < 470), "{seen:?}");
        assert_eq!(random.below(0), 0);
        assert_eq!(random.below(1), 0);
    }

    #[test]
    fn normal_has_mean_zero_and_variance_one() {
        let mut random = Random::stream(2, 5);
        let draws: Vec<f64> = (0..100_000).map(|_| random.normal()).collect();
        let mean = draws.iter().sum::<f64>() / 1e5;
        let variance = draws.iter().map(|x| x * x).sum::<f64>() / 1e5;
        assert!(
            mean.abs() < 0.016 && (variance - 1.0).abs() < 0.025,
            "{mean} {variance}"
        );
    }

    #[test]
    fn shuffle_keeps_every_value() {
        let mut values: Vec<u32> = (0..50).collect();
        Random::stream(3, 0).shuffle(&mut values);
        assert_ne!(values, (0..50).collect::<Vec<_>>());
        values.sort_unstable();
        assert_eq!(values, (0..50).collect::<Vec<_>>());
    }
}
