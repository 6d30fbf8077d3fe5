//! A plan by variables.

use super::estimate::nonconforming_share;
use crate::dist::{Continuous, NoncentralT, normal_cdf, normal_quantile};
use crate::error::check;
use crate::{Error, Result};

/// What is known of the standard deviation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Nothing: that of the sample is used (s method).
    S,
    /// That of the process is known (σ method); smaller samples do.
    Sigma,
}

/// A single sampling plan by variables: accept where the mean is at least k standard deviations
/// within the specification limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VariablesPlan {
    /// The size of the sample.
    pub n: u32,
    /// The acceptability constant k.
    pub k: f64,
    /// Which standard deviation.
    pub method: Method,
}

/// The specification limits of the characteristic; at least one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    /// The lower limit.
    pub lower: Option<f64>,
    /// The upper limit.
    pub upper: Option<f64>,
}

/// What a plan says of a lot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judgement {
    /// (mean - lower limit) / standard deviation.
    pub lower_index: Option<f64>,
    /// (upper limit - mean) / standard deviation.
    pub upper_index: Option<f64>,
    /// The estimated share below the lower limit.
    pub below: f64,
    /// The estimated share above the upper limit.
    pub above: f64,
    /// By form k: every index is at least k. For two limits this treats each for itself.
    pub accepted_k: bool,
    /// By form M: the estimated shares together are at most M. For two limits with one quality limit
    /// for both this is the right form.
    pub accepted_m: bool,
}

impl VariablesPlan {
    /// Accept where every index is at least `k` in a sample of `n`.
    ///
    /// ```
    /// use stats::sampling::{Method, VariablesPlan};
    /// let plan = VariablesPlan::new(5, 1.53, Method::S)?;
    /// // MIL-STD-414 has M = 3.32 per cent here, from k before it was rounded (1.525).
    /// assert!((plan.most_nonconforming()? - 0.0323).abs() < 1e-4);
    /// # Ok::<(), stats::Error>(())
    /// ```
    ///
    /// # Errors
    /// Fewer than two items, or k is not finite.
    pub fn new(n: u32, k: f64, method: Method) -> Result<Self> {
        check::within("size of the sample", n.into(), n >= 2, "2 or more")?;
        check::finite("acceptability constant", &[k])?;
        Ok(Self { n, k, method })
    }

    /// The probability of accepting lots with the share `p` beyond one limit, where the
    /// characteristic is normal.
    ///
    /// ```
    /// use stats::sampling::{Method, VariablesPlan};
    /// let plan = VariablesPlan::new(20, 1.8, Method::Sigma)?;
    /// assert!((plan.acceptance(0.02)? - 0.871770).abs() < 1e-6);
    /// # Ok::<(), stats::Error>(())
    /// ```
    ///
    /// # Errors
    /// `p` is outside 0 to 1.
    pub fn acceptance(&self, p: f64) -> Result<f64> {
        check::probability("share of nonconforming items", p)?;
        if p == 0.0 || p == 1.0 {
            return Ok(1.0 - p);
        }
        let root = f64::from(self.n).sqrt();
        let within = -normal_quantile(p);
        match self.method {
            Method::Sigma => Ok(normal_cdf(root * (within - self.k))),
            Method::S => {
                let t = NoncentralT::new(f64::from(self.n) - 1.0, root * within)?;
                Ok(t.sf(root * self.k))
            }
        }
    }

    /// The share that is accepted with probability `acceptance`.
    ///
    /// ```
    /// use stats::sampling::{Method, VariablesPlan};
    /// let plan = VariablesPlan::new(35, 1.9, Method::S)?;
    /// let limiting = plan.quality_at(0.1)?;
    /// assert!((plan.acceptance(limiting)? - 0.1).abs() < 1e-9);
    /// # Ok::<(), stats::Error>(())
    /// ```
    ///
    /// # Errors
    /// The probability is not strictly between 0 and 1.
    pub fn quality_at(&self, acceptance: f64) -> Result<f64> {
        check::level("probability of acceptance", acceptance)?;
        // On the scale of the normal score, where the curve is gentle.
        let (mut low, mut high) = (-40.0, 40.0);
        for _ in 0..70 {
            let middle = 0.5 * (low + high);
            if self.acceptance(normal_cdf(middle))? > acceptance {
                low = middle;
            } else {
                high = middle;
            }
        }
        Ok(normal_cdf(0.5 * (low + high)))
    }

    /// M, the largest estimated share with which a lot is accepted: the estimate at an index of k.
    ///
    /// # Errors
    /// The sample is too small for an estimate: three items are needed for s.
    pub fn most_nonconforming(&self) -> Result<f64> {
        nonconforming_share(self.k, self.n, self.method)
    }

    /// The judgement of a lot from the mean of its sample and a standard deviation: that of the
    /// sample for the s method, that of the process for the σ method.
    ///
    /// ```
    /// use stats::sampling::{Limits, Method, VariablesPlan};
    /// // MIL-STD-414, examples B-1 and B-3: at most 209 degrees; 197, 188, 184, 205, 201 measured.
    /// let plan = VariablesPlan::new(5, 1.53, Method::S)?;
    /// let limits = Limits { upper: Some(209.0), lower: None };
    /// let lot = plan.judge(195.0, 77.5f64.sqrt(), &limits)?;
    /// assert!((lot.upper_index.unwrap() - 1.59).abs() < 1e-3);
    /// assert!((lot.above - 0.0219).abs() < 1e-4);
    /// assert!(lot.accepted_k && lot.accepted_m);
    /// # Ok::<(), stats::Error>(())
    /// ```
    ///
    /// # Errors
    /// No limit; limits in the wrong order; values that are not finite; a standard deviation that is
    /// not positive (a sample without variation says nothing of the share); a sample too small for
    /// an estimate.
    pub fn judge(&self, mean: f64, sd: f64, limits: &Limits) -> Result<Judgement> {
        check::finite("mean", &[mean])?;
        check::positive("standard deviation", sd)?;
        let Limits { lower, upper } = *limits;
        for limit in [lower, upper].into_iter().flatten() {
            check::finite("specification limit", &[limit])?;
        }
        match (lower, upper) {
            (None, None) => {
                return Err(Error::Empty { what: "specification limits" });
            }
            (Some(lower), Some(upper)) if lower >= upper => {
                return Err(Error::Inconsistent {
                    what: "specification limits",
                    why: "the lower is not below the upper",
                });
            }
            _ => {}
        }
        let lower_index = lower.map(|lower| (mean - lower) / sd);
        let upper_index = upper.map(|upper| (upper - mean) / sd);
        let share = |index: Option<f64>| match index {
            Some(index) => nonconforming_share(index, self.n, self.method),
            None => Ok(0.0),
        };
        let (below, above) = (share(lower_index)?, share(upper_index)?);
        let indices = [lower_index, upper_index];
        Ok(Judgement {
            lower_index,
            upper_index,
            below,
            above,
            accepted_k: indices.iter().flatten().all(|index| *index >= self.k),
            accepted_m: below + above <= self.most_nonconforming()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_agree_for_one_limit() {
        for method in [Method::S, Method::Sigma] {
            let plan = VariablesPlan::new(12, 1.6, method).unwrap();
            for upper in [0.5, 1.5, 1.59, 1.61, 2.5, 9.0] {
                let limits = Limits { lower: None, upper: Some(upper) };
                let lot = plan.judge(0.0, 1.0, &limits).unwrap();
                assert_eq!(lot.accepted_k, lot.accepted_m, "{upper}");
            }
        }
    }

    #[test]
    fn two_limits_share_one_allowance() {
        let plan = VariablesPlan::new(12, 1.6, Method::S).unwrap();
        let limits = Limits { lower: Some(-1.65), upper: Some(1.65) };
        let lot = plan.judge(0.0, 1.0, &limits).unwrap();
        assert!(lot.accepted_k && !lot.accepted_m);
    }

    #[test]
    fn refuses() {
        assert!(VariablesPlan::new(1, 1.0, Method::S).is_err());
        assert!(VariablesPlan::new(5, f64::NAN, Method::S).is_err());
        let plan = VariablesPlan::new(5, 1.5, Method::S).unwrap();
        let limits = Limits { lower: Some(1.0), upper: Some(0.0) };
        assert!(plan.judge(0.0, 1.0, &Limits::default()).is_err());
        assert!(plan.judge(0.0, 1.0, &limits).is_err());
        let upper = Limits { lower: None, upper: Some(0.0) };
        assert!(plan.judge(0.0, 0.0, &upper).is_err());
        assert!(plan.judge(f64::INFINITY, 1.0, &upper).is_err());
        assert!(plan.acceptance(1.5).is_err());
        assert!(VariablesPlan::new(2, 1.5, Method::S).unwrap().most_nonconforming().is_err());
        assert_eq!(plan.acceptance(0.0), Ok(1.0));
    }
}
