//! `/link/{link}`: what a link is for that is good for one use.

use std::sync::Arc;

use app::people::link::LinkFor;
use app::people::rules::Rules;
use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use codes::Label;

use super::tell;
use crate::page::Page;
use crate::page::form::Form;
use crate::problem::Problem;
use crate::site::Site;

#[derive(Template)]
#[template(path = "account/link.html")]
struct LinkPage<'p> {
    p: &'p Page,
    form: &'p Form,
    /// The login whose password is set; none where an account is made.
    login: Option<&'p str>,
    role: Option<Label>,
    least: usize,
    sorts: usize,
}

fn show(
    site: &Site,
    page: &Page,
    form: &Form,
    purpose: &LinkFor,
    status: StatusCode,
) -> Result<Response, Problem> {
    let pack = site.system.pack();
    let rules = Rules::of(&pack, page.today())?;
    let (login, role) = match purpose {
        LinkFor::Password(login) => (Some(login.as_str()), None),
        LinkFor::Account(role) => (None, pack.role(role).map(|role| role.label.clone())),
    };
    let (least, sorts) = (rules.password_length, rules.password_sorts);
    page.show_as(status, &LinkPage { p: page, form, login, role, least, sorts })
}

/// `GET /link/{link}`: opening it does not use it.
///
/// # Errors
/// A link that is not good.
pub async fn ask(
    State(site): State<Arc<Site>>,
    Path(link): Path<String>,
    page: Page,
) -> Result<Response, Problem> {
    let purpose = site.system.link(page.now, &link).await?;
    show(&site, &page, &Form::default(), &purpose, StatusCode::OK)
}

/// `POST /link/{link}`: sets the password, and makes the account where it is for one.
///
/// # Errors
/// A link that is not good; a form that was not sent from here.
pub async fn take(
    State(site): State<Arc<Site>>,
    Path(link): Path<String>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let purpose = site.system.link(page.now, &link).await?;
    let mut form = Form::read(&page, request).await?;
    let (login, name) = match purpose {
        LinkFor::Account(_) => (form.text("login"), form.text("name")),
        LinkFor::Password(_) => Default::default(),
    };
    let (password, again) = (form.raw("password"), form.raw("again"));
    form.finish()?;
    if password != again {
        form.fault("again", page.w.login.differs);
    } else {
        match site.system.use_link(page.now, &link, &login, &name, &password).await {
            Ok(()) => return Ok(page.go("/login")),
            Err(rejection) => tell(&page, &mut form, &["password", "login", "name"], rejection)?,
        }
    }
    show(&site, &page, &form, &purpose, StatusCode::UNPROCESSABLE_ENTITY)
}
