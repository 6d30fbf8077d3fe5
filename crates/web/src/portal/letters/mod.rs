//! Complaints and tip-offs of citizens, without an account: one thing a page, the competent office
//! named before sending, then a number and a code by which the letter is followed.
//!
//! Nothing is kept until a letter is sent: what was filled in on the pages before goes along in the form.

mod ask;
mod kinds;
mod progress;

use std::sync::Arc;

use axum::Router;
use axum::response::Redirect;
use axum::routing::{get, post};

use crate::site::Site;

/// Its pages.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/complaints/new", get(ask::complaint).post(ask::complaint_on))
        .route("/tip-offs/new", get(ask::tip_off).post(ask::tip_off_on))
        .route("/complaints/progress", get(progress::ask).post(progress::show))
        .route("/complaints/pictures", post(progress::add))
        // Where these pages were before there was anything on them.
        .route("/complaint", get(|| async { Redirect::permanent("/complaints/new") }))
        .route("/tip-off", get(|| async { Redirect::permanent("/tip-offs/new") }))
}
