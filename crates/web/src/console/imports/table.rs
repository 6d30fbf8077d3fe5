//! A table: what was understood of it, what a dry run found, what became of it.

use std::sync::Arc;

use app::import::preview::{Preview, RecordPreview};
use app::import::{Choice, Summary, Upload};
use app::job::{Jobs, Outcome, ToldFault};
use app::{Principal, Rejection};
use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use model::{RecordId, Timestamp};
use pack::Mapping;
use sheet::text::Encoding;
use store::job::Job;

use super::list::state;
use crate::page::Page;
use crate::page::form::Form;
use crate::page::ui::{Banner, Tag, Tone};
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::site::Site;

/// Faults that are shown on the page; all are in the file.
const FAULTS: usize = 100;

#[derive(Template)]
#[template(path = "console/imports/table.html")]
struct Table<'p> {
    p: &'p Page,
    form: &'p Form,
    upload: Upload,
    time: String,
    size: String,
    state: Tag,
    mapping: String,
    note: Option<String>,
    before: Option<Banner<'p>>,
    fault: Option<String>,
    /// What can be chosen: mapping, encodings, separators.
    mappings: Vec<(String, String)>,
    encodings: Vec<(&'static str, bool)>,
    separators: Vec<(u8, &'static str, bool)>,
    is_text: bool,
    understood: Vec<(&'static str, String)>,
    notes: Vec<String>,
    sheets: Vec<SheetShown>,
    checked: Option<CheckedShown>,
    is_stale: bool,
    job: Option<String>,
    run: Option<RunShown>,
    may_withdraw: bool,
}

struct SheetShown {
    title: String,
    header: String,
    has_header: bool,
    matched: Vec<(String, String, String)>,
    missing: Vec<(String, bool)>,
    unknown: Vec<String>,
    rest: Vec<String>,
    records: Vec<RecordShown>,
}

struct RecordShown {
    row: u64,
    day: String,
    region: String,
    subjects: Vec<(String, String)>,
    fields: Vec<(String, String)>,
    faults: Vec<String>,
}

struct CheckedShown {
    stats: Vec<(&'static str, u64, bool)>,
    good: u64,
    faulty: u64,
    faults: u64,
    missing: u64,
    /// The file of the job, where there is one.
    file: Option<(String, String)>,
    told: Vec<FaultShown>,
    more: u64,
}

struct FaultShown {
    place: String,
    header: String,
    what: String,
}

struct RunShown {
    stats: Vec<(&'static str, u64, bool)>,
    batch: String,
    is_withdrawn: bool,
}

/// `GET /console/imports/{id}`.
///
/// # Errors
/// No such table; no permission.
pub async fn show(
    State(site): State<Arc<Site>>,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    shown(&site, &page, &id, &Form::default(), StatusCode::OK).await
}

async fn shown(
    site: &Arc<Site>,
    page: &Page,
    id: &str,
    form: &Form,
    status: StatusCode,
) -> Result<Response, Problem> {
    let who = Arc::clone(page.at(Desk::Console)?);
    let system = &site.system;
    let upload = system.upload(&who, id)?;
    let pack = system.pack();
    let mapping = pack.mapping(&upload.choice.mapping);
    let words = &page.w.imports;
    let preview = preview(site, &who, &upload).await?;
    let is_text = preview.as_ref().is_some_and(|preview| preview.encoding.is_some());
    let job = match upload.run.as_ref().filter(|run| run.stored.is_none()) {
        Some(run) => job_of(site, &who, &run.job).await.filter(|job| !job.state.is_end()),
        None => None,
    };
    let job = job.map(|job| format!("/console/system/jobs/{}", job.id));
    let before = system.imported_before(&upload);
    let before = before.first().filter(|_| upload.run.is_none()).map(|before| {
        let time = page.date_time(&Timestamp::from_micros(before.sent_at));
        Banner::new(page, Tone::Warn, words.before(time))
    });
    let fault = preview.as_ref().and_then(|preview| preview.fault.as_ref()).map(|rejection| {
        let faults = rejection.faults();
        let told = faults.iter().map(|fault| page.pick(&fault.zh, &fault.en));
        told.collect::<Vec<_>>().join(" ")
    });
    let checked = match &upload.checked {
        Some(report) => {
            let job = job_of(site, &who, &report.job).await;
            Some(checked(page, &report.summary, &report.job, job.as_ref()))
        }
        None => None,
    };
    let is_stale = upload.checked.as_ref().is_some_and(|report| report.choice != upload.choice);
    let run = upload.run.as_ref().filter(|run| run.stored.is_some()).map(|run| {
        let mut stats =
            run.summary.as_ref().map(|summary| stats(page, summary)).unwrap_or_default();
        stats.insert(0, (words.stored, run.stored.unwrap_or_default(), true));
        if run.refused > 0 {
            stats.push((words.refused, run.refused, true));
        }
        RunShown { stats, batch: run.batch.clone(), is_withdrawn: run.is_withdrawn }
    });
    let visitor = page.visitor.as_ref();
    page.show_as(
        status,
        &Table {
            p: page,
            form,
            time: page.date_time(&Timestamp::from_micros(upload.sent_at)),
            size: page.size(upload.bytes),
            state: state(page, &upload),
            mapping: mapping.map_or_else(String::new, |found| page.say(&found.label).to_owned()),
            note: mapping
                .and_then(|mapping| mapping.note.as_ref())
                .map(|note| page.say(note).to_owned()),
            before,
            fault,
            mappings: pack
                .mappings()
                .map(|mapping| (mapping.id.clone(), page.say(&mapping.label).to_owned()))
                .collect(),
            encodings: Encoding::ALL
                .iter()
                .map(|e| (e.word(), upload.choice.encoding.as_deref() == Some(e.word())))
                .collect(),
            separators: [
                (b',', words.comma),
                (b'\t', words.tab),
                (b';', words.semicolon),
                (b'|', words.bar),
            ]
            .map(|(byte, label)| (byte, label, upload.choice.separator == Some(byte)))
            .to_vec(),
            is_text,
            understood: preview.as_ref().map(|found| understood(page, found)).unwrap_or_default(),
            notes: preview.as_ref().map(|found| notes(page, found)).unwrap_or_default(),
            sheets: match (&preview, mapping) {
                (Some(preview), Some(mapping)) => sheets(site, page, preview, mapping),
                _ => Vec::new(),
            },
            checked,
            is_stale,
            job,
            run,
            may_withdraw: visitor.is_some_and(|visitor| visitor.may("record.withdraw")),
            upload,
        },
    )
}

/// What is understood of a table that is still there.
async fn preview(
    site: &Arc<Site>,
    who: &Arc<Principal>,
    upload: &Upload,
) -> Result<Option<Preview>, Problem> {
    if upload.is_gone || upload.run.as_ref().is_some_and(|run| run.stored.is_some()) {
        return Ok(None);
    }
    let (system, who, upload) = (Arc::clone(&site.system), Arc::clone(who), upload.clone());
    let found = tokio::task::spawn_blocking(move || system.preview(&who, &upload)).await;
    match found.map_err(|_| Problem::bare(StatusCode::INTERNAL_SERVER_ERROR))? {
        Ok(preview) => Ok(Some(preview)),
        Err(Rejection::NotFound(_)) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

fn understood(page: &Page, preview: &Preview) -> Vec<(&'static str, String)> {
    let words = &page.w.imports;
    let mut found = vec![(words.format, preview.format.word().to_owned())];
    if let Some((encoding, is_sure)) = preview.encoding {
        let doubt = if is_sure { String::new() } else { format!(" ({})", words.doubtful) };
        found.push((words.encoding, format!("{}{doubt}", encoding.word())));
    }
    if let Some(separator) = preview.separator {
        let name = match separator {
            b',' => words.comma,
            b'\t' => words.tab,
            b';' => words.semicolon,
            _ => words.bar,
        };
        found.push((words.separator, name.to_owned()));
    }
    found
}

fn notes(page: &Page, preview: &Preview) -> Vec<String> {
    let told = preview.notes.iter().map(|note| {
        let text = page.pick(&note.zh, &note.en);
        match note.row {
            Some(row) => format!("{}: {text}", page.w.imports.line(row)),
            None => text.to_owned(),
        }
    });
    told.collect()
}

fn sheets(site: &Site, page: &Page, preview: &Preview, mapping: &Mapping) -> Vec<SheetShown> {
    let words = &page.w.imports;
    let pack = site.system.pack();
    let kind = pack.kind(&mapping.kind);
    let field = |name: &str| {
        let (table, column) = name.split_once('.').map_or((name, None), |(t, c)| (t, Some(c)));
        let field = kind.and_then(|kind| kind.field(table));
        let label = field.map_or(table, |field| page.say(&field.label));
        let inner = field.zip(column).and_then(|(field, column)| match &field.field_type {
            pack::FieldType::Table { columns } => columns.iter().find(|c| c.name == column),
            _ => None,
        });
        match inner {
            Some(inner) => format!("{label} · {}", page.say(&inner.label)),
            None => label.to_owned(),
        }
    };
    let role = |id: &str| pack.subject_role(id).map_or(id, |role| page.say(&role.label)).to_owned();
    let into = |column: &pack::Column| {
        let fields = column.targets().map(|(name, _)| field(name));
        let roles = mapping
            .subjects
            .iter()
            .filter(|subject| {
                subject.id.iter().any(|pattern| pattern.columns().any(|id| id == column.id))
            })
            .map(|subject| role(&subject.role));
        let mut all: Vec<String> = fields.chain(roles).collect();
        let is_region = mapping
            .region
            .iter()
            .any(|from| matches!(from, pack::RegionFrom::Column(id) if *id == column.id));
        if is_region {
            all.push(words.region.to_owned());
        }
        if all.is_empty() {
            let is_day = mapping
                .valid_at
                .iter()
                .any(|from| matches!(from, pack::TimeFrom::Column(id) if *id == column.id));
            all.push(if is_day { words.day.to_owned() } else { "—".to_owned() });
        }
        all.join("，")
    };
    let record = |found: &RecordPreview| RecordShown {
        row: found.row,
        day: found.day.clone(),
        region: found.region.clone(),
        subjects: found.subjects.iter().map(|(r, id)| (role(r), id.clone())).collect(),
        fields: found.fields.iter().map(|(name, value)| (field(name), value.clone())).collect(),
        faults: found
            .faults
            .iter()
            .map(|fault| {
                let (why, todo) = match page.pick("zh", "en") {
                    "zh" => (&fault.why_zh, &fault.do_zh),
                    _ => (&fault.why_en, &fault.do_en),
                };
                format!("{} {}: {why}; {todo}", fault.place(), fault.header)
            })
            .collect(),
    };
    let sheet = |found: &app::import::preview::SheetPreview| {
        let title = match found.name.is_empty() {
            true => words.whole.to_owned(),
            false => words.sheet(&found.name),
        };
        let Some(layout) = &found.layout else {
            return SheetShown {
                title,
                header: words.no_header.to_owned(),
                has_header: false,
                matched: Vec::new(),
                missing: Vec::new(),
                unknown: Vec::new(),
                rest: Vec::new(),
                records: Vec::new(),
            };
        };
        let header_of = |column: &usize| layout.headers.get(*column).cloned().unwrap_or_default();
        let (first, last) = layout.header;
        let places = || mapping.columns.iter().zip(&layout.columns);
        SheetShown {
            title,
            header: match first == last {
                true => words.header_at(first),
                false => words.header_rows(first, last),
            },
            has_header: true,
            matched: places()
                .filter_map(|(column, at)| {
                    let at = (*at)?;
                    Some((sheet::column_name(at), header_of(&at), into(column)))
                })
                .collect(),
            missing: places()
                .filter(|(_, at)| at.is_none())
                .map(|(column, _)| {
                    (column.names.first().cloned().unwrap_or_default(), column.required)
                })
                .collect(),
            unknown: layout.unknown.iter().map(header_of).collect(),
            rest: layout.rest.iter().map(header_of).collect(),
            records: found.records.iter().map(record).collect(),
        }
    };
    preview.sheets.iter().map(sheet).collect()
}

async fn job_of(site: &Arc<Site>, who: &Principal, id: &str) -> Option<Job> {
    let id = id.parse::<RecordId>().ok()?;
    site.system.job(who, id).await.ok()
}

fn stats(page: &Page, summary: &Summary) -> Vec<(&'static str, u64, bool)> {
    let words = &page.w.imports;
    vec![
        (words.found_rows, summary.rows, true),
        (words.added, summary.added, true),
        (words.changed, summary.changed, summary.changed > 0),
        (words.same, summary.same, summary.same > 0),
        (words.doubles, summary.doubles, summary.doubles > 0),
        (words.faulty, summary.faulty, summary.faulty > 0),
        (words.missing, summary.missing, summary.missing > 0),
    ]
}

fn checked(page: &Page, summary: &Summary, id: &str, job: Option<&Job>) -> CheckedShown {
    let Outcome { faults, files, .. } = job.map(Jobs::outcome).unwrap_or_default();
    let is_kept = job.and_then(|job| job.files_until).is_some_and(|until| until > page.now);
    let href = |name: &str| format!("/console/system/jobs/{id}/files/{name}");
    let told: Vec<FaultShown> = faults.iter().take(FAULTS).map(|fault| told(page, fault)).collect();
    CheckedShown {
        stats: stats(page, summary),
        good: summary.good(),
        faulty: summary.faulty,
        faults: summary.faults,
        missing: summary.missing,
        file: (is_kept && files.len() > 1).then(|| (href("faults.xlsx"), href("faults.csv"))),
        more: summary.faults.saturating_sub(told.len() as u64),
        told,
    }
}

fn told(page: &Page, fault: &ToldFault) -> FaultShown {
    let text = page.pick(&fault.zh, &fault.en);
    let (place, what) = text.split_once([' ', '（']).unwrap_or(("", text));
    let what = text.strip_prefix(place).unwrap_or(what);
    FaultShown {
        place: place.to_owned(),
        header: fault.pointer.clone(),
        what: what.trim().to_owned(),
    }
}

/// `POST /console/imports/{id}`: how the table is to be read.
///
/// # Errors
/// No such table; a form that was not sent from here.
pub async fn choose(
    State(site): State<Arc<Site>>,
    page: Page,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let who = Arc::clone(page.at(Desk::Console)?);
    let mut form = Form::read(&page, request).await?;
    let given = |text: String| (!text.is_empty()).then_some(text);
    let choice = Choice {
        mapping: form.text("mapping"),
        encoding: given(form.text("encoding")),
        separator: form.text("separator").parse().ok(),
        as_of: given(form.text("as_of")),
    };
    form.finish()?;
    match site.system.choose(&who, &id, choice) {
        Ok(_) => Ok(page.go(&format!("/console/imports/{id}"))),
        Err(Rejection::Invalid(faults)) => {
            for fault in faults {
                form.fault("as_of", page.pick(&fault.zh, &fault.en));
            }
            shown(&site, &page, &id, &form, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(other) => Err(other.into()),
    }
}

fn is_zh(page: &Page) -> bool {
    page.pick("zh", "en") == "zh"
}

/// `POST /console/imports/{id}/check`: a dry run.
///
/// # Errors
/// As [`choose`].
pub async fn check(
    State(site): State<Arc<Site>>,
    page: Page,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let who = Arc::clone(page.at(Desk::Console)?);
    Form::read(&page, request).await?.finish()?;
    let job = site.system.ask_check(&who, &id, is_zh(&page)).await?;
    Ok(page.go(&format!("/console/system/jobs/{job}")))
}

/// `POST /console/imports/{id}/run`: the import of all rows, or of the right ones.
///
/// # Errors
/// As [`choose`]; it is being imported, or was.
pub async fn run(
    State(site): State<Arc<Site>>,
    page: Page,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let who = Arc::clone(page.at(Desk::Console)?);
    let mut form = Form::read(&page, request).await?;
    let which = form.text("rows");
    form.finish()?;
    let good_rows = match which.as_str() {
        "all" => false,
        "good" => true,
        _ => return Err(Problem::bare(StatusCode::BAD_REQUEST)),
    };
    let job = site.system.ask_import(&who, &id, good_rows, is_zh(&page)).await?;
    Ok(page.go(&format!("/console/system/jobs/{job}")))
}

/// `POST /console/imports/{id}/discard`: the table is not wanted.
///
/// # Errors
/// As [`choose`]; it is being imported, or was.
pub async fn discard(
    State(site): State<Arc<Site>>,
    page: Page,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let who = Arc::clone(page.at(Desk::Console)?);
    Form::read(&page, request).await?.finish()?;
    site.system.discard_upload(&who, &id)?;
    Ok(page.go(super::PATH))
}

/// `POST /console/imports/{id}/withdraw`: the batch is taken back.
///
/// # Errors
/// As [`choose`]; nothing of it is stored.
pub async fn withdraw(
    State(site): State<Arc<Site>>,
    page: Page,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let who = Arc::clone(page.at(Desk::Console)?);
    let mut form = Form::read(&page, request).await?;
    let reason = form.required("reason", page.w.imports.reason_missing);
    form.finish()?;
    if !form.is_right() {
        return shown(&site, &page, &id, &form, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    site.system.withdraw_import(&who, &id, &reason).await?;
    Ok(page.go(&format!("/console/imports/{id}")))
}
