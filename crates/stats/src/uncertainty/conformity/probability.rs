//! How probable it is that an item conforms.

use super::Tolerance;
use crate::dist::{normal_cdf, normal_sf};
use crate::error::{Result, check};
use crate::sample::square;

/// The probability that the true value lies within `tolerance`, given an `estimate` with standard
/// uncertainty `u` (JCGM 106:2012 eq. 7): Φ((T_U - y)/u) - Φ((T_L - y)/u).
///
/// # Errors
/// An estimate that is not finite, an uncertainty that is not above zero and finite.
///
/// ```
/// use stats::uncertainty::conformity::{conformance_probability, Tolerance};
/// let p = conformance_probability(10.4, 0.2, &Tolerance::new(9.5, 10.5)?)?;
/// assert!((p - 0.6914591).abs() < 1e-7);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn conformance_probability(estimate: f64, u: f64, tolerance: &Tolerance) -> Result<f64> {
    let (lower, upper) = standardised(estimate, u, tolerance)?;
    Ok(between(lower, upper))
}

/// The probability that the true value lies outside `tolerance`: the consumer's risk of this item if
/// it is accepted; one less it is the producer's if it is rejected (JCGM 106:2012 3.3.13, 3.3.14).
/// Right also where it is very small.
///
/// # Errors
/// As [`conformance_probability`].
///
/// ```
/// use stats::uncertainty::conformity::{specific_risk, Tolerance};
/// let risk = specific_risk(8.0, 0.25, &Tolerance::at_most(10.0)?)?;
/// assert!((risk / 6.22096e-16 - 1.0).abs() < 1e-5); // eight standard uncertainties
/// # Ok::<(), stats::Error>(())
/// ```
pub fn specific_risk(estimate: f64, u: f64, tolerance: &Tolerance) -> Result<f64> {
    let (lower, upper) = standardised(estimate, u, tolerance)?;
    Ok(normal_cdf(lower) + normal_sf(upper))
}

/// What is known of an item after a measurement, given what was known of such items before: the mean
/// and standard deviation of the product of two normal densities (JCGM 106:2012 7.2.2 and Annex A).
/// Each of the two is weighed by the inverse of its variance.
///
/// # Errors
/// A value that is not finite, a standard deviation that is not above zero and finite.
///
/// ```
/// use stats::uncertainty::conformity::posterior;
/// let (mean, sd) = posterior((10.0, 1.0), (12.0, 1.0))?;
/// assert!(mean == 11.0 && (sd - 0.5f64.sqrt()).abs() < 1e-15);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn posterior(before: (f64, f64), measured: (f64, f64)) -> Result<(f64, f64)> {
    check::finite("means", &[before.0, measured.0])?;
    check::positive("standard deviation before", before.1)?;
    check::positive("standard uncertainty", measured.1)?;
    let (a, b) = (1.0 / square(before.1), 1.0 / square(measured.1));
    let mean = before.0 + (measured.0 - before.0) * (b / (a + b));
    Ok((mean, 1.0 / (a + b).sqrt()))
}

/// Φ(upper) - Φ(lower), from the tails in which both lie, so that no digits are lost.
pub(super) fn between(lower: f64, upper: f64) -> f64 {
    if lower > 0.0 {
        normal_sf(lower) - normal_sf(upper)
    } else {
        normal_cdf(upper) - normal_cdf(lower)
    }
}

fn standardised(estimate: f64, u: f64, tolerance: &Tolerance) -> Result<(f64, f64)> {
    check::finite("estimate", &[estimate])?;
    check::positive("standard uncertainty", u)?;
    Ok(((tolerance.lower() - estimate) / u, (tolerance.upper() - estimate) / u))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn risk_and_probability_make_one() {
        let tolerance = Tolerance::new(9.5, 10.5).unwrap();
        for y in [8.0, 9.5, 10.0, 10.4, 12.0] {
            let p = conformance_probability(y, 0.2, &tolerance).unwrap();
            let risk = specific_risk(y, 0.2, &tolerance).unwrap();
            assert!((p + risk - 1.0).abs() < 1e-15);
        }
        let error = conformance_probability(1.0, 0.0, &tolerance).unwrap_err();
        assert_eq!(error.code(), "stats.out_of_range");
    }
}
