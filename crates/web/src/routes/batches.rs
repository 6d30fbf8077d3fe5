//! `GET /api/v1/batches/{id}`.

use std::sync::Arc;

use app::batch::BatchState;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::{self, ReceiptAnswer};
use crate::problem::{Problem, ProblemDocument};
use crate::query::{Query, id_in_path};
use crate::site::Site;

/// How a batch stands.
#[derive(Serialize, ToSchema)]
pub struct Batch {
    /// The batch.
    id: String,
    /// `unknown`: nothing of it is stored; `open`: it is being received, none of it counts;
    /// `closed`: its records count; `withdrawn`: it was taken back.
    state: &'static str,
    /// How many records of it are stored.
    records: u64,
    /// The receipt of its closing record.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    closing: Option<ReceiptAnswer>,
    /// When it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    closed_at: Option<String>,
    /// The position of the record that took it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    withdrawn_at: Option<u64>,
}

/// How a batch stands: for a sender that did not get its answer.
#[utoipa::path(
    get,
    path = "/api/v1/batches/{id}",
    tag = "records",
    params(("id" = String, Path, description = "The batch")),
    responses(
        (status = 200, description = "How it stands", body = Batch),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn batch(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let who = site.principal(request.headers()).await?;
    Query::of(request.uri()).finish()?;
    let view = site.system.batch(&who, id_in_path(&id)?).await?;
    let answer = Batch {
        id: view.batch.to_string(),
        state: match view.state {
            BatchState::Unknown => "unknown",
            BatchState::Open => "open",
            BatchState::Closed => "closed",
            BatchState::Withdrawn => "withdrawn",
        },
        records: view.records,
        closing: view.closing.map(ReceiptAnswer::from),
        closed_at: view.closed_at.map(|at| at.to_string()),
        withdrawn_at: view.withdrawn_at,
    };
    Ok(answer::json(StatusCode::OK, &answer))
}
