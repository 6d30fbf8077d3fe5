//! How far each inspector departs from the others on like subjects.

use super::logistic::{MixedLogistic, probability};
use super::model::Visits;
use crate::Result;
use crate::dist::normal_quantile;

/// An inspector against the others.
///
/// A departure is no verdict: who finds more may look harder or see worse places than the record
/// tells, and who finds less may be lenient or lucky. It says whose visits to have checked by a
/// second pair of eyes, in both directions.
#[derive(Clone, Debug, PartialEq)]
pub struct Departure {
    /// Who.
    pub inspector: String,
    /// How many visits.
    pub visits: usize,
    /// How many of them found something.
    pub found: usize,
    /// How many would have, had a typical inspector gone to the same subjects.
    pub expected: f64,
    /// The inspector's log-odds of a finding less the mean of the others', on like subjects, drawn
    /// towards zero by as much as the visits are few; the later visits weigh more if so asked.
    pub log_odds: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// The lower end of its interval.
    pub lower: f64,
    /// The upper end.
    pub upper: f64,
    /// The share of what is said here that comes from the inspector's own visits, 0 to 1; the rest
    /// from what inspectors are like in general.
    pub reliability: f64,
}

impl Departure {
    /// How many times the odds of the others.
    pub fn odds_ratio(&self) -> f64 {
        libm::exp(self.log_odds)
    }

    /// Whether the interval leaves out no departure at all.
    pub fn stands_out(&self) -> bool {
        self.lower > 0.0 || self.upper < 0.0
    }
}

/// The departures, the highest first, those that are equal in order of the first visit.
pub(super) fn departures(
    names: &[&str],
    visits: &Visits<'_>,
    group: &[usize],
    own: &[f64],
    fit: &MixedLogistic,
    level: f64,
) -> Result<Vec<Departure>> {
    let width = normal_quantile(0.5 + 0.5 * level);
    let mut departures: Vec<Departure> = names
        .iter()
        .zip(&fit.differences)
        .zip(&fit.reliability)
        .map(|((name, difference), &reliability)| Departure {
            inspector: name.to_string(),
            visits: 0,
            found: 0,
            expected: 0.0,
            log_odds: difference.value,
            standard_error: difference.standard_error,
            lower: difference.value - width * difference.standard_error,
            upper: difference.value + width * difference.standard_error,
            reliability,
        })
        .collect();
    for ((&g, &found), own) in group.iter().zip(visits.found).zip(own) {
        let departure = &mut departures[g];
        departure.visits += 1;
        departure.found += usize::from(found);
        departure.expected += probability(fit.coefficients[0] + own);
    }
    departures.sort_by(|a, b| b.log_odds.total_cmp(&a.log_odds));
    Ok(departures)
}
