//! Forms that only our own pages can send.
//!
//! Two locks: the browser says where a request comes from (`Sec-Fetch-Site`, `Origin`), and the form
//! holds a token that no other site can read. The token follows from a secret: that of the session,
//! or, for somebody who is not logged in, that of a cookie which only lives for this.

use std::fmt::Write as _;

use app::Fault;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use sha2::{Digest as _, Sha256};

use super::headers::cookie_name;
use super::prefs::own_cookie;
use crate::problem::Problem;

/// The field of a form that holds the token.
pub const FIELD: &str = "csrf";
/// The cookie of those who are not logged in.
const COOKIE: &str = "form";

/// What a token follows from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed([u8; 32]);

impl Seed {
    /// That of a session.
    pub fn of_session(binding: [u8; 32]) -> Self {
        Self(binding)
    }

    /// That of the cookie, where the request has one.
    pub fn of_cookie(headers: &HeaderMap) -> Option<Self> {
        let text = own_cookie(headers, COOKIE)?;
        let mut seed = [0; 32];
        let digits = text.as_bytes().chunks_exact(2);
        if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        for (byte, pair) in seed.iter_mut().zip(digits) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(seed))
    }

    /// A new one.
    pub fn random() -> Self {
        Self(app::keys::random())
    }

    /// The cookie that keeps it until the browser is closed.
    pub fn cookie(&self, secure: bool) -> HeaderValue {
        let name = cookie_name(COOKIE, secure);
        let secure = if secure { "; Secure" } else { "" };
        let text =
            format!("{name}={}; Path=/; HttpOnly; SameSite=Strict{secure}", hexadecimal(&self.0));
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
    }

    /// The token that forms hold.
    pub fn token(&self) -> String {
        let mut digest = Sha256::new();
        digest.update(b"zhiheng form token\0");
        digest.update(self.0);
        hexadecimal(&digest.finalize()[..16])
    }

    /// Whether a form holds the token.
    pub fn admits(&self, token: &str) -> bool {
        let own = self.token();
        // In the same time wherever they differ.
        let differ = own.bytes().zip(token.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
        own.len() == token.len() && differ == 0
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether a request may change something, by what the browser says of where it comes from. A
/// browser that says neither is held by the token alone.
pub fn is_from_here(method: &Method, headers: &HeaderMap) -> bool {
    if method.is_safe() {
        return true;
    }
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    origin.zip(host).is_some_and(|((_, origin), host)| origin.eq_ignore_ascii_case(host))
}

/// What is told to whom a form was not taken from.
pub fn refused() -> Problem {
    let fault = Fault::new(
        "form.not_from_here",
        "this form was not sent from one of our pages, or the page was open for too long; nothing was changed. Open the page again and send it once more",
        "此表单不是从本站页面提交，或页面打开时间过长；未作任何更改。请重新打开页面再提交",
    );
    Problem::new(StatusCode::FORBIDDEN, fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (n.parse().unwrap(), HeaderValue::from_static(v))).collect()
    }

    #[test]
    fn a_seed_admits_its_own_token_only() {
        let (seed, other) = (Seed::random(), Seed::random());
        assert!(seed.admits(&seed.token()));
        assert!(
            !seed.admits(&other.token()) && !seed.admits("") && !seed.admits(&seed.token()[1..])
        );
        assert!(seed.cookie(true).to_str().unwrap().starts_with("__Host-form="));
        let value = seed.cookie(false);
        let pair = value.to_str().unwrap().split(';').next().unwrap().to_owned();
        let mut sent = HeaderMap::new();
        sent.insert(header::COOKIE, pair.parse().unwrap());
        assert_eq!(Seed::of_cookie(&sent), Some(seed));
        assert_eq!(Seed::of_cookie(&headers(&[("cookie", "form=12")])), None);
        assert_eq!(Seed::of_cookie(&headers(&[("cookie", "form=zz")])), None);
    }

    #[test]
    fn what_another_site_sends_is_not_from_here() {
        let posted = |pairs| is_from_here(&Method::POST, &headers(pairs));
        assert!(posted(&[("sec-fetch-site", "same-origin")]));
        assert!(!posted(&[("sec-fetch-site", "same-site")]));
        assert!(!posted(&[
            ("sec-fetch-site", "cross-site"),
            ("origin", "http://a"),
            ("host", "a")
        ]));
        assert!(posted(&[("origin", "https://a.example:8443"), ("host", "a.example:8443")]));
        assert!(!posted(&[("origin", "https://b.example"), ("host", "a.example")]));
        assert!(!posted(&[("origin", "null"), ("host", "null")]));
        assert!(posted(&[("host", "a")]));
        assert!(is_from_here(&Method::GET, &headers(&[("sec-fetch-site", "cross-site")])));
    }
}
