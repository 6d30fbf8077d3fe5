//! The hypergeometric distribution.

use super::Discrete;
use super::special::ln_binomial_raw;
use crate::Result;
use crate::error::check;

/// The number of marked items in a sample drawn without replacement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hypergeometric {
    population: f64,
    marked: f64,
    drawn: f64,
}

impl Hypergeometric {
    /// `drawn` of `population` items, of which `marked` are marked.
    ///
    /// # Errors
    /// A number is not whole, is negative, or exceeds the population.
    ///
    /// ```
    /// use stats::dist::{Discrete, Hypergeometric};
    /// // Two of ten are defective; none among three drawn.
    /// assert!((Hypergeometric::new(10.0, 2.0, 3.0)?.pmf(0.0) - 7.0 / 15.0).abs() < 1e-14);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn new(population: f64, marked: f64, drawn: f64) -> Result<Self> {
        let must = "a whole number of zero or more, at most the population";
        for (what, n) in [
            ("population", population),
            ("marked items", marked),
            ("sample size", drawn),
        ] {
            let holds = n >= 0.0 && n <= population && n.is_finite() && n.fract() == 0.0;
            check::within(what, n, holds, must)?;
        }
        Ok(Self {
            population,
            marked,
            drawn,
        })
    }

    /// Σ pmf from `k` downwards or upwards, relative to pmf(k).
    fn run(&self, k: f64, up: bool) -> f64 {
        let (m, n) = (self.marked, self.population - self.marked);
        let (mut k, mut term, mut sum) = (k, 1.0, 1.0);
        loop {
            let left = self.drawn - k;
            let ratio = if up {
                (m - k) * left / ((k + 1.0) * (n - left + 1.0))
            } else {
                k * (n - left) / ((m - k + 1.0) * (left + 1.0))
            };
            term *= ratio;
            sum += term;
            if term <= sum * 1e-17 {
                return sum;
            }
            k += if up { 1.0 } else { -1.0 };
        }
    }

    fn parts(&self, k: f64) -> (f64, f64) {
        if k.is_nan() {
            return (k, k);
        }
        let (first, last) = self.support();
        let k = k.floor();
        if k < first {
            return (0.0, 1.0);
        }
        if k >= last {
            return (1.0, 0.0);
        }
        if k < self.shape().0 {
            let lower = (self.pmf(k) * self.run(k, false)).min(1.0);
            (lower, 1.0 - lower)
        } else {
            let upper = (self.pmf(k + 1.0) * self.run(k + 1.0, true)).min(1.0);
            (1.0 - upper, upper)
        }
    }
}

impl Discrete for Hypergeometric {
    fn ln_pmf(&self, k: f64) -> f64 {
        let (first, last) = self.support();
        if k < first || k > last || k.fract() != 0.0 {
            return if k.is_nan() { k } else { f64::NEG_INFINITY };
        }
        if first == last {
            return 0.0;
        }
        // Loader: three binomial weights at the common p = drawn / population.
        let p = self.drawn / self.population;
        let q = (self.population - self.drawn) / self.population;
        ln_binomial_raw(k, self.marked, p, q)
            + ln_binomial_raw(self.drawn - k, self.population - self.marked, p, q)
            - ln_binomial_raw(self.drawn, self.population, p, q)
    }

    fn cdf(&self, k: f64) -> f64 {
        self.parts(k).0
    }

    fn sf(&self, k: f64) -> f64 {
        self.parts(k).1
    }

    fn support(&self) -> (f64, f64) {
        let unmarked = self.population - self.marked;
        (
            (self.drawn - unmarked).max(0.0),
            self.drawn.min(self.marked),
        )
    }

    fn shape(&self) -> (f64, f64, f64) {
        if self.population == 0.0 {
            return (0.0, 0.0, 0.0);
        }
        let share = self.marked / self.population;
        let mean = self.drawn * share;
        let finite = (self.population - self.drawn) / (self.population - 1.0).max(1.0);
        let sd = (mean * (1.0 - share) * finite).sqrt();
        (
            mean,
            sd,
            if sd > 0.0 {
                (1.0 - 2.0 * share) / sd
            } else {
                0.0
            },
        )
    }
}
