//! `/account`: who one is here, where one may do what, and how to leave.

use std::sync::Arc;

use app::people::session::Session;
use askama::Template;
use axum::Extension;
use axum::extract::{Request, State};
use axum::response::Response;

use crate::page::Page;
use crate::page::form::Form;
use crate::problem::Problem;
use crate::session::{acting_cookie, go_with, gone_with};
use crate::site::Site;

#[derive(Template)]
#[template(path = "account/account.html")]
struct AccountPage<'p> {
    p: &'p Page,
    account: &'p app::people::account::Account,
    until: &'p model::Timestamp,
    roles: Vec<RoleShown>,
    /// The places in which somebody can act, where there are several: id and name.
    places: Vec<(String, String)>,
    acting: &'p str,
    sessions: Vec<app::people::session::SessionShown>,
}

/// A role that one has.
pub struct RoleShown {
    /// What it is called.
    pub role: String,
    /// Where it is held.
    pub place: String,
    /// Whom one stands in for.
    pub acting_for: Option<String>,
    /// The permissions, in words.
    pub permissions: String,
}

/// What an office, an organization or a place of the program is called.
pub fn place_name(site: &Site, page: &Page, place: &str) -> String {
    let pack = site.system.pack();
    match pack.office(place).and_then(|office| office.on(page.today())) {
        Some(office) => page.say(&office.label).to_owned(),
        None if place == app::people::SYSTEM => page.w.people.in_program.to_owned(),
        None => place.to_owned(),
    }
}

/// `GET /account`.
///
/// # Errors
/// The page cannot be written.
pub async fn account(
    State(site): State<Arc<Site>>,
    Extension(session): Extension<Arc<Session>>,
    page: Page,
) -> Result<Response, Problem> {
    let pack = site.system.pack();
    let principal = page.visitor.as_ref().map(|visitor| Arc::clone(&visitor.principal));
    let held = principal.as_ref().and_then(|who| who.person.as_ref()).map(|person| person.held());
    let holdings = held.as_ref().map(|held| held.holdings()).unwrap_or_default();
    let mut places: Vec<(String, String)> = Vec::new();
    let mut roles = Vec::new();
    for holding in holdings {
        let name = place_name(&site, &page, &holding.held_in);
        if !places.iter().any(|(id, _)| *id == *holding.held_in) {
            places.push(((*holding.held_in).to_owned(), name.clone()));
        }
        let Some(role) = pack.role(&holding.role) else { continue };
        let permissions = pack.permissions().filter(|p| role.grants.contains(&p.id));
        let permissions: Vec<&str> = permissions.map(|p| page.say(&p.label)).collect();
        roles.push(RoleShown {
            role: page.say(&role.label).to_owned(),
            place: name,
            acting_for: holding.acting_for.as_deref().map(str::to_owned),
            permissions: permissions.join(page.w.people.comma),
        });
    }
    let acting = principal.as_ref().map_or("", |who| who.on_behalf_of.as_str());
    let (account, until) = (&session.account, &session.expires_at);
    let sessions = site.system.sessions(&session).await?;
    page.show(&AccountPage { p: &page, account, until, roles, places, acting, sessions })
}

/// `POST /account/acting`: in which office one acts from here on.
///
/// # Errors
/// A form that was not sent from here.
pub async fn act(page: Page, request: Request) -> Result<Response, Problem> {
    let headers = request.headers().clone();
    let mut form = Form::read(&page, request).await?;
    let place = form.text("place");
    form.finish()?;
    Ok(go_with(page.go("/account"), acting_cookie(&place, &headers)))
}

/// `POST /logout`.
///
/// # Errors
/// A form that was not sent from here; a fault of the store.
pub async fn log_out(
    State(site): State<Arc<Site>>,
    Extension(session): Extension<Arc<Session>>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let headers = request.headers().clone();
    Form::read(&page, request).await?.finish()?;
    site.system.log_out(&session).await?;
    Ok(gone_with(page.go("/"), &headers))
}

/// `POST /account/everywhere`: ends all sessions.
///
/// # Errors
/// As [`log_out`].
pub async fn log_out_everywhere(
    State(site): State<Arc<Site>>,
    Extension(session): Extension<Arc<Session>>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let headers = request.headers().clone();
    Form::read(&page, request).await?.finish()?;
    site.system.log_out_everywhere(&session).await?;
    Ok(gone_with(page.go("/login"), &headers))
}
