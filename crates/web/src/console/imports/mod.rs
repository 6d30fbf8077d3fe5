//! `/console/imports`: tables that others keep become records.

mod list;
mod send;
mod table;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::site::Site;

/// Where a table is sent to.
pub const PATH: &str = "/console/imports";

/// Its pages.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/console/imports", get(list::list).post(send::send))
        .route("/console/imports/templates/{mapping}", get(list::template))
        .route("/console/imports/{id}", get(table::show).post(table::choose))
        .route("/console/imports/{id}/check", post(table::check))
        .route("/console/imports/{id}/run", post(table::run))
        .route("/console/imports/{id}/discard", post(table::discard))
        .route("/console/imports/{id}/withdraw", post(table::withdraw))
}
