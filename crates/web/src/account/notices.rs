//! `/account/notices`: what one was told, and by which channels one is told.

use std::sync::Arc;

use app::notice::{Chosen, ChosenChannel, EMAIL, Shown, WEBHOOK};
use app::people::session::Session;
use askama::Template;
use axum::Extension;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::tell;
use crate::page::Page;
use crate::page::form::Form;
use crate::problem::Problem;
use crate::site::Site;

#[derive(Template)]
#[template(path = "account/notices.html")]
struct NoticesPage<'p> {
    p: &'p Page,
    notices: Vec<Shown>,
    channels: Vec<Channel>,
    form: &'p Form,
}

/// A channel with how it is chosen.
struct Channel {
    id: &'static str,
    label: &'static str,
    hint: &'static str,
    address: String,
    statutory_only: bool,
    /// Whether messages are signed.
    has_secret: bool,
    /// Whether it is this one that was just sent.
    is_sent: bool,
}

fn channel(page: &Page, form: &Form, id: &'static str, chosen: &[ChosenChannel]) -> Channel {
    let words = &page.w.notices;
    let is_sent = form.value("channel") == id;
    let chosen = chosen.iter().find(|one| one.channel == id);
    let (label, hint) = match id {
        EMAIL => (words.email, words.email_hint),
        _ => (words.webhook, words.webhook_hint),
    };
    let address = match is_sent {
        true => form.value("address").to_owned(),
        false => chosen.map(|one| one.address.clone()).unwrap_or_default(),
    };
    let statutory_only = chosen.is_some_and(|one| one.statutory_only);
    Channel { id, label, hint, address, statutory_only, has_secret: id == WEBHOOK, is_sent }
}

async fn shown(
    site: &Site,
    page: &Page,
    account: &str,
    form: &Form,
    status: StatusCode,
) -> Result<Response, Problem> {
    let chosen = site.system.chosen_channels(account).await?;
    let notices = site.system.notices(account).await?;
    let channels = [EMAIL, WEBHOOK].map(|id| channel(page, form, id, &chosen)).into();
    page.show_as(status, &NoticesPage { p: page, notices, channels, form })
}

/// `GET /account/notices`. What is shown counts as read.
///
/// # Errors
/// A fault of the store.
pub async fn list(
    State(site): State<Arc<Site>>,
    Extension(session): Extension<Arc<Session>>,
    page: Page,
) -> Result<Response, Problem> {
    let account = &session.account.id;
    let answer = shown(&site, &page, account, &Form::default(), StatusCode::OK).await?;
    site.system.read_notices(account).await?;
    Ok(answer)
}

/// `POST /account/notices`: chooses a channel, or gives it up.
///
/// # Errors
/// A form that was not sent from here; a fault of the store.
pub async fn choose(
    State(site): State<Arc<Site>>,
    Extension(session): Extension<Arc<Session>>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let mut form = Form::read(&page, request).await?;
    let chosen = Chosen {
        channel: form.text("channel"),
        address: form.text("address"),
        secret: form.text("secret"),
        statutory_only: form.text("statutory_only") == "on",
    };
    form.finish()?;
    let account = &session.account.id;
    let may = match (&page.visitor, chosen.channel.as_str()) {
        (Some(visitor), WEBHOOK) if !chosen.address.is_empty() => {
            crate::epcis::may_be_told(&visitor.principal, &chosen.address)
                .map_err(|fault| app::Rejection::from(fault.at("/address")))
        }
        _ => Ok(()),
    };
    let done = match may {
        Ok(()) => site.system.choose_channel(account, &chosen).await,
        Err(rejection) => Err(rejection),
    };
    match done {
        Ok(()) => Ok(page.go("/account/notices")),
        Err(rejection) => {
            tell(&page, &mut form, &["address", "secret", "channel"], rejection)?;
            shown(&site, &page, account, &form, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}
