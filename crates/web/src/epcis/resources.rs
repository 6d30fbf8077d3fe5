//! The lists of what events speak of, and the events of each.

use std::sync::Arc;

use app::Fault;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use epcis::{EventType, List, canonical_id};
use serde::Serialize;

use super::capture::linked;
use super::events::{self, Parameters};
use super::negotiate::{asked, versioned};
use super::token::{self, Token};
use crate::answer;
use crate::problem::Problem;
use crate::site::Site;

/// The context of EPCIS 2.0.
const CONTEXT: &str = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";

#[derive(Serialize)]
struct Collection {
    #[serde(rename = "@context")]
    context: [&'static str; 1],
    #[serde(rename = "type")]
    kind: &'static str,
    member: Vec<String>,
}

fn collection(member: Vec<String>) -> Response {
    let body = Collection { context: [CONTEXT], kind: "Collection", member };
    versioned(answer::json(StatusCode::OK, &body))
}

/// `GET /epcis`.
pub async fn root(State(site): State<Arc<Site>>, request: Parts) -> Result<Response, Problem> {
    site.principal(&request.headers).await?;
    asked(&request.headers, false)?;
    Parameters::of(&request.uri)?.nothing_else()?;
    let names = [
        "events",
        "eventTypes",
        "epcs",
        "bizSteps",
        "bizLocations",
        "readPoints",
        "dispositions",
        "capture",
        "queries",
    ];
    Ok(collection(names.map(str::to_owned).into()))
}

/// `GET /epcis/eventTypes`.
pub async fn event_types(
    State(site): State<Arc<Site>>,
    request: Parts,
) -> Result<Response, Problem> {
    site.principal(&request.headers).await?;
    asked(&request.headers, false)?;
    Parameters::of(&request.uri)?.nothing_else()?;
    Ok(collection(EventType::ALL.map(|kind| kind.name().to_owned()).into()))
}

/// The values of a field, a page of them.
async fn values(
    site: &Site,
    request: &Parts,
    field: &str,
    show: impl Fn(&str) -> String,
) -> Result<Response, Problem> {
    let who = site.principal(&request.headers).await?;
    asked(&request.headers, false)?;
    let mut parameters = Parameters::of(&request.uri)?;
    parameters.nothing_else()?;
    let after = parameters.token.clone().unwrap_or_default();
    let limit = parameters.per_page;
    let mut found = site.system.event_values(&who, field, &after, limit + 1).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).cloned();
    let response = collection(found.iter().map(|value| show(value)).collect());
    Ok(linked(response, &request.uri, next.as_deref(), limit))
}

/// `GET /epcis/bizSteps`.
pub async fn biz_steps(State(site): State<Arc<Site>>, request: Parts) -> Result<Response, Problem> {
    values(&site, &request, "bizStep", |step| List::BizStep.bare(step).to_owned()).await
}

/// `GET /epcis/dispositions`.
pub async fn dispositions(
    State(site): State<Arc<Site>>,
    request: Parts,
) -> Result<Response, Problem> {
    values(&site, &request, "disposition", |text| List::Disposition.bare(text).to_owned()).await
}

/// `GET /epcis/readPoints`.
pub async fn read_points(
    State(site): State<Arc<Site>>,
    request: Parts,
) -> Result<Response, Problem> {
    values(&site, &request, "readPoint", str::to_owned).await
}

/// `GET /epcis/bizLocations`.
pub async fn biz_locations(
    State(site): State<Arc<Site>>,
    request: Parts,
) -> Result<Response, Problem> {
    values(&site, &request, "bizLocation", str::to_owned).await
}

/// `GET /epcis/epcs`.
pub async fn epcs(State(site): State<Arc<Site>>, request: Parts) -> Result<Response, Problem> {
    const QUESTION: &str = "epcs";
    let who = site.principal(&request.headers).await?;
    asked(&request.headers, false)?;
    let mut parameters = Parameters::of(&request.uri)?;
    parameters.nothing_else()?;
    let after = match parameters.token.as_deref() {
        Some(text) => {
            let Token { cursor, given } = token::read(&site, text, QUESTION)?;
            Some((cursor, given))
        }
        None => None,
    };
    let limit = parameters.per_page;
    let (found, next) = site.system.event_epcs(&who, after, limit).await?;
    let next = next.map(|(cursor, given)| Token { cursor, given }.text(QUESTION));
    Ok(linked(collection(found), &request.uri, next.as_deref(), limit))
}

fn unknown(what: &str, id: &str) -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        Fault::new(
            "epcis.no_resource",
            format!("there is no {what} {id} in the events that you may read; look at the list"),
            format!("您可查询的事件中没有{what} {id}；请查看列表"),
        ),
    )
}

/// One value: that it is there, and that it has events.
async fn one(
    site: &Site,
    headers: &HeaderMap,
    what: &str,
    parameter: (&str, &str),
) -> Result<Response, Problem> {
    let who = site.principal(headers).await?;
    asked(headers, false)?;
    let (name, value) = parameter;
    let lists = [(name.to_owned(), vec![value.to_owned()])];
    let query = epcis::Query::of_lists(lists, &epcis::Namespaces::default())
        .map_err(|_| unknown(what, value))?;
    let found = site.system.events(&who, &query, None, 1).await?;
    if found.events.is_empty() {
        return Err(unknown(what, value));
    }
    Ok(collection(vec!["events".to_owned()]))
}

/// The events of one value.
async fn of_one(
    site: &Site,
    request: &Parts,
    parameter: (&str, &str),
) -> Result<Response, Problem> {
    let who = site.principal(&request.headers).await?;
    events::answer(site, &who, request, Some(parameter)).await
}

/// `GET /epcis/eventTypes/{id}`.
pub async fn event_type(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    request: Parts,
) -> Result<Response, Problem> {
    site.principal(&request.headers).await?;
    asked(&request.headers, false)?;
    match EventType::of_name(&id) {
        Some(_) => Ok(collection(vec!["events".to_owned()])),
        None => Err(unknown("eventType", &id)),
    }
}

/// `GET /epcis/eventTypes/{id}/events`.
pub async fn events_of_type(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    request: Parts,
) -> Result<Response, Problem> {
    if EventType::of_name(&id).is_none() {
        site.principal(&request.headers).await?;
        return Err(unknown("eventType", &id));
    }
    of_one(&site, &request, ("eventType", &id)).await
}

/// The handlers of a resource: one value, and its events.
macro_rules! resource {
    ($one:ident, $events:ident, $what:literal, $parameter:literal) => {
        #[doc = concat!("`GET` of one ", $what, ".")]
        pub async fn $one(
            State(site): State<Arc<Site>>,
            Path(id): Path<String>,
            request: Parts,
        ) -> Result<Response, Problem> {
            Parameters::of(&request.uri)?.nothing_else()?;
            one(&site, &request.headers, $what, ($parameter, &id)).await
        }

        #[doc = concat!("`GET` of the events of one ", $what, ".")]
        pub async fn $events(
            State(site): State<Arc<Site>>,
            Path(id): Path<String>,
            request: Parts,
        ) -> Result<Response, Problem> {
            of_one(&site, &request, ($parameter, &id)).await
        }
    };
}

resource!(biz_step, events_of_step, "bizStep", "EQ_bizStep");
resource!(disposition, events_of_disposition, "disposition", "EQ_disposition");
resource!(read_point, events_of_read_point, "readPoint", "EQ_readPoint");
resource!(biz_location, events_of_location, "bizLocation", "EQ_bizLocation");

/// An EPC may be that of an instance or of a class.
fn parameter_of(id: &str) -> &'static str {
    let link = canonical_id(id);
    let is_class = link
        .strip_prefix("https://id.gs1.org/01/")
        .is_some_and(|rest| !rest.contains("/21/") && !rest.contains("/235/"));
    let is_class = is_class || id.starts_with("urn:epc:class:") || id.starts_with("urn:epc:idpat:");
    if is_class { "MATCH_anyEPCClass" } else { "MATCH_anyEPC" }
}

/// `GET /epcis/epcs/{id}`.
pub async fn epc(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    request: Parts,
) -> Result<Response, Problem> {
    Parameters::of(&request.uri)?.nothing_else()?;
    one(&site, &request.headers, "epc", (parameter_of(&id), &id)).await
}

/// `GET /epcis/epcs/{id}/events`.
pub async fn events_of_epc(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    request: Parts,
) -> Result<Response, Problem> {
    of_one(&site, &request, (parameter_of(&id), &id)).await
}
