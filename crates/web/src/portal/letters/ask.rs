//! `/complaints/new` and `/tip-offs/new`: the questions, one page after another, the page on which all
//! is checked, and the receipt.

use std::sync::Arc;

use app::letter::{NewLetter, QueryCode, competent_office, new_code};
use app::{Fault, Rejection};
use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use model::{RecordId, SubjectId};
use pack::Pack;

use super::kinds::{Letter, REGION, RESPONDENT, Read, fields, read};
use super::progress::receipt;
use crate::casework::fields::{Entry, Fields, name_of};
use crate::page::Page;
use crate::page::facts::{Fact, Facts};
use crate::page::form::Form;
use crate::page::limit::caller;
use crate::problem::Problem;
use crate::site::Site;

#[derive(Template)]
#[template(path = "portal/letters/ask.html")]
struct AskPage<'p> {
    p: &'p Page,
    title: &'static str,
    path: &'static str,
    question: &'static str,
    number: usize,
    count: usize,
    form: &'p Form,
    entries: Vec<Entry<'p>>,
    /// What was filled in on other pages.
    carried: Vec<(String, String)>,
    office: Option<String>,
    is_tip_off: bool,
}

#[derive(Template)]
#[template(path = "portal/letters/check.html")]
struct CheckPage<'p> {
    p: &'p Page,
    title: &'static str,
    path: &'static str,
    form: &'p Form,
    carried: Vec<(String, String)>,
    parts: Vec<Part>,
    office: String,
    id: String,
    code: String,
    also: bool,
}

/// What was filled in on one page.
struct Part {
    number: usize,
    question: &'static str,
    facts: Vec<Fact>,
}

/// `GET /complaints/new`.
///
/// # Errors
/// The pack takes no such letters; a fault of the program.
pub async fn complaint(State(site): State<Arc<Site>>, page: Page) -> Result<Response, Problem> {
    first(&site, &page, Letter::Complaint)
}

/// `GET /tip-offs/new`.
///
/// # Errors
/// As [`complaint`].
pub async fn tip_off(State(site): State<Arc<Site>>, page: Page) -> Result<Response, Problem> {
    first(&site, &page, Letter::TipOff)
}

/// `POST /complaints/new`.
///
/// # Errors
/// A form that was not sent from here; too many letters from one address; a fault of the store.
pub async fn complaint_on(
    State(site): State<Arc<Site>>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    on(&site, &page, Letter::Complaint, request).await
}

/// `POST /tip-offs/new`.
///
/// # Errors
/// As [`complaint_on`].
pub async fn tip_off_on(
    State(site): State<Arc<Site>>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    on(&site, &page, Letter::TipOff, request).await
}

fn first(site: &Site, page: &Page, letter: Letter) -> Result<Response, Problem> {
    let pack = site.system.pack();
    if pack.kind(letter.kind()).is_none() {
        return Err(Problem::bare(StatusCode::NOT_FOUND));
    }
    show(page, &pack, letter, 0, &Form::default(), StatusCode::OK)
}

fn title(page: &Page, letter: Letter) -> &'static str {
    match letter {
        Letter::Complaint => page.w.home.complaint,
        Letter::TipOff => page.w.home.tip_off,
    }
}

/// What of a form stands on a page, by the names of its fields.
fn stands_on(page: &Page, pack: &Pack, letter: Letter, number: usize, name: &str) -> bool {
    fields(page, pack, letter, number).iter().any(|field| {
        let own = name_of(&field.name);
        name.strip_prefix(&own).is_some_and(|rest| rest.is_empty() || rest.starts_with("--"))
    })
}

/// What goes along from the other pages.
fn carried(
    page: &Page,
    pack: &Pack,
    letter: Letter,
    number: usize,
    form: &Form,
) -> Vec<(String, String)> {
    let others = form.sent().iter().filter(|(name, value)| {
        name.starts_with("in-") && !value.is_empty() && !stands_on(page, pack, letter, number, name)
    });
    others.cloned().collect()
}

fn show(
    page: &Page,
    pack: &Pack,
    letter: Letter,
    number: usize,
    form: &Form,
    status: StatusCode,
) -> Result<Response, Problem> {
    let asked = fields(page, pack, letter, number);
    let reader = Fields { p: page, pack, on: page.today(), subjects: &[], marks: false };
    let region = form.value(&name_of(REGION));
    let office = (number > 1).then(|| office_name(page, pack, region, letter)).flatten();
    let question = letter.questions(page.w).get(number).copied().unwrap_or_default();
    page.show_as(
        status,
        &AskPage {
            p: page,
            title: title(page, letter),
            path: letter.path(),
            question,
            number,
            count: letter.count(),
            form,
            entries: reader.shown(&asked, form),
            carried: carried(page, pack, letter, number, form),
            office,
            is_tip_off: letter == Letter::TipOff,
        },
    )
}

fn office_name(page: &Page, pack: &Pack, region: &str, letter: Letter) -> Option<String> {
    let office = competent_office(pack, region, letter.kind(), page.today())?;
    office.on(page.today()).map(|period| page.say(&period.label).to_owned())
}

/// Where the reader wants to go from a page.
enum Go {
    Next,
    To(usize),
    Send,
}

async fn on(
    site: &Site,
    page: &Page,
    letter: Letter,
    request: Request,
) -> Result<Response, Problem> {
    let pack = site.system.pack();
    if pack.kind(letter.kind()).is_none() {
        return Err(Problem::bare(StatusCode::NOT_FOUND));
    }
    let from = match page.visitor {
        Some(_) => None,
        None => caller(request.extensions(), request.headers()),
    };
    let mut form = Form::read(page, request).await?;
    let number: usize = form.text("page").parse().unwrap_or(0).min(letter.count());
    let go = form.text("go");
    let go = match go.strip_prefix("page-").and_then(|at| at.parse::<usize>().ok()) {
        Some(at) => Go::To(at.min(letter.count() - 1)),
        None if go == "send" => Go::Send,
        None => Go::Next,
    };
    // Only the page on which all is checked has these.
    let (id, code) = match number == letter.count() {
        true => (form.text("id"), form.text("code")),
        false => Default::default(),
    };
    // All pages are read, so that nothing unknown is carried; what is wrong counts up to this one.
    let mut whole = form.clone();
    let last = letter.count() - 1;
    let read_whole = read(page, &pack, letter, last, &mut whole);
    whole.finish()?;
    match go {
        Go::To(at) => show(page, &pack, letter, at, &form, StatusCode::OK),
        Go::Next => {
            let upto = number.min(last);
            read(page, &pack, letter, upto, &mut form);
            if let Some(at) = wrong_page(page, &pack, letter, &form) {
                return show(page, &pack, letter, at, &form, StatusCode::UNPROCESSABLE_ENTITY);
            }
            if let Some(fault) = no_office(page, &pack, letter, &form, upto) {
                form.fault(name_of(REGION), fault);
                return show(page, &pack, letter, 1, &form, StatusCode::UNPROCESSABLE_ENTITY);
            }
            match upto < last {
                true => show(page, &pack, letter, upto + 1, &form, StatusCode::OK),
                false => check(page, &pack, letter, &form, &read_whole, StatusCode::OK),
            }
        }
        Go::Send => {
            if let Some(at) = wrong_page(page, &pack, letter, &whole) {
                return show(page, &pack, letter, at, &whole, StatusCode::UNPROCESSABLE_ENTITY);
            }
            let (Ok(id), Some(code)) = (id.parse::<RecordId>(), QueryCode::read(&code)) else {
                return check(page, &pack, letter, &form, &read_whole, StatusCode::OK);
            };
            if let Some(address) = from {
                site.letters.count(address, page.now)?;
            }
            send(site, page, &pack, letter, whole, read_whole, (id, code)).await
        }
    }
}

/// The first page on which something is wrong.
fn wrong_page(page: &Page, pack: &Pack, letter: Letter, form: &Form) -> Option<usize> {
    let is_wrong = |number: &usize| {
        form.faults().iter().any(|(name, _)| stands_on(page, pack, letter, *number, name))
    };
    (0..letter.count()).find(is_wrong)
}

/// That nobody is competent where it happened, once that was asked.
fn no_office(
    page: &Page,
    pack: &Pack,
    letter: Letter,
    form: &Form,
    upto: usize,
) -> Option<&'static str> {
    let region = form.value(&name_of(REGION));
    let is_asked = upto >= 1;
    (is_asked && office_name(page, pack, region, letter).is_none())
        .then_some(page.w.letters.no_office)
}

fn check(
    page: &Page,
    pack: &Pack,
    letter: Letter,
    form: &Form,
    read: &Read,
    status: StatusCode,
) -> Result<Response, Problem> {
    let facts = Facts::new(page, pack, "/archive/");
    let questions = letter.questions(page.w);
    let reader = Fields { p: page, pack, on: page.today(), subjects: &[], marks: false };
    let parts = (0..letter.count()).map(|number| {
        let fields = fields(page, pack, letter, number);
        let (mut said, personal) = reader.read(&fields, &mut form.clone());
        said.extend(personal);
        Part {
            number,
            question: questions.get(number).copied().unwrap_or_default(),
            facts: facts.of_fields(&fields, &said, page.today()),
        }
    });
    let id = RecordId::new(page.now, &app::keys::random());
    page.show_as(
        status,
        &CheckPage {
            p: page,
            title: title(page, letter),
            path: letter.path(),
            form,
            carried: carried(page, pack, letter, letter.count(), form),
            parts: parts.collect(),
            office: office_name(page, pack, &read.region, letter).unwrap_or_default(),
            id: id.to_string(),
            code: new_code().to_string(),
            also: read.said.len() > 1,
        },
    )
}

async fn send(
    site: &Site,
    page: &Page,
    pack: &Pack,
    letter: Letter,
    mut form: Form,
    read: Read,
    (id, code): (RecordId, QueryCode),
) -> Result<Response, Problem> {
    let respondent: Option<SubjectId> = match read.respondent.as_str() {
        "" => None,
        text => match text.parse() {
            Ok(id) => Some(id),
            Err(_) => {
                form.fault(name_of(RESPONDENT), page.w.letters.wrong_code);
                return show(page, pack, letter, 1, &form, StatusCode::UNPROCESSABLE_ENTITY);
            }
        },
    };
    let region = read.region.clone();
    let new = NewLetter { id, code: code.clone(), region, respondent, said: read.said.clone() };
    match site.system.send_letter(new).await {
        Ok(sent) => receipt(site, page, &sent.number, &code).await,
        Err(Rejection::Invalid(faults)) => {
            for fault in faults {
                tell(page, &mut form, &fault);
            }
            match wrong_page(page, pack, letter, &form) {
                Some(at) => show(page, pack, letter, at, &form, StatusCode::UNPROCESSABLE_ENTITY),
                None => check(page, pack, letter, &form, &read, StatusCode::UNPROCESSABLE_ENTITY),
            }
        }
        Err(other) => Err(other.into()),
    }
}

/// Puts what is wrong with a letter to its field.
fn tell(page: &Page, form: &mut Form, fault: &Fault) {
    let says = page.pick(&fault.zh, &fault.en);
    let parts: Vec<&str> = fault.pointer.trim_start_matches('/').split('/').collect();
    let field = match parts.as_slice() {
        ["open", name, ..] | ["personal", "0", "fields", name, ..] | ["personal", name, ..] => {
            *name
        }
        ["subjects", ..] => RESPONDENT,
        ["region", ..] | ["office", ..] => REGION,
        _ => "letter",
    };
    form.fault(name_of(field), says);
}
