//! `zhiheng clock due`.

use clock::{DayLine, Explanation, HourLine, Unit, Verdict, WorkingDays, explain};
use serde::Serialize;

use super::answer::{Asked, SourceLine, ends_at, known, sources};
use super::question::{Question, QuestionArgs};
use super::words::{day_text, hour_text, number, sentences};
use super::{Refusal, Reply};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    question: QuestionArgs,
    /// Say of each day what it did to the count
    #[arg(long)]
    explain: bool,
}

impl Args {
    pub fn is_json(&self) -> bool {
        self.question.calendar.json
    }
}

/// The answer as JSON.
#[derive(Serialize)]
pub struct Answer {
    /// Last day of the term, or the point in time at which a term in hours ends.
    due: String,
    /// Day of the week of `due`.
    weekday: String,
    /// When the term is over: 24:00 of its last day.
    ends_at: String,
    /// Whether the end moved off a day off.
    rolled: bool,
    /// The end before it moved.
    unrolled: String,
    /// How many days, working days or hours were counted; of months and years, their days.
    counted: u64,
    /// What `counted` counts: day, working_day or hour.
    counted_in: &'static str,
    /// Days off passed over while counting working days.
    days_off: u64,
    /// Suspended days within the term.
    suspended_days: u64,
    #[serde(flatten)]
    asked: Asked,
    /// Whether it rests on a year that no known notice has arranged.
    provisional: bool,
    /// Whether it rests on a notice that was not reviewed or has no known day.
    not_reviewed: bool,
    /// The notices and laws that it rests on.
    calendar: Vec<SourceLine>,
    /// How it was counted, in sentences.
    explanation: Vec<String>,
    /// With --explain: every day from the start to the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<Vec<DayJson>>,
    /// With --explain, of a term in hours: every stretch from the start to the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    hours: Option<Vec<HourJson>>,
}

/// A day of an explanation.
#[derive(Serialize)]
struct DayJson {
    date: String,
    weekday: String,
    /// start, counted, day_off, suspended, rolled_over or rolled_to.
    verdict: &'static str,
    /// Its number where it counts.
    count: Option<u64>,
    /// working_day, make_up_day, weekend or holiday; null outside the calendar.
    kind: Option<&'static str>,
    label_zh: Option<String>,
    label_en: Option<String>,
    source: Option<String>,
}

/// A stretch of time of a term in hours.
#[derive(Serialize)]
struct HourJson {
    from: String,
    to: String,
    suspended: bool,
}

pub fn answer(args: &Args) -> Result<Reply<Answer>, Refusal> {
    let question = args.question.read()?;
    let days = args.question.calendar.load()?;
    let how = explain(&days, question.start, question.term, &question.counts)?;
    let json = to_json(&question, &days, &how, args.explain);
    let mut text = format!("due {} ({})\n", json.due, json.weekday);
    for sentence in &json.explanation {
        text += &format!("{sentence}\n");
    }
    if !json.calendar.is_empty() {
        text += &format!("calendar of {}, by\n", calendar_name(&days));
        text.extend(json.calendar.iter().map(SourceLine::text));
    }
    if args.explain {
        text.extend(how.days.iter().map(day_text));
        text.extend(how.hours.iter().map(hour_text));
    }
    Ok(Reply { text, json })
}

/// The region of a calendar and, where it is not today's, the day as of which it is known.
fn calendar_name(days: &WorkingDays) -> String {
    match known(days) {
        Some(day) => format!("{} as known on {day}", days.region()),
        None => days.region().to_string(),
    }
}

fn to_json(question: &Question, days: &WorkingDays, how: &Explanation<'_>, every: bool) -> Answer {
    let due = &how.due;
    let unit = question.term.unit;
    let (counted, counted_in) = match unit {
        Unit::Hour => (question.term.amount, Unit::Hour),
        Unit::WorkingDay => (number(how, |v| matches!(v, Verdict::Counted(_))), unit),
        _ => (number(how, |v| matches!(v, Verdict::Counted(_))), Unit::Day),
    };
    let hourly = unit == Unit::Hour;
    Answer {
        due: due.end.to_string(),
        weekday: due.end.date().weekday().to_string(),
        ends_at: ends_at(due.end),
        rolled: due.rolled(),
        unrolled: due.unrolled.to_string(),
        counted,
        counted_in: counted_in.word(),
        days_off: number(how, |v| *v == Verdict::DayOff),
        suspended_days: number(how, |v| *v == Verdict::Suspended),
        asked: Asked::new(question, days),
        provisional: due.provisional,
        not_reviewed: due.not_reviewed,
        calendar: sources(days, due),
        explanation: sentences(question, how),
        days: (every && !hourly).then(|| how.days.iter().map(day_json).collect()),
        hours: (every && hourly).then(|| how.hours.iter().map(hour_json).collect()),
    }
}

fn day_json(line: &DayLine<'_>) -> DayJson {
    let label = line.day.and_then(|day| day.label);
    DayJson {
        date: line.date.to_string(),
        weekday: line.date.weekday().to_string(),
        verdict: line.verdict.word(),
        count: match line.verdict {
            Verdict::Counted(n) => Some(n),
            _ => None,
        },
        kind: line.day.map(|day| day.kind.word()),
        label_zh: label.map(|label| label.zh.clone()),
        label_en: label.map(|label| label.en.clone()),
        source: line.day.map(|day| day.source.title.clone()),
    }
}

fn hour_json(line: &HourLine) -> HourJson {
    HourJson { from: line.from.to_string(), to: line.to.to_string(), suspended: line.suspended }
}
