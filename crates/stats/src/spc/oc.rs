//! What a chart misses: the probability that the next point is within the limits.

use super::chart::{Chart, Kind, Line};
use super::constants::{Constants, c4, d2, d3};
use crate::dist::{Binomial, ChiSquared, Continuous, Discrete, NormalRange, Poisson, normal_cdf};
use crate::error::check;
use crate::{Error, Result};

/// The probability that a chart of means does not show a shift of `shift` standard deviations of
/// the process in samples of `n`.
///
/// ```
/// let missed = stats::spc::xbar_oc(5, 3.0, 1.0)?;
/// assert!((missed - 0.7775).abs() < 1e-4); // Montgomery, section 6.2.6
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// `n` is zero, the limits are not positive, the shift is not finite.
pub fn xbar_oc(n: usize, sigmas: f64, shift: f64) -> Result<f64> {
    check::within("size of a sample", n as f64, n >= 1, "1 or more")?;
    check::positive("limits", sigmas)?;
    check::finite("shift", &[shift])?;
    let away = shift * (n as f64).sqrt();
    Ok(normal_cdf(sigmas - away) - normal_cdf(-sigmas - away))
}

/// The same for a chart of ranges when the standard deviation of the process grows by `factor`.
///
/// ```
/// let missed = stats::spc::range_oc(5, 3.0, 2.0, Default::default())?;
/// assert!((missed - 0.5900251).abs() < 1e-6);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// `n` is below 2, the limits or the factor are not positive.
pub fn range_oc(n: usize, sigmas: f64, factor: f64, constants: Constants) -> Result<f64> {
    check::positive("limits", sigmas)?;
    check::positive("factor", factor)?;
    let (d2, d3) = (d2(n, constants)?, d3(n, constants)?);
    let range = NormalRange::new(n as f64)?;
    let inside = |limit: f64| range.cdf(limit / factor);
    Ok(inside(d2 + sigmas * d3) - inside(d2 - sigmas * d3))
}

/// The same for a chart of standard deviations.
///
/// ```
/// let missed = stats::spc::sd_oc(5, 3.0, 2.0)?;
/// assert!((missed - 0.5741320).abs() < 1e-6);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// `n` is below 2, the limits or the factor are not positive.
pub fn sd_oc(n: usize, sigmas: f64, factor: f64) -> Result<f64> {
    check::positive("limits", sigmas)?;
    check::positive("factor", factor)?;
    let c4 = c4(n)?;
    let error = (1.0 - c4 * c4).sqrt();
    let chi = ChiSquared::new(n as f64 - 1.0)?;
    let inside = |limit: f64| {
        let ratio = limit.max(0.0) / factor;
        chi.cdf((n as f64 - 1.0) * ratio * ratio)
    };
    Ok(inside(c4 + sigmas * error) - inside(c4 - sigmas * error))
}

/// The probability that a chart of counts (p, np, c or u) does not show that the process has come to
/// `level`: a share for p and np charts, the mean nonconformities of a sample for c and u charts.
///
/// ```
/// use stats::spc::{CountOptions, c_chart, count_oc};
/// let chart = c_chart(&[4.0, 6.0, 2.0], &CountOptions::default())?; // limits 0 and 10
/// assert!((count_oc(&chart, 8.0)? - 0.81589).abs() < 1e-5); // P(X <= 10), mean 8
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// The samples differ in size, the chart is none of counts, or the level is out of range.
pub fn count_oc(chart: &Chart<'_>, level: f64) -> Result<f64> {
    let (Line::Level(n), Line::Level(lower), Line::Level(upper)) =
        (&chart.sizes, &chart.lower, &chart.upper)
    else {
        return Err(Error::Inconsistent {
            what: "chart",
            why: "its samples differ in size; ask for each size alone",
        });
    };
    let number = |limit: f64, of: f64| (limit * of).floor();
    match chart.kind {
        Kind::Share | Kind::Number => {
            check::probability("share", level)?;
            let of = if chart.kind == Kind::Share { *n } else { 1.0 };
            let (least, most) = (number(*lower, of).max(0.0), number(*upper, of).min(*n));
            let items = Binomial::new(*n, level)?;
            Ok(items.cdf(most) - items.cdf(least - 1.0))
        }
        Kind::Nonconformities | Kind::Rate => {
            check::non_negative("mean nonconformities", &[level])?;
            let of = if chart.kind == Kind::Rate { *n } else { 1.0 };
            let (least, most) = (number(*lower, of), number(*upper, of));
            let found = Poisson::new(level)?;
            Ok(found.cdf(most) - found.cdf(least - 1.0))
        }
        _ => Err(Error::Inconsistent {
            what: "chart",
            why: "it is none of counts; see xbar_oc, range_oc and sd_oc",
        }),
    }
}

/// The average number of points until a signal of a chart whose points fall within the limits with
/// probability `inside`, each for itself: 1 / (1 - inside).
///
/// ```
/// use stats::spc::{shewhart_arl, xbar_oc};
/// assert!((shewhart_arl(xbar_oc(4, 3.0, 0.0)?)? - 370.3983).abs() < 1e-3);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// The probability is outside 0 to 1.
pub fn shewhart_arl(inside: f64) -> Result<f64> {
    check::probability("probability of a point inside", inside)?;
    Ok(1.0 / (1.0 - inside))
}
