//! `/api/v1/records/{id}/attachments`: files that belong to a record.

use std::sync::Arc;

use app::attachment::{Attachment, MOST_BYTES, NewAttachment, Opened, Shows, State as FileState};
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::{self, ReceiptAnswer};
use crate::body;
use crate::problem::{Problem, ProblemDocument};
use crate::query::{Query, id_in_path};
use crate::site::Site;

/// A file of a record.
#[derive(Serialize, ToSchema)]
#[schema(as = Attachment)]
pub struct AttachmentAnswer {
    /// The record that says so.
    pub id: String,
    /// What it is, by its content.
    pub media_type: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// Dots from left to right of a picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub width: Option<u64>,
    /// Dots from top to bottom of a picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub height: Option<u64>,
    /// What it is called.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What is said of it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Whether it shows a person, and is encrypted.
    pub sealed: bool,
    /// Whether it can be opened: `open`, `hidden` or `erased`.
    pub state: &'static str,
    /// Where the file is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub file: Option<String>,
}

/// The files of a record.
#[derive(Serialize, ToSchema)]
pub struct Attachments {
    /// The oldest first.
    pub attachments: Vec<AttachmentAnswer>,
}

fn answer_of(record: &str, attachment: Attachment) -> AttachmentAnswer {
    let id = attachment.view.stored.id.to_string();
    let (state, is_open) = match attachment.state {
        FileState::Open => ("open", true),
        FileState::Hidden => ("hidden", false),
        FileState::Erased => ("erased", false),
    };
    AttachmentAnswer {
        file: is_open.then(|| format!("/api/v1/records/{record}/attachments/{id}")),
        id,
        media_type: attachment.media_type,
        bytes: attachment.bytes,
        width: attachment.dots.map(|dots| dots.0),
        height: attachment.dots.map(|dots| dots.1),
        name: attachment.name,
        note: attachment.note,
        sealed: attachment.sealed,
        state,
    }
}

/// Attaches a file to a record: a JPEG, PNG or WebP picture or a PDF, of at most 20 MiB. What it is
/// follows from its bytes; what a picture tells of its place, time and device is taken out.
#[utoipa::path(
    post,
    path = "/api/v1/records/{id}/attachments",
    tag = "records",
    params(
        ("id" = String, Path, description = "The record"),
        ("name" = Option<String>, Query, description = "What it is called"),
        ("note" = Option<String>, Query, description = "What there is to say of it"),
        ("shows" = Option<String>, Query, description = "The person of the record whom it shows, or `nobody`; the first one, if left out. It is encrypted under the key of that person"),
    ),
    request_body(content((String = "application/octet-stream"))),
    responses(
        (status = 201, description = "It is durable", body = ReceiptAnswer),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn attach(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let who = site.principal(&parts.headers).await?;
    let mut query = Query::of(&parts.uri);
    let (name, note, shows) = (query.text("name"), query.text("note"), query.text("shows"));
    query.finish()?;
    let id = id_in_path(&id)?;
    let whole = body::file(&parts.headers, body, MOST_BYTES, &site.bodies).await?;
    let new = NewAttachment {
        name: name.unwrap_or_default(),
        note: note.unwrap_or_default(),
        shows: match shows.as_deref() {
            None => Shows::AsRecord,
            Some("nobody") => Shows::Nobody,
            Some(person) => Shows::Person(person.to_owned()),
        },
        bytes: whole.bytes.to_vec(),
    };
    let (receipt, _) = site.system.attach(&who, id, new).await?;
    Ok(answer::json(StatusCode::CREATED, &ReceiptAnswer::from(receipt)))
}

/// The files of a record.
#[utoipa::path(
    get,
    path = "/api/v1/records/{id}/attachments",
    tag = "records",
    params(
        ("id" = String, Path, description = "The record"),
        ("known" = Option<u64>, Query, description = "With what the first so many records say; all that is merged, if left out"),
    ),
    responses(
        (status = 200, description = "The files", body = Attachments),
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
    let found = site.system.attachments(&who, id_in_path(&id)?, known).await?;
    let attachments = found.into_iter().map(|found| answer_of(&id, found)).collect();
    Ok(answer::json(StatusCode::OK, &Attachments { attachments }))
}

/// A file of a record. That it was opened is noted.
#[utoipa::path(
    get,
    path = "/api/v1/records/{id}/attachments/{attachment}",
    tag = "records",
    params(
        ("id" = String, Path, description = "The record"),
        ("attachment" = String, Path, description = "The attachment"),
    ),
    responses(
        (status = 200, description = "The file", content((String = "image/jpeg"), (String = "image/png"), (String = "image/webp"), (String = "application/pdf"))),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn file(
    State(site): State<Arc<Site>>,
    Path((id, attachment)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let who = site.principal(request.headers()).await?;
    Query::of(request.uri()).finish()?;
    let (id, attachment) = (id_in_path(&id)?, id_in_path(&attachment)?);
    Ok(sent(site.system.open_attachment(&who, id, attachment).await?))
}

/// A file as an answer: to be kept, never shown as a part of this site.
pub fn sent(opened: Opened) -> Response {
    let Opened { attachment, file_name, bytes } = opened;
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    if let Ok(media) = HeaderValue::try_from(attachment.media_type) {
        headers.insert(header::CONTENT_TYPE, media);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = HeaderValue::try_from(format!("attachment; filename=\"{file_name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}
