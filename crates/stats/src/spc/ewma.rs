//! Exponentially weighted moving averages.

use super::chart::Chart;
use crate::Result;
use crate::error::check;

/// Settings of [`ewma`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EwmaOptions {
    /// The weight of the newest point, above 0 and at most 1; 0.2 by default.
    pub lambda: f64,
    /// The limits in standard errors of the average; 3 by default.
    pub sigmas: f64,
    /// Limits of the first points that take account of how few they are; else those that hold after
    /// many points. True by default.
    pub exact_limits: bool,
}

impl Default for EwmaOptions {
    fn default() -> Self {
        Self { lambda: 0.2, sigmas: 3.0, exact_limits: true }
    }
}

/// What [`ewma`] gives; one value for each point.
#[derive(Clone, Debug, PartialEq)]
pub struct Ewma {
    /// The averages.
    pub averages: Vec<f64>,
    /// The lower limits.
    pub lower: Vec<f64>,
    /// The upper limits.
    pub upper: Vec<f64>,
    /// The points whose average is outside, counted from 0.
    pub beyond: Vec<usize>,
}

/// The chart of exponentially weighted moving averages (Roberts 1959; ISO 7870-6) of the points of
/// a chart, which give centre line and standard error.
///
/// ```
/// use stats::spc::{ChartOptions, EwmaOptions, Sigma, ewma, individuals};
/// let options = ChartOptions { center: Some(10.0), sigma: Sigma::Known(1.0), ..Default::default() };
/// let chart = individuals(&[10.0, 14.0, 14.0], &options)?;
/// let smooth = ewma(&chart, &EwmaOptions { lambda: 0.5, ..Default::default() })?;
/// assert_eq!(smooth.averages, [10.0, 12.0, 13.0]);
/// assert_eq!(smooth.upper[0], 11.5);
/// assert_eq!(smooth.beyond, [1, 2]);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// Lambda is outside 0 to 1 or the limits are not positive.
pub fn ewma(chart: &Chart<'_>, options: &EwmaOptions) -> Result<Ewma> {
    let lambda = options.lambda;
    let holds = lambda > 0.0 && lambda <= 1.0;
    check::within("lambda", lambda, holds, "above 0 and at most 1")?;
    check::positive("limits", options.sigmas)?;
    let n = chart.statistics.len();
    let mut result = Ewma {
        averages: Vec::with_capacity(n),
        lower: Vec::with_capacity(n),
        upper: Vec::with_capacity(n),
        beyond: Vec::new(),
    };
    let mut average = chart.center.at(0);
    // (1 - lambda)^(2 i), which the exact limits have.
    let mut rest = 1.0;
    for (i, x) in chart.statistics.iter().enumerate() {
        average = lambda * x + (1.0 - lambda) * average;
        rest *= (1.0 - lambda) * (1.0 - lambda);
        let seen = if options.exact_limits { 1.0 - rest } else { 1.0 };
        let error = chart.error.at(i) * (lambda / (2.0 - lambda) * seen).sqrt();
        let (center, away) = (chart.center.at(i), options.sigmas * error);
        if (average - center).abs() > away {
            result.beyond.push(i);
        }
        result.averages.push(average);
        result.lower.push(center - away);
        result.upper.push(center + away);
    }
    Ok(result)
}
