//! Records in the order of time, by month: the picture of a subject.

use std::borrow::Cow;

use app::disclosure::Disclosed;
use app::reading::RecordView;
use clock::Date;
use model::{Envelope, RecordId, Timestamp};
use pack::Pack;
use serde_json::{Map, Value};

use super::Page;
use super::export::{Column, Row};
use super::facts::Facts;
use super::format::{month, month_day};
use super::ui::Tone;

/// The records of a month.
#[derive(Debug)]
pub struct Month {
    /// Its name.
    pub name: String,
    /// Its records.
    pub events: Vec<Event>,
}

/// A record as a line of the time line.
#[derive(Debug)]
pub struct Event {
    /// The day.
    pub day: Date,
    /// The day, in short.
    pub short: String,
    /// What kind of record.
    pub title: String,
    /// In which role the subject takes part.
    pub role: String,
    /// What it says, in one line.
    pub text: String,
    /// Its picture.
    pub icon: &'static str,
    /// What it means.
    pub tone: Tone,
    /// Its page.
    pub href: String,
    /// The record.
    pub id: String,
    /// Its index in the log.
    pub index: u64,
    /// Whether it is signed.
    pub signed: bool,
}

/// A record, as far as its line tells of it: whoever reads it, whatever they see of it.
#[derive(Debug)]
pub struct Told<'r> {
    /// The record.
    pub id: RecordId,
    /// Its kind.
    pub kind: &'r str,
    /// When it happened.
    pub valid_at: Timestamp,
    /// When it was taken in.
    pub recorded_at: Timestamp,
    /// What it says.
    pub open: &'r Map<String, Value>,
    /// Roles and the subjects in them.
    pub subjects: Cow<'r, [(String, String)]>,
    /// Whether it corrects another.
    pub corrects: bool,
    /// Its index in the log.
    pub index: u64,
    /// Whether it is signed.
    pub signed: bool,
}

impl<'r> From<&'r Disclosed> for Told<'r> {
    fn from(record: &'r Disclosed) -> Self {
        Self {
            id: record.id,
            kind: &record.kind,
            valid_at: record.valid_at,
            recorded_at: record.recorded_at,
            open: &record.open,
            subjects: Cow::Borrowed(&record.subjects),
            // What was corrected is not disclosed any more.
            corrects: false,
            index: record.index,
            signed: record.is_signed,
        }
    }
}

impl<'r> From<&'r RecordView> for Told<'r> {
    fn from(view: &'r RecordView) -> Self {
        Self {
            id: view.stored.id,
            kind: &view.stored.kind,
            valid_at: view.stored.valid_at,
            recorded_at: view.stored.recorded_at,
            open: &view.open,
            subjects: Cow::Owned(subjects(view)),
            corrects: view.stored.corrects.is_some(),
            index: view.index,
            signed: view.is_signed,
        }
    }
}

/// Roles and subjects of a record as an officer sees it.
pub fn subjects(view: &RecordView) -> Vec<(String, String)> {
    let envelope = Envelope::read(&view.stored.envelope);
    let subjects = envelope.map(|envelope| envelope.subjects).unwrap_or_default();
    subjects.into_iter().map(|s| (s.role.into_owned(), s.id.into_owned())).collect()
}

/// The time line of a subject with these ids; records have their page below `path`.
pub fn timeline<'r>(
    page: &Page,
    pack: &Pack,
    facts: &Facts<'_>,
    ids: &[String],
    records: impl IntoIterator<Item = Told<'r>>,
    path: &str,
) -> Vec<Month> {
    let mut months: Vec<Month> = Vec::new();
    let mut last = None;
    for record in records {
        let day = record.valid_at.day_in_china();
        let this = (day.year(), day.month());
        if last != Some(this) {
            last = Some(this);
            months.push(Month { name: month(day, page.prefs.lang), events: Vec::new() });
        }
        let kind = pack.kind(record.kind);
        let title = facts.kind(record.kind);
        let own = record.subjects.iter().filter(|(_, id)| ids.contains(id));
        let mut says: Vec<&str> = own.map(|(role, _)| facts.role(role)).collect();
        says.dedup();
        // What registers a subject names it in a role that is called as the register is.
        says.retain(|role| *role != title);
        if record.corrects {
            says.push(page.w.dossier.correction);
        }
        let event = Event {
            day,
            short: month_day(day),
            title: title.to_owned(),
            role: says.join(page.pick("、", ", ")),
            text: kind.map(|kind| facts.summary(kind, record.open, day)).unwrap_or_default(),
            icon: facts.icon(record.kind),
            tone: kind.map_or(Tone::Info, |kind| facts.tone(kind, record.open, day)),
            href: format!("{path}{}", record.id),
            id: record.id.to_string(),
            index: record.index,
            signed: record.signed,
        };
        if let Some(month) = months.last_mut() {
            month.events.push(event);
        }
    }
    months
}

/// The columns of a time line as a file.
pub fn columns(page: &Page) -> Vec<Column> {
    let words = &page.w.archive;
    vec![
        Column::new("id", words.record_id),
        Column::new("kind", words.kind),
        Column::new("kind_label", words.kind_label),
        Column::new("valid_at", words.valid_at),
        Column::new("recorded_at", words.recorded_at),
        Column::new("role", words.role),
        Column::new("summary", words.summary),
        Column::new("open", words.fields),
        Column::new("log_index", words.log_index),
    ]
}

/// A record of a time line as a row of a file.
pub fn row(pack: &Pack, facts: &Facts<'_>, ids: &[String], record: &Told<'_>) -> Row {
    let on = record.valid_at.day_in_china();
    let roles = record.subjects.iter().filter(|(_, id)| ids.contains(id));
    let roles: Vec<&str> = roles.map(|(role, _)| role.as_str()).collect();
    let summary = pack.kind(record.kind).map(|kind| facts.summary(kind, record.open, on));
    vec![
        Value::from(record.id.to_string()),
        Value::from(record.kind),
        Value::from(facts.kind(record.kind)),
        Value::from(record.valid_at.to_string()),
        Value::from(record.recorded_at.to_string()),
        Value::from(roles.join(" ")),
        Value::from(summary.unwrap_or_default()),
        Value::Object(record.open.clone()),
        Value::from(record.index),
    ]
}
