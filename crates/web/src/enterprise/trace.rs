//! `/enterprise/trace`: the organization's products with their codes and labels, and how its software
//! sends events.

use std::sync::Arc;

use app::disclosure::{Audience, Disclosed};
use app::reading::When;
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use codes::gs1::CANONICAL_DOMAIN;

use super::organization;
use crate::page::Page;
use crate::page::facts::{Facts, plain_id};
use crate::problem::Problem;
use crate::resolver::thing::origin;
use crate::site::Site;

/// Products that are listed; the archive has all.
const MOST: usize = 100;
/// The sort of subject of the pack that has codes on packages.
const PRODUCT: &str = "product";

#[derive(Template)]
#[template(path = "enterprise/trace.html")]
struct DeskTrace<'p> {
    p: &'p Page,
    products: Vec<ProductShown>,
    /// Where events are sent to.
    capture: String,
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
    let organization = match organization(&page) {
        Ok(organization) => organization,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    let pack = site.system.pack();
    let facts = Facts::new(&page, &pack, "/archive/");
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
    let capture = format!("{}/epcis/capture", origin(&headers));
    page.show(&DeskTrace { p: &page, products, capture })
}
