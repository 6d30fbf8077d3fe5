//! The negative binomial distribution.

use super::incomplete_beta::both;
use super::special::ln_binomial_raw;
use super::{Discrete, Poisson};
use crate::Result;
use crate::error::check;

/// Counts with more variance than a Poisson: a Poisson whose mean is gamma distributed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NegativeBinomial {
    size: f64,
    /// The probability of a success, and of a failure, each with its own digits.
    p: f64,
    q: f64,
}

impl NegativeBinomial {
    /// The number of failures before the `size`-th success (`size` need not be whole), each trial
    /// succeeding with probability `p`.
    ///
    /// # Errors
    /// `size` is not positive and finite, or `p` not in 0 < p ≤ 1.
    ///
    /// ```
    /// use stats::dist::{Discrete, NegativeBinomial};
    /// assert!((NegativeBinomial::new(3.0, 0.5)?.pmf(2.0) - 6.0 / 32.0).abs() < 1e-15);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn new(size: f64, p: f64) -> Result<Self> {
        check::positive("size", size)?;
        check::within(
            "probability",
            p,
            p > 0.0 && p <= 1.0,
            "above 0 and at most 1",
        )?;
        Ok(Self {
            size,
            p,
            q: 1.0 - p,
        })
    }

    /// With the given mean, and variance mean + mean²/size.
    ///
    /// # Errors
    /// `size` is not positive and finite, or the mean is negative or not finite.
    ///
    /// ```
    /// use stats::dist::{Discrete, NegativeBinomial};
    /// let cases = NegativeBinomial::with_mean(4.0, 8.0)?;
    /// assert_eq!(cases.quantile(0.99)?, 11.0);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn with_mean(mean: f64, size: f64) -> Result<Self> {
        Poisson::new(mean)?;
        check::positive("size", size)?;
        Ok(Self {
            size,
            p: size / (size + mean),
            q: mean / (size + mean),
        })
    }

    fn parts(&self, k: f64) -> (f64, f64) {
        if k < 0.0 {
            return (0.0, 1.0);
        }
        if k == f64::INFINITY {
            return (1.0, 0.0);
        }
        both(self.size, k.floor() + 1.0, self.p, self.q)
    }
}

impl Discrete for NegativeBinomial {
    fn ln_pmf(&self, k: f64) -> f64 {
        if k < 0.0 || k.fract() != 0.0 || k == f64::INFINITY {
            return if k.is_nan() { k } else { f64::NEG_INFINITY };
        }
        let n = k + self.size;
        // C(n-1, k) pˢ qᵏ is the binomial weight of size successes among n, times size/n.
        ln_binomial_raw(self.size, n, self.p, self.q) - (k / self.size).ln_1p()
    }

    fn cdf(&self, k: f64) -> f64 {
        self.parts(k).0
    }

    fn sf(&self, k: f64) -> f64 {
        self.parts(k).1
    }

    fn support(&self) -> (f64, f64) {
        (0.0, if self.q == 0.0 { 0.0 } else { f64::INFINITY })
    }

    fn shape(&self) -> (f64, f64, f64) {
        let (n, p, q) = (self.size, self.p, self.q);
        (n * q / p, (n * q).sqrt() / p, (1.0 + q) / (n * q).sqrt())
    }
}
