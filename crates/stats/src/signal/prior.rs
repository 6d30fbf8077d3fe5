//! The prior of the gamma-Poisson shrinker, and what a count makes of it.
//!
//! W. DuMouchel (1999), "Bayesian data mining in large frequency tables, with an application to the FDA
//! spontaneous reporting system", The American Statistician 53, 177-190.

use super::score::{Cell, Shrinker};
use crate::Result;
use crate::dist::gamma_p;
use crate::error::check;

/// A mixture of two gamma distributions for the ratio of a pair's rate to its expected count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior {
    /// Shape of the first component.
    pub alpha1: f64,
    /// Rate of the first component.
    pub beta1: f64,
    /// Shape of the second component.
    pub alpha2: f64,
    /// Rate of the second component.
    pub beta2: f64,
    /// The share of the first component.
    pub share: f64,
}

impl Prior {
    /// From the two shapes and rates, and the share of the first component.
    ///
    /// # Errors
    /// A shape or rate is not positive and finite, or the share not from 0 to 1.
    ///
    /// ```
    /// use stats::signal::Prior;
    /// // The estimate of DuMouchel (1999) for the data of the FDA.
    /// let prior = Prior::new(0.204, 0.058, 1.415, 1.838, 0.097)?;
    /// assert!((prior.mean() - 1.036).abs() < 1e-3);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn new(alpha1: f64, beta1: f64, alpha2: f64, beta2: f64, share: f64) -> Result<Self> {
        check::positive("first shape", alpha1)?;
        check::positive("first rate", beta1)?;
        check::positive("second shape", alpha2)?;
        check::positive("second rate", beta2)?;
        check::probability("share of the first component", share)?;
        Ok(Self { alpha1, beta1, alpha2, beta2, share })
    }

    /// The mean ratio.
    pub fn mean(&self) -> f64 {
        self.share * self.alpha1 / self.beta1 + (1.0 - self.share) * self.alpha2 / self.beta2
    }

    /// What `observed` reports say of the ratio where `expected` are expected.
    ///
    /// # Errors
    /// The observed count is no count, or the expected count not positive and finite.
    ///
    /// ```
    /// use stats::signal::Prior;
    /// let prior = Prior::new(3.25, 0.4, 2.02, 1.91, 0.065)?;
    /// let posterior = prior.posterior(5.0, 0.2)?;
    /// assert!((posterior.first_share() - 0.981908211123805).abs() < 1e-13);
    /// assert_eq!((posterior.ebgm() * 100.0).round(), 1260.0);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn posterior(&self, observed: f64, expected: f64) -> Result<Posterior> {
        let cell = Cell { observed, expected };
        cell.check()?;
        let shrinker = Shrinker::new(self, [observed], &[])?;
        let (first_share, ebgm) = shrinker.mean(&cell, &shrinker.rows[0]);
        Ok(Posterior { prior: *self, cell, first_share, ebgm })
    }
}

/// A mixture of two gamma distributions again: the ratio of one pair after its count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Posterior {
    prior: Prior,
    cell: Cell,
    first_share: f64,
    ebgm: f64,
}

impl Posterior {
    /// The share of the first component (Q).
    pub fn first_share(&self) -> f64 {
        self.first_share
    }

    /// The empirical Bayes geometric mean: exp E(ln ratio).
    pub fn ebgm(&self) -> f64 {
        self.ebgm
    }

    /// The probability of a ratio up to `x`.
    pub fn cdf(&self, x: f64) -> f64 {
        let (prior, cell) = (&self.prior, &self.cell);
        let part = |a: f64, b: f64| gamma_p(a + cell.observed, x * (b + cell.expected));
        self.first_share * part(prior.alpha1, prior.beta1)
            + (1.0 - self.first_share) * part(prior.alpha2, prior.beta2)
    }

    /// The ratio with the given probability below it: 0.05 for EB05.
    ///
    /// # Errors
    /// The probability does not lie strictly between 0 and 1.
    pub fn quantile(&self, p: f64) -> Result<f64> {
        let shrinker = Shrinker::new(&self.prior, [self.cell.observed], &[p])?;
        let scored = shrinker.score(&self.cell, &shrinker.rows[0]);
        Ok(scored.quantiles[0])
    }
}
