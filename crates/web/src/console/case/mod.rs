//! `/console/cases/{id}`: a case, and the forms of its steps.

mod show;
mod step;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::site::Site;

/// Its pages.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/console/cases/{id}", get(show::show))
        .route("/console/cases/{id}/steps/{step}", get(step::ask).post(step::take))
        .route("/console/cases/{id}/steps/{step}/draft", post(step::keep))
}
