//! The console of offices.

mod archive;
mod archive_file;
mod attachments;
mod case;
mod document;
mod doubles;
mod exports;
mod home;
pub(crate) mod imports;
mod informer;
mod record;
mod reports;
mod search;
mod system;
mod trace;
mod why;
mod wing;
mod work;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

pub use self::system::job_state;
use crate::casework::open;
use crate::page::visitor::Desk;
use crate::site::Site;

/// Its pages.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .merge(system::routes())
        .merge(document::routes())
        .merge(imports::routes())
        .merge(exports::routes())
        .merge(case::routes())
        .merge(open::routes(Desk::Console))
        .merge(reports::routes())
        .route("/console", get(home::home))
        .route("/console/work", get(work::work))
        .route("/console/work/late", get(work::late::late))
        .route("/console/work/cases/{id}", get(work::hands::hands).post(work::hands::assign))
        .route("/console/why", get(why::why))
        .route("/console/informers/{id}", get(informer::ask))
        .route("/console/informers/{id}/leave", post(informer::leave))
        .route("/console/informers/{id}/read", post(informer::read))
        .route("/console/wings/{wing}", get(wing::wing))
        .route("/console/search", get(search::search))
        .route("/console/search/purpose", post(search::purpose))
        .route("/console/archive/{subject}", get(archive::archive))
        .route("/console/records/{id}", get(record::record))
        .route("/console/records/{id}/proof", get(record::proof))
        .route("/console/records/{id}/attachments", post(attachments::attach))
        .route("/console/records/{id}/attachments/{attachment}", get(attachments::file))
        .route("/console/trace", get(trace::trace))
        .route("/console/trace/scope", post(trace::scope::save))
        .route("/console/trace/findings", get(trace::findings::list))
        .route("/console/doubles", get(doubles::list).post(doubles::decide))
}
