//! `/api/v1/subjects`: what is known of a subject.

use std::sync::Arc;

use app::reading::MOST_ON_PAGE;
use app::{Fault, Principal};
use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use model::SubjectId;

use super::page::{PageAnswer, page};
use crate::cursor::Cursor;
use crate::problem::{Problem, ProblemDocument};
use crate::query::Query;
use crate::site::Site;

const PREFIX: &str = "/api/v1/subjects/";

const SUBJECT: (&str, &str) = (
    "a subject such as uscc:914201001777000029 or https://id.gs1.org/01/06901234567892",
    "主体编码，如 uscc:914201001777000029 或 https://id.gs1.org/01/06901234567892",
);

/// The records that count and name a subject, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/subjects/{subject}",
    tag = "subjects",
    params(
        ("subject" = String, Path, description = "The subject, percent-encoded; it may hold slashes as they are"),
        ("kinds" = Option<String>, Query, description = "Only records of these kinds, with commas between"),
        ("valid" = Option<String>, Query, description = "What had happened by then (RFC 3339)"),
        ("known" = Option<u64>, Query, description = "What the first so many records say"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<usize>, Query, description = "Records on the page, 1 to 500; 50 if left out", minimum = 1, maximum = 500),
    ),
    responses(
        (status = 200, description = "A page", body = PageAnswer, headers(("Link" = String, description = "rel=next"))),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn by_path(State(site): State<Arc<Site>>, request: Request) -> Result<Response, Problem> {
    let who = site.principal(request.headers()).await?;
    let uri = request.uri();
    // As it was sent: a router may have made one slash of two.
    let path = uri.path().strip_prefix(PREFIX).unwrap_or_default();
    let text = percent_encoding::percent_decode_str(path).decode_utf8().ok();
    let subject: Option<SubjectId> = text.and_then(|text| text.parse().ok());
    let Some(subject) = subject else {
        let (en, zh) = SUBJECT;
        let fault = Fault::new(
            "path.subject",
            format!("the path must end in {en}"),
            format!("路径末尾应为{zh}"),
        );
        return Err(Problem::new(StatusCode::BAD_REQUEST, fault));
    };
    answer(&site, &who, uri, Query::of(uri), subject).await
}

/// The same, with the subject as a parameter: for those behind a proxy that changes paths.
#[utoipa::path(
    get,
    path = "/api/v1/subjects",
    tag = "subjects",
    params(
        ("id" = String, Query, description = "The subject"),
        ("kinds" = Option<String>, Query, description = "Only records of these kinds, with commas between"),
        ("valid" = Option<String>, Query, description = "What had happened by then (RFC 3339)"),
        ("known" = Option<u64>, Query, description = "What the first so many records say"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<usize>, Query, description = "Records on the page, 1 to 500; 50 if left out", minimum = 1, maximum = 500),
    ),
    responses(
        (status = 200, description = "A page", body = PageAnswer, headers(("Link" = String, description = "rel=next"))),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn by_query(
    State(site): State<Arc<Site>>,
    request: Request,
) -> Result<Response, Problem> {
    let who = site.principal(request.headers()).await?;
    let uri = request.uri();
    let mut query = Query::of(uri);
    let given = uri.query().is_some_and(|query| query.contains("id="));
    let subject: Option<SubjectId> = query.read("id", SUBJECT, |text| text.parse().ok());
    let Some(subject) = subject else {
        if !given {
            query.missing("id", SUBJECT);
        }
        query.finish()?;
        return Err(Problem::bare(StatusCode::BAD_REQUEST));
    };
    answer(&site, &who, uri, query, subject).await
}

async fn answer(
    site: &Site,
    who: &Principal,
    uri: &Uri,
    mut query: Query,
    subject: SubjectId,
) -> Result<Response, Problem> {
    let pack = site.system.pack();
    let known = "kinds of record with commas between; /api/v1/kinds lists them";
    let kinds =
        query.read("kinds", (known, "记录类型，以逗号分隔，见 /api/v1/kinds"), |text| {
            let kinds: Vec<String> = text.split(',').map(|kind| kind.trim().to_owned()).collect();
            kinds.iter().all(|kind| pack.kind(kind).is_some()).then_some(kinds)
        });
    let listed = kinds.as_deref().unwrap_or_default().join(",");
    let question = ["subject", subject.as_str(), &listed];
    let (when, after) = Cursor::read(&mut query, &question);
    let limit = query.limit(MOST_ON_PAGE);
    query.finish()?;
    let found = site.system.subject(who, &subject, kinds.as_deref(), when, after, limit).await;
    let found = found.map_err(|rejection| Problem::from(rejection).of_query())?;
    page(uri, found, &question)
}
