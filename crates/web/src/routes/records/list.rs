//! `GET /api/v1/records`.

use std::sync::Arc;

use app::reading::{MOST_ON_PAGE, Selection};
use axum::extract::{Request, State};
use axum::response::Response;

use crate::cursor::Cursor;
use crate::problem::{Problem, ProblemDocument};
use crate::query::Query;
use crate::routes::page::{PageAnswer, page};
use crate::site::Site;

/// What the parameter `kind` must be.
pub(super) const KIND: (&str, &str) =
    ("a kind of record; /api/v1/kinds lists them", "记录类型，见 /api/v1/kinds");

/// Records of a kind that count, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/records",
    tag = "records",
    params(
        ("kind" = String, Query, description = "The kind"),
        ("filter" = Option<String>, Query, description = "A condition over the kind's typed fields, such as `result = 'fail' and issued_on >= 2026-01-01`"),
        ("region" = Option<String>, Query, description = "A division (GB/T 2260) with all below it, or `none`"),
        ("valid" = Option<String>, Query, description = "What had happened by then (RFC 3339)"),
        ("known" = Option<u64>, Query, description = "What the first so many records say; a receipt's position + 1 sees its record"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<usize>, Query, description = "Records on the page, 1 to 500; 50 if left out", minimum = 1, maximum = 500),
    ),
    responses(
        (status = 200, description = "A page", body = PageAnswer, headers(("Link" = String, description = "rel=next"))),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn list(State(site): State<Arc<Site>>, request: Request) -> Result<Response, Problem> {
    let who = site.principal(request.headers()).await?;
    let mut query = Query::of(request.uri());
    let (kind, filter, region) = (query.text("kind"), query.text("filter"), query.text("region"));
    if kind.is_none() {
        query.missing("kind", KIND);
    }
    let kind = kind.unwrap_or_default();
    let question =
        ["kind", &kind, filter.as_deref().unwrap_or(""), region.as_deref().unwrap_or("")];
    let (when, after) = Cursor::read(&mut query, &question);
    let limit = query.limit(MOST_ON_PAGE);
    query.finish()?;
    let selection = Selection { filter: filter.as_deref(), region: region.as_deref() };
    let found = site.system.list(&who, &kind, &selection, when, after, limit).await;
    let found = found.map_err(|rejection| Problem::from(rejection).of_query())?;
    page(request.uri(), found, &question)
}
