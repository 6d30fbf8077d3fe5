//! Notices: people are told of what has to be done, in the program, by e-mail, or to an address of theirs.
//!
//! What somebody is told stands in an outbox under the person, what it is about, the day and the channel:
//! nothing is told twice to a person on one day. It is sent at least once: what was sent and could not be
//! noted any more goes out again under the same name ([`name`]), by which a receiver knows it. What is told
//! has no personal data beyond a number and a link.

mod choose;
mod send;
pub mod smtp;
mod source;
mod whom;

pub use choose::{Chosen, ChosenChannel};
pub use send::{Carriers, Hook, Post, Sent};
pub use smtp::Relay;

use std::collections::HashMap;

use clock::Date;
use model::{Digest, Timestamp};
use serde::{Deserialize, Serialize};
use store::notice::{self, ChannelRow, NoticeRow};

use crate::case::Words;
use crate::fault::Rejection;
use crate::system::System;

/// The channels of which people choose; in the program they are told always.
pub const EMAIL: &str = "email";
/// An address that takes messages of this program.
pub const WEBHOOK: &str = "webhook";
/// In the program itself.
pub(crate) const APP: &str = "app";

/// How long what was told is kept, in µs: half a year.
const KEPT: i64 = 183 * 86_400_000_000;
/// The most notices that somebody is shown.
const MOST_SHOWN: u64 = 200;

/// Something that somebody is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Whom, as an account.
    pub account: String,
    /// Of what: the same key whenever it is told.
    pub duty: String,
    /// On which day.
    pub day: Date,
    /// What it is.
    pub message: Message,
}

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// What it is about, in Chinese and English, without anything of persons.
    pub zh: String,
    /// In English.
    pub en: String,
    /// The number of the case or document, where it has one.
    #[serde(default)]
    pub number: String,
    /// Where to look, from the root of the program.
    pub link: String,
    /// Whether the law has somebody told; else it can be given up.
    pub statutory: bool,
}

/// A notice as it is shown in the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// What it is.
    pub message: Message,
    /// Since when.
    pub at: Timestamp,
    /// Whether it was read before.
    pub is_read: bool,
}

/// The name of a notice to those who receive it: the same each time that it is sent.
pub fn name(row: &NoticeRow) -> String {
    let parts = [&row.account, &row.duty, &row.day, &row.channel];
    let text = parts.map(|part| format!("{}:{part}", part.len())).concat();
    let digest = Digest::of(&[text.as_bytes()]);
    digest.as_bytes().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

impl Message {
    /// In both languages.
    pub fn words(&self) -> Words {
        Words { zh: self.zh.clone(), en: self.en.clone() }
    }

    fn of(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

impl System {
    /// Tells people: each once on a day of one thing, by each channel that they chose. Returns how many
    /// notices are new.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn tell(&self, notices: &[Notice]) -> Result<u64, Rejection> {
        let now = self.clock().now();
        let db = self.reader().db();
        let mut statements = Vec::new();
        let mut known: HashMap<&str, Vec<ChannelRow>> = HashMap::new();
        for one in notices {
            let mut channels = vec![APP.to_owned()];
            let chosen = match known.get(one.account.as_str()) {
                Some(chosen) => chosen.clone(),
                None => {
                    let chosen = db.notice_channels(&one.account).await?;
                    known.insert(&one.account, chosen.clone());
                    chosen
                }
            };
            for chosen in chosen {
                if one.message.statutory || !chosen.statutory_only {
                    channels.push(chosen.channel);
                }
            }
            let message = serde_json::to_string(&one.message).map_err(|error| {
                store::Error::Unavailable { reason: format!("a notice: {error}") }
            })?;
            for channel in channels {
                // What is told in the program is there at once.
                let (state, sent_at) = match channel == APP {
                    true => ("sent", Some(now)),
                    false => ("waiting", None),
                };
                statements.push(notice::put(&NoticeRow {
                    account: one.account.clone(),
                    duty: one.duty.clone(),
                    day: one.day.to_string(),
                    channel,
                    state: state.to_owned(),
                    message: message.clone(),
                    created_at: now,
                    attempts: 0,
                    next_at: now,
                    sent_at,
                    read_at: None,
                    trouble: None,
                }));
            }
        }
        if statements.is_empty() {
            return Ok(0);
        }
        Ok(db.write(statements).await?)
    }

    /// What somebody was told in the program, the newest first.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn notices(&self, account: &str) -> Result<Vec<Shown>, Rejection> {
        let rows = self.reader().db().notices_of(account, APP, MOST_SHOWN).await?;
        let shown = rows.into_iter().filter_map(|row| {
            let message = Message::of(&row.message)?;
            Some(Shown { message, at: row.created_at, is_read: row.read_at.is_some() })
        });
        Ok(shown.collect())
    }

    /// Notes that somebody has read what they were told.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn read_notices(&self, account: &str) -> Result<(), Rejection> {
        let now = self.clock().now();
        self.reader().db().write(vec![notice::read(account, APP, now)]).await?;
        Ok(())
    }

    /// Forgets what was told long ago.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn forget_notices(&self) -> Result<(), Rejection> {
        let before = Timestamp::from_micros(self.clock().now().micros() - KEPT);
        self.reader().db().write(vec![notice::forget(before)]).await?;
        Ok(())
    }
}
