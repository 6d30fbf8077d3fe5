//! Counts a term.

use super::Due;
use super::ruler::{Plain, Reached, backward, forward};
use crate::error::Error;
use crate::term::{Counts, Direction, Roll, Term, Unit};
use crate::time::{Date, Instant, Moment};
use crate::working_days::WorkingDays;

/// Why a count came to no end.
pub(super) enum Halt {
    /// The question or the calendar does not allow it.
    Fault(Error),
    /// The term stands still for good.
    Stops(Stop),
}

/// Where a term stands still for good.
pub(super) struct Stop {
    /// From the end of the day of this number, or, in hours, from this second on.
    pub since: i64,
    /// How much is left to count: seconds of a term in hours, else days or working days.
    pub left: i64,
    /// What the term is counted in: days for months and years.
    pub unit: Unit,
}

impl From<Error> for Halt {
    fn from(fault: Error) -> Self {
        Self::Fault(fault)
    }
}

impl From<Halt> for Error {
    fn from(halt: Halt) -> Self {
        let stop = match halt {
            Halt::Fault(fault) => return fault,
            Halt::Stops(stop) => stop,
        };
        let left = stop.left.unsigned_abs();
        let (since, left) = match stop.unit {
            Unit::Hour => {
                let since = Instant::from_position(stop.since).map(|i| i.to_string());
                (since, left.div_ceil(3600))
            }
            _ => {
                let since = Date::from_number(stop.since + 1).ok_or(Self::BeyondRange);
                (since.map(|day| day.to_string()), left)
            }
        };
        since.map_or_else(|fault| fault, |since| Self::Suspended { since, left, unit: stop.unit })
    }
}

/// As [`super::due`].
pub(super) fn count(
    days: &WorkingDays,
    start: Moment,
    term: Term,
    counts: &Counts,
) -> Result<Due, Halt> {
    if term.unit == Unit::Hour {
        return hours(start, term, counts);
    }
    counts.suspensions.need_days()?;
    let start = start.date();
    let unrolled = last_day(days, start, term, counts)?;
    let end = match counts.roll {
        Roll::None => unrolled,
        Roll::Next if days.is_working(unrolled)? => unrolled,
        Roll::Next => roll(days, unrolled, counts)?,
    };
    // A term in working days rests on every day that it passed, another only on those of the roll.
    let from = match (term.unit, counts.roll) {
        (Unit::WorkingDay, _) => Some(start),
        (_, Roll::Next) => Some(unrolled),
        (_, Roll::None) => None,
    };
    let rests_on = from.map(|from| (from.min(end), from.max(end)));
    let (provisional, not_reviewed) =
        rests_on.map_or((false, false), |(from, to)| days.caveats(from, to));
    Ok(Due { end: end.into(), unrolled: unrolled.into(), provisional, not_reviewed, rests_on })
}

fn too_long(term: Term) -> Error {
    Error::TermTooLong { amount: term.to_string() }
}

/// The last day of a term that is not in hours, before it rolls.
fn last_day(days: &WorkingDays, start: Date, term: Term, counts: &Counts) -> Result<Date, Halt> {
    if term.amount == 0 {
        return Ok(start);
    }
    let amount = i64::try_from(term.amount).map_err(|_| too_long(term))?;
    let months =
        |months: Option<i64>| calendar_days(start, months.ok_or_else(|| too_long(term))?, counts);
    match term.unit {
        Unit::WorkingDay => working_days(days, start, amount, counts.first_day, counts),
        Unit::Month => plain_days(start, months(Some(amount))?, counts),
        Unit::Year => plain_days(start, months(amount.checked_mul(12))?, counts),
        Unit::Day | Unit::Hour => plain_days(start, amount, counts),
    }
}

/// The day on which `n` calendar days have been counted from `start`.
fn plain_days(start: Date, n: i64, counts: &Counts) -> Result<Date, Halt> {
    let (number, first) = (i64::from(start.number()), i64::from(counts.first_day));
    let held = counts.suspensions.in_days();
    // Counting begins at the end of the start day, or at its beginning if it counts; backwards the
    // other way round.
    let reached = match counts.direction {
        Direction::Forward => forward(&Plain, number - first, n, held),
        Direction::Backward => backward(&Plain, number - 1 + first, n, held.rev()),
    };
    day_reached(reached, Unit::Day, counts, || Error::BeyondRange)
}

/// The day on which `n` working days have been counted from `start`.
fn working_days(
    days: &WorkingDays,
    start: Date,
    n: i64,
    first_day: bool,
    counts: &Counts,
) -> Result<Date, Halt> {
    let (number, first) = (i64::from(start.number()), i64::from(first_day));
    let held = counts.suspensions.in_days();
    let (begin, reached) = match counts.direction {
        Direction::Forward => {
            let begin = number - first;
            (begin, forward(days, begin, n, held))
        }
        Direction::Backward => {
            let begin = number - 1 + first;
            (begin, backward(days, begin, n, held.rev()))
        }
    };
    let edges = i64::from(days.first().number()) - 1..=i64::from(days.last().number());
    if !edges.contains(&begin) {
        return Err(days.outside(format!("{start} lies outside")).into());
    }
    day_reached(reached, Unit::WorkingDay, counts, || {
        days.outside(format!("the term from {start} runs out of"))
    })
}

fn day_reached(
    reached: Reached,
    unit: Unit,
    counts: &Counts,
    beyond: impl Fn() -> Error,
) -> Result<Date, Halt> {
    match reached {
        Reached::At(position) => {
            // The position before a day is the number of the day before it.
            let number = match counts.direction {
                Direction::Forward => position,
                Direction::Backward => position.saturating_add(1),
            };
            Date::from_number(number).ok_or_else(|| beyond().into())
        }
        Reached::Suspended { since, left } => Err(Halt::Stops(Stop { since, left, unit })),
        Reached::Beyond => Err(beyond().into()),
    }
}

/// The working day after `end`, or before it if the term runs backwards, that is not suspended.
fn roll(days: &WorkingDays, end: Date, counts: &Counts) -> Result<Date, Halt> {
    working_days(days, end, 1, false, counts).map_err(|halt| match halt {
        Halt::Stops(stop) => Halt::Stops(Stop { left: 0, unit: Unit::Day, ..stop }),
        fault => fault,
    })
}

/// How many calendar days a term of `months` has that starts on `start`: to the day that corresponds
/// to it, or the month's last; where the first day counts, to the day before the corresponding one.
fn calendar_days(start: Date, months: i64, counts: &Counts) -> Result<i64, Error> {
    let days_from = |from: Date, to: Date| i64::from(to.number()) - i64::from(from.number());
    match counts.direction {
        Direction::Forward => {
            let first = u32::from(counts.first_day);
            let end = match start.day() - first {
                // The day before the first of a month is the last of the month before.
                0 => start.month_end(months - 1)?,
                day => clip(start.month_end(months)?, day)?,
            };
            Ok(days_from(start, end) + i64::from(first))
        }
        Direction::Backward => {
            let months = months.checked_neg().ok_or(Error::BeyondRange)?;
            Ok(days_from(clip(start.month_end(months)?, start.day())?, start))
        }
    }
}

/// The day `day` of the month whose last day is `last`, or that last day.
fn clip(last: Date, day: u32) -> Result<Date, Error> {
    last.plus(-i64::from(last.day().saturating_sub(day)))
}

fn hours(start: Moment, term: Term, counts: &Counts) -> Result<Due, Halt> {
    let start = start.instant()?.position();
    let refused = |what| Err(Error::NotForHours { what }.into());
    if counts.roll == Roll::Next {
        return refused("rolling to a working day");
    }
    if counts.first_day {
        return refused("counting the first day");
    }
    let seconds = i64::try_from(term.amount)
        .ok()
        .and_then(|hours| hours.checked_mul(3600))
        .ok_or_else(|| too_long(term))?;
    let held = counts.suspensions.in_seconds();
    let reached = match counts.direction {
        _ if seconds == 0 => Reached::At(start),
        Direction::Forward => forward(&Plain, start, seconds, held),
        Direction::Backward => backward(&Plain, start, seconds, held.rev()),
    };
    let end = match reached {
        Reached::At(position) => Instant::from_position(position)?.into(),
        Reached::Suspended { since, left } => {
            let unit = Unit::Hour;
            return Err(Halt::Stops(Stop { since, left, unit }));
        }
        Reached::Beyond => return Err(Error::BeyondRange.into()),
    };
    Ok(Due { end, unrolled: end, provisional: false, not_reviewed: false, rests_on: None })
}
