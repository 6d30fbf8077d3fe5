//! What an indicator is here, and the small things done to one.

use crate::error::{Error, Result, check};

/// An indicator: one value per unit, `None` where it is missing.
pub type Column = Vec<Option<f64>>;

/// Divides each value by the size of its unit, times `scale` (inhabitants, output, area ...; a
/// `scale` of 1000 gives a value per thousand). A missing value or size gives a missing value.
///
/// # Errors
/// No value, unequal lengths, a value or scale that is not finite, a size that is not above zero.
///
/// ```
/// use stats::index::denominate;
/// let per_thousand = denominate(&[Some(3.0), None], &[Some(1500.0), Some(10.0)], 1000.0)?;
/// assert_eq!(per_thousand, [Some(2.0), None]);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn denominate(values: &[Option<f64>], sizes: &[Option<f64>], scale: f64) -> Result<Column> {
    check_column("values", values)?;
    check_column("sizes", sizes)?;
    check::length("sizes", sizes.len(), values.len())?;
    check::finite("scale", &[scale])?;
    if let Some(&size) = sizes.iter().flatten().find(|&&s| s <= 0.0) {
        return Err(Error::OutOfRange { what: "a size", value: size, must: "above zero" });
    }
    let parts = values.iter().zip(sizes);
    Ok(parts.map(|(value, size)| value.zip(*size).map(|(v, s)| v / s * scale)).collect())
}

/// There is at least one value (perhaps missing), and those that are there are finite.
pub(super) fn check_column(what: &'static str, values: &[Option<f64>]) -> Result<()> {
    if values.is_empty() {
        return Err(Error::Empty { what });
    }
    let wrong = |v: &Option<f64>| v.is_some_and(|v| !v.is_finite());
    match values.iter().position(wrong) {
        Some(index) => Err(Error::NotFinite { what, index }),
        None => Ok(()),
    }
}

/// The values that are there.
pub(super) fn present(values: &[Option<f64>]) -> Vec<f64> {
    values.iter().flatten().copied().collect()
}

/// The smallest and the largest of `values`.
pub(super) fn range(values: &[f64]) -> (f64, f64) {
    values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &v| (low.min(v), high.max(v)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals() {
        let code = |v: &[Option<f64>], s: &[Option<f64>]| denominate(v, s, 1.0).unwrap_err().code();
        assert_eq!(code(&[], &[]), "stats.empty");
        assert_eq!(code(&[Some(1.0)], &[Some(0.0)]), "stats.out_of_range");
        assert_eq!(code(&[Some(f64::NAN)], &[Some(1.0)]), "stats.not_finite");
        assert_eq!(code(&[Some(1.0)], &[Some(1.0), None]), "stats.length");
    }
}
