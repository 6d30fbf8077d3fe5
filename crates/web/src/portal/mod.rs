//! The public portal.

mod home;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::site::Site;

/// Its pages.
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/", get(home::home))
}
