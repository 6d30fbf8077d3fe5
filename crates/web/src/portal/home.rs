//! `GET /`: where everybody begins.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::page::Page;
use crate::problem::Problem;
use crate::site::Site;

#[derive(Template)]
#[template(path = "portal/home.html")]
struct Home<'p> {
    p: &'p Page,
    /// Entries of the public log.
    logged: u64,
}

/// The home page.
///
/// # Errors
/// A fault of the program.
pub async fn home(State(site): State<Arc<Site>>, page: Page) -> Result<Response, Problem> {
    let logged = site.system.published().records;
    page.show(&Home { p: &page, logged })
}
