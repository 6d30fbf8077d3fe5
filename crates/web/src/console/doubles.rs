//! `/console/doubles`: entries that may be one subject, and what an officer says to it.

use std::sync::Arc;

use app::System;
use app::registry::suggest::MOST_SUGGESTIONS;
use app::registry::{Side, Suggestion, Suggestions};
use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use crate::page::Page;
use crate::page::export::{Column, Format, too_many, whole};
use crate::page::facts::{Facts, in_path, plain_id};
use crate::page::form::Form;
use crate::page::ui::{Banner, Empty, Tone};
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::query::Query;
use crate::site::Site;

/// Pairs on a page.
const ON_PAGE: usize = 20;

#[derive(Template)]
#[template(path = "console/doubles.html")]
struct Doubles<'p> {
    p: &'p Page,
    count: u64,
    pairs: Vec<Pair>,
    done: Option<Banner<'p>>,
    empty: Option<Empty<'p>>,
    next: Option<String>,
    may_export: bool,
}

struct Pair {
    number: usize,
    sort: String,
    sides: [SideShown; 2],
}

struct SideShown {
    id: String,
    href: String,
    code: String,
    name: String,
    place: String,
}

/// The list.
///
/// # Errors
/// Nobody of the console is logged in, or may not register; a fault of the store.
pub async fn list(
    State(site): State<Arc<Site>>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let who = page.at(Desk::Console)?;
    let mut query = Query::of(request.uri());
    let from = query.number("from").and_then(|from| usize::try_from(from).ok()).unwrap_or(0);
    let done = query.text("done");
    let format = Format::read(&mut query);
    query.finish()?;
    let (from, limit) = if format.is_some() { (0, MOST_SUGGESTIONS) } else { (from, ON_PAGE) };
    let found = site.system.suggestions(who, from, limit).await?;
    let pack = site.system.pack();
    let facts = Facts::new(&page, &pack, "/console/archive/");
    if let Some(format) = format {
        if found.count > found.some.len() {
            return Err(too_many(found.count as u64, MOST_SUGGESTIONS as u64));
        }
        return Ok(file(&page, &pack, &facts, &found, format));
    }
    let words = &page.w.doubles;
    let pairs = found.some.into_iter().enumerate();
    let pairs = pairs.map(|(number, suggestion)| {
        let Suggestion { entry, double_entry, sort } = suggestion;
        let sort = pack.subject(&sort).map_or(sort, |s| page.say(&s.label).to_owned());
        Pair { number, sort, sides: [entry, double_entry].map(|side| shown(&page, &facts, side)) }
    });
    let done = done.and_then(|done| match done.as_str() {
        "same" => Some(words.done_same),
        "different" => Some(words.done_different),
        _ => None,
    });
    page.show(&Doubles {
        p: &page,
        count: found.count as u64,
        pairs: pairs.collect(),
        done: done.map(|words| Banner::new(&page, Tone::Ok, words)),
        empty: (found.count == 0).then(|| Empty::new(&page, words.nothing, words.nothing_text)),
        next: (from.saturating_add(ON_PAGE) < found.count)
            .then(|| page.with("from", &(from + ON_PAGE).to_string())),
        may_export: page.visitor.as_ref().is_some_and(|visitor| visitor.may(EXPORT)),
    })
}

/// The permission to take the list away as a file.
const EXPORT: &str = app::export::RUN;

/// All pairs, as a file.
fn file(
    page: &Page,
    pack: &pack::Pack,
    facts: &Facts<'_>,
    found: &Suggestions,
    format: Format,
) -> Response {
    let words = &page.w.subjects;
    let of = |side: &str, what: &str| format!("{side} · {what}");
    let (one, other) = (page.w.doubles.one, page.w.doubles.other);
    let columns = vec![
        Column::new("sort", words.sort),
        Column::new("entry", of(one, words.code)),
        Column::new("entry_name", of(one, words.name)),
        Column::new("entry_region", of(one, words.region)),
        Column::new("entry_address", of(one, words.address)),
        Column::new("double_entry", of(other, words.code)),
        Column::new("double_entry_name", of(other, words.name)),
        Column::new("double_entry_region", of(other, words.region)),
        Column::new("double_entry_address", of(other, words.address)),
    ];
    let rows = found.some.iter().map(|pair| {
        let sort = pack.subject(&pair.sort).map_or(&*pair.sort, |sort| page.say(&sort.label));
        let mut cells = vec![Value::from(sort)];
        for side in [&pair.entry, &pair.double_entry] {
            let region = facts.region(&side.region, page.today());
            let texts: [&str; 4] = [&side.id, &side.name, &region, &side.address];
            cells.extend(texts.map(Value::from));
        }
        cells
    });
    whole(page, found.as_of.known, (format, "doubles"), columns, rows.collect(), Some(EXPORT))
}

fn shown(page: &Page, facts: &Facts<'_>, side: Side) -> SideShown {
    let region = facts.region(&side.region, page.today());
    SideShown {
        href: format!("/console/archive/{}", in_path(&side.id)),
        code: plain_id(&side.id).to_owned(),
        place: if side.address.is_empty() { region } else { format!("{region} {}", side.address) },
        name: side.name,
        id: side.id,
    }
}

/// What an officer says.
///
/// # Errors
/// As [`list`]; a form that is not ours.
pub async fn decide(
    State(site): State<Arc<Site>>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let who = Arc::clone(page.at(Desk::Console)?);
    let mut form = Form::read(&page, request).await?;
    let (entry, double_entry) = (form.text("entry"), form.text("double_entry"));
    let (verdict, reason) = (form.text("verdict"), form.text("reason"));
    form.finish()?;
    let is_same = match verdict.as_str() {
        "same" => true,
        "different" => false,
        _ => return Err(Problem::bare(StatusCode::BAD_REQUEST)),
    };
    let decided = site.system.decide_double(&who, &entry, &double_entry, is_same, &reason).await?;
    // The list is to show what was said.
    site.system.registry().wait_for(decided.position + 1, System::PATIENCE).await?;
    Ok(page.go(&format!("/console/doubles?done={verdict}")))
}
