//! `zhiheng clock calendar`.

use clock::{Day, DayKind};
use serde::Serialize;

use super::answer::{SourceLine, caveats, known};
use super::{CalendarArgs, Refusal, Reply};

#[derive(clap::Args)]
pub struct Args {
    /// The year
    #[arg(long, allow_hyphen_values = true)]
    year: i32,
    #[command(flatten)]
    calendar: CalendarArgs,
}

impl Args {
    pub fn is_json(&self) -> bool {
        self.calendar.json
    }
}

/// The answer as JSON.
#[derive(Serialize)]
pub struct Answer {
    year: i32,
    region: String,
    /// The day as of which was asked; null: with everything known.
    known: Option<String>,
    /// Whether no known notice has arranged the year.
    provisional: bool,
    /// Whether a notice of it was not reviewed, or has no known day.
    not_reviewed: bool,
    /// Number of working days.
    working_days: usize,
    /// Days off by a notice or by statute, those on week-ends too.
    days_off: Vec<DayJson>,
    /// Week-end days that are worked.
    make_up_days: Vec<DayJson>,
    /// The notices and laws.
    calendar: Vec<SourceLine>,
}

#[derive(Serialize)]
struct DayJson {
    date: String,
    weekday: String,
    label_zh: Option<String>,
    label_en: Option<String>,
    source: String,
    announced: Option<String>,
}

pub fn answer(args: &Args) -> Result<Reply<Answer>, Refusal> {
    let days = args.calendar.load()?;
    let year = days.year(args.year)?;
    let of = |kind| year.iter().filter(move |day| day.kind == kind);
    let ends = year.first().zip(year.last());
    let used = ends.map(|(first, last)| days.sources(first.date, last.date));
    let json = Answer {
        year: args.year,
        region: days.region().to_string(),
        known: known(&days),
        provisional: year.iter().any(|day| day.provisional),
        not_reviewed: year.iter().any(|day| !day.source.is_reviewed()),
        working_days: year.iter().filter(|day| day.kind.is_working()).count(),
        days_off: of(DayKind::Holiday).map(day_json).collect(),
        make_up_days: of(DayKind::MakeUp).map(day_json).collect(),
        calendar: SourceLine::all(&used.unwrap_or_default()),
    };
    let as_known = json.known.as_ref().map_or(String::new(), |day| format!(" as known on {day}"));
    let mut text =
        format!("{} in {}{as_known}: {} working days\n", json.year, json.region, json.working_days);
    for (word, kind) in [("off", DayKind::Holiday), ("worked", DayKind::MakeUp)] {
        for run in runs(of(kind)) {
            text += &run_text(word, &run);
        }
    }
    for caveat in caveats(json.provisional, json.not_reviewed) {
        text += &format!("{caveat}\n");
    }
    text += "by\n";
    text.extend(json.calendar.iter().map(SourceLine::text));
    Ok(Reply { text, json })
}

fn day_json(day: &Day<'_>) -> DayJson {
    DayJson {
        date: day.date.to_string(),
        weekday: day.date.weekday().to_string(),
        label_zh: day.label.map(|label| label.zh.clone()),
        label_en: day.label.map(|label| label.en.clone()),
        source: day.source.title.clone(),
        announced: day.source.announced.map(|day| day.to_string()),
    }
}

/// Days in a row that belong to one holiday.
fn runs<'a>(days: impl Iterator<Item = &'a Day<'a>>) -> Vec<Vec<&'a Day<'a>>> {
    let mut runs: Vec<Vec<&Day<'_>>> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some(run)
                if run.last().is_some_and(|last| {
                    last.date.plus(1) == Ok(day.date) && last.label == day.label
                }) =>
            {
                run.push(day);
            }
            _ => runs.push(vec![day]),
        }
    }
    runs
}

fn run_text(word: &str, run: &[&Day<'_>]) -> String {
    let (Some(first), Some(last)) = (run.first(), run.last()) else {
        return String::new();
    };
    let dates = if first.date == last.date {
        format!("{} ({})", first.date, first.date.weekday())
    } else {
        format!("{}..{}", first.date, last.date)
    };
    let label = first.label.map_or(String::new(), |label| format!("{} {}", label.zh, label.en));
    format!("  {word:<6}  {dates:<22}  {label}\n")
}
