//! How often somebody who is not logged in may search or send something.
//!
//! Counted by address, in memory alone and under a key that is new at every start: no address is
//! kept. A table of fixed size forgets the one that was longest silent.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use app::Fault;
use axum::http::{Extensions, HeaderMap, StatusCode};
use model::Timestamp;

use crate::problem::Problem;

/// Addresses that are remembered.
const MOST: usize = 100_000;
const SECOND: i64 = 1_000_000;

/// The address that a connection comes from; `serve` puts it into requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// Whom a request is counted under: the peer, or whom a proxy on this machine names. One who comes
/// from this machine without a proxy is not counted.
pub fn caller(extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
    let Peer(peer) = extensions.get()?;
    if !peer.is_loopback() {
        return Some(*peer);
    }
    // Only the last entry is the proxy's own; those before it are what the client said.
    let named = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    named.rsplit(',').next()?.trim().parse().ok()
}

/// A bucket for each address: it holds `burst`, and one more comes back every `every`.
#[derive(Debug)]
pub struct Limit {
    burst: i64,
    /// In µs.
    every: i64,
    key: RandomState,
    /// Until when, in µs, a bucket would be full again.
    full_at: Mutex<HashMap<u64, i64>>,
}

impl Limit {
    /// A limit of `burst` at once, and one each `every` seconds.
    pub fn new(burst: u32, every: u32) -> Self {
        Self {
            burst: burst.into(),
            every: i64::from(every) * SECOND,
            key: RandomState::new(),
            full_at: Mutex::new(HashMap::new()),
        }
    }

    /// Counts one request.
    ///
    /// # Errors
    /// Too many from this address, and after how many seconds the next may come.
    pub fn count(&self, address: IpAddr, now: Timestamp) -> Result<(), Problem> {
        let now = now.micros();
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let place = self.key.hash_one(network(address));
        if full_at.len() >= MOST && !full_at.contains_key(&place) {
            full_at.retain(|_, full| *full > now);
            if full_at.len() >= MOST {
                let longest = full_at.iter().min_by_key(|(_, full)| **full).map(|(at, _)| *at);
                longest.and_then(|at| full_at.remove(&at));
            }
        }
        let full = full_at.entry(place).or_insert(now);
        let next = (*full).max(now) + self.every;
        let wait = next - now - self.burst * self.every;
        if wait > 0 {
            return Err(too_often((wait + SECOND - 1) / SECOND));
        }
        *full = next;
        Ok(())
    }
}

/// Whoever has an address of IPv6 has 2⁶⁴ of them.
fn network(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        IpAddr::V6(address) if address.to_ipv4_mapped().is_some() => address.octets(),
        IpAddr::V6(address) => {
            let mut octets = address.octets();
            octets[8..].fill(0);
            octets
        }
    }
}

fn too_often(seconds: i64) -> Problem {
    let fault = Fault::new(
        "request.too_often",
        format!("too many requests from your network; try again in {seconds} seconds"),
        format!("您所在网络的请求过多；请 {seconds} 秒后再试"),
    );
    let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
    Problem::new(StatusCode::TOO_MANY_REQUESTS, fault).retry_after(seconds)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * SECOND)
    }

    #[test]
    fn a_burst_goes_through_and_then_one_at_a_time() {
        let limit = Limit::new(3, 10);
        let (one, other) = ("198.51.100.1".parse().unwrap(), "198.51.100.2".parse().unwrap());
        for _ in 0..3 {
            limit.count(one, at(0)).unwrap();
        }
        assert!(limit.count(one, at(9)).is_err());
        limit.count(other, at(9)).unwrap();
        limit.count(one, at(10)).unwrap();
        assert!(limit.count(one, at(10)).is_err());
        for _ in 0..3 {
            limit.count(one, at(1000)).unwrap();
        }
    }

    #[test]
    fn a_whole_network_of_ipv6_is_one() {
        let limit = Limit::new(1, 10);
        limit.count("2001:db8::1".parse().unwrap(), at(0)).unwrap();
        assert!(limit.count("2001:db8::2".parse().unwrap(), at(0)).is_err());
        limit.count("2001:db8:0:1::1".parse().unwrap(), at(0)).unwrap();
    }

    #[test]
    fn only_a_proxy_on_this_machine_is_believed() {
        let mut extensions = Extensions::new();
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("6.6.6.6, 198.51.100.9"));
        assert_eq!(caller(&extensions, &headers), None);
        extensions.insert(Peer("127.0.0.1".parse().unwrap()));
        assert_eq!(caller(&extensions, &headers), "198.51.100.9".parse().ok());
        assert_eq!(caller(&extensions, &HeaderMap::new()), None);
        extensions.insert(Peer("203.0.113.5".parse().unwrap()));
        assert_eq!(caller(&extensions, &headers), "203.0.113.5".parse().ok());
    }
}
