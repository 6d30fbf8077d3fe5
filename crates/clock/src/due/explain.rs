//! How a term was counted, day by day.

use super::{Due, due};
use crate::error::Error;
use crate::term::{Counts, Direction, Term, Unit};
use crate::time::{Date, Instant, Moment};
use crate::working_days::{Day, WorkingDays};

/// A due date with every step to it.
#[derive(Clone, Debug)]
pub struct Explanation<'a> {
    /// The answer.
    pub due: Due,
    /// Each day from the start to the end, in the order in which it was counted; none for hours.
    pub days: Vec<DayLine<'a>>,
    /// The stretches of time from start to end, running and suspended; only for hours.
    pub hours: Vec<HourLine>,
}

/// One day of a count.
#[derive(Clone, Copy, Debug)]
pub struct DayLine<'a> {
    /// The day.
    pub date: Date,
    /// What it did to the count.
    pub verdict: Verdict,
    /// What kind of day it is; `None` outside the calendar.
    pub day: Option<Day<'a>>,
}

/// What a day does to a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The day of the start, which does not count (民法典 201(1)).
    Start,
    /// It counts, as the day of this number.
    Counted(u64),
    /// A day off, passed over in a term of working days.
    DayOff,
    /// The term stands still.
    Suspended,
    /// After the last day of the term and still not a day on which it can end.
    RolledOver,
    /// The day to which the end moved (民法典 203(1)).
    RolledTo,
}

impl Verdict {
    /// A word for it.
    ///
    /// ```
    /// assert_eq!(clock::Verdict::Counted(3).word(), "counted");
    /// ```
    pub fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Counted(_) => "counted",
            Self::DayOff => "day_off",
            Self::Suspended => "suspended",
            Self::RolledOver => "rolled_over",
            Self::RolledTo => "rolled_to",
        }
    }
}

/// A stretch of time of a term in hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HourLine {
    /// Its beginning.
    pub from: Instant,
    /// Its end.
    pub to: Instant,
    /// Whether the term stood still.
    pub suspended: bool,
}

/// The due date, as [`due`] gives it, with what each day did to the count. Months and years are shown
/// as the calendar days that they have. Takes time and room by the number of days.
///
/// # Errors
/// As [`due`].
///
/// ```
/// # let text = "[[notice]]\npublishes = 2026\nsource = 'n'";
/// # let calendar = clock::Calendar::parse([("2026.toml", text)])?;
/// # let days = calendar.working_days(clock::Region::CHINA, clock::Known::Latest)?;
/// use clock::{Counts, Term, Unit, Verdict, explain};
/// let term = Term { amount: 1, unit: Unit::WorkingDay };
/// let how = explain(&days, "2026-03-06".parse()?, term, &Counts::usual(term.unit))?; // a Friday
/// let verdicts: Vec<Verdict> = how.days.iter().map(|line| line.verdict).collect();
/// assert_eq!(verdicts, [Verdict::Start, Verdict::DayOff, Verdict::DayOff, Verdict::Counted(1)]);
/// # Ok::<(), clock::Error>(())
/// ```
pub fn explain<'a>(
    days: &'a WorkingDays,
    start: Moment,
    term: Term,
    counts: &Counts,
) -> Result<Explanation<'a>, Error> {
    let due = due(days, start, term, counts)?;
    let mut explanation = Explanation { due, days: Vec::new(), hours: Vec::new() };
    match (start, due.end) {
        (Moment::Instant(start), Moment::Instant(end)) => {
            explanation.hours = hours(start.min(end), start.max(end), counts)?;
            if counts.direction == Direction::Backward {
                explanation.hours.reverse();
            }
        }
        _ => explanation.days = day_lines(days, start.date(), term, counts, due)?,
    }
    Ok(explanation)
}

fn day_lines<'a>(
    days: &'a WorkingDays,
    start: Date,
    term: Term,
    counts: &Counts,
    due: Due,
) -> Result<Vec<DayLine<'a>>, Error> {
    let step = match counts.direction {
        Direction::Forward => 1,
        Direction::Backward => -1,
    };
    let (unrolled, end) = (due.unrolled.date(), due.end.date());
    let first_counts = counts.first_day && term.amount > 0;
    let mut lines = Vec::new();
    let mut counted = 0;
    let mut rolling = false;
    let mut date = start;
    loop {
        let verdict = if date == start && !first_counts {
            Verdict::Start
        } else if rolling && date == end {
            Verdict::RolledTo
        } else if counts.suspensions.suspends(date) {
            Verdict::Suspended
        } else if rolling {
            Verdict::RolledOver
        } else if term.unit == Unit::WorkingDay && !days.is_working(date)? {
            Verdict::DayOff
        } else {
            counted += 1;
            Verdict::Counted(counted)
        };
        lines.push(DayLine { date, verdict, day: days.day(date).ok() });
        rolling |= date == unrolled;
        if date == end {
            return Ok(lines);
        }
        date = date.plus(step)?;
    }
}

/// The stretches between two points in time.
fn hours(from: Instant, to: Instant, counts: &Counts) -> Result<Vec<HourLine>, Error> {
    let mut lines = Vec::new();
    let mut reached = from.position();
    let mut add = |until: i64, suspended: bool| -> Result<(), Error> {
        if until > reached {
            lines.push(HourLine {
                from: Instant::from_position(reached)?,
                to: Instant::from_position(until)?,
                suspended,
            });
            reached = until;
        }
        Ok(())
    };
    for span in counts.suspensions.in_seconds() {
        add(span.after.min(to.position()), false)?;
        add(span.until.min(to.position()), true)?;
    }
    add(to.position(), false)?;
    Ok(lines)
}
