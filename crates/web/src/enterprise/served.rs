//! `/enterprise`: what was served on the organization, and its public archive.

use std::sync::Arc;

use app::disclosure::{Audience, Disclosed};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use model::{RecordId, system_kind};

use super::organization;
use crate::page::Page;
use crate::portal::archive::{Asked, List, asked};
use crate::portal::proof::not_proved;
use crate::portal::record::{RecordView, nothing, proof_file};
use crate::problem::Problem;
use crate::site::Site;

#[derive(Template)]
#[template(path = "enterprise/archive.html")]
struct DeskArchive<'p> {
    p: &'p Page,
    title: &'p str,
    lead: &'p str,
    list: &'p List<'p>,
}

#[derive(Template)]
#[template(path = "enterprise/record.html")]
struct DeskRecord<'p> {
    p: &'p Page,
    /// Where the document is of whose service it tells.
    paper: Option<String>,
    view: RecordView<'p>,
}

/// `GET /enterprise`: the records that were served on the organization, or with `as` as a file.
///
/// # Errors
/// A wrong parameter; a fault of the store.
pub async fn served(
    State(site): State<Arc<Site>>,
    page: Page,
    uri: Uri,
) -> Result<Response, Problem> {
    let words = &page.w.desk;
    show(&site, &page, &uri, Audience::Served, (words.served, words.served_lead)).await
}

/// `GET /enterprise/archive`: what the public sees of the organization.
///
/// # Errors
/// A wrong parameter; a fault of the store.
pub async fn public(
    State(site): State<Arc<Site>>,
    page: Page,
    uri: Uri,
) -> Result<Response, Problem> {
    let words = &page.w.desk;
    show(&site, &page, &uri, Audience::Public, (words.archive, words.archive_lead)).await
}

async fn show(
    site: &Arc<Site>,
    page: &Page,
    uri: &Uri,
    to: Audience,
    (title, lead): (&str, &str),
) -> Result<Response, Problem> {
    let organization = match organization(page) {
        Ok(organization) => organization,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    let records_at = match to {
        Audience::Served => "/enterprise/records/",
        Audience::Public | Audience::Holder => "/records/",
    };
    match asked(site, page, uri, to, &organization, records_at).await? {
        Asked::File(file) => Ok(file),
        Asked::List(list) => page.show(&DeskArchive { p: page, title, lead, list: &list }),
    }
}

/// `GET /enterprise/records/{id}`: a record that was served on the organization.
///
/// # Errors
/// No such record, or not served on it; a fault of the store.
pub async fn record(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    page: Page,
) -> Result<Response, Problem> {
    let organization = match organization(&page) {
        Ok(organization) => organization,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    let id: RecordId = id.parse().map_err(|_| nothing())?;
    let record = site.system.served_record(&organization, id).await?.ok_or_else(nothing)?;
    let proof = format!("/enterprise/records/{id}/proof");
    let view = RecordView::new(&page, &site.system.pack(), &record, proof);
    page.show(&DeskRecord { p: &page, paper: paper(&record), view })
}

/// The document that a record of a service names.
fn paper(record: &Disclosed) -> Option<String> {
    let named = |wanted: &str| {
        let (_, id) = record.subjects.iter().find(|(role, _)| role == wanted)?;
        id.strip_prefix("record:")
    };
    let is_service = record.kind == system_kind::SERVICE;
    let (case, document) = named("case").zip(named("served_document")).filter(|_| is_service)?;
    Some(format!("/enterprise/cases/{case}/documents/{document}"))
}

/// `GET /enterprise/records/{id}/proof`: its proof file, which shows the record's heading.
///
/// # Errors
/// As [`record`]; not signed yet.
pub async fn proof(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    page: Page,
) -> Result<Response, Problem> {
    let organization = match organization(&page) {
        Ok(organization) => organization,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    let id: RecordId = id.parse().map_err(|_| nothing())?;
    let system = &site.system;
    let served = system.served_record(&organization, id).await?.ok_or_else(nothing)?;
    let stored = system.reader().record(id).await?.ok_or_else(nothing)?;
    let proof = match served.may_open {
        true => system.evidence().proof(system.reader(), &stored).await,
        false => system.evidence().inclusion(system.reader(), stored.position).await,
    };
    let proof = proof.map_err(not_proved)?.ok_or_else(|| nothing().retry_after(1))?;
    Ok(proof_file(id, &proof))
}
