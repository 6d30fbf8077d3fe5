//! `/complaints/progress`: how a letter stands, by its number and code; the receipt, and pictures.

use std::sync::Arc;

use app::Rejection;
use app::letter::{Progress, QueryCode};
use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use crate::casework::course::{self, TermShown, say};
use crate::page::Page;
use crate::page::facts::{Fact, Facts};
use crate::page::form::Form;
use crate::page::ui::{Tag, Tone};
use crate::page::upload;
use crate::problem::Problem;
use crate::site::Site;

/// The most bytes of a picture.
const MOST_BYTES: usize = app::attachment::MOST_BYTES;

#[derive(Template)]
#[template(path = "portal/letters/find.html")]
struct FindPage<'p> {
    p: &'p Page,
    form: &'p Form,
}

#[derive(Template)]
#[template(path = "portal/letters/progress.html")]
struct ProgressPage<'p> {
    p: &'p Page,
    form: &'p Form,
    number: String,
    code: String,
    /// Whether it was sent just now.
    fresh: bool,
    added: bool,
    tracks: Vec<Track>,
    pictures: usize,
}

/// One track of a letter.
struct Track {
    label: String,
    tag: Tag,
    office: String,
    received: String,
    told: Vec<ToldShown>,
    terms: Vec<TermShown>,
    has_ended: bool,
    index: u64,
    is_signed: bool,
}

/// Something that the sender was told.
struct ToldShown {
    label: String,
    at: String,
    facts: Vec<Fact>,
}

/// `GET /complaints/progress`.
///
/// # Errors
/// A fault of the program.
pub async fn ask(page: Page) -> Result<Response, Problem> {
    page.show(&FindPage { p: &page, form: &Form::default() })
}

/// `POST /complaints/progress`. The code stands in no address: histories and logs keep addresses.
///
/// # Errors
/// A form that was not sent from here; too many from one address; a fault of the store.
pub async fn show(
    State(site): State<Arc<Site>>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let mut form = Form::read(&page, request).await?;
    let words = &page.w.letters;
    let number = form.required("number", words.no_number);
    let code = form.required("code", words.no_code);
    form.finish()?;
    let code = match QueryCode::read(&code) {
        Some(code) => code,
        None => {
            if form.is_right() {
                form.fault("code", words.wrong_form);
            }
            return page
                .show_as(StatusCode::UNPROCESSABLE_ENTITY, &FindPage { p: &page, form: &form });
        }
    };
    match site.system.letter_progress(&number, &code).await {
        Ok(tracks) => {
            let found = Found { number: &number, code: &code, fresh: false, added: false };
            shown(&site, &page, &Form::default(), &found, tracks, StatusCode::OK)
        }
        Err(Rejection::NotFound(fault)) => {
            form.fault("number", page.pick(&fault.zh, &fault.en));
            page.show_as(StatusCode::NOT_FOUND, &FindPage { p: &page, form: &form })
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /complaints/pictures`: adds a picture to a letter.
///
/// # Errors
/// As [`show`]; a file that is no picture or too large.
pub async fn add(
    State(site): State<Arc<Site>>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let (mut form, file) = upload::read(&page, &site, request, MOST_BYTES).await?;
    let (number, code) = (form.text("number"), form.text("code"));
    form.finish()?;
    let words = &page.w.letters;
    let code = QueryCode::read(&code);
    let code =
        code.ok_or_else(|| crate::page::form::malformed("the code is none", "查询码有误"))?;
    match file {
        None => form.fault("file", words.no_picture),
        Some(file) => {
            let added =
                site.system.add_picture(&number, &code, file.name.clone(), file.bytes.to_vec());
            match added.await {
                Ok(()) => {}
                Err(Rejection::Invalid(faults)) => {
                    for fault in faults {
                        form.fault("file", page.pick(&fault.zh, &fault.en));
                    }
                }
                Err(other) => return Err(other.into()),
            }
        }
    }
    let tracks = site.system.letter_progress(&number, &code).await?;
    let added = form.is_right();
    let status = if added { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let found = Found { number: &number, code: &code, fresh: false, added };
    shown(&site, &page, &form, &found, tracks, status)
}

/// The receipt of a letter that was sent just now: the only page that shows the code.
///
/// # Errors
/// A fault of the store.
pub async fn receipt(
    site: &Site,
    page: &Page,
    number: &str,
    code: &QueryCode,
) -> Result<Response, Problem> {
    let known = site.system.reader().size().await.map_err(Problem::from)?;
    site.system.await_merged(known).await?;
    let tracks = site.system.letter_progress(number, code).await?;
    let found = Found { number, code, fresh: true, added: false };
    shown(site, page, &Form::default(), &found, tracks, StatusCode::OK)
}

/// What a page is shown of.
struct Found<'f> {
    number: &'f str,
    code: &'f QueryCode,
    fresh: bool,
    added: bool,
}

fn shown(
    site: &Site,
    page: &Page,
    form: &Form,
    found: &Found<'_>,
    tracks: Vec<Progress>,
    status: StatusCode,
) -> Result<Response, Problem> {
    let pictures = tracks.iter().map(|track| track.pictures).sum();
    let template = ProgressPage {
        p: page,
        form,
        number: found.number.to_uppercase(),
        code: found.code.to_string(),
        fresh: found.fresh,
        added: found.added,
        tracks: tracks.into_iter().map(|track| of_track(site, page, track)).collect(),
        pictures,
    };
    let mut response = page.show_as(status, &template)?;
    // The code is on it: no browser is to keep it.
    let cache = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, cache);
    Ok(response)
}

fn of_track(site: &Site, page: &Page, track: Progress) -> Track {
    let pack = site.system.pack();
    let facts = Facts::new(page, &pack, "/archive/");
    let procedure = pack.procedure(&track.procedure);
    let told = track.told.iter().map(|told| {
        let form = procedure.and_then(|procedure| procedure.form(&told.step));
        let fields = form.map(|form| form.fields.as_slice()).unwrap_or_default();
        ToldShown {
            label: say(page, &told.label).to_owned(),
            at: page.date_time(&told.at),
            facts: facts.of_fields(fields, &told.form, told.at.day_in_china()),
        }
    });
    let office = track.office.as_deref().map(|id| {
        let period = pack.office(id).and_then(|office| office.on(page.today()));
        period.map_or_else(|| id.to_owned(), |period| page.say(&period.label).to_owned())
    });
    let tone = if track.ended_at.is_some() { Tone::Mute } else { Tone::Info };
    Track {
        label: say(page, &track.label).to_owned(),
        tag: Tag::new(tone, say(page, &track.state_label)).icon("clock"),
        office: office.unwrap_or_default(),
        received: page.date_time(&track.opened_at),
        told: told.collect(),
        terms: track.terms.iter().map(|term| course::term(page, term)).collect(),
        has_ended: track.ended_at.is_some(),
        index: track.index,
        is_signed: track.is_signed,
    }
}
