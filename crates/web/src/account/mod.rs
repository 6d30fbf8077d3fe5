//! Logging in and out, and one's own account.

mod link;
mod login;
mod mine;
mod notices;
mod one_click;

pub(crate) use mine::place_name;

use std::sync::Arc;

use app::people::session::{LoggedIn, Stage};
use app::{Fault, Rejection};
use axum::Router;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};

use crate::page::form::Form;
use crate::page::{Page, is_local};
use crate::problem::Problem;
use crate::session::{cookie_of, go_with};
use crate::site::Site;

/// Its pages.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/login", get(login::ask).post(login::take))
        .route("/login/one-click", post(one_click::take))
        .route("/login/code", get(login::ask_code).post(login::take_code))
        .route("/login/set-up", get(login::ask_set_up).post(login::take_set_up))
        .route("/login/password", get(login::ask_password).post(login::take_password))
        .route("/link/{link}", get(link::ask).post(link::take))
        .route("/logout", post(mine::log_out))
        .route("/account", get(mine::account))
        .route("/account/notices", get(notices::list).post(notices::choose))
        .route("/account/acting", post(mine::act))
        .route("/account/everywhere", post(mine::log_out_everywhere))
}

/// Leads on to the next step of a log-in, with the token of that step.
fn go_on(page: &Page, headers: &HeaderMap, logged: &LoggedIn, then: &str, home: &str) -> Response {
    let step = match logged.stage {
        Stage::Code => "/login/code",
        Stage::SetUp => "/login/set-up",
        Stage::Change => "/login/password",
        Stage::Full => {
            let path = if is_local(then) { then } else { home };
            return go_with(page.go(path), cookie_of(logged, headers));
        }
    };
    let then: String = form_urlencoded::byte_serialize(then.as_bytes()).collect();
    let path = if then.is_empty() { step.to_owned() } else { format!("{step}?then={then}") };
    go_with(page.go(&path), cookie_of(logged, headers))
}

/// Puts what is wrong to the fields of a form; what has no field there goes to the first.
///
/// # Errors
/// What is no fault of the form.
pub(crate) fn tell(
    page: &Page,
    form: &mut Form,
    fields: &[&'static str],
    rejection: Rejection,
) -> Result<(), Problem> {
    let is_of_form = |fault: &Fault| !fault.code.starts_with("door.");
    let faults = match &rejection {
        Rejection::Invalid(faults) => faults.clone(),
        Rejection::Conflict(fault) | Rejection::Denied(fault) if is_of_form(fault) => {
            vec![fault.clone()]
        }
        _ => return Err(rejection.into()),
    };
    for fault in faults {
        let named = fault.pointer.trim_start_matches('/');
        let field = fields.iter().find(|field| **field == named).or(fields.first());
        if let Some(field) = field {
            form.fault(*field, page.pick(&fault.zh, &fault.en));
        }
    }
    Ok(())
}
