//! A file of events that somebody of an enterprise sends by a form, and what became of it: the same job as
//! that of a document at `/epcis/capture`, with the same rights.

use std::sync::Arc;

use app::epcis::Receiving;
use app::job::{Jobs, ToldFault};
use app::{Fault, Rejection};
use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use futures_util::stream;
use store::job::{Job, JobState};

use super::organization;
use super::trace::shown;
use crate::body::{Source, busy, wrong_type};
use crate::console::job_state;
use crate::page::Page;
use crate::page::csrf;
use crate::page::form::{Form, malformed};
use crate::page::ui::{Meter, Tag, Tone};
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::query::id_in_path;
use crate::site::Site;

/// Fields beside the file, and the most bytes of one.
const MOST_FIELDS: usize = 8;
const LONGEST: usize = 4 << 10;
/// Faults that are shown; of the others it is said how many there are.
const FAULTS: usize = 200;

/// `POST /enterprise/trace`: a file of any length, to the disk as it comes.
///
/// # Errors
/// A form that was not sent from here; no permission; cut off; the disk is full; too many at once.
pub async fn send(
    State(site): State<Arc<Site>>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let who = Arc::clone(page.at(Desk::Enterprise)?);
    let (parts, body) = request.into_parts();
    let media = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary = media.and_then(|media| multer::parse_boundary(media).ok());
    let boundary = boundary.ok_or_else(|| wrong_type(&["multipart/form-data"]))?;
    let _permit = site.streams.try_acquire().map_err(|_| busy())?;
    let pieces = stream::try_unfold(Source::stream(body), async |mut source| {
        let piece = source.next().await.map_err(|_| std::io::Error::other("the body broke off"))?;
        Ok::<_, std::io::Error>(piece.map(|piece| (piece, source)))
    });
    let mut sent = multer::Multipart::new(Box::pin(pieces), boundary);
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut receiving: Option<Receiving> = None;
    while let Some(mut part) = sent.next_field().await.map_err(|error| not_read(&error))? {
        let name = part.name().unwrap_or_default().to_owned();
        let Some(called) = part.file_name().map(str::to_owned) else {
            let mut bytes = Vec::new();
            while let Some(piece) = part.chunk().await.map_err(|error| not_read(&error))? {
                bytes.extend_from_slice(&piece);
                if bytes.len() > LONGEST {
                    return Err(malformed("a field is too long", "有字段过长"));
                }
            }
            let text = String::from_utf8(bytes);
            fields.push((
                name,
                text.map_err(|_| malformed("a field is not UTF-8", "有字段不是 UTF-8 编码"))?,
            ));
            if fields.len() > MOST_FIELDS {
                return Err(malformed("the form has too many fields", "表单字段过多"));
            }
            continue;
        };
        // The token comes before the file, so that nothing of a stranger's is written; so does the choice.
        let value = |field: &str| {
            fields.iter().find(|(name, _)| name == field).map(|(_, value)| value.as_str())
        };
        let token = value(csrf::FIELD);
        if !token.zip(page.seed_sent()).is_some_and(|(token, seed)| seed.admits(token)) {
            return Err(csrf::refused());
        }
        if receiving.is_some() || name != "file" {
            return Err(malformed("more than one file was sent", "文件多于一个"));
        }
        let proceed = value("errors") == Some("proceed");
        while let Some(piece) = part.chunk().await.map_err(|error| not_read(&error))? {
            // A browser sends an empty part where no file was chosen.
            if receiving.is_none() && !piece.is_empty() {
                receiving = Some(site.system.begin_capture(&who, proceed)?.named(&called));
            }
            if let Some(receiving) = &mut receiving {
                tokio::task::block_in_place(|| receiving.push(&piece))?;
            }
        }
    }
    let mut form = Form::admitted(&page, fields)?;
    let errors = form.text("errors");
    form.finish()?;
    if !matches!(errors.as_str(), "" | "rollback" | "proceed") {
        return Err(malformed(
            "a choice was sent that this form does not have",
            "含有此表单没有的选项",
        ));
    }
    let finished = match receiving {
        Some(receiving) => receiving.finish().await,
        None => Err(Fault::new("epcis.empty", page.w.desk.no_file, page.w.desk.no_file).into()),
    };
    match finished {
        Ok(job) => Ok(page.go(&format!("/enterprise/trace/uploads/{job}"))),
        Err(Rejection::Invalid(faults)) => {
            for fault in faults {
                form.fault("file", page.pick(&fault.zh, &fault.en));
            }
            shown(&site, &page, &parts.headers, &form, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(other) => Err(other.into()),
    }
}

fn not_read(error: &multer::Error) -> Problem {
    tracing::debug!(%error, "a file of events was cut off");
    let fault = Fault::new(
        "body.broken_off",
        "the file broke off before its end, nothing of it was kept; send it again",
        "文件在结束前中断，未保留任何部分；请重新上传",
    );
    Problem::new(StatusCode::BAD_REQUEST, fault)
}

#[derive(Template)]
#[template(path = "enterprise/upload.html")]
struct UploadPage<'p> {
    p: &'p Page,
    title: String,
    id: String,
    time: String,
    state: Tag,
    meter: Option<Meter>,
    done: u64,
    faults: u64,
    is_under_way: bool,
    may_end: bool,
    /// What came of it: a tone, and a sentence.
    came: Option<(&'static str, &'static str, &'p str)>,
    trouble: Option<String>,
    said: Vec<(String, String)>,
    told: Vec<FaultShown>,
    told_left: u64,
}

struct FaultShown {
    place: String,
    what: String,
    code: String,
}

impl FaultShown {
    fn of(page: &Page, fault: &ToldFault) -> Self {
        let place = match fault.line {
            Some(line) => page.w.desk.line(line),
            None if fault.pointer.is_empty() => page.w.desk.whole_file.to_owned(),
            None => fault.pointer.clone(),
        };
        Self { place, what: page.pick(&fault.zh, &fault.en).to_owned(), code: fault.code.clone() }
    }
}

/// Somebody's own job that takes a document in.
async fn own(site: &Site, page: &Page, id: &str) -> Result<Job, Problem> {
    let who = page.at(Desk::Enterprise)?;
    let job = site.system.job(who, id_in_path(id)?).await?;
    match job.kind == app::epcis::CAPTURE_JOB {
        true => Ok(job),
        false => Err(Problem::bare(StatusCode::NOT_FOUND)),
    }
}

/// `GET /enterprise/trace/uploads/{id}`: how far it is, and what is wrong with which event.
///
/// # Errors
/// No such job of theirs; a fault of the store.
pub async fn show(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    page: Page,
) -> Result<Response, Problem> {
    if let Err(elsewhere) = organization(&page) {
        return Ok(*elsewhere);
    }
    let job = own(&site, &page, &id).await?;
    let outcome = Jobs::outcome(&job);
    let words = &page.w.desk;
    let came = match job.state {
        JobState::Done if job.faults > 0 => Some(("warn", "warn", words.came_in_part)),
        JobState::Done => Some(("ok", "check", words.came_whole)),
        JobState::Refused => Some(("danger", "warn", words.came_not)),
        JobState::Cancelled => Some(("warn", "info", words.came_ended)),
        JobState::Failed => Some(("danger", "warn", words.came_failed)),
        _ => None,
    };
    // Where all or none was asked for, the work is done when nothing of it is stored.
    let nothing = job.state == JobState::Done && job.faults > 0 && job.done == 0;
    let came = if nothing { Some(("danger", "warn", words.came_not)) } else { came };
    let trouble = job.trouble.as_deref().and_then(|text| serde_json::from_str(text).ok());
    let trouble = trouble.map(|fault: ToldFault| page.pick(&fault.zh, &fault.en).to_owned());
    let is_under_way = !job.state.is_end();
    let told: Vec<FaultShown> =
        outcome.faults.iter().take(FAULTS).map(|fault| FaultShown::of(&page, fault)).collect();
    let all = job.faults.max(outcome.faults.len() as u64);
    page.show(&UploadPage {
        p: &page,
        title: page.say(&site.system.jobs().label(&job)).to_owned(),
        id: job.id.to_string(),
        time: page.date_time(&job.created_at),
        state: job_state(&page, &job),
        meter: job
            .total
            .filter(|_| is_under_way)
            .map(|total| Meter::new(Tone::Info, job.done, total)),
        done: job.done,
        faults: job.faults,
        is_under_way,
        may_end: is_under_way && !job.cancel,
        came,
        trouble,
        said: outcome
            .said
            .into_iter()
            .map(|said| (page.pick(&said.zh, &said.en).to_owned(), said.value))
            .collect(),
        told_left: all.saturating_sub(told.len() as u64),
        told,
    })
}

/// `POST /enterprise/trace/uploads/{id}/end`.
///
/// # Errors
/// No such job of theirs, or it has ended; a fault of the store.
pub async fn end(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let who = Arc::clone(page.at(Desk::Enterprise)?);
    let form = Form::read(&page, request).await?;
    form.finish()?;
    let job = own(&site, &page, &id).await?;
    site.system.cancel_job(&who, job.id).await?;
    Ok(page.go(&format!("/enterprise/trace/uploads/{}", job.id)))
}
