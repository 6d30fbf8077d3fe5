//! Subscriptions over WebSockets: `GET /epcis/queries/{name}/events` with `Upgrade: websocket` (EPCIS 2.0,
//! section 12; RFC 6455).
//!
//! Such a subscription lasts as long as its connection. Each message is a query document. The standard has
//! no way to go on after a connection broke; so each document says with `zhiheng:nextPageToken` how far it
//! comes, and whoever gives that as `nextPageToken` when connecting again is told what came since, once.
//! Who authenticates itself by the header `Authorization` only; a browser cannot send it with a WebSocket,
//! and no cookie is taken in its place, so that no page elsewhere can follow under somebody's name.

use std::sync::Arc;
use std::time::{Duration, Instant};

use app::epcis::{Schedule, Subscription, Terms};
use app::{Fault, Principal};
use axum::extract::FromRequestParts as _;
use axum::extract::ws::rejection::WebSocketUpgradeRejection as Refused;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};

use super::deliver;
use super::events::Parameters;
use super::negotiate::{asked, spelled};
use super::subscribers::Socket;
use super::token;
use crate::problem::Problem;
use crate::site::Site;

/// Connections at once, and those of one office or organization.
const MOST: usize = 1_000;
const MOST_OF_ONE: usize = 100;
/// The most bytes of a message from whoever is told: there is nothing to be said.
const MOST_BYTES: usize = 4 << 10;
/// Bytes that are read at once.
const BUFFER: usize = 4 << 10;
/// How long a connection may take to be closed.
const CLOSING: Duration = Duration::from_secs(2);

/// How long is waited for whoever is told over a connection.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// How often it is asked whether somebody is there, and has the right still.
    pub ping: Duration,
    /// How long nothing may be heard.
    pub silence: Duration,
    /// How long a message may take until the connection has taken it.
    pub send: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { ping: seconds(30), silence: seconds(75), send: seconds(20) }
    }
}

/// The connections of a site.
pub(crate) struct Sockets {
    permits: Arc<Semaphore>,
    ending: watch::Sender<bool>,
    patience: Patience,
}

impl Default for Sockets {
    fn default() -> Self {
        Self::with(Patience::default())
    }
}

impl Sockets {
    /// Connections of which none is open.
    pub(super) fn with(patience: Patience) -> Self {
        let permits = Arc::new(Semaphore::new(MOST));
        Self { permits, ending: watch::Sender::new(false), patience }
    }

    /// Whether all of them are to be closed.
    pub(super) fn are_ending(&self) -> bool {
        *self.ending.borrow()
    }

    /// Closes all of them; comes when they are closed.
    pub(super) async fn end(&self) {
        self.ending.send_replace(true);
        let all = u32::try_from(MOST).unwrap_or(u32::MAX);
        let _ = self.permits.acquire_many(all).await;
    }
}

/// What a connection is given to do.
pub(super) enum Tell {
    /// To send a document, and to say when it was sent.
    Document {
        /// The document.
        text: String,
        /// Told when the connection has taken it.
        sent: oneshot::Sender<()>,
    },
    /// To end, because the right to be told has ended.
    RightEnded,
}

/// Whether a request is to become a WebSocket.
pub(super) fn is_asked_for(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::UPGRADE).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|v| v.trim().eq_ignore_ascii_case("websocket"))
}

/// The names of parameters that only a subscription has.
const OWN: [&str; 9] = [
    "stream",
    "second",
    "minute",
    "hour",
    "dayOfMonth",
    "month",
    "dayOfWeek",
    "reportIfEmpty",
    "initialRecordTime",
];

fn wrong(code: &'static str, en: &str, zh: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, Fault::new(code, en, zh))
}

/// That a parameter asks for a subscription, where the request does not ask for a WebSocket.
///
/// # Errors
/// It does.
pub(super) fn is_page(parameters: &Parameters) -> Result<(), Problem> {
    match parameters.others.iter().find(|(name, _)| OWN.contains(&name.as_str())) {
        None => Ok(()),
        Some((name, _)) => Err(wrong(
            "epcis.subscription_upgrade",
            &format!(
                "{name} is of a subscription over a WebSocket; send Upgrade: websocket with it, or POST a subscription"
            ),
            &format!(
                "{name} 仅用于 WebSocket 订阅；请同时发送 Upgrade: websocket，或以 POST 建立订阅"
            ),
        )),
    }
}

/// The terms that the parameters of a request say.
fn terms(parameters: &Parameters) -> Result<Terms, Problem> {
    let (mut stream, mut report_if_empty, mut initial_record_time) = (false, false, None);
    let mut fields = serde_json::Map::new();
    for (name, value) in &parameters.others {
        let flag = || {
            value.parse::<bool>().map_err(|_| {
                wrong(
                    "epcis.subscription_form",
                    &format!("{name} must be true or false; correct it"),
                    &format!("{name} 应为 true 或 false；请改正"),
                )
            })
        };
        match name.as_str() {
            "stream" => stream = flag()?,
            "reportIfEmpty" => report_if_empty = flag()?,
            // A plus sign that was not escaped means a space in a query; no time has one.
            "initialRecordTime" => initial_record_time = Some(value.replace(' ', "+")),
            name if OWN.contains(&name) => {
                fields.insert(name.to_owned(), value.as_str().into());
            }
            name => {
                return Err(wrong(
                    "epcis.subscription_form",
                    &format!("{name} is no parameter of a subscription; take it out"),
                    &format!("{name} 不是订阅的参数；请删除"),
                ));
            }
        }
    }
    let schedule: Option<Schedule> = match fields.is_empty() {
        true => None,
        false => serde_json::from_value(fields.into()).ok(),
    };
    if let Some(schedule) = &schedule {
        schedule.check().map_err(|fault| Problem::new(StatusCode::BAD_REQUEST, fault))?;
    }
    let (dest, xml, epc_format) = (String::new(), false, None);
    Ok(Terms { dest, stream, schedule, report_if_empty, initial_record_time, xml, epc_format })
}

/// Subscribes to a named question for as long as the connection lasts.
///
/// # Errors
/// No right; no such question; terms that make no subscription; a handshake that is none; too many
/// connections.
pub(super) async fn subscribe(
    site: &Arc<Site>,
    who: &Principal,
    mut request: Parts,
    name: &str,
) -> Result<Response, Problem> {
    let asked = asked(&request.headers, true)?;
    let parameters = Parameters::of(&request.uri)?;
    let terms = terms(&parameters)?;
    let mut subscription = site.system.follows(who, name, terms, "").await?;
    let definition = site.system.named_query(who, name).await?.0.definition;
    let question: Arc<str> = format!("{} {name} {definition}", who.on_behalf_of).into();
    if let Some(text) = parameters.token.as_deref() {
        let size = site.system.reader().size().await?;
        let told = token::place(text, &question).filter(|told| told.known <= size);
        let told = told.ok_or_else(token::wrong)?;
        (subscription.row.known, subscription.row.position) = (told.known, told.position);
    }
    let upgrade = WebSocketUpgrade::from_request_parts(&mut request, &()).await;
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(refused) => return Ok(not_upgraded(&refused)),
    };
    let permit = Arc::clone(&site.deliveries.sockets.permits).try_acquire_owned().ok();
    let own = site.deliveries.subscribers().sockets_of(&who.on_behalf_of);
    let permit = permit.filter(|_| own < MOST_OF_ONE).ok_or_else(too_many)?;
    let (tell, tells) = mpsc::channel(1);
    let socket = Socket { asked: asked.clone(), tell, question };
    let connection = Connection {
        site: Arc::clone(site),
        headers: request.headers,
        name: name.to_owned(),
        tells,
        _permit: permit,
    };
    deliver::start(site);
    let response = upgrade
        .read_buffer_size(BUFFER)
        .write_buffer_size(0)
        .max_message_size(MOST_BYTES)
        .max_frame_size(MOST_BYTES)
        .on_upgrade(|stream| connection.run(stream, subscription, socket));
    Ok(spelled(response, &asked))
}

fn too_many() -> Problem {
    let fault = Fault::new(
        "epcis.too_many",
        format!(
            "{MOST_OF_ONE} connections of one sender, or {MOST} of all, are open; close one, or subscribe by POST"
        ),
        format!(
            "同一发送方已有 {MOST_OF_ONE} 个连接，或总数已达 {MOST} 个；请关闭部分连接，或以 POST 建立订阅"
        ),
    );
    Problem::new(StatusCode::TOO_MANY_REQUESTS, fault).retry_after(60)
}

/// What is told of a handshake that is none.
fn not_upgraded(refused: &Refused) -> Response {
    let (status, en, zh) = match refused {
        Refused::InvalidWebSocketVersionHeader(_) => (
            StatusCode::UPGRADE_REQUIRED,
            "Sec-WebSocket-Version must be 13 (RFC 6455); send that",
            "Sec-WebSocket-Version 应为 13（RFC 6455）；请改正",
        ),
        Refused::WebSocketKeyHeaderMissing(_) => (
            StatusCode::BAD_REQUEST,
            "Sec-WebSocket-Key is missing (RFC 6455); send it",
            "缺少 Sec-WebSocket-Key（RFC 6455）；请补充",
        ),
        Refused::InvalidConnectionHeader(_) => (
            StatusCode::BAD_REQUEST,
            "Connection: Upgrade must come with Upgrade: websocket; a proxy in between may have taken it out",
            "Upgrade: websocket 须同时发送 Connection: Upgrade；请检查中间的代理",
        ),
        _ => (
            StatusCode::BAD_REQUEST,
            "this connection cannot become a WebSocket; use HTTP/1.1",
            "此连接无法升级为 WebSocket；请使用 HTTP/1.1",
        ),
    };
    let problem = Problem::new(status, Fault::new("epcis.subscription_upgrade", en, zh));
    let mut response = problem.into_response();
    if status == StatusCode::UPGRADE_REQUIRED {
        let version = HeaderValue::from_static("13");
        response.headers_mut().insert(header::SEC_WEBSOCKET_VERSION, version);
    }
    response
}

/// Somebody who is told over a connection.
struct Connection {
    site: Arc<Site>,
    headers: HeaderMap,
    name: String,
    tells: mpsc::Receiver<Tell>,
    _permit: OwnedSemaphorePermit,
}

/// Why a connection ends: the code of RFC 6455, section 7.4.1, and words; none where it is gone.
type Why = Option<(u16, &'static str)>;

impl Connection {
    /// Tells what there is to be told, until one of both ends it.
    async fn run(mut self, mut stream: WebSocket, subscription: Subscription, socket: Socket) {
        let (site, id) = (Arc::clone(&self.site), subscription.row.id);
        site.deliveries.join(&site.system, subscription, socket);
        let why = self.told(&mut stream).await;
        site.deliveries.leave(id);
        // What was to be told and was not is told to nobody: its sender sees that.
        self.tells.close();
        if let Some((code, reason)) = why {
            let frame = CloseFrame { code, reason: reason.into() };
            let closed = async {
                stream.send(Message::Close(Some(frame))).await?;
                while let Some(Ok(_)) = stream.recv().await {}
                Ok::<_, axum::Error>(())
            };
            let _ = tokio::time::timeout(CLOSING, closed).await;
        }
    }

    async fn told(&mut self, stream: &mut WebSocket) -> Why {
        let Patience { ping, silence, send } = self.site.deliveries.sockets.patience;
        let mut ending = self.site.deliveries.sockets.ending.subscribe();
        let mut tick = tokio::time::interval_at((Instant::now() + ping).into(), ping);
        let mut heard = Instant::now();
        loop {
            tokio::select! {
                () = crate::serve::comes(&mut ending) => {
                    return Some((close_code::AWAY, "the server stops; connect again"));
                }
                tell = self.tells.recv() => match tell {
                    Some(Tell::Document { text, sent }) => {
                        let sending = stream.send(Message::text(text));
                        match tokio::time::timeout(send, sending).await {
                            // Who told may have gone; then it is told again by the next.
                            Ok(Ok(())) => _ = sent.send(()),
                            // Too slow or gone: no frame would come through either.
                            _ => return None,
                        }
                    }
                    Some(Tell::RightEnded) => return Some(RIGHT_ENDED),
                    None => return Some((close_code::NORMAL, "the query is gone")),
                },
                message = stream.recv() => match message {
                    Some(Ok(Message::Close(_))) => {
                        // The answer goes out while the end is waited for.
                        let _ = tokio::time::timeout(CLOSING, stream.recv()).await;
                        return None;
                    }
                    Some(Ok(_)) => heard = Instant::now(),
                    Some(Err(_)) => {
                        return Some((close_code::POLICY, "nothing is taken here but control frames"));
                    }
                    None => return None,
                },
                _ = tick.tick() => {
                    if heard.elapsed() > silence {
                        return Some((close_code::POLICY, "pings were not answered"));
                    }
                    if self.has_right_ended().await {
                        return Some(RIGHT_ENDED);
                    }
                    let pinging = stream.send(Message::Ping(Default::default()));
                    match tokio::time::timeout(send, pinging).await {
                        Ok(Ok(())) => {}
                        _ => return None,
                    }
                }
            }
        }
    }

    /// Whether the token is taken no longer, or may no longer ask.
    async fn has_right_ended(&self) -> bool {
        let asked = async {
            let who = self.site.principal(&self.headers).await?;
            self.site.system.named_query(&who, &self.name).await?;
            Ok::<_, Problem>(())
        };
        asked.await.is_err_and(|problem| problem.status().is_client_error())
    }
}

const RIGHT_ENDED: (u16, &str) = (close_code::POLICY, "the right to be told has ended");
