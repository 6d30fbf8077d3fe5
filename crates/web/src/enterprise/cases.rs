//! `/enterprise/cases`: what was served on the organization, the last day of what it has to do, and the
//! steps that it can take: a denial, an objection, a recall report, an application.

use std::sync::Arc;

use app::Principal;
use app::case::{CaseView, StepView};
use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use model::RecordId;
use pack::Pack;

use super::organization;
use crate::casework::course::document_tag;
use crate::casework::course::{self, TermShown, say};
use crate::casework::step::{Asked, Beside, Body, kept};
use crate::page::Page;
use crate::page::facts::{Fact, Facts, in_path};
use crate::page::form::Form;
use crate::page::ui::{Empty, Tag, Tone};
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::site::Site;

#[derive(Template)]
#[template(path = "enterprise/cases/list.html")]
struct ListPage<'p> {
    p: &'p Page,
    cases: Vec<Row>,
    empty: Option<Empty<'p>>,
}

/// A case in the list.
struct Row {
    href: String,
    label: String,
    tag: Tag,
    opened: String,
    terms: Vec<TermShown>,
    next: usize,
}

#[derive(Template)]
#[template(path = "enterprise/cases/show.html")]
struct CasePage<'p> {
    p: &'p Page,
    label: String,
    tag: Tag,
    opened: String,
    office: String,
    terms: Vec<TermShown>,
    next: Vec<Next>,
    blocked: Vec<(String, Vec<String>)>,
    steps: Vec<Done>,
    papers: Vec<Paper>,
    served: Option<String>,
    done: bool,
}

/// A document that was served on the organization.
struct Paper {
    label: String,
    number: String,
    tag: Tag,
    served: String,
    href: String,
}

/// A step that the organization can take.
struct Next {
    label: String,
    law: String,
    href: String,
    due: bool,
}

/// A step that it was told of or took.
struct Done {
    label: String,
    at: String,
    is_own: bool,
    facts: Vec<Fact>,
}

#[derive(Template)]
#[template(path = "enterprise/cases/step.html")]
struct StepPage<'p> {
    p: &'p Page,
    place: String,
    title: String,
    label: String,
    terms: Vec<TermShown>,
    body: Body<'p>,
}

fn tag(page: &Page, case: &CaseView) -> Tag {
    let tone = if case.ended_at.is_some() { Tone::Mute } else { Tone::Info };
    Tag::new(tone, say(page, &case.state_label)).icon("play")
}

/// One answer for a case that is not there and for one that is another's.
pub(super) fn nothing() -> Problem {
    let fault = app::Fault::new(
        "desk.no_such_case",
        "no such case was served on your organization; look at the list of your cases",
        "没有向贵单位送达的此案；请查看案件列表",
    );
    Problem::new(StatusCode::NOT_FOUND, fault)
}

pub(super) fn id_of(text: &str) -> Result<RecordId, Problem> {
    text.parse().map_err(|_| nothing())
}

async fn case_of(site: &Site, who: &Principal, id: RecordId) -> Result<CaseView, Problem> {
    match site.system.party_case(who, id).await {
        Err(app::Rejection::NotFound(_)) => Err(nothing()),
        other => Ok(other?),
    }
}

/// The cases of the organization.
///
/// # Errors
/// A fault of the store.
pub async fn list(State(site): State<Arc<Site>>, page: Page) -> Result<Response, Problem> {
    if let Err(elsewhere) = organization(&page) {
        return Ok(*elsewhere);
    }
    let who = page.at(Desk::Enterprise)?;
    let cases = site.system.party_cases(who).await?;
    let words = &page.w.party;
    let rows: Vec<Row> = cases
        .iter()
        .map(|case| Row {
            href: format!("/enterprise/cases/{}", case.case),
            label: say(&page, &case.label).to_owned(),
            tag: tag(&page, case),
            opened: case.opened_at.day_in_china().to_string(),
            terms: course::terms(&page, case).into_iter().filter(|term| term.is_open).collect(),
            next: case.next.iter().filter(|s| s.yours && s.why_not.is_empty()).count(),
        })
        .collect();
    let empty = rows.is_empty().then(|| Empty::new(&page, words.nothing, words.nothing_text));
    page.show(&ListPage { p: &page, cases: rows, empty })
}

/// A case.
///
/// # Errors
/// No such case, or none that was served on the organization; a fault of the store.
pub async fn show(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    if let Err(elsewhere) = organization(&page) {
        return Ok(*elsewhere);
    }
    let who = page.at(Desk::Enterprise)?;
    let id = id_of(&id)?;
    let case = case_of(&site, who, id).await?;
    let pack = site.system.pack();
    let facts = Facts::new(&page, &pack, "/archive/");
    let procedure = pack.procedure(&case.procedure).ok_or_else(nothing)?;
    let called = std::collections::HashMap::new();
    let duties: Vec<&String> = case.duties.iter().flat_map(|duty| &duty.steps).collect();
    let (mut next, mut blocked) = (Vec::new(), Vec::new());
    for step in case.next.iter().filter(|step| step.yours) {
        let label = say(&page, &step.label).to_owned();
        if !step.why_not.is_empty() {
            let why = step.why_not.iter().map(|why| say(&page, &why.says).to_owned());
            blocked.push((label, why.collect()));
            continue;
        }
        next.push(Next {
            label,
            law: step.law.clone().unwrap_or_default(),
            href: format!("/enterprise/cases/{id}/steps/{}", in_path(&step.step)),
            due: duties.contains(&&step.step),
        });
    }
    next.sort_by_key(|next| !next.due);
    let steps = case.steps.iter().rev().map(|entry| Done {
        label: say(&page, &entry.label).to_owned(),
        at: page.date_time(&entry.at),
        is_own: entry.by == who.account,
        facts: course::facts(&facts, procedure, entry, &called),
    });
    let office = case.office.as_deref().map(|id| {
        let period = pack.office(id).and_then(|office| office.on(page.today()));
        period.map_or_else(|| id.to_owned(), |period| page.say(&period.label).to_owned())
    });
    let papers = papers(&site, &page, who, id).await?;
    let subject = who.on_behalf_of.parse().map_err(|_| nothing())?;
    let served = site.system.served_record(&subject, id).await?;
    let template = CasePage {
        label: say(&page, &case.label).to_owned(),
        tag: tag(&page, &case),
        opened: page.date_time(&case.opened_at),
        office: office.unwrap_or_default(),
        terms: course::terms(&page, &case),
        next,
        blocked,
        steps: steps.collect(),
        papers,
        served: served.map(|record| format!("/enterprise/records/{}", record.id)),
        done: request.uri().query() == Some("done=1"),
        p: &page,
    };
    page.show(&template)
}

/// The documents of a case that were served on the organization, the last first.
async fn papers(
    site: &Site,
    page: &Page,
    who: &Principal,
    case: RecordId,
) -> Result<Vec<Paper>, Problem> {
    let documents = site.system.party_documents(who, case).await?;
    let papers = documents.into_iter().rev().map(|document| Paper {
        label: say(page, &document.label).to_owned(),
        tag: document_tag(page, document.state),
        served: super::document::served(page, &document),
        href: format!("/enterprise/cases/{case}/documents/{}", document.document),
        number: document.number.unwrap_or_default(),
    });
    Ok(papers.collect())
}

/// What the form of a step needs to be made.
struct Found {
    pack: Arc<Pack>,
    case: CaseView,
    subjects: Vec<(String, String, String)>,
}

impl Found {
    async fn of(site: &Site, page: &Page, who: &Principal, id: RecordId) -> Result<Self, Problem> {
        let case = case_of(site, who, id).await?;
        let name = page.visitor.as_ref().map(|visitor| visitor.name.clone()).unwrap_or_default();
        let subjects = vec![("organization".to_owned(), who.on_behalf_of.clone(), name)];
        Ok(Self { pack: site.system.pack(), case, subjects })
    }

    fn step(&self, id: &str) -> Result<&StepView, Problem> {
        let mut next = self.case.next.iter();
        next.find(|step| step.step == id && step.yours).ok_or_else(nothing)
    }

    fn asked<'f>(&'f self, page: &'f Page, step: &'f StepView) -> Result<Asked<'f>, Problem> {
        Ok(Asked {
            p: page,
            pack: &self.pack,
            procedure: self.pack.procedure(&self.case.procedure).ok_or_else(nothing)?,
            case: &self.case,
            step,
            officers: Vec::new(),
            subjects: self.subjects.clone(),
            place: format!("/enterprise/cases/{}", self.case.case),
        })
    }

    fn show(
        &self,
        page: &Page,
        step: &StepView,
        form: &Form,
        beside: Beside,
        status: StatusCode,
    ) -> Result<Response, Problem> {
        let asked = self.asked(page, step)?;
        let fields = asked.fields();
        let terms = course::terms(page, &self.case);
        page.show_as(
            status,
            &StepPage {
                p: page,
                place: asked.place.clone(),
                title: say(page, &self.case.label).to_owned(),
                label: say(page, &step.label).to_owned(),
                terms: terms.into_iter().filter(|term| term.is_open).collect(),
                body: asked.body(&fields, form, beside),
            },
        )
    }
}

fn place_of(case: RecordId, step: &str) -> String {
    format!("case/{case}/{step}")
}

/// The form of a step, with what was kept of it.
///
/// # Errors
/// As [`show`]; a step that is not the organization's to take.
pub async fn ask(
    State(site): State<Arc<Site>>,
    Path((id, step)): Path<(String, String)>,
    page: Page,
) -> Result<Response, Problem> {
    if let Err(elsewhere) = organization(&page) {
        return Ok(*elsewhere);
    }
    let who = page.at(Desk::Enterprise)?;
    let id = id_of(&id)?;
    let found = Found::of(&site, &page, who, id).await?;
    let step = found.step(&step)?;
    let kept = site.system.kept_form(who, &place_of(id, &step.step)).await?;
    let (form, kept_at) = match kept {
        Some(kept) => (Form::kept(kept.fields), Some(kept.saved_at)),
        None => (Form::default(), None),
    };
    found.show(&page, step, &form, Beside { kept_at, ..Beside::default() }, StatusCode::OK)
}

/// `POST`: takes the step, or says why it cannot be taken; what was filled in is kept then.
///
/// # Errors
/// As [`ask`]; a form that was not sent from here.
pub async fn take(
    State(site): State<Arc<Site>>,
    Path((id, step)): Path<(String, String)>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let who = page.at(Desk::Enterprise)?;
    let id = id_of(&id)?;
    let mut form = Form::read(&page, request).await?;
    let found = Found::of(&site, &page, who, id).await?;
    let step = found.step(&step)?;
    let mut new = found.asked(&page, step)?.read(&mut form);
    form.finish()?;
    if let Some(new) = &mut new {
        // What the office did meanwhile and did not tell is none of the form's business.
        new.seen = None;
    }
    let place = place_of(id, &step.step);
    if let Some(new) = new {
        match site.system.take_step(who, id, new).await {
            Ok(taken) => {
                site.system.forget_form(who, &place).await?;
                site.system.await_merged(taken.receipt.position + 1).await?;
                return Ok(page.go(&format!("/enterprise/cases/{id}?done=1")));
            }
            Err(rejection) => found.asked(&page, step)?.tell(&mut form, rejection)?,
        }
    }
    site.system.keep_form(who, &place, &kept(&form)).await?;
    let record = form.value("id").parse().ok();
    let beside = Beside { id: record, ..Beside::default() };
    found.show(&page, step, &form, beside, StatusCode::UNPROCESSABLE_ENTITY)
}

/// `POST …/draft`: keeps what was filled in.
///
/// # Errors
/// As [`take`].
pub async fn keep(
    State(site): State<Arc<Site>>,
    Path((id, step)): Path<(String, String)>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let who = page.at(Desk::Enterprise)?;
    let id = id_of(&id)?;
    let is_by_itself = request.headers().contains_key("hx-request");
    let form = Form::read(&page, request).await?;
    case_of(&site, who, id).await?;
    let step: String = step.chars().take(64).collect();
    site.system.keep_form(who, &place_of(id, &step), &kept(&form)).await?;
    if is_by_itself {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(page.go(&format!("/enterprise/cases/{id}/steps/{}", in_path(&step))))
}
