//! The count as a person would do it on a wall calendar, one day after the other.

use clock::{Counts, Date, Direction, Roll, Term, Unit, WorkingDays};

/// The due date of a term that is not in hours; `None` where the calendar ends first.
pub fn due(days: &WorkingDays, start: Date, term: Term, counts: &Counts) -> Option<Date> {
    let step = match counts.direction {
        Direction::Forward => 1,
        Direction::Backward => -1,
    };
    let next = |date: Date| date.plus(step).ok();
    let counted = |date: Date| {
        let works = term.unit != Unit::WorkingDay || days.is_working(date).ok()?;
        Some(works && !counts.suspensions.suspends(date))
    };
    let n = match term.unit {
        Unit::Month => nominal_days(start, term.amount, counts)?,
        Unit::Year => nominal_days(start, term.amount * 12, counts)?,
        _ => term.amount,
    };
    let mut date = start;
    let mut left = n;
    if counts.first_day && left > 0 && counted(date)? {
        left -= 1;
    }
    while left > 0 {
        date = next(date)?;
        if counted(date)? {
            left -= 1;
        }
    }
    if counts.roll == Roll::Next && !days.is_working(date).ok()? {
        loop {
            date = next(date)?;
            if days.is_working(date).ok()? && !counts.suspensions.suspends(date) {
                break;
            }
        }
    }
    Some(date)
}

/// Days of a term of `months`, found by walking to the day that corresponds to the start.
fn nominal_days(start: Date, months: u64, counts: &Counts) -> Option<u64> {
    if months == 0 {
        return Some(0);
    }
    let step = match counts.direction {
        Direction::Forward => 1,
        Direction::Backward => -1,
    };
    // Walk into the month in question, then to its day or its end.
    let mut date = start;
    let mut crossed = 0;
    while crossed < months {
        let next = date.plus(step).ok()?;
        crossed += u64::from(next.month() != date.month());
        date = next;
    }
    while date.day() != 1 {
        date = date.plus(-1).ok()?;
    }
    let wanted = match (counts.first_day, counts.direction) {
        (true, Direction::Forward) => start.day() - 1,
        _ => start.day(),
    };
    if wanted == 0 {
        date = date.plus(-1).ok()?;
    }
    while date.day() < wanted && date.plus(1).ok()?.day() != 1 {
        date = date.plus(1).ok()?;
    }
    let between = u64::from(date.number().abs_diff(start.number()));
    // Counting the first day, the term has one day more forward; backward its end lies a day nearer.
    Some(between + u64::from(counts.first_day && counts.direction == Direction::Forward))
}
