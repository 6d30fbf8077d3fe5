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

/// `GET /complaint`.
///
/// # Errors
/// A fault of the program.
pub async fn complaint(page: Page) -> Result<Response, Problem> {
    let w = page.w;
    let (title, will) = (w.home.complaint, w.coming.complaint);
    let meanwhile = w.coming.complaint_meanwhile;
    show(&page, &Coming { p: &page, icon: "chat", title, will, meanwhile, can_find: false })
}

/// `GET /tip-off`.
///
/// # Errors
/// A fault of the program.
pub async fn tip_off(page: Page) -> Result<Response, Problem> {
    let w = page.w;
    let (title, will) = (w.home.tip_off, w.coming.tip_off);
    let meanwhile = w.coming.tip_off_meanwhile;
    show(&page, &Coming { p: &page, icon: "flag", title, will, meanwhile, can_find: false })
}

/// `GET /recalls`.
///
/// # Errors
/// A fault of the program.
pub async fn recalls(page: Page) -> Result<Response, Problem> {
    let w = page.w;
    let (title, will) = (w.home.recalls, w.coming.recalls);
    let meanwhile = w.coming.recalls_meanwhile;
    show(&page, &Coming { p: &page, icon: "recall", title, will, meanwhile, can_find: true })
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
