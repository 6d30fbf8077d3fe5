//! Who asks by a browser: the cookie of a session, and what it opens.
//!
//! The cookie holds a token that the store knows only by its digest. Over TLS its name begins with
//! `__Host-`, so that no other site of the domain can plant one.

use std::sync::Arc;

use app::people::account::Sort;
use app::people::session::{LoggedIn, Session, Stage};
use app::{Principal, Rejection};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use codes::Label;

use crate::access::refusal;
use crate::page::headers::{cookie_name, is_secure};
use crate::page::prefs::own_cookie;
use crate::page::visitor::{Desk, Visitor};
use crate::problem::Problem;
use crate::site::Site;

/// The cookie that names the office in which somebody acts who has roles in several. It is a wish:
/// who has no role there does not act there.
pub const ACTING: &str = "acting";

/// The cookie of a session.
const SESSION: &str = "session";

fn set(name: &'static str, value: &str, secure: bool, more: &str) -> HeaderValue {
    let name = cookie_name(name, secure);
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{more}");
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
}

/// The cookie of a session; it is gone when the browser is closed, or before.
pub fn cookie_of(logged: &LoggedIn, headers: &HeaderMap) -> HeaderValue {
    let secure = is_secure(headers);
    set(SESSION, &logged.token, secure, "")
}

/// What takes the cookie away again.
pub fn no_cookie(headers: &HeaderMap) -> HeaderValue {
    let secure = is_secure(headers);
    set(SESSION, "", secure, "; Max-Age=0")
}

/// The cookie of the office in which somebody wants to act.
pub fn acting_cookie(place: &str, headers: &HeaderMap) -> HeaderValue {
    let escaped: String = form_urlencoded::byte_serialize(place.as_bytes()).collect();
    set(ACTING, &escaped, is_secure(headers), "")
}

/// Finds out who asks, before anything else does. What is refused to a person is noted.
pub async fn find(State(site): State<Arc<Site>>, mut request: Request, next: Next) -> Response {
    let Some(token) = own_cookie(request.headers(), SESSION) else {
        return next.run(request).await;
    };
    let system = &site.system;
    let now = system.clock().now();
    let session = match system.session(now, token).await {
        Ok(session) => session,
        Err(Rejection::Denied(_)) => return next.run(request).await,
        Err(other) => return Problem::from(other).into_response(),
    };
    let mut who = None;
    if session.stage == Stage::Full {
        let acting = own_cookie(request.headers(), ACTING).map(decoded);
        match system.principal(now, &session, acting.as_deref()) {
            Ok(principal) => {
                let principal = Arc::new(principal);
                let visitor = visitor(&site, &session, &principal);
                request.extensions_mut().insert(Arc::new(visitor));
                who = Some(principal);
            }
            Err(other) => return Problem::from(other).into_response(),
        }
    }
    request.extensions_mut().insert(Arc::new(session));
    let response = next.run(request).await;
    if let (Some(who), Some(fault)) = (who, refusal(&response))
        && let Err(error) = system.audit_refusal(&who, None, &fault).await
    {
        // It was refused all the same; that nobody will know of it is a fault to be seen.
        tracing::error!(%error, "a refusal could not be noted");
        return Problem::from(error).into_response();
    }
    response
}

fn decoded(text: &str) -> String {
    let pair = form_urlencoded::parse(text.as_bytes()).next();
    pair.map(|(value, _)| value.into_owned()).unwrap_or_default()
}

fn visitor(site: &Site, session: &Session, principal: &Arc<Principal>) -> Visitor {
    let pack = site.system.pack();
    let account = &session.account;
    let today = site.system.clock().now().day_in_china();
    let office = principal.office.as_deref().and_then(|office| pack.office(office)?.on(today));
    let held = principal.person.as_ref().map(app::people::Person::held);
    let holdings = held.iter().flat_map(|held| held.holdings());
    let roles: Vec<&pack::Role> = holdings.filter_map(|h| pack.role(&h.role)).collect();
    let place = match (office, &account.organization) {
        (Some(office), _) => office.label.clone(),
        (None, Some(organization)) => Label { zh: organization.clone(), en: organization.clone() },
        // Of an administrator, who is in no office, the role.
        (None, None) => roles.first().map_or_else(
            || Label { zh: account.login.clone(), en: account.login.clone() },
            |role| role.label.clone(),
        ),
    };
    Visitor {
        name: account.name.clone(),
        place,
        desk: match account.sort {
            Sort::Officer | Sort::Administrator => Desk::Console,
            Sort::Enterprise | Sort::Laboratory | Sort::Citizen => Desk::Enterprise,
        },
        principal: Arc::clone(principal),
        permissions: roles.iter().flat_map(|role| role.grants.iter().cloned()).collect(),
        binding: session.binding,
    }
}

/// An answer that leads on from a session that is over: what the browser kept of it goes too.
pub fn gone_with(response: Response, headers: &HeaderMap) -> Response {
    let mut response = go_with(response, no_cookie(headers));
    // Not the cookies: one of them says in which language somebody reads.
    let what = HeaderValue::from_static("\"cache\", \"storage\"");
    response.headers_mut().insert("clear-site-data", what);
    response
}

/// An answer that leads on, with a cookie.
pub fn go_with(mut response: Response, cookie: HeaderValue) -> Response {
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}
