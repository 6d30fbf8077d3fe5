//! The improved method: more of the past, seasons as groups, negative binomial limits.

use std::ops::Range;

use super::super::calendar::Calendar;
use super::baseline::Reach;
use super::model::{Dispersion, Recipe, STEPS, Settled};
use super::threshold::{Prediction, Transformed, counts};
use super::unit::{self, Unit};
use super::{EnoughCases, PowerTransform};
use crate::Result;
use crate::dist::normal_quantile;
use crate::error::check;

/// How the limit follows from the regression.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ThresholdMethod {
    /// A normal quantile on a power of the count, with the error of the estimate (Farrington et al.
    /// 1996).
    #[default]
    Delta,
    /// A negative binomial quantile at the estimated mean (Noufaily et al. 2013).
    NbPlugin,
    /// A negative binomial quantile at the 1 - α quantile of the estimated mean.
    Muan,
}

/// Settings of [`farrington_flexible`]. The default is that of R; [`FlexibleOptions::improved`] is
/// the setting that Noufaily et al. (2013) advise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FlexibleOptions {
    /// How many years back (5).
    pub years: usize,
    /// How many points before and after the same point of each year (3).
    pub half_width: usize,
    /// Whether past outbreaks are weighted down (yes).
    pub reweight: bool,
    /// The residual from which on they are (2.58).
    pub weights_threshold: f64,
    /// The level of the one-sided limit (0.05).
    pub alpha: f64,
    /// Whether a trend is fitted (yes).
    pub trend: bool,
    /// The p-value below which the trend is kept (0.05); 1 keeps it whatever its significance.
    pub trend_p_threshold: f64,
    /// When there are enough cases for an alarm.
    pub enough: EnoughCases,
    /// The power of the count that is taken to be normal under [`ThresholdMethod::Delta`] (⅔).
    pub transform: PowerTransform,
    /// Whether the counts are taken per head of population (no).
    pub population_offset: bool,
    /// Season groups: 1 for the same weeks of each year only (1).
    pub periods: usize,
    /// How many points just before the tested one are left out; none for `half_width`.
    pub gap: Option<usize>,
    /// How the limit follows from the regression.
    pub method: ThresholdMethod,
    /// Which dispersion serves the standard error of the expected count (the package's).
    pub dispersion: Dispersion,
    /// How many steps a regression may take (100). R gives up after 25, and then has no forecast for a
    /// series that had no case in all the baseline: a first outbreak would raise no alarm.
    pub steps: usize,
}

impl Default for FlexibleOptions {
    fn default() -> Self {
        Self {
            years: 5,
            half_width: 3,
            reweight: true,
            weights_threshold: 2.58,
            alpha: 0.05,
            trend: true,
            trend_p_threshold: 0.05,
            enough: EnoughCases::default(),
            transform: PowerTransform::TwoThirds,
            population_offset: false,
            periods: 1,
            gap: None,
            method: ThresholdMethod::Delta,
            dispersion: Dispersion::Package,
            steps: STEPS,
        }
    }
}

impl FlexibleOptions {
    /// The setting advised by Noufaily et al. (2013): ten season groups, half a year left out, the
    /// trend always kept, negative binomial limits at 0.5 %.
    pub fn improved() -> Self {
        Self {
            alpha: 0.005,
            trend_p_threshold: 1.0,
            periods: 10,
            gap: Some(26),
            method: ThresholdMethod::NbPlugin,
            ..Self::default()
        }
    }

    fn check(&self) -> Result<()> {
        check::level("alpha", self.alpha)?;
        check::probability("threshold of the trend's p-value", self.trend_p_threshold)?;
        check::positive("threshold of the weights", self.weights_threshold)?;
        check::within("years", self.years as f64, self.years > 0, "1 or more")?;
        let periods = self.periods;
        check::within("season groups", periods as f64, periods > 0, "1 or more")?;
        self.enough.check()
    }

    fn reach(&self) -> Reach {
        Reach {
            years: self.years,
            half_width: self.half_width,
            periods: self.periods,
            gap: self.gap.unwrap_or(self.half_width),
        }
    }

    /// What a settled regression says of a point with the observed count; `z` is the 1 - α quantile
    /// of the normal distribution.
    fn forecast(&self, settled: &Settled, z: f64, observed: f64) -> Forecast {
        let expected = match self.method {
            ThresholdMethod::Delta => settled.expected,
            _ => settled.eta.exp(),
        };
        let count_mean = match self.method {
            ThresholdMethod::Muan => (settled.eta + z * settled.error).exp(),
            _ => expected,
        };
        let tail = match self.method {
            ThresholdMethod::Delta => {
                let predicted = Prediction {
                    mean: expected,
                    error: settled.error * expected,
                    phi: settled.phi,
                };
                let forecast = Transformed::new(&predicted, self.transform);
                Some((forecast.upper(z), forecast.sf(observed)))
            }
            _ => counts(count_mean, settled.phi, self.alpha, observed).ok(),
        };
        Forecast {
            expected,
            ln_error: settled.error,
            phi: settled.phi,
            slope: settled.fit.slope,
            count_mean,
            upper: tail.map(|(upper, _)| upper),
            p_value: tail.map(|(_, p_value)| p_value),
        }
    }

    fn recipe(&self) -> Recipe {
        Recipe {
            trend: self.trend,
            p_trend: self.trend_p_threshold,
            reweight: self.reweight.then_some(self.weights_threshold),
            dispersion: self.dispersion,
            years: self.years,
            steps: self.steps,
        }
    }
}

/// What the regression says of a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// The expected count.
    pub expected: f64,
    /// The standard error of its logarithm.
    pub ln_error: f64,
    /// The overdispersion, at least one.
    pub phi: f64,
    /// The trend for each unit of time, where it was kept.
    pub slope: Option<f64>,
    /// The mean of the negative binomial whose quantile is the limit: the expected count, or its
    /// 1 - α quantile under [`ThresholdMethod::Muan`], which is infinite where a season group
    /// without any case tells nothing of it.
    pub count_mean: f64,
    /// The largest count that raises no alarm; none where `count_mean` is infinite.
    pub upper: Option<f64>,
    /// The probability of a count as large as the observed one or larger.
    pub p_value: Option<f64>,
}

impl Forecast {
    /// How far the count exceeds what is expected, in units of what would just raise an alarm:
    /// (observed - expected) / (upper - expected), as published.
    pub fn exceedance(&self, observed: f64) -> Option<f64> {
        Some((observed - self.expected) / (self.upper? - self.expected))
    }

    /// The score of R surveillance under the negative binomial methods, which has the logarithm of
    /// the expected count in its place; a slip, kept for comparison.
    pub fn exceedance_package(&self, observed: f64) -> Option<f64> {
        Some((observed - self.expected.ln()) / (self.upper? - self.expected.ln()))
    }
}

/// One tested point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FlexiblePoint {
    /// Its place in the series, from 0.
    pub index: usize,
    /// The count.
    pub observed: f64,
    /// The forecast; none where no regression settled.
    pub forecast: Option<Forecast>,
    /// Whether there were enough cases for an alarm.
    pub enough_cases: bool,
    /// Whether the count is above the limit and there were enough cases.
    pub alarm: bool,
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
/// for; settings out of range; a calendar that does not fit.
///
/// ```
/// use stats::surveillance::{Calendar, FlexibleOptions, Unit, farrington_flexible};
/// let quiet: Vec<f64> = (0..312).map(|t| f64::from([4, 6, 5, 3, 7][t % 5])).collect();
/// let mut outbreak = quiet.clone();
/// outbreak[311] = 20.0;
/// let units = [Unit::new(&quiet), Unit::new(&outbreak)];
/// let options = FlexibleOptions::improved();
/// let tested = farrington_flexible(&units, Calendar::Frequency(52), 311..312, &options)?;
/// assert!(!tested[0][0].alarm && tested[1][0].alarm);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn farrington_flexible(
    units: &[Unit<'_>],
    calendar: Calendar<'_>,
    range: Range<usize>,
    options: &FlexibleOptions,
) -> Result<Vec<Vec<FlexiblePoint>>> {
    options.check()?;
    let recipe = options.recipe();
    let z = -normal_quantile(options.alpha);
    let per_head = options.population_offset;
    unit::each(units, calendar, range, &options.reach(), per_head, |unit, tested, data| {
        let target = tested.load(unit, data);
        let observed = unit.counts[tested.index];
        let settled = recipe.settle(data, &tested.layout, &target);
        let forecast = settled.map(|settled| options.forecast(&settled, z, observed));
        let enough_cases = options.enough.met(unit.counts, tested.index);
        let upper = forecast.and_then(|f| f.upper);
        FlexiblePoint {
            index: tested.index,
            observed,
            forecast,
            enough_cases,
            alarm: enough_cases && upper.is_some_and(|upper| observed > upper),
        }
    })
}

/// [`farrington_flexible`] for a single series.
///
/// # Errors
/// As there.
///
/// ```
/// use stats::surveillance::{Calendar, FlexibleOptions, Unit, farrington_flexible_one};
/// let counts = vec![3.0; 300];
/// let options = FlexibleOptions::default();
/// let tested =
///     farrington_flexible_one(Unit::new(&counts), Calendar::Frequency(52), 280..300, &options)?;
/// assert!(tested.iter().all(|point| !point.alarm));
/// # Ok::<(), stats::Error>(())
/// ```
pub fn farrington_flexible_one(
    unit: Unit<'_>,
    calendar: Calendar<'_>,
    range: Range<usize>,
    options: &FlexibleOptions,
) -> Result<Vec<FlexiblePoint>> {
    let tested = farrington_flexible(&[unit], calendar, range, options)?;
    Ok(tested.into_iter().flatten().collect())
}
