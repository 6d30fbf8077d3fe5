//! What a point is worth.

use crate::error::{Result, check};

/// The scale of a scorecard: `points = offset + factor × ln(odds of good to bad)`.
///
/// ```
/// use stats::rating::Scaling;
/// let scale = Scaling::default(); // 600 points at 50 to 1, 20 points double the odds
/// assert!((scale.factor()? - 28.8539).abs() < 1e-4);
/// assert!((scale.offset()? - 487.123).abs() < 1e-3);
/// assert!((scale.odds(620.0)? - 100.0).abs() < 1e-9);
/// # Ok::<(), stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scaling {
    /// The score that stands for `base_odds`.
    pub base_points: f64,
    /// The odds of good to bad at `base_points`.
    pub base_odds: f64,
    /// How many points double the odds.
    pub points_to_double: f64,
}

impl Default for Scaling {
    /// Siddiqi's example: 600 points at odds of 50, 20 points to double.
    fn default() -> Self {
        Self { base_points: 600.0, base_odds: 50.0, points_to_double: 20.0 }
    }
}

impl Scaling {
    fn check(&self) -> Result<()> {
        check::finite("base points", &[self.base_points])?;
        check::positive("base odds", self.base_odds)?;
        check::positive("points to double the odds", self.points_to_double)
    }

    /// Points per unit of log odds.
    ///
    /// # Errors
    /// Settings that are not finite, or odds or points to double that are not above zero.
    pub fn factor(&self) -> Result<f64> {
        self.check()?;
        Ok(self.points_to_double / std::f64::consts::LN_2)
    }

    /// Points at even odds.
    ///
    /// # Errors
    /// As [`Scaling::factor`].
    pub fn offset(&self) -> Result<f64> {
        Ok(self.base_points - self.factor()? * libm::log(self.base_odds))
    }

    /// The points for the given log odds of good to bad.
    ///
    /// # Errors
    /// As [`Scaling::factor`]; log odds that are not finite.
    pub fn points(&self, log_odds: f64) -> Result<f64> {
        check::finite("log odds", &[log_odds])?;
        Ok(self.offset()? + self.factor()? * log_odds)
    }

    /// The odds of good to bad that a score stands for.
    ///
    /// # Errors
    /// As [`Scaling::factor`]; a score that is not finite.
    pub fn odds(&self, points: f64) -> Result<f64> {
        check::finite("points", &[points])?;
        Ok(libm::exp((points - self.offset()?) / self.factor()?))
    }

    /// The probability of the bad event that a score stands for.
    ///
    /// # Errors
    /// As [`Scaling::odds`].
    pub fn probability_of_bad(&self, points: f64) -> Result<f64> {
        Ok(1.0 / (1.0 + self.odds(points)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn siddiqis_table() {
        // Siddiqi (2006), exhibit 6.12: odds of 50 at 600, doubling every 20 points.
        let scale = Scaling::default();
        for (score, odds) in [(600.0, 50.0), (601.0, 51.8), (604.0, 57.4), (615.0, 84.1)] {
            assert!((scale.odds(score).unwrap() - odds).abs() < 0.05, "{score}");
        }
        assert!((scale.probability_of_bad(600.0).unwrap() - 1.0 / 51.0).abs() < 1e-12);
        assert!((scale.points(50f64.ln()).unwrap() - 600.0).abs() < 1e-9);
    }

    #[test]
    fn refusals() {
        let none = Scaling { points_to_double: 0.0, ..Scaling::default() };
        assert_eq!(none.factor().unwrap_err().code(), "stats.out_of_range");
        assert_eq!(Scaling::default().odds(f64::NAN).unwrap_err().code(), "stats.not_finite");
    }
}
