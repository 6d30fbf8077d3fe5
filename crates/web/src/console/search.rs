//! `GET /console/search`: finding a subject.

use std::sync::Arc;

use app::Rejection;
use app::reading::When;
use app::registry::find::MOST_IN_FILE;
use app::registry::{How, Search, SubjectHit, SubjectsFound};
use askama::Template;
use axum::extract::{Request, State};
use axum::http::uri::PathAndQuery;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use model::RecordId;
use serde_json::Value;

use crate::page::Page;
use crate::page::export::{Column, Format, too_many, whole};
use crate::page::facts::{Facts, in_path, plain_id};
use crate::page::form::Form;
use crate::page::ui::{Empty, Tag, Tone};
use crate::page::visitor::Desk;
use crate::portal::find::{NumberedShown, ThingShown};
use crate::problem::Problem;
use crate::purpose::{LEAST, LONGEST, Searched};
use crate::query::Query;
use crate::site::Site;

/// Hits on a page.
const ON_PAGE: usize = 20;
/// Hits further down are not shown: who looks for them types more.
const DEEPEST: usize = 10_000;

#[derive(Template)]
#[template(path = "console/search.html")]
struct SearchPage<'p> {
    p: &'p Page,
    asked: &'p str,
    /// Id, words, whether chosen.
    sorts: Vec<(String, String, bool)>,
    regions: Vec<(String, String, bool)>,
    count: Option<u64>,
    rows: Vec<Row>,
    previous: Option<String>,
    next: Option<String>,
    empty: Option<Empty<'p>>,
    /// Records that bear it as their number.
    numbered: Vec<NumberedShown>,
    /// Lots and items on which it stands.
    things: Vec<ThingShown>,
    /// What the reader looks subjects up for, where that is asked.
    purpose: Option<String>,
    /// Whether it is to be said before anything is found.
    asks: bool,
    /// Where the reader goes on once it is said.
    then: String,
    may_export: bool,
    form: &'p Form,
}

struct Row {
    href: String,
    name: String,
    code: String,
    /// How many other codes it has.
    others: u64,
    sort: String,
    region: String,
    address: String,
    status: Option<Tag>,
    fits: &'static str,
    by: String,
}

/// The search.
///
/// # Errors
/// Nobody of the console is logged in; a wrong parameter; a fault of the store.
pub async fn search(
    State(site): State<Arc<Site>>,
    page: Page,
    uri: Uri,
) -> Result<Response, Problem> {
    shown(&site, &page, &uri, &Form::default(), StatusCode::OK).await
}

/// `POST /console/search/purpose`: what the reader looks subjects up for, until they log out.
///
/// # Errors
/// Nobody of the console is logged in; a form that was not sent from here.
pub async fn purpose(
    State(site): State<Arc<Site>>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    page.at(Desk::Console)?;
    let mut form = Form::read(&page, request).await?;
    let then = form.text("then");
    let purpose = form.required("purpose", page.w.subjects.purpose_missing);
    form.finish()?;
    let then = if then.starts_with(HERE) { then } else { HERE.to_owned() };
    let length = purpose.chars().count();
    if !(LEAST..=LONGEST).contains(&length) {
        form.fault("purpose", page.w.subjects.purpose_length(LEAST, LONGEST));
    }
    if !form.is_right() {
        let uri = then.parse().unwrap_or(Uri::from_static(HERE));
        return shown(&site, &page, &uri, &form, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    if let Some(visitor) = &page.visitor {
        site.purposes.say(visitor.binding, &purpose);
    }
    Ok(page.go(&then))
}

/// The permission to take what was found away as a file.
const EXPORT: &str = app::export::RUN;

/// The permissions of which one is needed to ask where something came from and went.
const TRACE: [&str; 2] = ["trace.read", "archive.view"];

/// The page.
const HERE: &str = "/console/search";

async fn shown(
    site: &Site,
    page: &Page,
    uri: &Uri,
    form: &Form,
    status: StatusCode,
) -> Result<Response, Problem> {
    let who = page.at(Desk::Console)?;
    let mut query = Query::of(uri);
    let asked = query.text("q").unwrap_or_default();
    let sort = query.text("sort").filter(|sort| !sort.is_empty());
    let region = query.text("region").filter(|region| !region.is_empty());
    let from = query.number("from").unwrap_or(0);
    let format = Format::read(&mut query);
    query.finish()?;
    let asked = asked.trim();
    if let Ok(id) = asked.parse::<RecordId>() {
        return Ok(page.go(&format!("/console/records/{id}")));
    }
    let pack = site.system.pack();
    let sorts = pack.subjects().filter(|subject| subject.register.is_some());
    let sorts = sorts.map(|subject| {
        let is_chosen = sort.as_ref() == Some(&subject.id);
        (subject.id.clone(), page.say(&subject.label).to_owned(), is_chosen)
    });
    let today = page.today();
    let divisions = pack.tables().divisions.all().filter(|division| division.in_force.holds(today));
    let regions = divisions.map(|division| {
        let is_chosen = region.as_ref() == Some(&division.code);
        (division.code.clone(), division.name.clone(), is_chosen)
    });
    let is_asked = site.system.searches_beyond(who);
    let said = page.visitor.as_ref().and_then(|visitor| site.purposes.of(&visitor.binding));
    let mut shown = SearchPage {
        p: page,
        asked,
        sorts: sorts.collect(),
        regions: regions.collect(),
        count: None,
        rows: Vec::new(),
        previous: None,
        next: None,
        empty: None,
        numbered: Vec::new(),
        things: Vec::new(),
        purpose: said.as_deref().filter(|_| is_asked).map(str::to_owned),
        asks: is_asked && (said.is_none() || !form.is_right()),
        may_export: page.visitor.as_ref().is_some_and(|visitor| visitor.may(EXPORT)),
        then: uri.path_and_query().map_or(HERE, PathAndQuery::as_str).to_owned(),
        form,
    };
    let words = &page.w.subjects;
    if asked.is_empty() {
        shown.empty = Some(Empty::new(page, words.begin, words.begin_text));
        return page.show_as(status, &shown);
    }
    if shown.asks {
        return page.show_as(status, &shown);
    }
    let (offset, limit) = match format {
        Some(_) => (0, MOST_IN_FILE),
        None => (usize::try_from(from).unwrap_or(DEEPEST).min(DEEPEST), ON_PAGE),
    };
    let chosen: Vec<String> = sort.into_iter().collect();
    let search = Search {
        text: asked,
        sorts: &chosen,
        region: region.as_deref(),
        offset,
        limit,
        when: When::default(),
    };
    let found = site.system.search(Some(who), &search).await;
    let found = found.map_err(|rejection| Problem::from(rejection).of_query())?;
    let facts = Facts::new(page, &pack, "/console/archive/");
    let purpose = said.filter(|_| is_asked);
    let searched = Searched { text: asked.to_owned(), purpose };
    if let Some(format) = format {
        if found.count > found.hits.len() {
            return Err(too_many(found.count as u64, MOST_IN_FILE as u64));
        }
        return Ok(searched.mark(file(page, &pack, &facts, &found, format)));
    }
    shown.rows = found.hits.iter().map(|hit| row(page, &pack, &facts, hit)).collect();
    shown.count = Some(found.count as u64);
    if offset == 0 {
        let numbered = match site.system.numbered(Some(who), asked).await {
            Ok(numbered) => numbered,
            // Who may find subjects need not be one who reads records.
            Err(Rejection::Denied(_)) => Vec::new(),
            Err(other) => return Err(other.into()),
        };
        shown.numbered = NumberedShown::all(&facts, numbered, "/console/records/");
        let visitor = page.visitor.as_deref();
        if visitor.is_some_and(|visitor| TRACE.iter().any(|may| visitor.may(may))) {
            shown.things = ThingShown::all(site, page, asked, super::trace::question).await?;
        }
    }
    if found.count == 0 && shown.numbered.is_empty() && shown.things.is_empty() {
        shown.empty = Some(Empty::new(page, words.nothing, words.nothing_text));
    }
    let place = |from: usize| page.with("from", &from.to_string());
    shown.previous = (offset > 0).then(|| place(offset.saturating_sub(ON_PAGE)));
    shown.next = (offset + ON_PAGE < found.count.min(DEEPEST)).then(|| place(offset + ON_PAGE));
    Ok(searched.mark(page.show_as(status, &shown)?))
}

fn row(page: &Page, pack: &pack::Pack, facts: &Facts<'_>, hit: &SubjectHit) -> Row {
    let words = &page.w.subjects;
    let is_shown = hit.by == hit.name || hit.by == plain_id(&hit.id) || hit.by == hit.address;
    let status = hit.status.as_ref().map(|(_, label)| Tag::new(Tone::Mute, page.say(label)));
    Row {
        href: format!("/console/archive/{}", in_path(&hit.id)),
        name: if hit.name.is_empty() { words.unnamed.to_owned() } else { hit.name.clone() },
        code: plain_id(&hit.id).to_owned(),
        others: hit.other_ids.len() as u64,
        sort: pack.subject(&hit.sort).map_or(String::new(), |s| page.say(&s.label).to_owned()),
        region: match hit.region.as_str() {
            "" => String::new(),
            code => facts.region(code, page.today()),
        },
        address: hit.address.clone(),
        status: status.map(|tag| tag.icon("info")),
        fits: if hit.is_former { words.former } else { fits(page, hit.how) },
        by: if is_shown { String::new() } else { hit.by.clone() },
    }
}

/// All that was found, as a file.
fn file(
    page: &Page,
    pack: &pack::Pack,
    facts: &Facts<'_>,
    found: &SubjectsFound,
    format: Format,
) -> Response {
    let words = &page.w.subjects;
    let columns = vec![
        Column::new("id", words.code),
        Column::new("name", words.name),
        Column::new("sort", words.sort),
        Column::new("region", words.region),
        Column::new("address", words.address),
        Column::new("status", page.w.reports.state),
        Column::new("fits", words.fits),
    ];
    let rows = found.hits.iter().map(|hit| {
        let Row { sort, region, fits, by, .. } = row(page, pack, facts, hit);
        let status = hit.status.as_ref().map_or("", |(_, label)| page.say(label));
        let fits = format!("{fits} {by}");
        let cells: [&str; 7] =
            [&hit.id, &hit.name, &sort, &region, &hit.address, status, fits.trim()];
        cells.into_iter().map(Value::from).collect()
    });
    whole(page, found.as_of.known, (format, "subjects"), columns, rows.collect(), Some(EXPORT))
}

fn fits(page: &Page, how: How) -> &'static str {
    let words = &page.w.subjects;
    match how {
        How::Exact => words.exact,
        How::Core => words.core,
        How::Beginning => words.beginning,
        How::Part => words.part,
        How::Abbreviation => words.abbreviation,
        How::Slip => words.slip,
        How::Sound | How::SoundBeginning | How::SoundPart | How::SoundAbbreviation => words.sound,
        How::Address | How::AddressParts => words.address,
    }
}
