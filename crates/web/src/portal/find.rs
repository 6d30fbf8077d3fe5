//! `GET /find`: one box that takes anything and leads to the right place.

use std::sync::Arc;

use app::disclosure::Audience;
use app::reading::When;
use app::registry::{Numbered, Search};
use askama::Template;
use axum::extract::{Request, State};
use axum::response::Response;
use clock::Date;
use codes::gs1::{CANONICAL_DOMAIN, DigitalLink, ElementString, canonical_digital_link};
use codes::{Ask, Checked, Mode, Reading, recognise};
use model::{RecordId, SubjectId};
use pack::Pack;

use crate::page::Page;
use crate::page::facts::{Facts, in_path, plain_id};
use crate::page::ui::{Empty, Tag, Tone};
use crate::problem::Problem;
use crate::query::Query;
use crate::resolver::thing::Thing;
use crate::site::Site;

/// The most characters of what is looked up.
const LONGEST: usize = 200;
/// Hits on a page.
const ON_PAGE: usize = 20;
/// Nobody leafs further than this; a longer name finds sooner.
const MOST_OFFSET: u64 = 1_000;

#[derive(Template)]
#[template(path = "portal/find.html")]
struct Find<'p> {
    p: &'p Page,
    asked: &'p str,
    /// What the text can be as a code.
    readings: Vec<ReadingShown>,
    /// Records that bear it as their number.
    numbered: Vec<NumberedShown>,
    /// Lots, items and logistic units on which it stands.
    things: Vec<ThingShown>,
    /// Subjects that it can mean.
    subjects: Vec<Found>,
    /// How many there are in all.
    count: usize,
    next: Option<String>,
    empty: Option<Empty<'p>>,
}

struct ReadingShown {
    label: String,
    canonical: String,
    fault: Option<String>,
    parts: Vec<(String, String)>,
}

/// A record that bears the number that was typed.
pub struct NumberedShown {
    /// Its page.
    pub href: String,
    /// What kind it is.
    pub kind: String,
    /// The number as it stands there.
    pub number: String,
    /// The day.
    pub day: Date,
}

impl NumberedShown {
    /// Those that were found; records have their page below `records`.
    pub fn all(facts: &Facts<'_>, found: Vec<Numbered>, records: &str) -> Vec<Self> {
        let one = |found: Numbered| Self {
            href: format!("{records}{}", found.id),
            kind: facts.kind(&found.kind).to_owned(),
            number: found.number,
            day: found.valid_at.day_in_china(),
        };
        found.into_iter().map(one).collect()
    }
}

/// A lot, item or logistic unit on which the number stands that was typed.
pub struct ThingShown {
    /// The page of the code, or the question about it.
    pub href: String,
    /// Its product; empty where that is not registered.
    pub name: String,
    /// What sort of thing.
    pub sort: &'static str,
    /// The whole code.
    pub code: String,
}

/// Things that are listed for one number; a longer number finds fewer.
const MOST_THINGS: usize = 50;

impl ThingShown {
    /// Those on which a text stands; each leads to what `href` makes of its key.
    pub async fn all(
        site: &Site,
        page: &Page,
        text: &str,
        href: impl Fn(&str) -> String,
    ) -> Result<Vec<Self>, Problem> {
        let keys = site.system.things_numbered(text, MOST_THINGS).await?;
        let products = keys.iter().filter_map(|key| app::item::product_of(key)).collect();
        let names = site.system.public_names(products).await?;
        let shown = keys.into_iter().map(|key| {
            let product = app::item::product_of(&key).and_then(|product| names.get(&product));
            let words = &page.w.trace;
            let sort = match () {
                () if key.contains("/00/") => words.logistic_unit,
                () if key.contains("/21/") => words.item,
                () => words.lot,
            };
            let path = key.strip_prefix(CANONICAL_DOMAIN).unwrap_or(&key);
            Self {
                href: href(&key),
                name: product.cloned().unwrap_or_default(),
                sort,
                code: path.to_owned(),
            }
        });
        Ok(shown.collect())
    }
}

struct Found {
    href: String,
    id: String,
    sort: String,
    name: String,
    /// Where it is.
    place: String,
    /// By what it was found, where that is another name or code.
    by: String,
    known: bool,
    tag: Option<Tag>,
}

/// What a text can mean.
enum Meant {
    /// A record or receipt.
    Record(RecordId),
    /// Subjects.
    Subjects(Vec<(String, SubjectId)>),
}

/// The look-up.
///
/// # Errors
/// A wrong parameter; a fault of the store.
pub async fn find(
    State(site): State<Arc<Site>>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let mut query = Query::of(request.uri());
    let asked = query.text("q").unwrap_or_default();
    let offset = query.number("offset").unwrap_or(0).min(MOST_OFFSET);
    query.finish()?;
    let asked: String = asked.trim().chars().take(LONGEST).collect();
    let pack = site.system.pack();
    let mut shown = Find {
        p: &page,
        asked: &asked,
        readings: Vec::new(),
        numbered: Vec::new(),
        things: Vec::new(),
        subjects: Vec::new(),
        count: 0,
        next: None,
        empty: None,
    };
    if asked.is_empty() {
        return page.show(&shown);
    }
    if let Some(page_of) = item_page(&site, &asked).await? {
        return Ok(page.go(&page_of));
    }
    match meant(&site, &pack, &asked) {
        Meant::Record(id) => {
            let path = match site.system.public_record(id).await? {
                Some(_) => format!("/records/{id}"),
                None => format!("/proof?q={id}"),
            };
            return Ok(page.go(&path));
        }
        Meant::Subjects(subjects) => {
            for (sort, subject) in subjects {
                shown.subjects.push(found(&site, &page, &pack, &sort, &subject).await?);
            }
        }
    }
    let numbered = site.system.numbered(None, &asked).await?;
    let facts = Facts::new(&page, &pack, "/archive/");
    shown.numbered = NumberedShown::all(&facts, numbered, "/records/");
    let item = |key: &str| format!("/item{}", key.strip_prefix(CANONICAL_DOMAIN).unwrap_or(key));
    shown.things = ThingShown::all(&site, &page, &asked, item).await?;
    let known: Vec<&Found> = shown.subjects.iter().filter(|found| found.known).collect();
    match (known.as_slice(), shown.numbered.as_slice(), shown.things.as_slice()) {
        ([only], [], []) => return Ok(page.go(&only.href)),
        ([], [only], []) => return Ok(page.go(&only.href)),
        ([], [], [only]) => return Ok(page.go(&only.href)),
        _ => {}
    }
    let is_found = !shown.numbered.is_empty() || !shown.things.is_empty();
    if known.is_empty() && !is_found {
        by_name(&site, &pack, &mut shown, offset).await?;
    } else {
        shown.subjects.retain(|found| found.known);
    }
    shown.count = shown.count.max(shown.subjects.len());
    shown.readings = readings(&page, &pack, &asked);
    if shown.subjects.is_empty() && shown.readings.is_empty() && !is_found {
        let words = &page.w.find;
        shown.empty = Some(Empty::new(&page, words.nothing, words.nothing_text));
    }
    page.show(&shown)
}

/// Adds the subjects that are called so, or nearly so.
async fn by_name(
    site: &Site,
    pack: &Pack,
    shown: &mut Find<'_>,
    offset: u64,
) -> Result<(), Problem> {
    let page = shown.p;
    let offset = offset as usize;
    let search = Search { text: shown.asked, offset, limit: ON_PAGE, ..Search::default() };
    let found = site.system.search(None, &search).await?;
    let facts = Facts::new(page, pack, "/archive/");
    // What a code would mean that nobody knows is of no use beside what is known.
    if !found.hits.is_empty() {
        shown.subjects.clear();
    }
    let shown_now = offset + found.hits.len();
    if shown_now < found.count && shown_now as u64 <= MOST_OFFSET {
        shown.next = Some(page.with("offset", &shown_now.to_string()));
    }
    shown.count = found.count;
    for hit in found.hits {
        let sort = pack.subject(&hit.sort).map_or("", |sort| page.say(&sort.label)).to_owned();
        let region = facts.region(&hit.region, page.today());
        let is_other = hit.by != hit.name && !hit.by.is_empty();
        shown.subjects.push(Found {
            href: facts.href(&hit.id),
            id: plain_id(&hit.id).to_owned(),
            sort,
            place: if hit.region.is_empty() { hit.address } else { region },
            by: if is_other { page.w.find.by(plain_id(&hit.by)) } else { String::new() },
            name: hit.name,
            known: true,
            tag: hit.status.map(|(_, label)| Tag::new(Tone::Mute, page.say(&label)).icon("info")),
        });
    }
    Ok(())
}

/// The page of the thing that the text of a code names: a Digital Link, an EPC URN, or an element string
/// with a lot or a serial number; none for anything else, and where nothing is known of it.
async fn item_page(site: &Site, asked: &str) -> Result<Option<String>, Problem> {
    let link = match asked {
        text if text.contains("://") => DigitalLink::parse(text, Mode::Lenient).ok(),
        text if text.starts_with("urn:") => {
            let link = canonical_digital_link(text).ok();
            link.and_then(|link| DigitalLink::parse(&link, Mode::Lenient).ok())
        }
        text if text.starts_with('(') => {
            let elements = ElementString::parse(text, Mode::Lenient).ok();
            let link = elements.and_then(|e| DigitalLink::from_elements(e.value.elements()).ok());
            link.map(|value| Checked { value, warnings: Vec::new() })
        }
        _ => None,
    };
    let Some(link) = link else { return Ok(None) };
    let thing = Thing::from_link(link.value);
    // A product alone has an archive, which says more.
    if thing.levels().len() < 2 && thing.key().ai().digits() != "00" {
        return Ok(None);
    }
    let known = site.system.thing_known(&thing.levels()).await?;
    Ok(known.map(|_| thing.page()))
}

/// What a text names: a record, or subjects that a code stands for.
fn meant(site: &Site, pack: &Pack, asked: &str) -> Meant {
    if let Ok(id) = asked.parse::<RecordId>() {
        return Meant::Record(id);
    }
    let is_notation = asked.contains("://") || asked.starts_with("urn:");
    if let Some(subject) = asked.parse::<SubjectId>().ok().filter(|_| !is_notation) {
        let subject = site.system.subject_key(&subject);
        let has = |sort: &&pack::Subject| sort.schemes.iter().any(|s| s == subject.scheme());
        let sort = pack.subjects().find(has).map_or("", |sort| &sort.id);
        return Meant::Subjects(vec![(sort.to_owned(), subject)]);
    }
    let mut subjects: Vec<(String, SubjectId)> = Vec::new();
    for sort in pack.subjects() {
        let ids = std::slice::from_ref(&sort.id);
        let Ok(identified) = pack.identify_sort(ids, asked, None) else { continue };
        let text = match identified.canonical.contains("://") {
            true => identified.canonical,
            false => format!("{}:{}", identified.scheme, identified.canonical),
        };
        let Ok(subject) = text.parse::<SubjectId>() else { continue };
        if !subjects.iter().any(|(_, other)| *other == subject) {
            subjects.push((sort.id.clone(), subject));
        }
    }
    Meant::Subjects(subjects)
}

async fn found(
    site: &Site,
    page: &Page,
    pack: &Pack,
    sort: &str,
    subject: &SubjectId,
) -> Result<Found, Problem> {
    let disclosed =
        site.system.disclosed(Audience::Public, subject, None, When::default(), None, 1).await?;
    let facts = Facts::new(page, pack, "/archive/");
    let name = disclosed.register.as_ref().and_then(|record| {
        let kind = pack.kind(&record.kind)?;
        Some(facts.line(kind, &record.open, "name", record.valid_at.day_in_china()))
    });
    let known = !disclosed.records.is_empty() || disclosed.register.is_some();
    let words = &page.w.find;
    let tag = match known {
        true => Tag::new(Tone::Ok, words.has_records),
        false => Tag::new(Tone::Mute, words.no_records).icon("info"),
    };
    let sort = pack.subject(sort).map_or(sort, |sort| page.say(&sort.label)).to_owned();
    let id = subject.as_str().to_owned();
    Ok(Found {
        href: format!("/archive/{}", in_path(&id)),
        name: name.unwrap_or_default(),
        id: plain_id(&id).to_owned(),
        sort,
        place: String::new(),
        by: String::new(),
        known,
        tag: Some(tag),
    })
}

/// What a text is as a code, and what is wrong with it, if it looks like one.
fn readings(page: &Page, pack: &Pack, asked: &str) -> Vec<ReadingShown> {
    let found = recognise(asked, pack.tables(), Ask { on: Some(page.today()), ..Ask::default() });
    let is_code = |reading: &Reading| reading.kind != "unknown" && reading.kind != "scheme-code";
    // Where none is right, the likeliest tells what is wrong.
    let most = if found.iter().any(Reading::is_right) { found.len() } else { 1 };
    found.into_iter().filter(is_code).take(most).map(|reading| shown(page, reading)).collect()
}

fn shown(page: &Page, reading: Reading) -> ReadingShown {
    let parts = reading.parts.iter().filter_map(|part| {
        let label = part.label.as_ref()?;
        Some((page.say(label).to_owned(), part.value.clone()))
    });
    let fault = reading.fault.as_ref().map(|fault| match page.is_chinese() {
        true => fault.zh(),
        false => fault.to_string(),
    });
    ReadingShown {
        label: page.say(&reading.label).to_owned(),
        parts: parts.collect(),
        canonical: reading.canonical,
        fault,
    }
}
