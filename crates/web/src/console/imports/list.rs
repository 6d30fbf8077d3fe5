//! The tables of an office, a form for one more, and blank templates.

use std::sync::Arc;

use app::import::Upload;
use app::import::marks::Tongue;
use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use model::Timestamp;

use crate::page::Page;
use crate::page::form::Form;
use crate::page::prefs::Lang;
use crate::page::ui::{Empty, Tag, Tone};
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::site::Site;

#[derive(Template)]
#[template(path = "console/imports/list.html")]
struct List<'p> {
    p: &'p Page,
    form: &'p Form,
    rows: Vec<Row>,
    mappings: Vec<MappingRow>,
    empty: Empty<'p>,
}

struct Row {
    id: String,
    name: String,
    kind: String,
    time: String,
    size: String,
    rows: Option<u64>,
    state: Tag,
}

struct MappingRow {
    id: String,
    label: String,
    names: &'static str,
}

/// `GET /console/imports`.
///
/// # Errors
/// No permission.
pub async fn list(State(site): State<Arc<Site>>, page: Page) -> Result<Response, Problem> {
    shown(&site, &page, &Form::default(), StatusCode::OK)
}

/// The list, with what was wrong with a form.
pub(super) fn shown(
    site: &Site,
    page: &Page,
    form: &Form,
    status: StatusCode,
) -> Result<Response, Problem> {
    let who = page.at(Desk::Console)?;
    let system = &site.system;
    let pack = system.pack();
    let rows = system.uploads(who)?.into_iter().map(|upload| Row {
        kind: pack
            .mapping(&upload.choice.mapping)
            .map_or_else(String::new, |mapping| page.say(&mapping.label).to_owned()),
        time: page.date_time(&Timestamp::from_micros(upload.sent_at)),
        size: page.size(upload.bytes),
        rows: upload.checked.as_ref().map(|checked| checked.summary.rows),
        state: state(page, &upload),
        id: upload.id,
        name: upload.name,
    });
    let rows = rows.collect();
    let words = &page.w.imports;
    let mappings = pack.mappings().map(|mapping| MappingRow {
        id: mapping.id.clone(),
        label: page.say(&mapping.label).to_owned(),
        names: match mapping.columns_are {
            pack::Names::Known => words.known,
            pack::Names::Usual => words.usual,
        },
    });
    let mappings = mappings.collect();
    let empty = Empty::new(page, words.none, words.none_text);
    page.show_as(status, &List { p: page, form, rows, mappings, empty })
}

/// How a table stands, in a word.
pub(super) fn state(page: &Page, upload: &Upload) -> Tag {
    let words = &page.w.imports;
    match (&upload.run, &upload.checked) {
        (Some(run), _) if run.is_withdrawn => Tag::new(Tone::Mute, words.withdrawn_state),
        (Some(run), _) if run.stored.is_some() => Tag::new(Tone::Ok, words.done_state),
        (Some(_), _) => Tag::new(Tone::Info, words.running_state),
        (None, _) if upload.is_gone => Tag::new(Tone::Mute, words.gone_state),
        (None, Some(checked)) if checked.summary.faults > 0 => {
            Tag::new(Tone::Warn, words.faulty_state)
        }
        (None, Some(_)) => Tag::new(Tone::Info, words.checked_state),
        (None, None) => Tag::new(Tone::Mute, words.sent_state).icon("clock"),
    }
}

/// `GET /console/imports/templates/{mapping}`: a blank table to fill in.
///
/// # Errors
/// No such mapping.
pub async fn template(
    State(site): State<Arc<Site>>,
    page: Page,
    Path(mapping): Path<String>,
) -> Result<Response, Problem> {
    page.at(Desk::Console)?;
    let tongue = match page.prefs.lang {
        Lang::Zh => Tongue::Zh,
        Lang::En => Tongue::En,
    };
    let system = Arc::clone(&site.system);
    let id = mapping.clone();
    let made = tokio::task::spawn_blocking(move || system.template(&id, tongue)).await;
    let bytes = made.map_err(|_| Problem::bare(StatusCode::INTERNAL_SERVER_ERROR))??;
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(XLSX));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = HeaderValue::try_from(format!("attachment; filename=\"{mapping}.xlsx\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
