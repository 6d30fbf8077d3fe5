//! `GET /api/v1/records/{id}/proof`.

use std::sync::Arc;

use app::Fault;
use app::evidence::EvidenceError;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::send::signed;
use crate::problem::{Problem, ProblemDocument};
use crate::query::{Query, id_in_path};
use crate::site::Site;

/// The proof that a record is in the evidence log, as a C2SP tlog-proof file. It opens the leaf, so
/// it shows what the record's envelope says; the payload stands there by its digests.
#[utoipa::path(
    get,
    path = "/api/v1/records/{id}/proof",
    tag = "records",
    params(
        ("id" = String, Path, description = "The record"),
        ("wait" = Option<String>, Query, description = "`signed`: wait until the record is under a signed checkpoint, within 10 seconds"),
    ),
    responses(
        (status = 200, description = "The proof", body = String, content_type = "text/plain"),
        (status = "default", description = "What is wrong; 404 with Retry-After while it is not signed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn proof(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let who = site.principal(request.headers()).await?;
    let mut query = Query::of(request.uri());
    let waits = query.waits();
    query.finish()?;
    let id = id_in_path(&id)?;
    let record = site.system.stored(&who, id).await?;
    if waits {
        signed(&site, record.position).await?;
    }
    let proof = site.system.evidence().proof(site.system.reader(), &record).await;
    let proof = proof.map_err(|error| match error {
        EvidenceError::Store(error) => error,
        other => store::Error::Damaged { what: other.to_string() },
    })?;
    let Some(proof) = proof else {
        let fault = Fault::new(
            "proof.not_signed",
            "the record is not under a signed checkpoint yet; ask again in a second, or with wait=signed",
            "记录尚未纳入已签名的检查点；请一秒后再试，或加上 wait=signed",
        );
        return Err(Problem::new(StatusCode::NOT_FOUND, fault).retry_after(1));
    };
    let mut response = Response::new(Body::from(proof.to_string()));
    let headers = response.headers_mut();
    let media = HeaderValue::from_static("text/plain; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, media);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    let name = format!("attachment; filename=\"{id}.tlog-proof\"");
    if let Ok(name) = HeaderValue::try_from(name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
