//! `POST /api/v1/erasures`.

use std::sync::Arc;

use app::erasure::{Erasure, Request as Why};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::commands::Command;
use crate::answer::{self, ReceiptAnswer};
use crate::problem::{Problem, ProblemDocument};
use crate::query::Query;
use crate::site::Site;

/// Whose parts are to be erased.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct ErasureRequest {
    /// The person, as records show it: the sender, a slash, and its pseudonym.
    person: String,
    /// Why, in words.
    reason: String,
    /// The number under which the person asked.
    request_no: Option<String>,
}

/// What became of it.
#[derive(Serialize, ToSchema)]
pub struct ErasureAnswer {
    /// `erased`, or `restricted` where a law makes records be kept.
    outcome: &'static str,
    /// How many records had a part of the person, or have to be kept.
    records: u64,
    /// The last day on which one of them has to be kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    until: Option<String>,
    /// The law and article that keep them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    law: Option<String>,
    /// The receipt of the record that says so.
    receipt: ReceiptAnswer,
}

/// Erases what records say of a person, or restricts it where a law keeps them.
#[utoipa::path(
    post,
    path = "/api/v1/erasures",
    tag = "records",
    request_body = ErasureRequest,
    responses(
        (status = 201, description = "It is done", body = ErasureAnswer),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn erase(State(site): State<Arc<Site>>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let who = site.principal(&parts.headers).await?;
    Query::of(&parts.uri).finish()?;
    let mut command = Command::read(&site, &parts.headers, body).await?;
    let (person, reason) = (command.required("person"), command.required("reason"));
    let request_no = command.optional("request_no");
    command.finish()?;
    let why = Why { reason: &reason, request_no: request_no.as_deref() };
    let answer = match site.system.erase(&who, &person, why).await? {
        Erasure::Erased { receipt, records } => ErasureAnswer {
            outcome: "erased",
            records,
            until: None,
            law: None,
            receipt: receipt.into(),
        },
        Erasure::Restricted { until, law, records, receipt } => ErasureAnswer {
            outcome: "restricted",
            records,
            until: Some(until.to_string()),
            law: Some(law),
            receipt: receipt.into(),
        },
    };
    Ok(answer::json(StatusCode::CREATED, &answer))
}
