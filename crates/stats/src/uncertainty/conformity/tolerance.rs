//! An interval of permitted (or accepted) values.

use super::probability::specific_risk;
use crate::dist::normal_quantile;
use crate::error::{Error, Result, check};

/// Limits of permitted values; one of them may be infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    lower: f64,
    upper: f64,
}

impl Tolerance {
    /// From `lower` to `upper`.
    ///
    /// # Errors
    /// A limit that is missing (NaN), limits that do not ascend, both infinite.
    ///
    /// ```
    /// use stats::uncertainty::conformity::Tolerance;
    /// assert!(Tolerance::new(9.5, 10.5)?.contains(10.5));
    /// assert!(Tolerance::new(10.5, 9.5).is_err());
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn new(lower: f64, upper: f64) -> Result<Self> {
        if lower.is_nan() || upper.is_nan() || lower >= upper {
            return Err(Error::Inconsistent {
                what: "limits",
                why: "the lower must lie below the upper",
            });
        }
        if lower.is_infinite() && upper.is_infinite() {
            return Err(Error::Inconsistent { what: "limits", why: "one of them must be finite" });
        }
        Ok(Self { lower, upper })
    }

    /// At most `upper`.
    ///
    /// # Errors
    /// A limit that is not finite.
    pub fn at_most(upper: f64) -> Result<Self> {
        Self::new(f64::NEG_INFINITY, upper)
    }

    /// At least `lower`.
    ///
    /// # Errors
    /// A limit that is not finite.
    pub fn at_least(lower: f64) -> Result<Self> {
        Self::new(lower, f64::INFINITY)
    }

    /// The lower limit; minus infinity if there is none.
    pub fn lower(&self) -> f64 {
        self.lower
    }

    /// The upper limit; infinity if there is none.
    pub fn upper(&self) -> f64 {
        self.upper
    }

    /// Whether a value lies within the limits, both included.
    pub fn contains(&self, value: f64) -> bool {
        (self.lower..=self.upper).contains(&value)
    }

    /// The limits drawn in by a guard band `w` on each side (moved out, if `w` is negative): the
    /// acceptance interval (JCGM 106:2012 8.3); `None` if nothing is left of it.
    ///
    /// ```
    /// use stats::uncertainty::conformity::Tolerance;
    /// let accepted = Tolerance::new(9.0, 11.0)?.guarded(0.25).unwrap();
    /// assert_eq!((accepted.lower(), accepted.upper()), (9.25, 10.75));
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn guarded(&self, w: f64) -> Option<Self> {
        Self::new(self.lower + w, self.upper - w).ok()
    }

    /// The values that may be accepted so that each accepted item has a probability of at most `risk`
    /// not to conform, with a standard uncertainty `u` (JCGM 106:2012 9.3.2).
    ///
    /// # Errors
    /// An uncertainty that is not above zero and finite, a risk outside (0, 1);
    /// [`Error::NoSolution`] where even a value in the middle carries more risk.
    ///
    /// ```
    /// use stats::uncertainty::conformity::Tolerance;
    /// let accepted = Tolerance::at_most(10.0)?.acceptance_for_risk(0.5, 0.05)?;
    /// assert!((accepted.upper() - (10.0 - 1.6448536 * 0.5)).abs() < 1e-7);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn acceptance_for_risk(&self, u: f64, risk: f64) -> Result<Self> {
        check::positive("standard uncertainty", u)?;
        check::level("risk", risk)?;
        let one_sided = -normal_quantile(risk) * u;
        if self.lower.is_infinite() || self.upper.is_infinite() {
            return Self::new(self.lower + one_sided, self.upper - one_sided);
        }
        let middle = f64::midpoint(self.lower, self.upper);
        if specific_risk(middle, u, self)? > risk {
            return Err(Error::NoSolution {
                what: "acceptance interval",
                why: "the uncertainty is too large for so small a risk: measure better",
            });
        }
        // From the middle outwards the risk only rises; halving ends at neighbouring numbers.
        let (mut inside, mut outside) = (middle, self.upper + one_sided.abs() + u);
        loop {
            let between = f64::midpoint(inside, outside);
            if between <= inside || between >= outside {
                break;
            }
            if specific_risk(between, u, self)? <= risk {
                inside = between;
            } else {
                outside = between;
            }
        }
        let reach = inside - middle;
        Self::new(middle - reach, middle + reach).map_err(|_| Error::NoSolution {
            what: "acceptance interval",
            why: "only the value in the middle carries so small a risk: measure better",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_risk_at_the_limits_of_acceptance_is_the_one_asked_for() {
        let tolerance = Tolerance::new(9.5, 10.5).unwrap();
        for (u, risk) in [(0.2, 0.05), (0.05, 0.01), (0.3, 0.4), (0.1, 0.7)] {
            let accepted = tolerance.acceptance_for_risk(u, risk).unwrap();
            for limit in [accepted.lower(), accepted.upper()] {
                let found = specific_risk(limit, u, &tolerance).unwrap();
                assert!((found - risk).abs() < 1e-9, "{u} {risk} {found}");
            }
        }
        let hopeless = tolerance.acceptance_for_risk(1.0, 0.05);
        assert_eq!(hopeless.unwrap_err().code(), "stats.no_solution");
    }

    #[test]
    fn refusals() {
        let infinite = f64::INFINITY;
        assert!(Tolerance::new(-infinite, infinite).is_err());
        assert!(Tolerance::at_most(f64::NAN).is_err() && Tolerance::at_least(infinite).is_err());
        assert_eq!(Tolerance::new(0.0, 1.0).unwrap().guarded(0.5), None);
    }
}
