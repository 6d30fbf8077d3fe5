//! The binomial distribution.

use super::Discrete;
use super::incomplete_beta::both;
use super::special::ln_binomial_raw;
use crate::Result;
use crate::error::check;

/// The number of successes in independent trials.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Binomial {
    n: f64,
    p: f64,
}

impl Binomial {
    /// Of `n` trials, each with probability `p`.
    ///
    /// # Errors
    /// `n` is not a whole number of zero or more, or `p` lies outside 0 to 1.
    ///
    /// ```
    /// use stats::dist::{Binomial, Discrete};
    /// // The chance to accept a lot with 1 % defective under n = 125, c = 3.
    /// assert!((Binomial::new(125.0, 0.01)?.cdf(3.0) - 0.9625509378366359).abs() < 1e-14);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn new(n: f64, p: f64) -> Result<Self> {
        let holds = n >= 0.0 && n.is_finite() && n.fract() == 0.0;
        check::within(
            "number of trials",
            n,
            holds,
            "a whole number of zero or more",
        )?;
        check::probability("probability", p)?;
        Ok(Self { n, p })
    }

    fn parts(&self, k: f64) -> (f64, f64) {
        if k < 0.0 {
            return (0.0, 1.0);
        }
        let k = k.floor();
        if k >= self.n {
            return (1.0, 0.0);
        }
        let (upper, lower) = both(k + 1.0, self.n - k, self.p, 1.0 - self.p);
        (lower, upper)
    }
}

impl Discrete for Binomial {
    fn ln_pmf(&self, k: f64) -> f64 {
        if k < 0.0 || k > self.n || k.fract() != 0.0 {
            return if k.is_nan() { k } else { f64::NEG_INFINITY };
        }
        ln_binomial_raw(k, self.n, self.p, 1.0 - self.p)
    }

    fn cdf(&self, k: f64) -> f64 {
        self.parts(k).0
    }

    fn sf(&self, k: f64) -> f64 {
        self.parts(k).1
    }

    fn support(&self) -> (f64, f64) {
        (0.0, self.n)
    }

    fn shape(&self) -> (f64, f64, f64) {
        let q = 1.0 - self.p;
        let sd = (self.n * self.p * q).sqrt();
        (
            self.n * self.p,
            sd,
            if sd > 0.0 { (q - self.p) / sd } else { 0.0 },
        )
    }
}
