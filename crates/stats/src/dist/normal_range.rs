//! The range of a normal sample.

use super::legendre::{gauss_legendre, integrate};
use super::root::{self, Tail};
use super::{Continuous, normal_cdf, normal_sf};
use crate::Result;
use crate::error::check;

/// The distribution of the range (largest less smallest) of `n` standard normal numbers; its mean
/// and standard deviation are the control chart constants d₂ and d₃ (Tippett 1925; Harter 1960).
#[derive(Clone, Debug)]
pub struct NormalRange {
    n: f64,
    rule: Vec<(f64, f64)>,
}

impl NormalRange {
    /// Of samples of `n` numbers.
    ///
    /// # Errors
    /// `n` is not a whole number from 2 to 100000.
    ///
    /// ```
    /// use stats::dist::{Continuous, NormalRange};
    /// let range = NormalRange::new(5.0)?;
    /// assert!((range.mean() - 2.325928947).abs() < 1e-9);
    /// assert!((range.quantile(0.95)? - 3.857656).abs() < 1e-6);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn new(n: f64) -> Result<Self> {
        check::within(
            "size of the sample",
            n,
            n.fract() == 0.0 && (2.0..=1e5).contains(&n),
            "a whole number from 2 to 100000",
        )?;
        Ok(Self { n, rule: gauss_legendre(20) })
    }

    /// The mean, d₂: ∫ (1 - Φ(x)ⁿ - Φ(-x)ⁿ) dx.
    pub fn mean(&self) -> f64 {
        integrate(&self.rule, 12, -13.5, 13.5, |x| {
            // 1 - Φⁿ from the tail, where it has digits.
            let some_above = -libm::expm1(self.n * libm::log1p(-normal_sf(x)));
            some_above - libm::pow(normal_sf(x), self.n)
        })
    }

    /// The standard deviation, d₃, by E(W²) = ∫ 2 w P(W > w) dw.
    pub fn sd(&self) -> f64 {
        let squares = integrate(&self.rule, 10, 0.0, 20.0, |w| 2.0 * w * self.sf(w));
        (squares - self.mean() * self.mean()).sqrt()
    }

    /// ∫ φ(x) f(x) dx over the whole line.
    fn over_normal(&self, f: impl Fn(f64) -> f64) -> f64 {
        let root = std::f64::consts::TAU.sqrt();
        integrate(&self.rule, 18, -13.5, 13.5, |x| libm::exp(-0.5 * x * x) * f(x)) / root
    }
}

impl Continuous for NormalRange {
    fn pdf(&self, w: f64) -> f64 {
        if w.is_nan() || w < 0.0 || w == f64::INFINITY {
            return if w.is_nan() { w } else { 0.0 };
        }
        let root = std::f64::consts::TAU.sqrt();
        let n = self.n;
        n * (n - 1.0)
            * self.over_normal(|x| {
                let between = normal_cdf(x + w) - normal_cdf(x);
                libm::pow(between, n - 2.0) * libm::exp(-0.5 * (x + w) * (x + w)) / root
            })
    }

    fn ln_pdf(&self, w: f64) -> f64 {
        libm::log(self.pdf(w))
    }

    fn cdf(&self, w: f64) -> f64 {
        if w.is_nan() || w <= 0.0 {
            return if w.is_nan() { w } else { 0.0 };
        }
        self.n * self.over_normal(|x| libm::pow(normal_cdf(x + w) - normal_cdf(x), self.n - 1.0))
    }

    fn sf(&self, w: f64) -> f64 {
        if w.is_nan() || w <= 0.0 {
            return if w.is_nan() { w } else { 1.0 };
        }
        // With x the smallest: the others are above it, less those that are all within w of it.
        let n = self.n;
        n * self.over_normal(|x| {
            let above = normal_sf(x);
            let beyond = normal_sf(x + w) / above;
            -libm::pow(above, n - 1.0) * libm::expm1((n - 1.0) * libm::log1p(-beyond))
        })
    }

    fn quantile(&self, p: f64) -> Result<f64> {
        self.search(p, Tail::Lower)
    }

    fn upper_quantile(&self, q: f64) -> Result<f64> {
        self.search(q, Tail::Upper)
    }
}

impl NormalRange {
    fn search(&self, target: f64, tail: Tail) -> Result<f64> {
        check::probability("probability", target)?;
        if target == 0.0 || target == 1.0 {
            let bottom = (tail == Tail::Lower) == (target == 0.0);
            return Ok(if bottom { 0.0 } else { f64::INFINITY });
        }
        // On the scale of the logarithm.
        let start = libm::log(self.mean()) + 0.3 * root::score(target, tail);
        let u = root::continuous(target, tail, start.clamp(-20.0, 5.0), |u| {
            let w = libm::exp(u);
            (self.cdf(w), self.sf(w), w * self.pdf(w))
        });
        Ok(libm::exp(u))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of two numbers: |N(0, √2)|, whose mean is 2/√π.
    #[test]
    fn of_two_numbers() {
        let range = NormalRange::new(2.0).unwrap();
        for w in [0.01, 0.5, 2.0, 6.0, 9.0] {
            let sf = 2.0 * normal_sf(w / 2f64.sqrt());
            assert!((range.sf(w) / sf - 1.0).abs() < 1e-11, "{w}");
            assert!((range.cdf(w) - (1.0 - sf)).abs() < 1e-13, "{w}");
        }
        let mean = 2.0 / std::f64::consts::PI.sqrt();
        assert!((range.mean() - mean).abs() < 1e-12);
        assert!((range.sd() - (2.0 - mean * mean).sqrt()).abs() < 1e-11);
    }

    /// Harter (1960), Biometrika 47, table of moments of the range.
    #[test]
    fn published_moments() {
        for (n, d2, d3) in [
            (3.0, 1.692_568_750_6, 0.888_368_005_8),
            (5.0, 2.325_928_947_3, 0.864_081_940_8),
            (10.0, 3.077_505_461_7, 0.797_050_690_5),
            (25.0, 3.930_629_2, 0.708_441),
        ] {
            let range = NormalRange::new(n).unwrap();
            assert!((range.mean() - d2).abs() < 2e-6, "{n} {}", range.mean());
            assert!((range.sd() - d3).abs() < 2e-6, "{n} {}", range.sd());
        }
    }

    #[test]
    fn quantile_undoes_the_distribution_function() {
        let range = NormalRange::new(7.0).unwrap();
        for p in [1e-8, 0.00135, 0.5, 0.99865] {
            assert!((range.cdf(range.quantile(p).unwrap()) / p - 1.0).abs() < 1e-9);
            assert!((range.sf(range.upper_quantile(p).unwrap()) / p - 1.0).abs() < 1e-9);
        }
    }
}
