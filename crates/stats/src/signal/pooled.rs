//! Ratios pooled over strata.

use super::table::{Estimate, TwoByTwo};
use crate::Result;
use crate::error::check;

/// The pooled ratios.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pooled {
    /// The proportional reporting ratio.
    pub prr: Estimate,
    /// The reporting odds ratio.
    pub ror: Estimate,
}

/// Mantel and Haenszel's pooled PRR and ROR of the tables of the strata, with the variances of
/// Greenland and Robins (1985, Biometrics 41, 55-68) and of Robins, Breslow and Greenland (1986,
/// Biometrics 42, 311-323). Empty strata tell nothing and are passed over.
///
/// # Errors
/// There is no stratum, or the level does not lie between 0 and 1.
///
/// ```
/// use stats::signal::{TwoByTwo, pooled};
/// let stratum = TwoByTwo::new(6.0, 9.0, 41.0, 3300.0)?;
/// let both = pooled(&[stratum, stratum], 0.95)?;
/// assert!((both.prr.value - stratum.prr(0.95)?.value).abs() < 1e-12);
/// // Twice the data: the interval is narrower by √2 on its logarithm.
/// let (one, two) = (stratum.prr(0.95)?.interval.unwrap(), both.prr.interval.unwrap());
/// assert!(((one.1 / one.0).ln() / (two.1 / two.0).ln() - 2f64.sqrt()).abs() < 1e-12);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn pooled(strata: &[TwoByTwo], level: f64) -> Result<Pooled> {
    check::within("strata", strata.len() as f64, !strata.is_empty(), "1 or more")?;
    let (mut above, mut below, mut spread) = (0.0, 0.0, 0.0);
    let (mut r, mut s, mut pr, mut qs, mut cross) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for table in strata.iter().filter(|table| table.total() > 0.0) {
        let TwoByTwo { a, b, c, d } = *table;
        let n = table.total();
        above += a * (c + d) / n;
        below += c * (a + b) / n;
        spread += ((a + b) * (c + d) * (a + c) - a * c * n) / (n * n);
        let (p, q) = ((a + d) / n, (b + c) / n);
        let (ri, si) = (a * d / n, b * c / n);
        r += ri;
        s += si;
        pr += p * ri;
        qs += q * si;
        cross += p * si + q * ri;
    }
    Ok(Pooled {
        prr: Estimate::log_normal(above / below, spread / (above * below), level)?,
        ror: Estimate::log_normal(
            r / s,
            pr / (2.0 * r * r) + cross / (2.0 * r * s) + qs / (2.0 * s * s),
            level,
        )?,
    })
}
