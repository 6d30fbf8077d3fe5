//! What a client asks for by headers, and what it is told.

use app::Fault;
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use epcis::Namespaces;

use crate::problem::Problem;
use crate::site::Site;

/// The version that is written.
pub const VERSION: &str = "2.0.0";
/// The versions that are read, the lowest and the highest.
const RANGE: (&str, &str) = ("1.0", "2.0.0");

/// The notation of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    /// JSON-LD.
    Json,
    /// XML.
    Xml,
}

impl Notation {
    /// Its media type.
    pub fn media(self, headers: &HeaderMap) -> &'static str {
        let accepts = |media: &str| {
            let values = headers.get_all(header::ACCEPT).iter().filter_map(|v| v.to_str().ok());
            values.flat_map(|v| v.split(',')).any(|range| {
                range.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(media)
            })
        };
        match self {
            Self::Json if accepts("application/ld+json") && !accepts("application/json") => {
                "application/ld+json"
            }
            Self::Json => "application/json",
            Self::Xml if accepts("text/xml") && !accepts("application/xml") => "text/xml",
            Self::Xml => "application/xml",
        }
    }
}

/// How identifiers of things and places are spelled in an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum EpcFormat {
    /// As Digital Links, where they are EPC URNs.
    #[default]
    DigitalLink,
    /// As EPC URNs, where the length of the company prefix is known.
    Urn,
    /// As they came.
    AsSent,
}

impl EpcFormat {
    fn word(self) -> &'static str {
        match self {
            Self::DigitalLink => "Always_GS1_Digital_Link",
            Self::Urn => "Always_EPC_URN",
            Self::AsSent => "Never_Translates",
        }
    }
}

/// What a client asks for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// JSON or XML.
    pub notation: Notation,
    /// The media type of the answer.
    pub media: &'static str,
    /// How identifiers are spelled.
    pub epcs: EpcFormat,
    /// Whether XML has words of the vocabulary as web addresses.
    pub web_words: bool,
    /// Prefixes of extensions, by which parameters name them.
    pub extensions: Namespaces,
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
}

/// Reads what a client asks for; `xml`: whether the answer can be XML.
///
/// # Errors
/// A notation, version or spelling that is not to be had.
pub fn asked(headers: &HeaderMap, xml: bool) -> Result<Asked, Problem> {
    let notation = notation(headers, xml)?;
    for (low, high) in [("gs1-epcis-min", "gs1-epcis-max"), ("gs1-cbv-min", "gs1-cbv-max")] {
        let below = text(headers, high).is_some_and(|high| number(high) < number(VERSION));
        let above = text(headers, low).is_some_and(|low| number(low) > number(VERSION));
        if below || above {
            return Err(not_acceptable(
                format!(
                    "events are written in version {VERSION}; ask for a range ({low}, {high}) that has it"
                ),
                format!("事件按 {VERSION} 版输出；请在 {low}、{high} 中包含该版本"),
            ));
        }
    }
    let epcs = match text(headers, "gs1-epc-format") {
        None | Some("No_Preference" | "Always_GS1_Digital_Link") => EpcFormat::DigitalLink,
        Some("Always_EPC_URN") => EpcFormat::Urn,
        Some("Never_Translates") => EpcFormat::AsSent,
        Some(_) => return Err(no_such_word("GS1-EPC-Format")),
    };
    let web_words = match text(headers, "gs1-cbv-xml-format") {
        None | Some("No_Preference" | "Always_URN" | "Never_Translates") => false,
        Some("Always_Web_URI") => true,
        Some(_) => return Err(no_such_word("GS1-CBV-XML-Format")),
    };
    let media = notation.media(headers);
    Ok(Asked { notation, media, epcs, web_words, extensions: extensions(headers) })
}

fn no_such_word(name: &str) -> Problem {
    not_acceptable(
        format!("{name} has no such value; take one that OPTIONS names, or leave it out"),
        format!("{name} 没有此值；请使用 OPTIONS 给出的值，或不填"),
    )
}

fn not_acceptable(en: String, zh: String) -> Problem {
    Problem::new(StatusCode::NOT_ACCEPTABLE, Fault::new("epcis.not_acceptable", en, zh))
}

/// A version as numbers.
fn number(version: &str) -> Vec<u32> {
    let mut parts: Vec<u32> = version.split('.').map(|part| part.parse().unwrap_or(0)).collect();
    while parts.last() == Some(&0) {
        parts.pop();
    }
    parts
}

fn notation(headers: &HeaderMap, xml: bool) -> Result<Notation, Problem> {
    let values = headers.get_all(header::ACCEPT).iter().filter_map(|v| v.to_str().ok());
    let mut best: Option<(u32, Notation)> = None;
    let mut any = false;
    for range in values.flat_map(|value| value.split(',')).filter(|r| !r.trim().is_empty()) {
        any = true;
        let mut parts = range.split(';').map(str::trim);
        let media = parts.next().unwrap_or_default().to_ascii_lowercase();
        let quality = parts.find_map(|part| part.strip_prefix("q="));
        let quality: f32 = quality.map_or(1.0, |q| q.parse().unwrap_or(0.0));
        let quality = (quality.clamp(0.0, 1.0) * 1000.0) as u32;
        let found = match media.as_str() {
            "application/json" | "application/ld+json" | "application/*" | "*/*" => Notation::Json,
            "application/xml" | "text/xml" | "text/*" if xml => Notation::Xml,
            _ => continue,
        };
        if quality > 0 && best.is_none_or(|(most, _)| quality > most) {
            best = Some((quality, found));
        }
    }
    match (best, any) {
        (Some((_, notation)), _) => Ok(notation),
        (None, false) => Ok(Notation::Json),
        (None, true) => Err(not_acceptable(
            "the answer can be application/json, application/ld+json or application/xml (events); ask for one of them".to_owned(),
            "可选格式为 application/json、application/ld+json、application/xml（事件）；请在 Accept 中选择".to_owned(),
        )),
    }
}

/// The prefixes of extensions: `GS1-Extensions: ex=https://ex.example/, b=…`.
fn extensions(headers: &HeaderMap) -> Namespaces {
    let mut pairs = Vec::new();
    for value in headers.get_all("gs1-extensions").iter().filter_map(|v| v.to_str().ok()) {
        for (prefix, space) in value.split(',').filter_map(|pair| pair.split_once('=')) {
            let mut pair = serde_json::Map::new();
            pair.insert(prefix.trim().to_owned(), space.trim().into());
            pairs.push(serde_json::Value::Object(pair));
        }
    }
    let text = serde_json::Value::Array(pairs).to_string();
    Namespaces::of_context(&text).unwrap_or_default()
}

/// What OPTIONS tells of a resource.
#[derive(Debug, Clone, Copy, Default)]
pub struct Discovery {
    /// Its methods.
    pub allow: &'static str,
    /// Whether documents are captured there.
    pub captures: bool,
}

/// Answers OPTIONS.
///
/// # Errors
/// No token.
pub async fn discover(
    site: &Site,
    request: &Parts,
    discovery: Discovery,
) -> Result<Response, Problem> {
    site.principal(&request.headers).await?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    let mut put = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.append(HeaderName::from_static(name), value);
        }
    };
    put("allow", discovery.allow);
    put("gs1-epcis-version", VERSION);
    put("gs1-epcis-min", RANGE.0);
    put("gs1-epcis-max", RANGE.1);
    put("gs1-cbv-version", VERSION);
    put("gs1-cbv-min", RANGE.0);
    put("gs1-cbv-max", RANGE.1);
    put("gs1-vendor-version", env!("CARGO_PKG_VERSION"));
    put("gs1-extensions", "");
    for format in [EpcFormat::DigitalLink, EpcFormat::Urn, EpcFormat::AsSent] {
        put("gs1-epc-format", format.word());
    }
    for format in ["Always_URN", "Always_Web_URI"] {
        put("gs1-cbv-xml-format", format);
    }
    if discovery.captures {
        put("gs1-epcis-capture-file-size-limit", &app::epcis::MOST_BYTES.to_string());
        put("gs1-epcis-capture-limit", &i64::MAX.to_string());
        put("gs1-capture-error-behaviour", "rollback");
        put("gs1-capture-error-behaviour", "proceed");
    }
    Ok(response)
}

/// Says of an answer in which version it is.
pub fn versioned(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert("gs1-epcis-version", HeaderValue::from_static(VERSION));
    headers.insert("gs1-cbv-version", HeaderValue::from_static(VERSION));
    response
}

/// Says how identifiers are spelled in an answer.
pub fn spelled(mut response: Response, asked: &Asked) -> Response {
    let word = HeaderValue::from_static(asked.epcs.word());
    response.headers_mut().insert("gs1-epc-format", word);
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept, GS1-EPC-Format"));
    versioned(response)
}
