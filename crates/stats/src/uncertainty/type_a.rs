//! Uncertainty from repeated observations.

use crate::error::{Result, check};
use crate::linalg::Matrix;
use crate::sample::{mean, variance};

/// What repeated observations tell of one quantity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observed {
    /// The mean.
    pub estimate: f64,
    /// s/√n: the standard uncertainty of the mean.
    pub standard_uncertainty: f64,
    /// n - 1.
    pub degrees_of_freedom: f64,
}

/// The mean of repeated independent observations with its standard uncertainty (JCGM 100:2008 4.2).
///
/// # Errors
/// Fewer than two observations, one that is not finite.
///
/// ```
/// let found = stats::uncertainty::type_a(&[10.0, 12.0, 11.0])?;
/// assert_eq!((found.estimate, found.degrees_of_freedom), (11.0, 2.0));
/// assert!((found.standard_uncertainty - (1.0f64 / 3.0).sqrt()).abs() < 1e-15);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn type_a(observations: &[f64]) -> Result<Observed> {
    check::at_least("observations", observations, 2)?;
    check::finite("observations", observations)?;
    let n = observations.len() as f64;
    Ok(Observed {
        estimate: mean(observations),
        standard_uncertainty: (variance(observations) / n).sqrt(),
        degrees_of_freedom: n - 1.0,
    })
}

/// What observations made together tell of several quantities.
#[derive(Clone, Debug, PartialEq)]
pub struct ObservedJointly {
    /// One for each quantity.
    pub quantities: Vec<Observed>,
    /// The correlations of the means; 0 with a quantity that never varied.
    pub correlations: Matrix,
}

/// Several quantities observed together n times: their means with standard uncertainties and
/// correlations (JCGM 100:2008 5.2.3). `series` holds one row of observations per quantity.
///
/// # Errors
/// No quantity, rows of unequal length; otherwise as [`type_a`].
///
/// ```
/// let found = stats::uncertainty::type_a_joint(&[[1.0, 2.0, 3.0], [5.0, 7.0, 9.0]])?;
/// assert!((found.correlations[(0, 1)] - 1.0).abs() < 1e-15);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn type_a_joint<R: AsRef<[f64]>>(series: &[R]) -> Result<ObservedJointly> {
    let series: Vec<&[f64]> = series.iter().map(AsRef::as_ref).collect();
    let n = series.first().map_or(0, |first| first.len());
    check::at_least("observations", series.first().unwrap_or(&&[][..]), 2)?;
    for row in &series {
        check::length("observations of a quantity", row.len(), n)?;
    }
    let quantities: Vec<Observed> = series.iter().map(|row| type_a(row)).collect::<Result<_>>()?;
    let correlation = |i: usize, j: usize| {
        if i == j {
            return 1.0;
        }
        let (a, b) = (&quantities[i], &quantities[j]);
        let products = series[i].iter().zip(series[j]);
        let products = products.map(|(x, y)| (x - a.estimate) * (y - b.estimate));
        let both = a.standard_uncertainty * b.standard_uncertainty;
        let covariance = products.sum::<f64>() / (n as f64 * (n as f64 - 1.0));
        if both > 0.0 { (covariance / both).clamp(-1.0, 1.0) } else { 0.0 }
    };
    Ok(ObservedJointly {
        correlations: Matrix::from_fn(series.len(), series.len(), correlation),
        quantities,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals() {
        assert_eq!(type_a(&[1.0]).unwrap_err().code(), "stats.too_few");
        assert_eq!(type_a(&[1.0, f64::NAN]).unwrap_err().code(), "stats.not_finite");
        assert_eq!(type_a_joint::<Vec<f64>>(&[]).unwrap_err().code(), "stats.empty");
        let uneven = [vec![1.0, 2.0], vec![1.0]];
        assert_eq!(type_a_joint(&uneven).unwrap_err().code(), "stats.length");
        let still = type_a_joint(&[[1.0, 1.0], [1.0, 2.0]]).unwrap();
        assert_eq!(still.correlations[(0, 1)], 0.0);
    }
}
