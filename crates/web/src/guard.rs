//! What is around every request: limits, panics, time, and the words of what is wrong.

use std::net::{IpAddr, Ipv4Addr};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use app::Fault;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt as _;

use crate::page::limit::Peer;
use crate::page::{Page, error, headers};
use crate::problem::{PROBLEM_JSON, Problem, prefers_chinese};
use crate::site::Site;
use crate::{body, demonstration, epcis};

/// The most bytes of path and query.
const LONGEST_ADDRESS: usize = 8 << 10;
/// The most bytes of all headers.
const MOST_HEADERS: usize = 16 << 10;
/// How long a request that is no stream may take.
const PATIENCE: Duration = Duration::from_secs(45);

/// Answers a request, whatever happens within.
pub async fn guard(State(site): State<Arc<Site>>, mut request: Request, next: Next) -> Response {
    believe(&site.proxies, &mut request);
    let reader = Reader::of(&site, &request);
    let secure = headers::is_secure(request.headers());
    let mut response = match checked(&request) {
        Err(problem) => reader.told(&problem),
        Ok(()) if !demonstration::may_be_asked(&site, &request) => {
            reader.told(&demonstration::elsewhere())
        }
        Ok(()) => match site.requests.try_acquire() {
            Err(_) => reader.told(&body::busy()),
            Ok(_permit) => told(within(request, next).await, &reader),
        },
    };
    headers::protect(response.headers_mut(), secure);
    if site.system.is_demonstration() {
        demonstration::mark(response.headers_mut());
    }
    response
}

/// Takes what only a proxy may say out of what anybody else sends. A proxy on this machine is believed,
/// and one that the operator named, which stands for one here from then on.
fn believe(proxies: &[IpAddr], request: &mut Request) {
    let Some(Peer(peer)) = request.extensions().get().copied() else { return };
    if proxies.contains(&peer) {
        request.extensions_mut().insert(Peer(Ipv4Addr::LOCALHOST.into()));
    } else if !peer.is_loopback() {
        headers::forget_proxy(request.headers_mut());
    }
}

/// Who reads what is wrong: a program, in Chinese or not, or somebody at a browser.
enum Reader {
    Program { chinese: bool },
    Epcis { chinese: bool },
    Person(Box<Page>),
}

impl Reader {
    fn of(site: &Site, request: &Request) -> Self {
        let (uri, headers) = (request.uri(), request.headers());
        let chinese = prefers_chinese(headers);
        if uri.path() == epcis::ROOT || uri.path().starts_with("/epcis/") {
            return Self::Epcis { chinese };
        }
        match error::is_for_people(uri.path(), headers) {
            true => Self::Person(Box::new(Page::of(site, uri, headers, None))),
            false => Self::Program { chinese },
        }
    }

    fn told(&self, problem: &Problem) -> Response {
        match self {
            Self::Program { chinese } => problem.answer(*chinese),
            Self::Epcis { chinese } => problem.answer_of_epcis(*chinese),
            Self::Person(page) => {
                let shown = error::page(page, problem);
                shown.unwrap_or_else(|| problem.answer(page.is_chinese()))
            }
        }
    }
}

fn checked(request: &Request) -> Result<(), Problem> {
    let address = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    if address > LONGEST_ADDRESS {
        let fault = Fault::new(
            "request.address_too_long",
            format!("path and query have more than {LONGEST_ADDRESS} bytes; ask for less at once"),
            format!("路径和参数超过 {LONGEST_ADDRESS} 字节；请缩小查询范围"),
        );
        return Err(Problem::new(StatusCode::URI_TOO_LONG, fault));
    }
    let headers = request.headers().iter();
    let headers: usize = headers.map(|(name, value)| name.as_str().len() + value.len()).sum();
    if headers > MOST_HEADERS {
        let fault = Fault::new(
            "request.headers_too_large",
            format!("the headers have more than {MOST_HEADERS} bytes; send fewer"),
            format!("标头超过 {MOST_HEADERS} 字节；请减少标头"),
        );
        return Err(Problem::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, fault));
    }
    Ok(())
}

async fn within(request: Request, next: Next) -> Result<Response, Problem> {
    let is_table = request.uri().path() == crate::console::imports::PATH;
    let is_capture = request.method() == Method::POST && request.uri().path() == "/epcis/capture";
    let is_stream = is_table
        || is_capture
        || body::is_of_type(request.headers(), crate::routes::records::NDJSON);
    let work = AssertUnwindSafe(next.run(request)).catch_unwind();
    let done = if is_stream {
        // As long as lines come; the body has a watch of its own.
        work.await
    } else {
        match tokio::time::timeout(PATIENCE, work).await {
            Ok(done) => done,
            Err(_) => {
                let fault = Fault::new(
                    "server.too_slow",
                    "the answer took too long; send the request again, what was stored is recognised",
                    "处理超时；请重新发送，已保存的会被识别",
                );
                let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, fault);
                return Err(problem.retry_after(5));
            }
        }
    };
    done.map_err(|panic| {
        let words = panic.downcast_ref::<String>().map(String::as_str);
        let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
        tracing::error!(panic = words.unwrap_or("?"), "a request failed in the program itself");
        Problem::bare(StatusCode::INTERNAL_SERVER_ERROR)
    })
}

/// Puts what is wrong into words, also what was answered without any.
fn told(done: Result<Response, Problem>, reader: &Reader) -> Response {
    let mut response = match done {
        Ok(response) => response,
        Err(problem) => return reader.told(&problem),
    };
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let told = match response.extensions_mut().remove::<Arc<Problem>>() {
        Some(problem) => reader.told(&problem),
        None => {
            let media = response.headers().get(header::CONTENT_TYPE);
            let is_told = |media: &HeaderValue| {
                media == PROBLEM_JSON || media.as_bytes().starts_with(b"text/html")
            };
            if media.is_some_and(is_told) {
                return response;
            }
            reader.told(&Problem::bare(status))
        }
    };
    // What only whoever answered knows.
    let mut told = told;
    for name in [header::ALLOW, header::SEC_WEBSOCKET_VERSION] {
        if let Some(value) = response.headers().get(&name) {
            told.headers_mut().insert(name, value.clone());
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceExt as _;

    use super::*;
    use crate::page::limit::caller;

    async fn fails() -> &'static str {
        panic!("a fault of the program")
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_and_no_more() {
        let around = from_fn(async |request: Request, next: Next| {
            told(within(request, next).await, &Reader::Program { chinese: false })
        });
        let router = Router::new().route("/", get(fails)).layer(around);
        for _ in 0..2 {
            let request = Request::new(Body::empty());
            let response = router.clone().oneshot(request).await.unwrap_or_default();
            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
            assert_eq!(response.headers()[header::CONTENT_TYPE], PROBLEM_JSON);
        }
    }

    #[test]
    fn a_proxy_that_was_named_is_believed_and_nobody_else_elsewhere() {
        let asked = |proxies: &[&str], peer: &str| {
            let mut request = Request::new(Body::empty());
            let said = HeaderValue::from_static("6.6.6.6, 198.51.100.9");
            request.headers_mut().insert("x-forwarded-for", said);
            request.headers_mut().insert("x-forwarded-proto", HeaderValue::from_static("https"));
            request.extensions_mut().insert(Peer(peer.parse().unwrap()));
            let proxies: Vec<IpAddr> = proxies.iter().map(|ip| ip.parse().unwrap()).collect();
            believe(&proxies, &mut request);
            let from = caller(request.extensions(), request.headers());
            (from.map(|ip| ip.to_string()), headers::is_secure(request.headers()))
        };
        let client = Some("198.51.100.9".to_owned());
        assert_eq!(asked(&["192.0.2.7"], "192.0.2.7"), (client.clone(), true));
        assert_eq!(asked(&[], "127.0.0.1"), (client, true));
        assert_eq!(asked(&[], "192.0.2.7"), (Some("192.0.2.7".to_owned()), false));
        assert_eq!(asked(&["192.0.2.7"], "192.0.2.8"), (Some("192.0.2.8".to_owned()), false));
    }
}
