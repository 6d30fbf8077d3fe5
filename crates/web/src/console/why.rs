//! `GET /console/why`: why somebody may see a record, or what is missing.

use std::sync::Arc;

use app::people::role::Why;
use app::{Fault, Rejection};
use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use model::RecordId;

use crate::account::place_name;
use crate::page::Page;
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::query::Query;
use crate::site::Site;

/// What is asked where nothing is said: to read the record, and what it says of persons.
const ASKED: [&str; 2] = ["archive.view", "personal.view"];

#[derive(Template)]
#[template(path = "console/why.html")]
struct WhyPage<'p> {
    p: &'p Page,
    record: RecordId,
    kind: String,
    answers: Vec<Answer>,
}

struct Answer {
    permission: String,
    allowed: bool,
    role: String,
    place: String,
    scope: String,
    stands_in: bool,
    delegated: bool,
    articles: Vec<u16>,
    basis: Option<String>,
    grant: Option<String>,
    missing: &'static str,
}

/// The page.
///
/// # Errors
/// A wrong parameter; a record that is not the reader's to see at all.
pub async fn why(State(site): State<Arc<Site>>, page: Page, uri: Uri) -> Result<Response, Problem> {
    let mut query = Query::of(&uri);
    let record = query.id("record");
    query.finish()?;
    let Some(record) = record else {
        let fault =
            Fault::new("query.missing", "name the record: ?record=…", "请指明记录：?record=…");
        return Err(Problem::new(StatusCode::BAD_REQUEST, fault));
    };
    let who = page.at(Desk::Console)?;
    let pack = site.system.pack();
    let (kind, found) = match site.system.why_record(who, record, &ASKED).await {
        Ok(found) => found,
        Err(Rejection::Denied(fault)) => return Err(Rejection::Denied(fault).into()),
        Err(other) => return Err(other.into()),
    };
    let words = &page.w.why;
    let answers = ASKED.iter().zip(found).map(|(permission, why)| {
        let label = pack.permissions().find(|p| p.id == *permission);
        let permission = label.map_or(*permission, |p| page.say(&p.label)).to_owned();
        match why {
            Why::By(reason) => Answer {
                permission,
                allowed: true,
                role: reason.role.map(|role| page.say(&role.label).to_owned()).unwrap_or_default(),
                place: place_name(&site, &page, &reason.held_in),
                scope: reason
                    .scope
                    .map(|scope| page.pick(scope.zh(), scope.word()).to_owned())
                    .unwrap_or_default(),
                stands_in: reason.acting_for.is_some(),
                delegated: reason.office_type.as_deref() == Some("delegated"),
                articles: reason.articles,
                basis: reason.basis,
                grant: reason.grant.map(|id| id.to_string()),
                missing: "",
            },
            Why::Not(missing) => Answer {
                permission,
                allowed: false,
                role: String::new(),
                place: String::new(),
                scope: String::new(),
                stands_in: false,
                delegated: false,
                articles: Vec::new(),
                basis: None,
                grant: None,
                missing: match missing {
                    app::door::Missing::Permission => words.no_permission,
                    app::door::Missing::Scope | app::door::Missing::Acting => words.no_scope,
                    app::door::Missing::Own | app::door::Missing::Office => words.other_office,
                    app::door::Missing::Region => words.other_region,
                    app::door::Missing::Trade | app::door::Missing::Kind => words.other_matter,
                },
            },
        }
    });
    let answers = answers.collect();
    let kind = pack.kind(&kind).map_or(kind.clone(), |kind| page.say(&kind.label).to_owned());
    page.show(&WhyPage { p: &page, record, kind, answers })
}
