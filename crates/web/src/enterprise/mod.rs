//! The desk of enterprises: what was served on one, its archive as the public sees it, its products' codes,
//! and the events that it reports.

mod cases;
mod document;
mod served;
mod trace;
mod upload;

use std::sync::Arc;

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use model::SubjectId;

use crate::casework::open;
use crate::page::Page;
use crate::page::facts::in_path;
use crate::page::visitor::{Desk, Visitor};
use crate::site::Site;

/// Its pages.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .merge(open::routes(Desk::Enterprise))
        .route("/enterprise", get(served::served))
        .route("/enterprise/archive", get(served::public))
        .route("/enterprise/cases", get(cases::list))
        .route("/enterprise/cases/{id}", get(cases::show))
        .route("/enterprise/cases/{id}/documents/{document}", get(document::show))
        .route("/enterprise/cases/{id}/steps/{step}", get(cases::ask).post(cases::take))
        .route("/enterprise/cases/{id}/steps/{step}/draft", post(cases::keep))
        .route("/enterprise/trace", get(trace::trace).post(upload::send))
        .route("/enterprise/trace/uploads/{id}", get(upload::show))
        .route("/enterprise/trace/uploads/{id}/end", post(upload::end))
        .route("/enterprise/records/{id}", get(served::record))
        .route("/enterprise/records/{id}/proof", get(served::proof))
}

/// The organization whose desk this is; somebody else is led to the log-in.
pub(crate) fn organization(page: &Page) -> Result<SubjectId, Box<Response>> {
    let organization = page.visitor.as_deref().and_then(Visitor::organization);
    organization.ok_or_else(|| {
        // Who is logged in and of no organization has no desk here, and is not asked to log in again.
        let elsewhere = match &page.visitor {
            Some(visitor) => visitor.home().to_owned(),
            None => format!("/login?then={}", in_path(&page.path)),
        };
        Box::new(page.go(&elsewhere))
    })
}
