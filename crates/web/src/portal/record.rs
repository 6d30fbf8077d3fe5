//! `GET /records/{id}`: a record that is public, and `/records/{id}/proof`: its proof file.

use std::sync::Arc;

use app::disclosure::Disclosed;
use askama::Template;
use askama::filters::HtmlSafe;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use ledger::proof::TlogProof;
use model::RecordId;
use pack::Pack;

use super::proof::not_proved;
use crate::page::Page;
use crate::page::facts::{Fact, Facts};
use crate::problem::Problem;
use crate::site::Site;

#[derive(Template)]
#[template(path = "portal/record.html")]
struct RecordPage<'p> {
    p: &'p Page,
    view: RecordView<'p>,
}

/// A record, as far as it is disclosed: the body of pages of each face.
#[derive(Template)]
#[template(path = "ui/record.html")]
pub struct RecordView<'p> {
    p: &'p Page,
    record: &'p Disclosed,
    /// The kind in words.
    pub kind: String,
    icon: &'static str,
    facts: Vec<Fact>,
    roles: Vec<Fact>,
    proof: String,
}

impl HtmlSafe for RecordView<'_> {}

impl<'p> RecordView<'p> {
    /// The view of a record whose proof file is at `proof`.
    pub fn new(page: &'p Page, pack: &Pack, record: &'p Disclosed, proof: String) -> Self {
        let facts = Facts::new(page, pack, "/archive/");
        let on = record.valid_at.day_in_china();
        let fields = pack.kind(&record.kind).map(|kind| facts.of(kind, &record.open, on));
        Self {
            p: page,
            kind: facts.kind(&record.kind).to_owned(),
            icon: facts.icon(&record.kind),
            facts: fields.unwrap_or_default(),
            roles: facts.roles(&record.subjects, ""),
            proof,
            record,
        }
    }
}

/// The page of a record.
///
/// # Errors
/// No such record, or none that is public; a fault of the store.
pub async fn record(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    page: Page,
) -> Result<Response, Problem> {
    let id: RecordId = id.parse().map_err(|_| nothing())?;
    let record = site.system.public_record(id).await?.ok_or_else(nothing)?;
    let proof = format!("/records/{id}/proof");
    let view = RecordView::new(&page, &site.system.pack(), &record, proof);
    page.show(&RecordPage { p: &page, view })
}

/// The proof file of a record. Of one that is public it shows the record's heading, if that names
/// nothing that is not public; else it proves that there is such an entry, and shows nothing.
///
/// # Errors
/// No such record; not signed yet; a fault of the store.
pub async fn proof(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id: RecordId = id.parse().map_err(|_| nothing())?;
    let system = &site.system;
    let stored = system.reader().record(id).await?.ok_or_else(nothing)?;
    let opens = system.public_record(id).await?.is_some_and(|record| record.may_open);
    let proof = match opens {
        true => system.evidence().proof(system.reader(), &stored).await,
        false => system.evidence().inclusion(system.reader(), stored.position).await,
    };
    let proof = proof.map_err(not_proved)?.ok_or_else(|| nothing().retry_after(1))?;
    Ok(proof_file(id, &proof))
}

/// A proof as a file.
pub fn proof_file(id: RecordId, proof: &TlogProof) -> Response {
    let mut response = Response::new(Body::from(proof.to_string()));
    let headers = response.headers_mut();
    let media = HeaderValue::from_static("text/plain; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, media);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    let name = format!("attachment; filename=\"{id}.tlog-proof\"");
    if let Ok(name) = HeaderValue::try_from(name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

/// One answer for what is not there and for what is not public: which of the two is nobody's to know.
pub fn nothing() -> Problem {
    let fault = app::Fault::new(
        "portal.no_such_record",
        "there is no public record with this id; check it, or look the enterprise or product up by its name or code",
        "没有这条公开记录；请核对编号，或按名称、编码查询企业或产品",
    );
    Problem::new(StatusCode::NOT_FOUND, fault)
}
