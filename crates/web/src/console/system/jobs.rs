//! `/console/system/jobs`: work that outlives a request. Everybody sees their own; who operates the
//! system sees all, and the state of store, readings and log.

use std::collections::HashMap;
use std::io::Read as _;
use std::sync::Arc;

use app::job::{Jobs, OPERATE, Outcome, ToldFault};
use askama::Template;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use store::job::{Job, JobState};

use super::names;
use crate::page::Page;
use crate::page::form::Form;
use crate::page::ui::{Empty, Meter, Tag, Tone};
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::query::id_in_path;
use crate::site::Site;

/// Jobs that are shown.
const SHOWN: usize = 100;
/// Faults that are shown on a page; the rest is in a file, where the kind leaves one.
const FAULTS: usize = 200;

#[derive(Template)]
#[template(path = "console/system/jobs.html")]
struct List<'p> {
    p: &'p Page,
    rows: Vec<Row>,
    /// Whether any of them has not ended.
    is_under_way: bool,
    is_operator: bool,
    stored: u64,
    merged: u64,
    signed: u64,
    fault: Option<String>,
    empty: Empty<'p>,
}

struct Row {
    job: Job,
    label: String,
    state: Tag,
    who: String,
    meter: Option<Meter>,
    /// How much of how much.
    amount: String,
    is_under_way: bool,
}

/// `GET /console/system/jobs`.
///
/// # Errors
/// A fault of the store.
pub async fn list(State(site): State<Arc<Site>>, page: Page) -> Result<Response, Problem> {
    let system = &site.system;
    let who = page.at(Desk::Console)?;
    let names = names(&site, &page).await;
    let jobs = system.jobs_shown(who, SHOWN).await?;
    let rows: Vec<Row> = jobs.into_iter().map(|job| row(&site, &page, &names, job)).collect();
    let is_operator = page.visitor.as_ref().is_some_and(|visitor| visitor.may(OPERATE));
    let stored = system.reader().size().await?;
    let merged = system.readings().watermark().get();
    let signed = system.published().records;
    let fault = system.reading_fault().filter(|_| is_operator).map(|error| {
        let fault = app::fault::store_fault(&error);
        page.pick(&fault.zh, &fault.en).to_owned()
    });
    page.show(&List {
        p: &page,
        is_under_way: rows.iter().any(|row| row.is_under_way),
        rows,
        is_operator,
        stored,
        merged,
        signed,
        fault,
        empty: Empty::new(&page, page.w.jobs.none, page.w.jobs.none_text),
    })
}

fn row(site: &Site, page: &Page, names: &HashMap<String, String>, job: Job) -> Row {
    let account = &job.asker.account;
    let own = page.visitor.as_ref().filter(|visitor| visitor.principal.account == *account);
    let name = names.get(account).or(own.map(|visitor| &visitor.name));
    let is_under_way = !job.state.is_end();
    Row {
        label: page.say(&site.system.jobs().label(&job)).to_owned(),
        state: state(page, &job),
        who: name.unwrap_or(account).clone(),
        meter: job
            .total
            .filter(|_| is_under_way)
            .map(|total| Meter::new(Tone::Info, job.done, total)),
        amount: match job.total {
            Some(total) => page.w.jobs.of(job.done, total),
            None => page.number(job.done),
        },
        is_under_way,
        job,
    }
}

/// How a job stands, in a word.
pub fn state(page: &Page, job: &Job) -> Tag {
    let words = &page.w.jobs;
    match job.state {
        state if !state.is_end() && job.cancel => Tag::new(Tone::Warn, words.ending),
        JobState::Running if job.trouble.is_some() => Tag::new(Tone::Warn, words.troubled),
        JobState::Waiting => Tag::new(Tone::Mute, words.waiting).icon("clock"),
        JobState::Running => Tag::new(Tone::Info, words.running),
        JobState::Done if job.faults > 0 => Tag::new(Tone::Warn, words.done_with_faults),
        JobState::Done => Tag::new(Tone::Ok, words.done),
        JobState::Refused => Tag::new(Tone::Danger, words.refused),
        JobState::Cancelled => Tag::new(Tone::Mute, words.cancelled),
        JobState::Failed => Tag::new(Tone::Danger, words.failed),
    }
}

#[derive(Template)]
#[template(path = "console/system/job.html")]
struct Shown<'p> {
    p: &'p Page,
    row: Row,
    trouble: Option<String>,
    left: Option<u64>,
    said: Vec<(String, String)>,
    faults: Vec<(String, String)>,
    faults_left: u64,
    files: Vec<FileRow>,
    kept_until: String,
    page_of_it: Option<String>,
    may_end: bool,
    is_own: bool,
}

struct FileRow {
    name: String,
    href: String,
    size: String,
    rows: Option<u64>,
    sha256: String,
    personal: bool,
}

/// `GET /console/system/jobs/{id}`: how far a job is and what came of it.
///
/// # Errors
/// No such job; a fault of the store.
pub async fn show(
    State(site): State<Arc<Site>>,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let who = page.at(Desk::Console)?;
    let job = site.system.job(who, id_in_path(&id)?).await?;
    let names = names(&site, &page).await;
    let Outcome { said, faults, files, page: page_of_it } = Jobs::outcome(&job);
    let say = |fault: &ToldFault| page.pick(&fault.zh, &fault.en).to_owned();
    let trouble = job.trouble.as_deref().and_then(|text| serde_json::from_str(text).ok());
    let is_own = job.asker.account == who.account;
    let now = page.now;
    let is_kept = job.files_until.is_some_and(|until| until > now);
    let told = faults.len().min(FAULTS) as u64;
    let place = |fault: &ToldFault| match fault.line {
        Some(line) => format!("{line} {}", fault.pointer).trim_end().to_owned(),
        None => fault.pointer.clone(),
    };
    let row = row(&site, &page, &names, job);
    let job = &row.job;
    page.show(&Shown {
        p: &page,
        trouble: trouble.as_ref().map(say),
        left: job.total.filter(|_| row.is_under_way).map(|total| total.saturating_sub(job.done)),
        said: said
            .into_iter()
            .map(|said| (page.pick(&said.zh, &said.en).to_owned(), said.value))
            .collect(),
        faults: faults.iter().take(FAULTS).map(|fault| (place(fault), say(fault))).collect(),
        faults_left: job.faults.max(faults.len() as u64).saturating_sub(told),
        files: files
            .into_iter()
            .filter(|_| is_kept && is_own)
            .map(|file| FileRow {
                href: format!("/console/system/jobs/{}/files/{}", job.id, file.name),
                size: size(file.bytes),
                name: file.name,
                rows: file.rows,
                sha256: file.sha256,
                personal: file.personal,
            })
            .collect(),
        kept_until: job.files_until.map_or_else(String::new, |until| page.date_time(&until)),
        page_of_it,
        may_end: row.is_under_way && !job.cancel && job.parameters.is_some(),
        is_own,
        row,
    })
}

/// `POST /console/system/jobs/{id}/end`.
///
/// # Errors
/// No such job, or it has ended; a fault of the store.
pub async fn end(
    State(site): State<Arc<Site>>,
    page: Page,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let who = page.at(Desk::Console)?;
    let form = Form::read(&page, request).await?;
    form.finish()?;
    let id = id_in_path(&id)?;
    site.system.cancel_job(who, id).await?;
    Ok(page.go(&format!("/console/system/jobs/{id}")))
}

/// `GET /console/system/jobs/{id}/files/{name}`: a file that a job left.
///
/// # Errors
/// No such file, or no more; a fault of the store.
pub async fn file(
    State(site): State<Arc<Site>>,
    page: Page,
    Path((id, name)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let who = page.at(Desk::Console)?;
    let (path, file) = site.system.job_file(who, id_in_path(&id)?, &name).await?;
    let opened = tokio::task::spawn_blocking(move || std::fs::File::open(path)).await;
    let Ok(Ok(opened)) = opened else {
        return Err(Problem::bare(StatusCode::INTERNAL_SERVER_ERROR));
    };
    let parts = stream::try_unfold(opened, async |mut opened| {
        let read = tokio::task::spawn_blocking(move || {
            let mut part = vec![0; 256 << 10];
            let count = opened.read(&mut part)?;
            part.truncate(count);
            Ok::<_, std::io::Error>((part, opened))
        });
        let (part, opened) = read.await.map_err(std::io::Error::other)??;
        Ok::<_, std::io::Error>((!part.is_empty()).then(|| (Bytes::from(part), opened)))
    });
    let mut response = Response::new(Body::from_stream(parts));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(file.bytes));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(media) = HeaderValue::try_from(file.media) {
        headers.insert(header::CONTENT_TYPE, media);
    }
    if let Ok(name) = HeaderValue::try_from(format!("attachment; filename=\"{}\"", file.name)) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// A length in units that people read.
fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KiB", bytes.div_ceil(1024)),
        _ => format!("{}.{} MiB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}
