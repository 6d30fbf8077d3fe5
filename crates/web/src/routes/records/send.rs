//! `POST /api/v1/records`.

use std::sync::Arc;
use std::time::Duration;

use app::Principal;
use app::intake::Receipt;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::split::{Sent, split};
use super::{NDJSON, stream};
use crate::answer::{self, ReceiptAnswer};
use crate::body;
use crate::problem::{Problem, ProblemDocument};
use crate::query::Query;
use crate::site::Site;

/// How long a sender waits for a signature at most.
const SIGNING: Duration = Duration::from_secs(10);

/// The receipts of a list.
#[derive(Serialize, ToSchema)]
pub struct Receipts {
    /// One for each record, in their order.
    pub receipts: Vec<ReceiptAnswer>,
    /// The batch, where one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub batch: Option<String>,
    /// The receipt of the record that completes the batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub closing: Option<ReceiptAnswer>,
    /// The note with a signed checkpoint that covers all of them, where that was waited for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub checkpoint: Option<String>,
}

/// Sends records: one object, a list of 1 to 1000 (all or none), or a stream of lines.
///
/// What is acknowledged is durable. Sent again with the same ids, records are recognised.
#[utoipa::path(
    post,
    path = "/api/v1/records",
    tag = "records",
    params(
        ("batch" = Option<String>, Query, description = "A UUID of version 7: the records can be taken back together under it"),
        ("wait" = Option<String>, Query, description = "`signed`: answer when the records are under a signed checkpoint, within 10 seconds"),
        ("on_error" = Option<String>, Query, description = "For a stream: `refuse` (nothing is stored where one line is wrong) or `proceed` (wrong lines are left out)"),
        ("source" = Option<String>, Query, description = "For a stream: where it comes from"),
    ),
    request_body(content(
        (answer::Draft = "application/json"),
        (String = "application/x-ndjson"),
    )),
    responses(
        (status = 200, description = "All of it was known before", body = Answered),
        (status = 201, description = "It is durable", body = Answered),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn send(State(site): State<Arc<Site>>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let who = site.principal(&parts.headers).await?;
    if body::is_of_type(&parts.headers, NDJSON) {
        return stream::receive(&site, &who, &parts, body).await;
    }
    if !body::is_of_type(&parts.headers, "application/json") {
        return Err(body::wrong_type(&["application/json", NDJSON]));
    }
    whole(&site, &who, &parts, body).await
}

/// What a sender of records gets.
#[derive(ToSchema)]
#[schema(as = Sent)]
#[serde(untagged)]
#[allow(dead_code)]
pub enum Answered {
    /// For one object.
    One(ReceiptAnswer),
    /// For a list.
    Many(Receipts),
    /// For a stream.
    Stream(stream::StreamReport<'static>),
}

async fn whole(
    site: &Site,
    who: &Principal,
    parts: &Parts,
    body: Body,
) -> Result<Response, Problem> {
    let mut query = Query::of(&parts.uri);
    let (batch, waits) = (query.id("batch"), query.waits());
    query.finish()?;
    let body = body::json(&parts.headers, body, &site.bodies).await?;
    let system = &site.system;
    let (drafts, is_list) = match split(&body.bytes)? {
        Sent::One(draft) => (vec![*draft], false),
        Sent::Many(drafts) => (drafts, true),
    };
    let mut receipts = system.append(who, drafts, batch).await?;
    let last = receipts.iter().map(|receipt| receipt.position).max();
    let checkpoint = match last.filter(|_| waits) {
        Some(last) => signed(site, last).await?,
        None => None,
    };
    let is_known = receipts.iter().all(|receipt| receipt.known);
    let status = if is_known { StatusCode::OK } else { StatusCode::CREATED };
    let closing = batch.and_then(|_| receipts.pop());
    if !is_list && closing.is_none() {
        let Some(receipt) = receipts.pop() else {
            return Err(Problem::bare(StatusCode::INTERNAL_SERVER_ERROR));
        };
        return Ok(one(status, receipt, checkpoint));
    }
    let answer = Receipts {
        receipts: receipts.into_iter().map(ReceiptAnswer::from).collect(),
        batch: batch.map(|batch| batch.to_string()),
        closing: closing.map(ReceiptAnswer::from),
        checkpoint,
    };
    Ok(answer::json(status, &answer))
}

/// The answer for one record.
pub fn one(status: StatusCode, receipt: Receipt, checkpoint: Option<String>) -> Response {
    let answer = ReceiptAnswer { checkpoint, ..receipt.into() };
    let mut response = answer::json(status, &answer);
    if let Ok(place) = HeaderValue::try_from(format!("/api/v1/records/{}", answer.id)) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    response
}

/// Waits until the record at a position is under a signed checkpoint, and gives the note; none
/// where that takes too long.
pub async fn signed(site: &Site, position: u64) -> Result<Option<String>, Problem> {
    let evidence = site.system.evidence();
    if !evidence.wait_for(position, SIGNING).await {
        return Ok(None);
    }
    let published = evidence.published();
    let (origin, _) = evidence.place(position);
    if published.origin == origin {
        return Ok(Some(published.checkpoint));
    }
    // A record that was known before may be in a log from before a restore.
    let logs = site.system.reader().db().logs().await?;
    let note = logs.into_iter().find(|log| log.origin == origin).and_then(|log| log.checkpoint);
    Ok(note.and_then(|note| String::from_utf8(note).ok()))
}
