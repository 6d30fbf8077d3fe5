//! Who is logged in, and links that are good for one use. Of both only a digest is kept.

use model::Timestamp;

use crate::db::{Db, Row, Statement};
use crate::error::Error;

/// A session as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// The digest of its token.
    pub digest: Vec<u8>,
    /// Whose it is.
    pub account: String,
    /// How far the log-in is.
    pub stage: String,
    /// When the person began to log in.
    pub created_at: Timestamp,
    /// When a request last came with it, to the minute.
    pub seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// A link as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkRow {
    /// The digest of its text.
    pub digest: Vec<u8>,
    /// The account whose password it sets; none where it makes one.
    pub account: Option<String>,
    /// The role of the account that it makes.
    pub role: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is no longer good.
    pub expires_at: Timestamp,
    /// When it was used.
    pub used_at: Option<Timestamp>,
}

const SESSION: &str = "SELECT digest, account, stage, created_at, seen_at, expires_at FROM session";
const LINK: &str =
    "SELECT digest, account, role, created_at, expires_at, used_at FROM one_time_link";

impl Db {
    /// The session with a digest.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn session(&self, digest: &[u8]) -> Result<Option<SessionRow>, Error> {
        let row = self.first(&format!("{SESSION} WHERE digest = $1"), vec![digest.into()]).await?;
        row.map(session).transpose()
    }

    /// The sessions of an account, the newest first.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn sessions_of(&self, account: &str) -> Result<Vec<SessionRow>, Error> {
        let sql = format!("{SESSION} WHERE account = $1 ORDER BY created_at DESC, digest");
        self.query(&sql, vec![account.into()]).await?.into_iter().map(session).collect()
    }

    /// The link with a digest.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn link(&self, digest: &[u8]) -> Result<Option<LinkRow>, Error> {
        let row = self.first(&format!("{LINK} WHERE digest = $1"), vec![digest.into()]).await?;
        row.map(link).transpose()
    }
}

fn session(mut row: Row) -> Result<SessionRow, Error> {
    Ok(SessionRow {
        digest: row.take(0)?,
        account: row.take(1)?,
        stage: row.take(2)?,
        created_at: row.take(3)?,
        seen_at: row.take(4)?,
        expires_at: row.take(5)?,
    })
}

fn link(mut row: Row) -> Result<LinkRow, Error> {
    Ok(LinkRow {
        digest: row.take(0)?,
        account: row.take(1)?,
        role: row.take(2)?,
        created_at: row.take(3)?,
        expires_at: row.take(4)?,
        used_at: row.take(5)?,
    })
}

/// Puts a session into the store, while its account is open.
pub fn put(row: &SessionRow) -> Statement {
    Statement::new(
        "INSERT INTO session (digest, account, stage, created_at, seen_at, expires_at) \
         SELECT $1, id, $2, $3, $4, $5 FROM account WHERE id = $6 AND closed_at IS NULL",
        vec![
            row.digest.as_slice().into(),
            row.stage.as_str().into(),
            row.created_at.into(),
            row.seen_at.into(),
            row.expires_at.into(),
            row.account.as_str().into(),
        ],
    )
}

/// Puts a session in the place of another, under another token; nothing where that one has ended.
pub fn replace(before: &[u8], row: &SessionRow) -> Statement {
    Statement::new(
        "UPDATE session SET digest = $1, stage = $2, created_at = $3, seen_at = $4, \
         expires_at = $5 WHERE digest = $6 AND account = $7",
        vec![
            row.digest.as_slice().into(),
            row.stage.as_str().into(),
            row.created_at.into(),
            row.seen_at.into(),
            row.expires_at.into(),
            before.into(),
            row.account.as_str().into(),
        ],
    )
}

/// Notes that a request came.
pub fn see(digest: &[u8], now: Timestamp) -> Statement {
    const SQL: &str = "UPDATE session SET seen_at = $1 WHERE digest = $2 AND seen_at < $1";
    Statement::new(SQL, vec![now.into(), digest.into()])
}

/// Ends a session.
pub fn end(digest: &[u8]) -> Statement {
    Statement::new("DELETE FROM session WHERE digest = $1", vec![digest.into()])
}

/// Ends all sessions of an account.
pub fn end_all(account: &str) -> Statement {
    Statement::new("DELETE FROM session WHERE account = $1", vec![account.into()])
}

/// Ends all sessions of an account but one.
pub fn end_others(account: &str, digest: &[u8]) -> Statement {
    const SQL: &str = "DELETE FROM session WHERE account = $1 AND digest <> $2";
    Statement::new(SQL, vec![account.into(), digest.into()])
}

/// Forgets sessions and links that ended before a time.
pub fn forget_ended(before: Timestamp) -> Vec<Statement> {
    const SESSIONS: &str = "DELETE FROM session WHERE expires_at < $1";
    const LINKS: &str = "DELETE FROM one_time_link WHERE expires_at < $1";
    vec![Statement::new(SESSIONS, vec![before.into()]), Statement::new(LINKS, vec![before.into()])]
}

/// Puts a link into the store. Those before it for the same account or role are good no longer.
pub fn put_link(row: &LinkRow) -> Vec<Statement> {
    const VOID: &str = "DELETE FROM one_time_link WHERE used_at IS NULL \
         AND ((account IS NOT NULL AND account = $1) OR (role IS NOT NULL AND role = $2))";
    const PUT: &str = "INSERT INTO one_time_link (digest, account, role, created_at, expires_at, \
         used_at) VALUES ($1, $2, $3, $4, $5, $6)";
    let (account, role) = (row.account.as_deref(), row.role.as_deref());
    vec![
        Statement::new(VOID, vec![account.into(), role.into()]),
        Statement::new(
            PUT,
            vec![
                row.digest.as_slice().into(),
                account.into(),
                role.into(),
                row.created_at.into(),
                row.expires_at.into(),
                row.used_at.into(),
            ],
        ),
    ]
}

/// Uses a link; it changes no row where it was used or its time is over.
pub fn use_link(digest: &[u8], now: Timestamp) -> Statement {
    const SQL: &str = "UPDATE one_time_link SET used_at = $1 \
         WHERE digest = $2 AND used_at IS NULL AND expires_at > $1";
    Statement::new(SQL, vec![now.into(), digest.into()])
}
