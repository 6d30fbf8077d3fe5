//! `/epcis/queries`: named questions, their events, and who is told of them.

use std::sync::Arc;

use app::Fault;
use app::epcis::{Schedule, Terms};
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use store::epcis::SubscriptionRow;

use super::capture::linked;
use super::events::{self, Parameters};
use super::negotiate::{Discovery, asked, discover, versioned};
use super::{deliver, post, socket};
use crate::answer;
use crate::body;
use crate::problem::Problem;
use crate::site::Site;

/// What may be done with the list, a query, and a subscription.
pub async fn options(State(site): State<Arc<Site>>, request: Parts) -> Result<Response, Problem> {
    let parts = request.uri.path().trim_end_matches('/').split('/').count();
    let allow = match parts {
        // The list of queries, and that of the subscriptions to one.
        3 | 5 => "OPTIONS, GET, POST",
        _ => "OPTIONS, GET, DELETE",
    };
    discover(&site, &request, Discovery { allow, ..Discovery::default() }).await
}

fn definition(name: &str, text: &str) -> Value {
    let query = serde_json::from_str(text).unwrap_or(Value::Object(Map::new()));
    json!({ "name": name, "query": query })
}

/// `GET /epcis/queries`.
pub async fn list(State(site): State<Arc<Site>>, request: Parts) -> Result<Response, Problem> {
    let who = site.principal(&request.headers).await?;
    asked(&request.headers, false)?;
    let mut parameters = Parameters::of(&request.uri)?;
    parameters.nothing_else()?;
    let after = parameters.token.clone().unwrap_or_default();
    let limit = parameters.per_page;
    let mut rows = site.system.named_queries(&who, &after, limit + 1).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| row.name.clone());
    let shown: Vec<Value> = rows.iter().map(|row| definition(&row.name, &row.definition)).collect();
    let response = versioned(answer::json(StatusCode::OK, &shown));
    Ok(linked(response, &request.uri, next.as_deref(), limit))
}

#[derive(Deserialize)]
struct NewQuery {
    name: String,
    query: Value,
}

/// Reads a small object of JSON.
async fn object<T: for<'d> Deserialize<'d>>(
    site: &Site,
    headers: &HeaderMap,
    body: axum::body::Body,
) -> Result<T, Problem> {
    let whole = body::json(headers, body, &site.bodies).await?;
    let value = model::json::parse(&whole.bytes, model::json::Limits::default())
        .map_err(|error| Problem::new(StatusCode::BAD_REQUEST, error.into()))?;
    serde_json::from_value(value).map_err(|error| {
        let fault = Fault::new(
            "epcis.subscription_form",
            format!("{error}; look at the description of EPCIS 2.0, section 12"),
            format!("内容不符合要求（{error}）；请对照 EPCIS 2.0 第 12 节"),
        );
        Problem::new(StatusCode::BAD_REQUEST, fault)
    })
}

/// `POST /epcis/queries`.
pub async fn create(State(site): State<Arc<Site>>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let who = site.principal(&parts.headers).await?;
    asked(&parts.headers, false)?;
    let new: NewQuery = object(&site, &parts.headers, body).await?;
    let row = site.system.name_query(&who, &new.name, &new.query).await?;
    let mut response = answer::json(StatusCode::CREATED, &definition(&row.name, &row.definition));
    place(&mut response, &place_of(&row.name));
    Ok(versioned(response))
}

fn place_of(name: &str) -> String {
    format!("/epcis/queries/{}", utf8_percent_encode(name, NON_ALPHANUMERIC))
}

fn place(response: &mut Response, place: &str) {
    if let Ok(place) = HeaderValue::try_from(place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
}

/// `GET /epcis/queries/{name}`: a list of one, as the description of EPCIS has it.
pub async fn one(
    State(site): State<Arc<Site>>,
    Path(name): Path<String>,
    request: Parts,
) -> Result<Response, Problem> {
    let who = site.principal(&request.headers).await?;
    asked(&request.headers, false)?;
    let (row, _) = site.system.named_query(&who, &name).await?;
    let shown = [definition(&row.name, &row.definition)];
    Ok(versioned(answer::json(StatusCode::OK, &shown)))
}

/// `DELETE /epcis/queries/{name}`.
pub async fn remove(
    State(site): State<Arc<Site>>,
    Path(name): Path<String>,
    request: Parts,
) -> Result<Response, Problem> {
    let who = site.principal(&request.headers).await?;
    site.system.drop_query(&who, &name).await?;
    site.deliveries.forget(&who.on_behalf_of, &name);
    Ok(versioned(StatusCode::NO_CONTENT.into_response()))
}

/// `GET /epcis/queries/{name}/events`: a page, or with `Upgrade: websocket` a subscription.
pub async fn events(
    State(site): State<Arc<Site>>,
    Path(name): Path<String>,
    request: Parts,
) -> Result<Response, Problem> {
    let who = site.principal(&request.headers).await?;
    if socket::is_asked_for(&request.headers) {
        return socket::subscribe(&site, &who, request, &name).await;
    }
    let asked = asked(&request.headers, true)?;
    let mut parameters = Parameters::of(&request.uri)?;
    socket::is_page(&parameters)?;
    parameters.nothing_else()?;
    let (_, query) = site.system.named_query(&who, &name).await?;
    events::page(&site, &who, &request, &asked, &query, &parameters, &name).await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewSubscription {
    dest: String,
    #[serde(default)]
    signature_token: Option<String>,
    #[serde(default)]
    stream: bool,
    #[serde(default)]
    schedule: Option<Schedule>,
    #[serde(default)]
    report_if_empty: bool,
    #[serde(default)]
    initial_record_time: Option<String>,
    #[serde(default)]
    epc_format: Option<String>,
}

fn shown(row: &SubscriptionRow, terms: &Terms) -> Map<String, Value> {
    let value = serde_json::to_value(terms).unwrap_or_default();
    let mut shown = match value {
        Value::Object(object) => object,
        _ => Map::new(),
    };
    shown.insert("subscriptionID".to_owned(), row.id.to_string().into());
    shown.insert("createdAt".to_owned(), row.created_at.to_string().into());
    if terms.stream {
        // Of a stream nobody waits for an empty delivery.
        shown.remove("reportIfEmpty");
    }
    if let Some(at) = row.notified_at {
        shown.insert("lastNotifiedAt".to_owned(), at.to_string().into());
    }
    shown
}

/// `POST /epcis/queries/{name}/subscriptions`.
pub async fn subscribe(
    State(site): State<Arc<Site>>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let who = site.principal(&parts.headers).await?;
    asked(&parts.headers, false)?;
    let new: NewSubscription = object(&site, &parts.headers, body).await?;
    if let Some(schedule) = &new.schedule {
        schedule.check().map_err(|fault| Problem::new(StatusCode::BAD_REQUEST, fault))?;
    }
    post::may_be_told(&who, &new.dest)
        .map_err(|fault| Problem::new(StatusCode::BAD_REQUEST, fault))?;
    // Who gives no secret is given one, this once.
    let made = new.signature_token.is_none();
    let secret =
        new.signature_token.unwrap_or_else(|| URL_SAFE_NO_PAD.encode(app::keys::random::<32>()));
    let terms = Terms {
        dest: new.dest,
        stream: new.stream,
        schedule: new.schedule,
        report_if_empty: new.report_if_empty,
        initial_record_time: new.initial_record_time,
        xml: false,
        epc_format: new.epc_format,
    };
    let subscription = site.system.subscribe(&who, &name, terms, &secret).await?;
    let mut body = shown(&subscription.row, &subscription.terms);
    if made {
        body.insert("signatureToken".to_owned(), secret.into());
    }
    deliver::start(&site);
    site.deliveries.changed();
    let mut response = answer::json(StatusCode::CREATED, &body);
    let id = subscription.row.id;
    place(&mut response, &format!("{}/subscriptions/{id}", place_of(&name)));
    Ok(versioned(response))
}

/// `GET /epcis/queries/{name}/subscriptions`.
pub async fn subscriptions(
    State(site): State<Arc<Site>>,
    Path(name): Path<String>,
    request: Parts,
) -> Result<Response, Problem> {
    let who = site.principal(&request.headers).await?;
    asked(&request.headers, false)?;
    let mut parameters = Parameters::of(&request.uri)?;
    parameters.nothing_else()?;
    let after = parameters.token.clone().unwrap_or_default();
    let limit = parameters.per_page;
    let mut found = site.system.subscriptions_of(&who, &name, &after, limit + 1).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|(row, _)| row.id.to_string());
    let all: Vec<_> = found.iter().map(|(row, terms)| shown(row, terms)).collect();
    let response = versioned(answer::json(StatusCode::OK, &all));
    Ok(linked(response, &request.uri, next.as_deref(), limit))
}

/// `GET /epcis/queries/{name}/subscriptions/{id}`.
pub async fn subscription(
    State(site): State<Arc<Site>>,
    Path((name, id)): Path<(String, String)>,
    request: Parts,
) -> Result<Response, Problem> {
    let who = site.principal(&request.headers).await?;
    asked(&request.headers, false)?;
    let (row, terms) = site.system.subscription(&who, &name, &id).await?;
    Ok(versioned(answer::json(StatusCode::OK, &shown(&row, &terms))))
}

/// `DELETE /epcis/queries/{name}/subscriptions/{id}`.
pub async fn unsubscribe(
    State(site): State<Arc<Site>>,
    Path((name, id)): Path<(String, String)>,
    request: Parts,
) -> Result<Response, Problem> {
    let who = site.principal(&request.headers).await?;
    site.system.unsubscribe(&who, &name, &id).await?;
    site.deliveries.changed();
    Ok(versioned(StatusCode::NO_CONTENT.into_response()))
}
