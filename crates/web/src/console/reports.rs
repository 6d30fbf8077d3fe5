//! `/console/reports`: statistical returns of an office: what is due, one return with its checks, its
//! lock and its amendments, printed and as a file.

use std::sync::Arc;

use app::intake::Receipt;
use app::reading::When;
use app::report::{DueReturn, Language, Locked, Of, PERMISSION, Return, Standing, TOTAL};
use app::{Principal, Rejection};
use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::Response;
use axum::routing::{get, post};
use pack::Period;

use crate::account::place_name;
use crate::page::Page;
use crate::page::export::{Format, TakenBy};
use crate::page::form::Form;
use crate::page::ui::{Empty, Tag, Tone};
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::query::Query;
use crate::site::Site;

/// Its pages.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/console/reports", get(list))
        .route("/console/reports/{report}/{period}", get(show))
        .route("/console/reports/{report}/{period}/lock", post(lock))
        .route("/console/reports/{report}/{period}/amend", post(amend))
}

#[derive(Template)]
#[template(path = "console/reports/list.html")]
struct List<'p> {
    p: &'p Page,
    office: String,
    rows: Vec<Row>,
    empty: Empty<'p>,
}

struct Row {
    href: String,
    label: String,
    form: String,
    period: String,
    due: String,
    standing: Tag,
}

/// `GET /console/reports`: the returns of the office that the reader acts for.
///
/// # Errors
/// A fault of the store.
async fn list(State(site): State<Arc<Site>>, page: Page) -> Result<Response, Problem> {
    let who = page.at(Desk::Console)?;
    let due = match site.system.returns_due(who, &who.on_behalf_of, page.today()).await {
        Ok(due) => due,
        // Who may read nothing owes nothing here.
        Err(Rejection::Denied(_) | Rejection::NotFound(_)) => Vec::new(),
        Err(other) => return Err(other.into()),
    };
    let rows = due.iter().map(|due| row(&page, &who.on_behalf_of, due)).collect();
    let words = &page.w.reports;
    page.show(&List {
        p: &page,
        office: place_name(&site, &page, &who.on_behalf_of),
        rows,
        empty: Empty::new(&page, words.none, words.none_text),
    })
}

fn row(page: &Page, office: &str, due: &DueReturn) -> Row {
    Row {
        href: format!("/console/reports/{}/{}?office={office}", due.report, due.period),
        label: page.say(&due.label).to_owned(),
        form: due.form.clone(),
        period: period_of(page, due.period),
        due: due.due.map_or_else(String::new, |day| day.to_string()),
        standing: standing(page, due.standing),
    }
}

fn period_of(page: &Page, period: Period) -> String {
    if page.is_chinese() { period.zh() } else { period.to_string() }
}

fn standing(page: &Page, standing: Standing) -> Tag {
    let words = &page.w.reports;
    match standing {
        Standing::Running => Tag::new(Tone::Mute, words.running).icon("clock"),
        Standing::Open => Tag::new(Tone::Info, words.open),
        Standing::Late => Tag::new(Tone::Danger, words.late),
        Standing::Locked => Tag::new(Tone::Ok, words.locked),
        Standing::Amended => Tag::new(Tone::Ok, words.amended),
    }
}

#[derive(Template)]
#[template(path = "console/reports/return.html")]
struct Shown<'p> {
    p: &'p Page,
    form: &'p Form,
    title: String,
    number: String,
    period: String,
    office: String,
    due: String,
    note: String,
    known: u64,
    path: String,
    query: String,
    standing: Tag,
    /// Groups of columns with how many each has; a column of its own is a group without a name.
    groups: Vec<(String, usize)>,
    columns: Vec<String>,
    rows: Vec<(String, Vec<String>)>,
    checks: Vec<Check>,
    failed: usize,
    lock: Option<Lock>,
    history: Vec<Lock>,
    differs: bool,
    may_lock: bool,
    may_amend: bool,
}

struct Check {
    tag: Tag,
    label: String,
    row: String,
    equation: String,
    sides: String,
}

struct Lock {
    record: String,
    at: String,
    account: String,
    known: u64,
    explained: String,
    reason: String,
    changes: Vec<(String, String, String, String)>,
    /// Whether its figures are computed again to the byte.
    same: Option<Tag>,
}

/// What an address names.
struct Named {
    report: String,
    period: Period,
    office: String,
}

impl Named {
    fn read(
        who: &Principal,
        path: (String, String),
        uri: &Uri,
    ) -> Result<(Self, Option<Format>), Problem> {
        let mut query = Query::of(uri);
        let office = query.text("office").filter(|office| !office.is_empty());
        let format = Format::read(&mut query);
        query.finish()?;
        let period = path.1.parse::<Period>().map_err(|error| {
            let fault = app::Fault::new("report.period", error.to_string(), error.zh());
            Problem::new(StatusCode::NOT_FOUND, fault)
        })?;
        let office = office.unwrap_or_else(|| who.on_behalf_of.clone());
        Ok((Self { report: path.0, period, office }, format))
    }

    fn of(&self) -> Of<'_> {
        Of { report: &self.report, period: self.period, office: &self.office }
    }

    fn path(&self) -> String {
        format!("/console/reports/{}/{}", self.report, self.period)
    }

    fn query(&self) -> String {
        let office: String = form_urlencoded::byte_serialize(self.office.as_bytes()).collect();
        format!("?office={office}")
    }
}

/// `GET /console/reports/{report}/{period}`: one return; a file where `as` asks for one.
///
/// # Errors
/// No such return; no permission; a fault of the store.
async fn show(
    State(site): State<Arc<Site>>,
    page: Page,
    Path(path): Path<(String, String)>,
    uri: Uri,
) -> Result<Response, Problem> {
    let who = page.at(Desk::Console)?;
    let (named, format) = Named::read(who, path, &uri)?;
    let found = site.system.statistical_return(who, named.of(), None).await?;
    match format {
        Some(format) => file(&page, &named, &found, format),
        None => shown(&site, &page, &named, &found, &Form::default(), StatusCode::OK).await,
    }
}

fn file(page: &Page, named: &Named, found: &Return, format: Format) -> Result<Response, Problem> {
    let language = if page.is_chinese() { Language::Zh } else { Language::En };
    let format = format.sheet();
    let bytes = found.file(format, language).map_err(|error| {
        tracing::error!(%error, "a return could not be written");
        Problem::bare(StatusCode::INTERNAL_SERVER_ERROR)
    })?;
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let rows = HeaderValue::from(found.table.rows.len());
    headers.insert(HeaderName::from_static("zhiheng-rows"), rows);
    let mark = if page.demonstration { "demonstration-" } else { "" };
    let name = format!("{}-{}-{}", named.report, named.period, named.office);
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let name = format!("attachment; filename=\"{mark}{name}.{}\"", format.word());
    if let Ok(name) = HeaderValue::try_from(name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    // Figures are no records: who may read the return, and has to make it, may take it away.
    response.extensions_mut().insert(TakenBy(None));
    Ok(response)
}

async fn shown(
    site: &Site,
    page: &Page,
    named: &Named,
    found: &Return,
    form: &Form,
    status: StatusCode,
) -> Result<Response, Problem> {
    let who = page.at(Desk::Console)?;
    let words = &page.w.reports;
    let today = page.today();
    let mut history = Vec::new();
    if let Some(locked) = &found.locked {
        for locked in site.system.history_of_return(locked).await? {
            let same = site.system.recomputed(who, named.of(), &locked).await?;
            history.push(lock_of(page, found, &locked, same));
        }
    }
    let mut history = history.into_iter();
    let lock = history.next();
    let mut groups: Vec<(String, usize)> = Vec::new();
    for column in &found.table.columns {
        let name = column.group.as_ref().map_or("", |group| page.say(group));
        match groups.last_mut().filter(|(last, _)| !name.is_empty() && last == name) {
            Some((_, count)) => *count += 1,
            None => groups.push((name.to_owned(), 1)),
        }
    }
    let columns = found.table.columns.iter();
    let figures = |row: usize| {
        (0..found.table.columns.len()).map(|column| found.table.figure(row, column)).collect()
    };
    let rows = found.table.rows.iter().enumerate();
    let of_checks = found.verdicts.iter().filter(|v| v.holds != Some(true) || v.row_id == TOTAL);
    let checks = of_checks.map(|verdict| Check {
        tag: match (verdict.holds, verdict.must) {
            (Some(true), _) => Tag::new(Tone::Ok, words.holds),
            (Some(false), true) => Tag::new(Tone::Danger, words.fails),
            (Some(false), false) => Tag::new(Tone::Warn, words.explain),
            (None, _) => Tag::new(Tone::Mute, words.not_checked),
        },
        label: page.say(&verdict.label).to_owned(),
        row: page.say(&verdict.row).to_owned(),
        equation: verdict.equation.clone(),
        sides: verdict.sides.as_ref().map_or_else(String::new, |(l, r)| format!("{l} | {r}")),
    });
    let may = page.visitor.as_ref().is_some_and(|visitor| visitor.may(PERMISSION));
    let standing = match &found.locked {
        Some(locked) if locked.corrects.is_some() => Standing::Amended,
        Some(_) => Standing::Locked,
        None if today <= named.period.last_day() => Standing::Running,
        None if found.due.is_some_and(|due| due < today) => Standing::Late,
        None => Standing::Open,
    };
    page.show_as(
        status,
        &Shown {
            p: page,
            form,
            title: page.say(&found.report.label).to_owned(),
            number: found.report.form.clone(),
            period: period_of(page, named.period),
            office: page.say(&found.office_label).to_owned(),
            due: found.due.map_or_else(String::new, |day| day.to_string()),
            note: found.report.note.as_ref().map_or("", |note| page.say(note)).to_owned(),
            known: found.locked.as_ref().map_or(found.as_of.known, |locked| locked.known),
            path: named.path(),
            query: named.query(),
            standing: self::standing(page, standing),
            groups,
            columns: columns.map(|column| page.say(&column.label).to_owned()).collect(),
            rows: rows.map(|(at, row)| (page.say(&row.label).to_owned(), figures(at))).collect(),
            checks: checks.collect(),
            failed: found.failed().count(),
            differs: found.differs.is_some(),
            may_lock: may && found.may_be_locked(today),
            may_amend: may && found.differs.is_some(),
            lock,
            history: history.collect(),
        },
    )
}

fn lock_of(page: &Page, found: &Return, locked: &Locked, same: bool) -> Lock {
    let name = |id: &str| {
        let row = found.table.rows.iter().find(|row| row.id == id).map(|row| &row.label);
        let column = found.table.columns.iter().find(|column| column.id == id);
        let label = row.or(column.map(|column| &column.label));
        label.map_or(id, |label| page.say(label)).to_owned()
    };
    let words = &page.w.reports;
    let changes = locked.changes.iter();
    Lock {
        record: locked.record.to_string(),
        at: page.date_time(&locked.at),
        account: locked.account.clone(),
        known: locked.known,
        explained: locked.explained.clone().unwrap_or_default(),
        reason: locked.reason.clone().unwrap_or_default(),
        changes: changes
            .map(|c| (name(&c.row), name(&c.column), c.before.clone(), c.after.clone()))
            .collect(),
        same: Some(match same {
            true => Tag::new(Tone::Ok, words.same),
            false => Tag::new(Tone::Warn, words.not_same),
        }),
    }
}

/// `POST /console/reports/{report}/{period}/lock`.
///
/// # Errors
/// As [`show`].
async fn lock(
    State(site): State<Arc<Site>>,
    page: Page,
    Path(path): Path<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let who = page.at(Desk::Console)?;
    let (named, _) = Named::read(who, path, request.uri())?;
    let mut form = Form::read(&page, request).await?;
    let explained = form.text("explained");
    form.finish()?;
    let done = site.system.lock_return(who, named.of(), &explained).await.map(Some);
    answer(&site, &page, &named, form, done).await
}

/// `POST /console/reports/{report}/{period}/amend`.
///
/// # Errors
/// As [`show`].
async fn amend(
    State(site): State<Arc<Site>>,
    page: Page,
    Path(path): Path<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let who = page.at(Desk::Console)?;
    let (named, _) = Named::read(who, path, request.uri())?;
    let mut form = Form::read(&page, request).await?;
    let reason = form.required("reason", page.w.reports.no_reason);
    let explained = form.text("explained");
    form.finish()?;
    let done = match form.is_right() {
        true => {
            let amended = site.system.amend_return(who, named.of(), &reason, &explained).await;
            amended.map(Some)
        }
        false => Ok(None),
    };
    answer(&site, &page, &named, form, done).await
}

/// Goes back to the return, or shows it with what is wrong.
async fn answer(
    site: &Site,
    page: &Page,
    named: &Named,
    mut form: Form,
    done: Result<Option<Receipt>, Rejection>,
) -> Result<Response, Problem> {
    match done {
        Ok(Some(receipt)) => {
            // Who locked it sees it locked.
            let known = Some(receipt.position + 1);
            site.system.as_of(When { valid: None, known }).await?;
            return Ok(page.go(&format!("{}{}", named.path(), named.query())));
        }
        Ok(None) => {}
        Err(Rejection::Invalid(faults)) => {
            for fault in &faults {
                let field = if fault.pointer == "/reason" { "reason" } else { "explained" };
                form.fault(field, page.pick(&fault.zh, &fault.en));
            }
        }
        Err(other) => return Err(other.into()),
    }
    let who = page.at(Desk::Console)?;
    let found = site.system.statistical_return(who, named.of(), None).await?;
    shown(site, page, named, &found, &form, StatusCode::UNPROCESSABLE_ENTITY).await
}
