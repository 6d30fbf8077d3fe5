//! `/console/work/cases/{id}`: in whose hands a case is.

use std::sync::Arc;

use app::duty::assign::{ASSIGN, NewAssignment};
use app::duty::hands::Assigned;
use app::reading::When;
use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::Choice;
use crate::page::Page;
use crate::page::form::Form;
use crate::page::ui::{Banner, Tone};
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::query::{Query, id_in_path};
use crate::site::Site;

#[derive(Template)]
#[template(path = "console/work_hands.html")]
struct HandsPage<'p> {
    p: &'p Page,
    case: String,
    procedure: String,
    state: String,
    handler: Option<String>,
    approvers: Vec<(String, String)>,
    recused: Vec<String>,
    is_mine: bool,
    may_take: bool,
    may_assign: bool,
    /// To whom it can be given.
    people: Vec<Choice>,
    /// Of what: handling, or one of those who agree.
    parts: Vec<Choice>,
    wrong: Vec<Banner<'p>>,
}

/// The page.
///
/// # Errors
/// Nobody of the console is logged in; a case that is not theirs to see; a fault of the store.
pub async fn hands(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let who = Arc::clone(page.at(Desk::Console)?);
    Query::of(request.uri()).finish()?;
    let shown = shown(&site, &page, &who, &id, Vec::new()).await?;
    page.show(&shown)
}

async fn shown<'p>(
    site: &Site,
    page: &'p Page,
    who: &app::Principal,
    id: &str,
    wrong: Vec<Banner<'p>>,
) -> Result<HandsPage<'p>, Problem> {
    let case = id_in_path(id)?;
    let system = &site.system;
    let view = system.case(who, case, When::default()).await?;
    let hands = system.hands(who, case).await?;
    let pack = system.pack();
    let people = system.officers_for(who, case).await?;
    let mut accounts: Vec<String> = hands.approvers.values().cloned().collect();
    accounts.extend(hands.handler.iter().chain(&hands.recused).cloned());
    let names = system.officer_names(&accounts).await?;
    let name = |id: &String| names.get(id).cloned().unwrap_or_else(|| id.clone());
    let permission = |id: &str| {
        let found = pack.permissions().find(|permission| permission.id == id);
        found.map_or_else(|| id.to_owned(), |found| page.say(&found.label).to_owned())
    };
    let approvals = pack.procedure(&view.procedure).into_iter().flat_map(|procedure| {
        procedure.engine.definition().steps.iter().flat_map(|step| &step.approvals)
    });
    let mut ids: Vec<&String> = approvals.collect();
    ids.sort_unstable();
    ids.dedup();
    let handling =
        Choice { id: String::new(), label: page.w.work.for_handler.to_owned(), is_chosen: true };
    let part = |id: &String| Choice {
        id: id.clone(),
        label: page.w.work.approver(permission(id)),
        is_chosen: false,
    };
    let is_mine = hands.handler.as_ref() == Some(&who.account)
        || hands.approvers.values().any(|approver| *approver == who.account);
    let is_out = hands.is_recused(&who.account);
    Ok(HandsPage {
        p: page,
        case: case.to_string(),
        procedure: page.pick(&view.label.zh, &view.label.en).to_owned(),
        state: page.pick(&view.state_label.zh, &view.state_label.en).to_owned(),
        handler: hands.handler.as_ref().map(name),
        approvers: hands.approvers.iter().map(|(p, who)| (permission(p), name(who))).collect(),
        recused: hands.recused.iter().map(name).collect(),
        is_mine,
        may_take: !is_out,
        may_assign: page.visitor.as_ref().is_some_and(|visitor| visitor.may(ASSIGN)),
        people: people
            .into_iter()
            .map(|(id, label)| Choice { id, label, is_chosen: false })
            .collect(),
        parts: std::iter::once(handling).chain(ids.into_iter().map(part)).collect(),
        wrong,
    })
}

/// What somebody says of it.
///
/// # Errors
/// As [`hands`]; a form that is not ours.
pub async fn assign(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let who = Arc::clone(page.at(Desk::Console)?);
    let case = id_in_path(&id)?;
    let mut form = Form::read(&page, request).await?;
    let (act, account) = (form.text("act"), form.text("account"));
    let (permission, reason) = (form.text("permission"), form.text("reason"));
    form.finish()?;
    let act = Assigned::of_word(&act).ok_or_else(|| Problem::bare(StatusCode::BAD_REQUEST))?;
    let chosen = |text: String| Some(text).filter(|text| !text.is_empty());
    let new =
        NewAssignment { act, account: chosen(account), permission: chosen(permission), reason };
    match site.system.assign(&who, case, &new).await {
        Ok(_) => Ok(page.go("/console/work?done=1")),
        Err(app::Rejection::Store(error)) => Err(app::Rejection::from(error).into()),
        Err(rejection) => {
            let faults = rejection.faults();
            let say = |fault: &app::Fault| {
                Banner::new(&page, Tone::Danger, page.pick(&fault.zh, &fault.en).to_owned())
            };
            let wrong = faults.iter().map(say).collect();
            let shown = shown(&site, &page, &who, &id, wrong).await?;
            page.show_as(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
    }
}
