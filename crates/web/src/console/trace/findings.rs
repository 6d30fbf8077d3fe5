//! `GET /console/trace/findings`: what does not fit in the records, with filters and as a file.

use std::sync::Arc;

use app::Principal;
use app::reading::When;
use app::trace::answer::FindingSort;
use app::trace::{FindingPage, FindingQuestion, KeptFinding};
use askama::Template;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use serde_json::Value;

use super::naming::{Names, ids_of};
use crate::page::Page;
use crate::page::export::{Column, Format, too_many, whole};
use crate::page::facts::{Facts, in_path};
use crate::page::ui::Empty;
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::query::Query;
use crate::routes::trace::finding_question;
use crate::site::Site;

const HERE: &str = "/console/trace/findings";
/// Findings on a page.
const ON_PAGE: usize = 50;
/// Findings that are asked for together for a file, and the most of one.
const TOGETHER: usize = 500;
const MOST: usize = 20_000;
/// The permission to take the list away as a file.
const EXPORT: &str = app::export::RUN;

#[derive(Template)]
#[template(path = "console/trace_findings.html")]
struct FindingsPage<'p> {
    p: &'p Page,
    /// Id, words, whether chosen.
    sorts: Vec<(&'static str, &'static str, bool)>,
    regions: Vec<(String, String, bool)>,
    rows: Vec<Row>,
    empty: Option<Empty<'p>>,
    next: Option<String>,
    may_export: bool,
}

struct Row {
    what: &'static str,
    name: String,
    code: String,
    href: String,
    detail: String,
    region: String,
    since: String,
    records: Vec<String>,
}

/// The list.
///
/// # Errors
/// Nobody of the console is logged in, or may not read; a fault of the store.
pub async fn list(
    State(site): State<Arc<Site>>,
    page: Page,
    uri: Uri,
) -> Result<Response, Problem> {
    let who = page.at(Desk::Console)?;
    let mut query = Query::of(&filled(&uri));
    let question = finding_question(&mut query);
    let when = When { valid: None, known: query.number("known") };
    let from = query.number("from").unwrap_or(0);
    let format = Format::read(&mut query);
    query.finish()?;
    let pack = site.system.pack();
    let facts = Facts::new(&page, &pack, "/console/archive/");
    if let Some(format) = format {
        let (findings, known) = all(&site, who, &question, when).await?;
        return Ok(file(&page, &facts, &findings, known, format));
    }
    let found = site.system.trace_findings(who, &question, when, from, ON_PAGE).await?;
    let today = page.today();
    let divisions = pack.tables().divisions.all().filter(|division| division.in_force.holds(today));
    let regions = divisions.map(|division| {
        let is_chosen = question.region.as_ref() == Some(&division.code);
        (division.code.clone(), division.name.clone(), is_chosen)
    });
    let sorts = FindingSort::ALL.into_iter().map(|sort| {
        let (zh, en) = sort.words();
        let words = if page.is_chinese() { zh } else { en };
        (sort.word(), words, question.sorts.contains(&sort))
    });
    let words = &page.w.contradictions;
    let mut ids = Vec::new();
    for one in &found.findings {
        ids.extend(ids_of(&one.thing, one.detail.as_deref()));
    }
    let names = Names::of(&site, &ids).await;
    let row = |finding| row(&page, &facts, &names, finding);
    let is_nothing = found.findings.is_empty() && found.next.is_none();
    page.show(&FindingsPage {
        p: &page,
        sorts: sorts.collect(),
        regions: regions.collect(),
        empty: is_nothing.then(|| Empty::new(&page, words.nothing, words.nothing_text)),
        next: next(&found, &question),
        rows: found.findings.into_iter().map(row).collect(),
        may_export: page.visitor.as_ref().is_some_and(|visitor| visitor.may(EXPORT)),
    })
}

/// The address without the filters that a form sends empty.
fn filled(uri: &Uri) -> Uri {
    let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs.filter(|(_, value)| !value.is_empty()));
    format!("{HERE}?{}", query.finish()).parse().unwrap_or_default()
}

/// The next page, as of as much as this one.
fn next(found: &FindingPage, question: &FindingQuestion) -> Option<String> {
    let from = found.next?;
    let mut query = form_urlencoded::Serializer::new(String::new());
    let sorts: Vec<&str> = question.sorts.iter().map(|sort| sort.word()).collect();
    if !sorts.is_empty() {
        query.append_pair("sort", &sorts.join(","));
    }
    if let Some(region) = &question.region {
        query.append_pair("region", region);
    }
    query.append_pair("known", &found.as_of.known.to_string());
    query.append_pair("from", &from.to_string());
    Some(format!("{HERE}?{}", query.finish()))
}

fn row(page: &Page, facts: &Facts<'_>, names: &Names, finding: KeptFinding) -> Row {
    let (zh, en) = finding.sort.words();
    let detail = finding.detail.as_deref().map(|said| names.detail(page, finding.sort, said));
    Row {
        what: if page.is_chinese() { zh } else { en },
        href: format!("/console/trace?q={}", in_path(&finding.thing)),
        name: names.say(page, &finding.thing),
        code: finding.thing.trim_start_matches("https://id.gs1.org").to_owned(),
        detail: detail.unwrap_or_default(),
        region: facts.region(&finding.region, page.today()),
        since: page.date_time(&finding.since),
        records: finding.records.iter().take(4).map(ToString::to_string).collect(),
    }
}

/// All that are asked for, and of how many records.
async fn all(
    site: &Site,
    who: &Principal,
    question: &FindingQuestion,
    when: When,
) -> Result<(Vec<KeptFinding>, u64), Problem> {
    let (mut when, mut from, mut all) = (when, 0, Vec::new());
    loop {
        let page = site.system.trace_findings(who, question, when, from, TOGETHER).await?;
        all.extend(page.findings);
        if all.len() > MOST {
            return Err(too_many(all.len() as u64, MOST as u64));
        }
        match page.next {
            Some(next) => (when.known, from) = (Some(page.as_of.known), next),
            None => return Ok((all, page.as_of.known)),
        }
    }
}

fn file(
    page: &Page,
    facts: &Facts<'_>,
    findings: &[KeptFinding],
    known: u64,
    format: Format,
) -> Response {
    let words = &page.w.contradictions;
    let columns = vec![
        Column::new("sort", words.what),
        Column::new("thing", words.thing),
        Column::new("detail", words.detail),
        Column::new("region", words.region),
        Column::new("since", words.since),
        Column::new("records", words.records),
    ];
    let rows = findings.iter().map(|finding| {
        let (zh, en) = finding.sort.words();
        let records: Vec<String> = finding.records.iter().map(ToString::to_string).collect();
        let cells = [
            page.pick(zh, en).to_owned(),
            finding.thing.clone(),
            finding.detail.clone().unwrap_or_default(),
            facts.region(&finding.region, page.today()),
            finding.since.to_string(),
            records.join(" "),
        ];
        cells.map(Value::from).to_vec()
    });
    whole(page, known, (format, "findings"), columns, rows.collect(), Some(EXPORT))
}
