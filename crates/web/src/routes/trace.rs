//! `/api/v1/trace`: where a thing came from and went, who answers for it, what something touched;
//! `/api/v1/trace-findings`: what does not fit.

use std::sync::Arc;

use app::reading::{MOST_ON_PAGE, When};
use app::trace::answer::{Finding, FindingSort, TracedAct, TracedThing, Way, Withheld};
use app::trace::answerable::{Answerable, AnswerableParty, TestEvidence};
use app::trace::{FindingQuestion, KeptFinding, MOST_THINGS, ScopeLine, ScopeSummary, Touch};
use app::{Fault, Principal, Rejection};
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt as _, stream};
use model::Timestamp;
use serde::Serialize;
use store::readings::Head;
use utoipa::ToSchema;

use super::commands::Command;
use crate::answer::{self, AsOfAnswer};
use crate::cursor::Cursor;
use crate::problem::{Problem, ProblemDocument};
use crate::query::Query;
use crate::site::Site;

const PREFIX: &str = "/api/v1/trace/";
const TIME: (&str, &str) =
    ("an instant such as 2026-11-23T09:00:00+08:00", "时间，如 2026-11-23T09:00:00+08:00");
/// Things of an answer where no limit is given.
const USUAL: usize = 1_000;
const NDJSON: &str = "application/x-ndjson";

const DIRECTION: (&str, &str) =
    ("back, forward, answerable or scope", "back、forward、answerable 或 scope");

/// A page of what does not fit in the records, those first that came last.
#[derive(Serialize, ToSchema)]
#[schema(as = TraceFindings)]
pub struct FindingsAnswer {
    /// As of when; all pages behind this one are of the same times.
    as_of: AsOfAnswer,
    /// The findings, each with the records that the asker may see; what only others say is left out.
    findings: Vec<KeptFinding>,
    /// What to give as `after` for the next page; left out on the last. A page may have fewer findings
    /// than asked for and still not be the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<String>,
}

/// Back to sources, or forward to what came of a thing.
#[derive(Serialize, ToSchema)]
#[schema(as = Trace)]
pub struct TraceAnswer {
    /// As of when.
    as_of: AsOfAnswer,
    /// What was asked about, in its one form.
    asked: String,
    /// Which way.
    direction: Way,
    /// What was reached, what was asked about first.
    things: Vec<TracedThing>,
    /// The acts between them and on them, in the order of time.
    acts: Vec<TracedAct>,
    /// What does not fit in the records.
    findings: Vec<Finding>,
    /// What the asker may not see.
    withheld: Withheld,
    /// Whether nothing was left out because it was too much.
    whole: bool,
}

/// Who answers for a thing.
#[derive(Serialize, ToSchema)]
#[schema(as = Answerable)]
pub struct AnswerableAnswer {
    /// As of when.
    as_of: AsOfAnswer,
    /// What was asked about, in its one form.
    asked: String,
    /// Who answers first to who bought it; none before it was sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    first: Option<String>,
    /// On whom that one can fall back, in this order.
    recourse: Vec<String>,
    /// All parties.
    parties: Vec<AnswerableParty>,
    /// The tests, with the chain behind their instruments.
    tests: Vec<TestEvidence>,
    /// What does not fit in the records.
    findings: Vec<Finding>,
    /// What the asker may not see.
    withheld: Withheld,
    /// Whether nothing was left out because it was too much.
    whole: bool,
}

impl AnswerableAnswer {
    fn new(found: Answerable) -> Self {
        Self {
            as_of: found.as_of.into(),
            asked: found.asked,
            first: found.first,
            recourse: found.recourse,
            parties: found.parties,
            tests: found.tests,
            findings: found.findings,
            withheld: found.withheld,
            whole: found.is_whole,
        }
    }
}

/// A line of a scope as it is streamed: first `as_of`, then lines, at last the summary.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScopePart {
    /// As of when, and what was asked about.
    AsOf(AsOfAnswer),
    /// An item, or some of a lot.
    Line(ScopeLine),
    /// What it comes to.
    Summary(ScopeSummary),
    /// Why it ends here.
    Fault(String),
}

/// A scope that is to be saved.
#[derive(ToSchema)]
pub struct ScopeRequest {
    /// A product, lot or item; a party, place or instrument.
    id: String,
    /// What it touched from then on (RFC 3339).
    from: Option<String>,
    /// And up to then, inclusive.
    until: Option<String>,
    /// What had happened by then.
    valid: Option<String>,
    /// What the first so many records say, a whole number as a text.
    known: Option<String>,
    /// The office whose record it is.
    office: Option<String>,
    /// The division, GB/T 2260.
    region: String,
}

impl ScopeRequest {
    fn read(command: &mut Command) -> Self {
        Self {
            id: command.required("id"),
            from: command.optional("from"),
            until: command.optional("until"),
            valid: command.optional("valid"),
            known: command.optional("known"),
            office: command.optional("office"),
            region: command.required("region"),
        }
    }
}

/// A scope that was saved.
#[derive(Serialize, ToSchema)]
pub struct SavedScopeAnswer {
    /// Its record, which has a proof like any other.
    record: String,
    /// The position of its record.
    position: u64,
    /// What it came to.
    summary: ScopeSummary,
}

/// Where a thing came from (`back`), where it went (`forward`), who answers for it (`answerable`), or
/// what it touched and where that is (`scope`, streamed as lines of JSON).
#[utoipa::path(
    get,
    path = "/api/v1/trace/{id}",
    tag = "trace",
    params(
        ("id" = String, Path, description = "A Digital Link, an EPC URN, a subject, or what a scanner reads; percent-encoded; it may hold slashes as they are"),
        ("direction" = Option<String>, Query, description = "back (if left out), forward, answerable or scope"),
        ("from" = Option<String>, Query, description = "scope: what a party, place or instrument touched from then on (RFC 3339)"),
        ("until" = Option<String>, Query, description = "scope: and up to then"),
        ("valid" = Option<String>, Query, description = "What had happened by then (RFC 3339)"),
        ("known" = Option<u64>, Query, description = "What the first so many records say"),
        ("limit" = Option<usize>, Query, description = "back and forward: the most things, 1 to 10000; 1000 if left out", minimum = 1, maximum = 10000),
    ),
    responses(
        (status = 200, description = "The answer: as the direction says", content(
            (TraceAnswer = "application/json"),
            (AnswerableAnswer = "application/vnd.zhiheng.answerable+json"),
            (ScopePart = "application/x-ndjson"),
        )),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn trace(State(site): State<Arc<Site>>, request: Request) -> Result<Response, Problem> {
    let who = site.principal(request.headers()).await?;
    let uri = request.uri();
    // As it was sent: a router may have made one slash of two.
    let path = uri.path().strip_prefix(PREFIX).unwrap_or_default();
    let text = percent_encoding::percent_decode_str(path).decode_utf8().ok();
    let Some(id) = text.filter(|text| !text.is_empty()) else {
        let fault = Fault::new(
            "path.id",
            "the path must end in the code of what is traced",
            "路径末尾应为追溯对象的编码",
        );
        return Err(Problem::new(StatusCode::BAD_REQUEST, fault));
    };
    answer(&site, who, uri, &id).await
}

async fn answer(
    site: &Arc<Site>,
    who: Arc<Principal>,
    uri: &Uri,
    id: &str,
) -> Result<Response, Problem> {
    let mut query = Query::of(uri);
    let words = ["back", "forward", "answerable", "scope"];
    let direction =
        query.read("direction", DIRECTION, |text| words.into_iter().find(|word| *word == text));
    let when = When { valid: query.time("valid"), known: query.number("known") };
    let is_scope = direction == Some("scope");
    let (from, until) =
        if is_scope { (query.time("from"), query.time("until")) } else { (None, None) };
    let is_walk = !matches!(direction, Some("scope" | "answerable"));
    let limit = if is_walk { query.number("limit") } else { None };
    if limit.is_some_and(|limit| limit == 0 || limit > MOST_THINGS as u64) {
        query.wrong("limit", ("a number from 1 to 10000", "1 至 10000 的整数"));
    }
    query.finish()?;
    let system = &site.system;
    let told = |rejection: Rejection| Problem::from(rejection).of_query();
    if is_scope {
        let touch = Touch { id: id.to_owned(), from, until };
        return scope(site, who, touch, when).await;
    }
    if direction == Some("answerable") {
        let found = system.answerable(&who, id, when).await.map_err(told)?;
        return Ok(answer::json(StatusCode::OK, &AnswerableAnswer::new(found)));
    }
    let way = if direction == Some("forward") { Way::Forward } else { Way::Back };
    let most = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(USUAL);
    let found = system.trace(&who, id, way, when, most).await.map_err(told)?;
    let answer = TraceAnswer {
        as_of: found.as_of.into(),
        asked: found.asked,
        direction: found.way,
        things: found.things,
        acts: found.acts,
        findings: found.findings,
        withheld: found.withheld,
        whole: found.is_whole,
    };
    Ok(answer::json(StatusCode::OK, &answer))
}

/// The lines as they are found; what is wrong with the question is told before the first.
async fn scope(
    site: &Arc<Site>,
    who: Arc<Principal>,
    touch: Touch,
    when: When,
) -> Result<Response, Problem> {
    let (sender, receiver) = tokio::sync::mpsc::channel::<Bytes>(4);
    let (begun, begins) = tokio::sync::oneshot::channel();
    let site = Arc::clone(site);
    tokio::spawn(async move {
        let mut scope = match site.system.scope(&who, &touch, when).await {
            Ok(scope) => scope,
            Err(rejection) => {
                let _ = begun.send(Err(rejection));
                return;
            }
        };
        if begun.send(Ok(())).is_err() {
            return;
        }
        let mut piece = part(&ScopePart::AsOf(scope.as_of().into()));
        loop {
            match scope.next().await {
                Ok(Some(lines)) => {
                    piece.extend(lines.into_iter().flat_map(|line| part(&ScopePart::Line(line))));
                    // Who asked has gone.
                    if sender.send(std::mem::take(&mut piece).into()).await.is_err() {
                        return;
                    }
                }
                Ok(None) => break,
                Err(rejection) => {
                    let fault = part(&ScopePart::Fault(rejection.to_string()));
                    let _ = sender.send(fault.into()).await;
                    return;
                }
            }
        }
        piece.extend(part(&ScopePart::Summary(scope.summary())));
        let _ = sender.send(piece.into()).await;
    });
    match begins.await {
        Ok(Ok(())) => {}
        Ok(Err(rejection)) => return Err(Problem::from(rejection).of_query()),
        Err(_) => return Err(Problem::bare(StatusCode::INTERNAL_SERVER_ERROR)),
    }
    let lines = stream::unfold(receiver, |mut receiver| async move {
        let piece = receiver.recv().await?;
        Some((Ok::<_, std::convert::Infallible>(piece), receiver))
    });
    // What packs it asks once more after the end.
    let mut response = Body::from_stream(lines.fuse()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(NDJSON));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn part(part: &ScopePart) -> Vec<u8> {
    let mut text = serde_json::to_vec(part).unwrap_or_default();
    text.push(b'\n');
    text
}

const SORTS: (&str, &str) = (
    "loop, missing-parent, out-of-order, impossible-journey, mass-balance, twice or never-commissioned, \
     several with commas between",
    "loop、missing-parent、out-of-order、impossible-journey、mass-balance、twice 或 \
     never-commissioned，多个以逗号分隔",
);
const REGION: (&str, &str) =
    ("a division of six digits, such as 420100", "六位行政区划代码，如 420100");

/// Reads which findings are asked for: `sort` and `region`.
pub(crate) fn finding_question(query: &mut Query) -> FindingQuestion {
    let sort = |text: &str| FindingSort::ALL.into_iter().find(|sort| sort.word() == text.trim());
    let sorts = query.read("sort", SORTS, |text| text.split(',').map(sort).collect());
    let region = query.read("region", REGION, |text| {
        let is_division = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_division.then(|| text.to_owned())
    });
    FindingQuestion { sorts: sorts.unwrap_or_default(), region }
}

/// What does not fit in all the records that are known: loops, parents that are missing, events out of
/// order, more out than in, one serial number in two places, items never commissioned. A finding that
/// is mended is there no more, except as of what was known before.
#[utoipa::path(
    get,
    path = "/api/v1/trace-findings",
    tag = "trace",
    params(
        ("sort" = Option<String>, Query, description = "Only of these sorts, with commas between"),
        ("region" = Option<String>, Query, description = "Only of records of a division and those below it (GB/T 2260)"),
        ("valid" = Option<String>, Query, description = "What had happened by then (RFC 3339); all that is known if left out"),
        ("known" = Option<u64>, Query, description = "What the first so many records say"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<usize>, Query, description = "Findings on the page, 1 to 500; 50 if left out", minimum = 1, maximum = 500),
    ),
    responses(
        (status = 200, description = "A page", body = FindingsAnswer),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn findings(
    State(site): State<Arc<Site>>,
    request: Request,
) -> Result<Response, Problem> {
    let who = site.principal(request.headers()).await?;
    let mut query = Query::of(request.uri());
    let question = finding_question(&mut query);
    let sorts: Vec<&str> = question.sorts.iter().map(|sort| sort.word()).collect();
    let sorts = sorts.join(",");
    let mark = ["trace-findings", &sorts, question.region.as_deref().unwrap_or("")];
    let (when, after) = Cursor::read(&mut query, &mark);
    let limit = query.limit(MOST_ON_PAGE);
    query.finish()?;
    let from = after.map_or(0, |head| head.position);
    let page = site.system.trace_findings(&who, &question, when, from, limit).await;
    let page = page.map_err(|rejection| Problem::from(rejection).of_query())?;
    let behind = |position: u64| Head { valid_at: page.as_of.valid, position };
    let next = page.next.map(|next| Cursor::behind(behind(next), page.as_of).text(&mark));
    let answer = FindingsAnswer { as_of: page.as_of.into(), findings: page.findings, next };
    Ok(answer::json(StatusCode::OK, &answer))
}

/// Saves what something touched, and where that is, as a record.
#[utoipa::path(
    post,
    path = "/api/v1/trace-scopes",
    tag = "trace",
    request_body = ScopeRequest,
    responses(
        (status = 201, description = "Saved", body = SavedScopeAnswer),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn save(State(site): State<Arc<Site>>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let who = site.principal(&parts.headers).await?;
    Query::of(&parts.uri).finish()?;
    let mut command = Command::read(&site, &parts.headers, body).await?;
    let asked = ScopeRequest::read(&mut command);
    let mut time = |name: &str, text: Option<&str>| -> Option<Timestamp> {
        let read = text?.parse().ok();
        if read.is_none() {
            command.wrong(name, TIME);
        }
        read
    };
    let from = time("from", asked.from.as_deref());
    let until = time("until", asked.until.as_deref());
    let valid = time("valid", asked.valid.as_deref());
    let known = asked.known.map(|text| text.parse::<u64>());
    if matches!(known, Some(Err(_))) {
        command.wrong("known", ("a whole number of records", "记录数（整数）"));
    }
    command.finish()?;
    let when = When { valid, known: known.and_then(Result::ok) };
    let touch = Touch { id: asked.id, from, until };
    let saved = site.system.save_scope(&who, &touch, when, asked.office, asked.region).await?;
    let answer = SavedScopeAnswer {
        record: saved.record.to_string(),
        position: saved.position,
        summary: saved.summary,
    };
    Ok(answer::json(StatusCode::CREATED, &answer))
}
