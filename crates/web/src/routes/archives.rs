//! `/api/v1/archives`: a subject under all of its ids.

use std::sync::Arc;

use app::reading::{MOST_ON_PAGE, RecordView};
use app::registry::{Because, Member};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use model::SubjectId;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::answer::{self, AsOfAnswer, Record};
use crate::cursor::Cursor;
use crate::problem::{Problem, ProblemDocument};
use crate::query::Query;
use crate::site::Site;

const SUBJECT: (&str, &str) = (
    "a subject such as uscc:914201001777000029 or https://id.gs1.org/01/06901234567892",
    "主体编码，如 uscc:914201001777000029 或 https://id.gs1.org/01/06901234567892",
);

/// What is known of a subject.
#[derive(Serialize, ToSchema)]
pub struct ArchiveAnswer {
    /// As of when the question was answered; all pages behind this one are of the same times.
    as_of: AsOfAnswer,
    /// The id that stands for the subject.
    id: String,
    /// All of its ids, that one first.
    ids: Vec<ArchiveId>,
    /// Its sort, such as `organization`; left out where no record tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    sort: Option<String>,
    /// The records that register it, the newest first: what holds of it stands in the first.
    #[schema(value_type = Vec<Record>)]
    registrations: Vec<Value>,
    /// The kinds of its records.
    kinds: Vec<ArchiveKind>,
    /// A page of the records that name any of its ids, newest first.
    #[schema(value_type = Vec<Record>)]
    records: Vec<Value>,
    /// What to give as `after` for the next page; left out on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<String>,
}

/// An id of a subject.
#[derive(Serialize, ToSchema)]
pub struct ArchiveId {
    /// The id.
    id: String,
    /// Why it is one: `itself`, `code` (the one code stands in the other), `verdict` (a person
    /// decided so).
    because: &'static str,
    /// The record of that decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    record: Option<String>,
}

/// A kind of record that a subject has.
#[derive(Serialize, ToSchema)]
pub struct ArchiveKind {
    /// The kind.
    kind: String,
    /// How many; left out where the reader may not see all of a kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    count: Option<u64>,
}

impl From<Member> for ArchiveId {
    fn from(member: Member) -> Self {
        let (because, record) = match member.because {
            Because::Itself => ("itself", None),
            Because::Code => ("code", None),
            Because::Verdict(record) => ("verdict", Some(record.to_string())),
        };
        Self { id: member.id, because, record }
    }
}

/// What holds of a subject, and the records of all ids that are joined with the one asked for.
#[utoipa::path(
    get,
    path = "/api/v1/archives",
    tag = "subjects",
    params(
        ("id" = String, Query, description = "One of its ids"),
        ("kinds" = Option<String>, Query, description = "Only records of these kinds, with commas between"),
        ("valid" = Option<String>, Query, description = "What had happened by then (RFC 3339)"),
        ("known" = Option<u64>, Query, description = "What the first so many records say"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<usize>, Query, description = "Records on the page, 1 to 500; 50 if left out", minimum = 1, maximum = 500),
    ),
    responses(
        (status = 200, description = "The archive, with a page of its time line", body = ArchiveAnswer),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn archive(State(site): State<Arc<Site>>, request: Request) -> Result<Response, Problem> {
    let who = site.principal(request.headers()).await?;
    let uri = request.uri();
    let mut query = Query::of(uri);
    let given = uri.query().is_some_and(|query| query.contains("id="));
    let subject: Option<SubjectId> = query.read("id", SUBJECT, |text| text.parse().ok());
    if !given {
        query.missing("id", SUBJECT);
    }
    let pack = site.system.pack();
    let known = "kinds of record with commas between; /api/v1/kinds lists them";
    let kinds =
        query.read("kinds", (known, "记录类型，以逗号分隔，见 /api/v1/kinds"), |text| {
            let kinds: Vec<String> = text.split(',').map(|kind| kind.trim().to_owned()).collect();
            kinds.iter().all(|kind| pack.kind(kind).is_some()).then_some(kinds)
        });
    let listed = kinds.as_deref().unwrap_or_default().join(",");
    let id = subject.as_ref().map_or("", SubjectId::as_str);
    let question = ["archive", id, &listed];
    let (when, after) = Cursor::read(&mut query, &question);
    let limit = query.limit(MOST_ON_PAGE);
    query.finish()?;
    let Some(subject) = &subject else { return Err(Problem::bare(StatusCode::BAD_REQUEST)) };
    let found = site.system.archive(&who, subject, kinds.as_deref(), when, after, limit).await;
    let found = found.map_err(|rejection| Problem::from(rejection).of_query())?;
    let shown = |views: &[RecordView]| -> Result<Vec<Value>, store::Error> {
        views.iter().map(RecordView::to_json).collect()
    };
    let kinds = found.kinds.into_iter().map(|(kind, count)| ArchiveKind { kind, count });
    let answer = ArchiveAnswer {
        as_of: found.as_of.into(),
        id: found.id,
        ids: found.members.into_iter().map(ArchiveId::from).collect(),
        sort: found.sort,
        registrations: shown(&found.registrations)?,
        kinds: kinds.collect(),
        records: shown(&found.page.records)?,
        next: found.page.next.map(|head| Cursor::behind(head, found.as_of).text(&question)),
    };
    Ok(answer::json(StatusCode::OK, &answer))
}
