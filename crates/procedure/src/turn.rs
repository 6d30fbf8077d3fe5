//! When the standing of a term changes by itself: what can be kept in a table and asked for without
//! making the case anew. How much is left is never among it.

use clock::Moment;
use model::Timestamp;

use crate::case::{Case, end_of, start_of};
use crate::law::Law;
use crate::run::{NoEnding, Run};

/// The moments at which the standing of an open run changes while nothing is recorded.
///
/// At some moment it is overdue from [`overdue_from`](Self::overdue_from) on, else it stands still
/// before [`still_until`](Self::still_until), else it is pressing from
/// [`pressing_from`](Self::pressing_from) on. As [`Case::standing`] says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Turns {
    /// The first moment after its end; none where the end cannot be said.
    pub overdue_from: Option<Timestamp>,
    /// The first moment within the warning; none where nothing warns.
    pub pressing_from: Option<Timestamp>,
    /// Until when it stands still, the moment itself not counted in; [`Turns::NO_END`] where that
    /// is open.
    pub still_until: Option<Timestamp>,
    /// Whether its end rests on a calendar that is not announced yet.
    pub is_provisional: bool,
}

impl Turns {
    /// After everything.
    pub const NO_END: Timestamp = Timestamp::from_micros(i64::MAX);

    /// Whether the run is overdue at some moment.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.overdue_from.is_some_and(|from| now >= from)
    }

    /// Whether it stands still.
    pub fn is_still(&self, now: Timestamp) -> bool {
        !self.is_overdue(now) && self.still_until.is_some_and(|until| now < until)
    }

    /// Whether its end is within the warning.
    pub fn is_pressing(&self, now: Timestamp) -> bool {
        let within = self.pressing_from.is_some_and(|from| now >= from);
        within && !self.is_overdue(now) && !self.is_still(now)
    }
}

impl<L: Law> Case<'_, L> {
    /// When the standing of an open run changes.
    pub fn turns(&self, run: &Run) -> Turns {
        let counting = self.counting();
        let ending = match counting.ending(run) {
            Ok(ending) => ending,
            Err(NoEnding::StandsStill(_)) => {
                return Turns { still_until: Some(Turns::NO_END), ..Turns::default() };
            }
            Err(_) => return Turns::default(),
        };
        let intervals = ending.suspensions.intervals();
        // What begins and ends on one day holds on none.
        let held = intervals.iter().filter(|held| held.to().is_none_or(|to| to >= held.from()));
        let still = held.map(|held| held.to().map_or(Turns::NO_END, after));
        let warn = self.procedure().term_at(run.term).and_then(|rule| rule.warn);
        Turns {
            overdue_from: Some(after(ending.due.end)),
            pressing_from: warn.and_then(|w| counting.warns_from(&ending, w)).map(start_of),
            still_until: still.max(),
            is_provisional: ending.due.provisional,
        }
    }
}

/// The first moment that is after an end: of a day the next one, of a point in time, which is told to
/// the second, the next second.
fn after(end: Moment) -> Timestamp {
    match end {
        Moment::Day(_) => end_of(end),
        Moment::Instant(_) => Timestamp::from_micros(end_of(end).micros() + 1_000_000),
    }
}
