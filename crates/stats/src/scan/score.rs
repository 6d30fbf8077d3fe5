//! The statistics: how much better a higher rate inside a window explains the cases.

/// A statistic of one window, given its cases and what is held against them (its measure).
///
/// It is zero where there are no more cases than expected, and above that it rises with the cases:
/// the simulations rely on it.
pub(super) trait Score: Sync {
    /// The sum of `part(e, d)` over the numbers that should be `e` and are off by `d`; zero where
    /// there are no more cases than expected.
    fn sum(&self, cases: f64, measure: f64, part: impl Fn(f64, f64) -> f64) -> f64;

    /// The mean and the variance of the cases of a window where nothing is unusual.
    fn usual(&self, measure: f64) -> (f64, f64);

    /// The most cases that a window can have.
    fn most(&self, measure: f64) -> f64;

    /// The logarithm of the likelihood ratio.
    #[inline]
    fn score(&self, cases: f64, measure: f64) -> f64 {
        self.sum(cases, measure, part)
    }

    /// Not less than the score, and quicker.
    #[inline]
    fn bound(&self, cases: f64, measure: f64) -> f64 {
        self.sum(cases, measure, part_bound)
    }
}

/// x ln(x/e) - (x - e) for x = e + d: what one number adds to the logarithm of a likelihood ratio.
/// The deviations of a table sum to zero, so that this and the usual form agree; but none of these
/// parts is below zero, and no large numbers cancel.
#[inline]
fn part(e: f64, d: f64) -> f64 {
    let x = e + d;
    if x > 0.0 { x * libm::log1p(d / e) - d } else { -d }
}

/// Not less than [`part`], from ln(1+u) <= u(6+u)/(6+4u) for u >= 0 and 2u/(2+u) for u <= 0.
#[inline]
fn part_bound(e: f64, d: f64) -> f64 {
    let more = if d > 0.0 {
        d * d * (3.0 * e + d) / (e * (6.0 * e + 4.0 * d))
    } else {
        d * d / (2.0 * e + d)
    };
    more * (1.0 + 1e-12)
}

/// Kulldorff (1997), eq. for the Poisson model, given the total number of cases:
/// c ln(c/E) + (C-c) ln((C-c)/(C-E)); a window of measure m has E = rate · m.
pub(super) struct PoissonGivenTotal {
    pub total: f64,
    pub rate: f64,
}

impl Score for PoissonGivenTotal {
    #[inline]
    fn sum(&self, cases: f64, measure: f64, part: impl Fn(f64, f64) -> f64) -> f64 {
        let expected = self.rate * measure;
        if cases <= expected || expected >= self.total {
            return 0.0;
        }
        let more = cases - expected;
        part(expected, more) + part(self.total - expected, -more)
    }

    fn usual(&self, measure: f64) -> (f64, f64) {
        let expected = self.rate * measure;
        (expected, expected * (1.0 - expected / self.total))
    }

    fn most(&self, _measure: f64) -> f64 {
        self.total
    }
}

/// Kulldorff (1997), eq. for the Bernoulli model: the measure of a window is its population n;
/// c ln(c/n) + (n-c) ln((n-c)/n) + the same outside, less the same for all together.
pub(super) struct Bernoulli {
    pub total: f64,
    pub population: f64,
}

impl Score for Bernoulli {
    #[inline]
    fn sum(&self, cases: f64, inside: f64, part: impl Fn(f64, f64) -> f64) -> f64 {
        let outside = self.population - inside;
        let rate = self.total / self.population;
        let more = cases - inside * rate;
        if more <= 0.0 || outside <= 0.0 {
            return 0.0;
        }
        let free = 1.0 - rate;
        part(inside * rate, more)
            + part(inside * free, -more)
            + part(outside * rate, -more)
            + part(outside * free, more)
    }

    fn usual(&self, inside: f64) -> (f64, f64) {
        let share = inside / self.population;
        let mean = self.total * share;
        (mean, mean * (1.0 - share) * (1.0 - self.total / self.population))
    }

    fn most(&self, inside: f64) -> f64 {
        self.total.min(inside)
    }
}

/// Neill (2009, Int. J. Forecasting 25, 498), the expectation-based Poisson model:
/// c ln(c/B) + B - c; the measure of a window is its baseline B.
pub(super) struct ExpectationPoisson;

impl Score for ExpectationPoisson {
    #[inline]
    fn sum(&self, cases: f64, baseline: f64, part: impl Fn(f64, f64) -> f64) -> f64 {
        if cases <= baseline {
            return 0.0;
        }
        part(baseline, cases - baseline)
    }

    fn usual(&self, baseline: f64) -> (f64, f64) {
        (baseline, baseline)
    }

    fn most(&self, _baseline: f64) -> f64 {
        f64::INFINITY
    }
}

/// A whole number of cases below which no score is above `level`; infinite where none ever is. It is
/// the smallest whose bound is above it, so that no logarithm is needed.
pub(super) fn fewest_above(score: &impl Score, level: f64, measure: f64) -> f64 {
    let most = score.most(measure).floor();
    let (mean, variance) = score.usual(measure);
    // A window that holds nothing or all: its score is never above zero.
    if measure <= 0.0 || variance <= 0.0 || score.bound(most.min(1e100), measure) <= level {
        return f64::INFINITY;
    }
    // The bound is nearly a square of the distance from the mean.
    let mut away = (2.0 * level * variance).sqrt() + level / 3.0;
    for _ in 0..2 {
        let bound = score.bound((mean + away).min(most), measure);
        if bound > 0.0 {
            away *= (level / bound).sqrt();
        }
    }
    let mut fewest = (mean + away).min(most).ceil();
    while fewest < most && score.bound(fewest, measure) <= level {
        fewest += 1.0;
    }
    while fewest > 1.0 && score.bound(fewest - 1.0, measure) > level {
        fewest -= 1.0;
    }
    fewest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Kulldorff's two sides written out as binomial likelihoods.
    #[test]
    fn bernoulli_is_a_ratio_of_likelihoods() {
        let (c, n, total, population) = (30.0, 1_000.0, 50.0, 10_000.0);
        let ln = |c: f64, n: f64| c * (c / n).ln() + (n - c) * ((n - c) / n).ln();
        let want = ln(c, n) + ln(total - c, population - n) - ln(total, population);
        let model = Bernoulli { total, population };
        assert!((model.score(c, n) / want - 1.0).abs() < 1e-12);
        // 40 digits: the usual form has lost eight of them here.
        let rare = Bernoulli { total: 574.0, population: 1_057_673.0 };
        let digits = 0.259_391_796_159_667_7;
        assert!((rare.score(3.0, 3_540.0) / digits - 1.0).abs() < 1e-13);
        assert_eq!(model.score(5.0, n), 0.0);
        assert_eq!(model.score(total, population), 0.0);
    }

    #[test]
    fn poisson_is_a_ratio_of_likelihoods() {
        let model = PoissonGivenTotal { total: 100.0, rate: 1.0 };
        let want = 20.0 * 2.0f64.ln() + 80.0 * (80.0f64 / 90.0).ln();
        assert!((model.score(20.0, 10.0) / want - 1.0).abs() < 1e-12);
        assert_eq!(model.score(0.0, 0.0), 0.0);
        assert_eq!(model.score(100.0, 100.0), 0.0);
        assert!((ExpectationPoisson.score(2.0, 1.0) - (2.0 * 2.0f64.ln() - 1.0)).abs() < 1e-15);
    }

    #[test]
    fn no_count_below_the_fewest_is_above_the_level() {
        let poisson = PoissonGivenTotal { total: 574.0, rate: 1.0 };
        let bernoulli = Bernoulli { total: 574.0, population: 1_057_673.0 };
        for level in [0.0, 0.3, 1.5, 3.0, 20.0, 700.0] {
            for share in [1e-5, 1e-3, 0.01, 0.2, 0.5, 0.9, 1.0] {
                none_below(&poisson, level, 574.0 * share);
                none_below(&bernoulli, level, (1_057_673.0 * share).round());
                none_below(&ExpectationPoisson, level, 574.0 * share);
            }
        }
    }

    fn none_below(score: &impl Score, level: f64, measure: f64) {
        let fewest = fewest_above(score, level, measure);
        let counts = || {
            let counts = (0..5_000).map(f64::from);
            counts.take_while(|&c| c <= score.most(measure))
        };
        for cases in counts() {
            let (value, bound) = (score.score(cases, measure), score.bound(cases, measure));
            assert!(value <= bound, "{cases} {measure}");
            assert!(value <= level || cases >= fewest, "{level} {measure}");
        }
        // And where a few cases are expected it is not far below.
        let exact = counts().find(|&c| score.score(c, measure) > level);
        if let Some(exact) = exact.filter(|_| score.usual(measure).0 > 3.0 && level < 10.0) {
            assert!(exact - fewest <= 1.0 + 0.1 * exact, "{exact} {fewest}");
        }
    }
}
