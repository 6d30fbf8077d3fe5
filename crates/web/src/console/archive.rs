//! `GET /console/archive/{subject}`: what is known of a subject, as of any time.

use std::sync::Arc;

use app::reading::{RecordView, When};
use app::registry::{Archive, Because};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use clock::Date;
use model::{SubjectId, Timestamp};
use pack::Pack;

use super::line::months;
use crate::cursor::Cursor;
use crate::page::Page;
use crate::page::facts::{Fact, Facts, icon, plain_id};
use crate::page::timeline::Month;
use crate::page::ui::{Banner, Empty, Pager, Tag, Tone};
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::query::Query;
use crate::site::Site;

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
    pager: Pager<'p>,
    empty: Option<Empty<'p>>,
    history: Vec<Registered>,
    ids: Vec<IdShown>,
    past: Option<Banner<'p>>,
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

struct IdShown {
    id: String,
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
    query.finish()?;
    if after.is_none() {
        when.valid = when.valid.or_else(|| day.map(end_of));
    }
    let pack = site.system.pack();
    let kinds: Option<Vec<String>> = (!kind.is_empty()).then(|| vec![kind.clone()]);
    let archive =
        site.system.archive(who, &subject, kinds.as_deref(), when, after, ON_PAGE).await?;
    let facts = Facts::new(&page, &pack, "/console/archive/");
    let described = archive.registrations.first();
    let ids: Vec<String> = archive.members.iter().map(|member| member.id.clone()).collect();
    let naming = described.and_then(|view| naming(&pack, &archive, view));
    let name = described.map(|view| line(&facts, &pack, view, naming_field(naming, |n| &n.name)));
    let name = name.filter(|name| !name.is_empty());
    let next = archive.page.next.map(|head| Cursor::behind(head, archive.as_of).text(&question));
    let empty = archive.page.records.is_empty().then(|| {
        let words = &page.w.dossier;
        Empty::new(&page, words.nothing, words.nothing_text)
    });
    let total = total(&archive, &kind);
    let sort = archive.sort.as_deref().and_then(|sort| pack.subject(sort));
    page.show(&ArchivePage {
        p: &page,
        name: name.unwrap_or_else(|| plain_id(&archive.id).to_owned()),
        sort: sort.map(|sort| page.say(&sort.label).to_owned()).unwrap_or_default(),
        tags: tags(&facts, &pack, described, naming),
        facts: described.map(|view| register(&facts, &pack, view, naming)).unwrap_or_default(),
        total,
        kinds: chips(&page, &facts, &archive, &kind),
        months: months(&page, &pack, &facts, &ids, &archive.page.records),
        pager: Pager::new(&page, archive.page.records.len(), total, next.as_deref()),
        empty,
        history: history(&facts, &pack, &archive, naming),
        ids: ids_shown(&page, &archive),
        past: past(&page, day, when),
        path: page.path.clone(),
        kind,
        on,
        known: when.known.filter(|_| page.has("known")).map(|n| n.to_string()).unwrap_or_default(),
        as_of_known: archive.as_of.known,
    })
}

/// The last instant of a day in China.
fn end_of(day: Date) -> Timestamp {
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

/// How it stands, as a tag.
fn tags(
    facts: &Facts<'_>,
    pack: &Pack,
    view: Option<&RecordView>,
    naming: Option<&pack::Naming>,
) -> Vec<Tag> {
    let Some(view) = view else { return Vec::new() };
    let status = line(facts, pack, view, naming_field(naming, |n| &n.status));
    let status = (!status.is_empty()).then(|| Tag::new(Tone::Info, status));
    status.into_iter().collect()
}

/// What the register says, but for the name and status, which stand above.
fn register(
    facts: &Facts<'_>,
    pack: &Pack,
    view: &RecordView,
    naming: Option<&pack::Naming>,
) -> Vec<Fact> {
    let on = view.stored.valid_at.day_in_china();
    let Some(kind) = pack.kind(&view.stored.kind) else { return Vec::new() };
    let above = [naming_field(naming, |n| &n.name), naming_field(naming, |n| &n.status)];
    let mut found = facts.of(kind, &view.open, on);
    found.retain(|fact| !above.contains(&fact.name.as_str()));
    found
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
        icon: icon(kind),
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
    let members = archive.members.iter().map(|member| IdShown {
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
