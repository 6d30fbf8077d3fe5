//! Likelihood ratio charts for counts: has the mean changed since some point in the past?
//!
//! M. Höhle and M. Paul (2008), "Count data regression charts for the monitoring of surveillance time
//! series", Computational Statistics and Data Analysis 52, 4357-4368.

mod change;

use std::ops::Range;

use super::limit::check_range;
use super::seasonal::Seasonal;
use crate::error::check;
use crate::{Error, Result};
pub use change::Change;
use change::{NEWTON_START, Step};

/// Which way the mean is watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// For a rise.
    #[default]
    Increase,
    /// For a fall (of the intercept only: an epidemic does not fall below its mean).
    Decrease,
}

/// The mean while nothing is wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum InControlMean<'a> {
    /// A known mean for each point of the range.
    Each(&'a [f64]),
    /// A regression on the points before the range.
    Fitted {
        /// Harmonics, trend and the length of the year.
        model: Seasonal,
        /// Whether to fit again, with all points so far, after each alarm.
        refit: bool,
    },
}

/// How much more the counts vary than Poisson counts: α in the variance m + αm².
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Overdispersion {
    /// A known α; zero for Poisson counts.
    Known(f64),
    /// Estimated together with the first fit of the mean, by maximum likelihood, and kept. Zero if
    /// the history varies no more than Poisson counts.
    Estimated,
}

/// How the likelihood is searched for the size and the time of the change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Search {
    /// For its maximum, over all change points that leave a change the least length asked for.
    #[default]
    Maximum,
    /// As R surveillance searches for a change of the intercept, for comparison only. Under
    /// overdispersion by Newton's steps from κ = 0.5, or from where they ended for the change point
    /// before, passing over a change point where they run away: as they do just when counts are far
    /// above (or below) the mean. For Poisson counts over all change points with any case after
    /// them, as soon as there are as many points as the least length of a change; within a window
    /// over those only that leave a change one point more than its least length.
    Package,
}

/// Settings of [`glr`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GlrOptions<'a> {
    /// The mean while nothing is wrong.
    pub mean: InControlMean<'a>,
    /// How much more the counts vary than Poisson counts (not at all).
    pub overdispersion: Overdispersion,
    /// The value of the statistic that raises an alarm (5).
    pub threshold: f64,
    /// What is taken to change.
    pub change: Change,
    /// Which way.
    pub direction: Direction,
    /// The size of the change (κ of the intercept, λ of an epidemic), for a likelihood ratio CUSUM;
    /// none to estimate it at each point.
    pub known: Option<f64>,
    /// How many points a change must at least have lasted (1).
    pub at_least: usize,
    /// How many points back a change may lie at most; none for any number.
    pub window: Option<usize>,
    /// How the likelihood is searched.
    pub search: Search,
}

impl<'a> GlrOptions<'a> {
    /// The usual settings for a given mean: a rise of the intercept of Poisson counts, threshold 5.
    pub fn new(mean: InControlMean<'a>) -> Self {
        Self {
            mean,
            overdispersion: Overdispersion::Known(0.0),
            threshold: 5.0,
            change: Change::Intercept,
            direction: Direction::Increase,
            known: None,
            at_least: 1,
            window: None,
            search: Search::Maximum,
        }
    }

    fn check(&self) -> Result<()> {
        check::positive("threshold", self.threshold)?;
        if let Overdispersion::Known(alpha) = self.overdispersion {
            let holds = alpha >= 0.0 && alpha.is_finite();
            check::within("overdispersion", alpha, holds, "zero or more")?;
        }
        let points = self.at_least as f64;
        check::within("least length of a change", points, points >= 1.0, "1 or more")?;
        if let Some(size) = self.known {
            let holds = size.is_finite() && size != 0.0;
            check::within("size of the change", size, holds, "finite and not zero")?;
        }
        Ok(())
    }
}

/// One tested point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GlrPoint {
    /// Its place in the series, from 0.
    pub index: usize,
    /// The count.
    pub observed: f64,
    /// The mean while nothing is wrong.
    pub mean: f64,
    /// The likelihood ratio statistic; after an alarm it begins anew with the next point.
    pub statistic: f64,
    /// Whether the statistic has reached the threshold.
    pub alarm: bool,
}

/// Tests the points `range` of `counts`.
///
/// For an epidemic change R's package can miss the maximum of the likelihood (its steps leave the
/// range of λ); here it is found for every change point.
///
/// # Errors
/// Counts that are missing, negative or not whole; settings out of range; means of a wrong number or
/// not positive; a history that cannot be fitted (too short, all zero); an overdispersion to be
/// estimated where the means are given.
///
/// ```
/// use stats::surveillance::{GlrOptions, InControlMean, glr};
/// let counts = [3.0, 2.0, 4.0, 7.0, 8.0, 9.0];
/// let means = [3.0; 6];
/// let options = GlrOptions::new(InControlMean::Each(&means));
/// let tested = glr(&counts, 0..6, &options)?;
/// // The best change point is the fourth: 24 cases where 9 are expected.
/// assert!((tested[5].statistic - (24.0 * (24f64 / 9.0).ln() - 15.0)).abs() < 1e-12);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn glr(counts: &[f64], range: Range<usize>, options: &GlrOptions<'_>) -> Result<Vec<GlrPoint>> {
    run(counts, range, options, |_, _| {})
}

/// For each point of `range` the count with which the statistic would have reached the threshold
/// there: for a change of unknown size the least whole number up to `most` (for a fall, the largest),
/// for a known size the exact value, not rounded and at least zero. None where no such count does.
///
/// # Errors
/// As for [`glr`].
///
/// ```
/// use stats::surveillance::{GlrOptions, InControlMean, glr_cases};
/// let means = [3.0; 2];
/// let options = GlrOptions::new(InControlMean::Each(&means));
/// assert_eq!(glr_cases(&[3.0, 2.0], 0..2, &options, 1e4)?, [Some(10.0), Some(10.0)]);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn glr_cases(
    counts: &[f64],
    range: Range<usize>,
    options: &GlrOptions<'_>,
    most: f64,
) -> Result<Vec<Option<f64>>> {
    let mut cases = Vec::with_capacity(range.len());
    run(counts, range, options, |segment: &Segment<'_>, step: Step| {
        if let Some(size) = options.known {
            cases.push(Some(segment.cases(step, size)));
            return;
        }
        let reaches = |x: f64| {
            let statistic = segment.with(Step { count: x, ..step });
            statistic >= options.threshold
        };
        cases.push(match options.direction {
            Direction::Increase => bisect(-1.0, most, reaches),
            Direction::Decrease => bisect(most, 0.0, reaches).filter(|_| reaches(0.0)),
        });
    })?;
    Ok(cases)
}

/// The whole number nearest to `never` for which `holds`, between `never`, where it does not, and
/// `always`; none if it does not hold there either.
fn bisect(never: f64, always: f64, holds: impl Fn(f64) -> bool) -> Option<f64> {
    if !holds(always) {
        return None;
    }
    let (mut never, mut always) = (never, always);
    while (always - never).abs() > 1.0 {
        let middle = ((never + always) / 2.0).round();
        if middle == never || middle == always {
            break;
        }
        if holds(middle) {
            always = middle;
        } else {
            never = middle;
        }
    }
    Some(always)
}

fn run(
    counts: &[f64],
    range: Range<usize>,
    options: &GlrOptions<'_>,
    mut each: impl FnMut(&Segment<'_>, Step),
) -> Result<Vec<GlrPoint>> {
    options.check()?;
    check_range(counts, &range, 0)?;
    let start = range.start;
    let history = &counts[..start];
    let (alpha, mut means) = match (options.mean, options.overdispersion) {
        (InControlMean::Each(means), Overdispersion::Known(alpha)) => {
            check::length("expected means", means.len(), range.len())?;
            (alpha, means.to_vec())
        }
        (InControlMean::Each(_), Overdispersion::Estimated) => {
            return Err(Error::Inconsistent {
                what: "overdispersion",
                why: "it is estimated together with the mean: give it where the means are given",
            });
        }
        (InControlMean::Fitted { model, .. }, Overdispersion::Known(alpha)) => {
            (alpha, model.means(&model.fit(history, alpha)?, &range))
        }
        (InControlMean::Fitted { model, .. }, Overdispersion::Estimated) => {
            let (fit, alpha) = model.fit_with_overdispersion(history)?;
            (alpha, model.means(&fit, &range))
        }
    };
    let mut segment = Segment::new(options, alpha);
    let mut points = Vec::with_capacity(range.len());
    for index in range.clone() {
        let mean = means[index - start];
        check::positive("expected mean", mean)?;
        let step = Step {
            count: counts[index],
            before: if index > 0 { counts[index - 1] } else { 0.0 },
            mean,
        };
        each(&segment, step);
        let statistic = segment.push(step);
        let alarm = statistic >= options.threshold;
        points.push(GlrPoint { index, observed: counts[index], mean, statistic, alarm });
        if alarm {
            segment = Segment::new(options, alpha);
            if let InControlMean::Fitted { model, refit: true } = options.mean {
                means = model.means(&model.fit(&counts[..=index], alpha)?, &range);
            }
        }
    }
    Ok(points)
}

/// The points since the last alarm.
struct Segment<'a> {
    options: &'a GlrOptions<'a>,
    alpha: f64,
    steps: Vec<Step>,
    /// The statistic of the likelihood ratio CUSUM.
    cusum: f64,
}

impl<'a> Segment<'a> {
    fn new(options: &'a GlrOptions<'a>, alpha: f64) -> Self {
        Self { options, alpha, steps: Vec::new(), cusum: 0.0 }
    }

    /// Takes in a point and gives the statistic.
    fn push(&mut self, step: Step) -> f64 {
        self.steps.push(step);
        let statistic = self.statistic(&self.steps);
        self.cusum = statistic;
        statistic
    }

    /// The statistic that the point would give.
    fn with(&self, step: Step) -> f64 {
        let mut steps = self.steps.clone();
        steps.push(step);
        self.statistic(&steps)
    }

    /// The count with which a change of a known size would just be signalled: the gain is linear in
    /// the count.
    fn cases(&self, step: Step, size: f64) -> f64 {
        let gain = |count: f64| self.options.change.gain(&Step { count, ..step }, size, self.alpha);
        let needed = self.options.threshold - self.cusum - gain(0.0);
        (needed / (gain(1.0) - gain(0.0))).max(0.0)
    }

    fn statistic(&self, steps: &[Step]) -> f64 {
        let options = self.options;
        let Some(last) = steps.last() else { return 0.0 };
        if let Some(size) = options.known {
            let gain = options.change.gain(last, size, self.alpha);
            return f64::max(0.0, self.cusum + gain);
        }
        let n = steps.len();
        let earliest = options.window.map_or(0, |window| n.saturating_sub(window + 1));
        let latest = (n + 1).saturating_sub(options.at_least);
        if options.search == Search::Package && options.change == Change::Intercept {
            return self.package(steps, earliest, latest);
        }
        let (change, direction) = (options.change, options.direction);
        (earliest..latest)
            .map(|k| change.best_gain(&steps[k..], direction, self.alpha))
            .fold(0.0, f64::max)
    }

    /// What R surveillance finds for a change of the intercept.
    fn package(&self, steps: &[Step], earliest: usize, latest: usize) -> f64 {
        let direction = self.options.direction;
        if self.alpha == 0.0 {
            // Within a window it wants one point more than the least length of a change.
            let end = match self.options.window {
                Some(_) => latest.saturating_sub(1),
                None if latest > 0 => steps.len(),
                None => 0,
            };
            return (earliest..end)
                .map(|k| &steps[k..])
                .filter(|steps| steps.iter().any(|step| step.count > 0.0))
                .map(|steps| Change::Intercept.best_gain(steps, direction, 0.0))
                .fold(0.0, f64::max);
        }
        let mut size = NEWTON_START;
        (earliest..latest)
            .map(|k| Change::newton_gain(&steps[k..], direction, self.alpha, &mut size))
            .fold(0.0, f64::max)
    }
}
