//! Subscribers are told of events: at least once, signed, in the order in which events began to count.
//!
//! One task follows the records for all subscriptions. Those that were told equally far are served
//! together: the events behind that place are read once, and found by their keys are the subscriptions that
//! they may answer. A subscription moves on when its receiver answered 2xx; where nothing was to be told
//! it moves on by itself. A receiver that does not answer is tried again, later each time.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use app::door::ALL;
use app::epcis::{Brought, EventView, Readers, Subscription, Told};
use app::{Fault, Principal, Rejection, System};
use axum::http::{Request, Uri, header};
use bytes::Bytes;
use hmac::{Hmac, Mac as _};
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use model::{RecordId, Timestamp};
use sha2::Sha256;
use tokio::net::TcpStream;
use tokio::sync::{Mutex, Notify, Semaphore};

use super::document::{self, About};
use super::negotiate::{Asked, EpcFormat, Notation};
use crate::site::Site;

/// How often it is looked whether events came.
const PAUSE: Duration = Duration::from_millis(250);
/// How often how far subscriptions are that had nothing to be told is noted.
const NOTED: Duration = Duration::from_secs(10);
/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Deliveries at once.
const AT_ONCE: usize = 64;
/// How long a receiver that does not answer is let be, first and at most.
const LET_BE: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(300));

/// What requests tell the deliverer.
#[derive(Default)]
pub struct Deliveries {
    version: AtomicU64,
    is_started: AtomicBool,
    wake: Arc<Notify>,
}

impl Deliveries {
    /// Says that subscriptions came or went.
    pub fn changed(&self) {
        self.version.fetch_add(1, Ordering::SeqCst);
        self.wake.notify_one();
    }
}

/// Begins to tell subscribers, where that was not begun. It ends with the site.
pub fn start(site: &Arc<Site>) {
    if !site.deliveries.is_started.swap(true, Ordering::SeqCst) {
        let wake = Arc::clone(&site.deliveries.wake);
        tokio::spawn(follow(Arc::downgrade(site), wake));
    }
}

/// Whether an address may be told: one of HTTP, and no place where only this machine's own services
/// or a cloud's are. An operator's own token may name this machine.
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
            "is no address; write http://host[:port]/path",
            "不是地址；请写成 http://主机[:端口]/路径",
        )
    })?;
    if uri.scheme_str() != Some("http") || uri.host().is_none_or(str::is_empty) {
        return Err(wrong(
            "must begin with http://; for HTTPS name a proxy that speaks it (deliveries are signed)",
            "应以 http:// 开头；如需 HTTPS 请填写转发代理的地址（推送内容均有签名）",
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

/// A subscription while it is followed.
struct Followed {
    subscription: Arc<Subscription>,
    told: Told,
    /// What is noted of it in the store.
    noted: Told,
    /// When it is told next, where that is by a schedule.
    due: Option<Timestamp>,
    /// A delivery is under way.
    is_busy: bool,
    /// It is let be until then.
    let_be: Option<Instant>,
    pause: Duration,
}

type All = Arc<Mutex<HashMap<RecordId, Followed>>>;

async fn follow(site: Weak<Site>, wake: Arc<Notify>) {
    let all: All = Arc::default();
    let permits = Arc::new(Semaphore::new(AT_ONCE));
    let mut version = None;
    let mut noted = Instant::now();
    loop {
        let Some(running) = site.upgrade() else { return };
        let now = running.deliveries.version.load(Ordering::SeqCst);
        let round = async {
            if version != Some(now) {
                load(&running.system, &all).await?;
                version = Some(now);
            }
            serve(&running, &all, &permits).await?;
            if noted.elapsed() >= NOTED {
                note(&running.system, &all).await?;
                noted = Instant::now();
            }
            Ok::<_, Rejection>(())
        };
        if let Err(error) = round.await {
            tracing::warn!(%error, "subscriptions to events");
        }
        // Nothing is held while there is nothing to do: a site that is gone is seen to be.
        drop(running);
        let _ = tokio::time::timeout(PAUSE, wake.notified()).await;
    }
}

/// Takes over what is stored; what is followed already keeps its place.
async fn load(system: &System, all: &All) -> Result<(), Rejection> {
    let stored = system.all_subscriptions().await?;
    let now = system.clock().now();
    let mut all = all.lock().await;
    let there: HashSet<RecordId> = stored.iter().map(|found| found.row.id).collect();
    all.retain(|id, _| there.contains(id));
    for subscription in stored {
        let told = subscription.told();
        let due = subscription.terms.schedule.as_ref().and_then(|s| s.next_after(now));
        all.entry(subscription.row.id).or_insert_with(|| Followed {
            subscription: Arc::new(subscription),
            told,
            noted: told,
            due,
            is_busy: false,
            let_be: None,
            pause: LET_BE.0,
        });
    }
    Ok(())
}

/// Notes how far those are that moved on by themselves.
async fn note(system: &System, all: &All) -> Result<(), Rejection> {
    let mut all = all.lock().await;
    let moved: Vec<(RecordId, Told, Option<Timestamp>)> = all
        .iter()
        .filter(|(_, followed)| followed.told != followed.noted && !followed.is_busy)
        .map(|(id, followed)| (*id, followed.told, None))
        .collect();
    for piece in moved.chunks(1000) {
        system.note_told(piece).await?;
    }
    for (id, told, _) in moved {
        if let Some(followed) = all.get_mut(&id) {
            followed.noted = told;
        }
    }
    Ok(())
}

/// One round: whoever is due is told what came since.
async fn serve(site: &Arc<Site>, all: &All, permits: &Arc<Semaphore>) -> Result<(), Rejection> {
    let system = &site.system;
    let size = system.reader().size().await?;
    let now = system.clock().now();
    let mut groups: HashMap<Told, Vec<(RecordId, Arc<Subscription>)>> = HashMap::new();
    let mut due: HashSet<RecordId> = HashSet::new();
    {
        let mut all = all.lock().await;
        for (id, followed) in all.iter_mut() {
            if followed.is_busy || followed.let_be.is_some_and(|until| until > Instant::now()) {
                continue;
            }
            if let Some(at) = followed.due {
                if at > now {
                    continue;
                }
                due.insert(*id);
            } else if followed.subscription.terms.schedule.is_some() {
                continue;
            }
            if followed.told.known < size || due.contains(id) {
                let group = groups.entry(followed.told).or_default();
                group.push((*id, Arc::clone(&followed.subscription)));
            }
        }
    }
    let mut readers = Readers::default();
    for (from, group) in groups {
        let (brought, reached) = system.brought(from).await?;
        let found = candidates(&group, &brought);
        let is_last = reached.known >= size && reached.position == 0;
        for ((id, subscription), found) in group.into_iter().zip(found) {
            let events: Vec<&Brought> = found.iter().filter_map(|at| brought.get(*at)).collect();
            let views = match events.is_empty() {
                true => Ok(Vec::new()),
                false => system.to_be_told(&subscription, &events, &mut readers).await,
            };
            let ends_round = is_last && due.contains(&id);
            let mut guard = all.lock().await;
            let Some(followed) = guard.get_mut(&id) else { continue };
            let views = match views {
                Ok(views) => views,
                Err(error) => {
                    // The right has ended: nothing is told until somebody has it again.
                    tracing::warn!(%error, subscription = %id, "a subscription is not told");
                    followed.let_be = Some(Instant::now() + LET_BE.1);
                    continue;
                }
            };
            if views.is_empty() && !(ends_round && subscription.terms.report_if_empty) {
                followed.told = reached;
                if ends_round {
                    followed.due = next_due(&subscription, now);
                }
                continue;
            }
            followed.is_busy = true;
            drop(guard);
            let Ok(permit) = Arc::clone(permits).acquire_owned().await else { return Ok(()) };
            let (site, all) = (Arc::clone(site), Arc::clone(all));
            tokio::spawn(async move {
                deliver(&site, &all, &subscription, views, reached, ends_round).await;
                drop(permit);
                site.deliveries.wake.notify_one();
            });
        }
    }
    Ok(())
}

fn next_due(subscription: &Subscription, now: Timestamp) -> Option<Timestamp> {
    subscription.terms.schedule.as_ref().and_then(|schedule| schedule.next_after(now))
}

/// For each subscription the events that it may be told of: those that have one of the keys that it
/// needs, or all where an index does not help with its question.
fn candidates(group: &[(RecordId, Arc<Subscription>)], brought: &[Brought]) -> Vec<Vec<usize>> {
    let mut by_key: HashMap<i64, Vec<usize>> = HashMap::new();
    let mut found: Vec<Vec<usize>> = vec![Vec::new(); group.len()];
    for (number, (_, subscription)) in group.iter().enumerate() {
        // The narrowest list is that of the fewest keys, as far as can be told without counting.
        match subscription.query.keys().into_iter().min_by_key(Vec::len) {
            Some(keys) => {
                keys.into_iter().for_each(|key| by_key.entry(key).or_default().push(number))
            }
            None => found[number] = (0..brought.len()).collect(),
        }
    }
    for (at, event) in brought.iter().enumerate() {
        for key in &event.keys {
            for number in by_key.get(key).into_iter().flatten() {
                let list = &mut found[*number];
                if list.last() != Some(&at) {
                    list.push(at);
                }
            }
        }
    }
    found
}

/// Tells a receiver, and notes what came of it.
async fn deliver(
    site: &Site,
    all: &All,
    subscription: &Subscription,
    views: Vec<EventView>,
    reached: Told,
    ends_round: bool,
) {
    let (system, id) = (&site.system, subscription.row.id);
    let now = system.clock().now();
    let told = send(system, subscription, views, now).await;
    let noted = match &told {
        Ok(()) => system.note_told(&[(id, reached, Some(now))]).await,
        Err(_) => Ok(()),
    };
    let mut all = all.lock().await;
    let Some(followed) = all.get_mut(&id) else { return };
    followed.is_busy = false;
    match (told, noted) {
        (Ok(()), Ok(())) => {
            followed.told = reached;
            followed.noted = reached;
            followed.let_be = None;
            followed.pause = LET_BE.0;
            if ends_round {
                followed.due = next_due(subscription, now);
            }
        }
        (told, noted) => {
            let reason = told.err().or(noted.err().map(|error| error.to_string()));
            tracing::info!(subscription = %id, ?reason, "a receiver is told again later");
            followed.let_be = Some(Instant::now() + followed.pause);
            followed.pause = (followed.pause * 2).min(LET_BE.1);
        }
    }
}

/// Sends a query document with a signature: `GS1-Signature: t=SECONDS,v1=HEX`, the HMAC-SHA256 under the
/// subscriber's secret of the seconds, a dot and the body.
async fn send(
    system: &System,
    subscription: &Subscription,
    views: Vec<EventView>,
    now: Timestamp,
) -> Result<(), String> {
    let Subscription { row, terms, .. } = subscription;
    let secret = system.subscription_secret(row).map_err(|error| error.to_string())?;
    let asked = Asked {
        notation: if terms.xml { Notation::Xml } else { Notation::Json },
        media: if terms.xml { "application/xml" } else { "application/json" },
        epcs: match terms.epc_format.as_deref() {
            Some("Always_EPC_URN") => EpcFormat::Urn,
            Some("Never_Translates") => EpcFormat::AsSent,
            _ => EpcFormat::DigitalLink,
        },
        web_words: false,
        extensions: epcis::Namespaces::default(),
    };
    let (made, id) = (now.to_string(), row.id.to_string());
    let about = About { now: &made, query: &row.query, subscription: Some(&id) };
    let body = document::write(&system.pack(), &asked, about, views);
    let seconds = now.micros().div_euclid(1_000_000).to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret).map_err(|error| error.to_string())?;
    mac.update(seconds.as_bytes());
    mac.update(b".");
    mac.update(body.as_bytes());
    let signature: String =
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let signature = format!("t={seconds},v1={signature}");
    let posting = post(&terms.dest, asked.media, &signature, body);
    match tokio::time::timeout(PATIENCE, posting).await {
        Ok(told) => told,
        Err(_) => Err("no answer in time".to_owned()),
    }
}

/// Posts a body; it is received where the answer is 2xx.
async fn post(dest: &str, media: &str, signature: &str, body: String) -> Result<(), String> {
    let uri: Uri = dest.parse().map_err(|_| "the address is none".to_owned())?;
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = uri.port_u16().unwrap_or(80);
    let mut addresses =
        tokio::net::lookup_host((host.as_str(), port)).await.map_err(|e| e.to_string())?;
    // What a name stands for is looked at again: it may have changed since it was taken.
    let is_local = host.parse::<IpAddr>().is_ok() || host.eq_ignore_ascii_case("localhost");
    let may_be = |address: &SocketAddr| {
        !is_reserved(address.ip()) && (is_local || !address.ip().to_canonical().is_loopback())
    };
    let address = addresses.find(may_be).ok_or("no address of a receiver")?;
    let stream = TcpStream::connect(address).await.map_err(|e| e.to_string())?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake::<_, Full<Bytes>>(TokioIo::new(stream))
            .await
            .map_err(|e| e.to_string())?;
    let connection = tokio::spawn(connection);
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let authority = uri.authority().map_or(host.as_str(), |authority| authority.as_str());
    let request = Request::post(path)
        .header(header::HOST, authority)
        .header(header::CONTENT_TYPE, media)
        .header(header::USER_AGENT, concat!("zhiheng/", env!("CARGO_PKG_VERSION")))
        .header("gs1-epcis-version", super::negotiate::VERSION)
        .header("gs1-signature", signature)
        .body(Full::new(Bytes::from(body)))
        .map_err(|e| e.to_string())?;
    let answer = sender.send_request(request).await.map_err(|e| e.to_string());
    let status = answer.map(|answer| answer.status());
    connection.abort();
    match status? {
        status if status.is_success() => Ok(()),
        status => Err(format!("the receiver answered {status}")),
    }
}
