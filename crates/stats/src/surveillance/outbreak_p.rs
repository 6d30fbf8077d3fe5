//! outbreakP: semiparametric detection of the onset of a rise.
//!
//! M. Frisén, E. Andersson, L. Schiöler (2009), "Robust outbreak surveillance of epidemics in
//! Sweden", Statistics in Medicine 28, 476-493; M. Frisén and E. Andersson (2009), "Semiparametric
//! surveillance of monotonic changes", Sequential Analysis 28, 434-454.

use std::ops::Range;

use super::limit::check_range;
use crate::Result;
use crate::error::check;

/// One tested point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outbreak {
    /// Its place in the series, from 0.
    pub index: usize,
    /// The count.
    pub observed: f64,
    /// The natural logarithm of the likelihood ratio of a rise against a constant mean.
    pub ln_statistic: f64,
    /// Whether the ratio is above the threshold.
    pub alarm: bool,
}

impl Outbreak {
    /// The likelihood ratio; infinite where it exceeds what a number can hold.
    pub fn statistic(&self) -> f64 {
        self.ln_statistic.exp()
    }
}

/// Settings of [`outbreak_p`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OutbreakOptions {
    /// The likelihood ratio above which an alarm is raised (100).
    pub threshold: f64,
}

impl Default for OutbreakOptions {
    fn default() -> Self {
        Self { threshold: 100.0 }
    }
}

/// Tests the points `range`, each with all the points up to it: the likelihood of the best
/// non-decreasing mean over that of the best constant mean, for Poisson counts.
///
/// # Errors
/// Counts that are missing, negative or not whole; an empty range or one that ends after the
/// counts; a threshold that is not positive.
///
/// ```
/// use stats::surveillance::{OutbreakOptions, outbreak_p};
/// // The example of the CASE project's outbreakP manual.
/// let counts = [1.0, 0.0, 3.0, 1.0, 2.0, 3.0, 5.0, 4.0, 7.0];
/// let tested = outbreak_p(&counts, 0..9, &OutbreakOptions::default())?;
/// assert!((tested[8].statistic() - 565.081181762885).abs() < 1e-9);
/// assert!(tested[8].alarm && !tested[7].alarm);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn outbreak_p(
    counts: &[f64],
    range: Range<usize>,
    options: &OutbreakOptions,
) -> Result<Vec<Outbreak>> {
    check::positive("threshold", options.threshold)?;
    check_range(counts, &range, 0)?;
    let ln_threshold = options.threshold.ln();
    let mut rise = Rise::default();
    let mut tested = Vec::with_capacity(range.len());
    for (index, &observed) in counts[..range.end].iter().enumerate() {
        rise.push(observed);
        if range.contains(&index) {
            let ln_statistic = rise.ln_statistic();
            tested.push(Outbreak {
                index,
                observed,
                ln_statistic,
                alarm: ln_statistic > ln_threshold,
            });
        }
    }
    Ok(tested)
}

/// The least count at each point of `range` that would have raised an alarm there, given the counts
/// before it.
///
/// None where even a count of zero raises one, or where none up to `most` (usually 100,000) does.
/// The first point of a series has the ratio one whatever its count: zero where the threshold is
/// below one, else none.
///
/// # Errors
/// As for [`outbreak_p`].
///
/// ```
/// use stats::surveillance::{OutbreakOptions, outbreak_p_cases};
/// let counts = [1.0, 0.0, 3.0, 1.0];
/// let needed = outbreak_p_cases(&counts, 0..4, &OutbreakOptions::default(), 1e5)?;
/// assert_eq!(needed, [None, Some(11.0), Some(7.0), Some(7.0)]);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn outbreak_p_cases(
    counts: &[f64],
    range: Range<usize>,
    options: &OutbreakOptions,
    most: f64,
) -> Result<Vec<Option<f64>>> {
    check::positive("threshold", options.threshold)?;
    check_range(counts, &range, 0)?;
    let ln_threshold = options.threshold.ln();
    let mut rise = Rise::default();
    let mut needed = Vec::with_capacity(range.len());
    for (index, &observed) in counts[..range.end].iter().enumerate() {
        if range.contains(&index) {
            // The ratio never falls as the last count rises, so the least can be found by halving.
            let alarm = |cases: f64| {
                let mut with = rise.clone();
                with.push(cases);
                with.ln_statistic() > ln_threshold
            };
            needed.push(least(most, alarm).filter(|cases| *cases > 0.0 || index == 0));
        }
        rise.push(observed);
    }
    Ok(needed)
}

/// The least whole number up to `most` for which `holds`, which stays true once it is.
fn least(most: f64, holds: impl Fn(f64) -> bool) -> Option<f64> {
    if !holds(most) {
        return None;
    }
    let (mut low, mut high) = (-1.0, most);
    while high - low > 1.0 {
        let middle = ((low + high) / 2.0f64).floor();
        if holds(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(high)
}

/// The best non-decreasing mean of a growing series, as blocks of equal mean (pool adjacent
/// violators).
#[derive(Clone, Default)]
struct Rise {
    blocks: Vec<(f64, f64)>,
    sum: f64,
    n: f64,
}

impl Rise {
    fn push(&mut self, x: f64) {
        self.sum += x;
        self.n += 1.0;
        let (mut sum, mut n) = (x, 1.0);
        // Join while the block before has the larger mean.
        while let Some(&(before, m)) = self.blocks.last() {
            if before * n < sum * m {
                break;
            }
            self.blocks.pop();
            sum += before;
            n += m;
        }
        self.blocks.push((sum, n));
    }

    fn ln_statistic(&self) -> f64 {
        let mean = self.sum / self.n;
        let parts = self.blocks.iter().filter(|(sum, _)| *sum > 0.0);
        parts.map(|(sum, n)| sum * (sum / n / mean).ln()).sum()
    }
}
