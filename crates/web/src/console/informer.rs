//! `/console/informers/{id}`: letting somebody read who the informer of a record is, and reading it.

use std::sync::Arc;

use app::people::vault::{Informer, NewLeave};
use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use model::RecordId;

use crate::account::tell;
use crate::page::Page;
use crate::page::form::Form;
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::query::id_in_path;
use crate::site::Site;

#[derive(Template)]
#[template(path = "console/informer.html")]
struct InformerPage<'p> {
    p: &'p Page,
    record: RecordId,
    form: &'p Form,
    may_let: bool,
    may_read: bool,
    /// Accounts to whom it can be let.
    officers: Vec<(String, String)>,
    read: Vec<ReadShown>,
    done: bool,
}

struct ReadShown {
    person: String,
    /// Names of fields and what stands in them; none where it was erased.
    fields: Option<Vec<(String, String)>>,
}

fn show(
    page: &Page,
    record: RecordId,
    form: &Form,
    shown: (Vec<ReadShown>, bool, Vec<(String, String)>),
    status: StatusCode,
) -> Result<Response, Problem> {
    let may = |permission| page.visitor.as_ref().is_some_and(|visitor| visitor.may(permission));
    let (read, done, officers) = shown;
    page.show_as(
        status,
        &InformerPage {
            p: page,
            record,
            form,
            may_let: may("informer.grant"),
            may_read: may("informer.view"),
            officers,
            read,
            done,
        },
    )
}

/// Whom the reader can let read: those with a role in the reader's office.
async fn officers(site: &Site, page: &Page) -> Result<Vec<(String, String)>, Problem> {
    let who = page.at(Desk::Console)?;
    Ok(site.system.colleagues(page.now, who).await?)
}

/// `GET /console/informers/{id}`.
///
/// # Errors
/// A record that is not the reader's to see.
pub async fn ask(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    page: Page,
) -> Result<Response, Problem> {
    let record = id_in_path(&id)?;
    site.system.stored(page.at(Desk::Console)?, record).await?;
    let officers = officers(&site, &page).await?;
    let shown = (Vec::new(), false, officers);
    show(&page, record, &Form::default(), shown, StatusCode::OK)
}

/// `POST /console/informers/{id}/leave`: lets somebody read, until a day.
///
/// # Errors
/// No permission; a form that was not sent from here.
pub async fn leave(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let record = id_in_path(&id)?;
    let mut form = Form::read(&page, request).await?;
    let account = form.text("account");
    let until = form.text("until").parse().ok();
    let reason = form.text("reason");
    form.finish()?;
    let who = page.at(Desk::Console)?;
    let officers = officers(&site, &page).await?;
    let mut done = false;
    match until {
        None => form.fault("until", page.w.people.no_day),
        Some(until) => {
            let new = NewLeave { account, record, until, reason };
            match site.system.let_read_informer(page.now, who, &new).await {
                Ok(_) => done = true,
                Err(rejection) => {
                    tell(&page, &mut form, &["reason", "account", "until"], rejection)?
                }
            }
        }
    }
    let status = if done { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = if done { Form::default() } else { form };
    show(&page, record, &form, (Vec::new(), done, officers), status)
}

/// `POST /console/informers/{id}/read`: opens the vault; that it was opened is noted first.
///
/// # Errors
/// No permission, no leave; a form that was not sent from here.
pub async fn read(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let record = id_in_path(&id)?;
    let mut form = Form::read(&page, request).await?;
    let purpose = form.text("purpose");
    form.finish()?;
    let who = page.at(Desk::Console)?;
    let found = site.system.read_informer(page.now, who, record, &purpose).await?;
    let stored = site.system.stored(who, record).await?;
    let pack = site.system.pack();
    let label = |name: &str| {
        let field = pack.kind(&stored.kind).and_then(|kind| kind.field(name));
        field.map_or(name, |field| page.say(&field.label)).to_owned()
    };
    let text =
        |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let shown = found.into_iter().map(|Informer { person, fields }| ReadShown {
        person,
        fields: fields.map(|fields| fields.iter().map(|(n, v)| (label(n), text(v))).collect()),
    });
    let shown = (shown.collect(), false, officers(&site, &page).await?);
    show(&page, record, &Form::default(), shown, StatusCode::OK)
}
