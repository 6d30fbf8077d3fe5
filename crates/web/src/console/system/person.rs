//! `/console/system/people/{id}`: one account, its roles and absences, and what may be done to it.

use std::sync::Arc;

use app::people::account::Account;
use app::people::role::{NewAbsence, NewGrant};
use app::{Fault, Principal, Rejection};
use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use clock::Date;
use model::RecordId;
use pack::HeldIn;

use super::people::{NewLink, address, state};
use super::{coded, names};
use crate::account::{place_name, tell};
use crate::page::Page;
use crate::page::form::Form;
use crate::page::ui::{Tag, Tone};
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::query::id_in_path;
use crate::site::Site;

#[derive(Template)]
#[template(path = "console/system/person.html")]
struct PersonPage<'p> {
    p: &'p Page,
    account: &'p Account,
    sort: String,
    state: Tag,
    grants: Vec<GrantShown>,
    absences: Vec<AbsenceShown>,
    roles: Vec<(String, String)>,
    places: Vec<(String, String)>,
    others: Vec<(String, String)>,
    form: &'p Form,
    away: &'p Form,
    may_close: bool,
    may_unlock: bool,
    may_assign: bool,
}

struct GrantShown {
    id: RecordId,
    role: String,
    place: String,
    days: String,
    reason: String,
    given_by: String,
    state: Tag,
    ends: bool,
}

struct AbsenceShown {
    id: RecordId,
    days: String,
    delegate: String,
    reason: String,
    ends: bool,
}

/// `GET /console/system/people/{id}`.
///
/// # Errors
/// No permission, no such account; a fault of the store.
pub async fn show(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    page: Page,
) -> Result<Response, Problem> {
    let (form, away) = (Form::default(), Form::default());
    shown(&site, &page, &id, &form, &away, StatusCode::OK).await
}

async fn account(site: &Site, page: &Page, id: &str) -> Result<Account, Problem> {
    let who = page.at(Desk::Console)?;
    let accounts = site.system.accounts(page.now, who).await?;
    accounts.into_iter().find(|account| account.id == id).ok_or_else(|| {
        let fault = Fault::new(
            "account.not_found",
            "there is no such account; look at the list of accounts",
            "没有此账号；请查看账号列表",
        );
        Rejection::NotFound(fault).into()
    })
}

async fn shown(
    site: &Arc<Site>,
    page: &Page,
    id: &str,
    form: &Form,
    away: &Form,
    status: StatusCode,
) -> Result<Response, Problem> {
    let account = account(site, page, id).await?;
    let pack = site.system.pack();
    let directory = site.system.people().directory();
    let names = names(site, page).await;
    let name = |id: &str| names.get(id).cloned().unwrap_or_else(|| id.to_owned());
    let (today, words) = (page.today(), &page.w.people);
    let days = |from: Date, until: Option<Date>| match until {
        Some(until) => format!("{from} – {until}"),
        None => words.from_on(from),
    };
    let mut grants = Vec::new();
    for grant in directory.grants_of(id) {
        let is_over = grant.ended || grant.until.is_some_and(|until| until < today);
        let state = if is_over {
            Tag::new(Tone::Mute, words.over)
        } else if grant.from > today {
            Tag::new(Tone::Info, words.to_come)
        } else {
            Tag::new(Tone::Ok, words.in_force)
        };
        let role = pack.role(&grant.role);
        grants.push(GrantShown {
            id: grant.id,
            role: role.map_or(grant.role.clone(), |role| page.say(&role.label).to_owned()),
            place: place_name(site, page, grant.held_in.as_deref().unwrap_or("system")),
            days: days(grant.from, grant.until),
            reason: grant.reason.clone(),
            given_by: name(&grant.given_by),
            state,
            ends: !is_over,
        });
    }
    grants.reverse();
    let absences = directory.absences().iter().filter(|absence| absence.account == id);
    let absences = absences
        .map(|absence| AbsenceShown {
            id: absence.id,
            days: days(absence.from, Some(absence.until)),
            delegate: absence.delegate.as_deref().map(&name).unwrap_or_default(),
            reason: absence.reason.clone(),
            ends: !absence.ended && absence.until >= today,
        })
        .collect();
    let roles = pack.roles().filter(|role| role.held_in == account.sort.holds());
    let roles = roles.map(|role| (role.id.clone(), page.say(&role.label).to_owned())).collect();
    let places = match account.sort.holds() {
        HeldIn::Office => pack
            .offices()
            .filter_map(|office| {
                let period = office.on(today)?;
                Some((office.id.clone(), page.say(&period.label).to_owned()))
            })
            .collect(),
        HeldIn::Organization => {
            account.organization.iter().map(|id| (id.clone(), id.clone())).collect()
        }
        HeldIn::Person | HeldIn::System => Vec::new(),
    };
    let mut others: Vec<(String, String)> = names
        .iter()
        .filter(|(other, _)| *other != id)
        .map(|(a, b)| (a.clone(), b.clone()))
        .collect();
    others.sort_by(|a, b| a.1.cmp(&b.1));
    let may = |permission| page.visitor.as_ref().is_some_and(|visitor| visitor.may(permission));
    let is_own = page.visitor.as_ref().is_some_and(|visitor| visitor.principal.account == id);
    page.show_as(
        status,
        &PersonPage {
            p: page,
            sort: coded(site, page, "account-sort", account.sort.word()),
            state: state(page, &account),
            account: &account,
            grants,
            absences,
            roles,
            places,
            others,
            form,
            away,
            may_close: may("account.manage") && !is_own,
            may_unlock: may("account.unlock") && !is_own,
            may_assign: may("role.assign") && !is_own,
        },
    )
}

/// Reads a form without fields of its own.
async fn confirmed(page: &Page, request: Request) -> Result<(&Arc<Principal>, HeaderMap), Problem> {
    let headers = request.headers().clone();
    Form::read(page, request).await?.finish()?;
    Ok((page.at(Desk::Console)?, headers))
}

fn back(page: &Page, id: &str) -> Response {
    page.go(&format!("/console/system/people/{id}"))
}

/// `POST .../close`: closes the account for good.
///
/// # Errors
/// No permission, one's own account; a form that was not sent from here.
pub async fn close(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let (who, _) = confirmed(&page, request).await?;
    site.system.close_account(page.now, who, &id).await?;
    Ok(page.go("/console/system/people"))
}

/// `POST .../unlock`.
///
/// # Errors
/// As [`close`].
pub async fn unlock(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let (who, _) = confirmed(&page, request).await?;
    site.system.unlock_account(page.now, who, &id).await?;
    Ok(back(&page, &id))
}

/// `POST .../second-factor`: another one is set up at the next log-in.
///
/// # Errors
/// As [`close`].
pub async fn reset(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let (who, _) = confirmed(&page, request).await?;
    site.system.reset_second_factor(page.now, who, &id).await?;
    Ok(back(&page, &id))
}

/// `POST .../recover`: a new link, which is shown this once.
///
/// # Errors
/// As [`close`].
pub async fn recover(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let (who, headers) = confirmed(&page, request).await?;
    let link = site.system.recover_account(page.now, who, &id).await?;
    let account = account(&site, &page, &id).await?;
    page.show(&NewLink {
        p: &page,
        account: &account.id,
        name: &account.name,
        address: address(&headers, &link),
        until: page.date_time(&link.expires_at),
    })
}

/// A day that a form may leave out.
fn day(page: &Page, form: &mut Form, name: &'static str) -> Option<Date> {
    let text = form.text(name);
    if text.is_empty() {
        return None;
    }
    let day = text.parse().ok();
    if day.is_none() {
        form.fault(name, page.w.people.no_day);
    }
    day
}

/// `POST .../roles`: gives a role.
///
/// # Errors
/// As [`close`].
pub async fn grant(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let mut form = Form::read(&page, request).await?;
    let new = NewGrant {
        account: id.clone(),
        role: form.text("role"),
        held_in: Some(form.text("held_in")).filter(|text| !text.is_empty()),
        from: day(&page, &mut form, "from"),
        until: day(&page, &mut form, "until"),
        reason: form.text("reason"),
    };
    form.finish()?;
    if form.is_right() {
        let who = page.at(Desk::Console)?;
        match site.system.grant_role(page.now, who, &new).await {
            Ok(_) => return Ok(back(&page, &id)),
            Err(rejection) => {
                let fields = ["role", "held_in", "from", "until", "reason"];
                tell(&page, &mut form, &fields, rejection)?;
            }
        }
    }
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    shown(&site, &page, &id, &form, &Form::default(), status).await
}

/// `POST .../absences`: notes that the person is away.
///
/// # Errors
/// As [`close`].
pub async fn absence(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let mut form = Form::read(&page, request).await?;
    let (from, until) = (day(&page, &mut form, "away_from"), day(&page, &mut form, "away_until"));
    let delegate = Some(form.text("delegate")).filter(|text| !text.is_empty());
    let reason = form.text("away_reason");
    form.finish()?;
    if let (Some(from), Some(until)) = (from, until) {
        let new = NewAbsence { account: id.clone(), from, until, delegate, reason };
        let who = page.at(Desk::Console)?;
        match site.system.note_absence(page.now, who, &new).await {
            Ok(_) => return Ok(back(&page, &id)),
            Err(rejection) => {
                let fields = ["away_from", "away_until", "delegate", "away_reason"];
                tell(&page, &mut form, &fields, rejection)?;
            }
        }
    } else {
        form.fault("away_from", page.w.people.no_day);
    }
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    shown(&site, &page, &id, &Form::default(), &form, status).await
}

/// `POST .../ends/{grant}`: ends a grant or an absence at once.
///
/// # Errors
/// As [`close`].
pub async fn end(
    State(site): State<Arc<Site>>,
    Path((id, grant)): Path<(String, String)>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let grant = id_in_path(&grant)?;
    let mut form = Form::read(&page, request).await?;
    let reason = form.text("end_reason");
    form.finish()?;
    let who = page.at(Desk::Console)?;
    site.system.end_grant(page.now, who, grant, None, &reason).await?;
    Ok(back(&page, &id))
}
