//! `/console/system/people`: the accounts, and a form for a new one.

use std::sync::Arc;

use app::people::account::{Account, NewAccount, Sort};
use app::people::link::Link;
use askama::Template;
use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::Value;

use super::coded;
use crate::account::{place_name, tell};
use crate::page::Page;
use crate::page::export::{Column, Format, whole};
use crate::page::form::Form;
use crate::page::ui::{Tag, Tone};
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::query::Query;
use crate::site::Site;

#[derive(Template)]
#[template(path = "console/system/people.html")]
struct People<'p> {
    p: &'p Page,
    asked: &'p str,
    rows: Vec<Row>,
    total: usize,
    sorts: Vec<(&'static str, String)>,
    form: &'p Form,
    may_make: bool,
    csv: String,
    jsonl: String,
}

struct Row {
    account: Account,
    sort: String,
    roles: Vec<String>,
    state: Tag,
}

/// A link that is shown this once.
#[derive(Template)]
#[template(path = "console/system/link.html")]
pub struct NewLink<'p> {
    /// The page.
    pub p: &'p Page,
    /// Whose it is.
    pub account: &'p str,
    /// The name of who it is for.
    pub name: &'p str,
    /// The address.
    pub address: String,
    /// Until when it is good.
    pub until: String,
}

/// The address of a link, as the reader's browser reaches this program.
pub fn address(headers: &axum::http::HeaderMap, link: &Link) -> String {
    let scheme = if crate::page::headers::is_secure(headers) { "https" } else { "http" };
    let host = headers.get(axum::http::header::HOST).and_then(|host| host.to_str().ok());
    format!("{scheme}://{}/link/{}", host.unwrap_or("localhost"), link.text)
}

/// How an account stands.
pub fn state(page: &Page, account: &Account) -> Tag {
    let words = &page.w.people;
    if account.locked_until.is_some_and(|until| until > page.now) {
        Tag::new(Tone::Danger, words.locked).icon("lock")
    } else if !account.has_password {
        Tag::new(Tone::Warn, words.invited).icon("clock")
    } else if account.sort.needs_second_factor() && !account.has_second_factor {
        Tag::new(Tone::Warn, words.no_factor)
    } else {
        Tag::new(Tone::Ok, words.open)
    }
}

/// `GET /console/system/people`.
///
/// # Errors
/// No permission; a fault of the store.
pub async fn list(
    State(site): State<Arc<Site>>,
    page: Page,
    uri: Uri,
) -> Result<Response, Problem> {
    let mut query = Query::of(&uri);
    let asked = query.text("q").unwrap_or_default();
    let format = Format::read(&mut query);
    query.finish()?;
    if let Some(format) = format {
        let (rows, _) = rows(&site, &page, &asked).await?;
        return Ok(file(&site, &page, &rows, format));
    }
    show(&site, &page, &asked, &Form::default(), StatusCode::OK).await
}

fn file(site: &Site, page: &Page, rows: &[Row], format: Format) -> Response {
    let words = &page.w.people;
    let columns = vec![
        Column::new("account", words.code),
        Column::new("name", page.w.login.name),
        Column::new("login", page.w.login.login),
        Column::new("sort", words.sort),
        Column::new("organization", words.organization),
        Column::new("roles", page.w.account.roles),
        Column::new("state", words.state),
    ];
    let row = |row: &Row| {
        let account = &row.account;
        vec![
            Value::from(account.id.as_str()),
            Value::from(account.name.as_str()),
            Value::from(account.login.as_str()),
            Value::from(row.sort.as_str()),
            Value::from(account.organization.as_deref()),
            Value::from(row.roles.join("; ")),
            Value::from(row.state.words()),
        ]
    };
    let rows = rows.iter().map(row).collect();
    let known = site.system.readings().watermark().get();
    whole(page, known, (format, "accounts"), columns, rows, None)
}

/// The accounts that fit what is asked, and how many there are.
async fn rows(site: &Site, page: &Page, asked: &str) -> Result<(Vec<Row>, usize), Problem> {
    let who = page.at(Desk::Console)?;
    let accounts = site.system.accounts(page.now, who).await?;
    let total = accounts.len();
    let (pack, directory) = (site.system.pack(), site.system.people().directory());
    let wanted = asked.trim().to_lowercase();
    let mut rows = Vec::new();
    for account in accounts {
        let grants = directory.in_force(&account.id, page.today());
        let roles: Vec<String> = grants
            .filter_map(|(grant, _)| {
                let role = page.say(&pack.role(&grant.role)?.label).to_owned();
                let place = grant.held_in.as_deref().map(|place| place_name(site, page, place));
                Some(place.map_or(role.clone(), |place| format!("{role} · {place}")))
            })
            .collect();
        let fits = |text: &str| text.to_lowercase().contains(&wanted);
        if fits(&account.login) || fits(&account.name) || roles.iter().any(|role| fits(role)) {
            let sort = coded(site, page, "account-sort", account.sort.word());
            let state = state(page, &account);
            rows.push(Row { account, sort, roles, state });
        }
    }
    Ok((rows, total))
}

async fn show(
    site: &Arc<Site>,
    page: &Page,
    asked: &str,
    form: &Form,
    status: StatusCode,
) -> Result<Response, Problem> {
    let (rows, total) = rows(site, page, asked).await?;
    let sorts = Sort::ALL.map(|sort| (sort.word(), coded(site, page, "account-sort", sort.word())));
    let may_make = page.visitor.as_ref().is_some_and(|visitor| visitor.may("account.manage"));
    let sorts = sorts.to_vec();
    let (csv, jsonl) = (page.with("as", "csv"), page.with("as", "jsonl"));
    let template = People { p: page, asked, rows, total, sorts, form, may_make, csv, jsonl };
    page.show_as(status, &template)
}

/// `POST /console/system/people`: makes an account, and shows its link this once.
///
/// # Errors
/// As [`list`]; a form that was not sent from here.
pub async fn make(
    State(site): State<Arc<Site>>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let headers = request.headers().clone();
    let mut form = Form::read(&page, request).await?;
    let new = NewAccount {
        login: form.text("login"),
        name: form.text("name"),
        sort: form.text("sort"),
        organization: Some(form.text("organization")).filter(|text| !text.is_empty()),
    };
    form.finish()?;
    let who = page.at(Desk::Console)?;
    match site.system.make_account(page.now, who, &new).await {
        Ok((account, link)) => page.show_as(
            StatusCode::CREATED,
            &NewLink {
                p: &page,
                account: &account.id,
                name: &account.name,
                address: address(&headers, &link),
                until: page.date_time(&link.expires_at),
            },
        ),
        Err(rejection) => {
            let fields = ["login", "name", "sort", "organization"];
            tell(&page, &mut form, &fields, rejection)?;
            show(&site, &page, "", &form, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}
