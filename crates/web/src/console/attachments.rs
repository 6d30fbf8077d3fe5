//! The files of a record: the part of its page that shows them, and
//! `/console/records/{id}/attachments`.

use std::sync::Arc;

use app::Principal;
use app::attachment::{Attachment, MOST_BYTES, NewAttachment, Shows, State as FileState};
use app::reading::RecordView;
use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use model::RecordId;

use super::record;
use crate::account::tell;
use crate::page::Page;
use crate::page::form::Form;
use crate::page::upload;
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::query::id_in_path;
use crate::routes::records::attachments::sent;
use crate::site::Site;

/// The files of a record, and a form for one more.
#[derive(Template)]
#[template(path = "console/attachments.html")]
pub struct Attached<'p> {
    p: &'p Page,
    record: RecordId,
    rows: Vec<Row>,
    form: &'p Form,
    may_attach: bool,
    /// Of whom the record speaks.
    persons: Vec<String>,
    /// Whether an informer is to be protected.
    protects: bool,
}

impl HtmlSafe for Attached<'_> {}

struct Row {
    href: Option<String>,
    name: String,
    note: String,
    size: String,
    dots: String,
    time: String,
    sealed: bool,
    instead: &'static str,
}

impl<'p> Attached<'p> {
    /// Those of a record, with what was wrong with the last form.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn of(
        site: &Site,
        page: &'p Page,
        who: &Principal,
        view: &RecordView,
        form: &'p Form,
    ) -> Result<Self, Problem> {
        let record = view.stored.id;
        let found = site.system.attachments(who, record, None).await?;
        let mut persons: Vec<String> = Vec::new();
        for part in &view.personal {
            if !persons.contains(&part.person) {
                persons.push(part.person.clone());
            }
        }
        let pack = site.system.pack();
        let kind = pack.kind(&view.stored.kind);
        Ok(Self {
            p: page,
            record,
            rows: found.into_iter().map(|found| row(page, record, found)).collect(),
            form,
            may_attach: site.system.may_attach(who, view)?,
            persons,
            protects: kind.is_some_and(|kind| kind.informer.is_some()),
        })
    }
}

fn row(page: &Page, record: RecordId, found: Attachment) -> Row {
    let words = &page.w.attachments;
    let id = found.view.stored.id;
    Row {
        href: (found.state == FileState::Open)
            .then(|| format!("/console/records/{record}/attachments/{id}")),
        name: if found.name.is_empty() { found.media_type } else { found.name },
        note: found.note,
        size: page.size(found.bytes),
        dots: found.dots.map(|(width, height)| words.dots(height, width)).unwrap_or_default(),
        time: page.date_time(&found.view.stored.recorded_at),
        sealed: found.sealed,
        instead: match found.state {
            FileState::Open => "",
            FileState::Hidden => words.hidden,
            FileState::Erased => words.erased,
        },
    }
}

/// `POST /console/records/{id}/attachments`.
///
/// # Errors
/// No such record; no permission; a form that was not sent from here.
pub async fn attach(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let who = page.at(Desk::Console)?;
    let id = id_in_path(&id)?;
    let (mut form, file) = upload::read(&page, &site, request, MOST_BYTES).await?;
    let (note, shows) = (form.text("note"), form.text("shows"));
    form.finish()?;
    let Some(file) = file else {
        form.fault("file", page.w.attachments.nothing);
        return record::shown(&site, &page, id, &form, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let new = NewAttachment {
        name: file.name,
        note,
        shows: if shows.is_empty() { Shows::Nobody } else { Shows::Person(shows) },
        bytes: file.bytes.to_vec(),
    };
    match site.system.attach(who, id, new).await {
        Ok((receipt, _)) => {
            // The page is to show it.
            site.system.await_merged(receipt.position + 1).await?;
            Ok(page.go(&format!("/console/records/{id}#h-attachments")))
        }
        Err(rejection) => {
            tell(&page, &mut form, &["file", "note", "shows"], rejection)?;
            record::shown(&site, &page, id, &form, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

/// `GET /console/records/{id}/attachments/{attachment}`.
///
/// # Errors
/// No such record or file, or none that the reader may see.
pub async fn file(
    State(site): State<Arc<Site>>,
    Path((id, attachment)): Path<(String, String)>,
    page: Page,
) -> Result<Response, Problem> {
    let who = page.at(Desk::Console)?;
    let (id, attachment) = (id_in_path(&id)?, id_in_path(&attachment)?);
    Ok(sent(site.system.open_attachment(who, id, attachment).await?))
}
