//! Farrington's method as first published.

use std::ops::Range;

use super::super::calendar::Calendar;
use super::baseline::Reach;
use super::model::{Dispersion, Recipe, STEPS};
use super::threshold::{Prediction, Transformed};
use super::unit::{self, Unit};
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
    /// Whether the counts are taken per head of population (no).
    pub population_offset: bool,
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
            population_offset: false,
            steps: STEPS,
        }
    }
}

/// What the regression says of a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassicForecast {
    /// The upper end of the prediction interval.
    pub limit: f64,
    /// The probability of a count up to the observed one.
    pub probability: f64,
    /// The median of the forecast.
    pub median: f64,
    /// The trend for each point, where it was kept.
    pub slope: Option<f64>,
}

/// One tested point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassicPoint {
    /// Its place in the series, from 0.
    pub index: usize,
    /// The count.
    pub observed: f64,
    /// The forecast; none where no regression settled.
    pub forecast: Option<ClassicForecast>,
    /// Whether there were enough cases for an alarm.
    pub enough_cases: bool,
    /// Whether the count is above the limit and there were enough cases.
    pub alarm: bool,
}

impl ClassicPoint {
    /// The limit as R reports it: zero where there were not enough cases.
    pub fn upper_bound(&self) -> Option<f64> {
        if self.enough_cases { self.forecast.map(|forecast| forecast.limit) } else { Some(0.0) }
    }
}

/// Tests the points `range` of every unit; the result has one list of points for each unit.
///
/// Units are worked on in parallel; the result does not depend on the number of threads. A point
/// where the regression does not settle even without a trend (it overflows, or has fewer counts than
/// coefficients) has no forecast and no alarm.
///
/// # Errors
/// Counts that are missing, negative or not whole; units of different lengths; a population that is
/// missing where it is asked for, or not positive; less history than the years and the width ask
/// for; a level outside 0 to 1; a calendar that does not fit.
///
/// ```
/// use stats::surveillance::{Calendar, ClassicOptions, Unit, farrington};
/// let mut counts: Vec<f64> = (0..312).map(|t| f64::from([4, 6, 5, 3, 7][t % 5])).collect();
/// counts[300] = 15.0;
/// let options = ClassicOptions::default();
/// let tested = farrington(&[Unit::new(&counts)], Calendar::Frequency(52), 299..302, &options)?;
/// let alarms: Vec<bool> = tested[0].iter().map(|point| point.alarm).collect();
/// assert_eq!(alarms, [false, true, false]);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn farrington(
    units: &[Unit<'_>],
    calendar: Calendar<'_>,
    range: Range<usize>,
    options: &ClassicOptions,
) -> Result<Vec<Vec<ClassicPoint>>> {
    check::level("alpha", options.alpha)?;
    let years = options.years as f64;
    check::within("years", years, years > 0.0, "1 or more")?;
    options.enough.check()?;
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
    let per_head = options.population_offset;
    unit::each(units, calendar, range, &reach, per_head, |unit, tested, data| {
        let target = tested.load(unit, data);
        let observed = unit.counts[tested.index];
        let settled = recipe.settle(data, &tested.layout, &target);
        let forecast = settled.map(|settled| {
            let predicted = Prediction {
                mean: settled.expected,
                error: settled.error * settled.expected,
                phi: settled.phi,
            };
            let forecast = Transformed::new(&predicted, options.transform);
            ClassicForecast {
                limit: forecast.upper(z),
                probability: forecast.cdf(observed),
                median: settled.expected,
                slope: settled.fit.slope,
            }
        });
        let enough_cases = options.enough.met(unit.counts, tested.index);
        ClassicPoint {
            index: tested.index,
            observed,
            forecast,
            enough_cases,
            alarm: enough_cases && forecast.is_some_and(|f| observed > f.limit),
        }
    })
}
