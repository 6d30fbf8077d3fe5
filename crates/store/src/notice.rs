//! What people are told: an outbox of which each row is told once, and by which channels.

use model::Timestamp;

use crate::db::{Db, Row, Statement};
use crate::error::Error;

/// Something that somebody is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRow {
    /// Whom.
    pub account: String,
    /// Of what, by a key that is the same whenever it is told.
    pub duty: String,
    /// On which day.
    pub day: String,
    /// By which channel.
    pub channel: String,
    /// `waiting`, `sent` or `failed`.
    pub state: String,
    /// What is told, as JSON.
    pub message: String,
    /// When it was put here.
    pub created_at: Timestamp,
    /// How often it was tried.
    pub attempts: u64,
    /// When it is tried next.
    pub next_at: Timestamp,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
    /// When it was read here.
    pub read_at: Option<Timestamp>,
    /// Why it was not sent.
    pub trouble: Option<String>,
}

/// A channel that somebody chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelRow {
    /// Whose.
    pub account: String,
    /// Which.
    pub channel: String,
    /// Where to and with which secret, under the master key.
    pub sealed: Vec<u8>,
    /// Whether only what the law has somebody told comes by it.
    pub statutory_only: bool,
}

const COLUMNS: &str = "SELECT account, duty, day, channel, state, message, created_at, attempts, \
     next_at, sent_at, read_at, trouble FROM notice";

impl Db {
    /// What waits to be sent by a time, the longest due first.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn notices_waiting(
        &self,
        now: Timestamp,
        most: u64,
    ) -> Result<Vec<NoticeRow>, Error> {
        let sql = format!(
            "{COLUMNS} WHERE state = 'waiting' AND next_at <= $1 ORDER BY next_at, account, duty LIMIT $2"
        );
        self.query(&sql, vec![now.into(), most.into()]).await?.into_iter().map(notice).collect()
    }

    /// What somebody was told by a channel, the newest first.
    ///
    /// # Errors
    /// As [`notices_waiting`](Self::notices_waiting).
    pub async fn notices_of(
        &self,
        account: &str,
        channel: &str,
        most: u64,
    ) -> Result<Vec<NoticeRow>, Error> {
        let sql = format!(
            "{COLUMNS} WHERE account = $1 AND channel = $2 ORDER BY created_at DESC, duty LIMIT $3"
        );
        let binds = vec![account.into(), channel.into(), most.into()];
        self.query(&sql, binds).await?.into_iter().map(notice).collect()
    }

    /// The channels that somebody chose.
    ///
    /// # Errors
    /// As [`notices_waiting`](Self::notices_waiting).
    pub async fn notice_channels(&self, account: &str) -> Result<Vec<ChannelRow>, Error> {
        const SQL: &str = "SELECT account, channel, sealed, statutory_only FROM notice_channel \
             WHERE account = $1 ORDER BY channel";
        let rows = self.query(SQL, vec![account.into()]).await?;
        rows.into_iter()
            .map(|mut row| {
                let statutory_only: i64 = row.take(3)?;
                Ok(ChannelRow {
                    account: row.take(0)?,
                    channel: row.take(1)?,
                    sealed: row.take(2)?,
                    statutory_only: statutory_only != 0,
                })
            })
            .collect()
    }
}

fn notice(mut row: Row) -> Result<NoticeRow, Error> {
    Ok(NoticeRow {
        account: row.take(0)?,
        duty: row.take(1)?,
        day: row.take(2)?,
        channel: row.take(3)?,
        state: row.take(4)?,
        message: row.take(5)?,
        created_at: row.take(6)?,
        attempts: row.take(7)?,
        next_at: row.take(8)?,
        sent_at: row.take(9)?,
        read_at: row.take(10)?,
        trouble: row.take(11)?,
    })
}

/// Puts something into the outbox, unless this person is told of it on this day by this channel already.
pub fn put(row: &NoticeRow) -> Statement {
    Statement::new(
        "INSERT INTO notice (account, duty, day, channel, state, message, created_at, attempts, \
         next_at, sent_at, read_at, trouble) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
         ON CONFLICT (account, duty, day, channel) DO NOTHING",
        vec![
            row.account.as_str().into(),
            row.duty.as_str().into(),
            row.day.as_str().into(),
            row.channel.as_str().into(),
            row.state.as_str().into(),
            row.message.as_str().into(),
            row.created_at.into(),
            row.attempts.into(),
            row.next_at.into(),
            row.sent_at.into(),
            row.read_at.into(),
            row.trouble.as_deref().into(),
        ],
    )
}

/// Notes what came of an attempt; changes nothing where it was sent meanwhile.
pub fn tried(
    row: &NoticeRow,
    state: &str,
    now: Timestamp,
    next_at: Timestamp,
    trouble: Option<&str>,
) -> Statement {
    let sent_at = (state == "sent").then_some(now);
    Statement::new(
        "UPDATE notice SET state = $1, attempts = attempts + 1, next_at = $2, sent_at = $3, \
         trouble = $4 WHERE account = $5 AND duty = $6 AND day = $7 AND channel = $8 \
         AND state = 'waiting'",
        vec![
            state.into(),
            next_at.into(),
            sent_at.into(),
            trouble.into(),
            row.account.as_str().into(),
            row.duty.as_str().into(),
            row.day.as_str().into(),
            row.channel.as_str().into(),
        ],
    )
}

/// Notes that somebody has read what was told here by a time.
pub fn read(account: &str, channel: &str, now: Timestamp) -> Statement {
    const SQL: &str = "UPDATE notice SET read_at = $1 \
         WHERE account = $2 AND channel = $3 AND read_at IS NULL AND created_at <= $1";
    Statement::new(SQL, vec![now.into(), account.into(), channel.into()])
}

/// Forgets what was told before a time and waits no more.
pub fn forget(before: Timestamp) -> Statement {
    const SQL: &str = "DELETE FROM notice WHERE created_at < $1 AND state <> 'waiting'";
    Statement::new(SQL, vec![before.into()])
}

/// Chooses a channel, in place of how it was chosen before.
pub fn choose(row: &ChannelRow, now: Timestamp) -> Statement {
    Statement::new(
        "INSERT INTO notice_channel (account, channel, sealed, statutory_only, changed_at) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account, channel) DO UPDATE SET \
         sealed = excluded.sealed, statutory_only = excluded.statutory_only, \
         changed_at = excluded.changed_at",
        vec![
            row.account.as_str().into(),
            row.channel.as_str().into(),
            row.sealed.as_slice().into(),
            i64::from(row.statutory_only).into(),
            now.into(),
        ],
    )
}

/// Gives a channel up.
pub fn give_up(account: &str, channel: &str) -> Statement {
    const SQL: &str = "DELETE FROM notice_channel WHERE account = $1 AND channel = $2";
    Statement::new(SQL, vec![account.into(), channel.into()])
}
