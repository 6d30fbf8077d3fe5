//! `/console/new` and `/enterprise/new`: the cases that somebody can open, and the form of the record with
//! which one begins.

use std::sync::Arc;

use app::letter::competent_office;
use app::{Principal, Rejection};
use askama::Template;
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use model::{Draft, RecordId, Timestamp};
use pack::Pack;

use super::fields::name_of;
use super::office::officers;
use super::opening::{Body, Opening, REGION, procedures};
use crate::enterprise::organization;
use crate::page::Page;
use crate::page::facts::in_path;
use crate::page::form::Form;
use crate::page::ui::Empty;
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::site::Site;

/// Its pages at a desk.
pub fn routes(desk: Desk) -> Router<Arc<Site>> {
    let home = desk.home();
    let list = move |site, page| list(desk, site, page);
    let ask = move |site, path, page| ask(desk, site, path, page);
    let open = move |site, path, page, request| open(desk, site, path, page, request);
    let keep = move |site, path, page, request| keep(desk, site, path, page, request);
    Router::new()
        .route(&format!("{home}/new"), get(list))
        .route(&format!("{home}/new/{{kind}}"), get(ask).post(open))
        .route(&format!("{home}/new/{{kind}}/draft"), post(keep))
}

#[derive(Template)]
#[template(path = "console/case/new.html")]
struct ConsoleList<'p> {
    p: &'p Page,
    lines: Vec<Line>,
    empty: Option<Empty<'p>>,
}

#[derive(Template)]
#[template(path = "enterprise/cases/new.html")]
struct EnterpriseList<'p> {
    p: &'p Page,
    lines: Vec<Line>,
    empty: Option<Empty<'p>>,
}

/// A procedure of which a case can be opened.
struct Line {
    href: String,
    label: String,
    kind: String,
}

#[derive(Template)]
#[template(path = "console/case/open.html")]
struct ConsolePage<'p> {
    p: &'p Page,
    label: &'p str,
    body: Body<'p>,
}

#[derive(Template)]
#[template(path = "enterprise/cases/open.html")]
struct EnterprisePage<'p> {
    p: &'p Page,
    label: &'p str,
    body: Body<'p>,
}

/// Where somebody is led who has no place at the desk of enterprises.
fn elsewhere(desk: Desk, page: &Page) -> Option<Response> {
    let led = (desk == Desk::Enterprise).then(|| organization(page).err()).flatten();
    led.map(|response| *response)
}

async fn list(desk: Desk, State(site): State<Arc<Site>>, page: Page) -> Result<Response, Problem> {
    if let Some(elsewhere) = elsewhere(desk, &page) {
        return Ok(elsewhere);
    }
    page.at(desk)?;
    let pack = site.system.pack();
    let lines = procedures(&page, &pack).into_iter().map(|(procedure, kind)| Line {
        href: format!("{}/new/{}", desk.home(), in_path(&kind.id)),
        label: page.say(procedure.label()).to_owned(),
        kind: page.say(&kind.label).to_owned(),
    });
    let lines: Vec<Line> = lines.collect();
    let words = &page.w.opening;
    let empty = lines.is_empty().then(|| Empty::new(&page, words.nothing, words.nothing_text));
    match desk {
        Desk::Console => page.show(&ConsoleList { p: &page, lines, empty }),
        Desk::Enterprise => page.show(&EnterpriseList { p: &page, lines, empty }),
    }
}

/// What the form needs to be made.
struct Found {
    desk: Desk,
    pack: Arc<Pack>,
    kind: String,
    subjects: Vec<(String, String, String)>,
    /// Where it is likely to lie.
    region: String,
}

impl Found {
    async fn of(
        site: &Site,
        page: &Page,
        desk: Desk,
        who: &Principal,
        kind: String,
    ) -> Result<Self, Problem> {
        let system = &site.system;
        let pack = system.pack();
        let (subjects, region) = match desk {
            Desk::Console => {
                let all = officers(site, page, who).await?.into_iter();
                let all = all.map(|(id, name)| ("person".to_owned(), id, name));
                (all.collect(), of_office(&pack, page, who))
            }
            Desk::Enterprise => {
                let own = who.on_behalf_of.as_str();
                let called = system.called([own]).await.remove(own);
                let name = || page.visitor.as_ref().map(|visitor| visitor.name.clone());
                let (name, region) = called.map_or_else(
                    || (name().unwrap_or_default(), String::new()),
                    |c| (c.name, c.region),
                );
                (vec![("organization".to_owned(), own.to_owned(), name)], region)
            }
        };
        Ok(Self { desk, pack, kind, subjects, region })
    }

    fn opening<'f>(&'f self, page: &'f Page) -> Result<Opening<'f>, Problem> {
        let mut found = procedures(page, &self.pack).into_iter();
        let found = found.find(|(_, kind)| kind.id == self.kind);
        let (procedure, kind) = found.ok_or_else(|| Problem::bare(StatusCode::NOT_FOUND))?;
        Ok(Opening {
            p: page,
            pack: &self.pack,
            procedure,
            kind,
            subjects: self.subjects.clone(),
            place: format!("{}/new/{}", self.desk.home(), in_path(&kind.id)),
        })
    }

    fn show(
        &self,
        page: &Page,
        form: &Form,
        (id, kept_at): (Option<RecordId>, Option<Timestamp>),
        status: StatusCode,
    ) -> Result<Response, Problem> {
        let opening = self.opening(page)?;
        let fields = opening.fields();
        let label = page.say(opening.procedure.label());
        let body = opening.body(&fields, form, id, kept_at);
        match self.desk {
            Desk::Console => page.show_as(status, &ConsolePage { p: page, label, body }),
            Desk::Enterprise => page.show_as(status, &EnterprisePage { p: page, label, body }),
        }
    }
}

/// The division of the office for which somebody acts.
fn of_office(pack: &Pack, page: &Page, who: &Principal) -> String {
    let office = who.office.as_deref().and_then(|office| pack.office(office)?.on(page.today()));
    let region = office.and_then(|office| match &office.regions {
        pack::Extent::These(codes) => codes.iter().find(|code| *code != pack::NO_REGION),
        pack::Extent::All => None,
    });
    region.cloned().unwrap_or_default()
}

fn place_of(kind: &str) -> String {
    format!("new/{kind}")
}

async fn ask(
    desk: Desk,
    State(site): State<Arc<Site>>,
    Path(kind): Path<String>,
    page: Page,
) -> Result<Response, Problem> {
    if let Some(elsewhere) = elsewhere(desk, &page) {
        return Ok(elsewhere);
    }
    let who = page.at(desk)?;
    let found = Found::of(&site, &page, desk, who, kind).await?;
    let kept = site.system.kept_form(who, &place_of(&found.kind)).await?;
    let (form, kept_at) = match kept {
        Some(kept) => (Form::kept(kept.fields), Some(kept.saved_at)),
        None => (found.opening(&page)?.first(&found.region), None),
    };
    found.show(&page, &form, (None, kept_at), StatusCode::OK)
}

/// Opens the case, or says why it cannot be opened; what was filled in is kept then.
async fn open(
    desk: Desk,
    State(site): State<Arc<Site>>,
    Path(kind): Path<String>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let who = page.at(desk)?;
    let mut form = Form::read(&page, request).await?;
    let found = Found::of(&site, &page, desk, who, kind).await?;
    let draft = found.opening(&page)?.read(&mut form);
    form.finish()?;
    let place = place_of(&found.kind);
    if let Some(draft) = draft.and_then(|draft| at_its_office(&found, &page, &mut form, draft)) {
        let case = |id| format!("{}/cases/{id}", desk.home());
        match site.system.append(who, vec![draft.clone()], None).await {
            Ok(receipts) => {
                site.system.forget_form(who, &place).await?;
                let Some(receipt) = receipts.first() else { return Ok(page.go(desk.home())) };
                // The page of the case is to show it.
                site.system.await_merged(receipt.position + 1).await?;
                return Ok(page.go(&case(receipt.id)));
            }
            // Two clicks are one case.
            Err(Rejection::Conflict(_)) if site.system.is_sent(who, &draft).await? => {
                let id = draft.id.map(case);
                return Ok(page.go(id.as_deref().unwrap_or(desk.home())));
            }
            Err(rejection) => found.opening(&page)?.tell(&mut form, &draft, rejection)?,
        }
    }
    site.system.keep_form(who, &place, &super::step::kept(&form)).await?;
    let id = form.value("id").parse().ok();
    found.show(&page, &form, (id, None), StatusCode::UNPROCESSABLE_ENTITY)
}

/// The draft at the office that handles it: an office's own, or for a party the one that is competent where
/// it lies. None where nobody is, which is told at the division.
fn at_its_office(found: &Found, page: &Page, form: &mut Form, draft: Draft) -> Option<Draft> {
    if found.desk == Desk::Console {
        return Some(draft);
    }
    let office = competent_office(&found.pack, &draft.region, &draft.kind, page.today());
    let Some(office) = office else {
        form.fault(name_of(REGION), page.w.opening.no_office);
        return None;
    };
    Some(Draft { office: Some(office.id.clone()), ..draft })
}

/// Keeps what was filled in.
async fn keep(
    desk: Desk,
    State(site): State<Arc<Site>>,
    Path(kind): Path<String>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let who = page.at(desk)?;
    let is_by_itself = request.headers().contains_key("hx-request");
    let form = Form::read(&page, request).await?;
    let found = Found::of(&site, &page, desk, who, kind).await?;
    let opening = found.opening(&page)?;
    site.system.keep_form(who, &place_of(&found.kind), &super::step::kept(&form)).await?;
    if is_by_itself {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(page.go(&opening.place))
}
