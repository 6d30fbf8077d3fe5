//! `/epcis/capture`: documents of events, taken in by jobs.

use std::sync::Arc;

use app::Fault;
use app::job::{Jobs, ToldFault};
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use store::job::{Job, JobState};

use super::negotiate::{Discovery, asked, discover, versioned};
use super::problem;
use crate::answer;
use crate::body::{Packing, Source, Unpacker, busy, is_of_type, wrong_type};
use crate::problem::Problem;
use crate::query::id_in_path;
use crate::site::Site;

/// The media types of documents.
pub const DOCUMENTS: [&str; 4] =
    ["application/json", "application/ld+json", "application/xml", "text/xml"];

/// A job of capture as EPCIS shows it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CaptureJob {
    #[serde(rename = "captureID")]
    capture_id: String,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<String>,
    running: bool,
    success: bool,
    capture_error_behaviour: &'static str,
    errors: Vec<CaptureError>,
    /// Never given: the published schema takes either this or `errors` by whether it is text.
    error_file: Option<String>,
    /// Events that were checked, or, once it is being stored, that are durable.
    #[serde(rename = "zhiheng:done")]
    done: u64,
    /// Events with faults.
    #[serde(rename = "zhiheng:wrong")]
    wrong: u64,
    /// What came of it, in its own words.
    #[serde(rename = "zhiheng:said", skip_serializing_if = "Vec::is_empty")]
    said: Vec<SaidOf>,
}

#[derive(Serialize)]
struct SaidOf {
    zh: String,
    en: String,
    value: String,
}

/// What is wrong with an event of a document.
#[derive(Serialize)]
struct CaptureError {
    #[serde(rename = "type")]
    kind: String,
    title: String,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pointer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    code: String,
    detail_zh: String,
}

impl From<ToldFault> for CaptureError {
    fn from(fault: ToldFault) -> Self {
        let status = match fault.code.as_str() {
            "epcis.taken" => StatusCode::CONFLICT,
            code if code.starts_with("door.") || code == "job.right_ended" => StatusCode::FORBIDDEN,
            code if code.starts_with("store.") => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        Self {
            kind: problem::kind(status, &fault.code),
            title: fault.en.clone(),
            status: status.as_u16(),
            detail: fault.en,
            pointer: fault.pointer,
            line: fault.line,
            code: fault.code,
            detail_zh: fault.zh,
        }
    }
}

fn shown(job: Job) -> CaptureJob {
    let outcome = Jobs::outcome(&job);
    let proceed = job
        .parameters
        .as_deref()
        .and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok())
        .is_some_and(|parameters| parameters["proceed"] == true);
    let is_over = job.state.is_end();
    let is_right = job.faults == 0 && (!is_over || job.state == JobState::Done);
    CaptureJob {
        capture_id: job.id.to_string(),
        created_at: job.created_at.to_string(),
        finished_at: is_over.then(|| job.updated_at.to_string()),
        running: !is_over,
        success: is_right,
        capture_error_behaviour: if proceed { "proceed" } else { "rollback" },
        errors: match is_right {
            true => Vec::new(),
            false => outcome.faults.into_iter().map(CaptureError::from).collect(),
        },
        error_file: None,
        done: job.done,
        wrong: job.faults,
        said: outcome
            .said
            .into_iter()
            .map(|said| SaidOf { zh: said.zh, en: said.en, value: said.value })
            .collect(),
    }
}

/// `OPTIONS /epcis/capture`.
pub async fn options(State(site): State<Arc<Site>>, request: Parts) -> Result<Response, Problem> {
    let discovery = Discovery { allow: "OPTIONS, GET, POST", captures: true };
    discover(&site, &request, discovery).await
}

/// Whether a request bears a document of events.
///
/// # Errors
/// Another media type.
pub fn is_document(headers: &HeaderMap) -> Result<(), Problem> {
    match DOCUMENTS.iter().any(|media| is_of_type(headers, media)) {
        true => Ok(()),
        false => Err(wrong_type(&DOCUMENTS)),
    }
}

/// Whether the right events are wanted where some are wrong.
fn proceeds(headers: &HeaderMap) -> Result<bool, Problem> {
    let named = ["gs1-capture-error-behaviour", "gs1-epcis-capture-error-behaviour"];
    let value = named.iter().find_map(|name| headers.get(*name));
    match value.map(|value| value.to_str().unwrap_or_default().trim()) {
        None | Some("rollback" | "") => Ok(false),
        Some("proceed") => Ok(true),
        Some(_) => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            Fault::new(
                "epcis.error_behaviour",
                "GS1-Capture-Error-Behaviour must be rollback or proceed, or left out",
                "GS1-Capture-Error-Behaviour 应为 rollback 或 proceed，或不填",
            ),
        )),
    }
}

/// `POST /epcis/capture`: a document of any length. It is taken in by a job.
pub async fn receive(State(site): State<Arc<Site>>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let who = site.principal(&parts.headers).await?;
    is_document(&parts.headers)?;
    let proceed = proceeds(&parts.headers)?;
    let packing = Packing::of(&parts.headers)?;
    let _permit = site.streams.try_acquire().map_err(|_| busy())?;
    let mut receiving = site.system.begin_capture(&who, proceed)?;
    let mut source = Source::stream(body);
    match packing {
        Packing::Plain => {
            while let Some(piece) = source.next().await? {
                receiving.push(&piece)?;
            }
        }
        Packing::Gzip => {
            let mut unpacker = Unpacker::new();
            while let Some(piece) = source.next().await? {
                for packed in piece.chunks(Unpacker::PIECE) {
                    receiving.push(unpacker.push(packed)?)?;
                }
            }
            receiving.push(&unpacker.finish()?)?;
        }
    }
    let job = receiving.finish().await?;
    let mut response = StatusCode::ACCEPTED.into_response();
    let headers = response.headers_mut();
    if let Ok(place) = HeaderValue::try_from(format!("/epcis/capture/{job}")) {
        headers.insert(header::LOCATION, place);
    }
    let behaviour = HeaderValue::from_static(if proceed { "proceed" } else { "rollback" });
    headers.insert("gs1-capture-error-behaviour", behaviour);
    Ok(versioned(response))
}

/// `GET /epcis/capture/{id}`.
pub async fn job(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    request: Parts,
) -> Result<Response, Problem> {
    let who = site.principal(&request.headers).await?;
    asked(&request.headers, false)?;
    let gone = || {
        Problem::new(
            StatusCode::NOT_FOUND,
            Fault::new(
                "job.not_found",
                format!(
                    "there is no capture job {id} of yours; look at the list of /epcis/capture"
                ),
                format!("您没有上报任务 {id}；请查看 /epcis/capture 列表"),
            ),
        )
    };
    let id = id_in_path(&id).map_err(|_| gone())?;
    let job = site.system.job(&who, id).await?;
    if job.kind != app::epcis::CAPTURE_JOB {
        return Err(gone());
    }
    Ok(versioned(answer::json(StatusCode::OK, &shown(job))))
}

/// `GET /epcis/capture`: the jobs of who asks, the latest first.
pub async fn list(State(site): State<Arc<Site>>, request: Parts) -> Result<Response, Problem> {
    let who = site.principal(&request.headers).await?;
    asked(&request.headers, false)?;
    let mut asked = super::events::Parameters::of(&request.uri)?;
    asked.nothing_else()?;
    let before = match asked.token.as_deref() {
        None => None,
        Some(token) => Some(id_in_path(token).map_err(|_| {
            let fault = Fault::new(
                "epcis.page",
                "nextPageToken must be that of the page before; begin anew without it",
                "nextPageToken 应为上一页给出的值；否则请从第一页重新查询",
            );
            Problem::new(StatusCode::BAD_REQUEST, fault)
        })?),
    };
    let limit = asked.per_page;
    let mut jobs = site.system.capture_jobs(&who, before, limit + 1).await?;
    let more = jobs.len() > limit;
    jobs.truncate(limit);
    let next = jobs.last().filter(|_| more).map(|job| job.id.to_string());
    let shown: Vec<CaptureJob> = jobs.into_iter().map(shown).collect();
    let response = answer::json(StatusCode::OK, &shown);
    Ok(linked(versioned(response), &request.uri, next.as_deref(), limit))
}

/// Says where the next page is.
pub fn linked(mut response: Response, uri: &Uri, next: Option<&str>, per_page: usize) -> Response {
    let Some(next) = next else { return response };
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        if name != "nextPageToken" && name != "perPage" {
            query.append_pair(&name, &value);
        }
    }
    query.append_pair("perPage", &per_page.to_string());
    query.append_pair("nextPageToken", next);
    let link = format!("<{}?{}>; rel=\"next\"", uri.path(), query.finish());
    if let Ok(link) = HeaderValue::try_from(link) {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}
