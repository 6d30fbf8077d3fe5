//! What goes out.

use app::intake::Receipt;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use store::readings::AsOf;
use utoipa::ToSchema;

use crate::problem::Problem;

/// An answer of JSON.
///
/// # Panics
/// Never: what is answered has text for keys.
pub fn json(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => bytes(status, body),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            Problem::bare(StatusCode::INTERNAL_SERVER_ERROR).into_response()
        }
    }
}

/// An answer of JSON that is written already. It is the sender's alone.
pub fn bytes(status: StatusCode, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The answer with a tag of its content, or only that it is as before.
pub fn tagged(asked: &HeaderMap, body: Vec<u8>) -> Response {
    let digest = Sha256::digest(&body);
    let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{hex}\"");
    let mut known = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|v| v.to_str().ok());
    let is_known = known.any(|list| {
        list.split(',').map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == tag)
    });
    let mut response = match is_known {
        true => bytes(StatusCode::NOT_MODIFIED, Vec::new()),
        false => bytes(StatusCode::OK, body),
    };
    let headers = response.headers_mut();
    // Weak, for the answer may go out packed.
    if let Ok(value) = HeaderValue::try_from(format!("W/{tag}")) {
        headers.insert(header::ETAG, value);
    }
    headers.insert(header::VARY, HeaderValue::from_static("Authorization, Accept-Encoding"));
    response
}

/// A place in an evidence log.
#[derive(Serialize, ToSchema)]
pub struct LogPlace {
    /// The name of the log.
    pub origin: String,
    /// The index of the record's leaf there.
    pub index: u64,
}

/// What a sender gets for a record that is durable.
#[derive(Serialize, ToSchema)]
#[schema(as = Receipt)]
pub struct ReceiptAnswer {
    /// The record.
    pub id: String,
    /// Its position in the store, from 0; it is known from `known` = position + 1 on.
    pub position: u64,
    /// Where it is in the evidence log, or will be within a moment.
    pub log: LogPlace,
    /// Whether the same record had been sent before: nothing new was stored.
    pub known: bool,
    /// Where its proof is, once it is under a signed checkpoint.
    pub proof: String,
    /// The note with a signed checkpoint that covers it, where that was waited for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub checkpoint: Option<String>,
}

impl From<Receipt> for ReceiptAnswer {
    fn from(receipt: Receipt) -> Self {
        let id = receipt.id.to_string();
        Self {
            proof: format!("/api/v1/records/{id}/proof"),
            id,
            position: receipt.position,
            log: LogPlace { origin: receipt.log, index: receipt.index },
            known: receipt.known,
            checkpoint: None,
        }
    }
}

/// The two times that a question was answered as of.
#[derive(Serialize, ToSchema)]
#[schema(as = AsOf)]
pub struct AsOfAnswer {
    /// What had happened by then; left out where that was not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    pub valid: Option<String>,
    /// What the first so many records say.
    pub known: u64,
}

impl From<AsOf> for AsOfAnswer {
    fn from(as_of: AsOf) -> Self {
        let asked = as_of.valid.micros() != i64::MAX;
        Self { valid: asked.then(|| as_of.valid.to_string()), known: as_of.known }
    }
}

/// A word in both languages.
#[derive(Serialize, ToSchema)]
pub struct Words {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Words {
    /// The words of a label.
    pub fn new(zh: &str, en: &str) -> Self {
        Self { zh: zh.to_owned(), en: en.to_owned() }
    }
}

/// A record as it is shown. The form of its members is made by `app`; here it is described.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct Record {
    /// The id: a UUID of version 7.
    pub id: String,
    /// The kind; `/api/v1/kinds` lists them.
    pub kind: String,
    /// Its position in the store.
    pub position: u64,
    /// What it is about.
    pub subjects: Vec<RecordSubject>,
    /// The office that is competent.
    #[schema(nullable = false)]
    pub office: Option<String>,
    /// The division, GB/T 2260, or `none`.
    pub region: String,
    /// When it happened.
    pub valid_at: String,
    /// When it was taken in.
    pub recorded_at: String,
    /// The office or organization that sent it.
    pub author: String,
    /// The system or form that it came from.
    pub source: String,
    /// Who may see it.
    pub class: String,
    /// The digest of the pack that it was checked against.
    pub pack: String,
    /// The batch that it belongs to.
    #[schema(nullable = false)]
    pub batch: Option<String>,
    /// The record whose place it takes.
    #[schema(nullable = false)]
    pub corrects: Option<String>,
    /// The batch or record that it takes back.
    #[schema(nullable = false)]
    pub withdraws: Option<String>,
    /// The batch that it completes.
    #[schema(nullable = false)]
    pub closes: Option<String>,
    /// The open part of the payload.
    pub open: Map<String, Value>,
    /// What it says of persons.
    #[schema(nullable = false)]
    pub personal: Option<Vec<RecordPersonal>>,
    /// How it stood.
    pub standing: RecordStanding,
    /// Where it is in the evidence log.
    pub log: RecordLog,
}

/// A subject in its role.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct RecordSubject {
    /// The role.
    pub role: String,
    /// The subject, in its canonical form.
    pub id: String,
}

/// What a record says of a person: the fields, or why they are not shown.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct RecordPersonal {
    /// The sender and its pseudonym of the person.
    pub person: String,
    /// The fields.
    #[schema(nullable = false)]
    pub fields: Option<Map<String, Value>>,
    /// `hidden`, `restricted`, `erased`, `sealed`, or `unnoted`: to be asked for again.
    #[schema(nullable = false)]
    pub state: Option<String>,
}

/// How a record stood.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct RecordStanding {
    /// Whether it counted.
    pub counts: bool,
    /// The position of the record that completed its batch.
    #[schema(nullable = false)]
    pub batch_closed_at: Option<u64>,
    /// The position of the record that took it back.
    #[schema(nullable = false)]
    pub withdrawn_at: Option<u64>,
    /// The record that took its place.
    #[schema(nullable = false)]
    pub corrected_by: Option<String>,
}

/// Where a record is in the evidence log.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct RecordLog {
    /// The name of the log.
    pub origin: String,
    /// The index there.
    pub index: u64,
    /// Whether it is under a signed checkpoint.
    pub signed: bool,
}

/// What is sent as a record.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct Draft {
    /// A UUID of version 7, made by the sender: sent again under it, the record is recognised.
    pub id: Option<String>,
    /// The kind; `/api/v1/kinds` lists them.
    #[schema(example = "test-report")]
    pub kind: String,
    /// What it is about.
    #[schema(nullable = false)]
    pub subjects: Option<Vec<RecordSubject>>,
    /// The office that is competent, where that is not the sender's.
    pub office: Option<String>,
    /// The division, GB/T 2260, or `none` for what happened abroad.
    #[schema(example = "420100")]
    pub region: String,
    /// When it happened.
    #[schema(example = "2026-11-23T09:00:00+08:00")]
    pub valid_at: String,
    /// The system or form that it comes from.
    #[schema(example = "lims")]
    pub source: String,
    /// The open part of the payload, as `/api/v1/kinds/{kind}/schema` says.
    #[schema(nullable = false)]
    pub open: Option<Map<String, Value>>,
    /// What it says of persons.
    #[schema(nullable = false)]
    pub personal: Option<Vec<DraftPersonal>>,
    /// The record that it corrects: the current head of its line.
    pub corrects: Option<String>,
    /// The batch or record that it takes back; only for the kind `withdrawal`.
    pub withdraws: Option<String>,
}

/// What is sent of a person.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct DraftPersonal {
    /// A pseudonym of the sender's own.
    pub person: String,
    /// The fields.
    pub fields: Map<String, Value>,
}
