//! Charts of counts.

use std::borrow::Cow;

use super::chart::{Chart, Kind, Limits, Line};
use crate::dist::{Binomial, Discrete, NegativeBinomial, Poisson};
use crate::error::check;
use crate::{Error, Result};

/// Settings of a chart of counts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CountOptions {
    /// Where the limits are. With a probability they are quantiles of the binomial, the Poisson or
    /// the geometric distribution.
    pub limits: Limits,
    /// What is known of the process, instead of the mean: the share nonconforming (p and np
    /// charts), the nonconformities of a sample (c), those of one unit (u), the items between
    /// events (g).
    pub standard: Option<f64>,
}

/// A chart of the shares of nonconforming items in samples of the given sizes (p chart).
///
/// ```
/// use stats::spc::{CountOptions, p_chart};
/// let chart = p_chart(&[4.0, 6.0, 5.0], &[50.0, 50.0, 100.0], &CountOptions::default())?;
/// assert_eq!(chart.center.at(0), 0.075);
/// assert!((chart.upper.at(2) - (0.075 + 3.0 * (0.075f64 * 0.925 / 100.0).sqrt())).abs() < 1e-15);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// No samples; counts or sizes that are negative, not whole or missing, or of different number; a
/// size of zero; more nonconforming items than the sample has; a standard outside 0 to 1; nothing
/// but conforming or nothing but nonconforming items.
pub fn p_chart(
    nonconforming: &[f64],
    sizes: &[f64],
    options: &CountOptions,
) -> Result<Chart<'static>> {
    let share = share(nonconforming, sizes, options)?;
    let sigma = (share * (1.0 - share)).sqrt();
    let line = |upper: bool| Line::over(sizes, |n| Ok(binomial(n, share, options, upper)? / n));
    let shares = nonconforming.iter().zip(sizes).map(|(d, n)| d / n);
    Ok(Chart {
        kind: Kind::Share,
        statistics: Cow::Owned(shares.collect()),
        sizes: Line::over(sizes, Ok)?,
        center: Line::Level(share),
        sigma: Line::Level(sigma),
        error: Line::over(sizes, |n| Ok(sigma / n.sqrt()))?,
        lower: line(false)?,
        upper: line(true)?,
    })
}

/// A chart of the numbers of nonconforming items (np chart); with sizes that differ the centre line
/// has steps too.
///
/// ```
/// use stats::spc::{CountOptions, np_chart};
/// let chart = np_chart(&[4.0, 6.0, 5.0], &[50.0; 3], &CountOptions::default())?;
/// assert_eq!(chart.center.level(), Some(5.0));
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// As for [`p_chart`].
pub fn np_chart(
    nonconforming: &[f64],
    sizes: &[f64],
    options: &CountOptions,
) -> Result<Chart<'static>> {
    let share = share(nonconforming, sizes, options)?;
    let sigma = Line::over(sizes, |n| Ok((n * share * (1.0 - share)).sqrt()))?;
    let line = |upper: bool| Line::over(sizes, |n| binomial(n, share, options, upper));
    Ok(Chart {
        kind: Kind::Number,
        statistics: Cow::Owned(nonconforming.to_vec()),
        sizes: Line::over(sizes, Ok)?,
        center: Line::over(sizes, |n| Ok(n * share))?,
        error: sigma.clone(),
        sigma,
        lower: line(false)?,
        upper: line(true)?,
    })
}

/// A chart of the nonconformities in samples of equal size (c chart).
///
/// ```
/// use stats::spc::{CountOptions, c_chart};
/// let chart = c_chart(&[4.0, 6.0, 2.0], &CountOptions::default())?;
/// assert_eq!((chart.center.at(0), chart.lower.at(0), chart.upper.at(0)), (4.0, 0.0, 10.0));
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// No samples; counts that are negative or missing; a standard that is not positive; nothing but
/// zeros.
pub fn c_chart(nonconformities: &[f64], options: &CountOptions) -> Result<Chart<'static>> {
    let units = vec![1.0; nonconformities.len()];
    let chart = u_chart(nonconformities, &units, options)?;
    Ok(Chart { kind: Kind::Nonconformities, ..chart })
}

/// A chart of the nonconformities per unit in samples of the given numbers of units, which need not
/// be whole (u chart).
///
/// ```
/// use stats::spc::{CountOptions, u_chart};
/// let chart = u_chart(&[4.0, 6.0, 2.0], &[2.0, 2.0, 4.0], &CountOptions::default())?;
/// assert_eq!(chart.center.at(0), 1.5);
/// assert!((chart.upper.at(2) - (1.5 + 3.0 * (1.5f64 / 4.0).sqrt())).abs() < 1e-15);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// No samples; counts that are negative or missing; sizes that are not positive, or not one for
/// each count; a standard that is not positive; nothing but zeros.
pub fn u_chart(
    nonconformities: &[f64],
    units: &[f64],
    options: &CountOptions,
) -> Result<Chart<'static>> {
    counts("nonconformities", nonconformities, options)?;
    check::length("units", units.len(), nonconformities.len())?;
    units.iter().try_for_each(|&n| check::positive("units of a sample", n))?;
    let rate = match options.standard {
        Some(rate) => rate,
        None => nonconformities.iter().sum::<f64>() / units.iter().sum::<f64>(),
    };
    varied("nonconformities", rate)?;
    let line = |upper: bool| Line::over(units, |n| Ok(poisson(rate * n, options, upper)? / n));
    let rates = nonconformities.iter().zip(units).map(|(c, n)| c / n);
    Ok(Chart {
        kind: Kind::Rate,
        statistics: Cow::Owned(rates.collect()),
        sizes: Line::over(units, Ok)?,
        center: Line::Level(rate),
        sigma: Line::Level(rate.sqrt()),
        error: Line::over(units, |n| Ok((rate / n).sqrt()))?,
        lower: line(false)?,
        upper: line(true)?,
    })
}

/// A chart of the number of items between events that are rare (g chart; Kaminsky and others 1992).
///
/// ```
/// use stats::spc::{CountOptions, g_chart};
/// let chart = g_chart(&[20.0, 40.0, 30.0], &CountOptions::default())?;
/// assert!((chart.upper.at(0) - (30.0 + 3.0 * (30.0f64 * 31.0).sqrt())).abs() < 1e-12);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// No counts; counts that are negative or missing; a standard that is not positive; nothing but
/// zeros.
pub fn g_chart(between: &[f64], options: &CountOptions) -> Result<Chart<'static>> {
    counts("items between events", between, options)?;
    let mean = match options.standard {
        Some(mean) => mean,
        None => between.iter().sum::<f64>() / between.len() as f64,
    };
    varied("items between events", mean)?;
    let sigma = (mean * (1.0 + mean)).sqrt();
    let (lower, upper) = match options.limits {
        Limits::Sigmas(k) => ((mean - k * sigma).max(0.0), mean + k * sigma),
        Limits::Probability(p) => {
            let geometric = NegativeBinomial::with_mean(mean, 1.0)?;
            let tail = 0.5 * (1.0 - p);
            (geometric.quantile(tail)?, geometric.upper_quantile(tail)?)
        }
    };
    Ok(Chart {
        kind: Kind::Between,
        statistics: Cow::Owned(between.to_vec()),
        sizes: Line::Level(1.0),
        center: Line::Level(mean),
        sigma: Line::Level(sigma),
        error: Line::Level(sigma),
        lower: Line::Level(lower),
        upper: Line::Level(upper),
    })
}

fn counts(what: &'static str, values: &[f64], options: &CountOptions) -> Result<()> {
    options.limits.sigmas()?;
    check::at_least(what, values, 1)?;
    check::non_negative(what, values)?;
    options.standard.map_or(Ok(()), |standard| check::positive("standard", standard))
}

fn share(nonconforming: &[f64], sizes: &[f64], options: &CountOptions) -> Result<f64> {
    options.limits.sigmas()?;
    check::at_least("nonconforming items", nonconforming, 1)?;
    check::counts("nonconforming items", nonconforming)?;
    check::length("sizes", sizes.len(), nonconforming.len())?;
    check::counts("sizes", sizes)?;
    for (&d, &n) in nonconforming.iter().zip(sizes) {
        check::within("size of a sample", n, n > 0.0, "above 0")?;
        check::within("nonconforming items", d, d <= n, "at most the size of the sample")?;
    }
    let share = match options.standard {
        Some(share) => share,
        None => nonconforming.iter().sum::<f64>() / sizes.iter().sum::<f64>(),
    };
    if options.standard.is_some() {
        check::level("standard share", share)?;
    }
    varied("nonconforming items", share * (1.0 - share))?;
    Ok(share)
}

fn varied(what: &'static str, value: f64) -> Result<()> {
    if value > 0.0 { Ok(()) } else { Err(Error::Constant { what }) }
}

fn binomial(n: f64, share: f64, options: &CountOptions, upper: bool) -> Result<f64> {
    let (center, sigma) = (n * share, (n * share * (1.0 - share)).sqrt());
    match options.limits {
        Limits::Sigmas(k) if upper => Ok((center + k * sigma).min(n)),
        Limits::Sigmas(k) => Ok((center - k * sigma).max(0.0)),
        Limits::Probability(p) => tail(&Binomial::new(n, share)?, p, upper),
    }
}

fn poisson(mean: f64, options: &CountOptions, upper: bool) -> Result<f64> {
    match options.limits {
        Limits::Sigmas(k) if upper => Ok(mean + k * mean.sqrt()),
        Limits::Sigmas(k) => Ok((mean - k * mean.sqrt()).max(0.0)),
        Limits::Probability(p) => tail(&Poisson::new(mean)?, p, upper),
    }
}

fn tail(of: &impl Discrete, between: f64, upper: bool) -> Result<f64> {
    let tail = 0.5 * (1.0 - between);
    if upper { of.upper_quantile(tail) } else { of.quantile(tail) }
}
