//! What every answer tells the browser about how it may be used.

use std::borrow::Cow;

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// Of a page: style, scripts and pictures from here alone, no script or style in the page itself.
const PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                    connect-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none'; \
                    frame-ancestors 'none'";
/// Of what is no page: opened as one all the same it does nothing and is of no site.
const DATA: &str =
    "default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox";
/// No page asks for a device.
const PERMISSIONS: &str = "camera=(), display-capture=(), geolocation=(), microphone=(), \
                           payment=(), serial=(), usb=()";
/// Two years, where TLS stands before the program.
const HSTS: &str = "max-age=63072000; includeSubDomains";
/// What only a proxy says; `guard` takes it out of what anybody else sends.
const OF_PROXIES: [&str; 5] =
    ["x-forwarded-proto", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded"];

/// Takes out what only a proxy may say.
pub fn forget_proxy(headers: &mut HeaderMap) {
    for name in OF_PROXIES {
        headers.remove(name);
    }
}

/// The name of a cookie: over TLS with a beginning by which the browser refuses one that another site
/// of the domain planted.
pub fn cookie_name(name: &'static str, secure: bool) -> Cow<'static, str> {
    if secure { Cow::Owned(format!("__Host-{name}")) } else { Cow::Borrowed(name) }
}

/// Whether the request came over TLS to what stands before the program.
pub fn is_secure(headers: &HeaderMap) -> bool {
    headers.get("x-forwarded-proto").is_some_and(|scheme| scheme == "https")
}

/// Adds the headers to an answer.
pub fn protect(headers: &mut HeaderMap, secure: bool) {
    let is_page = headers.get(CONTENT_TYPE).is_some_and(|t| t.as_bytes().starts_with(b"text/html"));
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(CONTENT_SECURITY_POLICY, if is_page { PAGE } else { DATA });
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Not `no-referrer`: browsers would then send forms from an origin without a name.
    set(REFERRER_POLICY, "same-origin");
    if is_page {
        set(HeaderName::from_static("permissions-policy"), PERMISSIONS);
        set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
        set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    }
    if secure {
        set(STRICT_TRANSPORT_SECURITY, HSTS);
    }
    // Whoever answers and says nothing of it is not kept anywhere.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}
