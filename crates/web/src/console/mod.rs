//! The console of offices.

mod wing;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::site::Site;

/// Its pages.
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/console/wings/{wing}", get(wing::wing))
}
