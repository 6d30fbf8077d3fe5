//! From a predicted mean to an upper limit.

use super::PowerTransform;
use crate::Result;
use crate::dist::{Discrete, NegativeBinomial, Poisson, normal_cdf, normal_sf};

/// What a regression says of a coming count.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prediction {
    /// The expected count.
    pub mean: f64,
    /// Its standard error, on the scale of counts.
    pub error: f64,
    /// The overdispersion, at least one.
    pub phi: f64,
}

/// A normal distribution for the count raised to a power (Farrington et al. 1996, 3.7).
#[derive(Clone, Copy, Debug)]
pub(super) struct Transformed {
    power: f64,
    centre: f64,
    sd: f64,
}

impl Transformed {
    pub fn new(predicted: &Prediction, transform: PowerTransform) -> Self {
        let mean = predicted.mean;
        let tau = predicted.phi + predicted.error * predicted.error / mean;
        let (power, variance) = match transform {
            PowerTransform::TwoThirds => (2.0 / 3.0, 4.0 / 9.0 * mean.cbrt() * tau),
            PowerTransform::Half => (0.5, tau / 4.0),
            PowerTransform::None => (1.0, mean * tau),
        };
        Self { power, centre: mean.powf(power), sd: variance.sqrt() }
    }

    /// The count that lies `z` standard deviations above the mean.
    pub fn upper(&self, z: f64) -> f64 {
        (self.centre + z * self.sd).max(0.0).powf(self.power.recip())
    }

    /// The probability of a count up to `y`.
    pub fn cdf(&self, y: f64) -> f64 {
        normal_cdf((y.powf(self.power) - self.centre) / self.sd)
    }

    /// The probability of a count above `y`.
    pub fn sf(&self, y: f64) -> f64 {
        normal_sf((y.powf(self.power) - self.centre) / self.sd)
    }
}

/// Counts with variance φ times the mean: negative binomial, Poisson where φ is one (Noufaily et
/// al. 2013, 3.4). Gives the 1 - `alpha` quantile and the probability of a count of `y` or more.
pub(super) fn counts(mean: f64, phi: f64, alpha: f64, y: f64) -> Result<(f64, f64)> {
    if phi > 1.0 {
        let of = NegativeBinomial::with_mean(mean, mean / (phi - 1.0))?;
        Ok((of.quantile(1.0 - alpha)?, of.sf(y - 1.0)))
    } else {
        let of = Poisson::new(mean)?;
        Ok((of.quantile(1.0 - alpha)?, of.sf(y - 1.0)))
    }
}
