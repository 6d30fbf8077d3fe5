//! The gamma and chi-squared distributions.

use super::Continuous;
use super::incomplete_gamma::both;
use super::root::{self, Tail};
use super::special::{ln_gamma, ln_poisson_raw};
use crate::Result;
use crate::error::check;

/// The gamma distribution with a shape and a rate (the inverse of the scale).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gamma {
    shape: f64,
    rate: f64,
}

impl Gamma {
    /// With the given shape and rate; the mean is shape / rate.
    ///
    /// # Errors
    /// One of them is not positive and finite.
    ///
    /// ```
    /// use stats::dist::{Continuous, Gamma};
    /// assert!((Gamma::new(2.0, 3.0)?.quantile(0.05)? - 0.11845383689955398).abs() < 1e-13);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn new(shape: f64, rate: f64) -> Result<Self> {
        check::positive("shape", shape)?;
        check::positive("rate", rate)?;
        Ok(Self { shape, rate })
    }

    fn at(&self, target: f64, tail: Tail) -> Result<f64> {
        check::probability("probability", target)?;
        let bottom = (tail == Tail::Lower) == (target == 0.0);
        if target == 0.0 || target == 1.0 {
            return Ok(if bottom { 0.0 } else { f64::INFINITY });
        }
        let a = self.shape;
        // Wilson and Hilferty (1931) in the middle, the first term of the series far below.
        let z = root::score(target, tail);
        let cube = 1.0 - 1.0 / (9.0 * a) + z / (3.0 * a.sqrt());
        let lower = if tail == Tail::Lower {
            target
        } else {
            1.0 - target
        };
        let start = if cube > 0.3 {
            a.ln() + 3.0 * cube.ln()
        } else {
            (lower.ln() + ln_gamma(a + 1.0)) / a
        };
        let u = root::continuous(target, tail, start, |u| {
            let x = u.exp();
            let (p, q) = both(a, x);
            (p, q, a * ln_poisson_raw(a, x).exp())
        });
        Ok(u.exp() / self.rate)
    }
}

impl Continuous for Gamma {
    fn pdf(&self, x: f64) -> f64 {
        self.ln_pdf(x).exp()
    }

    fn ln_pdf(&self, x: f64) -> f64 {
        let a = self.shape;
        let x = x * self.rate;
        if x < 0.0 || x == f64::INFINITY {
            return f64::NEG_INFINITY;
        }
        if x == 0.0 {
            return match a.total_cmp(&1.0) {
                std::cmp::Ordering::Less => f64::INFINITY,
                std::cmp::Ordering::Equal => self.rate.ln(),
                std::cmp::Ordering::Greater => f64::NEG_INFINITY,
            };
        }
        let standard = if a < 1.0 {
            ln_poisson_raw(a, x) + a.ln() - x.ln()
        } else {
            ln_poisson_raw(a - 1.0, x)
        };
        standard + self.rate.ln()
    }

    fn cdf(&self, x: f64) -> f64 {
        both(self.shape, x * self.rate).0
    }

    fn sf(&self, x: f64) -> f64 {
        both(self.shape, x * self.rate).1
    }

    fn quantile(&self, p: f64) -> Result<f64> {
        self.at(p, Tail::Lower)
    }

    fn upper_quantile(&self, q: f64) -> Result<f64> {
        self.at(q, Tail::Upper)
    }
}

/// The chi-squared distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChiSquared(Gamma);

impl ChiSquared {
    /// With `df` degrees of freedom, not necessarily whole.
    ///
    /// # Errors
    /// `df` is not positive and finite.
    ///
    /// ```
    /// use stats::dist::{ChiSquared, Continuous};
    /// assert!((ChiSquared::new(1.0)?.quantile(0.95)? - 3.841458820694124).abs() < 1e-13);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn new(df: f64) -> Result<Self> {
        check::positive("degrees of freedom", df)?;
        Ok(Self(Gamma {
            shape: df / 2.0,
            rate: 0.5,
        }))
    }
}

impl Continuous for ChiSquared {
    fn pdf(&self, x: f64) -> f64 {
        self.0.pdf(x)
    }

    fn ln_pdf(&self, x: f64) -> f64 {
        self.0.ln_pdf(x)
    }

    fn cdf(&self, x: f64) -> f64 {
        self.0.cdf(x)
    }

    fn sf(&self, x: f64) -> f64 {
        self.0.sf(x)
    }

    fn quantile(&self, p: f64) -> Result<f64> {
        self.0.quantile(p)
    }

    fn upper_quantile(&self, q: f64) -> Result<f64> {
        self.0.upper_quantile(q)
    }
}
