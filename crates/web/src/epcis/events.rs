//! `/epcis/events`: one event in, events out.

use std::sync::Arc;

use app::epcis::{Captured, CapturedEvent, EventsPage, MOST_ON_PAGE};
use app::{Fault, Principal};
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::Response;
use epcis::Query;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::capture::{is_document, linked};
use super::document::{self, About};
use super::negotiate::{Asked, Notation, asked, spelled, versioned};
use super::token::{self, Token};
use crate::body;
use crate::problem::{Item, Problem};
use crate::site::Site;

/// The most bytes of an event that comes by itself.
const MOST_BYTES: usize = 16 << 20;
/// Odd identifiers that are told with the receipt of an event.
const MOST_WARNINGS: usize = 10;
/// Events of a page where nobody says how many.
const PER_PAGE: usize = 30;
/// What `queryName` says of a question that has no name.
pub const UNNAMED: &str = "SimpleEventQuery";

/// The parameters of a request for events.
#[derive(Debug, Clone)]
pub struct Parameters {
    /// How many to a page.
    pub per_page: usize,
    /// Behind which page.
    pub token: Option<String>,
    /// All others in their order.
    pub others: Vec<(String, String)>,
}

impl Parameters {
    /// Those of an address.
    ///
    /// # Errors
    /// A name that comes twice, a number that is none, text that is not UTF-8.
    pub fn of(uri: &Uri) -> Result<Self, Problem> {
        let text = uri.query().unwrap_or_default();
        if percent_encoding::percent_decode_str(text).decode_utf8().is_err() {
            return Err(wrong("?", "is not UTF-8; encode it as UTF-8", "不是 UTF-8 编码；请改正"));
        }
        let mut found = Self { per_page: PER_PAGE, token: None, others: Vec::new() };
        let mut names = std::collections::HashSet::new();
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            if !names.insert(name.to_string()) {
                let (en, zh) =
                    ("stands there twice; divide values by |", "重复；多个值请用 | 分隔");
                return Err(wrong(&name, en, zh));
            }
            match &*name {
                "perPage" => {
                    let number = value.parse().ok().filter(|n| (1..=1_000_000).contains(n));
                    let number: Option<usize> = number;
                    found.per_page = number
                        .ok_or_else(|| {
                            wrong(
                                "perPage",
                                "must be a whole number from 1; write one",
                                "应为从 1 起的整数；请改正",
                            )
                        })?
                        .min(MOST_ON_PAGE);
                }
                "nextPageToken" => found.token = Some(value.into_owned()),
                // A plus sign that was not escaped means a space in a query; no time has one.
                _ if is_time(&name) => {
                    found.others.push((name.into_owned(), value.replace(' ', "+")));
                }
                _ => found.others.push((name.into_owned(), value.into_owned())),
            }
        }
        Ok(found)
    }

    /// That nothing else was asked.
    ///
    /// # Errors
    /// Another parameter.
    pub fn nothing_else(&mut self) -> Result<(), Problem> {
        match self.others.first() {
            None => Ok(()),
            Some((name, _)) => Err(wrong(
                name,
                "is no parameter of this resource; take it out",
                "不是此资源的参数；请删除",
            )),
        }
    }
}

fn is_time(name: &str) -> bool {
    name.starts_with("GE_") || name.starts_with("LT_")
}

fn wrong(name: &str, en: &str, zh: &str) -> Problem {
    let name: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
    let fault = Fault::new("epcis.parameter", format!("{name} {en}"), format!("{name} {zh}"));
    let item = Item { fault, line: None, parameter: Some(name) };
    Problem::of(StatusCode::BAD_REQUEST, vec![item])
}

/// The problem of a fault of a question.
pub fn of_query(fault: &epcis::Fault) -> Problem {
    let parameter = match &fault.place {
        epcis::Place::Parameter(name) => Some(name.clone()),
        _ => None,
    };
    let fault = Fault::new(fault.code(), fault.to_string(), fault.zh());
    Problem::of(StatusCode::BAD_REQUEST, vec![Item { fault, line: None, parameter }])
}

/// `GET /epcis/events`.
pub async fn list(State(site): State<Arc<Site>>, request: Parts) -> Result<Response, Problem> {
    let who = site.principal(&request.headers).await?;
    answer(&site, &who, &request, None).await
}

/// Answers a question for events, with a condition that the path says.
///
/// # Errors
/// What is wrong with the question.
pub async fn answer(
    site: &Site,
    who: &Principal,
    request: &Parts,
    fixed: Option<(&str, &str)>,
) -> Result<Response, Problem> {
    let asked = asked(&request.headers, true)?;
    let parameters = Parameters::of(&request.uri)?;
    let mut lists: Vec<(String, Vec<String>)> = Vec::new();
    if let Some((name, value)) = fixed {
        lists.push((name.to_owned(), vec![value.to_owned()]));
    }
    for (name, value) in &parameters.others {
        let values = value.split('|').map(|value| value.trim().to_owned()).collect();
        lists.push((name.clone(), values));
    }
    let query = Query::of_lists(lists, &asked.extensions).map_err(|fault| of_query(&fault))?;
    page(site, who, request, &asked, &query, &parameters, UNNAMED).await
}

/// A page of the events that answer.
///
/// # Errors
/// What is wrong with the question.
pub async fn page(
    site: &Site,
    who: &Principal,
    request: &Parts,
    asked: &Asked,
    query: &Query,
    parameters: &Parameters,
    name: &str,
) -> Result<Response, Problem> {
    let question = format!("{} {:?} {:?}", request.uri.path(), parameters.others, query);
    let after = match parameters.token.as_deref() {
        Some(text) => Some(token::read(site, text, &question)?.cursor),
        None => None,
    };
    let page = site.system.events(who, query, after, parameters.per_page).await?;
    let next = page.next.map(|cursor| Token { cursor, given: 0 }.text(&question));
    let response = written(site, asked, page, name);
    Ok(linked(response, &request.uri, next.as_deref(), parameters.per_page))
}

/// A page as a query document.
fn written(site: &Site, asked: &Asked, page: EventsPage, name: &str) -> Response {
    let now = site.system.clock().now().to_string();
    let about = About { now: &now, query: name, subscription: None, place: None };
    let text = document::write(&site.system.pack(), asked, about, page.events);
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asked.media));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    spelled(response, asked)
}

/// `GET /epcis/events/{id}`: the event, and what declares it wrong.
pub async fn one(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    request: Parts,
) -> Result<Response, Problem> {
    let who = site.principal(&request.headers).await?;
    let asked = asked(&request.headers, true)?;
    Parameters::of(&request.uri)?.nothing_else()?;
    let page = site.system.event(&who, &id).await?;
    Ok(written(&site, &asked, page, UNNAMED))
}

/// `POST /epcis/events`: one event, durable when the answer comes.
pub async fn receive(State(site): State<Arc<Site>>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let who = site.principal(&parts.headers).await?;
    is_document(&parts.headers)?;
    let asked = asked(&parts.headers, true)?;
    let whole = body::document(&parts.headers, body, MOST_BYTES, &site.bodies).await?;
    let captured = site.system.capture_event(&who, &whole.bytes).await;
    let captured = captured.map_err(|rejection| Problem::from(rejection).by_line())?;
    let CapturedEvent { captured, event, id, warnings } = captured;
    let receipt = match captured {
        Captured::New(receipt) => receipt,
        Captured::Known(receipt) => {
            let (record, position) = (receipt.id, receipt.position);
            let fault = Fault::new(
                "epcis.known",
                format!(
                    "the event is there already: record {record} at position {position}, proof at /api/v1/records/{record}/proof; nothing is left to do"
                ),
                format!(
                    "该事件已存在：记录 {record}，位置 {position}，证明见 /api/v1/records/{record}/proof；无需再次上报"
                ),
            );
            let problem = Problem::new(StatusCode::CONFLICT, fault);
            return Err(problem.at(&place_of(&id)));
        }
    };
    let event = document::spelled(&site.system.pack(), super::negotiate::EpcFormat::AsSent, event);
    let text = match asked.notation {
        Notation::Json => event.to_json(),
        Notation::Xml => event.to_xml(),
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = StatusCode::CREATED;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asked.media));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(place) = HeaderValue::try_from(place_of(&id)) {
        headers.insert(header::LOCATION, place);
    }
    // The receipt: which record it is, and from how many known records on it is there.
    for (name, value) in [
        ("zhiheng-record", receipt.id.to_string()),
        ("zhiheng-known", (receipt.position + 1).to_string()),
    ] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
    if let Some(value) = warned(&warnings) {
        headers.insert("zhiheng-warnings", value);
    }
    Ok(versioned(response))
}

/// Where identifiers of an event that was taken are odd: codes and pointers, the first ten.
fn warned(warnings: &[Fault]) -> Option<HeaderValue> {
    let told: Vec<String> = warnings
        .iter()
        .take(MOST_WARNINGS)
        .map(|fault| format!("{} {}", fault.code, fault.pointer))
        .collect();
    HeaderValue::try_from(told.join(", ")).ok().filter(|value| !value.is_empty())
}

fn place_of(id: &str) -> String {
    format!("/epcis/events/{}", utf8_percent_encode(id, NON_ALPHANUMERIC))
}
