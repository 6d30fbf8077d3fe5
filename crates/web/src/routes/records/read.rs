//! `GET /api/v1/records/{id}`.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use crate::answer::{self, Record};
use crate::problem::{Problem, ProblemDocument};
use crate::query::{Query, id_in_path};
use crate::site::Site;

/// A record, with how it stands.
#[utoipa::path(
    get,
    path = "/api/v1/records/{id}",
    tag = "records",
    params(
        ("id" = String, Path, description = "The record"),
        ("known" = Option<u64>, Query, description = "How it stood when so many records were known; all of them, if left out"),
        ("If-None-Match" = Option<String>, Header, description = "The ETag of an earlier answer"),
    ),
    responses(
        (status = 200, description = "The record", body = Record, headers(("ETag" = String, description = "Changes with the standing"))),
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
    let known = query.number("known");
    query.finish()?;
    let id = id_in_path(&id)?;
    if let Some(known) = known {
        check_known(&site, known).await?;
    }
    let view = site.system.record(&who, id, known).await?;
    let body = serde_json::to_vec(&view.to_json()?).unwrap_or_default();
    Ok(answer::tagged(request.headers(), body))
}

/// No reader knows more than there is.
async fn check_known(site: &Site, known: u64) -> Result<(), Problem> {
    let size = site.system.reader().size().await?;
    if known <= size {
        return Ok(());
    }
    let fault = app::Fault::new(
        "read.known",
        format!("the store has {size} records, not {known}; ask for fewer"),
        format!("库中有 {size} 条记录，不足 {known} 条；请减小 known"),
    );
    Err(Problem::new(StatusCode::BAD_REQUEST, fault).of_query())
}
