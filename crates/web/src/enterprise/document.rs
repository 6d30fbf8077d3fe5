//! `/enterprise/cases/{id}/documents/{document}`: a document as it was served on the organization.

use std::sync::Arc;

use app::document::DocumentView;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use model::RecordId;

use super::cases::{id_of, nothing};
use super::organization;
use crate::casework::course::document_tag;
use crate::casework::course::say;
use crate::page::Page;
use crate::page::ui::Tag;
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::site::Site;

#[derive(Template)]
#[template(path = "enterprise/cases/document.html")]
struct DocumentPage<'p> {
    p: &'p Page,
    case: RecordId,
    document: &'p DocumentView,
    label: &'p str,
    tag: Tag,
    /// What stands on it, made by the program itself and escaped there.
    paper: String,
    /// What lies over it, where it does not count.
    mark: &'static str,
    served: String,
}

/// How and when a document was served, in words.
pub fn served(page: &Page, document: &DocumentView) -> String {
    let words = &page.w.party;
    let Some(last) = document.services.last() else { return String::new() };
    let way = say(page, &last.way_label);
    match &last.served_on {
        Some(day) => words.served_by(day, way),
        None => words.not_served_yet(&last.tried_on, way),
    }
}

/// The page.
///
/// # Errors
/// No such document, or none that was served on the organization; a fault of the store.
pub async fn show(
    State(site): State<Arc<Site>>,
    Path((case, document)): Path<(String, String)>,
    page: Page,
) -> Result<Response, Problem> {
    if let Err(elsewhere) = organization(&page) {
        return Ok(*elsewhere);
    }
    let who = page.at(Desk::Enterprise)?;
    let (case, document) = (id_of(&case)?, id_of(&document)?);
    let document = match site.system.party_document(who, case, document).await {
        Err(app::Rejection::NotFound(_)) => return Err(nothing()),
        other => other?,
    };
    // What stands on paper is Chinese, as is the mark.
    let mark = if document.state == "void" { "作　废" } else { "" };
    page.show(&DocumentPage {
        p: &page,
        case,
        label: say(&page, &document.label),
        tag: document_tag(&page, document.state),
        paper: document.paper.to_html(document.number.as_deref()),
        mark,
        served: served(&page, &document),
        document: &document,
    })
}
