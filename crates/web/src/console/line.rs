//! Records as an officer sees them, in the order of time.

use app::reading::RecordView;
use model::Envelope;
use pack::Pack;

use crate::page::Page;
use crate::page::facts::{Facts, icon};
use crate::page::format::{month, month_day};
use crate::page::timeline::{Event, Month};
use crate::page::ui::Tone;

/// Roles and subjects of a record.
pub fn subjects(view: &RecordView) -> Vec<(String, String)> {
    let envelope = Envelope::read(&view.stored.envelope);
    let subjects = envelope.map(|envelope| envelope.subjects).unwrap_or_default();
    subjects.into_iter().map(|s| (s.role.into_owned(), s.id.into_owned())).collect()
}

/// The time line of a subject that has some ids.
pub fn months(
    page: &Page,
    pack: &Pack,
    facts: &Facts<'_>,
    ids: &[String],
    records: &[RecordView],
) -> Vec<Month> {
    let mut months: Vec<Month> = Vec::new();
    let mut last = None;
    for view in records {
        let stored = &view.stored;
        let day = stored.valid_at.day_in_china();
        let this = (day.year(), day.month());
        if last != Some(this) {
            last = Some(this);
            months.push(Month { name: month(day, page.prefs.lang), events: Vec::new() });
        }
        let kind = pack.kind(&stored.kind);
        let subjects = subjects(view);
        let own = subjects.iter().filter(|(_, id)| ids.contains(id));
        let mut says: Vec<&str> = own.map(|(role, _)| facts.role(role)).collect();
        says.dedup();
        if stored.corrects.is_some() {
            says.push(page.w.dossier.correction);
        }
        let event = Event {
            day,
            short: month_day(day),
            title: facts.kind(&stored.kind).to_owned(),
            role: says.join(page.pick("、", ", ")),
            text: kind.map(|kind| facts.summary(kind, &view.open, day)).unwrap_or_default(),
            icon: icon(&stored.kind),
            tone: kind.map_or(Tone::Info, |kind| facts.tone(kind, &view.open, day)),
            href: format!("/console/records/{}", stored.id),
            id: stored.id.to_string(),
            index: view.index,
            signed: view.is_signed,
        };
        if let Some(month) = months.last_mut() {
            month.events.push(event);
        }
    }
    months
}
