//! Charts of measurements.

use std::borrow::Cow;

use super::chart::{Chart, Kind, Limits, Line};
use super::constants::{Constants, c4, d3};
use super::sigma::{MovingSigma, WithinSigma, moving_sigma, within_sigma};
use super::subgroups::{Subgroups, mean, range, sd};
use crate::dist::{ChiSquared, Continuous, NormalRange};
use crate::error::check;
use crate::{Error, Result};

/// Where the standard deviation of the process comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Sigma {
    /// The estimate that is usual for the chart: the mean range for xbar and R charts (the pooled
    /// standard deviation for xbar charts with a subgroup of more than 25), the mean standard
    /// deviation for S charts, the moving range of two for single values.
    #[default]
    Usual,
    /// From subgroups, by this method.
    Within(WithinSigma),
    /// From single values, by this method.
    Moving(MovingSigma),
    /// Known.
    Known(f64),
}

/// Settings of a chart of measurements. The defaults give the usual chart with limits at three
/// standard errors.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ChartOptions {
    /// Where the limits are.
    pub limits: Limits,
    /// The centre line, where it is known; else the mean of the points.
    pub center: Option<f64>,
    /// The standard deviation of the process.
    pub sigma: Sigma,
    /// Where the constants of the range come from.
    pub constants: Constants,
}

impl ChartOptions {
    fn check(&self) -> Result<()> {
        self.limits.sigmas()?;
        if let Some(center) = self.center {
            check::finite("centre line", &[center])?;
        }
        if let Sigma::Known(sigma) = self.sigma {
            check::positive("standard deviation of the process", sigma)?;
        }
        Ok(())
    }

    fn within(&self, groups: &Subgroups<'_>, usual: WithinSigma) -> Result<f64> {
        let method = match self.sigma {
            Sigma::Usual => usual,
            Sigma::Within(method) => method,
            Sigma::Known(sigma) => return Ok(sigma),
            Sigma::Moving(_) => {
                return Err(Error::Inconsistent {
                    what: "standard deviation of the process",
                    why: "moving ranges are for single values; choose a method for subgroups",
                });
            }
        };
        within_sigma(groups, method, self.constants)
    }
}

/// A chart of the means of subgroups (Shewhart 1931; ISO 7870-2).
///
/// ```
/// use stats::spc::{ChartOptions, Subgroups, xbar};
/// let groups = Subgroups::equal(&[9.0, 11.0, 10.0, 12.0, 8.0, 10.0], 2)?;
/// let chart = xbar(&groups, &ChartOptions::default())?;
/// assert_eq!(chart.center.at(0), 10.0);
/// // 10 + 3 * (2 / 1.128) / sqrt(2)
/// assert!((chart.upper.at(0) - 13.7612063).abs() < 1e-6);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// Settings out of range; see also [`within_sigma`].
pub fn xbar(groups: &Subgroups<'_>, options: &ChartOptions) -> Result<Chart<'static>> {
    options.check()?;
    let large = groups.sizes().iter().any(|&n| n > 25);
    let usual = if large { WithinSigma::PooledSd } else { WithinSigma::MeanRange };
    let sigma = options.within(groups, usual)?;
    let sizes = sizes(groups);
    let statistics: Vec<f64> = groups.iter().map(mean).collect();
    let center = options.center.unwrap_or_else(|| weighted_mean(&statistics, &sizes));
    let k = options.limits.sigmas()?;
    let line = |k: f64| Line::over(&sizes, |n| Ok(center + k * sigma / n.sqrt()));
    Ok(Chart {
        kind: Kind::Xbar,
        error: Line::over(&sizes, |n| Ok(sigma / n.sqrt()))?,
        lower: line(-k)?,
        upper: line(k)?,
        center: Line::Level(center),
        sigma: Line::Level(sigma),
        sizes: Line::over(&sizes, Ok)?,
        statistics: Cow::Owned(statistics),
    })
}

/// A chart of the ranges of subgroups.
///
/// ```
/// use stats::spc::{ChartOptions, Subgroups, range_chart};
/// let groups = Subgroups::equal(&[9.0, 11.0, 10.0, 12.0, 8.0, 10.0], 2)?;
/// let chart = range_chart(&groups, &ChartOptions::default())?;
/// assert_eq!((chart.center.at(0), chart.lower.at(0)), (2.0, 0.0));
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// Settings out of range; see also [`within_sigma`].
pub fn range_chart(groups: &Subgroups<'_>, options: &ChartOptions) -> Result<Chart<'static>> {
    let sigma = options.within(groups, WithinSigma::MeanRange)?;
    let constants = options.constants;
    spread_chart(
        Kind::Range,
        groups,
        options,
        sigma,
        range,
        |n| d3(n, constants),
        |n, p| {
            let range = NormalRange::new(n as f64)?;
            Ok((range.quantile(p)?, range.upper_quantile(p)?))
        },
    )
}

/// A chart of the standard deviations of subgroups.
///
/// ```
/// use stats::spc::{ChartOptions, Subgroups, sd_chart};
/// let groups = Subgroups::equal(&[9.0, 11.0, 10.0, 12.0, 8.0, 10.0], 2)?;
/// let chart = sd_chart(&groups, &ChartOptions::default())?;
/// assert!((chart.center.at(0) - 2f64.sqrt()).abs() < 1e-12);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// Settings out of range; see also [`within_sigma`].
pub fn sd_chart(groups: &Subgroups<'_>, options: &ChartOptions) -> Result<Chart<'static>> {
    let sigma = options.within(groups, WithinSigma::MeanSd)?;
    spread_chart(
        Kind::Sd,
        groups,
        options,
        sigma,
        sd,
        |n| Ok((1.0 - c4(n)? * c4(n)?).sqrt()),
        |n, p| {
            let df = n as f64 - 1.0;
            let chi = ChiSquared::new(df)?;
            let root = |q: f64| (q / df).sqrt();
            Ok((root(chi.quantile(p)?), root(chi.upper_quantile(p)?)))
        },
    )
}

/// A chart of spreads: `error` and `tails` are for a process of standard deviation one.
fn spread_chart(
    kind: Kind,
    groups: &Subgroups<'_>,
    options: &ChartOptions,
    sigma: f64,
    statistic: fn(&[f64]) -> f64,
    error: impl Fn(usize) -> Result<f64>,
    tails: impl Fn(usize, f64) -> Result<(f64, f64)>,
) -> Result<Chart<'static>> {
    options.check()?;
    let sizes = sizes(groups);
    let statistics: Vec<f64> = groups.iter().map(statistic).collect();
    let center = options.center.unwrap_or_else(|| weighted_mean(&statistics, &sizes));
    let limit = |upper: bool| {
        Line::over(&sizes, |n| match options.limits {
            Limits::Sigmas(k) => {
                let away = k * sigma * error(n as usize)?;
                Ok(if upper { center + away } else { (center - away).max(0.0) })
            }
            Limits::Probability(p) => {
                let (low, high) = tails(n as usize, 0.5 * (1.0 - p))?;
                Ok(sigma * if upper { high } else { low })
            }
        })
    };
    Ok(Chart {
        kind,
        lower: limit(false)?,
        upper: limit(true)?,
        error: Line::over(&sizes, |n| Ok(sigma * error(n as usize)?))?,
        center: Line::Level(center),
        sigma: Line::Level(sigma),
        sizes: Line::over(&sizes, Ok)?,
        statistics: Cow::Owned(statistics),
    })
}

/// A chart of single values in the order of time.
///
/// ```
/// use stats::spc::{ChartOptions, individuals};
/// let chart = individuals(&[10.0, 12.0, 11.0, 11.0], &ChartOptions::default())?;
/// assert_eq!(chart.center.at(0), 11.0);
/// assert!((chart.upper.at(0) - (11.0 + 3.0 / 1.128)).abs() < 1e-12);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// Settings out of range; see also [`moving_sigma`].
pub fn individuals<'a>(values: &'a [f64], options: &ChartOptions) -> Result<Chart<'a>> {
    options.check()?;
    check::at_least("measurements", values, 1)?;
    let sigma = singles(values, options)?;
    let center = options.center.unwrap_or_else(|| sum(values) / values.len() as f64);
    let away = options.limits.sigmas()? * sigma;
    Ok(Chart {
        kind: Kind::Individuals,
        statistics: Cow::Borrowed(values),
        sizes: Line::Level(1.0),
        center: Line::Level(center),
        sigma: Line::Level(sigma),
        error: Line::Level(sigma),
        lower: Line::Level(center - away),
        upper: Line::Level(center + away),
    })
}

/// A chart of the ranges of `span` successive single values (two are usual), which goes with that
/// of the values themselves. The first point belongs to the values up to number `span`.
///
/// ```
/// use stats::spc::{ChartOptions, moving_range};
/// let chart = moving_range(&[10.0, 12.0, 11.0, 11.0], 2, &ChartOptions::default())?;
/// assert_eq!(chart.statistics.as_ref(), [2.0, 1.0, 0.0]);
/// // D4 = 1 + 3 d3 / d2 = 3.267
/// assert!((chart.upper.at(0) - 3.267).abs() < 1e-3);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// Settings out of range; see also [`moving_sigma`].
pub fn moving_range(values: &[f64], span: usize, options: &ChartOptions) -> Result<Chart<'static>> {
    options.check()?;
    check::within("span of the moving range", span as f64, span >= 2, "2 or more")?;
    let own = Sigma::Moving(MovingSigma::MovingRange(span));
    let sigma = match options.sigma {
        Sigma::Usual => singles(values, &ChartOptions { sigma: own, ..*options })?,
        _ => singles(values, options)?,
    };
    check::at_least("measurements", values, span)?;
    let statistics: Vec<f64> = values.windows(span).map(range).collect();
    let center = options.center.unwrap_or_else(|| mean(&statistics));
    let error = sigma * d3(span, options.constants)?;
    let (lower, upper) = match options.limits {
        Limits::Sigmas(k) => ((center - k * error).max(0.0), center + k * error),
        Limits::Probability(p) => {
            let range = NormalRange::new(span as f64)?;
            let tail = 0.5 * (1.0 - p);
            (sigma * range.quantile(tail)?, sigma * range.upper_quantile(tail)?)
        }
    };
    Ok(Chart {
        kind: Kind::MovingRange,
        statistics: Cow::Owned(statistics),
        sizes: Line::Level(span as f64),
        center: Line::Level(center),
        sigma: Line::Level(sigma),
        error: Line::Level(error),
        lower: Line::Level(lower),
        upper: Line::Level(upper),
    })
}

fn singles(values: &[f64], options: &ChartOptions) -> Result<f64> {
    let method = match options.sigma {
        Sigma::Usual => MovingSigma::MovingRange(2),
        Sigma::Moving(method) => method,
        Sigma::Known(sigma) => {
            check::finite("measurements", values)?;
            return Ok(sigma);
        }
        Sigma::Within(_) => {
            return Err(Error::Inconsistent {
                what: "standard deviation of the process",
                why: "single values have no subgroups; choose a method for single values",
            });
        }
    };
    moving_sigma(values, method, options.constants)
}

fn sizes(groups: &Subgroups<'_>) -> Vec<f64> {
    groups.sizes().iter().map(|&n| n as f64).collect()
}

fn weighted_mean(values: &[f64], weights: &[f64]) -> f64 {
    let sum: f64 = values.iter().zip(weights).map(|(x, w)| x * w).sum();
    sum / weights.iter().sum::<f64>()
}

/// The sum, in eight parts, so that the additions need not wait for one another.
fn sum(values: &[f64]) -> f64 {
    let blocks = values.chunks_exact(8);
    let rest: f64 = blocks.remainder().iter().sum();
    let mut sums = [0.0; 8];
    for block in blocks {
        for (sum, x) in sums.iter_mut().zip(block) {
            *sum += x;
        }
    }
    sums.iter().sum::<f64>() + rest
}
