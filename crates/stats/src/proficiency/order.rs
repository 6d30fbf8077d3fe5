//! Location and spread from order statistics.

use crate::error::{Result, check};
use crate::sample::{quantile, sorted};

/// The median.
///
/// # Errors
/// No value, or one that is not finite.
///
/// ```
/// assert_eq!(stats::proficiency::median(&[3.0, 1.0, 2.0, 8.0])?, 2.5);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn median(values: &[f64]) -> Result<f64> {
    Ok(quantile(&checked(values)?, 0.5))
}

/// The median absolute deviation from the median times 1.483, which makes it a standard deviation
/// for normal values (MADe, ISO 13528:2015 C.2.2).
///
/// # Errors
/// As [`median`].
///
/// ```
/// assert_eq!(stats::proficiency::scaled_mad(&[1.0, 2.0, 3.0, 4.0, 90.0])?, 1.483);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn scaled_mad(values: &[f64]) -> Result<f64> {
    Ok(1.483 * mad(values)?)
}

/// The interquartile range times 0.7413, which makes it a standard deviation for normal values
/// (nIQR, ISO 13528:2015 C.2.3). The standard leaves the quartiles open; here they lie between
/// values by (n - 1) p, as spreadsheets and R have them.
///
/// # Errors
/// As [`median`].
///
/// ```
/// assert_eq!(stats::proficiency::normalised_iqr(&[1.0, 2.0, 3.0, 4.0, 90.0])?, 2.0 * 0.7413);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn normalised_iqr(values: &[f64]) -> Result<f64> {
    let sorted = checked(values)?;
    Ok(0.7413 * (quantile(&sorted, 0.75) - quantile(&sorted, 0.25)))
}

/// The median absolute deviation from the median.
pub(super) fn mad(values: &[f64]) -> Result<f64> {
    let centre = median(values)?;
    let deviations: Vec<f64> = values.iter().map(|x| (x - centre).abs()).collect();
    median(&deviations)
}

fn checked(values: &[f64]) -> Result<Vec<f64>> {
    check::at_least("values", values, 1)?;
    check::finite("values", values)?;
    Ok(sorted(values))
}
