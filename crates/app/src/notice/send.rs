//! Sending what waits in the outbox: tried again, later each time, and given up after some days.

use std::pin::Pin;
use std::sync::Arc;

use model::Timestamp;
use store::notice::{self, NoticeRow};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::smtp::{Letter, Relay, Trouble};
use super::{EMAIL, Message, WEBHOOK, name};
use crate::fault::Rejection;
use crate::system::System;

/// Notices of one round.
const AT_ONCE: u64 = 200;
/// Sent at the same time.
const BESIDE: usize = 8;
/// How often one is tried before it is given up.
const MOST_TRIES: u64 = 12;
/// The first and the longest pause before it is tried again, in µs.
const PAUSE: (i64, i64) = (60_000_000, 6 * 3_600_000_000);

/// A message to an address of HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Where to.
    pub address: String,
    /// What it is signed with.
    pub secret: String,
    /// Its name: the same each time that it is sent.
    pub name: String,
    /// JSON.
    pub body: String,
    /// When it was made.
    pub made: Timestamp,
}

/// What sends messages over HTTP: the edge has what that takes.
pub trait Hook: Send + Sync {
    /// Sends one; it is received where the answer says so.
    fn post(&self, post: Post) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + '_>>;
}

/// What carries notices out of the program. What is carried by nothing waits.
#[derive(Clone, Default)]
pub struct Carriers {
    /// The relay for e-mail.
    pub relay: Option<Arc<Relay>>,
    /// What sends over HTTP.
    pub hook: Option<Arc<dyn Hook>>,
    /// The address of this program, for links: `https://…`, without a stroke at its end.
    pub base: String,
}

/// What came of a round.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent {
    /// How many were sent.
    pub sent: u64,
    /// How many are tried again.
    pub again: u64,
    /// How many were given up.
    pub failed: u64,
}

/// Why one was not sent.
enum Not {
    /// It can be tried again.
    Yet(String),
    /// It never will be.
    Ever(String),
}

impl System {
    /// Sends what waits and is due, and notes what came of each as soon as it is known.
    ///
    /// # Errors
    /// A fault of the store; what waits is sent the next time.
    pub async fn send_notices(&self, carriers: &Carriers) -> Result<Sent, Rejection> {
        let now = self.clock().now();
        let waiting = self.reader().db().notices_waiting(now, AT_ONCE).await?;
        let gate = Arc::new(Semaphore::new(BESIDE));
        let mut under_way = JoinSet::new();
        let mut went = Sent::default();
        for row in waiting {
            let is_carried = match row.channel.as_str() {
                EMAIL => carriers.relay.is_some(),
                WEBHOOK => carriers.hook.is_some(),
                _ => false,
            };
            if !is_carried {
                continue;
            }
            let place = self.place_of_notice(&row).await?;
            let (carriers, gate) = (carriers.clone(), Arc::clone(&gate));
            under_way.spawn(async move {
                let _turn = gate.acquire_owned().await;
                let sent = match place {
                    None => Err(Not::Ever("the channel was given up".to_owned())),
                    Some(place) => carry(&carriers, &row, place, now).await,
                };
                (row, sent)
            });
        }
        while let Some(done) = under_way.join_next().await {
            let Ok((row, sent)) = done else { continue };
            let at = self.clock().now();
            let statement = match &sent {
                Ok(()) => {
                    went.sent += 1;
                    notice::tried(&row, "sent", at, at, None)
                }
                Err(Not::Yet(trouble)) if row.attempts + 1 < MOST_TRIES => {
                    went.again += 1;
                    notice::tried(&row, "waiting", at, again(at, row.attempts), Some(trouble))
                }
                Err(Not::Yet(trouble) | Not::Ever(trouble)) => {
                    went.failed += 1;
                    tracing::warn!(
                        account = row.account,
                        channel = row.channel,
                        trouble,
                        "not told"
                    );
                    notice::tried(&row, "failed", at, at, Some(trouble))
                }
            };
            self.reader().db().write(vec![statement]).await?;
        }
        Ok(went)
    }
}

/// When one is tried again: after a minute, two, four, to six hours.
fn again(now: Timestamp, attempts: u64) -> Timestamp {
    let pause = PAUSE.0.saturating_mul(1_i64 << attempts.min(30)).min(PAUSE.1);
    Timestamp::from_micros(now.micros() + pause)
}

async fn carry(
    carriers: &Carriers,
    row: &NoticeRow,
    place: super::choose::Where,
    now: Timestamp,
) -> Result<(), Not> {
    let message = Message::of(&row.message).ok_or_else(|| Not::Ever("it does not read".into()))?;
    let link = format!("{}{}", carriers.base, message.link);
    match row.channel.as_str() {
        EMAIL => {
            let Some(relay) = &carriers.relay else { return Err(Not::Yet("no relay".into())) };
            let number = match message.number.is_empty() {
                true => String::new(),
                false => format!("{} ", message.number),
            };
            let letter = Letter {
                to: place.address,
                subject: format!("{number}{}", message.zh),
                text: format!("{number}{}\n{number}{}\n\n{link}\n", message.zh, message.en),
                name: name(row),
                at: row.created_at,
            };
            relay.send(&letter).await.map_err(|trouble| match trouble {
                Trouble::Passing(what) => Not::Yet(what),
                Trouble::Lasting(what) => Not::Ever(what),
            })
        }
        WEBHOOK => {
            let Some(hook) = &carriers.hook else { return Err(Not::Yet("no sender".into())) };
            let body = serde_json::json!({
                "id": name(row), "day": row.day, "duty": row.duty, "zh": message.zh,
                "en": message.en, "number": message.number, "link": link,
                "statutory": message.statutory,
            });
            let post = Post {
                address: place.address,
                secret: place.secret,
                name: name(row),
                body: body.to_string(),
                made: now,
            };
            hook.post(post).await.map_err(Not::Yet)
        }
        other => Err(Not::Ever(format!("there is no channel {other}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_are_bounded() {
        let after = |attempts| again(Timestamp::from_micros(0), attempts).micros() / 1_000_000;
        assert_eq!([after(0), after(1), after(2), after(40)], [60, 120, 240, 21_600]);
    }
}
