//! `/console/doubles`: entries that may be one subject, and what an officer says to it.

use std::sync::Arc;

use app::System;
use app::registry::{Side, Suggestion};
use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use crate::page::Page;
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
    query.finish()?;
    let found = site.system.suggestions(who, from, ON_PAGE).await?;
    let pack = site.system.pack();
    let facts = Facts::new(&page, &pack, "/console/archive/");
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
        next: (from + ON_PAGE < found.count)
            .then(|| page.with("from", &(from + ON_PAGE).to_string())),
    })
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
