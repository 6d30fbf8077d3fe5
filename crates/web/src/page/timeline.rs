//! Records in the order of time, by month: the picture of a subject.

use app::disclosure::Disclosed;
use clock::Date;
use pack::Pack;

use super::Page;
use super::facts::{Facts, icon};
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

/// The time line of a subject with these ids; records have their page below `records`.
pub fn timeline(
    page: &Page,
    pack: &Pack,
    facts: &Facts<'_>,
    ids: &[String],
    records: &[Disclosed],
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
        let kind = pack.kind(&record.kind);
        let roles = record.subjects.iter().filter(|(_, id)| ids.contains(id));
        let roles: Vec<&str> = roles.map(|(role, _)| facts.role(role)).collect();
        let event = Event {
            day,
            short: month_day(day),
            title: facts.kind(&record.kind).to_owned(),
            role: roles.join(page.pick("、", ", ")),
            text: kind.map(|kind| facts.summary(kind, &record.open, day)).unwrap_or_default(),
            icon: icon(&record.kind),
            tone: kind.map_or(Tone::Info, |kind| facts.tone(kind, &record.open, day)),
            href: format!("{path}{}", record.id),
            id: record.id.to_string(),
            index: record.index,
            signed: record.is_signed,
        };
        if let Some(month) = months.last_mut() {
            month.events.push(event);
        }
    }
    months
}
