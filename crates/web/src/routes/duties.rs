//! `GET /api/v1/duties`: what has to be done, by when, by whom.

use std::sync::Arc;

use app::duty::list::{DutyItem, MOST_ON_PAGE, Selection, View};
use app::reading::When;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use store::readings::DutyPlace;
use utoipa::ToSchema;

use crate::answer::{self, AsOfAnswer};
use crate::problem::{Problem, ProblemDocument};
use crate::query::Query;
use crate::site::Site;

/// What a place in the order of duties looks like.
pub const PLACE: (&str, &str) = ("what an answer gave as next", "上一次返回的 next");

/// A page of duties, those that are due first at the beginning.
#[derive(Serialize, ToSchema)]
#[schema(as = Duties)]
pub struct DutiesAnswer {
    /// As of when the question was answered.
    as_of: AsOfAnswer,
    /// By which moment it is told how much is left.
    #[schema(format = DateTime)]
    now: String,
    /// The duties.
    duties: Vec<DutyItem>,
    /// What to give as `after` for the next page; left out on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<String>,
}

/// A place as text.
pub fn place_text(place: DutyPlace) -> String {
    format!("{}.{}.{}", place.overdue_from, place.case, place.ordinal)
}

/// The place that a text says.
pub fn place_of(text: &str) -> Option<DutyPlace> {
    let mut parts = text.split('.');
    let place = DutyPlace {
        overdue_from: parts.next()?.parse().ok()?,
        case: parts.next()?.parse().ok()?,
        ordinal: parts.next()?.parse().ok()?,
    };
    parts.next().is_none().then_some(place)
}

/// Duties: what has to be done, by when, by whom.
#[utoipa::path(
    get,
    path = "/api/v1/duties",
    tag = "cases",
    params(
        ("view" = Option<String>, Query, description = "`mine` (what is nobody's yet and the token may do), `pressing` (pressing or overdue) or `all`; all, where it is left out"),
        ("procedure" = Option<String>, Query, description = "Of one procedure"),
        ("office" = Option<String>, Query, description = "Of one office, with those whose cases it has taken over"),
        ("below" = Option<bool>, Query, description = "And of all offices below it"),
        ("account" = Option<String>, Query, description = "Of one person"),
        ("overdue" = Option<bool>, Query, description = "Only what is overdue"),
        ("valid" = Option<String>, Query, description = "By what had happened by then"),
        ("known" = Option<u64>, Query, description = "By what the first so many records say"),
        ("after" = Option<String>, Query, description = "What the page before gave as next"),
        ("limit" = Option<u64>, Query, description = "How many at most, up to 200"),
    ),
    responses(
        (status = 200, description = "A page of duties", body = DutiesAnswer),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn list(State(site): State<Arc<Site>>, request: Request) -> Result<Response, Problem> {
    let who = site.principal(request.headers()).await?;
    let mut query = Query::of(request.uri());
    let flag = ("true or false", "true 或 false");
    let read_flag = |text: &str| match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    };
    let view =
        query.read("view", ("mine, pressing or all", "mine、pressing 或 all"), View::of_word);
    let selection = Selection {
        view: view.unwrap_or(View::All),
        procedure: query.text("procedure"),
        office: query.text("office"),
        below: query.read("below", flag, read_flag).unwrap_or(false),
        account: query.text("account"),
        overdue: query.read("overdue", flag, read_flag).unwrap_or(false),
    };
    let when = When { valid: query.time("valid"), known: query.number("known") };
    let after = query.read("after", PLACE, place_of);
    let limit = query.limit(MOST_ON_PAGE);
    query.finish()?;
    let found = site.system.duties(&who, &selection, when, after, limit).await?;
    let answer = DutiesAnswer {
        as_of: found.as_of.into(),
        now: found.now.to_string(),
        next: found.next.map(place_text),
        duties: found.duties,
    };
    Ok(answer::json(StatusCode::OK, &answer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written_and_nothing_else_is() {
        let place = DutyPlace { overdue_from: i64::MAX, case: 7, ordinal: 2 };
        assert_eq!(place_of(&place_text(place)), Some(place));
        for text in ["", "1.2", "1.2.3.4", "1.-2.3", "a.b.c", "1.2.3 "] {
            assert_eq!(place_of(text), None, "{text}");
        }
    }
}
