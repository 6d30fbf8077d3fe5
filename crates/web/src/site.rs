//! What every request has at hand.

use std::net::IpAddr;
use std::sync::Arc;

use app::token::Tokens;
use app::{Fault, Principal, Rejection, System};
use axum::http::{HeaderMap, StatusCode, header};
use codes::Label;
use tokio::sync::Semaphore;

use crate::body;
use crate::epcis::{Deliveries, Invalidated};
use crate::page::limit::Limit;
use crate::problem::Problem;
use crate::purpose::Purposes;
use crate::serve::Setting;

/// Requests that are worked on at once.
const REQUESTS: usize = 1024;
/// Streams that are received at once; each holds some mebibytes.
const STREAMS: usize = 16;

/// A program and what its requests share.
pub struct Site {
    /// The program.
    pub system: Arc<System>,
    /// Permits for requests.
    pub requests: Semaphore,
    /// Permits for streams.
    pub streams: Semaphore,
    /// Permits for bytes of large bodies.
    pub bodies: Semaphore,
    /// What the pack calls its place, for the head of pages.
    pub place: Arc<Label>,
    /// Searches of those who are not logged in.
    pub searches: Limit,
    /// Forms of those who are not logged in.
    pub forms: Limit,
    /// Letters of those who are not logged in.
    pub letters: Limit,
    /// What those who are logged in look subjects up for.
    pub purposes: Purposes,
    /// Proxies on other machines whose word counts for where a request comes from.
    pub proxies: Vec<IpAddr>,
    /// What is told to subscribers of events.
    pub(crate) deliveries: Deliveries,
    /// Tokens between pages of events that are not to be taken any more.
    pub(crate) invalidated: Invalidated,
    tokens: Tokens,
}

/// Searches at once, and seconds until one more.
const SEARCHES: (u32, u32) = (60, 1);
/// Letters at once, and seconds until one more.
const LETTERS: (u32, u32) = (5, 300);
/// Forms at once, and seconds until one more.
const FORMS: (u32, u32) = (20, 15);

impl Site {
    /// The site of a program.
    pub fn new(system: Arc<System>) -> Self {
        Self {
            tokens: Tokens::new(system.reader().db().clone(), system.data()),
            place: Arc::new(system.pack().manifest().place.clone()),
            searches: Limit::new(SEARCHES.0, SEARCHES.1),
            forms: Limit::new(FORMS.0, FORMS.1),
            letters: Limit::new(LETTERS.0, LETTERS.1),
            purposes: Purposes::default(),
            proxies: Vec::new(),
            invalidated: Invalidated::default(),
            deliveries: Deliveries::default(),
            system,
            requests: Semaphore::new(REQUESTS),
            streams: Semaphore::new(STREAMS),
            bodies: Semaphore::new(body::MOST_AT_ONCE),
        }
    }

    /// As it is set where it is served.
    #[must_use]
    pub fn set(self, setting: Setting) -> Self {
        let Setting { proxies, trust, patience, telling: _ } = setting;
        Self { proxies, deliveries: Deliveries::with(trust, patience), ..self }
    }

    /// Who asks, by the token in the header `Authorization`.
    ///
    /// # Errors
    /// No token, or one that is not taken.
    pub async fn principal(&self, headers: &HeaderMap) -> Result<Arc<Principal>, Problem> {
        let Some(value) = headers.get(header::AUTHORIZATION) else {
            let fault = Fault::new(
                "token.missing",
                "a token is needed: send the header Authorization: Bearer zh_…",
                "需要令牌：请发送标头 Authorization: Bearer zh_…",
            );
            return Err(Problem::new(StatusCode::UNAUTHORIZED, fault));
        };
        let token = value.to_str().ok().and_then(|text| {
            let (scheme, token) = text.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        });
        let Some(token) = token else {
            let fault = Fault::new(
                "token.form",
                "the header must be Authorization: Bearer zh_…",
                "标头应为 Authorization: Bearer zh_…",
            );
            return Err(Problem::new(StatusCode::UNAUTHORIZED, fault));
        };
        let now = self.system.clock().now();
        self.tokens.principal(now, token).await.map_err(Rejection::into)
    }
}
