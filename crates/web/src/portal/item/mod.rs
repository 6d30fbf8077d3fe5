//! `GET /item/{thing}`: what the code on a package leads to.
//!
//! Nothing of the reader is kept: no count, no place, no address.

mod journey;
mod recall;

use std::sync::Arc;

use app::disclosure::Disclosed;
use app::item::Item;
use askama::Template;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use clock::Date;
use ledger::SignedCheckpoint;
use pack::Pack;

use self::journey::{Picture, StepShown};
use self::recall::RecallShown;
use crate::page::Page;
use crate::page::facts::{Facts, in_path};
use crate::page::format::date_time;
use crate::page::timeline::{Month, Told, timeline};
use crate::page::ui::{Tag, Tone};
use crate::problem::Problem;
use crate::resolver::thing::Thing;
use crate::site::Site;

#[derive(Template)]
#[template(path = "portal/item.html")]
struct ItemPage<'p> {
    p: &'p Page,
    name: String,
    /// Codes of the thing: label, what it is.
    codes: Vec<(String, String)>,
    /// What is said of it: label, words, where more is.
    said: Vec<(String, String, Option<String>)>,
    recalls: Vec<RecallShown>,
    tests: Vec<TestShown>,
    steps: Vec<StepShown>,
    untold: usize,
    is_behind: bool,
    picture: Option<Picture>,
    others: Vec<Month>,
    cited: Vec<CitedShown>,
    checkpoint: Option<Checkpoint>,
    qr: String,
    labels: String,
}

/// A test report.
struct TestShown {
    tag: Tag,
    title: String,
    text: String,
    day: Date,
    id: String,
    index: u64,
    is_signed: bool,
}

/// A record that the page rests on.
struct CitedShown {
    id: String,
    index: u64,
    is_signed: bool,
}

struct Checkpoint {
    size: u64,
    root: String,
}

/// The page.
///
/// # Errors
/// 400 for what is no code of a thing, 404 where nothing is known of it; a fault of the store.
pub async fn item(
    State(site): State<Arc<Site>>,
    page: Page,
    uri: Uri,
) -> Result<Response, Problem> {
    let thing = Thing::of(&uri, "/item")?;
    let levels: Vec<_> = thing.levels().into_iter().map(|(id, _)| id).collect();
    let item = site.system.item(levels).await?;
    let item = item.ok_or_else(|| crate::resolver::unknown(thing.path()))?;
    let pack = site.system.pack();
    let facts = Facts::new(&page, &pack, "/archive/");
    let recalls = recall::shown(&page, &pack, &facts, &item);
    let is_recalled = recalls.iter().any(|recall| recall.is_of_this);
    let steps = journey::steps(&page, &pack, &facts, &item, is_recalled);
    let checkpoint = SignedCheckpoint::parse(site.system.published().checkpoint.as_bytes()).ok();
    let checkpoint = checkpoint.as_ref().map(SignedCheckpoint::checkpoint);
    page.show(&ItemPage {
        p: &page,
        name: name(&page, &facts, &pack, &item, &thing),
        codes: codes(&page, &thing),
        said: said(&page, &facts, &pack, &item, &thing),
        tests: tests(&page, &facts, &pack, &item),
        picture: journey::picture(&page, &pack, &steps),
        untold: item.journey.untold,
        is_behind: item.journey.is_behind,
        others: timeline(
            &page,
            &pack,
            &facts,
            &[],
            item.others.iter().map(Told::from),
            "/records/",
        ),
        cited: cited(&item),
        checkpoint: checkpoint.map(|checkpoint| Checkpoint {
            size: checkpoint.size,
            root: checkpoint.root.to_string(),
        }),
        qr: format!("/qr{}", thing.path()),
        labels: format!("/labels{}", thing.path()),
        recalls,
        steps,
    })
}

fn name(page: &Page, facts: &Facts<'_>, pack: &Pack, item: &Item, thing: &Thing) -> String {
    let registered = item.product.as_ref().and_then(|record| {
        let kind = pack.kind(&record.kind)?;
        Some(facts.line(kind, &record.open, "name", record.valid_at.day_in_china()))
    });
    registered.filter(|name| !name.is_empty()).unwrap_or_else(|| {
        let key = thing.key();
        let title = page.pick(key.ai().name_zh(), key.ai().title());
        format!("{title} {}", key.value().text())
    })
}

/// Key, lot, serial number, and what else the code says.
fn codes(page: &Page, thing: &Thing) -> Vec<(String, String)> {
    let label = |ai: &str, own: &str| match ai {
        "01" => page.w.item.gtin.to_owned(),
        "10" => page.w.item.lot.to_owned(),
        "21" => page.w.item.serial.to_owned(),
        _ => own.to_owned(),
    };
    let mut codes: Vec<(String, String)> = thing
        .elements()
        .filter(|element| day(element.ai().digits(), element.value().text()).is_none())
        .map(|element| {
            let ai = element.ai();
            let own = page.pick(ai.name_zh(), ai.title());
            let value = element.value().text();
            // People know the number of a bar code in thirteen digits.
            let value = match ai.digits() {
                "01" => value.strip_prefix('0').unwrap_or(value),
                _ => value,
            };
            (label(ai.digits(), own), value.to_owned())
        })
        .collect();
    // The lot is what people look for first.
    codes.sort_by_key(|(name, _)| usize::from(name != page.w.item.lot));
    codes
}

/// A date of the code: `YYMMDD`, of this century.
fn day(ai: &str, text: &str) -> Option<String> {
    if !matches!(ai, "11" | "13" | "15" | "17") {
        return None;
    }
    let (year, rest) = text.split_at_checked(2)?;
    let (month, day) = rest.split_at_checked(2)?;
    Some(match day {
        // No day: the month.
        "00" => format!("20{year}-{month}"),
        day => format!("20{year}-{month}-{day}"),
    })
}

/// Fields of the register that the page says.
const FIELDS: [&str; 5] = ["brand", "specification", "model", "category", "origin"];

fn said(
    page: &Page,
    facts: &Facts<'_>,
    pack: &Pack,
    item: &Item,
    thing: &Thing,
) -> Vec<(String, String, Option<String>)> {
    let mut said = Vec::new();
    if let Some((id, name)) = &item.maker {
        let name = name.clone().unwrap_or_else(|| crate::page::facts::plain_id(id).to_owned());
        said.push((facts.role("maker").to_owned(), name, Some(facts.href(id))));
    }
    for element in thing.elements() {
        let ai = element.ai();
        if let Some(day) = day(ai.digits(), element.value().text()) {
            said.push((page.pick(ai.name_zh(), ai.title()).to_owned(), day, None));
        }
    }
    if let Some((record, kind)) = item.product.as_ref().and_then(|r| Some((r, pack.kind(&r.kind)?)))
    {
        let on = record.valid_at.day_in_china();
        for field in FIELDS.iter().filter_map(|name| kind.field(name)) {
            let line = facts.line(kind, &record.open, &field.name, on);
            if !line.is_empty() {
                said.push((page.say(&field.label).to_owned(), line, None));
            }
        }
        let standards = record.subjects.iter().filter(|(role, _)| role == "standard");
        for (role, id) in standards {
            let plain = id.split_once(':').map_or(id.as_str(), |(_, value)| value);
            let href = format!("/archive/{}", in_path(id));
            said.push((facts.role(role).to_owned(), plain.to_owned(), Some(href)));
        }
    }
    said
}

fn tests(page: &Page, facts: &Facts<'_>, pack: &Pack, item: &Item) -> Vec<TestShown> {
    let shown = |record: &Disclosed| {
        let kind = pack.kind(&record.kind)?;
        let on = record.valid_at.day_in_china();
        let line = |name: &str| facts.line(kind, &record.open, name, on);
        let result = record.open.get("result").and_then(|result| result.as_str());
        let tone = match result {
            Some("pass") => Tone::Ok,
            Some("fail") => Tone::Danger,
            _ => Tone::Mute,
        };
        let laboratory = record.subjects.iter().find(|(role, _)| role == "laboratory");
        let laboratory = laboratory.map(|(_, id)| {
            item.names
                .get(id)
                .cloned()
                .unwrap_or_else(|| crate::page::facts::plain_id(id).to_owned())
        });
        let mut title = vec![line("programme"), line("hazard")];
        title.retain(|part| !part.is_empty());
        let title = match title.is_empty() {
            true => page.say(&kind.label).to_owned(),
            false => title.join(page.pick("：", ": ")),
        };
        let mut text = vec![laboratory.unwrap_or_default(), line("report_no")];
        text.retain(|part| !part.is_empty());
        let issued = record.open.get("issued_on").and_then(|day| day.as_str()?.parse().ok());
        Some(TestShown {
            tag: Tag::new(tone, line("result")),
            title,
            text: text.join(" · "),
            day: issued.unwrap_or(on),
            id: record.id.to_string(),
            index: record.index,
            is_signed: record.is_signed,
        })
    };
    item.tests.iter().filter_map(shown).collect()
}

/// The records that the page rests on, by their place in the log.
fn cited(item: &Item) -> Vec<CitedShown> {
    let recalls = item.recalls.iter().map(|(_, record)| record);
    let records = item.product.iter().chain(recalls).chain(&item.tests).chain(&item.others);
    let of_record = |record: &Disclosed| CitedShown {
        id: record.id.to_string(),
        index: record.index,
        is_signed: record.is_signed,
    };
    let mut cited: Vec<CitedShown> = records.map(of_record).collect();
    cited.extend(item.journey.steps.iter().map(|step| CitedShown {
        id: step.record.to_string(),
        index: step.index,
        is_signed: step.is_signed,
    }));
    cited.sort_by_key(|cited| cited.index);
    cited.dedup_by_key(|cited| cited.index);
    cited
}

impl ItemPage<'_> {
    /// Whether a recall concerns a step.
    fn has_danger(&self) -> bool {
        self.steps.iter().any(|step| step.is_danger)
    }

    fn time(&self) -> String {
        date_time(self.p.now)
    }
}

#[cfg(test)]
mod tests_of_codes {
    use super::day;

    #[test]
    fn days_of_a_code_are_read() {
        assert_eq!(day("17", "261231").as_deref(), Some("2026-12-31"));
        assert_eq!(day("15", "261200").as_deref(), Some("2026-12"));
        assert_eq!(day("10", "261231"), None);
    }
}
