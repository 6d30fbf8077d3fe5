//! A one-sided CUSUM on transformed counts.
//!
//! G. Rossi, L. Lampugnani, M. Marchi (1999), "An approximate CUSUM procedure for surveillance of
//! health events", Statistics in Medicine 18, 2111-2122.

mod transform;

use std::ops::Range;

use super::limit::check_range;
use super::seasonal::Seasonal;
use crate::Result;
use crate::error::check;
pub use transform::Transform;

/// The mean that is expected while nothing is wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum InControl<'a> {
    /// The mean of all points before the range.
    #[default]
    History,
    /// The same known mean for all points of the range.
    Constant(f64),
    /// A known mean for each point of the range.
    Each(&'a [f64]),
    /// A Poisson regression on the points before the range, with one harmonic of the year and no
    /// trend; the number says how many points make a year.
    Harmonic(usize),
}

/// Settings of [`cusum`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CusumOptions<'a> {
    /// The reference value k: what is taken off at each step (1.04).
    pub reference: f64,
    /// The decision boundary h (2.26).
    pub boundary: f64,
    /// The expected mean.
    pub in_control: InControl<'a>,
    /// How a count is made comparable.
    pub transform: Transform,
}

impl Default for CusumOptions<'_> {
    fn default() -> Self {
        Self {
            reference: 1.04,
            boundary: 2.26,
            in_control: InControl::History,
            transform: Transform::Standard,
        }
    }
}

/// One tested point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cusum {
    /// Its place in the series, from 0.
    pub index: usize,
    /// The count.
    pub observed: f64,
    /// The mean that is expected while nothing is wrong.
    pub mean: f64,
    /// S = max(0, S before + z - k); it is not reset by an alarm.
    pub statistic: f64,
    /// The number of cases, not rounded, at which S would have reached the boundary here; zero
    /// where no case at all would have been enough.
    pub cases_to_alarm: f64,
    /// Whether S has reached the boundary.
    pub alarm: bool,
}

/// Runs the CUSUM over the points `range` of `counts`, starting from zero.
///
/// R's `upperbound` is [`Cusum::cases_to_alarm`], rounded up for the standard transformation. For
/// `none` and `anscombeNegBin` the package returns h - S of the same point instead, which is not a
/// number of cases, and for `anscombe2nd` it takes m^⅓ for m^-⅓; here the number of cases is given for
/// all transformations.
///
/// # Errors
/// Counts that are missing, negative or not whole; an empty range; settings or means that are not
/// positive; a mean that has to come from the history where that is empty or all zero.
///
/// ```
/// use stats::surveillance::{CusumOptions, InControl, cusum};
/// let counts = [3.0, 1.0, 2.0, 5.0, 9.0];
/// let options = CusumOptions { in_control: InControl::Constant(2.5), ..Default::default() };
/// let tested = cusum(&counts, 2..5, &options)?;
/// assert!((tested[2].statistic - 3.6120997883).abs() < 1e-9 && tested[2].alarm);
/// assert_eq!(tested[2].cases_to_alarm.ceil(), 7.0);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn cusum(
    counts: &[f64],
    range: Range<usize>,
    options: &CusumOptions<'_>,
) -> Result<Vec<Cusum>> {
    check::positive("decision boundary", options.boundary)?;
    let k = options.reference;
    check::within("reference value", k, k >= 0.0 && k.is_finite(), "zero or more")?;
    options.transform.check()?;
    check_range(counts, &range, 0)?;
    let means = means(counts, &range, options.in_control)?;
    let mut before = 0.0;
    let tested = range.zip(means).map(|(index, mean)| {
        let observed = counts[index];
        let z = options.transform.score(observed, mean);
        let statistic = f64::max(0.0, before + z - k);
        let needed = options.boundary + k - before;
        before = statistic;
        Cusum {
            index,
            observed,
            mean,
            statistic,
            cases_to_alarm: options.transform.cases(needed, mean),
            alarm: statistic >= options.boundary,
        }
    });
    Ok(tested.collect())
}

fn means(counts: &[f64], range: &Range<usize>, source: InControl<'_>) -> Result<Vec<f64>> {
    let history = &counts[..range.start];
    let means = match source {
        InControl::History => {
            check::at_least("counts before the range", history, 1)?;
            let mean = history.iter().sum::<f64>() / history.len() as f64;
            vec![mean; range.len()]
        }
        InControl::Constant(mean) => vec![mean; range.len()],
        InControl::Each(means) => {
            check::length("expected means", means.len(), range.len())?;
            means.to_vec()
        }
        InControl::Harmonic(frequency) => {
            let model = Seasonal { harmonics: 1, trend: false, frequency };
            model.means(&model.fit(history, 0.0)?, range)
        }
    };
    for &mean in &means {
        check::positive("expected mean", mean)?;
    }
    Ok(means)
}
