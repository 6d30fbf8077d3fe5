//! `GET /console/archive/{subject}`: what is known of a subject, as of any time.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::reading::{RecordView, When};
use app::registry::{Archive, Because};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use clock::Date;
use model::{Envelope, SubjectId, Timestamp};
use pack::Pack;

use super::trace::naming::Names;
use crate::cursor::Cursor;
use crate::page::Page;
use crate::page::export::Format;
use crate::page::facts::{Fact, Facts, Shown};
use crate::page::format::month;
use crate::page::timeline::{Month, Told, timeline};
use crate::page::ui::{Banner, Empty, Pager, Tag, Tone};
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::query::Query;
use crate::site::Site;

/// The list of the language of packs that says what schemes are called.
const SCHEMES: &str = "identifier-scheme";
/// The permission to say which ids are one subject.
const REGISTER: &str = "registry.record";
/// Records on a page.
const ON_PAGE: usize = 200;

#[derive(Template)]
#[template(path = "console/archive.html")]
struct ArchivePage<'p> {
    p: &'p Page,
    name: String,
    sort: String,
    tags: Vec<Tag>,
    facts: Vec<Fact>,
    total: Option<u64>,
    kinds: Vec<KindChip>,
    months: Vec<Month>,
    bars: Option<Bars>,
    pager: Pager<'p>,
    empty: Option<Empty<'p>>,
    history: Vec<Registered>,
    ids: Vec<IdShown>,
    past: Option<Banner<'p>>,
    csv: String,
    jsonl: String,
    id: String,
    path: String,
    kind: String,
    on: String,
    known: String,
    as_of_known: u64,
}

struct KindChip {
    href: String,
    label: String,
    icon: &'static str,
    count: Option<u64>,
    chosen: bool,
}

/// A step of the registration: from which day on what is otherwise.
struct Registered {
    day: Date,
    href: String,
    name: String,
    says: String,
}

/// The records of the last months, as bars and as a table.
struct Bars {
    /// Month, number, and the bar's place, top and height.
    bars: Vec<(String, u64, usize, usize, usize)>,
    width: usize,
    first: String,
    last: String,
    label: String,
}

/// Months that are drawn.
const MONTHS: i32 = 36;
/// Width of a month, and height of the highest bar.
const STEP: usize = 20;
const HEIGHT: usize = 36;

struct IdShown {
    id: String,
    /// Whether the reader may say that it is another subject's.
    may_part: bool,
    why: &'static str,
    href: Option<String>,
}

/// The archive.
///
/// # Errors
/// Nobody of the console is logged in, or may not read; a wrong parameter; a fault of the store.
pub async fn archive(
    State(site): State<Arc<Site>>,
    Path(subject): Path<String>,
    page: Page,
    uri: Uri,
) -> Result<Response, Problem> {
    let who = page.at(Desk::Console)?;
    let subject: SubjectId = subject.parse().map_err(|_| Problem::bare(StatusCode::NOT_FOUND))?;
    let mut query = Query::of(&uri);
    let kind = query.text("kind").unwrap_or_default();
    let on = query.text("on").unwrap_or_default();
    let day: Option<Date> = on.parse().ok();
    if !on.is_empty() && day.is_none() {
        query.wrong("on", ("a day such as 2026-11-23", "日期，如 2026-11-23"));
    }
    let question = [subject.as_str(), kind.as_str(), on.as_str(), "console"];
    // A field of a form that was left empty is none.
    let known = uri.query().unwrap_or_default().split('&').any(|pair| pair == "known=");
    if known {
        let _ = query.text("known");
    }
    let (mut when, after) = Cursor::read(&mut query, &question);
    let format = Format::read(&mut query);
    query.finish()?;
    if after.is_none() {
        when.valid = when.valid.or_else(|| day.map(end_of));
    }
    let pack = site.system.pack();
    let kinds: Option<Vec<String>> = (!kind.is_empty()).then(|| vec![kind.clone()]);
    let archive =
        site.system.archive(who, &subject, kinds.as_deref(), when, after, ON_PAGE).await?;
    if let Some(format) = format {
        return super::archive_file::answer(&site, &page, who, &archive, kinds, when, format).await;
    }
    let facts = Facts::new(&page, &pack, "/console/archive/");
    let described = archive.registrations.first();
    let ids: Vec<String> = archive.members.iter().map(|member| member.id.clone()).collect();
    let naming = described.and_then(|view| naming(&pack, &archive, view));
    let name = described.map(|view| line(&facts, &pack, view, naming_field(naming, |n| &n.name)));
    let name = match name.filter(|name| !name.is_empty()) {
        Some(name) => name,
        // A lot or an item is called as its product is.
        None => Names::of(&site, &[&archive.id]).await.say(&page, &archive.id),
    };
    let next = archive.page.next.map(|head| Cursor::behind(head, archive.as_of).text(&question));
    let empty = archive.page.records.is_empty().then(|| {
        let words = &page.w.dossier;
        Empty::new(&page, words.nothing, words.nothing_text)
    });
    let total = total(&archive, &kind);
    let sort = archive.sort.as_deref().and_then(|sort| pack.subject(sort));
    page.show(&ArchivePage {
        p: &page,
        name,
        sort: sort.map(|sort| page.say(&sort.label).to_owned()).unwrap_or_default(),
        tags: tags(&page, &facts, &pack, &archive, naming),
        facts: described
            .map(|view| register(&page, &facts, &pack, &archive, view))
            .unwrap_or_default(),
        total,
        kinds: chips(&page, &facts, &archive, &kind),
        months: timeline(
            &page,
            &pack,
            &facts,
            &ids,
            archive.page.records.iter().map(Told::from),
            "/console/records/",
        ),
        bars: bars(&page, &archive),
        pager: Pager::new(&page, archive.page.records.len(), total, next.as_deref()),
        empty,
        history: history(&facts, &pack, &archive, naming),
        ids: ids_shown(&page, &archive),
        past: past(&page, day, when),
        csv: page.with("as", "csv"),
        jsonl: page.with("as", "jsonl"),
        id: archive.id.clone(),
        path: page.path.clone(),
        kind,
        on,
        known: when.known.filter(|_| page.has("known")).map(|n| n.to_string()).unwrap_or_default(),
        as_of_known: archive.as_of.known,
    })
}

/// The last instant of a day in China.
pub(super) fn end_of(day: Date) -> Timestamp {
    let last = format!("{day}T23:59:59.999999+08:00").parse();
    last.unwrap_or(Timestamp::from_micros(i64::MAX))
}

fn naming<'a>(pack: &'a Pack, archive: &Archive, view: &RecordView) -> Option<&'a pack::Naming> {
    let own = archive.sort.as_deref().and_then(|sort| pack.subject(sort));
    let is_of = |subject: &&pack::Subject| subject.register.as_ref() == Some(&view.stored.kind);
    own.filter(is_of).or_else(|| pack.subjects().find(is_of)).map(|subject| &subject.naming)
}

fn naming_field<'a>(
    naming: Option<&'a pack::Naming>,
    field: impl Fn(&'a pack::Naming) -> &'a Option<String>,
) -> &'a str {
    naming.and_then(|naming| field(naming).as_deref()).unwrap_or_default()
}

fn line(facts: &Facts<'_>, pack: &Pack, view: &RecordView, field: &str) -> String {
    let on = view.stored.valid_at.day_in_china();
    let kind = pack.kind(&view.stored.kind);
    kind.map(|kind| facts.line(kind, &view.open, field, on)).unwrap_or_default()
}

/// How it stands, and what of the page is bad, as tags.
fn tags(
    page: &Page,
    facts: &Facts<'_>,
    pack: &Pack,
    archive: &Archive,
    naming: Option<&pack::Naming>,
) -> Vec<Tag> {
    let mut tags = Vec::new();
    if let Some(view) = archive.registrations.first() {
        let status = line(facts, pack, view, naming_field(naming, |n| &n.status));
        tags.extend((!status.is_empty()).then(|| Tag::new(Tone::Info, status)));
    }
    let mut bad: BTreeMap<&str, u64> = BTreeMap::new();
    for view in &archive.page.records {
        let kind = pack.kind(&view.stored.kind);
        let on = view.stored.valid_at.day_in_china();
        if kind.is_some_and(|kind| facts.tone(kind, &view.open, on) == Tone::Danger) {
            *bad.entry(&view.stored.kind).or_default() += 1;
        }
    }
    tags.extend(bad.into_iter().map(|(kind, count)| {
        let words = page.w.dossier.bad(facts.kind(kind), count);
        Tag::new(Tone::Danger, words).icon("warn")
    }));
    tags
}

/// The months up to the newest record, drawn.
fn bars(page: &Page, archive: &Archive) -> Option<Bars> {
    let number = |(year, month): (i32, u32)| year * 12 + month as i32 - 1;
    let name = |number: i32| {
        let day = Date::new(number.div_euclid(12), number.rem_euclid(12) as u32 + 1, 1).ok();
        day.map(|day| month(day, page.prefs.lang)).unwrap_or_default()
    };
    let newest = number(archive.months.last()?.0);
    let oldest = newest - MONTHS + 1;
    let counts: BTreeMap<i32, u64> =
        archive.months.iter().map(|(month, count)| (number(*month), *count)).collect();
    let most = counts.range(oldest..).map(|(_, count)| *count).max().unwrap_or(1).max(1);
    let bars = (oldest..=newest).enumerate().map(|(at, number)| {
        let count = counts.get(&number).copied().unwrap_or(0);
        let height = (count * HEIGHT as u64).div_ceil(most) as usize;
        (name(number), count, at * STEP + 2, HEIGHT + 2 - height, height)
    });
    let (first, last) = (name(oldest), name(newest));
    Some(Bars {
        bars: bars.collect(),
        width: MONTHS as usize * STEP,
        label: page.w.dossier.by_month(&first, &last),
        first,
        last,
    })
}

/// The codes, what the register says but for the name and status, which stand above, and the region.
fn register(
    page: &Page,
    facts: &Facts<'_>,
    pack: &Pack,
    archive: &Archive,
    view: &RecordView,
) -> Vec<Fact> {
    let on = view.stored.valid_at.day_in_china();
    let naming = naming(pack, archive, view);
    let Some(kind) = pack.kind(&view.stored.kind) else { return Vec::new() };
    let above = [naming_field(naming, |n| &n.name), naming_field(naming, |n| &n.status)];
    let codes = archive.members.iter().map(|member| Fact {
        name: "id".to_owned(),
        label: scheme(page, pack, &member.id),
        shown: Shown::Code(code(&member.id).to_owned()),
    });
    let mut found: Vec<Fact> = codes.collect();
    let region = Envelope::read(&view.stored.envelope).map(|envelope| envelope.region);
    found.extend(region.ok().map(|region| Fact {
        name: "region".to_owned(),
        label: page.w.subjects.region.to_owned(),
        shown: Shown::Text(facts.region(&region, on)),
    }));
    let said = facts.of(kind, &view.open, on);
    found.extend(said.into_iter().filter(|fact| !above.contains(&fact.name.as_str())));
    found
}

/// An id without its scheme.
fn code(id: &str) -> &str {
    match id.split_once(':') {
        Some((_, value)) if !value.starts_with("//") => value,
        _ => id,
    }
}

/// What the scheme of an id is called.
fn scheme(page: &Page, pack: &Pack, id: &str) -> String {
    let scheme = id.split(':').next().unwrap_or_default();
    let found = pack.list(SCHEMES).and_then(|list| list.history(scheme).last());
    found.map_or_else(|| scheme.to_owned(), |entry| page.say(&entry.label).to_owned())
}

fn total(archive: &Archive, kind: &str) -> Option<u64> {
    let own = archive.kinds.iter().filter(|(id, _)| kind.is_empty() || id == kind);
    own.map(|(_, count)| *count).sum()
}

fn chips(page: &Page, facts: &Facts<'_>, archive: &Archive, chosen: &str) -> Vec<KindChip> {
    let mut chips = vec![KindChip {
        href: page.without("kind"),
        label: page.w.dossier.all.to_owned(),
        icon: "menu",
        count: total(archive, ""),
        chosen: chosen.is_empty(),
    }];
    let mut kinds: Vec<&(String, Option<u64>)> = archive.kinds.iter().collect();
    kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    chips.extend(kinds.into_iter().map(|(kind, count)| KindChip {
        href: page.with("kind", kind),
        label: facts.kind(kind).to_owned(),
        icon: facts.icon(kind),
        count: *count,
        chosen: kind == chosen,
    }));
    chips
}

/// The registrations, each with what it says otherwise than the one before.
fn history(
    facts: &Facts<'_>,
    pack: &Pack,
    archive: &Archive,
    naming: Option<&pack::Naming>,
) -> Vec<Registered> {
    let fields = [naming_field(naming, |n| &n.status), naming_field(naming, |n| &n.address)];
    let views = archive.registrations.iter();
    let entries = views.enumerate().map(|(at, view)| {
        let older = archive.registrations.get(at + 1);
        let changed = fields.iter().filter_map(|field| {
            let now = line(facts, pack, view, field);
            let before = older.map(|older| line(facts, pack, older, field)).unwrap_or_default();
            (!now.is_empty() && now != before).then_some(now)
        });
        Registered {
            day: view.stored.valid_at.day_in_china(),
            href: format!("/console/records/{}", view.stored.id),
            name: line(facts, pack, view, naming_field(naming, |n| &n.name)),
            says: changed.collect::<Vec<_>>().join(" · "),
        }
    });
    entries.collect()
}

fn ids_shown(page: &Page, archive: &Archive) -> Vec<IdShown> {
    let words = &page.w.dossier;
    let may_part = page.visitor.as_ref().is_some_and(|visitor| visitor.may(REGISTER));
    let members = archive.members.iter().map(|member| IdShown {
        may_part: may_part && member.because != Because::Itself,
        id: member.id.clone(),
        why: match member.because {
            Because::Itself => words.itself,
            Because::Code => words.by_code,
            Because::Verdict(_) => words.by_person,
        },
        href: match member.because {
            Because::Verdict(record) => Some(format!("/console/records/{record}")),
            _ => None,
        },
    });
    members.collect()
}

fn past<'p>(page: &'p Page, day: Option<Date>, when: When) -> Option<Banner<'p>> {
    let words = &page.w.dossier;
    let mut what = Vec::new();
    what.extend(day.map(|day| words.until_day(day.to_string())));
    what.extend(when.known.filter(|_| page.has("known")).map(|known| words.until_known(known)));
    let what = what.join(page.pick("，", ", "));
    (!what.is_empty()).then(|| Banner::new(page, Tone::Warn, words.past(what)))
}
