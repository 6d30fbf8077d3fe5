//! Subscribers are told of events: at least once, in the order in which events began to count.
//!
//! One task follows the records for all of them. It reads what came once, and moves the front with it;
//! whom an event may concern, and whoever is behind, takes a turn (see `subscribers`). A subscriber moves on
//! when what was told was received; where nothing was to be told it moves on by itself. A receiver that does
//! not answer is tried again, later each time.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use app::epcis::{Brought, EventView, Readers, Subscription, Told};
use app::{Rejection, System};
use model::RecordId;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, oneshot};

use super::document::{self, About};
use super::negotiate::{Asked, EpcFormat, Notation};
use super::post::{Letter, post};
use super::socket::{Patience, Sockets, Tell};
use super::subscribers::{LET_BE, Queue, Socket, Subscribers, Turn, Way};
use super::tls::Trust;
use super::token;
use crate::site::Site;

/// How often it is looked whether events came that nobody spoke of.
const PAUSE: Duration = Duration::from_millis(250);
/// The least time between two rounds: what comes in such a moment is read and told together.
const LEAST: Duration = Duration::from_millis(20);
/// How often how far subscriptions are that had nothing to be told is noted.
const NOTED: Duration = Duration::from_secs(60);
/// How long all are let be after a fault of the store.
const AFTER_FAULT: Duration = Duration::from_secs(1);
/// Parts of the records by which the front moves, and that one turn looks at, in a round.
const STEPS: usize = 16;
/// Events that are told at once, and bytes of them.
const AT_ONCE: (usize, usize) = (500, 4 << 20);
/// Parts of the records that are kept to be looked at by the next, their bytes, and for how long: what is
/// taken back meanwhile is told for so long.
const KEPT: (usize, usize, Duration) = (256, 32 << 20, Duration::from_secs(3));

/// Deliveries at once from a queue: each holds one part of the events at most.
fn bound(queue: Queue) -> usize {
    match queue {
        Queue::Hooks | Queue::Sockets => 64,
        Queue::Troubled => 8,
    }
}

/// Those who are told, and what requests say of them.
#[derive(Default)]
pub struct Deliveries {
    version: AtomicU64,
    is_started: AtomicBool,
    wake: Arc<Notify>,
    subscribers: Mutex<Subscribers>,
    /// Connections to those who are told.
    pub(super) sockets: Sockets,
    /// Who vouches for receivers over HTTPS.
    trust: Arc<Trust>,
}

impl Deliveries {
    /// As they are set where a program is served.
    pub(crate) fn with(trust: Trust, patience: Patience) -> Self {
        let trust = Arc::new(trust);
        Self { sockets: Sockets::with(patience), trust, ..Self::default() }
    }

    /// Who vouches for receivers over HTTPS.
    pub(crate) fn trust(&self) -> Arc<Trust> {
        Arc::clone(&self.trust)
    }

    /// Says that subscriptions came or went.
    pub fn changed(&self) {
        self.version.fetch_add(1, Ordering::SeqCst);
        self.wake.notify_one();
    }

    /// Says that a question is asked no more.
    pub fn forget(&self, on_behalf_of: &str, query: &str) {
        self.subscribers().forget(on_behalf_of, query);
        self.changed();
    }

    /// Begins no more to tell anybody, and closes all connections; comes when they are closed.
    pub async fn end(&self) {
        self.sockets.end().await;
    }

    /// Everybody who is told.
    pub(super) fn subscribers(&self) -> MutexGuard<'_, Subscribers> {
        self.subscribers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds somebody who is told for as long as a connection lasts.
    pub(super) fn join(&self, system: &System, subscription: Subscription, socket: Socket) {
        self.subscribers().add(subscription, Way::Socket(socket), system.clock().now());
        self.wake.notify_one();
    }

    /// Lets somebody go who was told over a connection.
    pub(super) fn leave(&self, id: RecordId) {
        self.subscribers().leave(id);
    }
}

/// Begins to tell subscribers, where that was not begun. It ends with the site.
pub fn start(site: &Arc<Site>) {
    if !site.deliveries.is_started.swap(true, Ordering::SeqCst) {
        tokio::spawn(follow(Arc::downgrade(site), Arc::clone(&site.deliveries.wake)));
    }
}

async fn follow(site: Weak<Site>, wake: Arc<Notify>) {
    let mut rounds = Rounds::default();
    let mut growth = match site.upgrade() {
        Some(running) => running.system.growth(),
        None => return,
    };
    loop {
        let Some(running) = site.upgrade() else { return };
        if running.deliveries.sockets.are_ending() {
            return;
        }
        let done = rounds.round(&running).await;
        // Nothing is held while there is nothing to do: a site that is gone is seen to be.
        drop(running);
        tokio::time::sleep(LEAST).await;
        let pause = match done {
            Ok(true) => continue,
            Ok(false) => PAUSE,
            Err(error) => {
                tracing::warn!(%error, "subscriptions to events");
                AFTER_FAULT
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = wake.notified() => {}
            Ok(()) = growth.changed() => {}
        }
    }
}

/// A part of the records: what they bring.
struct Part {
    brought: Vec<Brought>,
    by_key: HashMap<i64, Vec<usize>>,
    reached: Told,
    made: Instant,
    bytes: usize,
}

impl Part {
    /// The events that may answer a question: those that have one of its keys, or all.
    fn candidates(&self, keys: Option<&[i64]>) -> Vec<&Brought> {
        let Some(keys) = keys else { return self.brought.iter().collect() };
        let mut found: Vec<usize> =
            keys.iter().filter_map(|key| self.by_key.get(key)).flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().filter_map(|at| self.brought.get(at)).collect()
    }
}

/// Parts that were read, for those who come by the same places in a moment.
#[derive(Default)]
struct Recent {
    parts: HashMap<Told, Arc<Part>>,
    order: VecDeque<Told>,
    bytes: usize,
}

impl Recent {
    async fn part(
        &mut self,
        system: &System,
        from: Told,
        until: Option<Told>,
    ) -> Result<Arc<Part>, Rejection> {
        self.forget();
        if let Some(part) = self.parts.get(&from) {
            return Ok(Arc::clone(part));
        }
        let (brought, reached) = system.brought(from, until).await?;
        let mut by_key: HashMap<i64, Vec<usize>> = HashMap::new();
        for (at, event) in brought.iter().enumerate() {
            event.keys.iter().for_each(|key| by_key.entry(*key).or_default().push(at));
        }
        let bytes = brought.iter().map(|event| event.view.bytes).sum();
        let part = Arc::new(Part { brought, by_key, reached, made: Instant::now(), bytes });
        if reached > from {
            self.bytes += bytes;
            self.order.push_back(from);
            self.parts.insert(from, Arc::clone(&part));
        }
        Ok(part)
    }

    fn forget(&mut self) {
        while let Some(part) = self.order.front().and_then(|from| self.parts.get(from)) {
            let is_kept =
                self.order.len() <= KEPT.0 && self.bytes <= KEPT.1 && part.made.elapsed() <= KEPT.2;
            if is_kept {
                return;
            }
            self.bytes -= part.bytes;
            if let Some(from) = self.order.pop_front() {
                self.parts.remove(&from);
            }
        }
    }
}

/// What lasts from one round to the next.
struct Rounds {
    recent: Recent,
    permits: HashMap<Queue, Arc<Semaphore>>,
    version: Option<u64>,
    noted: Instant,
}

impl Default for Rounds {
    fn default() -> Self {
        let permits = Queue::ALL.map(|queue| (queue, Arc::new(Semaphore::new(bound(queue)))));
        Self {
            recent: Recent::default(),
            permits: permits.into(),
            version: None,
            noted: Instant::now(),
        }
    }
}

impl Rounds {
    /// One round; whether there is more to do at once.
    async fn round(&mut self, site: &Arc<Site>) -> Result<bool, Rejection> {
        let (system, deliveries) = (&site.system, &site.deliveries);
        let now = system.clock().now();
        let version = deliveries.version.load(Ordering::SeqCst);
        if self.version != Some(version) {
            let stored = system.all_subscriptions().await?;
            let mut subscribers = deliveries.subscribers();
            if self.version.is_none() {
                // Whoever is behind it comes up to it.
                let known = stored.iter().map(|one| one.told()).max().unwrap_or_default();
                subscribers.advance(known);
            }
            subscribers.take_over(stored, now);
            self.version = Some(version);
        }
        deliveries.subscribers().wake(now, Instant::now());
        let mut more = self.move_front(site).await?;
        let mut readers = Readers::default();
        for queue in Queue::ALL {
            more |= self.turns(site, queue, &mut readers).await?;
        }
        if self.noted.elapsed() >= NOTED {
            let moved = deliveries.subscribers().to_note();
            for piece in moved.chunks(1000) {
                let told: Vec<_> = piece.iter().map(|(id, told)| (*id, *told, None)).collect();
                system.note_told(&told).await?;
                deliveries.subscribers().noted(piece);
            }
            self.noted = Instant::now();
        }
        Ok(more)
    }

    /// The front comes up to what is stored; whether it has still to go on.
    async fn move_front(&mut self, site: &Site) -> Result<bool, Rejection> {
        let (system, deliveries) = (&site.system, &site.deliveries);
        let size = system.reader().size().await?;
        for _ in 0..STEPS {
            let from = {
                let mut subscribers = deliveries.subscribers();
                if subscribers.is_empty() {
                    subscribers.advance(Told { known: size, position: 0 });
                }
                subscribers.front()
            };
            if from.known >= size {
                return Ok(false);
            }
            let part = self.recent.part(system, from, None).await?;
            let mut subscribers = deliveries.subscribers();
            subscribers.concern(part.brought.iter().map(|event| event.keys.as_slice()));
            subscribers.advance(part.reached);
        }
        Ok(true)
    }

    /// Those of a queue take their turns while there is room; whether more could.
    async fn turns(
        &mut self,
        site: &Arc<Site>,
        queue: Queue,
        readers: &mut Readers,
    ) -> Result<bool, Rejection> {
        let Some(permits) = self.permits.get(&queue).map(Arc::clone) else { return Ok(false) };
        let waiting = site.deliveries.subscribers().waiting(queue);
        for _ in 0..waiting {
            let Ok(permit) = Arc::clone(&permits).try_acquire_owned() else { return Ok(false) };
            let Some(turn) = site.deliveries.subscribers().turn(queue) else { return Ok(false) };
            let gathered = self.gathered(site, &turn, readers).await;
            let now = site.system.clock().now();
            match gathered {
                Ok((views, to)) => {
                    let front = site.deliveries.subscribers().front();
                    let ends_round = to >= front && turn.subscription.terms.report_if_empty;
                    let is_timed = turn.subscription.terms.schedule.is_some();
                    if views.is_empty() && !(is_timed && ends_round) {
                        site.deliveries.subscribers().moved(turn.id, to, false, now);
                        continue;
                    }
                    tokio::spawn(deliver(Arc::clone(site), turn, views, to, permit));
                }
                Err(Rejection::Store(error)) => {
                    site.deliveries.subscribers().rest(turn.id, AFTER_FAULT);
                    return Err(error.into());
                }
                Err(ended) => stop(site, turn, &ended),
            }
        }
        Ok(site.deliveries.subscribers().waiting(queue) > 0)
    }

    /// What somebody is told next, and how far that is.
    async fn gathered(
        &mut self,
        site: &Site,
        turn: &Turn,
        readers: &mut Readers,
    ) -> Result<(Vec<EventView>, Told), Rejection> {
        let front = site.deliveries.subscribers().front();
        let (mut views, mut bytes, mut at) = (Vec::new(), 0, turn.place);
        for _ in 0..STEPS {
            if at >= front {
                break;
            }
            let part = self.recent.part(&site.system, at, Some(front)).await?;
            let events = part.candidates(turn.keys.as_deref());
            let found = site.system.to_be_told(&turn.subscription, &events, readers).await?;
            let more: usize = found.iter().map(|view| view.bytes).sum();
            let is_full = views.len() + found.len() > AT_ONCE.0 || bytes + more > AT_ONCE.1;
            if is_full && !views.is_empty() {
                break;
            }
            bytes += more;
            views.extend(found);
            at = part.reached;
        }
        Ok((views, at))
    }
}

/// The right has ended: nothing is told until somebody has it again, and a connection is closed.
fn stop(site: &Site, turn: Turn, ended: &Rejection) {
    tracing::warn!(error = %ended, subscription = %turn.id, "a subscription is not told");
    match turn.way {
        Way::Hook => site.deliveries.subscribers().rest(turn.id, LET_BE.1),
        Way::Socket(socket) => {
            let _ = socket.tell.try_send(Tell::RightEnded);
            site.deliveries.leave(turn.id);
        }
    }
}

/// Tells somebody, and notes what came of it.
async fn deliver(
    site: Arc<Site>,
    turn: Turn,
    views: Vec<EventView>,
    to: Told,
    permit: OwnedSemaphorePermit,
) {
    let (system, id) = (&site.system, turn.id);
    let now = system.clock().now();
    let told = match &turn.way {
        Way::Hook => match to_hook(&site, &turn.subscription, views).await {
            Ok(()) => {
                let noted = system.note_told(&[(id, to, Some(now))]).await;
                noted.map_err(|error| error.to_string())
            }
            refused => refused,
        },
        Way::Socket(socket) => over(&site, &turn.subscription, socket, views, to).await,
    };
    {
        let mut subscribers = site.deliveries.subscribers();
        match (told, &turn.way) {
            (Ok(()), _) => subscribers.moved(id, to, true, now),
            (Err(reason), Way::Hook) => {
                tracing::info!(subscription = %id, reason, "a receiver is told again later");
                subscribers.refused(id);
            }
            (Err(_), Way::Socket(_)) => subscribers.leave(id),
        }
    }
    drop(permit);
    site.deliveries.wake.notify_one();
}

/// A query document for a subscriber.
fn written(
    system: &System,
    subscription: &Subscription,
    asked: &Asked,
    views: Vec<EventView>,
    place: Option<&str>,
) -> Letter {
    let made = system.clock().now();
    let (now, id) = (made.to_string(), subscription.row.id.to_string());
    let query = &subscription.row.query;
    let about = About { now: &now, query, subscription: Some(&id), place };
    let body = document::write(&system.pack(), asked, about, views);
    Letter { media: asked.media, body, made, name: None }
}

/// Sends a query document with a signature.
async fn to_hook(
    site: &Site,
    subscription: &Subscription,
    views: Vec<EventView>,
) -> Result<(), String> {
    let Subscription { row, terms, .. } = subscription;
    let secret = site.system.subscription_secret(row).map_err(|error| error.to_string())?;
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
    let letter = written(&site.system, subscription, &asked, views, None);
    post(&site.deliveries.trust, &terms.dest, letter, &secret).await
}

/// Sends a query document over a connection; it comes when the connection took it.
async fn over(
    site: &Site,
    subscription: &Subscription,
    socket: &Socket,
    views: Vec<EventView>,
    to: Told,
) -> Result<(), String> {
    let place = token::place_text(to, &socket.question);
    let letter = written(&site.system, subscription, &socket.asked, views, Some(&place));
    let (sent, is_sent) = oneshot::channel();
    let tell = Tell::Document { text: letter.body, sent };
    socket.tell.send(tell).await.map_err(|_| "the connection is closed".to_owned())?;
    is_sent.await.map_err(|_| "the connection did not take it".to_owned())
}
