//! The information component with shrinkage.
//!
//! G. N. Norén, J. Hopstadius, A. Bate (2013), "Shrinkage observed-to-expected ratios for robust and
//! transparent large-scale pattern discovery", Statistical Methods in Medical Research 22, 57-69.

use crate::Result;
use crate::dist::{Continuous, Gamma};
use crate::error::check;

/// The information component and its 95 % credibility interval, in bits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InformationComponent {
    /// log₂ of (observed + ½) / (expected + ½).
    pub value: f64,
    /// IC025.
    pub lower: f64,
    /// IC975.
    pub upper: f64,
}

fn check(observed: f64, expected: f64) -> Result<()> {
    check::counts("observed", &[observed])?;
    check::non_negative("expected", &[expected])
}

/// The information component of `observed` reports where `expected` are expected, with the exact
/// interval: the quantiles of a gamma distribution of shape observed + ½ and rate expected + ½ (Norén
/// et al. 2013, equation 4). For a stratified analysis the expected count is summed over the strata.
///
/// # Errors
/// The observed count is no count, or the expected negative or not finite.
///
/// ```
/// use stats::signal::information_component;
/// let ic = information_component(1.0, 0.0)?;
/// assert!((ic.value - 3f64.log2()).abs() < 1e-15);
/// assert!(ic.lower < 0.0 && ic.upper > ic.value);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn information_component(observed: f64, expected: f64) -> Result<InformationComponent> {
    check(observed, expected)?;
    let rate = Gamma::new(observed + 0.5, expected + 0.5)?;
    Ok(InformationComponent {
        value: ((observed + 0.5) / (expected + 0.5)).log2(),
        lower: rate.quantile(0.025)?.log2(),
        upper: rate.upper_quantile(0.025)?.log2(),
    })
}

/// The same with the closed approximation of the interval (Norén et al. 2013, equations 5 and 6):
/// IC - 3.3 n^-½ - 2 n^-3⁄2 and IC + 2.4 n^-½ - 0.5 n^-3⁄2 with n = observed + ½.
///
/// # Errors
/// As for [`information_component`].
///
/// ```
/// use stats::signal::{information_component, information_component_approximate};
/// let (exact, quick) = (information_component(12.0, 3.5)?, information_component_approximate(12.0, 3.5)?);
/// assert!((exact.lower - quick.lower).abs() < 0.05 && (exact.upper - quick.upper).abs() < 0.05);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn information_component_approximate(
    observed: f64,
    expected: f64,
) -> Result<InformationComponent> {
    check(observed, expected)?;
    let n = observed + 0.5;
    let value = (n / (expected + 0.5)).log2();
    let (root, cube) = (n.sqrt().recip(), n.powf(-1.5));
    Ok(InformationComponent {
        value,
        lower: value - 3.3 * root - 2.0 * cube,
        upper: value + 2.4 * root - 0.5 * cube,
    })
}
