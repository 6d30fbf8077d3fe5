//! The order of inspection, and what it would have gained.

use crate::error::check;
use crate::rating::Discrimination;
use crate::{Error, Result};

/// Who is to be visited first: the places of the subjects by falling score, ties by rising id.
///
/// # Errors
/// Unequal lengths; a score that is not finite.
///
/// ```
/// use stats::priority::order;
/// assert_eq!(order(&[0.2, 0.9, 0.2], &[31, 12, 7])?, [1, 2, 0]);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn order<I: Ord>(scores: &[f64], ids: &[I]) -> Result<Vec<usize>> {
    check::length("ids", ids.len(), scores.len())?;
    check::finite("score", scores)?;
    let mut order: Vec<usize> = (0..scores.len()).collect();
    // Adding 0 makes -0 and 0 the one score that they are.
    let score = |i: usize| scores[i] + 0.0;
    order.sort_by(|&i, &j| score(j).total_cmp(&score(i)).then_with(|| ids[i].cmp(&ids[j])));
    Ok(order)
}

/// What an order of inspection would have gained over the one that was followed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gain {
    /// The chance that a subject with a finding scores above one without.
    pub auc: f64,
    /// By how many days the findings would have come earlier, on average.
    pub days_earlier: f64,
    /// The share of the findings in the first half of the visits.
    pub first_half: f64,
}

/// Hands out the days of past visits anew, the earliest to the highest score, and tells what that
/// would have gained, were each finding there to be made on any of the days.
///
/// The first half is the first ⌊n/2⌋ visits. Source: Schenk et al., Food Inspection Forecasting
/// (City of Chicago, 2015), whose evaluation this is.
///
/// # Errors
/// Unequal lengths; a score that is not finite; no visit with a finding, or none without.
///
/// ```
/// use stats::priority::gain;
/// let gain = gain(&[0.1, 0.4, 0.3, 0.9], &[1, 2, 3, 4], &[5, 6, 8, 9], &[false, true, false, true])?;
/// // Visited on days 6 and 9; by score on days 6 and 5.
/// assert_eq!((gain.auc, gain.days_earlier, gain.first_half), (1.0, 2.0, 1.0));
/// # Ok::<(), stats::Error>(())
/// ```
pub fn gain<I: Ord>(scores: &[f64], ids: &[I], day: &[i64], found: &[bool]) -> Result<Gain> {
    check::length("days", day.len(), scores.len())?;
    check::length("findings", found.len(), scores.len())?;
    if scores.is_empty() {
        return Err(Error::Empty { what: "visits" });
    }
    let order = order(scores, ids)?;
    let auc = Discrimination::new(scores, found)?.auc();
    let mut days = day.to_vec();
    days.sort_unstable();
    let half = order.len() / 2;
    let (mut findings, mut early, mut earlier) = (0_u32, 0_u32, 0_i64);
    for (place, (&i, &new)) in order.iter().zip(&days).enumerate().filter(|(_, (i, _))| found[**i])
    {
        findings += 1;
        early += u32::from(place < half);
        earlier += day[i] - new;
    }
    Ok(Gain {
        auc,
        days_earlier: earlier as f64 / f64::from(findings),
        first_half: f64::from(early) / f64::from(findings),
    })
}
