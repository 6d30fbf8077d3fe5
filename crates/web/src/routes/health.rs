//! `GET /api/v1/health`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer;
use crate::problem::{Problem, ProblemDocument};
use crate::query::Query;
use crate::site::Site;

/// How the program is.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// Whether it answers from its store.
    ok: bool,
    /// More, for those with a token.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    more: Option<HealthDetails>,
}

/// How the program is, in numbers.
#[derive(Serialize, ToSchema)]
pub struct HealthDetails {
    /// Records in the store.
    size: u64,
    /// Records that are in the readings.
    merged: u64,
    /// Records that are under a signed checkpoint.
    signed: u64,
    /// By how many µs the machine's clock is behind the last record.
    clock_behind: i64,
    /// What does not work.
    faults: Vec<String>,
}

/// Whether the program is well; with a token also how far it is.
#[utoipa::path(
    get,
    path = "/api/v1/health",
    tag = "service",
    security((), ("token" = [])),
    responses(
        (status = 200, description = "It answers", body = Health),
        (status = "default", description = "It does not", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn health(State(site): State<Arc<Site>>, request: Request) -> Result<Response, Problem> {
    let asks_more = request.headers().contains_key(header::AUTHORIZATION);
    if asks_more {
        site.principal(request.headers()).await?;
    }
    Query::of(request.uri()).finish()?;
    let system = &site.system;
    let size = system.reader().size().await?;
    let fault = system.reading_fault();
    let more = asks_more.then(|| HealthDetails {
        size,
        merged: system.readings().watermark().get(),
        signed: system.published().records,
        clock_behind: system.clock().behind(),
        faults: fault.iter().map(ToString::to_string).collect(),
    });
    Ok(answer::json(StatusCode::OK, &Health { ok: fault.is_none(), more }))
}
