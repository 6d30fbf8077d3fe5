//! Services that this program does not offer yet: what each will be, and where to turn meanwhile.

use askama::Template;
use axum::response::Response;

use crate::page::Page;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "portal/coming.html")]
struct Coming<'p> {
    p: &'p Page,
    icon: &'static str,
    title: &'static str,
    will: &'static str,
    meanwhile: &'static str,
    /// Whether the look-up finds something of it already.
    can_find: bool,
}

fn show(page: &Page, coming: &Coming<'_>) -> Result<Response, Problem> {
    page.show(coming)
}

/// `GET /standards`.
///
/// # Errors
/// A fault of the program.
pub async fn standards(page: Page) -> Result<Response, Problem> {
    let w = page.w;
    let (title, will) = (w.home.standards, w.coming.standards);
    let meanwhile = w.coming.standards_meanwhile;
    show(&page, &Coming { p: &page, icon: "book", title, will, meanwhile, can_find: true })
}
