//! `/console/exports`: records of a kind as a file, counted first and then written by a job.

use std::sync::Arc;

use app::Rejection;
use app::export::work::Export;
use app::export::{Asked, PERSONAL, RUN};
use app::job::Ask;
use askama::Template;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use crate::page::Page;
use crate::page::form::Form;
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::site::Site;

/// Its pages.
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/console/exports", get(ask).post(begin))
}

#[derive(Template)]
#[template(path = "console/exports/ask.html")]
struct AskPage<'p> {
    p: &'p Page,
    form: &'p Form,
    kinds: Vec<(String, String)>,
    regions: Vec<(String, String)>,
    may_personal: bool,
    /// How many rows there are, as of how many records, where they were counted.
    found: Option<(u64, u64)>,
}

/// `GET /console/exports`.
///
/// # Errors
/// Nobody of the console is logged in.
async fn ask(State(site): State<Arc<Site>>, page: Page) -> Result<Response, Problem> {
    shown(&site, &page, &Form::default(), None, StatusCode::OK)
}

fn shown(
    site: &Site,
    page: &Page,
    form: &Form,
    found: Option<(u64, u64)>,
    status: StatusCode,
) -> Result<Response, Problem> {
    page.at(Desk::Console)?;
    let pack = site.system.pack();
    let kinds = pack.kinds().filter(|kind| !model::system_kind::is(&kind.id));
    let kinds = kinds.map(|kind| (kind.id.clone(), page.say(&kind.label).to_owned()));
    let today = page.today();
    let divisions = pack.tables().divisions.all().filter(|d| d.in_force.holds(today));
    let regions = divisions.map(|division| (division.code.clone(), division.name.clone()));
    let may_personal = page.visitor.as_ref().is_some_and(|visitor| visitor.may(PERSONAL));
    let (kinds, regions) = (kinds.collect(), regions.collect());
    page.show_as(status, &AskPage { p: page, form, kinds, regions, may_personal, found })
}

/// `POST /console/exports`: counts, or begins.
///
/// # Errors
/// No permission; a fault of the store.
async fn begin(
    State(site): State<Arc<Site>>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let who = page.at(Desk::Console)?;
    let mut form = Form::read(&page, request).await?;
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let asked = Asked {
        kind: form.text("kind"),
        filter: some(form.text("filter")),
        region: some(form.text("region")),
        format: form.text("format"),
        personal: form.text("personal") == "yes",
        purpose: form.text("purpose"),
        english: !page.is_chinese(),
        ..Asked::default()
    };
    let begins = form.text("act") == "begin";
    form.finish()?;
    let counted = site.system.export_size(who, asked).await;
    let (asked, rows) = match counted {
        Ok(counted) => counted,
        Err(Rejection::Invalid(faults)) => {
            for fault in &faults {
                let field = match fault.code {
                    "export.purpose" => "purpose",
                    "read.filter" => "filter",
                    "record.region" => "region",
                    _ => "format",
                };
                form.fault(field, page.pick(&fault.zh, &fault.en));
            }
            return shown(&site, &page, &form, None, StatusCode::UNPROCESSABLE_ENTITY);
        }
        Err(other) => return Err(other.into()),
    };
    if !begins {
        let known = asked.known.unwrap_or_default();
        return shown(&site, &page, &form, Some((rows, known)), StatusCode::OK);
    }
    let permission = if asked.personal { PERSONAL } else { RUN };
    let ask = Ask { permission, purpose: Some(&asked.purpose), ..Ask::default() };
    let id = site.system.ask_job::<Export>(who, ask, &asked).await?;
    Ok(page.go(&format!("/console/system/jobs/{id}")))
}
