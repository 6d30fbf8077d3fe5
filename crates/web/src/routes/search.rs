//! `/api/v1/search`: subjects by what somebody types.

use std::sync::Arc;

use app::Principal;
use app::reading::When;
use app::registry::find::MOST_HITS;
use app::registry::{How, Search, SubjectHit};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::{self, AsOfAnswer, Words};
use crate::problem::{Problem, ProblemDocument};
use crate::query::Query;
use crate::site::Site;

/// Hits further down are not given: who looks for them types more.
const DEEPEST: u64 = 10_000;

/// What was found.
#[derive(Serialize, ToSchema)]
pub struct SearchAnswer {
    /// As of when subjects were to be there.
    as_of: AsOfAnswer,
    /// How many fit, of those that the searcher may find.
    count: usize,
    /// Some of them, the best first.
    hits: Vec<SearchHit>,
}

/// A subject that was found.
#[derive(Serialize, ToSchema)]
pub struct SearchHit {
    /// The id that stands for it.
    id: String,
    /// Its other ids.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(nullable = false)]
    other_ids: Vec<String>,
    /// Its name; left out where none is known.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(nullable = false)]
    name: String,
    /// Its sort, such as `organization`.
    sort: String,
    /// The division, GB/T 2260; left out where none is known.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(nullable = false)]
    region: String,
    /// Where it is.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(nullable = false)]
    address: String,
    /// How it stands, such as struck off.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    status: Option<SearchStatus>,
    /// How it fits: `exact`, `core`, `beginning`, `part`, `abbreviation`, `slip`, `sound`,
    /// `sound-beginning`, `sound-part`, `sound-abbreviation`, `address`, `address-parts`.
    how: &'static str,
    /// The name, code or address by which it fits.
    by: String,
    /// Whether that is a name that it had before.
    former: bool,
}

/// How a subject stands.
#[derive(Serialize, ToSchema)]
pub struct SearchStatus {
    /// The code.
    code: String,
    /// What it stands for.
    label: Words,
}

/// The word for how something fits.
pub fn word(how: How) -> &'static str {
    match how {
        How::Exact => "exact",
        How::Core => "core",
        How::Beginning => "beginning",
        How::Part => "part",
        How::Abbreviation => "abbreviation",
        How::Slip => "slip",
        How::Sound => "sound",
        How::SoundBeginning => "sound-beginning",
        How::SoundPart => "sound-part",
        How::SoundAbbreviation => "sound-abbreviation",
        How::Address => "address",
        How::AddressParts => "address-parts",
    }
}

impl From<SubjectHit> for SearchHit {
    fn from(hit: SubjectHit) -> Self {
        Self {
            id: hit.id,
            other_ids: hit.other_ids,
            name: hit.name,
            sort: hit.sort,
            region: hit.region,
            address: hit.address,
            status: hit.status.map(|(code, label)| SearchStatus {
                code,
                label: Words::new(&label.zh, &label.en),
            }),
            how: word(hit.how),
            by: hit.by,
            former: hit.is_former,
        }
    }
}

/// Subjects by names and parts of them, abbreviations, pinyin, codes with a slip, addresses. Without
/// a token: those that are public.
#[utoipa::path(
    get,
    path = "/api/v1/search",
    tag = "subjects",
    security((), ("token" = [])),
    params(
        ("q" = Option<String>, Query, description = "What to look for; nothing is found by nothing"),
        ("sorts" = Option<String>, Query, description = "Only subjects of these sorts, with commas between"),
        ("region" = Option<String>, Query, description = "Only in this division, GB/T 2260, or below"),
        ("valid" = Option<String>, Query, description = "Only what was there by then (RFC 3339); it is found by every name that it ever bore"),
        ("known" = Option<u64>, Query, description = "Only what was known by then"),
        ("offset" = Option<u64>, Query, description = "So many of the best are left out", minimum = 0, maximum = 10000),
        ("limit" = Option<usize>, Query, description = "So many are given, 1 to 100; 50 if left out", minimum = 1, maximum = 100),
    ),
    responses(
        (status = 200, description = "What was found", body = SearchAnswer),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn search(State(site): State<Arc<Site>>, request: Request) -> Result<Response, Problem> {
    let headers = request.headers();
    let who: Option<Arc<Principal>> = match headers.contains_key(header::AUTHORIZATION) {
        true => Some(site.principal(headers).await?),
        false => None,
    };
    let mut query = Query::of(request.uri());
    let text = query.text("q").unwrap_or_default();
    let sorts = query.text("sorts").unwrap_or_default();
    let sorts: Vec<String> =
        sorts.split(',').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect();
    let region = query.text("region");
    let when = When { valid: query.time("valid"), known: query.number("known") };
    let offset = query.number("offset").unwrap_or(0);
    if offset > DEEPEST {
        query.wrong("offset", ("a number from 0 to 10000", " 0 至 10000 的整数"));
    }
    let limit = query.limit(MOST_HITS);
    query.finish()?;
    let search = Search {
        text: &text,
        sorts: &sorts,
        region: region.as_deref(),
        offset: usize::try_from(offset).unwrap_or(usize::MAX),
        limit,
        when,
    };
    let found = site.system.search(who.as_deref(), &search).await;
    let found = found.map_err(|rejection| Problem::from(rejection).of_query())?;
    let answer = SearchAnswer {
        as_of: found.as_of.into(),
        count: found.count,
        hits: found.hits.into_iter().map(SearchHit::from).collect(),
    };
    Ok(answer::json(StatusCode::OK, &answer))
}
