//! What is left of a term at some moment: derived whenever it is asked for, never stored.

use std::fmt;

use super::Due;
use super::count::{Halt, count};
use super::ruler::{Plain, between};
use crate::error::Error;
use crate::term::{Counts, Direction, Term, Unit};
use crate::time::Moment;
use crate::working_days::WorkingDays;

/// Where a term stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// It has not begun.
    NotStarted,
    /// It runs.
    Running,
    /// It stands still at this moment.
    Suspended,
    /// Its last day is this one.
    DueToday,
    /// It has ended.
    Overdue,
}

impl State {
    /// A word for it.
    ///
    /// ```
    /// assert_eq!(clock::State::DueToday.word(), "due_today");
    /// ```
    pub fn word(self) -> &'static str {
        match self {
            Self::NotStarted => "not_started",
            Self::Running => "running",
            Self::Suspended => "suspended",
            Self::DueToday => "due_today",
            Self::Overdue => "overdue",
        }
    }
}

/// What [`Remaining::amount`] is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Left {
    /// Calendar days: of terms in days, months and years, and of every time since a due date.
    Day,
    /// Working days.
    WorkingDay,
    /// Whole minutes: of terms in hours.
    Minute,
}

impl Left {
    /// A word for it.
    ///
    /// ```
    /// assert_eq!(clock::Left::WorkingDay.word(), "working_day");
    /// ```
    pub fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::WorkingDay => "working_day",
            Self::Minute => "minute",
        }
    }
}

/// What is left of a term, or how long ago it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remaining {
    /// Where it stands.
    pub state: State,
    /// How much is left, or has passed since the end: 0 on the last day.
    pub amount: u64,
    /// What `amount` is counted in.
    pub unit: Left,
    /// When it ends; `None` where it is suspended without an end.
    pub due: Option<Due>,
}

impl fmt::Display for Remaining {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let amount = match self.unit {
            Left::Minute => {
                let (hours, minutes) = (self.amount / 60, self.amount % 60);
                format!("{}, {}", many(hours, "hour"), many(minutes, "minute"))
            }
            Left::Day => many(self.amount, "day"),
            Left::WorkingDay => many(self.amount, "working day"),
        };
        match self.state {
            State::NotStarted => write!(f, "not started, {amount} left"),
            State::Running => write!(f, "{amount} left"),
            State::Suspended => write!(f, "suspended, {amount} left"),
            State::DueToday => f.write_str("due today"),
            State::Overdue => write!(f, "overdue by {amount}"),
        }
    }
}

fn many(n: u64, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// What is left of a term at `now`. Suspended days and, for working days, days off are not left to
/// count. For a term that runs backwards it is what is left until the day that it reaches.
///
/// # Errors
/// As [`due`](crate::due), but a term that stands still for good is [`State::Suspended`] and no error;
/// [`Error::NeedsTime`] for hours where `now` is a whole day.
///
/// ```
/// # let text = "[[notice]]\npublishes = 2026\nsource = 'n'";
/// # let calendar = clock::Calendar::parse([("2026.toml", text)])?;
/// # let days = calendar.working_days(clock::Region::CHINA, clock::Known::Latest)?;
/// use clock::{Counts, Term, Unit, remaining};
/// let term = Term { amount: 5, unit: Unit::WorkingDay };
/// let at = |now: &str| -> Result<String, clock::Error> {
///     let start = "2026-03-06".parse()?; // a Friday; the fifth working day is the next one
///     Ok(remaining(&days, start, term, &Counts::usual(term.unit), now.parse()?)?.to_string())
/// };
/// assert_eq!(at("2026-03-10")?, "3 working days left");
/// assert_eq!(at("2026-03-13")?, "due today");
/// assert_eq!(at("2026-03-14")?, "overdue by 1 day");
/// # Ok::<(), clock::Error>(())
/// ```
pub fn remaining(
    days: &WorkingDays,
    start: Moment,
    term: Term,
    counts: &Counts,
    now: Moment,
) -> Result<Remaining, Error> {
    let at = match term.unit {
        Unit::Hour => now.instant()?.position(),
        _ => now.date().number().into(),
    };
    let unit = match term.unit {
        Unit::Hour => Left::Minute,
        Unit::WorkingDay => Left::WorkingDay,
        Unit::Day | Unit::Month | Unit::Year => Left::Day,
    };
    // What is left from now until a position, in the term's own units.
    let until = |position: i64| -> Result<i64, Error> {
        let held = &counts.suspensions;
        Ok(match unit {
            Left::Minute => between(&Plain, at, position, held.in_seconds()) / 60,
            Left::Day => between(&Plain, at, position, held.in_days()),
            Left::WorkingDay => {
                days.is_working(now.date())?;
                between(days, at, position, held.in_days())
            }
        })
    };
    let (state, amount, unit, due) = match count(days, start, term, counts) {
        Ok(due) => match passed(due.end, at) {
            0 if unit != Left::Minute => (State::DueToday, 0, unit, Some(due)),
            passed if passed > 0 => {
                let (passed, unit) = match unit {
                    Left::Minute => (passed / 60, unit),
                    _ => (passed, Left::Day),
                };
                (State::Overdue, passed, unit, Some(due))
            }
            passed => {
                let left = until(at - passed)?;
                (unfinished(start, now, counts), left, unit, Some(due))
            }
        },
        Err(Halt::Stops(stop)) => {
            let left = match stop.unit {
                Unit::Hour => stop.left / 60,
                _ => stop.left,
            };
            let left = left + until(stop.since)?;
            (unfinished(start, now, counts), left, unit, None)
        }
        Err(Halt::Fault(fault)) => return Err(fault),
    };
    Ok(Remaining { state, amount: amount.unsigned_abs(), unit, due })
}

/// How far the end lies back from the position `at`: days, or seconds; negative while it lies ahead.
fn passed(end: Moment, at: i64) -> i64 {
    match end {
        Moment::Day(date) => at - i64::from(date.number()),
        Moment::Instant(instant) => at - instant.position(),
    }
}

/// The state of a term that has not ended.
fn unfinished(start: Moment, now: Moment, counts: &Counts) -> State {
    let (suspended, before) = match (start, now) {
        (Moment::Instant(start), Moment::Instant(now)) => {
            (counts.suspensions.suspends_at(now), now < start)
        }
        _ => (counts.suspensions.suspends(now.date()), now.date() < start.date()),
    };
    if before && counts.direction == Direction::Forward {
        State::NotStarted
    } else if suspended {
        State::Suspended
    } else {
        State::Running
    }
}
