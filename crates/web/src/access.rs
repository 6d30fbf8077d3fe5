//! What each route needs before it is asked: one line for each. A route without a line is not
//! served, whoever asks.
//!
//! The table says what lets somebody reach a handler; what a handler may then do to this record or
//! that account the door decides, in `app`.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use app::Fault;
use app::people::audit::{Entry, Went};
use app::people::session::Session;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::page::error::is_for_people;
use crate::page::export::TakenBy;
use crate::page::visitor::{Desk, Visitor};
use crate::problem::Problem;
use crate::purpose::Searched;
use crate::site::Site;

/// What a route needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: what it shows everybody may see.
    Nothing,
    /// A token; the handler asks whose, and the door what for.
    Token,
    /// A log-in that has begun.
    Begun,
    /// Somebody who is logged in.
    LoggedIn,
    /// Somebody who is logged in at a desk.
    At(Desk),
    /// Somebody at the console who holds one of these permissions somewhere.
    Holds(&'static [&'static str]),
}

/// A route and what it needs.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// The method; `GET` is `HEAD` too.
    pub method: &'static str,
    /// The path, with its parts in braces.
    pub path: &'static str,
    /// What it needs.
    pub needs: Needs,
}

const fn line(method: &'static str, path: &'static str, needs: Needs) -> Line {
    Line { method, path, needs }
}

const CONSOLE: Needs = Needs::At(Desk::Console);
const DESK: Needs = Needs::At(Desk::Enterprise);
const ACCOUNTS: Needs =
    Needs::Holds(&["account.manage", "account.unlock", "role.assign", "audit.read"]);

const IMPORT: Needs = Needs::Holds(&["import.run"]);

/// Every route.
pub const TABLE: &[Line] = &[
    // Programs.
    line("GET", "/api/v1/records", Needs::Token),
    line("POST", "/api/v1/records", Needs::Token),
    line("GET", "/api/v1/records/count", Needs::Token),
    line("GET", "/api/v1/records/{id}", Needs::Token),
    line("GET", "/api/v1/records/{id}/proof", Needs::Token),
    line("GET", "/api/v1/records/{id}/attachments", Needs::Token),
    line("POST", "/api/v1/records/{id}/attachments", Needs::Token),
    line("GET", "/api/v1/records/{id}/attachments/{attachment}", Needs::Token),
    line("GET", "/api/v1/search", Needs::Nothing),
    line("GET", "/api/v1/archives", Needs::Token),
    line("GET", "/api/v1/subjects", Needs::Token),
    line("GET", "/api/v1/subjects/{*subject}", Needs::Token),
    line("GET", "/api/v1/trace/{*id}", Needs::Token),
    line("POST", "/api/v1/trace-scopes", Needs::Token),
    line("GET", "/api/v1/trace-findings", Needs::Token),
    line("GET", "/api/v1/cases/{id}", Needs::Token),
    line("POST", "/api/v1/cases/{id}/steps", Needs::Token),
    line("GET", "/api/v1/cases/{id}/documents", Needs::Token),
    line("POST", "/api/v1/cases/{id}/documents", Needs::Token),
    line("GET", "/api/v1/cases/{id}/documents/{document}", Needs::Token),
    line("POST", "/api/v1/cases/{id}/documents/{document}/text", Needs::Token),
    line("POST", "/api/v1/cases/{id}/documents/{document}/seal", Needs::Token),
    line("POST", "/api/v1/cases/{id}/documents/{document}/void", Needs::Token),
    line("POST", "/api/v1/cases/{id}/documents/{document}/services", Needs::Token),
    line("GET", "/api/v1/duties", Needs::Token),
    line("GET", "/api/v1/procedures", Needs::Nothing),
    line("GET", "/api/v1/procedures/{id}", Needs::Nothing),
    line("GET", "/api/v1/batches/{id}", Needs::Token),
    line("GET", "/api/v1/jobs/{id}", Needs::Token),
    line("POST", "/api/v1/withdrawals", Needs::Token),
    line("POST", "/api/v1/erasures", Needs::Token),
    line("GET", "/api/v1/kinds", Needs::Nothing),
    line("GET", "/api/v1/kinds/{kind}", Needs::Nothing),
    line("GET", "/api/v1/kinds/{kind}/schema", Needs::Nothing),
    line("GET", "/api/v1/pack", Needs::Nothing),
    line("GET", "/api/v1/health", Needs::Nothing),
    line("GET", "/api/v1/log", Needs::Nothing),
    line("GET", "/api/v1/openapi.json", Needs::Nothing),
    line("GET", "/log/checkpoint", Needs::Nothing),
    line("GET", "/log/tile/{*tile}", Needs::Nothing),
    line("GET", "/log/{number}/checkpoint", Needs::Nothing),
    line("GET", "/log/{number}/tile/{*tile}", Needs::Nothing),
    // EPCIS 2.0.
    line("GET", "/epcis", Needs::Token),
    line("OPTIONS", "/epcis", Needs::Token),
    line("GET", "/epcis/capture", Needs::Token),
    line("POST", "/epcis/capture", Needs::Token),
    line("OPTIONS", "/epcis/capture", Needs::Token),
    line("GET", "/epcis/capture/{id}", Needs::Token),
    line("OPTIONS", "/epcis/capture/{id}", Needs::Token),
    line("GET", "/epcis/events", Needs::Token),
    line("POST", "/epcis/events", Needs::Token),
    line("OPTIONS", "/epcis/events", Needs::Token),
    line("GET", "/epcis/events/{id}", Needs::Token),
    line("OPTIONS", "/epcis/events/{id}", Needs::Token),
    line("GET", "/epcis/eventTypes", Needs::Token),
    line("OPTIONS", "/epcis/eventTypes", Needs::Token),
    line("GET", "/epcis/eventTypes/{id}", Needs::Token),
    line("OPTIONS", "/epcis/eventTypes/{id}", Needs::Token),
    line("GET", "/epcis/eventTypes/{id}/events", Needs::Token),
    line("OPTIONS", "/epcis/eventTypes/{id}/events", Needs::Token),
    line("GET", "/epcis/epcs", Needs::Token),
    line("OPTIONS", "/epcis/epcs", Needs::Token),
    line("GET", "/epcis/epcs/{id}", Needs::Token),
    line("OPTIONS", "/epcis/epcs/{id}", Needs::Token),
    line("GET", "/epcis/epcs/{id}/events", Needs::Token),
    line("OPTIONS", "/epcis/epcs/{id}/events", Needs::Token),
    line("GET", "/epcis/bizSteps", Needs::Token),
    line("OPTIONS", "/epcis/bizSteps", Needs::Token),
    line("GET", "/epcis/bizSteps/{id}", Needs::Token),
    line("OPTIONS", "/epcis/bizSteps/{id}", Needs::Token),
    line("GET", "/epcis/bizSteps/{id}/events", Needs::Token),
    line("OPTIONS", "/epcis/bizSteps/{id}/events", Needs::Token),
    line("GET", "/epcis/dispositions", Needs::Token),
    line("OPTIONS", "/epcis/dispositions", Needs::Token),
    line("GET", "/epcis/dispositions/{id}", Needs::Token),
    line("OPTIONS", "/epcis/dispositions/{id}", Needs::Token),
    line("GET", "/epcis/dispositions/{id}/events", Needs::Token),
    line("OPTIONS", "/epcis/dispositions/{id}/events", Needs::Token),
    line("GET", "/epcis/readPoints", Needs::Token),
    line("OPTIONS", "/epcis/readPoints", Needs::Token),
    line("GET", "/epcis/readPoints/{id}", Needs::Token),
    line("OPTIONS", "/epcis/readPoints/{id}", Needs::Token),
    line("GET", "/epcis/readPoints/{id}/events", Needs::Token),
    line("OPTIONS", "/epcis/readPoints/{id}/events", Needs::Token),
    line("GET", "/epcis/bizLocations", Needs::Token),
    line("OPTIONS", "/epcis/bizLocations", Needs::Token),
    line("GET", "/epcis/bizLocations/{id}", Needs::Token),
    line("OPTIONS", "/epcis/bizLocations/{id}", Needs::Token),
    line("GET", "/epcis/bizLocations/{id}/events", Needs::Token),
    line("OPTIONS", "/epcis/bizLocations/{id}/events", Needs::Token),
    line("GET", "/epcis/queries", Needs::Token),
    line("POST", "/epcis/queries", Needs::Token),
    line("OPTIONS", "/epcis/queries", Needs::Token),
    line("GET", "/epcis/queries/{name}", Needs::Token),
    line("DELETE", "/epcis/queries/{name}", Needs::Token),
    line("OPTIONS", "/epcis/queries/{name}", Needs::Token),
    line("GET", "/epcis/queries/{name}/events", Needs::Token),
    line("OPTIONS", "/epcis/queries/{name}/events", Needs::Token),
    line("GET", "/epcis/queries/{name}/subscriptions", Needs::Token),
    line("POST", "/epcis/queries/{name}/subscriptions", Needs::Token),
    line("OPTIONS", "/epcis/queries/{name}/subscriptions", Needs::Token),
    line("GET", "/epcis/queries/{name}/subscriptions/{id}", Needs::Token),
    line("DELETE", "/epcis/queries/{name}/subscriptions/{id}", Needs::Token),
    line("OPTIONS", "/epcis/queries/{name}/subscriptions/{id}", Needs::Token),
    line("DELETE", "/epcis/nextPageToken/{token}", Needs::Token),
    line("OPTIONS", "/epcis/nextPageToken/{token}", Needs::Token),
    // The portal.
    line("GET", "/", Needs::Nothing),
    line("GET", "/assets/{name}", Needs::Nothing),
    line("GET", "/find", Needs::Nothing),
    line("GET", "/archive/{*subject}", Needs::Nothing),
    line("GET", "/records/{id}", Needs::Nothing),
    line("GET", "/records/{id}/proof", Needs::Nothing),
    line("GET", "/proof", Needs::Nothing),
    line("POST", "/proof", Needs::Nothing),
    line("GET", "/log", Needs::Nothing),
    line("GET", "/complaint", Needs::Nothing),
    line("GET", "/complaints/new", Needs::Nothing),
    line("POST", "/complaints/new", Needs::Nothing),
    line("GET", "/tip-offs/new", Needs::Nothing),
    line("POST", "/tip-offs/new", Needs::Nothing),
    line("GET", "/complaints/progress", Needs::Nothing),
    line("POST", "/complaints/progress", Needs::Nothing),
    line("POST", "/complaints/pictures", Needs::Nothing),
    line("GET", "/tip-off", Needs::Nothing),
    line("GET", "/recalls", Needs::Nothing),
    line("GET", "/recalls/{id}", Needs::Nothing),
    line("GET", "/standards", Needs::Nothing),
    line("GET", "/item/{*thing}", Needs::Nothing),
    // The resolver: one line for each key that can head a Digital Link.
    line("GET", "/00/{*rest}", Needs::Nothing),
    line("OPTIONS", "/00/{*rest}", Needs::Nothing),
    line("GET", "/01/{*rest}", Needs::Nothing),
    line("OPTIONS", "/01/{*rest}", Needs::Nothing),
    line("GET", "/253/{*rest}", Needs::Nothing),
    line("OPTIONS", "/253/{*rest}", Needs::Nothing),
    line("GET", "/255/{*rest}", Needs::Nothing),
    line("OPTIONS", "/255/{*rest}", Needs::Nothing),
    line("GET", "/401/{*rest}", Needs::Nothing),
    line("OPTIONS", "/401/{*rest}", Needs::Nothing),
    line("GET", "/402/{*rest}", Needs::Nothing),
    line("OPTIONS", "/402/{*rest}", Needs::Nothing),
    line("GET", "/414/{*rest}", Needs::Nothing),
    line("OPTIONS", "/414/{*rest}", Needs::Nothing),
    line("GET", "/415/{*rest}", Needs::Nothing),
    line("OPTIONS", "/415/{*rest}", Needs::Nothing),
    line("GET", "/417/{*rest}", Needs::Nothing),
    line("OPTIONS", "/417/{*rest}", Needs::Nothing),
    line("GET", "/8003/{*rest}", Needs::Nothing),
    line("OPTIONS", "/8003/{*rest}", Needs::Nothing),
    line("GET", "/8004/{*rest}", Needs::Nothing),
    line("OPTIONS", "/8004/{*rest}", Needs::Nothing),
    line("GET", "/8006/{*rest}", Needs::Nothing),
    line("OPTIONS", "/8006/{*rest}", Needs::Nothing),
    line("GET", "/8010/{*rest}", Needs::Nothing),
    line("OPTIONS", "/8010/{*rest}", Needs::Nothing),
    line("GET", "/8013/{*rest}", Needs::Nothing),
    line("OPTIONS", "/8013/{*rest}", Needs::Nothing),
    line("GET", "/8017/{*rest}", Needs::Nothing),
    line("OPTIONS", "/8017/{*rest}", Needs::Nothing),
    line("GET", "/8018/{*rest}", Needs::Nothing),
    line("OPTIONS", "/8018/{*rest}", Needs::Nothing),
    line("GET", "/qr/{*thing}", Needs::Nothing),
    line("GET", "/labels/{*thing}", Needs::Nothing),
    line("GET", "/.well-known/gs1resolver", Needs::Nothing),
    // Logging in.
    line("GET", "/login", Needs::Nothing),
    line("POST", "/login", Needs::Nothing),
    line("POST", "/login/one-click", Needs::Nothing),
    line("GET", "/login/code", Needs::Begun),
    line("POST", "/login/code", Needs::Begun),
    line("GET", "/login/set-up", Needs::Begun),
    line("POST", "/login/set-up", Needs::Begun),
    line("GET", "/login/password", Needs::Begun),
    line("POST", "/login/password", Needs::Begun),
    line("GET", "/link/{link}", Needs::Nothing),
    line("POST", "/link/{link}", Needs::Nothing),
    line("POST", "/logout", Needs::Begun),
    line("GET", "/account", Needs::LoggedIn),
    line("GET", "/account/notices", Needs::LoggedIn),
    line("POST", "/account/notices", Needs::LoggedIn),
    line("POST", "/account/acting", Needs::LoggedIn),
    line("POST", "/account/everywhere", Needs::LoggedIn),
    // The desk of enterprises: who is not logged in is led to the log-in by the page.
    line("GET", "/enterprise", DESK),
    line("GET", "/enterprise/archive", DESK),
    line("GET", "/enterprise/cases", DESK),
    line("GET", "/enterprise/cases/{id}", DESK),
    line("GET", "/enterprise/cases/{id}/documents/{document}", DESK),
    line("GET", "/enterprise/new", DESK),
    line("GET", "/enterprise/new/{kind}", DESK),
    line("POST", "/enterprise/new/{kind}", DESK),
    line("POST", "/enterprise/new/{kind}/draft", DESK),
    line("GET", "/enterprise/cases/{id}/steps/{step}", DESK),
    line("POST", "/enterprise/cases/{id}/steps/{step}", DESK),
    line("POST", "/enterprise/cases/{id}/steps/{step}/draft", DESK),
    line("GET", "/enterprise/trace", DESK),
    line("POST", "/enterprise/trace", DESK),
    line("GET", "/enterprise/trace/uploads/{id}", DESK),
    line("POST", "/enterprise/trace/uploads/{id}/end", DESK),
    line("GET", "/enterprise/records/{id}", DESK),
    line("GET", "/enterprise/records/{id}/proof", DESK),
    // The console.
    line("GET", "/console", CONSOLE),
    line("GET", "/console/work", Needs::Holds(&["archive.view"])),
    line("GET", "/console/work/late", Needs::Holds(&["case.supervise"])),
    line("GET", "/console/work/cases/{id}", Needs::Holds(&["archive.view"])),
    line("POST", "/console/work/cases/{id}", Needs::Holds(&["archive.view"])),
    line("GET", "/console/wings/{wing}", CONSOLE),
    line("GET", "/console/search", CONSOLE),
    line("POST", "/console/search/purpose", CONSOLE),
    line("GET", "/console/archive/{subject}", CONSOLE),
    line("GET", "/console/trace", CONSOLE),
    line("GET", "/console/trace/findings", CONSOLE),
    line("POST", "/console/trace/scope", Needs::Holds(&["trace.scope"])),
    line("GET", "/console/doubles", Needs::Holds(&["registry.record"])),
    line("POST", "/console/doubles", Needs::Holds(&["registry.record"])),
    line("GET", "/console/records/{id}", CONSOLE),
    line("GET", "/console/records/{id}/proof", CONSOLE),
    line("POST", "/console/records/{id}/attachments", CONSOLE),
    line("GET", "/console/records/{id}/attachments/{attachment}", CONSOLE),
    line("GET", "/console/cases/{id}", CONSOLE),
    line("GET", "/console/new", CONSOLE),
    line("GET", "/console/new/{kind}", CONSOLE),
    line("POST", "/console/new/{kind}", CONSOLE),
    line("POST", "/console/new/{kind}/draft", CONSOLE),
    line("GET", "/console/cases/{id}/documents", CONSOLE),
    line("POST", "/console/cases/{id}/documents", CONSOLE),
    line("GET", "/console/cases/{id}/documents/{document}", CONSOLE),
    line("POST", "/console/cases/{id}/documents/{document}", CONSOLE),
    line("GET", "/console/cases/{id}/steps/{step}", CONSOLE),
    line("POST", "/console/cases/{id}/steps/{step}", CONSOLE),
    line("POST", "/console/cases/{id}/steps/{step}/draft", CONSOLE),
    line("GET", "/console/why", CONSOLE),
    line("GET", "/console/exports", Needs::Holds(&["export.run"])),
    line("POST", "/console/exports", Needs::Holds(&["export.run"])),
    line("GET", "/console/reports", CONSOLE),
    line("GET", "/console/reports/{report}/{period}", CONSOLE),
    line("POST", "/console/reports/{report}/{period}/lock", Needs::Holds(&["report.lock"])),
    line("POST", "/console/reports/{report}/{period}/amend", Needs::Holds(&["report.lock"])),
    line("GET", "/console/imports", IMPORT),
    line("POST", "/console/imports", IMPORT),
    line("GET", "/console/imports/templates/{mapping}", IMPORT),
    line("GET", "/console/imports/{id}", IMPORT),
    line("POST", "/console/imports/{id}", IMPORT),
    line("POST", "/console/imports/{id}/check", IMPORT),
    line("POST", "/console/imports/{id}/run", IMPORT),
    line("POST", "/console/imports/{id}/discard", IMPORT),
    line("POST", "/console/imports/{id}/withdraw", IMPORT),
    line("GET", "/console/informers/{id}", CONSOLE),
    line("POST", "/console/informers/{id}/leave", Needs::Holds(&["informer.grant"])),
    line("POST", "/console/informers/{id}/read", Needs::Holds(&["informer.view"])),
    line("GET", "/console/system/people", ACCOUNTS),
    line("POST", "/console/system/people", Needs::Holds(&["account.manage"])),
    line("GET", "/console/system/people/{id}", ACCOUNTS),
    line("POST", "/console/system/people/{id}/close", Needs::Holds(&["account.manage"])),
    line("POST", "/console/system/people/{id}/unlock", Needs::Holds(&["account.unlock"])),
    line("POST", "/console/system/people/{id}/recover", Needs::Holds(&["account.unlock"])),
    line("POST", "/console/system/people/{id}/second-factor", Needs::Holds(&["account.unlock"])),
    line("POST", "/console/system/people/{id}/roles", Needs::Holds(&["role.assign"])),
    line("POST", "/console/system/people/{id}/absences", Needs::Holds(&["role.assign"])),
    line("POST", "/console/system/people/{id}/ends/{grant}", Needs::Holds(&["role.assign"])),
    line("GET", "/console/system/offices", CONSOLE),
    line("GET", "/console/system/roles", CONSOLE),
    line("GET", "/console/system/audit", Needs::Holds(&["audit.read"])),
    line("GET", "/console/system/jobs", CONSOLE),
    line("GET", "/console/system/jobs/{id}", CONSOLE),
    line("POST", "/console/system/jobs/{id}/end", CONSOLE),
    line("GET", "/console/system/jobs/{id}/files/{name}", CONSOLE),
    line("GET", "/console/system/pack", CONSOLE),
];

static BY_ROUTE: LazyLock<HashMap<&'static str, Vec<(&'static str, Needs)>>> =
    LazyLock::new(|| {
        let mut found: HashMap<_, Vec<_>> = HashMap::new();
        for line in TABLE {
            found.entry(line.path).or_default().push((line.method, line.needs));
        }
        found
    });

/// Lets a request through to its handler, if the route has a line and its needs are met.
pub async fn check(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let Some(path) = request.extensions().get::<MatchedPath>().cloned() else {
        return next.run(request).await;
    };
    let Some(lines) = BY_ROUTE.get(path.as_str()) else { return undeclared().into_response() };
    let asked = match request.method() {
        &Method::HEAD => "GET",
        method => method.as_str(),
    };
    let Some((_, needs)) = lines.iter().find(|(method, _)| *method == asked) else {
        return not_allowed(lines);
    };
    if let Err(answer) = met(&site, *needs, &request) {
        return *answer;
    }
    if *needs == Needs::Token {
        let headers = request.headers().clone();
        let response = next.run(request).await;
        let noted = refusal_noted(&site, &headers, refusal(&response)).await;
        return noted.map_or_else(IntoResponse::into_response, |()| response);
    }
    let Some(visitor) = request.extensions().get::<Arc<Visitor>>().cloned() else {
        return next.run(request).await;
    };
    let purpose = parameter(&request, "purpose");
    let address = request.uri().to_string();
    let response = next.run(request).await;
    if !response.status().is_success() {
        return response;
    }
    // A file is known by the header that says how many rows it has.
    let rows = response.headers().get("zhiheng-rows");
    let rows = rows.and_then(|rows| rows.to_str().ok()?.parse::<u64>().ok());
    let searched = response.extensions().get::<Searched>().cloned();
    let taken_by = response.extensions().get::<TakenBy>().map_or(Some(EXPORT), |by| by.0);
    let file = rows.map(|rows| (rows, taken_by));
    let noted = noted(&site, &visitor, file, searched, purpose, &address).await;
    noted.map_or_else(IntoResponse::into_response, |()| response)
}

/// What was refused, if it is to be noted: what the door said no to, a form that no page of ours sent,
/// or one with fields that no page of ours has.
pub(crate) fn refusal(response: &Response) -> Option<Fault> {
    let problem = response.extensions().get::<Arc<Problem>>()?;
    let is_noted = |code: &str| {
        code.starts_with("door.") && response.status() == StatusCode::FORBIDDEN
            || ["form.not_from_here", "form.malformed"].contains(&code)
    };
    let refused = problem.items().iter().find(|item| is_noted(item.fault.code))?;
    Some(refused.fault.clone())
}

/// Notes that something was refused to a program.
async fn refusal_noted(
    site: &Site,
    headers: &HeaderMap,
    fault: Option<Fault>,
) -> Result<(), Problem> {
    let Some(fault) = fault else { return Ok(()) };
    let who = site.principal(headers).await?;
    Ok(site.system.audit_refusal(&who, None, &fault).await?)
}

/// The permission to take lists of the console away as files.
const EXPORT: &str = "export.run";

fn parameter(request: &Request, name: &str) -> Option<String> {
    let query = request.uri().query()?.as_bytes();
    let found = form_urlencoded::parse(query).find(|(found, _)| found == name)?.1;
    (!found.trim().is_empty()).then(|| found.trim().to_owned())
}

/// Notes what somebody takes away or looks up beyond their own office, before they have it.
async fn noted(
    site: &Site,
    visitor: &Visitor,
    file: Option<(u64, Option<&str>)>,
    searched: Option<Searched>,
    purpose: Option<String>,
    address: &str,
) -> Result<(), Problem> {
    let who = &visitor.principal;
    if let Some((_, Some(wanted))) = file
        && visitor.desk == Desk::Console
        && !visitor.may(wanted)
    {
        return Err(denied(site, wanted));
    }
    let (action, permission, detail) = match (file, &searched) {
        (Some((_, permission)), _) => ("export", permission, address),
        (None, Some(searched)) => ("search", Some("search.use"), searched.text.as_str()),
        (None, None) => return Ok(()),
    };
    let of_search = searched.as_ref().and_then(|searched| searched.purpose.as_deref());
    let entry = Entry {
        permission,
        rows: file.map(|(rows, _)| rows),
        purpose: purpose.as_deref().or(of_search),
        detail: Some(detail),
        ..Entry::of(action)
    };
    Ok(site.system.audit(who, Went::Done, entry).await?)
}

fn met(site: &Site, needs: Needs, request: &Request) -> Result<(), Box<Response>> {
    let visitor = request.extensions().get::<Arc<Visitor>>();
    let is_met = match needs {
        // Whose token it is the handler asks once; without one it goes no further.
        Needs::Nothing | Needs::Token => true,
        Needs::Begun => request.extensions().get::<Arc<Session>>().is_some(),
        Needs::LoggedIn => visitor.is_some(),
        Needs::At(desk) => visitor.is_some_and(|visitor| visitor.desk == desk),
        Needs::Holds(_) => visitor.is_some_and(|visitor| visitor.desk == Desk::Console),
    };
    if !is_met {
        return Err(Box::new(log_in(request, visitor.is_some())));
    }
    let Needs::Holds(permissions) = needs else { return Ok(()) };
    if permissions.iter().any(|p| visitor.is_some_and(|visitor| visitor.may(p))) {
        return Ok(());
    }
    Err(Box::new(denied(site, permissions.first().copied().unwrap_or_default()).into_response()))
}

/// What is told to somebody who does not hold a permission.
fn denied(site: &Site, wanted: &str) -> Problem {
    let pack = site.system.pack();
    let label = pack.permissions().find(|p| p.id == wanted).map(|p| &p.label);
    let (zh, en) = label.map_or((wanted, wanted), |label| (&label.zh, &label.en));
    let fault = Fault::new(
        "door.permission",
        format!("this needs the permission {wanted} ({en}); ask your administrator for it"),
        format!("此操作需要“{zh}”权限（{wanted}）；请向管理员申请"),
    );
    Problem::new(StatusCode::FORBIDDEN, fault)
}

/// Leads somebody at a browser to the log-in, and from there back.
fn log_in(request: &Request, is_elsewhere: bool) -> Response {
    let path = request.uri().path();
    if is_elsewhere || !is_for_people(path, request.headers()) || request.method() != Method::GET {
        let fault = Fault::new(
            "session.needed",
            "log in first, with an account that works here",
            "请先登录，并使用有权在此工作的账号",
        );
        let status = if is_elsewhere { StatusCode::FORBIDDEN } else { StatusCode::UNAUTHORIZED };
        return Problem::new(status, fault).into_response();
    }
    let then = request.uri().path_and_query().map_or(path, |address| address.as_str());
    let then: String = form_urlencoded::byte_serialize(then.as_bytes()).collect();
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(place) = HeaderValue::try_from(format!("/login?then={then}")) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    response
}

fn undeclared() -> Problem {
    let fault = Fault::new(
        "door.undeclared",
        "this page says nowhere who may see it, so nobody may; tell the operator",
        "此页面未声明访问权限，一律不予访问；请联系运维人员",
    );
    Problem::new(StatusCode::FORBIDDEN, fault)
}

fn not_allowed(lines: &[(&'static str, Needs)]) -> Response {
    let mut response = StatusCode::METHOD_NOT_ALLOWED.into_response();
    let methods = lines.iter().flat_map(|(method, _)| match *method {
        "GET" => vec!["GET", "HEAD"],
        other => vec![other],
    });
    let methods = methods.collect::<Vec<_>>().join(",");
    if let Ok(methods) = HeaderValue::try_from(methods) {
        response.headers_mut().insert(header::ALLOW, methods);
    }
    response
}
