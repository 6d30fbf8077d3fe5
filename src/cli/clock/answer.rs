//! What the answers about terms have in common.

use clock::{Direction, Due, Known, Moment, Source, WorkingDays};
use serde::Serialize;

use super::question::Question;

/// What was asked, as it was understood.
#[derive(Serialize)]
pub struct Asked {
    /// Start of the term.
    start: String,
    /// Its length.
    term: u64,
    /// hour, day, working_day, month or year.
    unit: &'static str,
    /// forward or backward.
    direction: &'static str,
    /// Whether the day of the start counts.
    first_day_counts: bool,
    /// next or none.
    roll: &'static str,
    /// The suspensions, overlapping ones merged.
    suspended: Vec<String>,
    /// GB/T 2260.
    region: String,
    /// The day as of which was asked; null: with everything known.
    known: Option<String>,
}

impl Asked {
    pub fn new(question: &Question, days: &WorkingDays) -> Self {
        let counts = &question.counts;
        Self {
            start: question.start.to_string(),
            term: question.term.amount,
            unit: question.term.unit.word(),
            direction: match counts.direction {
                Direction::Forward => "forward",
                Direction::Backward => "backward",
            },
            first_day_counts: counts.first_day,
            roll: counts.roll.word(),
            suspended: counts.suspensions.intervals().iter().map(ToString::to_string).collect(),
            region: days.region().to_string(),
            known: known(days),
        }
    }
}

/// The day as of which a calendar is, where there is one.
pub fn known(days: &WorkingDays) -> Option<String> {
    match days.known() {
        Known::Latest => None,
        Known::On(day) => Some(day.to_string()),
    }
}

/// A notice or law that an answer rests on.
#[derive(Serialize)]
pub struct SourceLine {
    source: String,
    /// The day that it bears; null where that is unknown.
    announced: Option<String>,
    /// The day on which the pack was compared with it; null: not reviewed.
    reviewed: Option<String>,
    region: String,
}

impl SourceLine {
    pub fn all(sources: &[&Source]) -> Vec<Self> {
        sources
            .iter()
            .map(|source| Self {
                source: source.title.clone(),
                announced: source.announced.map(|day| day.to_string()),
                reviewed: source.reviewed.map(|day| day.to_string()),
                region: source.region.to_string(),
            })
            .collect()
    }

    /// The line of text for it.
    pub fn text(&self) -> String {
        let announced = match &self.announced {
            Some(day) => format!("announced {day}"),
            None => "day of announcement unknown".to_owned(),
        };
        let reviewed = match &self.reviewed {
            Some(_) => "",
            None => ", not reviewed",
        };
        format!("  {}, {announced}{reviewed}\n", self.source)
    }
}

/// The sources of the days that a due date rests on.
pub fn sources(days: &WorkingDays, due: &Due) -> Vec<SourceLine> {
    let used = due.rests_on.map(|(from, to)| days.sources(from, to));
    SourceLine::all(&used.unwrap_or_default())
}

/// The moment at which the term is over: the end of its last day (民法典 203(2)).
pub fn ends_at(end: Moment) -> String {
    match end {
        Moment::Day(day) => format!("{day}T24:00+08:00"),
        Moment::Instant(instant) => instant.to_string(),
    }
}

/// What a reader of the answer must know about the calendar that it rests on.
pub fn caveats(provisional: bool, not_reviewed: bool) -> Vec<&'static str> {
    let provisional = provisional.then_some(
        "provisional: it rests on a year that no notice has arranged yet; only week-ends and statutory holidays are off",
    );
    let not_reviewed = not_reviewed
        .then_some("not reviewed: it rests on a notice that no one has compared with its text, or whose day is unknown");
    provisional.into_iter().chain(not_reviewed).collect()
}
