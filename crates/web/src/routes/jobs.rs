//! `GET /api/v1/jobs/{id}`.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::answer;
use crate::problem::{Problem, ProblemDocument};
use crate::query::{Query, id_in_path};
use crate::site::Site;

/// How a job stands.
#[derive(Serialize, ToSchema)]
pub struct Job {
    /// The job; that of a stream has the id of its batch.
    id: String,
    /// What sort of work it is: `stream`, `import`, `export` and the like.
    kind: String,
    /// `waiting`: it is to be done or gone on with; `running`: it is being done, also after a crash;
    /// `done`; `refused`: what was asked was wrong; `cancelled`: somebody ended it; `failed`: by a
    /// fault of the program.
    state: &'static str,
    /// How much is done.
    done: u64,
    /// Of how much.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    total: Option<u64>,
    /// How many faults were met.
    faults: u64,
    /// When it began.
    #[schema(format = DateTime)]
    created_at: String,
    /// When this was last written.
    #[schema(format = DateTime)]
    updated_at: String,
    /// What came of it: of a stream the counts, and the faults by line.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Object)]
    result: Option<Value>,
}

/// How a job stands and what came of it: for a sender whose connection broke.
#[utoipa::path(
    get,
    path = "/api/v1/jobs/{id}",
    tag = "records",
    params(("id" = String, Path, description = "The job; that of a stream has the id of its batch")),
    responses(
        (status = 200, description = "How it stands", body = Job),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn job(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let who = site.principal(request.headers()).await?;
    Query::of(request.uri()).finish()?;
    let job = site.system.job(&who, id_in_path(&id)?).await?;
    let answer = Job {
        id: job.id.to_string(),
        kind: job.kind,
        state: job.state.word(),
        done: job.done,
        total: job.total,
        faults: job.faults,
        created_at: job.created_at.to_string(),
        updated_at: job.updated_at.to_string(),
        result: job.result.and_then(|text| serde_json::from_str(&text).ok()),
    };
    Ok(answer::json(StatusCode::OK, &answer))
}
