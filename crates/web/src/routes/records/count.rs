//! `GET /api/v1/records/count`.

use std::sync::Arc;

use app::reading::{Selection, When};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::list::KIND;
use crate::answer::{self, AsOfAnswer};
use crate::problem::{Problem, ProblemDocument};
use crate::query::Query;
use crate::site::Site;

/// How many records there are.
#[derive(Serialize, ToSchema)]
pub struct Count {
    /// The kind.
    kind: String,
    /// How many of it count.
    count: u64,
    /// As of when.
    as_of: AsOfAnswer,
}

/// How many records of a kind count.
#[utoipa::path(
    get,
    path = "/api/v1/records/count",
    tag = "records",
    params(
        ("kind" = String, Query, description = "The kind"),
        ("filter" = Option<String>, Query, description = "A condition over the kind's typed fields"),
        ("region" = Option<String>, Query, description = "A division (GB/T 2260) with all below it, or `none`"),
        ("valid" = Option<String>, Query, description = "What had happened by then (RFC 3339)"),
        ("known" = Option<u64>, Query, description = "What the first so many records say"),
    ),
    responses(
        (status = 200, description = "The number", body = Count),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn count(State(site): State<Arc<Site>>, request: Request) -> Result<Response, Problem> {
    let who = site.principal(request.headers()).await?;
    let mut query = Query::of(request.uri());
    let (kind, filter, region) = (query.text("kind"), query.text("filter"), query.text("region"));
    if kind.is_none() {
        query.missing("kind", KIND);
    }
    let when = When { valid: query.time("valid"), known: query.number("known") };
    query.finish()?;
    let kind = kind.unwrap_or_default();
    let selection = Selection { filter: filter.as_deref(), region: region.as_deref() };
    let found = site.system.count(&who, &kind, &selection, when).await;
    let (count, as_of) = found.map_err(|rejection| Problem::from(rejection).of_query())?;
    Ok(answer::json(StatusCode::OK, &Count { kind, count, as_of: as_of.into() }))
}
