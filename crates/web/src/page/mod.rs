//! Pages for people: what all of them share.
//!
//! # How to add a page
//! 1. **Template** in `templates/<desk>/<page>.html`; it extends `layout/portal.html`,
//!    `layout/console.html` or `layout/enterprise.html` and fills the blocks `title`, `crumb`
//!    (console and desk) and `main`. In it `p` is the [`Page`]; everything of `p.w` is a word.
//! 2. **Words** in `lang/zh-CN/*.toml` and `lang/en/*.toml`, same section and key in both:
//!    `{{ p.w.section.key }}`, or `{{ p.w.section.key(3) }}` for one with `{n}` in it. Labels of the
//!    pack: `{{ p.say(label) }}`. A word that is missing does not compile; one that nobody uses fails
//!    a test.
//! 3. **Handler** in `src/<desk>/<page>.rs`:
//!    ```ignore
//!    #[derive(Template)]
//!    #[template(path = "portal/log.html")]
//!    struct LogPage<'p> { p: &'p Page, size: u64 }
//!
//!    pub async fn log(page: Page, State(site): State<Arc<Site>>) -> Result<Response, Problem> {
//!        page.show(&LogPage { p: &page, size: 7 })
//!    }
//!    ```
//!    What is wrong is a [`Problem`], and becomes a page by itself.
//! 4. **Route** in `src/<desk>/mod.rs`; its line of the menu in [`menu`].
//! 5. **Test** in `tests/it/<desk>/<page>.rs`: `site.page("/log").await` gives the page and has
//!    checked that it is whole.
//!
//! A **form** is `<form method="post">` with `{{ p.token() }}` in it and fields by
//! `{{ p.input(form, "name", p.w.section.name) }}`, under `{{ p.summary(form) }}`. The handler reads
//! it with [`form::Form::read`], which checks the token; a form that is wrong is shown again with
//! `page.show_as(StatusCode::UNPROCESSABLE_ENTITY, ..)`; one that is right answers [`Page::go`].
//!
//! **Parts**: [`ui`] has icons, tags, proofs, meters, pagers, empty states and banners; the rest is
//! HTML with the classes of `assets/css/`. No inline style, no inline script: the browser refuses
//! both. Everything works without scripts; `hx-*` attributes only make it quicker.

pub mod assets;
pub mod csrf;
pub mod error;
pub mod export;
pub mod facts;
pub mod form;
pub mod format;
pub mod headers;
pub mod limit;
pub mod menu;
pub mod prefs;
pub mod timeline;
pub mod ui;
pub mod upload;
pub mod visitor;
pub mod words;

use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, OnceLock};

use app::Principal;
use askama::Template;
use askama::filters::HtmlSafe;
use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use clock::Date;
use codes::Label;
use model::Timestamp;

use self::csrf::Seed;
use self::prefs::{Lang, Prefs};
use self::visitor::{Desk, Visitor};
use self::words::Words;
use crate::problem::Problem;
use crate::site::Site;

/// What a page is made with.
pub struct Page {
    /// The words.
    pub w: &'static Words,
    /// How the reader wants it.
    pub prefs: Prefs,
    /// The path, without the query.
    pub path: String,
    /// The query, without choices of language and the like.
    query: String,
    /// Who is logged in.
    pub visitor: Option<Arc<Visitor>>,
    /// Whose program this is: the name of the province.
    pub place: Arc<Label>,
    /// Whether everything on it is invented: it says so.
    pub demonstration: bool,
    /// When the page was asked for.
    pub now: Timestamp,
    secure: bool,
    seed: Option<Seed>,
    /// The seed of a form on this page, where the request brought none.
    new_seed: OnceLock<Seed>,
}

impl Page {
    /// The page that a request asks for.
    pub fn of(site: &Site, uri: &Uri, headers: &HeaderMap, visitor: Option<Arc<Visitor>>) -> Self {
        let prefs = Prefs::of(uri, headers);
        let rest = Prefs::without_choices(uri);
        let uri = rest.as_ref().unwrap_or(uri);
        let seed = match &visitor {
            Some(visitor) => Some(Seed::of_session(visitor.binding)),
            None => Seed::of_cookie(headers),
        };
        Self {
            w: prefs.lang.words(),
            prefs,
            path: uri.path().to_owned(),
            query: uri.query().unwrap_or_default().to_owned(),
            visitor,
            place: Arc::clone(&site.place),
            demonstration: site.system.is_demonstration(),
            now: site.system.clock().now(),
            secure: headers::is_secure(headers),
            seed,
            new_seed: OnceLock::new(),
        }
    }

    /// The same for what goes on after the page is answered.
    pub fn copy(&self) -> Self {
        Self {
            path: self.path.clone(),
            query: self.query.clone(),
            visitor: self.visitor.clone(),
            place: Arc::clone(&self.place),
            new_seed: OnceLock::new(),
            ..*self
        }
    }

    /// The page as an answer.
    ///
    /// # Errors
    /// The template fails, which is a fault of the program.
    pub fn show(&self, template: &impl Template) -> Result<Response, Problem> {
        self.show_as(StatusCode::OK, template)
    }

    /// The page as an answer of another status.
    ///
    /// # Errors
    /// As [`show`](Self::show).
    pub fn show_as(
        &self,
        status: StatusCode,
        template: &impl Template,
    ) -> Result<Response, Problem> {
        let text = template.render().map_err(|error| {
            tracing::error!(%error, path = self.path, "a page could not be written");
            Problem::bare(StatusCode::INTERNAL_SERVER_ERROR)
        })?;
        let mut response = Response::new(Body::from(text));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        let html = HeaderValue::from_static("text/html; charset=utf-8");
        headers.insert(header::CONTENT_TYPE, html);
        let language = HeaderValue::from_static(self.prefs.lang.tag());
        headers.insert(header::CONTENT_LANGUAGE, language);
        // What somebody saw who was logged in is nobody else's at the same machine.
        let cache = if self.visitor.is_some() { "no-store" } else { "private, no-cache" };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Language, Cookie"));
        if let Some(seed) = self.new_seed.get() {
            headers.append(header::SET_COOKIE, seed.cookie(self.secure));
        }
        Ok(response)
    }

    /// Leads on to another page of ours, after a form was taken.
    pub fn go(&self, path: &str) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SEE_OTHER;
        let path = if is_local(path) { path } else { "/" };
        let path = HeaderValue::try_from(path).unwrap_or(HeaderValue::from_static("/"));
        response.headers_mut().insert(header::LOCATION, path);
        let cache = HeaderValue::from_static("no-store");
        response.headers_mut().insert(header::CACHE_CONTROL, cache);
        response
    }

    /// The words of a label of the pack.
    pub fn say<'l>(&self, label: &'l Label) -> &'l str {
        match self.prefs.lang {
            Lang::Zh => &label.zh,
            Lang::En => &label.en,
        }
    }

    /// Of two texts the one in the page's language.
    pub fn pick<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        match self.prefs.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// Whether text is in Chinese.
    pub fn is_chinese(&self) -> bool {
        self.prefs.lang == Lang::Zh
    }

    /// Today in China.
    pub fn today(&self) -> Date {
        self.now.day_in_china()
    }

    /// This page with one parameter said anew.
    pub fn with(&self, name: &str, value: &str) -> String {
        let pairs = form_urlencoded::parse(self.query.as_bytes()).filter(|(n, _)| n != name);
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(pairs);
        query.append_pair(name, value);
        format!("{}?{}", self.path, query.finish())
    }

    /// This page without a parameter.
    pub fn without(&self, name: &str) -> String {
        let pairs = form_urlencoded::parse(self.query.as_bytes()).filter(|(n, _)| n != name);
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        if query.is_empty() { self.path.clone() } else { format!("{}?{query}", self.path) }
    }

    /// Whether the address has a parameter.
    pub fn has(&self, name: &str) -> bool {
        form_urlencoded::parse(self.query.as_bytes()).any(|(found, _)| found == name)
    }

    /// The token of a form, as a hidden field.
    pub fn token(&self) -> Token {
        let seed = self.seed.as_ref().unwrap_or_else(|| self.new_seed.get_or_init(Seed::random));
        Token(seed.token())
    }

    /// The seed that the request brought.
    pub(crate) fn seed_sent(&self) -> Option<&Seed> {
        self.seed.as_ref()
    }

    /// Who asks at a desk.
    ///
    /// # Errors
    /// Nobody of this desk is logged in.
    pub fn at(&self, desk: Desk) -> Result<&Arc<Principal>, Problem> {
        let visitor = self.visitor.as_ref().filter(|visitor| visitor.desk == desk);
        visitor.map(|visitor| &visitor.principal).ok_or_else(|| {
            let fault = app::Fault::new(
                "page.log_in",
                "log in first, with an account of this desk",
                "请先使用本工作台的账号登录",
            );
            Problem::new(StatusCode::UNAUTHORIZED, fault)
        })
    }

    /// Whether somebody of this desk is logged in.
    pub fn is_at(&self, desk: Desk) -> bool {
        self.visitor.as_ref().is_some_and(|visitor| visitor.desk == desk)
    }

    /// Whether a line of the menu leads here or to a page above.
    pub fn is_under(&self, path: &str) -> bool {
        let rest = self.path.strip_prefix(path);
        rest.is_some_and(|rest| rest.is_empty() || (rest.starts_with('/') && path != "/console"))
    }

    /// A number in groups of three.
    pub fn number(&self, number: impl words::Number) -> String {
        words::grouped(number.number())
    }

    /// A length in units that people read.
    pub fn size(&self, bytes: u64) -> String {
        format::size(bytes)
    }

    /// The time of day in China at which the page was asked for.
    pub fn clock_time(&self) -> String {
        format::clock_time(self.now)
    }

    /// A day and time in China.
    pub fn date_time(&self, time: &Timestamp) -> String {
        format::date_time(*time)
    }
}

/// The hidden field of a form's token.
#[derive(Debug)]
pub struct Token(String);

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<input type=\"hidden\" name=\"{}\" value=\"{}\">", csrf::FIELD, self.0)
    }
}

impl HtmlSafe for Token {}

/// Whether an address leads to a page of ours: a path and nothing that a browser would take for the
/// name of another server.
pub fn is_local(path: &str) -> bool {
    let mut letters = path.bytes();
    letters.next() == Some(b'/')
        && !matches!(letters.next(), Some(b'/' | b'\\'))
        && !path.bytes().any(|b| b.is_ascii_control() || b == b'\\')
}

impl FromRequestParts<Arc<Site>> for Page {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Infallible> {
        let visitor = parts.extensions.get::<Arc<Visitor>>().cloned();
        let address = parts.extensions.get::<Address>().map_or(&parts.uri, |address| &address.0);
        Ok(Self::of(site, address, &parts.headers, visitor))
    }
}

/// The address as it was asked for, with choices.
#[derive(Debug, Clone)]
struct Address(Uri);

/// What is around every page: choices by the address are remembered, and forms of other sites refused.
pub async fn around(mut request: Request, next: Next) -> Response {
    if !csrf::is_from_here(request.method(), request.headers()) {
        return axum::response::IntoResponse::into_response(csrf::refused());
    }
    let Some(rest) = Prefs::without_choices(request.uri()) else { return next.run(request).await };
    let prefs = Prefs::of(request.uri(), request.headers());
    let secure = headers::is_secure(request.headers());
    let asked = std::mem::replace(request.uri_mut(), rest);
    request.extensions_mut().insert(Address(asked));
    let mut response = next.run(request).await;
    response.headers_mut().append(header::SET_COOKIE, prefs.remembered(secure));
    response
}

/// Counts a search of somebody who is not logged in.
///
/// # Errors
/// Too many from one address.
pub async fn limit_searches(
    State(site): State<Arc<Site>>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    count(&site, &site.searches, &request)?;
    Ok(next.run(request).await)
}

/// Counts a form of somebody who is not logged in.
///
/// # Errors
/// Too many from one address.
pub async fn limit_forms(
    State(site): State<Arc<Site>>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if !request.method().is_safe() {
        count(&site, &site.forms, &request)?;
    }
    Ok(next.run(request).await)
}

fn count(site: &Site, limit: &limit::Limit, request: &Request) -> Result<(), Problem> {
    if request.extensions().get::<Arc<Visitor>>().is_some() {
        return Ok(());
    }
    match limit::caller(request.extensions(), request.headers()) {
        Some(address) => limit.count(address, site.system.clock().now()),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_ours_are_gone_to() {
        for path in ["/", "/a?b=//c", "/enterprise"] {
            assert!(is_local(path), "{path}");
        }
        for path in [
            "",
            "a",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nb",
            "/a\\b",
        ] {
            assert!(!is_local(path), "{path:?}");
        }
    }
}
