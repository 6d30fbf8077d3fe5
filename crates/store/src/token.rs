//! Tokens of programs, of which only a digest is kept.

use model::Timestamp;

use crate::db::{Db, Row, Statement};
use crate::error::Error;

/// A token as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// The digest of its text.
    pub digest: Vec<u8>,
    /// What it is for.
    pub name: String,
    /// Whom it sends for.
    pub on_behalf_of: String,
    /// The account, a pseudonym.
    pub account: String,
    /// The office in which its permissions count.
    pub office: Option<String>,
    /// Its permissions, with spaces between them.
    pub permissions: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is no longer taken.
    pub expires_at: Timestamp,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}

const COLUMNS: &str = "SELECT digest, name, on_behalf_of, account, office, permissions, created_at, \
     expires_at, revoked_at FROM api_token";

impl Db {
    /// The token with a digest.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn token(&self, digest: &[u8]) -> Result<Option<TokenRow>, Error> {
        let row = self.first(&format!("{COLUMNS} WHERE digest = $1"), vec![digest.into()]).await?;
        row.map(token).transpose()
    }

    /// All tokens, the newest first.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn tokens(&self) -> Result<Vec<TokenRow>, Error> {
        let sql = format!("{COLUMNS} ORDER BY created_at DESC, account");
        self.query(&sql, vec![]).await?.into_iter().map(token).collect()
    }
}

fn token(mut row: Row) -> Result<TokenRow, Error> {
    Ok(TokenRow {
        digest: row.take(0)?,
        name: row.take(1)?,
        on_behalf_of: row.take(2)?,
        account: row.take(3)?,
        office: row.take(4)?,
        permissions: row.take(5)?,
        created_at: row.take(6)?,
        expires_at: row.take(7)?,
        revoked_at: row.take(8)?,
    })
}

/// Puts a token into the store.
pub fn put(token: &TokenRow) -> Statement {
    Statement::new(
        "INSERT INTO api_token (digest, name, on_behalf_of, account, office, permissions, \
         created_at, expires_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        vec![
            token.digest.as_slice().into(),
            token.name.as_str().into(),
            token.on_behalf_of.as_str().into(),
            token.account.as_str().into(),
            token.office.as_deref().into(),
            token.permissions.as_str().into(),
            token.created_at.into(),
            token.expires_at.into(),
            token.revoked_at.into(),
        ],
    )
}

/// Takes the tokens of a name back.
pub fn revoke(name: &str, now: Timestamp) -> Statement {
    const SQL: &str = "UPDATE api_token SET revoked_at = $1 WHERE name = $2 AND revoked_at IS NULL";
    Statement::new(SQL, vec![now.into(), name.into()])
}
