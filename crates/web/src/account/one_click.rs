//! `POST /login/one-click`: logging in to a demonstration.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use codes::Label;

use super::login::{home, then};
use super::{go_on, place_name};
use crate::page::Page;
use crate::page::form::Form;
use crate::problem::Problem;
use crate::site::Site;

/// As whom one is logged in by one click.
pub(super) struct Choice {
    pub(super) login: String,
    /// The role, or the name of an account that has none.
    pub(super) role: Label,
    /// The office or organization.
    pub(super) place: Option<Label>,
}

/// All of them, where the store is a demonstration.
pub(super) async fn choices(site: &Site, page: &Page) -> Result<Vec<Choice>, Problem> {
    let system = &site.system;
    let pack = system.pack();
    let mut found = Vec::new();
    let entries = system.one_click_accounts(page.now).await.map_err(app::Rejection::from)?;
    let places = entries.iter().filter_map(|entry| entry.held_in.clone());
    let of_organizations = places.filter(|place| pack.office(place).is_none()).collect();
    let names = system.public_names(of_organizations).await?;
    for entry in entries {
        let role = entry.role.as_deref().and_then(|role| pack.role(role));
        let name = || Label { zh: entry.account.name.clone(), en: entry.account.name.clone() };
        let place = entry.held_in.as_ref();
        let place = place.map(|place| place_label(site, page, place, names.get(place)));
        found.push(Choice {
            role: role.map_or_else(name, |role| role.label.clone()),
            login: entry.account.login,
            place,
        });
    }
    Ok(found)
}

/// What the place is called in which a role is held.
fn place_label(site: &Site, page: &Page, place: &str, name: Option<&String>) -> Label {
    let pack = site.system.pack();
    if let Some(office) = pack.office(place).and_then(|office| office.on(page.today())) {
        return office.label.clone();
    }
    let name = name.cloned().unwrap_or_else(|| place_name(site, page, place));
    Label { zh: name.clone(), en: name }
}

/// Where a click leads, with where it is to lead in the end.
pub(super) fn click(then: &str) -> String {
    let path = "/login/one-click";
    if then.is_empty() {
        return path.to_owned();
    }
    let then: String = form_urlencoded::byte_serialize(then.as_bytes()).collect();
    format!("{path}?then={then}")
}

/// The click.
///
/// # Errors
/// A store that is no demonstration, an account that is not entered so; a form that was not sent from
/// here.
pub async fn take(
    State(site): State<Arc<Site>>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let (headers, then) = (request.headers().clone(), then(request.uri())?);
    let mut form = Form::read(&page, request).await?;
    let login = form.text("login");
    form.finish()?;
    let logged = site.system.log_in_by_one_click(page.now, &login).await?;
    let session = site.system.session(page.now, &logged.token).await?;
    Ok(go_on(&page, &headers, &logged, &then, home(session.account.sort)))
}
