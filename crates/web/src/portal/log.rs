//! `GET /log`: the state of the evidence logs, and how anybody checks them.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use ledger::SignedCheckpoint;

use crate::page::Page;
use crate::problem::Problem;
use crate::site::Site;

#[derive(Template)]
#[template(path = "portal/log.html")]
struct Log<'p> {
    p: &'p Page,
    logs: Vec<LogShown>,
    /// Records that are stored, signed or not.
    stored: u64,
    signed: u64,
}

struct LogShown {
    origin: String,
    size: u64,
    root: String,
    key: String,
    files: String,
    grows: bool,
}

/// The page.
///
/// # Errors
/// A fault of the store.
pub async fn log(State(site): State<Arc<Site>>, page: Page) -> Result<Response, Problem> {
    let system = &site.system;
    let rows = system.reader().db().logs().await?;
    let last = rows.last().map(|row| row.number);
    let mut logs = Vec::with_capacity(rows.len());
    for row in rows.into_iter().rev() {
        let key = system.keys().signer(&row.origin);
        let key = key.map_err(|e| store::Error::Damaged { what: e.to_string() })?;
        let note = row.checkpoint.as_deref().and_then(|note| SignedCheckpoint::parse(note).ok());
        let checkpoint = note.as_ref().map(SignedCheckpoint::checkpoint);
        let grows = Some(row.number) == last;
        logs.push(LogShown {
            size: checkpoint.map_or(0, |checkpoint| checkpoint.size),
            root: checkpoint.map(|checkpoint| checkpoint.root.to_string()).unwrap_or_default(),
            key: key.verifier().to_string(),
            files: if grows { "/log/".to_owned() } else { format!("/log/{}/", row.number) },
            grows,
            origin: row.origin,
        });
    }
    let stored = system.reader().size().await?;
    let signed = system.published().records;
    page.show(&Log { p: &page, logs, stored, signed })
}
