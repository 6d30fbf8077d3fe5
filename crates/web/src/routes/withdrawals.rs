//! `POST /api/v1/withdrawals`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use model::RecordId;
use utoipa::ToSchema;

use super::commands::Command;
use super::records::send::one;
use crate::answer::ReceiptAnswer;
use crate::problem::{Problem, ProblemDocument};
use crate::query::{Query, RECORD_ID};
use crate::site::Site;

/// What is to be taken back.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct Withdrawal {
    /// A batch, or a record that came by itself.
    target: String,
    /// Why, in words.
    reason: String,
}

/// Takes a batch or a record back.
#[utoipa::path(
    post,
    path = "/api/v1/withdrawals",
    tag = "records",
    request_body = Withdrawal,
    responses(
        (status = 201, description = "It is taken back", body = ReceiptAnswer),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn withdraw(
    State(site): State<Arc<Site>>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let who = site.principal(&parts.headers).await?;
    Query::of(&parts.uri).finish()?;
    let mut command = Command::read(&site, &parts.headers, body).await?;
    let (target, reason) = (command.required("target"), command.required("reason"));
    let id: Option<RecordId> = target.parse().ok();
    if id.is_none() && !target.is_empty() {
        command.wrong("target", RECORD_ID);
    }
    command.finish()?;
    let Some(id) = id else { return Err(Problem::bare(StatusCode::UNPROCESSABLE_ENTITY)) };
    let receipt = site.system.withdraw(&who, id, &reason).await?;
    Ok(one(StatusCode::CREATED, receipt, None))
}
