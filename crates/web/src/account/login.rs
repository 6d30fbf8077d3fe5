//! `/login`: the steps of logging in.

use std::sync::Arc;

use app::people::account::Sort;
use app::people::session::{Session, Stage};
use app::people::totp::TotpSetUp;
use askama::Template;
use askama::filters::HtmlSafe;
use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;

use super::one_click::{Choice, choices, click};
use super::{go_on, tell};
use crate::page::Page;
use crate::page::form::Form;
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::query::Query;
use crate::site::Site;

#[derive(Template)]
#[template(path = "account/login.html")]
struct Login<'p> {
    p: &'p Page,
    form: &'p Form,
    /// Of a demonstration: as whom one is logged in by one click.
    choices: Vec<Choice>,
    /// Where such a click leads.
    click: String,
}

#[derive(Template)]
#[template(path = "account/code.html")]
struct Code<'p> {
    p: &'p Page,
    form: &'p Form,
}

#[derive(Template)]
#[template(path = "account/set_up.html")]
struct SetUp<'p> {
    p: &'p Page,
    form: &'p Form,
    login: &'p str,
    secret: String,
    uri: String,
    picture: Picture,
}

#[derive(Template)]
#[template(path = "account/password.html")]
struct Password<'p> {
    p: &'p Page,
    form: &'p Form,
    /// Whether the log-in cannot go on without.
    forced: bool,
    least: usize,
    sorts: usize,
}

/// A picture that the program made itself.
struct Picture(String);

impl std::fmt::Display for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Picture {}

/// Where the log-in leads to in the end.
pub(super) fn then(uri: &Uri) -> Result<String, Problem> {
    let mut query = Query::of(uri);
    let then = query.text("then").unwrap_or_default();
    query.finish()?;
    Ok(then)
}

pub(super) fn home(sort: Sort) -> &'static str {
    match sort {
        Sort::Enterprise | Sort::Laboratory => Desk::Enterprise.home(),
        Sort::Officer | Sort::Administrator => Desk::Console.home(),
        // Who is of no office and no organization is at home where everybody is.
        Sort::Citizen => "/",
    }
}

/// `GET /login`.
///
/// # Errors
/// A wrong parameter.
pub async fn ask(State(site): State<Arc<Site>>, page: Page, uri: Uri) -> Result<Response, Problem> {
    let then = then(&uri)?;
    if let Some(visitor) = &page.visitor {
        return Ok(page.go(visitor.home()));
    }
    let (choices, click) = (choices(&site, &page).await?, click(&then));
    page.show(&Login { p: &page, form: &Form::default(), choices, click })
}

/// `POST /login`: login and password.
///
/// # Errors
/// A form that was not sent from here; a fault of the store.
pub async fn take(
    State(site): State<Arc<Site>>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let (headers, then) = (request.headers().clone(), then(request.uri())?);
    let mut form = Form::read(&page, request).await?;
    let (login, password) = (form.text("login"), form.raw("password"));
    form.finish()?;
    match site.system.log_in(page.now, &login, &password).await {
        Ok(logged) => {
            let session = site.system.session(page.now, &logged.token).await?;
            Ok(go_on(&page, &headers, &logged, &then, home(session.account.sort)))
        }
        Err(rejection) => {
            tell(&page, &mut form, &["password"], rejection)?;
            let (choices, click) = (choices(&site, &page).await?, click(&then));
            let shown = Login { p: &page, form: &form, choices, click };
            page.show_as(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
    }
}

/// Somebody who is at another step is led to that one.
fn is_at(page: &Page, session: &Session, stage: Stage) -> Result<(), Box<Response>> {
    if session.stage == stage {
        return Ok(());
    }
    Err(Box::new(page.go(match session.stage {
        Stage::Code => "/login/code",
        Stage::SetUp => "/login/set-up",
        Stage::Change => "/login/password",
        Stage::Full => home(session.account.sort),
    })))
}

/// `GET /login/code`.
///
/// # Errors
/// A wrong parameter.
pub async fn ask_code(
    Extension(session): Extension<Arc<Session>>,
    page: Page,
    uri: Uri,
) -> Result<Response, Problem> {
    then(&uri)?;
    if let Err(elsewhere) = is_at(&page, &session, Stage::Code) {
        return Ok(*elsewhere);
    }
    page.show(&Code { p: &page, form: &Form::default() })
}

/// `POST /login/code`: the code of the second factor.
///
/// # Errors
/// As [`take`].
pub async fn take_code(
    State(site): State<Arc<Site>>,
    Extension(session): Extension<Arc<Session>>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let (headers, then) = (request.headers().clone(), then(request.uri())?);
    let mut form = Form::read(&page, request).await?;
    let code = form.text("code");
    form.finish()?;
    match site.system.second_factor(page.now, &session, &code).await {
        Ok(logged) => Ok(go_on(&page, &headers, &logged, &then, home(session.account.sort))),
        Err(rejection) => {
            tell(&page, &mut form, &["code"], rejection)?;
            page.show_as(StatusCode::UNPROCESSABLE_ENTITY, &Code { p: &page, form: &form })
        }
    }
}

fn show_set_up(
    page: &Page,
    form: &Form,
    session: &Session,
    set_up: TotpSetUp,
    status: StatusCode,
) -> Result<Response, Problem> {
    let login = &session.account.login;
    let TotpSetUp { secret, uri, svg } = set_up;
    let secret: Vec<&str> =
        secret.as_bytes().chunks(4).filter_map(|four| std::str::from_utf8(four).ok()).collect();
    let secret = secret.join(" ");
    let picture = Picture(svg);
    page.show_as(status, &SetUp { p: page, form, login, secret, uri, picture })
}

/// `GET /login/set-up`: a secret for the second factor; each time another.
///
/// # Errors
/// A wrong parameter; a fault of the store.
pub async fn ask_set_up(
    State(site): State<Arc<Site>>,
    Extension(session): Extension<Arc<Session>>,
    page: Page,
    uri: Uri,
) -> Result<Response, Problem> {
    then(&uri)?;
    if let Err(elsewhere) = is_at(&page, &session, Stage::SetUp) {
        return Ok(*elsewhere);
    }
    let set_up = site.system.propose_second_factor(&session).await?;
    show_set_up(&page, &Form::default(), &session, set_up, StatusCode::OK)
}

/// `POST /login/set-up`: a code of the secret that was shown.
///
/// # Errors
/// As [`take`].
pub async fn take_set_up(
    State(site): State<Arc<Site>>,
    Extension(session): Extension<Arc<Session>>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let (headers, then) = (request.headers().clone(), then(request.uri())?);
    let mut form = Form::read(&page, request).await?;
    let code = form.text("code");
    form.finish()?;
    match site.system.confirm_second_factor(page.now, &session, &code).await {
        Ok(logged) => Ok(go_on(&page, &headers, &logged, &then, home(session.account.sort))),
        Err(rejection) => {
            tell(&page, &mut form, &["code"], rejection)?;
            // The secret stays: whoever has it in the authenticator already need not begin again.
            let set_up = site.system.proposed_second_factor(&session).await?;
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            show_set_up(&page, &form, &session, set_up, status)
        }
    }
}

fn show_password(
    site: &Site,
    page: &Page,
    form: &Form,
    session: &Session,
    status: StatusCode,
) -> Result<Response, Problem> {
    let rules = app::people::rules::Rules::of(&site.system.pack(), page.today())?;
    let forced = session.stage == Stage::Change;
    let (least, sorts) = (rules.password_length, rules.password_sorts);
    page.show_as(status, &Password { p: page, form, forced, least, sorts })
}

/// `GET /login/password`: a new password, because it has to be or is wanted.
///
/// # Errors
/// A wrong parameter.
pub async fn ask_password(
    State(site): State<Arc<Site>>,
    Extension(session): Extension<Arc<Session>>,
    page: Page,
    uri: Uri,
) -> Result<Response, Problem> {
    then(&uri)?;
    if session.stage != Stage::Full
        && let Err(elsewhere) = is_at(&page, &session, Stage::Change)
    {
        return Ok(*elsewhere);
    }
    show_password(&site, &page, &Form::default(), &session, StatusCode::OK)
}

/// `POST /login/password`: the old password and the new one.
///
/// # Errors
/// As [`take`].
pub async fn take_password(
    State(site): State<Arc<Site>>,
    Extension(session): Extension<Arc<Session>>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let (headers, then) = (request.headers().clone(), then(request.uri())?);
    let mut form = Form::read(&page, request).await?;
    let (old, new, again) = (form.raw("old"), form.raw("password"), form.raw("again"));
    form.finish()?;
    if new != again {
        form.fault("again", page.w.login.differs);
    } else {
        match site.system.change_password(page.now, &session, &old, &new).await {
            Ok(logged) => {
                let home = home(session.account.sort);
                return Ok(go_on(&page, &headers, &logged, &then, home));
            }
            Err(rejection) => tell(&page, &mut form, &["old", "password"], rejection)?,
        }
    }
    show_password(&site, &page, &form, &session, StatusCode::UNPROCESSABLE_ENTITY)
}
