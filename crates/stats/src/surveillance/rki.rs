//! The methods of the Robert Koch Institute: an upper limit for the mean of reference weeks.
//!
//! D. Altmann (2003), "The surveillance system of the Robert Koch Institute, Germany"; the limits
//! for small means are those of E. L. Crow and R. S. Gardner (1959), "Confidence intervals for the
//! expectation of a Poisson variable", Biometrika 46, 441-453, table 1 (95 %).

use std::ops::Range;

use super::limit::{Limit, check_range};
use super::window::ReferenceWindow;
use crate::Result;

/// Tests the points `range` of `counts` against the mean of their reference points.
///
/// For a mean m of at most 20 the limit is Crow and Gardner's upper limit for ⌊m⌋ cases; above that
/// it is m plus two standard deviations of the reference points.
///
/// # Errors
/// Counts that are missing, negative or not whole; less history than the window asks for; a window
/// without points.
///
/// ```
/// use stats::surveillance::{ReferenceWindow, rki};
/// let counts = [2.0, 3.0, 1.0, 2.0, 4.0, 0.0, 7.0];
/// let tested = rki(&counts, 6..7, &ReferenceWindow::SYSTEM_1)?;
/// assert_eq!(tested[0].upper, Some(6.686));
/// assert!(tested[0].alarm);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn rki(counts: &[f64], range: Range<usize>, window: &ReferenceWindow) -> Result<Vec<Limit>> {
    window.check()?;
    check_range(counts, &range, window.history())?;
    let mut reference = Vec::new();
    let tested = range.map(|t| {
        reference.clear();
        reference.extend(window.of(counts, t));
        Limit::new(t, counts[t], upper(&reference))
    });
    Ok(tested.collect())
}

fn upper(reference: &[f64]) -> f64 {
    let n = reference.len() as f64;
    let mean = reference.iter().sum::<f64>() / n;
    if mean <= 20.0 {
        return CROW_GARDNER_UPPER[mean as usize];
    }
    let squares: f64 = reference.iter().map(|x| (x - mean) * (x - mean)).sum();
    // A single reference point tells nothing of the spread.
    let sd = if n > 1.0 { (squares / (n - 1.0)).sqrt() } else { 0.0 };
    mean + 2.0 * sd
}

/// The upper 95 % limit for 0, 1, ... 20 observed cases.
const CROW_GARDNER_UPPER: [f64; 21] = [
    3.285, 5.323, 6.686, 8.102, 9.598, 11.177, 12.817, 13.765, 14.921, 16.768, 17.633, 19.05,
    20.335, 21.364, 22.945, 23.762, 25.4, 26.306, 27.735, 28.966, 30.017,
];
