//! `/console/cases/{id}/documents`: the documents of a case, and a document as it is printed.

use std::sync::Arc;

use app::Principal;
use app::document::{DocumentView, DocumentsView, NewDocument, NewService};
use app::reading::When;
use askama::Template;
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use axum::routing::get;
use clock::Date;
use model::{RecordId, SubjectId};

use crate::account::tell;
use crate::casework::control::box_name;
use crate::casework::course::{document_tag, say};
use crate::casework::office::officers;
use crate::casework::step::read_officers;
use crate::page::Page;
use crate::page::form::Form;
use crate::page::ui::Tag;
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::query::{Query, id_in_path};
use crate::site::Site;

/// Its pages.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/console/cases/{id}/documents", get(list).post(draw_up))
        .route("/console/cases/{id}/documents/{document}", get(show).post(change))
}

/// The fields of the forms of a document, where a fault can be told.
const FIELDS: &[&str] = &[
    "text",
    "reason",
    "way",
    "tried_on",
    "served_on",
    "consent_on",
    "place",
    "failure",
    "recipient",
    "officers",
];

#[derive(Template)]
#[template(path = "console/documents.html")]
struct ListPage<'p> {
    p: &'p Page,
    case: RecordId,
    title: String,
    form: &'p Form,
    documents: &'p DocumentsView,
}

#[derive(Template)]
#[template(path = "console/document.html")]
struct DocumentPage<'p> {
    p: &'p Page,
    case: RecordId,
    title: String,
    form: &'p Form,
    document: &'p DocumentView,
    tag: Tag,
    /// What stands on it, made by the program itself and escaped there.
    paper: String,
    /// What lies over it, where it does not count.
    mark: &'static str,
    text: String,
    ways: Vec<(String, String)>,
    officers: Vec<(String, String, bool)>,
    may_seal: bool,
    may_serve: bool,
    served: bool,
}

async fn title_of(
    site: &Site,
    page: &Page,
    who: &Principal,
    case: RecordId,
) -> Result<String, Problem> {
    let view = site.system.case(who, case, When::default()).await?;
    Ok(say(page, &view.label).to_owned())
}

/// As of the records that a form brought, where one did.
fn known(uri: &Uri) -> Result<Option<u64>, Problem> {
    let mut query = Query::of(uri);
    let known = query.number("known");
    // How the page is shown is the page's.
    let _ = (query.text("lang"), query.text("theme"), query.text("size"));
    query.finish()?;
    Ok(known)
}

/// `GET /console/cases/{id}/documents`.
///
/// # Errors
/// A case that is not the reader's to see.
pub async fn list(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    uri: Uri,
    page: Page,
) -> Result<Response, Problem> {
    let known = known(&uri)?;
    listed(&site, &page, id_in_path(&id)?, known, &Form::default(), StatusCode::OK).await
}

async fn listed(
    site: &Site,
    page: &Page,
    case: RecordId,
    known: Option<u64>,
    form: &Form,
    status: StatusCode,
) -> Result<Response, Problem> {
    let who = page.at(Desk::Console)?;
    let documents = site.system.documents(who, case, When { valid: None, known }).await?;
    let title = title_of(site, page, who, case).await?;
    page.show_as(status, &ListPage { p: page, case, title, form, documents: &documents })
}

/// `POST /console/cases/{id}/documents`: draws up the document of a step.
///
/// # Errors
/// No permission; a form that was not sent from here.
pub async fn draw_up(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let case = id_in_path(&id)?;
    let mut form = Form::read(&page, request).await?;
    let step = form.text("step").parse().unwrap_or(0);
    form.finish()?;
    let who = page.at(Desk::Console)?;
    match site.system.draw_up(who, case, NewDocument { id: None, step }).await {
        Ok(drawn) => {
            let (document, known) = (drawn.document, drawn.receipt.position + 1);
            Ok(page.go(&format!("/console/cases/{case}/documents/{document}?known={known}")))
        }
        Err(rejection) => {
            tell(&page, &mut form, &["step"], rejection)?;
            listed(&site, &page, case, None, &form, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

/// `GET /console/cases/{id}/documents/{document}`.
///
/// # Errors
/// A document that is not the reader's to see.
pub async fn show(
    State(site): State<Arc<Site>>,
    Path((id, document)): Path<(String, String)>,
    uri: Uri,
    page: Page,
) -> Result<Response, Problem> {
    let known = known(&uri)?;
    let (case, document) = (id_in_path(&id)?, id_in_path(&document)?);
    shown(&site, &page, case, document, known, &Form::default(), StatusCode::OK).await
}

async fn shown(
    site: &Site,
    page: &Page,
    case: RecordId,
    id: RecordId,
    known: Option<u64>,
    form: &Form,
    status: StatusCode,
) -> Result<Response, Problem> {
    let who = page.at(Desk::Console)?;
    let document = site.system.document(who, case, id, known).await?;
    let all = site.system.documents(who, case, When { valid: None, known }).await?;
    let title = title_of(site, page, who, case).await?;
    let pack = site.system.pack();
    let ways = pack.list("service-way").map(|list| list.entries()).unwrap_or_default();
    let ways = ways.iter().map(|way| (way.code.clone(), page.say(&way.label).to_owned())).collect();
    let text = form.value("text");
    // What stands on paper is Chinese, as is the mark.
    let mark = match document.state {
        "draft" => "草　稿",
        "void" => "作　废",
        _ => "",
    };
    let paper = document.paper.to_html(document.number.as_deref());
    let served = document.services.iter().any(|service| service.outcome == "served");
    let officers = officers(site, page, who).await?.into_iter().map(|(id, name)| {
        let is_chosen = !form.value(&box_name("officer", &id)).is_empty();
        (id, name, is_chosen)
    });
    let text = if text.is_empty() { document.draft.clone() } else { text.to_owned() };
    page.show_as(
        status,
        &DocumentPage {
            p: page,
            case,
            title,
            form,
            tag: document_tag(page, document.state),
            paper,
            mark,
            text,
            ways,
            officers: officers.collect(),
            may_seal: all.may_seal,
            may_serve: all.may_serve,
            served,
            document: &document,
        },
    )
}

/// `POST /console/cases/{id}/documents/{document}`: changes its text, seals it, declares it void, or
/// records that it was served.
///
/// # Errors
/// No permission; a form that was not sent from here.
pub async fn change(
    State(site): State<Arc<Site>>,
    Path((id, document)): Path<(String, String)>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let (case, document) = (id_in_path(&id)?, id_in_path(&document)?);
    let mut form = Form::read(&page, request).await?;
    let what = form.text("what");
    let seen = form.text("seen").parse().ok();
    let text = form.raw("text");
    let reason = form.text("reason");
    let who = page.at(Desk::Console)?;
    let known = officers(&site, &page, who).await?;
    let officers = read_officers(&page, &known, &mut form);
    let new = service(&page, &mut form, officers, what == "serve");
    form.finish()?;
    let system = &site.system;
    let done = match (what.as_str(), new) {
        ("text", _) => system.revise_document(who, case, document, seen, &text).await,
        ("seal", _) => system.seal_document(who, case, document, seen).await,
        ("void", _) => system.void_document(who, case, document, seen, &reason).await,
        ("serve", Some(new)) if form.is_right() => {
            let served = system.serve_document(who, case, document, new).await;
            match served {
                Ok((receipt, _)) => {
                    let known = receipt.position + 1;
                    return Ok(page
                        .go(&format!("/console/cases/{case}/documents/{document}?known={known}")));
                }
                Err(rejection) => Err(rejection),
            }
        }
        ("serve", _) => {
            return shown(
                &site,
                &page,
                case,
                document,
                None,
                &form,
                StatusCode::UNPROCESSABLE_ENTITY,
            )
            .await;
        }
        _ => {
            return Err(crate::page::form::malformed("what is none of the form's", "表单内容有误"));
        }
    };
    match done {
        Ok(drawn) => {
            if what == "seal" {
                // It is sealed; that the program of the office failed is told in the log.
                let _ = system.seal_electronically(who, case, document).await;
            }
            let known = drawn.receipt.position + 1;
            Ok(page.go(&format!("/console/cases/{case}/documents/{document}?known={known}")))
        }
        Err(rejection) => {
            tell(&page, &mut form, FIELDS, rejection)?;
            shown(&site, &page, case, document, None, &form, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

/// The service that a form says.
fn service(
    page: &Page,
    form: &mut Form,
    officers: Vec<SubjectId>,
    is_asked: bool,
) -> Option<NewService> {
    let day = |form: &mut Form, name: &'static str| -> Option<Date> {
        let text = form.text(name);
        let day = text.parse().ok();
        if is_asked && day.is_none() && !text.is_empty() {
            form.fault(name, page.w.people.no_day);
        }
        day
    };
    let (tried_on, served_on) = (day(form, "tried_on"), day(form, "served_on"));
    let consent_on = day(form, "consent_on");
    let new = NewService {
        way: form.text("way"),
        tried_on: tried_on.unwrap_or(page.today()),
        served_on,
        place: form.text("place"),
        consent_on,
        failure: form.text("failure"),
        recipient: form.text("recipient"),
        officers,
    };
    if is_asked && tried_on.is_none() && form.fault_of("tried_on").is_none() {
        form.fault("tried_on", page.w.people.no_day);
    }
    is_asked.then_some(new)
}
