//! The desk of enterprises.

use std::sync::Arc;

use axum::Router;

use crate::site::Site;

/// Its pages.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
}
