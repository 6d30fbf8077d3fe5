//! Do the items keep while they are under way?

use crate::error::{Result, check};
use crate::sample::{mean, variance};

/// Whether items have drifted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stability {
    /// The later mean less the earlier one.
    pub drift: f64,
    /// 0.3 σ_pt: the drift should not exceed it.
    pub limit: f64,
    /// Whether it does not (ISO 13528:2015 B.5.1).
    pub adequate: bool,
    /// 0.3 σ_pt plus twice the standard uncertainty of the drift.
    pub expanded_limit: f64,
    /// Whether the drift is within [`Stability::expanded_limit`] (ISO 13528:2015 B.5.2).
    pub adequate_expanded: bool,
}

/// Compares measurements made before the items were sent with some made after.
///
/// # Errors
/// Fewer than two measurements before or after, a value that is not finite, a `sigma_pt` that is not
/// above zero.
///
/// ```
/// let found = stats::proficiency::stability(&[10.0, 10.2, 10.1], &[10.3, 10.5], 0.9)?;
/// assert!((found.drift - 0.3).abs() < 1e-12 && (found.limit - 0.27).abs() < 1e-12);
/// assert!(!found.adequate && found.adequate_expanded);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn stability(before: &[f64], after: &[f64], sigma_pt: f64) -> Result<Stability> {
    check::at_least("measurements before", before, 2)?;
    check::at_least("measurements after", after, 2)?;
    check::finite("measurements before", before)?;
    check::finite("measurements after", after)?;
    check::positive("standard deviation for proficiency assessment", sigma_pt)?;
    let drift = mean(after) - mean(before);
    let of_mean = |values: &[f64]| variance(values) / values.len() as f64;
    let uncertainty = (of_mean(before) + of_mean(after)).sqrt();
    let limit = 0.3 * sigma_pt;
    let expanded_limit = limit + 2.0 * uncertainty;
    Ok(Stability {
        drift,
        limit,
        adequate: drift.abs() <= limit,
        expanded_limit,
        adequate_expanded: drift.abs() <= expanded_limit,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // Variances of 2 and 8 over 2 values each: an uncertainty of √5.
        let found = stability(&[1.0, 3.0], &[5.0, 9.0], 10.0).unwrap();
        assert_eq!((found.drift, found.limit, found.adequate), (5.0, 3.0, false));
        assert!((found.expanded_limit - (3.0 + 2.0 * 5f64.sqrt())).abs() < 1e-14);
        assert!(found.adequate_expanded);
    }

    #[test]
    fn refusals() {
        let code = |a: &[f64], b: &[f64], s| stability(a, b, s).unwrap_err().code();
        assert_eq!(code(&[1.0], &[1.0, 2.0], 1.0), "stats.too_few");
        assert_eq!(code(&[1.0, 2.0], &[1.0, f64::NAN], 1.0), "stats.not_finite");
        assert_eq!(code(&[1.0, 2.0], &[1.0, 2.0], 0.0), "stats.out_of_range");
    }
}
