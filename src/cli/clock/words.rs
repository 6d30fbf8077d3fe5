//! How a term was counted, in words.

use clock::{DayLine, Direction, Explanation, HourLine, Roll, Unit, Verdict};

use super::answer::caveats;
use super::question::Question;

/// The number of days that did to the count what `wanted` says.
pub fn number(how: &Explanation<'_>, wanted: fn(&Verdict) -> bool) -> u64 {
    how.days.iter().filter(|line| wanted(&line.verdict)).count() as u64
}

/// One sentence for each thing that bore on the count.
pub fn sentences(question: &Question, how: &Explanation<'_>) -> Vec<String> {
    let Question { start, term, counts } = question;
    let (day, weekday) = (start.date(), start.date().weekday());
    let (way, beyond) = match counts.direction {
        Direction::Forward => ("from", "next"),
        Direction::Backward => ("back from", "previous"),
    };
    let mut said = vec![match (term.unit, counts.first_day) {
        (Unit::Hour, _) => format!("{term} {way} {start} ({weekday}), on through days off"),
        (_, false) => format!("{term} {way} {day} ({weekday}), which does not count"),
        (_, true) => format!("{term} {way} {day} ({weekday}), which counts"),
    }];
    if matches!(term.unit, Unit::Month | Unit::Year) {
        let counted = number(how, |v| matches!(v, Verdict::Counted(_)));
        let days = many(counted, "day", "days");
        said.push(format!("to the corresponding day, or the month's last: {days}"));
    }
    let days_off = number(how, |v| *v == Verdict::DayOff);
    if days_off > 0 {
        let days_off = many(days_off, "day off", "days off");
        said.push(format!("{days_off} passed over"));
    }
    if !counts.suspensions.is_empty() {
        let within = if term.unit == Unit::Hour {
            let stretches = how.hours.iter().filter(|line| line.suspended).count();
            many(stretches as u64, "stretch", "stretches")
        } else {
            many(number(how, |v| *v == Verdict::Suspended), "day", "days")
        };
        let when = &counts.suspensions;
        said.push(format!("suspended {when}: {within} within the term"));
    }
    let (unrolled, end) = (how.due.unrolled.date(), how.due.end.date());
    if how.due.rolled() {
        said.push(format!(
            "the last day, {unrolled} ({}), is off: {end} ({}) is the {beyond} working day",
            unrolled.weekday(),
            end.weekday()
        ));
    } else if counts.roll == Roll::None && !matches!(term.unit, Unit::Hour | Unit::WorkingDay) {
        said.push("an end on a day off would stay (--roll none)".to_owned());
    }
    let caveats = caveats(how.due.provisional, how.due.not_reviewed);
    said.extend(caveats.into_iter().map(str::to_owned));
    said
}

/// A line of text for a day of the count.
pub fn day_text(line: &DayLine<'_>) -> String {
    let verdict = match line.verdict {
        Verdict::Counted(n) => n.to_string(),
        other => other.word().replace('_', " "),
    };
    let label = line.day.and_then(|day| {
        let worked = if day.kind.is_working() { ", worked" } else { "" };
        day.label.map(|label| format!("{} {}{worked}", label.zh, label.en))
    });
    let text = format!(
        "{}  {:<9}  {verdict:<11}  {}",
        line.date,
        line.date.weekday().to_string(),
        label.unwrap_or_default()
    );
    format!("{}\n", text.trim_end())
}

/// A line of text for a stretch of time.
pub fn hour_text(line: &HourLine) -> String {
    let verdict = if line.suspended { "suspended" } else { "runs" };
    format!("{} to {}  {verdict}\n", line.from, line.to)
}

/// How many of what, by its singular or plural.
fn many(n: u64, one: &str, more: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { more })
}
