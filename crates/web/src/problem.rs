//! What is told when something is wrong: one document for all of it (RFC 9457).

use app::{Fault, Rejection};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::epcis::problem as epcis;

/// The media type of a problem document.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// The most faults that one document lists.
const MOST_LISTED: usize = 1000;

/// Why a request was not carried out, before it is known in which language that is told.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    items: Vec<Item>,
    retry_after: Option<u32>,
    location: Option<String>,
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone)]
pub struct Item {
    /// What is wrong.
    pub fault: Fault,
    /// The line of a stream, from 1.
    pub line: Option<u64>,
    /// The parameter of the query.
    pub parameter: Option<String>,
}

impl From<Fault> for Item {
    fn from(fault: Fault) -> Self {
        Self { fault, line: None, parameter: None }
    }
}

impl Problem {
    /// A problem of one fault.
    pub fn new(status: StatusCode, fault: Fault) -> Self {
        Self::of(status, vec![fault.into()])
    }

    /// A problem of several faults.
    pub fn of(status: StatusCode, items: Vec<Item>) -> Self {
        Self { status, items, retry_after: None, location: None }
    }

    /// It may go well after so many seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// Its faults by the lines of a stream instead of the places in a list.
    #[must_use]
    pub fn by_line(mut self) -> Self {
        for item in &mut self.items {
            item.line = item.fault.record.take().map(|record| record as u64 + 1);
        }
        self
    }

    /// A fault of a question that was put by parameters of the query.
    #[must_use]
    pub fn of_query(mut self) -> Self {
        for item in &mut self.items {
            item.parameter = match item.fault.code {
                "read.filter" => Some("filter".to_owned()),
                "read.known" => Some("known".to_owned()),
                "record.region" => Some("region".to_owned()),
                _ => item.parameter.take(),
            };
        }
        if self.status == StatusCode::UNPROCESSABLE_ENTITY {
            self.status = StatusCode::BAD_REQUEST;
        }
        self
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// All that is wrong.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The stable name of the first fault.
    pub fn code(&self) -> &'static str {
        self.items.first().map_or("server.fault", |item| item.fault.code)
    }

    /// Adds the headers that a client may act on.
    pub fn mark(&self, headers: &mut HeaderMap) {
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if let Some(location) = self.location.as_deref().and_then(|l| HeaderValue::from_str(l).ok())
        {
            headers.insert(header::LOCATION, location);
        }
    }

    /// The problem of a status that something answered without saying why.
    pub fn bare(status: StatusCode) -> Self {
        let (code, en, zh) = match status {
            StatusCode::NOT_FOUND => (
                "request.no_such_path",
                "there is nothing at this path; the paths stand in /api/v1/openapi.json",
                "没有此路径；可用路径见 /api/v1/openapi.json",
            ),
            StatusCode::METHOD_NOT_ALLOWED => (
                "request.method",
                "this path does not take this method; the header Allow names those that it takes",
                "此路径不支持该方法；可用方法见 Allow 标头",
            ),
            status if status.is_server_error() => (
                "server.fault",
                "the server made a mistake; send the request again, and tell its operator if that does not help",
                "服务器出错；请重新发送，仍不成功请联系运维人员",
            ),
            _ => (
                "request.bad",
                "the request cannot be understood; look at /api/v1/openapi.json",
                "请求无法识别；请参阅 /api/v1/openapi.json",
            ),
        };
        Self::new(status, Fault::new(code, en, zh))
    }

    /// The problem with the place of what it is about.
    #[must_use]
    pub fn at(self, location: &str) -> Self {
        Self { location: Some(location.to_owned()), ..self }
    }

    /// The answer, in Chinese or English; both stand in it.
    pub fn answer(&self, chinese: bool) -> Response {
        self.answer_as(chinese, self.status, |code| format!("/problems/{code}"))
    }

    /// The answer as EPCIS has it, with its types.
    pub fn answer_of_epcis(&self, chinese: bool) -> Response {
        let status = epcis::status(self.status, self.code());
        self.answer_as(chinese, status, |code| epcis::kind(status, code))
    }

    fn answer_as(
        &self,
        chinese: bool,
        status: StatusCode,
        kind: impl Fn(&str) -> String,
    ) -> Response {
        let (title_zh, title_en) = title(status);
        let first = self.items.first().map(|item| &item.fault);
        let code = self.code();
        let more = self.items.len().saturating_sub(1);
        let (mut detail_zh, mut detail_en) =
            first.map(|fault| (fault.zh.clone(), fault.en.clone())).unwrap_or_default();
        if more > 0 {
            detail_zh.push_str(&format!("（另有 {more} 处，见 errors）"));
            detail_en.push_str(&format!(" (and {more} more, see errors)"));
        }
        let document = ProblemDocument {
            kind: kind(code),
            title: if chinese { title_zh } else { title_en },
            status: status.as_u16(),
            detail: if chinese { &detail_zh } else { &detail_en },
            code,
            detail_en: &detail_en,
            detail_zh: &detail_zh,
            errors: self.items.iter().take(MOST_LISTED).map(ProblemItem::from).collect(),
        };
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        let language = if chinese { "zh-CN" } else { "en" };
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Language"));
        self.mark(headers);
        if status == StatusCode::UNAUTHORIZED {
            let challenge = match code {
                "token.missing" => "Bearer realm=\"zhiheng\"",
                _ => "Bearer realm=\"zhiheng\", error=\"invalid_token\"",
            };
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }
}

impl IntoResponse for Problem {
    /// Only a note of it: the outermost layer knows the reader's language and writes the document.
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status;
        response.extensions_mut().insert(std::sync::Arc::new(self));
        response
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        let status = status(&rejection);
        if status.is_server_error() {
            tracing::error!(error = %rejection, "a request failed");
        }
        let wait = match &rejection {
            Rejection::Store(store::Error::Busy) => Some(1),
            rejection if rejection.is_retryable() => Some(5),
            _ => None,
        };
        let items = rejection.faults().into_iter().map(Item::from).collect();
        Self { retry_after: wait, ..Self::of(status, items) }
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        Rejection::from(error).into()
    }
}

fn status(rejection: &Rejection) -> StatusCode {
    match rejection {
        Rejection::Invalid(faults) => {
            if faults.iter().any(|fault| fault.code == "record.too_large") {
                StatusCode::PAYLOAD_TOO_LARGE
            } else if faults.iter().all(|fault| fault.code == "record.json") {
                StatusCode::BAD_REQUEST
            } else {
                StatusCode::UNPROCESSABLE_ENTITY
            }
        }
        Rejection::Conflict(_) => StatusCode::CONFLICT,
        Rejection::Denied(fault) if fault.code.starts_with("token.") => StatusCode::UNAUTHORIZED,
        Rejection::Denied(_) => StatusCode::FORBIDDEN,
        Rejection::NotFound(_) => StatusCode::NOT_FOUND,
        Rejection::Store(error) if error.is_retryable() => StatusCode::SERVICE_UNAVAILABLE,
        Rejection::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn title(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::BAD_REQUEST => ("请求格式有误", "The request is malformed"),
        StatusCode::UNAUTHORIZED => ("需要有效令牌", "A valid token is needed"),
        StatusCode::FORBIDDEN => ("没有权限", "Not permitted"),
        StatusCode::NOT_FOUND => ("未找到", "Not found"),
        StatusCode::METHOD_NOT_ALLOWED => ("方法不支持", "Method not allowed"),
        StatusCode::REQUEST_TIMEOUT => ("等待超时", "The request came too slowly"),
        StatusCode::CONFLICT => ("与已有内容冲突", "In conflict with what is stored"),
        StatusCode::PAYLOAD_TOO_LARGE => ("内容过大", "The request is too large"),
        StatusCode::URI_TOO_LONG => ("地址过长", "The address is too long"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ("媒体类型不支持", "Media type not supported"),
        StatusCode::UNPROCESSABLE_ENTITY => ("内容不符合要求", "The content is wrong"),
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
            ("标头过大", "The request's headers are too large")
        }
        StatusCode::TOO_MANY_REQUESTS => ("请求过多", "Too many requests"),
        StatusCode::SERVICE_UNAVAILABLE => ("暂时无法处理", "Not possible just now"),
        _ => ("服务器出错", "The server made a mistake"),
    }
}

/// Whether a reader asks for Chinese rather than English.
pub fn prefers_chinese(headers: &HeaderMap) -> bool {
    let languages = headers.get_all(header::ACCEPT_LANGUAGE);
    let mut best = (0_u16, false);
    for range in languages.iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(',')) {
        let (language, quality) = range.split_once(';').unwrap_or((range, ""));
        let quality = quality.trim().strip_prefix("q=");
        let quality = quality.map_or(Some(1.0), |q| q.trim().parse::<f32>().ok());
        let quality = (quality.unwrap_or(0.0).clamp(0.0, 1.0) * 1000.0) as u16;
        let language = language.trim().split('-').next().unwrap_or_default();
        let chinese = language.eq_ignore_ascii_case("zh");
        if (chinese || language.eq_ignore_ascii_case("en") || language == "*") && quality > best.0 {
            best = (quality, chinese);
        }
    }
    best.1
}

/// What is wrong, where, and what to do (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument<'a> {
    /// `/problems/` and the code; of EPCIS one of its types.
    #[serde(rename = "type")]
    kind: String,
    /// What class of problem, in the reader's language.
    title: &'a str,
    /// The status of the answer.
    status: u16,
    /// What is wrong and what to do, in the reader's language.
    detail: &'a str,
    /// A stable name for programs: that of the first fault.
    code: &'a str,
    /// The detail in English.
    detail_en: &'a str,
    /// The detail in Chinese.
    detail_zh: &'a str,
    /// All faults, the first thousand.
    errors: Vec<ProblemItem<'a>>,
}

/// One thing that is wrong.
#[derive(Serialize, ToSchema)]
#[schema(as = ProblemError)]
pub struct ProblemItem<'a> {
    /// A stable name for programs.
    code: &'a str,
    /// Where in the record, as a JSON pointer; empty for the whole.
    #[serde(skip_serializing_if = "str::is_empty")]
    pointer: &'a str,
    /// Which record of a list, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    record: Option<usize>,
    /// Which line of a stream, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    line: Option<u64>,
    /// Which parameter of the query.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    parameter: Option<&'a str>,
    /// What is wrong and what to do, in English.
    en: &'a str,
    /// The same in Chinese.
    zh: &'a str,
}

impl<'a> From<&'a Item> for ProblemItem<'a> {
    fn from(item: &'a Item) -> Self {
        let fault = &item.fault;
        Self {
            code: fault.code,
            pointer: &fault.pointer,
            record: fault.record,
            line: item.line,
            parameter: item.parameter.as_deref(),
            en: &fault.en,
            zh: &fault.zh,
        }
    }
}

impl<'a> ProblemItem<'a> {
    /// A fault of a line that was left out.
    pub fn of_line(line: u64, fault: &'a Fault) -> Self {
        Self {
            code: fault.code,
            pointer: &fault.pointer,
            record: None,
            line: Some(line),
            parameter: None,
            en: &fault.en,
            zh: &fault.zh,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_one_that_is_asked_for_most() {
        let asks = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(text));
            prefers_chinese(&headers)
        };
        assert!(asks("zh-CN,zh;q=0.9,en;q=0.8"));
        assert!(asks("fr, zh-Hans;q=0.3"));
        assert!(!asks("en-US,en;q=0.9,zh;q=0.8"));
        assert!(!asks("zh;q=0"));
        assert!(!asks("*"));
        assert!(!prefers_chinese(&HeaderMap::new()));
    }
}
