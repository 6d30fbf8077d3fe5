//! Figures of `clock`: due dates by one thread, on the calendar of the Hubei pack.

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use ::clock::{
    Calendar, Counts, Date, Instant, Known, Moment, Region, Roll, Term, Unit, WorkingDays, due,
};
use chinese_holiday::{Ymd, chinese_holiday};

use crate::report::{Measurement, say, timed};

type Fault = Box<dyn std::error::Error>;

const STARTS: usize = 1 << 19;
const RUNS: usize = 15;

/// Runs the benchmark.
pub fn run(_args: &[String]) -> Result<(), Fault> {
    let calendar = calendar()?;
    let china = calendar.working_days(Region::CHINA, Known::Latest)?;
    let starts = starts()?;

    let twenty = Term { amount: 20, unit: Unit::WorkingDay };
    let counts = Counts::usual(twenty.unit);
    let (ours, time) = best(|| due_dates(&china, &starts, twenty, &counts));
    let (theirs, peer_time) = best(|| walk(&starts, 20));
    if ours? != theirs {
        return Err("the peer counts otherwise: compare the calendars day by day".into());
    }
    let n = starts.len() as u64;
    measured("due dates of 20 working days", n, time)
        .peer("chinese_holiday, day by day", Measurement::new("clock", "", n).took(peer_time))
        .print();

    let mut suspended = counts.clone();
    suspended.suspensions = ["2020-03-01..2020-04-10", "2023-05-10..2023-05-31"]
        .into_iter()
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    question(&china, &starts, "due dates of 20 working days, two suspensions", twenty, &suspended)?;

    for (what, amount, unit) in [
        ("due dates of 60 days, rolled", 60, Unit::Day),
        ("due dates of 3 months, rolled", 3, Unit::Month),
        ("due dates of 2 years, rolled", 2, Unit::Year),
    ] {
        let term = Term { amount, unit };
        question(&china, &starts, what, term, &Counts::usual(unit))?;
    }
    let mut back = counts.clone();
    back.direction = ::clock::Direction::Backward;
    back.roll = Roll::None;
    question(&china, &starts, "due dates of 20 working days backwards", twenty, &back)?;
    let hours = Term { amount: 48, unit: Unit::Hour };
    let times: Vec<Moment> = starts
        .iter()
        .map(|start| Instant::new(start.date(), 34_200).map(Moment::from))
        .collect::<Result<_, _>>()?;
    question(&china, &times, "due dates of 48 hours", hours, &Counts::usual(hours.unit))?;

    // One table for each region and day as of which is asked: a server keeps those in use.
    let tables = 100u64;
    let (laid, time) = best(|| {
        (0..tables).try_fold(0, |worked, _| {
            let days = calendar.working_days(black_box(Region::CHINA), Known::Latest)?;
            let all = days.between(days.first(), days.last())?;
            Ok::<i64, ::clock::Error>(worked + all)
        })
    });
    say(&format!("{} working days in a table", laid? / tables as i64));
    measured("working-day tables of 86 years laid", tables, time).print();
    Ok(())
}

fn question(
    days: &WorkingDays,
    starts: &[Moment],
    what: &str,
    term: Term,
    counts: &Counts,
) -> Result<(), Fault> {
    let (sum, time) = best(|| due_dates(days, starts, term, counts));
    sum?;
    measured(what, starts.len() as u64, time).print();
    Ok(())
}

fn measured(what: &str, n: u64, time: Duration) -> Measurement {
    Measurement::new("clock", what, n).with("threads", 1).with("best_of", RUNS).took(time)
}

/// The result, and the shortest of several times: other work on the machine only ever adds.
fn best<T>(mut work: impl FnMut() -> T) -> (T, Duration) {
    let (mut result, mut shortest) = timed(&mut work);
    for _ in 1..RUNS {
        let (again, time) = timed(&mut work);
        result = again;
        shortest = shortest.min(time);
    }
    (result, shortest)
}

/// Every due date, added up by its day number.
fn due_dates(
    days: &WorkingDays,
    starts: &[Moment],
    term: Term,
    counts: &Counts,
) -> Result<i64, ::clock::Error> {
    starts.iter().try_fold(0, |sum, start| {
        let answer = due(days, *start, black_box(term), counts)?;
        let day = answer.end.date();
        Ok(sum + i64::from(day.number()) + i64::from(answer.provisional))
    })
}

/// The same by asking the peer of each day in turn whether it is worked.
fn walk(starts: &[Moment], n: u32) -> i64 {
    starts
        .iter()
        .map(|start| {
            let (year, month, day) = start.date().ymd();
            let (mut year, mut month, mut day) = (year as u16, month as u8, day as u8);
            let mut number = start.date().number();
            let mut left = black_box(n);
            while left > 0 {
                (year, month, day) = next(year, month, day);
                number += 1;
                if chinese_holiday(Ymd::new(year, month, day)).is_workday() {
                    left -= 1;
                }
            }
            i64::from(number)
        })
        .sum()
}

fn next(year: u16, month: u8, day: u8) -> (u16, u8, u8) {
    let last = match month {
        2 if year.is_multiple_of(4) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    match (month, day) {
        (12, 31) => (year + 1, 1, 1),
        (_, day) if day == last => (year, month + 1, 1),
        _ => (year, month, day + 1),
    }
}

/// Days in no order from 2017, after the last of which the peer is wrong (2016-10-09, 2016-12-30), to
/// the last from which 20 working days end before the peer does (2026-12-25).
fn starts() -> Result<Vec<Moment>, Fault> {
    let (first, last): (Date, Date) = ("2017-01-01".parse()?, "2026-11-20".parse()?);
    let range = (last.number() - first.number()) as u64;
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    (0..STARTS)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            Ok(first.plus((state % range) as i64)?.into())
        })
        .collect()
}

fn calendar() -> Result<Calendar, Fault> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packs/hubei/calendar");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder)? {
        let path = entry?.path();
        files.push((path.display().to_string(), std::fs::read_to_string(&path)?));
    }
    let texts = files.iter().map(|(name, text)| (&**name, &**text));
    Ok(Calendar::parse(texts)?)
}
