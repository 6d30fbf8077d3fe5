//! The pages of the system: people, offices, roles, the audit trail, jobs, the pack.

mod audit;
mod jobs;
mod offices;
mod pack;
mod people;
mod person;
mod roles;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use codes::Label;

pub use self::jobs::state as job_state;
use crate::page::Page;
use crate::site::Site;

/// Its pages.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/console/system/people", get(people::list).post(people::make))
        .route("/console/system/people/{id}", get(person::show))
        .route("/console/system/people/{id}/close", post(person::close))
        .route("/console/system/people/{id}/unlock", post(person::unlock))
        .route("/console/system/people/{id}/recover", post(person::recover))
        .route("/console/system/people/{id}/second-factor", post(person::reset))
        .route("/console/system/people/{id}/roles", post(person::grant))
        .route("/console/system/people/{id}/absences", post(person::absence))
        .route("/console/system/people/{id}/ends/{grant}", post(person::end))
        .route("/console/system/offices", get(offices::list))
        .route("/console/system/roles", get(roles::roles))
        .route("/console/system/audit", get(audit::trail))
        .route("/console/system/jobs", get(jobs::list))
        .route("/console/system/jobs/{id}", get(jobs::show))
        .route("/console/system/jobs/{id}/end", post(jobs::end))
        .route("/console/system/jobs/{id}/files/{name}", get(jobs::file))
        .route("/console/system/pack", get(pack::show))
}

/// The words of a code of a list; the code itself where the list does not have it.
fn coded(site: &Site, page: &Page, list: &str, code: &str) -> String {
    let pack = site.system.pack();
    let label: Option<Label> = pack.list(list).and_then(|list| {
        list.entries().iter().find(|entry| entry.code == code).map(|entry| entry.label.clone())
    });
    label.map_or_else(|| code.to_owned(), |label| page.say(&label).to_owned())
}

/// What accounts are called, as far as the reader may know.
async fn names(site: &Site, page: &Page) -> HashMap<String, String> {
    let Some(visitor) = &page.visitor else { return HashMap::new() };
    let accounts = site.system.accounts(page.now, &visitor.principal).await;
    let accounts = accounts.unwrap_or_default().into_iter();
    accounts.map(|account| (account.id, account.name)).collect()
}
