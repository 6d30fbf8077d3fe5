//! `/api/v1/cases/{id}/documents`: documents of a case, drawn up, changed, sealed, void, served.

use std::str::FromStr;
use std::sync::Arc;

use app::Fault;
use app::document::{DocumentView, DocumentsView, Drawn, NewDocument, NewService};
use app::reading::When;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use clock::Date;
use model::json::{Limits, parse};
use model::{RecordId, SubjectId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::answer::{self, ReceiptAnswer};
use crate::body;
use crate::problem::{Problem, ProblemDocument};
use crate::query::{Query, id_in_path};
use crate::site::Site;

/// A document that is to be drawn up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentDraft {
    /// A UUID of version 7, made by the sender: sent again under it, the document is recognised.
    #[schema(value_type = Option<String>)]
    id: Option<Written<RecordId>>,
    /// The number of the step in the case.
    step: u64,
}

/// A text that takes the place of what stands on a draft.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentText {
    /// Lines, as the document has them under `text`.
    text: String,
    /// The version that the sender has seen: where it was changed since, nothing is done.
    seen: Option<u64>,
}

/// A document that is to be sealed.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentSeal {
    /// The version that the sender has seen.
    seen: Option<u64>,
}

/// A document that is declared void.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentVoid {
    /// Why.
    reason: String,
    /// The version that the sender has seen.
    seen: Option<u64>,
}

/// A service of a document.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentService {
    /// How, a code of the list `service-way`.
    way: String,
    /// The day on which it was handed over, sent, posted up or announced.
    #[schema(value_type = String)]
    tried_on: Day,
    /// The day of service by law; of a letter the day on its receipt.
    #[schema(value_type = Option<String>)]
    served_on: Option<Day>,
    /// Where, or in what it was announced.
    place: Option<String>,
    /// When the addressee agreed to be served electronically.
    #[schema(value_type = Option<String>)]
    consent_on: Option<Day>,
    /// Why it failed.
    failure: Option<String>,
    /// Who signed or witnessed.
    recipient: Option<String>,
    /// The officers who served it, as `person:…`.
    #[schema(value_type = Option<Vec<String>>)]
    officers: Option<Vec<Written<SubjectId>>>,
}

/// An id in JSON.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String", bound = "T: FromStr")]
struct Written<T: FromStr>(T);

impl<T: FromStr> TryFrom<String> for Written<T> {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| format!("{text} is no id of this sort"))
    }
}

/// A day in JSON.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct Day(Date);

impl TryFrom<String> for Day {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| format!("{text} is no day such as 2026-11-23"))
    }
}

/// What a sender gets for a version of a document that is durable.
#[derive(Serialize, ToSchema)]
pub struct DocumentVersion {
    /// The document.
    document: String,
    /// Its version.
    version: u64,
    /// The number that it bears.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    number: Option<String>,
    /// What it names and nobody has said.
    missing: Vec<String>,
    /// The file that the program of the electronic seal made, where one is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    sealed_file: Option<String>,
    /// The receipt of its record.
    receipt: ReceiptAnswer,
}

/// What a sender gets for a service that is durable.
#[derive(Serialize, ToSchema)]
pub struct DocumentServed {
    /// Its record.
    service: String,
    /// The receipt.
    receipt: ReceiptAnswer,
}

/// A body, read as what is asked for.
async fn sent<T: DeserializeOwned>(
    site: &Site,
    headers: &HeaderMap,
    body: Body,
) -> Result<T, Problem> {
    let body = body::json(headers, body, &site.bodies).await?;
    let value = parse(&body.bytes, Limits::default());
    let value = value.map_err(|error| app::Rejection::from(Fault::from(error)))?;
    serde_json::from_value(value).map_err(|error| {
        let fault = Fault::new(
            "document.form",
            format!("{error}; see /api/v1/openapi.json"),
            format!("内容不合格式：{error}；见 /api/v1/openapi.json"),
        );
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, fault)
    })
}

fn drawn(site_path: &str, drawn: Drawn, sealed_file: Option<RecordId>) -> Response {
    let status = if drawn.receipt.known { StatusCode::OK } else { StatusCode::CREATED };
    let place = format!("/api/v1/cases/{site_path}/documents/{}", drawn.document);
    let answer = DocumentVersion {
        document: drawn.document.to_string(),
        version: drawn.version,
        number: drawn.number,
        missing: drawn.missing,
        sealed_file: sealed_file.map(|id| id.to_string()),
        receipt: drawn.receipt.into(),
    };
    let mut response = answer::json(status, &answer);
    if let Ok(place) = HeaderValue::try_from(place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    response
}

/// The documents of a case, and of which steps they are still to be drawn up.
#[utoipa::path(
    get,
    path = "/api/v1/cases/{id}/documents",
    tag = "cases",
    params(
        ("id" = String, Path, description = "The record that opened the case"),
        ("known" = Option<u64>, Query, description = "With what the first so many records say; all that is merged, if left out"),
    ),
    responses(
        (status = 200, description = "The documents", body = DocumentsView),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn list(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let who = site.principal(request.headers()).await?;
    let mut query = Query::of(request.uri());
    let known = query.number("known");
    query.finish()?;
    let when = When { valid: None, known };
    let documents = site.system.documents(&who, id_in_path(&id)?, when).await?;
    Ok(answer::json(StatusCode::OK, &documents))
}

/// Draws up the document of a step, from its template and what the case says.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/documents",
    tag = "cases",
    params(("id" = String, Path, description = "The record that opened the case")),
    request_body = DocumentDraft,
    responses(
        (status = 200, description = "It was drawn up before", body = DocumentVersion),
        (status = 201, description = "It is durable", body = DocumentVersion),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn draw_up(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let who = site.principal(&parts.headers).await?;
    Query::of(&parts.uri).finish()?;
    let case = id_in_path(&id)?;
    let DocumentDraft { id: own, step } = sent(&site, &parts.headers, body).await?;
    let new = NewDocument { id: own.map(|id| id.0), step };
    Ok(drawn(&id, site.system.draw_up(&who, case, new).await?, None))
}

/// A document with what stands on it. What it says of persons is noted as read.
#[utoipa::path(
    get,
    path = "/api/v1/cases/{id}/documents/{document}",
    tag = "cases",
    params(
        ("id" = String, Path, description = "The record that opened the case"),
        ("document" = String, Path, description = "The document"),
        ("known" = Option<u64>, Query, description = "With services of the first so many records; all that is merged, if left out"),
    ),
    responses(
        (status = 200, description = "The document", body = DocumentView),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn read(
    State(site): State<Arc<Site>>,
    Path((id, document)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let who = site.principal(request.headers()).await?;
    let mut query = Query::of(request.uri());
    let known = query.number("known");
    query.finish()?;
    let (case, document) = (id_in_path(&id)?, id_in_path(&document)?);
    let view = site.system.document(&who, case, document, known).await?;
    Ok(answer::json(StatusCode::OK, &view))
}

/// Puts another text into a draft.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/documents/{document}/text",
    tag = "cases",
    params(
        ("id" = String, Path, description = "The record that opened the case"),
        ("document" = String, Path, description = "The document"),
    ),
    request_body = DocumentText,
    responses(
        (status = 201, description = "It is durable", body = DocumentVersion),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn revise(
    State(site): State<Arc<Site>>,
    Path((id, document)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let who = site.principal(&parts.headers).await?;
    Query::of(&parts.uri).finish()?;
    let (case, document) = (id_in_path(&id)?, id_in_path(&document)?);
    let DocumentText { text, seen } = sent(&site, &parts.headers, body).await?;
    let revised = site.system.revise_document(&who, case, document, seen, &text).await?;
    Ok(drawn(&id, revised, None))
}

/// Seals a draft: it takes its day and the next number of its series. Where a program for electronic
/// seals is named, its file is kept with it.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/documents/{document}/seal",
    tag = "cases",
    params(
        ("id" = String, Path, description = "The record that opened the case"),
        ("document" = String, Path, description = "The document"),
    ),
    request_body = DocumentSeal,
    responses(
        (status = 201, description = "It is durable", body = DocumentVersion),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn seal(
    State(site): State<Arc<Site>>,
    Path((id, document)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let who = site.principal(&parts.headers).await?;
    Query::of(&parts.uri).finish()?;
    let (case, document) = (id_in_path(&id)?, id_in_path(&document)?);
    let DocumentSeal { seen } = sent(&site, &parts.headers, body).await?;
    let sealed = site.system.seal_document(&who, case, document, seen).await?;
    // It is sealed; that the program of the office failed is told in the log, and it can be asked again.
    let file = site.system.seal_electronically(&who, case, document).await.unwrap_or_default();
    Ok(drawn(&id, sealed, file))
}

/// Declares a document void. It keeps its number.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/documents/{document}/void",
    tag = "cases",
    params(
        ("id" = String, Path, description = "The record that opened the case"),
        ("document" = String, Path, description = "The document"),
    ),
    request_body = DocumentVoid,
    responses(
        (status = 201, description = "It is durable", body = DocumentVersion),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn void(
    State(site): State<Arc<Site>>,
    Path((id, document)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let who = site.principal(&parts.headers).await?;
    Query::of(&parts.uri).finish()?;
    let (case, document) = (id_in_path(&id)?, id_in_path(&document)?);
    let DocumentVoid { reason, seen } = sent(&site, &parts.headers, body).await?;
    let gone = site.system.void_document(&who, case, document, seen, &reason).await?;
    Ok(drawn(&id, gone, None))
}

/// Records that a sealed document was served, or that it could not be. Where the document says by which
/// step of the case it is served, that step is taken with it, unless it was already.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/documents/{document}/services",
    tag = "cases",
    params(
        ("id" = String, Path, description = "The record that opened the case"),
        ("document" = String, Path, description = "The document"),
    ),
    request_body = DocumentService,
    responses(
        (status = 201, description = "It is durable", body = DocumentServed),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn serve(
    State(site): State<Arc<Site>>,
    Path((id, document)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let who = site.principal(&parts.headers).await?;
    Query::of(&parts.uri).finish()?;
    let (case, document) = (id_in_path(&id)?, id_in_path(&document)?);
    let said: DocumentService = sent(&site, &parts.headers, body).await?;
    let new = NewService {
        way: said.way,
        tried_on: said.tried_on.0,
        served_on: said.served_on.map(|day| day.0),
        place: said.place.unwrap_or_default(),
        consent_on: said.consent_on.map(|day| day.0),
        failure: said.failure.unwrap_or_default(),
        recipient: said.recipient.unwrap_or_default(),
        officers: said.officers.unwrap_or_default().into_iter().map(|one| one.0).collect(),
    };
    let (receipt, service) = site.system.serve_document(&who, case, document, new).await?;
    let answer = DocumentServed { service: service.to_string(), receipt: receipt.into() };
    Ok(answer::json(StatusCode::CREATED, &answer))
}
