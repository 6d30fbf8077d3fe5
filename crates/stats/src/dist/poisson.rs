//! The Poisson distribution.

use super::Discrete;
use super::incomplete_gamma::both;
use super::special::ln_poisson_raw;
use crate::Result;
use crate::error::check;

/// The Poisson distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Poisson {
    mean: f64,
}

impl Poisson {
    /// With the given mean; a mean of zero is the distribution that is always zero.
    ///
    /// # Errors
    /// The mean is negative or not finite.
    ///
    /// ```
    /// use stats::dist::{Discrete, Poisson};
    /// assert!((Poisson::new(2.0)?.sf(2.0) - 0.32332358381693654).abs() < 1e-15);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn new(mean: f64) -> Result<Self> {
        let holds = mean >= 0.0 && mean.is_finite();
        check::within("mean", mean, holds, "zero or more and finite")?;
        Ok(Self { mean })
    }

    fn parts(&self, k: f64) -> (f64, f64) {
        if k < 0.0 {
            return (0.0, 1.0);
        }
        if self.mean == 0.0 || k == f64::INFINITY {
            return (1.0, 0.0);
        }
        let (p, q) = both(k.floor() + 1.0, self.mean);
        (q, p)
    }
}

impl Discrete for Poisson {
    fn ln_pmf(&self, k: f64) -> f64 {
        if k < 0.0 || k.fract() != 0.0 || k == f64::INFINITY {
            return if k.is_nan() { k } else { f64::NEG_INFINITY };
        }
        if self.mean == 0.0 {
            return if k == 0.0 { 0.0 } else { f64::NEG_INFINITY };
        }
        ln_poisson_raw(k, self.mean)
    }

    fn cdf(&self, k: f64) -> f64 {
        self.parts(k).0
    }

    fn sf(&self, k: f64) -> f64 {
        self.parts(k).1
    }

    fn support(&self) -> (f64, f64) {
        (0.0, if self.mean == 0.0 { 0.0 } else { f64::INFINITY })
    }

    fn shape(&self) -> (f64, f64, f64) {
        let sd = self.mean.sqrt();
        (self.mean, sd, 1.0 / sd)
    }
}
