//! Scores: how far a laboratory is off, in units of what may be expected.

use crate::error::{Result, check};

/// What a score says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Acceptable: |z| up to 2, |En| up to 1.
    Satisfactory,
    /// A warning: |z| between 2 and 3.
    Questionable,
    /// Calls for action: |z| of 3 and more, |En| above 1.
    Unsatisfactory,
}

impl Verdict {
    /// The reading of a z, z' or zeta score (ISO 13528:2015 9.4.2).
    ///
    /// ```
    /// use stats::proficiency::Verdict;
    /// assert_eq!(Verdict::of_z(-2.4), Verdict::Questionable);
    /// ```
    pub fn of_z(score: f64) -> Self {
        match score.abs() {
            z if z <= 2.0 => Self::Satisfactory,
            z if z < 3.0 => Self::Questionable,
            _ => Self::Unsatisfactory,
        }
    }

    /// The reading of an En score (ISO 13528:2015 9.7).
    pub fn of_en(score: f64) -> Self {
        if score.abs() <= 1.0 { Self::Satisfactory } else { Self::Unsatisfactory }
    }
}

/// z = (x - x_pt) / σ_pt (ISO 13528:2015 9.4).
///
/// # Errors
/// A value that is not finite, a standard deviation that is not above zero.
///
/// ```
/// assert_eq!(stats::proficiency::z_score(10.5, 10.0, 0.25)?, 2.0);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn z_score(result: f64, assigned: f64, sigma_pt: f64) -> Result<f64> {
    check::positive("standard deviation for proficiency assessment", sigma_pt)?;
    over(result, assigned, sigma_pt)
}

/// z' = (x - x_pt) / √(σ_pt² + u²(x_pt)): where the assigned value is itself unsure, say with a
/// standard uncertainty above 0.3 σ_pt (ISO 13528:2015 9.5).
///
/// # Errors
/// As [`z_score`]; an uncertainty that is negative.
///
/// ```
/// assert_eq!(stats::proficiency::z_prime_score(10.5, 10.0, 0.3, 0.4)?, 1.0);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn z_prime_score(result: f64, assigned: f64, u_assigned: f64, sigma_pt: f64) -> Result<f64> {
    check::positive("standard deviation for proficiency assessment", sigma_pt)?;
    check::non_negative("uncertainty of the assigned value", &[u_assigned])?;
    over(result, assigned, libm::hypot(sigma_pt, u_assigned))
}

/// ζ = (x - x_pt) / √(u²(x) + u²(x_pt)), with standard uncertainties: against the laboratory's own
/// claim (ISO 13528:2015 9.6).
///
/// # Errors
/// A value that is not finite, an uncertainty that is negative, both zero.
///
/// ```
/// assert_eq!(stats::proficiency::zeta_score(10.5, 0.3, 10.0, 0.4)?, 1.0);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn zeta_score(result: f64, u_result: f64, assigned: f64, u_assigned: f64) -> Result<f64> {
    check::non_negative("uncertainties", &[u_result, u_assigned])?;
    let both = libm::hypot(u_result, u_assigned);
    check::positive("uncertainty of result and assigned value together", both)?;
    over(result, assigned, both)
}

/// En = (x - x_pt) / √(U²(x) + U²(x_pt)), with expanded uncertainties of the same coverage (ISO
/// 13528:2015 9.7).
///
/// # Errors
/// As [`zeta_score`].
///
/// ```
/// assert_eq!(stats::proficiency::en_score(10.5, 0.6, 10.0, 0.8)?, 0.5);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn en_score(result: f64, expanded_result: f64, assigned: f64, expanded: f64) -> Result<f64> {
    zeta_score(result, expanded_result, assigned, expanded)
}

fn over(result: f64, assigned: f64, scale: f64) -> Result<f64> {
    check::finite("result and assigned value", &[result, assigned])?;
    Ok((result - assigned) / scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings() {
        use Verdict::{Questionable, Satisfactory, Unsatisfactory};
        let read = [2.0, 2.1, 3.0, -5.0].map(Verdict::of_z);
        assert_eq!(read, [Satisfactory, Questionable, Unsatisfactory, Unsatisfactory]);
        assert_eq!([-1.0, 1.1].map(Verdict::of_en), [Satisfactory, Unsatisfactory]);
        assert_eq!(Verdict::of_z(f64::NAN), Unsatisfactory);
    }

    #[test]
    fn refusals() {
        assert_eq!(z_score(1.0, 2.0, 0.0).unwrap_err().code(), "stats.out_of_range");
        assert_eq!(z_score(f64::NAN, 2.0, 1.0).unwrap_err().code(), "stats.not_finite");
        assert_eq!(z_prime_score(1.0, 2.0, -1.0, 1.0).unwrap_err().code(), "stats.negative");
        assert_eq!(en_score(1.0, 0.0, 2.0, 0.0).unwrap_err().code(), "stats.out_of_range");
    }
}
