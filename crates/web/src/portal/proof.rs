//! `/proof`: anybody drops a proof file, or types the id of a record or receipt, and is shown what
//! holds, step by step.

use std::sync::Arc;

use app::Rejection;
use app::evidence::EvidenceError;
use app::proof::{Checked, Outcome, Step};
use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use model::RecordId;

use crate::page::Page;
use crate::page::facts::Facts;
use crate::page::form::Form;
use crate::page::ui::Tone;
use crate::page::words::grouped;
use crate::problem::Problem;
use crate::query::Query;
use crate::site::Site;

#[derive(Template)]
#[template(path = "portal/proof.html")]
struct ProofPage<'p> {
    p: &'p Page,
    form: &'p Form,
    /// What was typed.
    asked: &'p str,
    /// What came of it; none before anything was asked.
    result: Option<Shown>,
}

/// What came of a check, in words.
struct Shown {
    tone: Tone,
    verdict: String,
    steps: Vec<StepShown>,
    facts: Vec<(&'static str, String)>,
    /// The record's public page, if it has one.
    record: Option<String>,
    /// Where its proof file is.
    download: Option<String>,
    /// How the same is done without this site.
    command: String,
}

struct StepShown {
    tone: Tone,
    title: &'static str,
    text: String,
}

/// `GET /proof`, also with what was typed: `?q=`.
///
/// # Errors
/// A wrong parameter; a fault of the store.
pub async fn ask(
    State(site): State<Arc<Site>>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let mut query = Query::of(request.uri());
    let asked = query.text("q").unwrap_or_default();
    query.finish()?;
    let asked = asked.trim();
    let mut form = Form::default();
    let result = match asked.parse::<RecordId>() {
        _ if asked.is_empty() => None,
        Ok(id) => Some(of_record(&site, &page, id).await?),
        Err(_) => {
            form.fault("q", page.w.proof.no_id);
            None
        }
    };
    let status = if form.is_right() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page.show_as(status, &ProofPage { p: &page, form: &form, asked, result })
}

/// `POST /proof`: a file, or its text.
///
/// # Errors
/// A form that was not sent from here; a fault of the store.
pub async fn check(
    State(site): State<Arc<Site>>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let mut form = Form::read(&page, request).await?;
    let file = form.raw("file");
    let text = form.raw("text");
    form.finish()?;
    // Browsers send the lines of a text field with carriage returns; a proof file has none.
    let proof = if file.is_empty() { text.replace("\r\n", "\n") } else { file };
    if proof.trim().is_empty() {
        form.fault("file", page.w.proof.nothing);
        let shown = ProofPage { p: &page, form: &form, asked: "", result: None };
        return page.show_as(StatusCode::UNPROCESSABLE_ENTITY, &shown);
    }
    // What was pasted may have lost the end of its last line.
    let mut proof = proof;
    if !proof.ends_with('\n') {
        proof.push('\n');
    }
    let checked = site.system.check_proof(proof.as_bytes(), None).await?;
    let mut shown = shown(&page, &site, &checked);
    if let Some(said) = &checked.said
        && site.system.public_record(said.id).await?.is_some()
    {
        shown.record = Some(format!("/records/{}", said.id));
    }
    page.show(&ProofPage { p: &page, form: &form, asked: "", result: Some(shown) })
}

/// What is known of the record with an id: whoever has the id has the receipt.
async fn of_record(site: &Site, page: &Page, id: RecordId) -> Result<Shown, Problem> {
    let words = &page.w.proof;
    let nothing = |tone, verdict: &str| Shown {
        tone,
        verdict: verdict.to_owned(),
        steps: Vec::new(),
        facts: Vec::new(),
        record: None,
        download: None,
        command: String::new(),
    };
    let system = &site.system;
    let Some(stored) = system.reader().record(id).await? else {
        return Ok(nothing(Tone::Danger, words.no_record));
    };
    let proof = system.evidence().inclusion(system.reader(), stored.position).await;
    let Some(proof) = proof.map_err(not_proved)? else {
        return Ok(nothing(Tone::Warn, words.not_signed));
    };
    let checked = system.check_proof(proof.to_string().as_bytes(), Some(&stored.leaf)).await?;
    let mut shown = shown(page, site, &checked);
    shown.facts.push((words.recorded, page.date_time(&stored.recorded_at)));
    shown.download = Some(format!("/records/{id}/proof"));
    if system.public_record(id).await?.is_some() {
        shown.record = Some(format!("/records/{id}"));
    } else {
        shown.facts.push((words.content, words.not_public.to_owned()));
    }
    Ok(shown)
}

/// A log that cannot prove what it holds is damage.
pub fn not_proved(error: EvidenceError) -> Problem {
    let error = match error {
        EvidenceError::Store(error) => error,
        other => store::Error::Damaged { what: other.to_string() },
    };
    Rejection::from(error).into()
}

fn shown(page: &Page, site: &Site, checked: &Checked) -> Shown {
    let words = &page.w.proof;
    let (tone, verdict) = match (checked.is_good(), checked.is_not_wrong()) {
        (true, _) => (Tone::Ok, words.good),
        (false, true) => (Tone::Warn, words.untold),
        (false, false) => (Tone::Danger, words.wrong),
    };
    let mut facts = Vec::new();
    if let Some(said) = &checked.said {
        let pack = site.system.pack();
        let kinds = Facts::new(page, &pack, "/archive/");
        facts.push((words.kind, kinds.kind(&said.kind).to_owned()));
        facts.push((words.happened, page.date_time(&said.valid_at)));
        facts.push((words.recorded, page.date_time(&said.recorded_at)));
        facts.push((words.id, said.id.to_string()));
    }
    if let Some(index) = checked.index {
        facts.push((words.index, grouped(index)));
    }
    if let Some(origin) = &checked.origin {
        facts.push((words.log, origin.clone()));
    }
    let key = checked.key.as_deref().unwrap_or("KEY");
    Shown {
        tone,
        verdict: verdict.to_owned(),
        steps: checked
            .steps
            .iter()
            .map(|(step, outcome)| one(page, checked, *step, outcome))
            .collect(),
        facts,
        record: None,
        download: None,
        command: format!("zhiheng verify RECORD.tlog-proof --key \"{key}\""),
    }
}

fn one(page: &Page, checked: &Checked, step: Step, outcome: &Outcome) -> StepShown {
    let words = &page.w.proof;
    let (title, holds, untold) = match step {
        Step::Form => (words.form, words.form_holds.to_owned(), words.form_holds),
        Step::Signature => {
            let holds = words.signature_holds(checked.origin.as_deref().unwrap_or_default());
            (words.signature, holds, words.signature_untold)
        }
        Step::Opening => (words.opening, words.opening_holds.to_owned(), words.opening_untold),
        Step::Inclusion => {
            let (index, size) = (checked.index.unwrap_or(0), checked.size.unwrap_or(0));
            (words.inclusion, words.inclusion_holds(index, size), words.inclusion_untold)
        }
        Step::Growth => {
            let now = checked.size_now.unwrap_or(0);
            (words.growth, words.growth_holds(now), words.growth_untold)
        }
    };
    let (tone, text) = match outcome {
        Outcome::Holds => (Tone::Ok, holds),
        Outcome::Untold => (Tone::Mute, untold.to_owned()),
        Outcome::Fails(why) => (Tone::Danger, words.fails(why)),
    };
    StepShown { tone, title, text }
}
