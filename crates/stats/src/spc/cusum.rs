//! Cumulative sums.

use super::chart::Chart;
use crate::Result;
use crate::error::check;

/// Settings of [`cusum`]; the defaults are the usual ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CusumOptions {
    /// The decision interval h in standard errors; 5 by default.
    pub decision_interval: f64,
    /// The shift that is to be found quickly, in standard errors; 1 by default. Half of it is the
    /// reference value k.
    pub shift: f64,
    /// Where both sums begin, in standard errors: 0 by default; h/2 for the fast initial response
    /// of Lucas and Crosier (1982).
    pub head_start: f64,
}

impl Default for CusumOptions {
    fn default() -> Self {
        Self { decision_interval: 5.0, shift: 1.0, head_start: 0.0 }
    }
}

/// What [`cusum`] gives. Points count from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Cusum {
    /// The upper sums, in standard errors, zero or more.
    pub upper: Vec<f64>,
    /// The lower sums, zero or less.
    pub lower: Vec<f64>,
    /// Where the upper sum is above the decision interval.
    pub above: Vec<usize>,
    /// Where the lower sum is below its negative.
    pub below: Vec<usize>,
}

/// The tabular cumulative sum chart (Page 1954; ISO 7870-4) of the points of a chart, which give
/// centre line and standard error.
///
/// ```
/// use stats::spc::{ChartOptions, CusumOptions, Sigma, cusum, individuals};
/// let options = ChartOptions { center: Some(10.0), sigma: Sigma::Known(1.0), ..Default::default() };
/// let chart = individuals(&[10.0, 12.0, 12.0, 9.0], &options)?;
/// let sums = cusum(&chart, &CusumOptions { decision_interval: 2.5, ..Default::default() })?;
/// assert_eq!(sums.upper, [0.0, 1.5, 3.0, 1.5]);
/// assert_eq!((sums.above, sums.lower[3]), (vec![2], -0.5));
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// A setting is out of its range: the decision interval and the shift are positive, the head start
/// is zero or more.
pub fn cusum(chart: &Chart<'_>, options: &CusumOptions) -> Result<Cusum> {
    let h = options.decision_interval;
    check::positive("decision interval", h)?;
    check::positive("shift", options.shift)?;
    check::non_negative("head start", &[options.head_start])?;
    let k = 0.5 * options.shift;
    let (mut up, mut down) = (options.head_start, options.head_start);
    let n = chart.statistics.len();
    let (mut upper, mut lower) = (Vec::with_capacity(n), Vec::with_capacity(n));
    for (i, x) in chart.statistics.iter().enumerate() {
        let z = (x - chart.center.at(i)) / chart.error.at(i);
        up = (up + z - k).max(0.0);
        down = (down - z - k).max(0.0);
        upper.push(up);
        lower.push(-down);
    }
    let where_ = |sums: &[f64], test: &dyn Fn(f64) -> bool| {
        let hits = sums.iter().enumerate().filter(|(_, s)| test(**s));
        hits.map(|(i, _)| i).collect()
    };
    Ok(Cusum {
        above: where_(&upper, &|s| s > h),
        below: where_(&lower, &|s| s < -h),
        upper,
        lower,
    })
}
