//! `/console/system/pack`: the pack in force, what it covers, and what each activation changed.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use pack::Coverage;

use crate::page::Page;
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::site::Site;

#[derive(Template)]
#[template(path = "console/system/pack.html")]
struct PackPage<'p> {
    p: &'p Page,
    pack: &'p pack::Pack,
    coverage: Coverage,
    activations: Vec<Activation>,
}

struct Activation {
    time: String,
    version: String,
    digest: String,
    index: u64,
    signed: bool,
    id: String,
}

/// `GET /console/system/pack`.
///
/// # Errors
/// A fault of the store.
pub async fn show(State(site): State<Arc<Site>>, page: Page) -> Result<Response, Problem> {
    page.at(Desk::Console)?;
    let pack = site.system.pack();
    let coverage = Coverage::of(&pack);
    let mut activations = Vec::new();
    for record in site.system.activations().await? {
        let text = |name: &str| {
            let value = record.open.get(name).and_then(|value| value.as_str());
            value.unwrap_or_default().to_owned()
        };
        activations.push(Activation {
            time: page.date_time(&record.stored.recorded_at),
            version: text("version"),
            digest: text("pack_digest"),
            index: record.index,
            signed: record.is_signed,
            id: record.stored.id.to_string(),
        });
    }
    page.show(&PackPage { p: &page, pack: &pack, coverage, activations })
}
