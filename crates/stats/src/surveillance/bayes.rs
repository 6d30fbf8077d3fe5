//! The Bayes method: a quantile of the predictive distribution given reference weeks.
//!
//! A. Riebler (2004), "Empirischer Vergleich von statistischen Methoden zur Ausbruchserkennung bei
//! Surveillance Daten", chapter 3: Poisson counts under Jeffreys' prior.

use std::ops::Range;

use super::limit::{Limit, check_range};
use super::window::ReferenceWindow;
use crate::Result;
use crate::dist::{Discrete, NegativeBinomial};
use crate::error::check;

/// Tests the points `range` of `counts` against the 1 - `alpha` quantile of what the reference
/// points predict: negative binomial with size Σ + 1/2 and probability n/(n+1) for n points.
///
/// R's manual speaks of an alarm "bigger or equal"; the package, and this function, raise one only
/// above the limit.
///
/// # Errors
/// Counts that are missing, negative or not whole; less history than the window asks for; a window
/// without points; a level outside 0 to 1.
///
/// ```
/// use stats::surveillance::{ReferenceWindow, bayes};
/// let counts = [2.0, 0.0, 5.0, 2.0, 1.0, 2.0, 7.0];
/// let tested = bayes(&counts, 6..7, &ReferenceWindow::SYSTEM_1, 0.05)?;
/// assert_eq!(tested[0].upper, Some(5.0));
/// # Ok::<(), stats::Error>(())
/// ```
pub fn bayes(
    counts: &[f64],
    range: Range<usize>,
    window: &ReferenceWindow,
    alpha: f64,
) -> Result<Vec<Limit>> {
    window.check()?;
    check::level("alpha", alpha)?;
    check_range(counts, &range, window.history())?;
    range
        .map(|t| {
            let (n, sum) = window.of(counts, t).fold((0.0, 0.0), |(n, sum), x| (n + 1.0, sum + x));
            let predicted = NegativeBinomial::new(sum + 0.5, n / (n + 1.0))?;
            Ok(Limit::new(t, counts[t], predicted.quantile(1.0 - alpha)?))
        })
        .collect()
}
