//! `/console/system/audit`: the audit trail, for who audits.

use std::collections::HashMap;
use std::sync::Arc;

use app::Principal;
use app::people::audit::{AuditEntry, AuditFilter, EXPORT};
use askama::Template;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use futures_util::stream;
use serde_json::Value;

use super::{coded, names};
use crate::account::place_name;
use crate::page::Page;
use crate::page::export::{Column, Export, Format, TakenBy};
use crate::page::ui::{Pager, Tag, Tone};
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::query::Query;
use crate::site::Site;

/// Entries of a page.
const ON_PAGE: usize = 50;

#[derive(Template)]
#[template(path = "console/system/audit.html")]
struct Trail<'p> {
    p: &'p Page,
    rows: Vec<Row<'p>>,
    actions: Vec<(String, String)>,
    outcomes: Vec<(String, String)>,
    accounts: Vec<(String, String)>,
    action: &'p str,
    outcome: &'p str,
    account: &'p str,
    csv: String,
    jsonl: String,
    pager: Pager<'p>,
}

struct Row<'p> {
    entry: &'p AuditEntry,
    time: String,
    who: String,
    place: String,
    action: String,
    outcome: Tag,
    concerned: String,
    detail: String,
}

/// `GET /console/system/audit`.
///
/// # Errors
/// No permission; a wrong parameter; a fault of the store.
pub async fn trail(
    State(site): State<Arc<Site>>,
    page: Page,
    uri: Uri,
) -> Result<Response, Problem> {
    let mut query = Query::of(&uri);
    let before = query.number("after");
    let (action, outcome) = (query.text("action"), query.text("outcome"));
    let account = query.text("account");
    let format = Format::read(&mut query);
    query.finish()?;
    let chosen = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let (action, outcome, account) = (chosen(&action), chosen(&outcome), chosen(&account));
    let filter = AuditFilter {
        account: account.as_deref(),
        action: action.as_deref(),
        outcome: outcome.as_deref(),
    };
    let who = page.at(Desk::Console)?;
    let names = names(&site, &page).await;
    if let Some(format) = format {
        let asked = Asked { account, action, outcome };
        return file(&site, &page, Arc::clone(who), asked, names, format).await;
    }
    let found = site.system.audit_trail(who, filter, before, ON_PAGE).await?;
    let name = |id: &str| names.get(id).cloned().unwrap_or_else(|| id.to_owned());
    let mut rows = Vec::with_capacity(found.entries.len());
    for entry in &found.entries {
        let text = |name| entry.text(name).unwrap_or_default();
        let tone = match text("outcome") {
            "done" => Tone::Ok,
            "refused" => Tone::Danger,
            _ => Tone::Warn,
        };
        let list = |name: &str| {
            let values = entry.record.open.get(name).and_then(|value| value.as_array());
            values.map_or(0, Vec::len)
        };
        let mut concerned: Vec<String> = Vec::new();
        concerned.extend(entry.text("account").map(&name));
        concerned.extend(entry.text("place").map(|place| place_name(&site, &page, place)));
        if list("records") > 0 {
            concerned.push(page.w.people.records(list("records")));
        }
        let detail = [text("permission"), text("purpose"), text("detail")];
        let detail: Vec<&str> = detail.into_iter().filter(|text| !text.is_empty()).collect();
        rows.push(Row {
            entry,
            time: page.date_time(&entry.record.stored.recorded_at),
            who: name(&entry.account),
            place: place_name(&site, &page, &entry.on_behalf_of),
            action: coded(&site, &page, "audit-action", text("action")),
            outcome: Tag::new(tone, coded(&site, &page, "audit-outcome", text("outcome"))),
            concerned: concerned.join(page.w.people.comma),
            detail: detail.join(page.w.people.comma),
        });
    }
    let pack = site.system.pack();
    let codes = |list: &str| -> Vec<(String, String)> {
        let entries = pack.list(list).map(|list| list.entries()).unwrap_or_default();
        entries.iter().map(|e| (e.code.clone(), page.say(&e.label).to_owned())).collect()
    };
    let mut accounts: Vec<(String, String)> =
        names.iter().map(|(id, name)| (id.clone(), name.clone())).collect();
    accounts.sort_by(|a, b| a.1.cmp(&b.1));
    let next = found.next.map(|next| next.to_string());
    let pager = Pager::new(&page, rows.len(), None, next.as_deref());
    page.show(&Trail {
        p: &page,
        rows,
        actions: codes("audit-action"),
        outcomes: codes("audit-outcome"),
        accounts,
        action: action.as_deref().unwrap_or_default(),
        outcome: outcome.as_deref().unwrap_or_default(),
        account: account.as_deref().unwrap_or_default(),
        csv: page.with("as", "csv"),
        jsonl: page.with("as", "jsonl"),
        pager,
    })
}

/// Which entries a file is of.
struct Asked {
    account: Option<String>,
    action: Option<String>,
    outcome: Option<String>,
}

impl Asked {
    fn filter(&self) -> AuditFilter<'_> {
        AuditFilter {
            account: self.account.as_deref(),
            action: self.action.as_deref(),
            outcome: self.outcome.as_deref(),
        }
    }
}

/// What the pages of a file are read with.
struct Pages {
    site: Arc<Site>,
    who: Arc<Principal>,
    asked: Asked,
    names: HashMap<String, String>,
}

/// The trail as a file: what is filtered, as it was when it was asked for.
async fn file(
    site: &Arc<Site>,
    page: &Page,
    who: Arc<Principal>,
    asked: Asked,
    names: HashMap<String, String>,
    format: Format,
) -> Result<Response, Problem> {
    let known = site.system.reader().size().await?;
    let (mut count, mut before) = (0, Some(known));
    while let Some(at) = before {
        let found = site.system.audit_for_file(&who, asked.filter(), at).await?;
        count += found.entries.len() as u64;
        before = found.next;
    }
    let words = &page.w.people;
    let columns = vec![
        Column::new("time", words.time),
        Column::new("id", words.code),
        Column::new("account", page.w.account.pseudonym),
        Column::new("name", words.did),
        Column::new("on_behalf_of", words.place),
        Column::new("action", words.action),
        Column::new("outcome", words.outcome),
        Column::new("entry", words.detail),
        Column::new("log_index", words.proof),
    ];
    let pages = Pages { site: Arc::clone(site), who, asked, names };
    let rows = stream::try_unfold(Some((pages, known)), async |at| {
        let Some((pages, before)) = at else { return Ok(None) };
        let (rows, next) = pages.read(before).await?;
        Ok::<_, Problem>(Some((rows, next.map(|next| (pages, next)))))
    });
    let name = "audit-trail".to_owned();
    let export = Export { format, name, count, columns, known };
    let mut response = export.answer(page, Box::pin(rows));
    response.extensions_mut().insert(TakenBy(Some(EXPORT)));
    Ok(response)
}

impl Pages {
    async fn read(&self, before: u64) -> Result<(Vec<Vec<Value>>, Option<u64>), Problem> {
        let system = &self.site.system;
        let found = system.audit_for_file(&self.who, self.asked.filter(), before).await?;
        let row = |entry: &AuditEntry| {
            let record = &entry.record;
            vec![
                Value::from(record.stored.recorded_at.to_string()),
                Value::from(record.stored.id.to_string()),
                Value::from(entry.account.as_str()),
                Value::from(self.names.get(&entry.account).map(String::as_str)),
                Value::from(entry.on_behalf_of.as_str()),
                Value::from(entry.text("action")),
                Value::from(entry.text("outcome")),
                Value::Object(record.open.clone()),
                Value::from(record.index),
            ]
        };
        Ok((found.entries.iter().map(row).collect(), found.next))
    }
}
