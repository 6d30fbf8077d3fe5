//! Farrington's method as first published.

use std::ops::Range;

use super::super::calendar::Calendar;
use super::super::limit::check_range;
use super::baseline::{Baseline, Reach};
use super::fit::Regression;
use super::model::{Dispersion, Recipe, STEPS, Target};
use super::threshold::{Prediction, Transformed};
use super::{EnoughCases, PowerTransform};
use crate::Result;
use crate::dist::normal_quantile;
use crate::error::check;

/// Settings of [`farrington`], with the published values as defaults.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassicOptions {
    /// How many years back (5).
    pub years: usize,
    /// How many points before and after the same point of each year (3).
    pub half_width: usize,
    /// Whether past outbreaks are weighted down (yes).
    pub reweight: bool,
    /// The level of the two-sided prediction interval whose upper end is the limit (0.05).
    pub alpha: f64,
    /// Whether a trend is fitted, and kept if it is significant at 5 %, rests on three years or
    /// more, and does not take the forecast above all reference counts (yes).
    pub trend: bool,
    /// When there are enough cases for an alarm.
    pub enough: EnoughCases,
    /// The power of the count that is taken to be normal (⅔).
    pub transform: PowerTransform,
    /// How many steps a regression may take (100; R gives up after 25).
    pub steps: usize,
}

impl Default for ClassicOptions {
    fn default() -> Self {
        Self {
            years: 5,
            half_width: 3,
            reweight: true,
            alpha: 0.05,
            trend: true,
            enough: EnoughCases::default(),
            transform: PowerTransform::TwoThirds,
            steps: STEPS,
        }
    }
}

/// One tested point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassicPoint {
    /// Its place in the series, from 0.
    pub index: usize,
    /// The count.
    pub observed: f64,
    /// The upper end of the prediction interval; none where no regression settled.
    pub limit: Option<f64>,
    /// The probability of a count up to the observed one.
    pub probability: f64,
    /// The median of the forecast.
    pub median: f64,
    /// Whether the trend was kept.
    pub trend: bool,
    /// Whether there were enough cases for an alarm.
    pub enough_cases: bool,
    /// Whether the count is above the limit and there were enough cases.
    pub alarm: bool,
}

impl ClassicPoint {
    /// The limit as R reports it: zero where there were not enough cases.
    pub fn upper_bound(&self) -> Option<f64> {
        if self.enough_cases {
            self.limit
        } else {
            Some(0.0)
        }
    }
}

/// Tests the points `range` of `counts`.
///
/// # Errors
/// Counts that are missing, negative or not whole; less history than the years and the width ask
/// for; a level outside 0 to 1; a calendar that does not fit.
///
/// ```
/// use stats::surveillance::{Calendar, ClassicOptions, farrington};
/// let mut counts: Vec<f64> = (0..312).map(|t| f64::from([4, 6, 5, 3, 7][t % 5])).collect();
/// counts[300] = 15.0;
/// let tested = farrington(&counts, Calendar::Frequency(52), 299..302, &ClassicOptions::default())?;
/// let alarms: Vec<bool> = tested.iter().map(|point| point.alarm).collect();
/// assert_eq!(alarms, [false, true, false]);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn farrington(
    counts: &[f64],
    calendar: Calendar<'_>,
    range: Range<usize>,
    options: &ClassicOptions,
) -> Result<Vec<ClassicPoint>> {
    check::level("alpha", options.alpha)?;
    check::within(
        "years",
        options.years as f64,
        options.years > 0,
        "1 or more",
    )?;
    options.enough.check()?;
    check_range(counts, &range, 0)?;
    calendar.check(counts.len())?;
    let reach = Reach {
        years: options.years,
        half_width: options.half_width,
        periods: 1,
        gap: options.half_width,
    };
    let recipe = Recipe {
        trend: options.trend,
        p_trend: 0.05,
        reweight: options.reweight.then_some(1.0),
        dispersion: Dispersion::Overdispersion,
        years: options.years,
        steps: options.steps,
    };
    let z = -normal_quantile(options.alpha / 2.0);
    let mut data = Regression::default();
    range
        .map(|t| {
            let baseline = Baseline::of(&calendar, t, &reach)?;
            let layout = baseline.layout(&Calendar::Frequency(1));
            data.clear();
            data.y.extend(baseline.points().map(|i| counts[i]));
            data.prepare();
            let target = Target {
                group: 0,
                time: t as f64 + 1.0,
                offset: 0.0,
            };
            let observed = counts[t];
            let enough_cases = options.enough.met(counts, t);
            let settled = recipe.settle(&mut data, &layout, &target);
            Ok(match settled {
                None => ClassicPoint {
                    index: t,
                    observed,
                    limit: None,
                    probability: f64::NAN,
                    median: f64::NAN,
                    trend: false,
                    enough_cases,
                    alarm: false,
                },
                Some(settled) => {
                    let mean = settled.expected;
                    let predicted = Prediction {
                        mean,
                        error: settled.error * mean,
                        phi: settled.phi,
                    };
                    let forecast = Transformed::new(&predicted, options.transform);
                    let limit = forecast.upper(z);
                    ClassicPoint {
                        index: t,
                        observed,
                        limit: Some(limit),
                        probability: forecast.cdf(observed),
                        median: mean,
                        trend: settled.fit.slope.is_some(),
                        enough_cases,
                        alarm: enough_cases && observed > limit,
                    }
                }
            })
        })
        .collect()
}
