//! One file for each resource.

pub mod archives;
pub mod batches;
pub mod cases;
mod commands;
pub mod documents;
pub mod duties;
pub mod erasures;
pub mod health;
pub mod jobs;
pub mod kinds;
pub mod log;
pub mod pack;
pub mod page;
pub mod procedures;
pub mod records;
pub mod search;
pub mod subjects;
pub mod trace;
pub mod withdrawals;

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use tower_http::compression::predicate::SizeAbove;
use tower_http::compression::{CompressionLayer, CompressionLevel};

use crate::guard::guard;
use crate::site::Site;
use crate::{console, enterprise, epcis, openapi, portal, resolver};

/// Answers below this many bytes are not packed.
const SMALL: u16 = 1024;

/// All routes of a site, with what is around them.
pub fn router(site: Arc<Site>) -> Router {
    router_with(site, Router::new())
}

/// As [`router`], with routes that are not ours: a test shows by one what becomes of a route that
/// says nowhere who may have it.
pub fn router_with(site: Arc<Site>, more: Router<Arc<Site>>) -> Router {
    let gzip = CompressionLayer::new().gzip(true).compress_when(SizeAbove::new(SMALL));
    let read = Router::new()
        .route("/api/v1/records/count", get(records::count::count))
        .route("/api/v1/records/{id}", get(records::read::read))
        .route("/api/v1/search", get(search::search))
        .route("/api/v1/archives", get(archives::archive))
        .route("/api/v1/subjects", get(subjects::by_query))
        .route("/api/v1/subjects/{*subject}", get(subjects::by_path))
        .route("/api/v1/trace/{*id}", get(trace::trace))
        .route("/api/v1/kinds", get(kinds::kinds))
        .route("/api/v1/kinds/{kind}", get(kinds::kind))
        .route("/api/v1/kinds/{kind}/schema", get(kinds::schema))
        .route("/api/v1/cases/{id}", get(cases::read::read))
        .route("/api/v1/duties", get(duties::list))
        .route("/api/v1/procedures", get(procedures::list))
        .route("/api/v1/procedures/{id}", get(procedures::one))
        .route("/api/v1/openapi.json", get(openapi::description))
        .layer(gzip.clone());
    let epcis = epcis::routes().layer(gzip.clone());
    // Receipts are small, and the way in is to be short.
    let records = get(records::list::list).layer(gzip).post(records::send::send);
    Router::new()
        .merge(read)
        .merge(epcis)
        .merge(pages(&site))
        .merge(more)
        .route("/api/v1/records", records)
        .route("/api/v1/records/{id}/proof", get(records::proof::proof))
        .route(
            "/api/v1/records/{id}/attachments",
            get(records::attachments::list).post(records::attachments::attach),
        )
        .route("/api/v1/records/{id}/attachments/{attachment}", get(records::attachments::file))
        .route("/api/v1/cases/{id}/steps", post(cases::steps::take))
        .route("/api/v1/cases/{id}/documents", get(documents::list).post(documents::draw_up))
        .route("/api/v1/cases/{id}/documents/{document}", get(documents::read))
        .route("/api/v1/cases/{id}/documents/{document}/text", post(documents::revise))
        .route("/api/v1/cases/{id}/documents/{document}/seal", post(documents::seal))
        .route("/api/v1/cases/{id}/documents/{document}/void", post(documents::void))
        .route("/api/v1/cases/{id}/documents/{document}/services", post(documents::serve))
        .route("/api/v1/trace-scopes", post(trace::save))
        .route("/api/v1/trace-findings", get(trace::findings))
        .route("/api/v1/withdrawals", post(withdrawals::withdraw))
        .route("/api/v1/erasures", post(erasures::erase))
        .route("/api/v1/batches/{id}", get(batches::batch))
        .route("/api/v1/jobs/{id}", get(jobs::job))
        .route("/api/v1/pack", get(pack::pack))
        .route("/api/v1/health", get(health::health))
        .route("/api/v1/log", get(log::logs))
        .route("/log/checkpoint", get(log::checkpoint))
        .route("/log/tile/{*tile}", get(log::tile))
        .route("/log/{number}/checkpoint", get(log::checkpoint_of))
        .route("/log/{number}/tile/{*tile}", get(log::tile_of))
        .with_state(Arc::clone(&site))
        .layer(from_fn_with_state(Arc::clone(&site), crate::access::check))
        .layer(from_fn_with_state(Arc::clone(&site), crate::session::find))
        .layer(from_fn_with_state(site, guard))
}

/// The pages for people.
fn pages(site: &Arc<Site>) -> Router<Arc<Site>> {
    // A page is made anew for everybody; packing it well would take longer than sending it.
    let gzip = CompressionLayer::new()
        .gzip(true)
        .quality(CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(SMALL));
    Router::new()
        .merge(portal::routes(site))
        .merge(resolver::routes(site))
        .merge(crate::account::routes())
        .merge(console::routes())
        .merge(enterprise::routes())
        .layer(from_fn_with_state(Arc::clone(site), crate::page::limit_forms))
        .layer(from_fn(crate::page::around))
        .layer(gzip)
        .route("/assets/{name}", get(crate::page::assets::asset))
}
