//! `/enterprise/trace`: the organization's products with their codes and labels, how its software sends
//! events, and a form for files of events.

use std::sync::Arc;

use app::disclosure::{Audience, Disclosed};
use app::reading::When;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use codes::gs1::CANONICAL_DOMAIN;

use super::organization;
use crate::console::job_state;
use crate::page::Page;
use crate::page::facts::{Facts, plain_id};
use crate::page::form::Form;
use crate::page::ui::Tag;
use crate::problem::Problem;
use crate::resolver::thing::origin;
use crate::site::Site;

/// Products that are listed; the archive has all.
const MOST: usize = 100;
/// Files of events that are listed, the latest first.
const UPLOADS: usize = 20;
/// The sort of subject of the pack that has codes on packages.
const PRODUCT: &str = "product";

#[derive(Template)]
#[template(path = "enterprise/trace.html")]
struct DeskTrace<'p> {
    p: &'p Page,
    products: Vec<ProductShown>,
    /// Where events are sent to.
    capture: String,
    form: &'p Form,
    /// Whether who looks may report events.
    may_send: bool,
    uploads: Vec<UploadShown>,
}

/// A file of events that was sent, or a document that the same account sent otherwise.
struct UploadShown {
    href: String,
    name: String,
    time: String,
    state: Tag,
    done: String,
    faults: String,
}

/// A product of the organization.
struct ProductShown {
    name: String,
    code: String,
    /// Its page as who scans sees it, and its labels; none where its code is no GTIN.
    pages: Option<(String, String)>,
}

/// The page.
///
/// # Errors
/// A fault of the store.
pub async fn trace(
    State(site): State<Arc<Site>>,
    page: Page,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    shown(&site, &page, &headers, &Form::default(), StatusCode::OK).await
}

/// The page with a form.
///
/// # Errors
/// A fault of the store.
pub async fn shown(
    site: &Site,
    page: &Page,
    headers: &HeaderMap,
    form: &Form,
    status: StatusCode,
) -> Result<Response, Problem> {
    let organization = match organization(page) {
        Ok(organization) => organization,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    let pack = site.system.pack();
    let facts = Facts::new(page, &pack, "/archive/");
    let register = pack.subject(PRODUCT).and_then(|sort| sort.register.as_deref());
    let mut products = Vec::new();
    if let Some(kind) = register.and_then(|kind| pack.kind(kind)) {
        let (to, when) = (Audience::Public, When::default());
        let found =
            site.system.disclosed(to, &organization, Some(&kind.id), when, None, MOST).await?;
        let shown = |record: &Disclosed| {
            let (_, id) = record.subjects.iter().find(|(role, _)| role == PRODUCT)?;
            let key = site.system.trace_key(id).ok();
            let path = key.as_deref().and_then(|key| key.strip_prefix(CANONICAL_DOMAIN));
            Some(ProductShown {
                name: facts.line(kind, &record.open, "name", record.valid_at.day_in_china()),
                code: plain_id(id).to_owned(),
                pages: path.map(|path| (format!("/item{path}"), format!("/labels{path}"))),
            })
        };
        products.extend(found.records.iter().filter_map(shown));
    }
    let capture = format!("{}/epcis/capture", origin(headers));
    let visitor = page.visitor.as_ref();
    let may_send = visitor.is_some_and(|visitor| visitor.may(app::epcis::CAPTURE));
    let mut uploads = Vec::new();
    if let Some(visitor) = visitor.filter(|_| may_send) {
        let jobs = site.system.capture_jobs(&visitor.principal, None, UPLOADS).await?;
        uploads.extend(jobs.into_iter().map(|job| UploadShown {
            href: format!("/enterprise/trace/uploads/{}", job.id),
            name: page.say(&site.system.jobs().label(&job)).to_owned(),
            time: page.date_time(&job.created_at),
            state: job_state(page, &job),
            done: page.number(job.done),
            faults: page.number(job.faults),
        }));
    }
    page.show_as(status, &DeskTrace { p: page, products, capture, form, may_send, uploads })
}
