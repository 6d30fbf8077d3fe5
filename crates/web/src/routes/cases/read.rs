//! `GET /api/v1/cases/{id}`.

use std::sync::Arc;

use app::case::CaseView;
use app::reading::When;
use axum::extract::{Path, Request, State};
use axum::response::Response;

use crate::answer;
use crate::problem::{Problem, ProblemDocument};
use crate::query::{Query, id_in_path};
use crate::site::Site;

/// A case: its state, its steps, its terms, what has to be done and what can be, and why not.
///
/// Everything follows from its records; nothing of it is stored.
#[utoipa::path(
    get,
    path = "/api/v1/cases/{id}",
    tag = "cases",
    params(
        ("id" = String, Path, description = "The record that opened it"),
        ("valid" = Option<String>, Query, description = "What had happened by then (RFC 3339)"),
        ("known" = Option<u64>, Query, description = "What the first so many records say"),
        ("If-None-Match" = Option<String>, Header, description = "The ETag of an earlier answer"),
    ),
    responses(
        (status = 200, description = "The case", body = CaseView, headers(("ETag" = String, description = "Changes with the case and with the time that is left"))),
        (status = 304, description = "It stands as before"),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn read(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let who = site.principal(request.headers()).await?;
    let mut query = Query::of(request.uri());
    let when = When { valid: query.time("valid"), known: query.number("known") };
    query.finish()?;
    let case = site.system.case(&who, id_in_path(&id)?, when).await;
    let case = case.map_err(|rejection| Problem::from(rejection).of_query())?;
    Ok(answer::tagged(request.headers(), serde_json::to_vec(&case).unwrap_or_default()))
}
