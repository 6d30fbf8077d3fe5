//! A demonstration is served on this machine alone, and every answer says what it is.
//!
//! Whoever reaches it is logged in by one click. So it is bound to a loopback address; what a proxy
//! hands on from elsewhere is refused; and so is what a browser asks under a name that is not this
//! machine's, for a page from elsewhere could have made that name point here.

use std::io;
use std::net::{IpAddr, SocketAddr};

use app::Fault;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use crate::page::limit::Peer;
use crate::problem::Problem;
use crate::site::Site;

/// The header of every answer of a demonstration.
const MARK: HeaderName = HeaderName::from_static("zhiheng-demonstration");

/// Refuses to serve a demonstration anywhere but on this machine.
pub(crate) fn only_here(address: SocketAddr, proxies: &[IpAddr]) -> io::Result<()> {
    if address.ip().to_canonical().is_loopback() && proxies.is_empty() {
        return Ok(());
    }
    let reason = "a demonstration is served on this machine alone: everybody who reaches it is logged in by one click; \
                  use --listen 127.0.0.1:8420 without --proxy / \
                  演示库只能在本机提供服务：任何人一键即可登录；请使用 --listen 127.0.0.1:8420，不要使用 --proxy";
    Err(io::Error::new(io::ErrorKind::PermissionDenied, reason))
}

/// Whether a request may be answered: of a demonstration only those that come from this machine and
/// ask for it by a name of its own.
pub(crate) fn may_be_asked(site: &Site, request: &Request) -> bool {
    if !site.system.is_demonstration() {
        return true;
    }
    let (headers, extensions) = (request.headers(), request.extensions());
    let is_near = extensions.get::<Peer>().is_none_or(|Peer(peer)| peer.is_loopback());
    let hosts = headers.get_all(header::HOST).iter();
    let named = request.uri().authority().map(|authority| authority.as_str());
    let is_here = |host: &str| is_own_name(host);
    let mut hosts = hosts.map(|host| host.to_str().unwrap_or_default()).chain(named);
    is_near && !is_handed_on(headers) && hosts.all(is_here)
}

/// Whether a proxy says that it hands on what comes from elsewhere. Of several, one behind the other,
/// the last names the one before it, which may well be on this machine: so each that is named counts,
/// and what is named in no way that is understood is elsewhere.
fn is_handed_on(headers: &HeaderMap) -> bool {
    let named = |name: &str, is_here: &dyn Fn(&str) -> bool| {
        let mut said = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default());
        !said.all(|value| value.split(',').all(|one| is_here(one.trim())))
    };
    let is_loopback =
        |text: &str| text.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback());
    named("x-forwarded-for", &is_loopback)
        || named("x-real-ip", &is_loopback)
        || named("x-forwarded-host", &is_own_name)
        || headers.contains_key(header::FORWARDED)
}

/// Whether a host of a request, with or without a port, is this machine.
fn is_own_name(host: &str) -> bool {
    let without_port = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let name = without_port.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

/// What is told to whom is elsewhere.
pub(crate) fn elsewhere() -> Problem {
    let fault = Fault::new(
        "demonstration.elsewhere",
        "this is a demonstration, which is served on its own machine alone; open it there as http://127.0.0.1 or http://localhost",
        "这是演示库，只在本机提供服务；请在本机以 http://127.0.0.1 或 http://localhost 打开",
    );
    Problem::new(StatusCode::MISDIRECTED_REQUEST, fault)
}

/// Says on an answer that it is of a demonstration.
pub(crate) fn mark(headers: &mut HeaderMap) {
    headers.insert(MARK, HeaderValue::from_static("everything-is-invented"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_has_names_of_its_own() {
        for host in
            ["localhost", "LOCALHOST:8420", "127.0.0.1:1", "127.3.2.1", "[::1]:8420", "[::1]"]
        {
            assert!(is_own_name(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "evil.example:8420",
            "10.0.0.1",
            "0.0.0.0",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "[2001:db8::1]:8420",
            "evil.example:127.0.0.1",
        ] {
            assert!(!is_own_name(host), "{host}");
        }
    }

    #[test]
    fn it_is_bound_to_loopback_and_stands_behind_no_proxy() {
        let at = |text: &str| text.parse::<SocketAddr>().unwrap();
        assert!(only_here(at("127.0.0.1:8420"), &[]).is_ok());
        assert!(only_here(at("[::1]:0"), &[]).is_ok());
        for address in ["0.0.0.0:8420", "[::]:8420", "192.0.2.7:80"] {
            let refused = only_here(at(address), &[]).unwrap_err();
            assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied);
            assert!(refused.to_string().contains("127.0.0.1"), "{refused}");
        }
        assert!(only_here(at("127.0.0.1:8420"), &["192.0.2.7".parse().unwrap()]).is_err());
    }
}
