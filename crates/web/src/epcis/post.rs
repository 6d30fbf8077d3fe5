//! A document on its way to a receiver: where it may go, and how it is sent.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use app::door::ALL;
use app::{Fault, Principal};
use axum::http::{Request, Uri, header};
use bytes::Bytes;
use hmac::{Hmac, Mac as _};
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use model::Timestamp;
use sha2::Sha256;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::tls::Trust;

/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether an address may be told: one of HTTP or HTTPS, and no place where only this machine's own
/// services or a cloud's are. An operator's own token may name this machine.
///
/// # Errors
/// Why not.
pub fn may_be_told(who: &Principal, dest: &str) -> Result<(), Fault> {
    let wrong = |en: &str, zh: &str| {
        Fault::new("epcis.subscription_dest", format!("dest {en}"), format!("dest {zh}"))
            .at("/dest")
    };
    let uri: Uri = dest.parse().map_err(|_| {
        wrong(
            "is no address; write https://host[:port]/path",
            "不是地址；请写成 https://主机[:端口]/路径",
        )
    })?;
    let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
    if !is_http || uri.host().is_none_or(str::is_empty) {
        return Err(wrong(
            "must begin with https:// or http://; write such an address",
            "应以 https:// 或 http:// 开头；请改正",
        ));
    }
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let is_own = host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback());
    if is_own && !who.permissions.contains(ALL) {
        return Err(wrong(
            "is this machine itself; name the receiver's",
            "为本机地址；请填写接收方地址",
        ));
    }
    if host.parse::<IpAddr>().is_ok_and(is_reserved) {
        return Err(wrong(
            "is no address of a receiver; name the receiver's",
            "不是接收方地址；请填写接收方地址",
        ));
    }
    Ok(())
}

/// Addresses at which nobody receives.
fn is_reserved(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            ip.is_link_local() || ip.is_unspecified() || ip.is_multicast() || ip.is_broadcast()
        }
        IpAddr::V6(ip) => {
            ip.is_unspecified() || ip.is_multicast() || ip.segments()[0] & 0xffc0 == 0xfe80
        }
    }
}

/// What is sent.
pub(crate) struct Letter {
    /// Its media type.
    pub(crate) media: &'static str,
    /// The document.
    pub(crate) body: String,
    /// When it was made.
    pub(crate) made: Timestamp,
    /// Its name, where it is no document of events: the same each time that it is sent.
    pub(crate) name: Option<String>,
}

impl Letter {
    /// `t=SECONDS,v1=HEX`: the HMAC-SHA256 under a secret of the seconds, a dot and the body.
    fn signature(&self, secret: &[u8]) -> Result<String, String> {
        let seconds = self.made.micros().div_euclid(1_000_000).to_string();
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(|error| error.to_string())?;
        for part in [&seconds, ".", &self.body] {
            mac.update(part.as_bytes());
        }
        let bytes = mac.finalize().into_bytes();
        let signature: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(format!("t={seconds},v1={signature}"))
    }
}

/// Posts a document with its signature; it is received where the answer is 2xx.
///
/// # Errors
/// Why it was not.
pub(crate) async fn post(
    trust: &Trust,
    dest: &str,
    letter: Letter,
    secret: &[u8],
) -> Result<(), String> {
    match tokio::time::timeout(PATIENCE, posted(trust, dest, letter, secret)).await {
        Ok(told) => told,
        Err(_) => Err("no answer in time".to_owned()),
    }
}

/// Sends a notice, signed and under its name.
///
/// # Errors
/// Why it was not received.
pub(crate) async fn letter(trust: &Trust, sent: app::notice::Post) -> Result<(), String> {
    let letter = Letter {
        media: "application/json",
        body: sent.body,
        made: sent.made,
        name: Some(sent.name),
    };
    post(trust, &sent.address, letter, sent.secret.as_bytes()).await
}

async fn posted(trust: &Trust, dest: &str, letter: Letter, secret: &[u8]) -> Result<(), String> {
    let uri: Uri = dest.parse().map_err(|_| "the address is none".to_owned())?;
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let is_secure = uri.scheme_str() == Some("https");
    let port = uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
    let stream = connect(&host, port).await?;
    let signature = letter.signature(secret)?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let authority = uri.authority().map_or(host.as_str(), |authority| authority.as_str());
    let request = Request::post(path)
        .header(header::HOST, authority)
        .header(header::CONTENT_TYPE, letter.media)
        .header(header::USER_AGENT, concat!("zhiheng/", env!("CARGO_PKG_VERSION")));
    let request = match &letter.name {
        None => request
            .header("gs1-epcis-version", super::negotiate::VERSION)
            .header("gs1-signature", signature),
        Some(name) => {
            request.header("idempotency-key", name).header("zhiheng-signature", signature)
        }
    };
    let request =
        request.body(Full::new(Bytes::from(letter.body))).map_err(|error| error.to_string())?;
    if is_secure {
        exchange(trust.secured(&host, stream).await?, request).await
    } else {
        exchange(stream, request).await
    }
}

/// Connects to the first address that a name stands for and at which somebody may receive: it is looked
/// at again with each delivery, since a name may have come to stand for another since it was taken.
async fn connect(host: &str, port: u16) -> Result<TcpStream, String> {
    let mut addresses =
        tokio::net::lookup_host((host, port)).await.map_err(|error| error.to_string())?;
    let is_local = host.parse::<IpAddr>().is_ok() || host.eq_ignore_ascii_case("localhost");
    let may_be = |address: &SocketAddr| {
        !is_reserved(address.ip()) && (is_local || !address.ip().to_canonical().is_loopback())
    };
    let address = addresses.find(may_be).ok_or("no address of a receiver")?;
    TcpStream::connect(address).await.map_err(|error| error.to_string())
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Full<Bytes>>,
) -> Result<(), String> {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| error.to_string())?;
    let connection = AbortOnDrop(tokio::spawn(connection));
    let answer = sender.send_request(request).await.map_err(|error| error.to_string())?;
    drop(connection);
    match answer.status() {
        status if status.is_success() => Ok(()),
        // Nor is a redirection followed: it could lead to where nobody may be told.
        status => Err(format!("the receiver answered {status}")),
    }
}

/// A task that ends with whoever waits for it: a connection does not outlive a delivery whose time is up.
struct AbortOnDrop<T>(tokio::task::JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
