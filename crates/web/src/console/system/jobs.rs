//! `/console/system/jobs`: work that outlives a request, and the state of store, readings and log.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use store::job::{Job, JobState};

use super::names;
use crate::page::Page;
use crate::page::ui::{Tag, Tone};
use crate::problem::Problem;
use crate::site::Site;

/// Jobs that are shown.
const SHOWN: usize = 100;

#[derive(Template)]
#[template(path = "console/system/jobs.html")]
struct Jobs<'p> {
    p: &'p Page,
    rows: Vec<Row>,
    stored: u64,
    merged: u64,
    signed: u64,
    fault: Option<String>,
}

struct Row {
    job: Job,
    state: Tag,
    who: String,
}

/// `GET /console/system/jobs`.
///
/// # Errors
/// A fault of the store.
pub async fn list(State(site): State<Arc<Site>>, page: Page) -> Result<Response, Problem> {
    let system = &site.system;
    let names = names(&site, &page).await;
    let jobs = system.reader().db().jobs(SHOWN).await?;
    let rows = jobs
        .into_iter()
        .map(|job| {
            let words = &page.w.people;
            let state = match job.state {
                JobState::Running => Tag::new(Tone::Info, words.running),
                JobState::Done => Tag::new(Tone::Ok, words.done),
                JobState::Refused => Tag::new(Tone::Danger, words.refused),
            };
            let who = names.get(&job.account).cloned().unwrap_or_else(|| job.account.clone());
            Row { job, state, who }
        })
        .collect();
    let stored = system.reader().size().await?;
    let merged = system.readings().watermark().get();
    let signed = system.published().records;
    let fault = system.reading_fault().map(|error| {
        let fault = app::fault::store_fault(&error);
        page.pick(&fault.zh, &fault.en).to_owned()
    });
    page.show(&Jobs { p: &page, rows, stored, merged, signed, fault })
}
