//! What the store says of itself in one row.

use crate::db::{Db, Statement};
use crate::error::Error;

impl Db {
    /// The digest of the pack that the last activation named.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn pack_in_force(&self) -> Result<Option<String>, Error> {
        let row = self.first("SELECT pack FROM store_state", vec![]).await?;
        Ok(row.map(|mut row| row.take(0)).transpose()?.flatten())
    }
}

/// Notes which pack is in force.
pub fn set_pack(digest: &str) -> Statement {
    Statement::new("UPDATE store_state SET pack = $1", vec![digest.into()])
}

/// Notes that the store was restored, under which pack: its log must begin anew.
pub fn set_restored(pack: Option<&str>) -> Statement {
    Statement::new("UPDATE store_state SET restored = 1, pack = $1", vec![pack.into()])
}

/// Notes that a new log was begun.
pub fn set_begun_anew() -> Statement {
    Statement::new("UPDATE store_state SET restored = 0", vec![])
}
