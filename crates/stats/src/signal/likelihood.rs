//! The likelihood of the prior's five parameters, with its slope.

use super::prior::Prior;
use super::squash::Squashed;
use crate::dist::{digamma, ln_gamma};

/// Points in the order of their counts.
pub(super) struct Likelihood {
    points: Vec<Squashed>,
    /// Counts below this are not in the data.
    least: f64,
}

/// The parameters as they are searched for: logarithms, and the log odds of the share.
pub(super) type Free = [f64; 5];

pub(super) fn prior_of(free: &Free) -> Prior {
    Prior {
        alpha1: free[0].exp(),
        beta1: free[1].exp(),
        alpha2: free[2].exp(),
        beta2: free[3].exp(),
        share: 1.0 / (1.0 + (-free[4]).exp()),
    }
}

pub(super) fn free_of(prior: &Prior) -> Free {
    [
        prior.alpha1.ln(),
        prior.beta1.ln(),
        prior.alpha2.ln(),
        prior.beta2.ln(),
        prior.share.ln() - (-prior.share).ln_1p(),
    ]
}

/// A negative binomial component, and what of it depends on the count alone.
struct Component {
    alpha: f64,
    beta: f64,
    ln_gamma: f64,
    digamma: f64,
    /// ln Γ(α+n) - ln Γ(α) - ln n!, and ψ(α+n) - ψ(α), for the count at hand.
    of_count: (f64, f64),
}

impl Component {
    fn new(alpha: f64, beta: f64) -> Self {
        Self {
            alpha,
            beta,
            ln_gamma: ln_gamma(alpha),
            digamma: digamma(alpha),
            of_count: (0.0, 0.0),
        }
    }

    fn coefficients(&self, n: f64) -> (f64, f64) {
        let sum = self.alpha + n;
        (ln_gamma(sum) - self.ln_gamma - ln_gamma(n + 1.0), digamma(sum) - self.digamma)
    }

    /// ln f(n), and its derivatives by ln α and ln β.
    fn ln_pmf(&self, n: f64, e: f64, of_count: (f64, f64)) -> (f64, [f64; 2]) {
        let Self { alpha, beta, .. } = *self;
        let ln_sum = (beta + e).ln();
        let ln_p = beta.ln() - ln_sum;
        let ln_q = e.ln() - ln_sum;
        let value = of_count.0 + alpha * ln_p + n * ln_q;
        let by_alpha = alpha * (of_count.1 + ln_p);
        let by_beta = alpha - (alpha + n) * beta / (beta + e);
        (value, [by_alpha, by_beta])
    }

    /// ln f(n) of the count at hand, conditional on a count of at least `below.len()`; `below` has
    /// the coefficients of the smaller counts.
    fn conditional(&self, n: f64, e: f64, below: &[(f64, f64)]) -> (f64, [f64; 2]) {
        let (mut value, mut slope) = self.ln_pmf(n, e, self.of_count);
        let (mut missing, mut bend) = (0.0, [0.0; 2]);
        for (k, of_count) in below.iter().enumerate() {
            let (ln_f, by) = self.ln_pmf(k as f64, e, *of_count);
            let f = ln_f.exp();
            missing += f;
            bend = [bend[0] + f * by[0], bend[1] + f * by[1]];
        }
        if missing > 0.0 {
            // 1 - missing, which is tiny for small e and α: the sum above rounds, but the largest
            // part, f(0), is known by its logarithm.
            let rest = match below {
                [of_zero] => -self.ln_pmf(0.0, e, *of_zero).0.exp_m1(),
                _ => (1.0 - missing).max(f64::MIN_POSITIVE),
            };
            value -= rest.ln();
            slope = [slope[0] + bend[0] / rest, slope[1] + bend[1] / rest];
        }
        (value, slope)
    }
}

impl Likelihood {
    pub fn new(points: &[Squashed], least: f64) -> Self {
        let mut points = points.to_vec();
        points.sort_by(|x, y| x.observed.total_cmp(&y.observed));
        Self { points, least }
    }

    /// -ln L, and its slope by the free parameters.
    pub fn at(&self, free: &Free) -> (f64, Free) {
        let prior = prior_of(free);
        let ln_share = -(-free[4]).exp().ln_1p();
        let ln_rest = -free[4].exp().ln_1p();
        let mut parts =
            [Component::new(prior.alpha1, prior.beta1), Component::new(prior.alpha2, prior.beta2)];
        let smaller = (0..self.least as usize).map(|k| k as f64);
        let below = [0, 1].map(|i| {
            let coefficients = smaller.clone().map(|k| parts[i].coefficients(k));
            coefficients.collect::<Vec<_>>()
        });
        let (mut value, mut slope) = (0.0, [0.0; 5]);
        for run in self.points.chunk_by(|x, y| x.observed == y.observed) {
            let n = run[0].observed;
            for part in &mut parts {
                part.of_count = part.coefficients(n);
            }
            for point in run {
                let e = point.expected;
                let (first, by_first) = parts[0].conditional(n, e, &below[0]);
                let (second, by_second) = parts[1].conditional(n, e, &below[1]);
                let (x, y) = (ln_share + first, ln_rest + second);
                let top = x.max(y);
                let sum = (x - top).exp() + (y - top).exp();
                let q = (x - top).exp() / sum;
                value -= point.weight * (top + sum.ln());
                let w = point.weight;
                slope[0] -= w * q * by_first[0];
                slope[1] -= w * q * by_first[1];
                slope[2] -= w * (1.0 - q) * by_second[0];
                slope[3] -= w * (1.0 - q) * by_second[1];
                slope[4] -= w * (q - prior.share);
            }
        }
        (value, slope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slope_is_that_of_the_value() {
        let points: Vec<Squashed> = (0..40)
            .map(|i| Squashed {
                observed: f64::from(2 + i % 7),
                expected: 0.05 * f64::from(1 + i),
                weight: f64::from(1 + i % 3),
            })
            .collect();
        for least in [0.0, 1.0, 2.0] {
            let likelihood = Likelihood::new(&points, least);
            let at = [-0.5, 0.2, 0.7, 0.4, -1.0];
            let (_, slope) = likelihood.at(&at);
            for i in 0..5 {
                let h = 1e-5;
                let step = |sign: f64| {
                    let mut moved = at;
                    moved[i] += sign * h;
                    likelihood.at(&moved).0
                };
                let numeric = (step(1.0) - step(-1.0)) / (2.0 * h);
                assert!((numeric - slope[i]).abs() < 1e-5 * (1.0 + slope[i].abs()), "{least} {i}");
            }
        }
    }
}
