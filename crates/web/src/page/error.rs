//! What is wrong, as a page.

use askama::Template;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

use super::Page;
use crate::problem::Problem;

/// Paths whose answers are for programs, whatever they say that they take.
const FOR_PROGRAMS: [&str; 3] = ["/api/", "/log/", "/assets/"];

/// Whether a request is a browser's, for a page.
pub fn is_for_people(path: &str, headers: &HeaderMap) -> bool {
    if FOR_PROGRAMS.iter().any(|programs| path.starts_with(programs)) {
        return false;
    }
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|range| range.trim().starts_with("text/html"))
}

#[derive(Template)]
#[template(path = "portal/error.html")]
struct ErrorPage<'p> {
    p: &'p Page,
    status: u16,
    title: &'p str,
    details: Vec<String>,
    code: &'p str,
    back: &'p str,
}

/// A problem as a page; none where not even that can be written.
pub fn page(page: &Page, problem: &Problem) -> Option<Response> {
    let status = problem.status();
    let words = &page.w.error;
    let title = match status {
        StatusCode::NOT_FOUND => words.not_found,
        StatusCode::FORBIDDEN => words.forbidden,
        StatusCode::UNAUTHORIZED => words.not_logged_in,
        StatusCode::TOO_MANY_REQUESTS => words.too_often,
        status if status.is_server_error() => words.server,
        _ => words.bad,
    };
    let is_unknown_path = problem.code() == "request.no_such_path";
    let details = match is_unknown_path {
        true => vec![words.no_such_page.to_owned()],
        false => problem
            .items()
            .iter()
            .take(20)
            .map(|item| {
                let fault = &item.fault;
                page.pick(&fault.zh, &fault.en).to_owned()
            })
            .collect(),
    };
    let back = ["/console", "/enterprise"].into_iter().find(|desk| page.path.starts_with(desk));
    let back = back.unwrap_or("/");
    let shown =
        ErrorPage { p: page, status: status.as_u16(), title, details, code: problem.code(), back };
    let mut response = page.show_as(status, &shown).ok()?;
    problem.mark(response.headers_mut());
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    Some(response)
}
