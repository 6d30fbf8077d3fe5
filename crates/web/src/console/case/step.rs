//! `/console/cases/{id}/steps/{step}`: the form of a step, its draft, and taking it.

use std::collections::HashMap;
use std::sync::Arc;

use app::Principal;
use app::case::{CaseView, EntryView, StepView, Words};
use app::reading::When;
use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use model::{Envelope, RecordId};
use pack::Pack;

use super::show::{accounts, gone, state_tag, title};
use crate::casework::course::{self, say};
use crate::casework::office::officers;
use crate::casework::step::{Asked, Beside, Body, DrawnUp, kept};
use crate::page::Page;
use crate::page::facts::{Facts, in_path};
use crate::page::form::Form;
use crate::page::ui::Tag;
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::query::id_in_path;
use crate::site::Site;

#[derive(Template)]
#[template(path = "console/case/step.html")]
struct StepPage<'p> {
    p: &'p Page,
    case: RecordId,
    title: String,
    label: String,
    tag: Tag,
    body: Body<'p>,
}

/// Where the form of a step is kept.
pub fn place_of(case: RecordId, step: &str) -> String {
    format!("case/{case}/{step}")
}

/// What the form of a step needs to be made.
struct Found {
    pack: Arc<Pack>,
    case: CaseView,
    title: String,
    officers: Vec<(String, String)>,
    subjects: Vec<(String, String, String)>,
    accounts: HashMap<String, String>,
}

impl Found {
    async fn of(site: &Site, page: &Page, id: RecordId) -> Result<Self, Problem> {
        let who = page.at(Desk::Console)?;
        let system = &site.system;
        let case = system.case(who, id, When::default()).await?;
        // What it says of persons is not asked for: it would be noted as read.
        let opening = system.stored(who, id).await?;
        let open = serde_json::from_slice(&opening.open).unwrap_or_default();
        let pack = system.pack();
        let procedure = pack.procedure(&case.procedure).ok_or_else(gone)?;
        let frame = Envelope::read(&opening.envelope).map_err(|_| gone())?;
        let of_opening: Vec<(String, String)> = frame
            .subjects
            .iter()
            .map(|one| (one.role.clone().into_owned(), one.id.clone().into_owned()))
            .collect();
        let named = course::named(procedure, &of_opening, &case);
        let called = system.called(named.iter().map(String::as_str)).await;
        let sort_of = |id: &str| {
            let role = of_opening.iter().find(|(_, named)| named == id).map(|(role, _)| role);
            let sort = role.and_then(|role| pack.subject_role(role)?.is.first().cloned());
            sort.unwrap_or_else(|| "organization".to_owned())
        };
        let name = |id: &str| {
            let known = called.get(id).map(|called| called.name.clone());
            known.filter(|name| !name.is_empty()).unwrap_or_else(|| id.to_owned())
        };
        let mut seen: Vec<(String, String, String)> =
            named.iter().map(|id| (sort_of(id), id.clone(), name(id))).collect();
        let officers = officers(site, page, who).await?;
        seen.extend(
            officers.iter().map(|(id, name)| ("person".to_owned(), id.clone(), name.clone())),
        );
        let title = title(page, pack.kind(&opening.kind), &open, &case);
        let accounts = accounts(site, &case).await?;
        Ok(Self { title, officers, subjects: seen, accounts, case, pack })
    }

    /// The step, as the case says it. One that is not of the state it is in cannot be taken, and is
    /// shown all the same: somebody may have filled it in.
    fn step(&self, id: &str) -> Result<StepView, Problem> {
        if let Some(step) = self.case.next.iter().find(|step| step.step == id) {
            return Ok(step.clone());
        }
        let procedure = self.pack.procedure(&self.case.procedure).ok_or_else(gone)?;
        let steps = &procedure.engine.definition().steps;
        let step = steps.iter().find(|step| step.id == id);
        let step = step.ok_or_else(|| Problem::bare(StatusCode::NOT_FOUND))?;
        let words = |label: &codes::Label| Words { zh: label.zh.clone(), en: label.en.clone() };
        let state = &self.case.state_label;
        let says = Words {
            zh: format!("案件目前为“{}”状态，不能办理此步骤", state.zh),
            en: format!("This cannot be done in the state \"{}\"", state.en),
        };
        Ok(StepView {
            step: step.id.clone(),
            label: words(&step.label),
            act: if step.approvals.is_empty() { "done" } else { "proposed" },
            law: procedure.form(id).and_then(|form| form.law.clone()),
            yours: false,
            why_not: vec![app::case::WhyNotView { code: "case.state", says }],
        })
    }

    /// What waits for approval, where something does.
    fn drawn_up(&self, page: &Page, step: &StepView) -> Option<DrawnUp> {
        let is_drawn = |entry: &&EntryView| entry.step == step.step && entry.act == "proposed";
        let entry =
            self.case.steps.iter().rev().find(is_drawn).filter(|_| step.act == "approved")?;
        let facts = Facts::new(page, &self.pack, "/console/archive/");
        let procedure = self.pack.procedure(&self.case.procedure)?;
        let by = self.accounts.get(&entry.by).cloned().unwrap_or_else(|| entry.by.clone());
        Some(DrawnUp {
            by,
            at: page.date_time(&entry.at),
            facts: course::facts(&facts, procedure, entry, &HashMap::new()),
        })
    }

    fn asked<'f>(&'f self, page: &'f Page, step: &'f StepView) -> Result<Asked<'f>, Problem> {
        Ok(Asked {
            p: page,
            pack: &self.pack,
            procedure: self.pack.procedure(&self.case.procedure).ok_or_else(gone)?,
            case: &self.case,
            step,
            officers: self.officers.clone(),
            subjects: self.subjects.clone(),
            place: format!("/console/cases/{}", self.case.case),
        })
    }

    fn show(
        &self,
        page: &Page,
        step: &StepView,
        form: &Form,
        mut beside: Beside,
        status: StatusCode,
    ) -> Result<Response, Problem> {
        let asked = self.asked(page, step)?;
        let fields = asked.fields();
        beside.drawn_up = self.drawn_up(page, step);
        page.show_as(
            status,
            &StepPage {
                p: page,
                case: self.case.case,
                title: self.title.clone(),
                label: say(page, &step.label).to_owned(),
                tag: state_tag(page, &self.case),
                body: asked.body(&fields, form, beside),
            },
        )
    }
}

/// The form, with what was kept of it.
///
/// # Errors
/// A case that is not the reader's to see; no such step; a fault of the store.
pub async fn ask(
    State(site): State<Arc<Site>>,
    Path((id, step)): Path<(String, String)>,
    page: Page,
) -> Result<Response, Problem> {
    let who = page.at(Desk::Console)?;
    let id = id_in_path(&id)?;
    let found = Found::of(&site, &page, id).await?;
    let step = found.step(&step)?;
    let kept = site.system.kept_form(who, &place_of(id, &step.step)).await?;
    let (form, kept_at) = match kept {
        Some(kept) => (Form::kept(kept.fields), Some(kept.saved_at)),
        None => (first(who, &found), None),
    };
    found.show(&page, &step, &form, Beside { kept_at, ..Beside::default() }, StatusCode::OK)
}

/// A form that nothing was filled in of yet: who fills it in takes part.
fn first(who: &Principal, found: &Found) -> Form {
    let own = format!("person:{}", who.account);
    let is_one = found.officers.iter().any(|(id, _)| *id == own);
    let chosen =
        is_one.then(|| (crate::casework::control::box_name("officer", &own), "on".to_owned()));
    Form::kept(chosen.into_iter().collect())
}

/// `POST`: takes the step, or says why it cannot be taken; what was filled in is kept then.
///
/// # Errors
/// A case that is not the reader's to see, a step that is not theirs to take; no such step; a form that
/// was not sent from here; a fault of the store.
pub async fn take(
    State(site): State<Arc<Site>>,
    Path((id, step)): Path<(String, String)>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let who = page.at(Desk::Console)?;
    let id = id_in_path(&id)?;
    let mut form = Form::read(&page, request).await?;
    let found = Found::of(&site, &page, id).await?;
    let step = found.step(&step)?;
    let new = found.asked(&page, &step)?.read(&mut form);
    form.finish()?;
    let place = place_of(id, &step.step);
    let seen: Option<u64> = form.value("seen").parse().ok();
    let record = form.value("id").parse().ok();
    if let Some(new) = new {
        match site.system.take_step(who, id, new).await {
            Ok(taken) => {
                site.system.forget_form(who, &place).await?;
                // The page of the case is to show it.
                site.system.await_merged(taken.receipt.position + 1).await?;
                return Ok(page.go(&format!("/console/cases/{id}?done=1")));
            }
            Err(rejection) => {
                let told = found.asked(&page, &step)?.tell(&mut form, rejection);
                if let Err(other) = told {
                    site.system.keep_form(who, &place, &kept(&form)).await?;
                    return Err(other.into());
                }
            }
        }
    }
    site.system.keep_form(who, &place, &kept(&form)).await?;
    // Somebody may have gone on meanwhile: the case is shown as it is now.
    let found = Found::of(&site, &page, id).await?;
    let step = found.step(&step.step)?;
    let meanwhile = meanwhile(&page, &found, seen);
    let status = match meanwhile {
        Some(_) => StatusCode::CONFLICT,
        None => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let beside = Beside { id: record, meanwhile, ..Beside::default() };
    found.show(&page, &step, &form, beside, status)
}

/// What others did since somebody looked.
fn meanwhile(page: &Page, found: &Found, seen: Option<u64>) -> Option<String> {
    let seen = seen?;
    let since = found.case.steps.iter().filter(|entry| entry.number > seen);
    let says = since.map(|entry| {
        let by = found.accounts.get(&entry.by).unwrap_or(&entry.by);
        let label = say(page, &entry.label);
        page.w.casework.did(label, page.date_time(&entry.at), by)
    });
    let says: Vec<String> = says.collect();
    (!says.is_empty()).then(|| says.join(" "))
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
    let who = page.at(Desk::Console)?;
    let id = id_in_path(&id)?;
    let is_by_itself = request.headers().contains_key("hx-request");
    let form = Form::read(&page, request).await?;
    // Only who may read the case keeps something of it.
    site.system.stored(who, id).await?;
    let step: String = step.chars().take(64).collect();
    site.system.keep_form(who, &place_of(id, &step), &kept(&form)).await?;
    if is_by_itself {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(page.go(&format!("/console/cases/{id}/steps/{}", in_path(&step))))
}
