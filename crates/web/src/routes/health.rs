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

/// How the program is; the numbers only for those with a token.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// Whether it answers from its store, and its readings follow.
    ok: bool,
    /// Records in the store.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    size: Option<u64>,
    /// Records that are in the readings.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    merged: Option<u64>,
    /// Records that are under a signed checkpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    signed: Option<u64>,
    /// By how many µs the machine's clock is behind what was told already.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    clock_behind: Option<i64>,
    /// What does not work.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    faults: Option<Vec<String>>,
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
    let of_more = |number: u64| asks_more.then_some(number);
    let health = Health {
        ok: fault.is_none(),
        size: of_more(size),
        merged: of_more(system.readings().watermark().get()),
        signed: of_more(system.published().records),
        clock_behind: asks_more.then(|| system.clock().behind()),
        faults: asks_more.then(|| fault.iter().map(ToString::to_string).collect()),
    };
    Ok(answer::json(StatusCode::OK, &health))
}
