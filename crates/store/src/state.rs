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

/// Whether a store is a demonstration. What it is, is said while it is empty and holds for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demonstration {
    /// Of real work.
    No,
    /// A demonstration that is being made: not whole yet.
    BeingMade,
    /// A demonstration.
    Made,
}

impl Db {
    /// Whether the store is a demonstration.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn demonstration(&self) -> Result<Demonstration, Error> {
        let row = self.first("SELECT demonstration FROM store_state", vec![]).await?;
        let mark: Option<i64> = row.map(|mut row| row.take(0)).transpose()?;
        match mark {
            Some(0) => Ok(Demonstration::No),
            Some(1) => Ok(Demonstration::BeingMade),
            Some(2) => Ok(Demonstration::Made),
            _ => Err(Error::Damaged { what: "the mark of a demonstration".to_owned() }),
        }
    }
}

/// Makes a demonstration of a store in which there is nothing yet: no record, no log, nobody. One row
/// is changed, or none where there is something.
pub fn begin_demonstration() -> Statement {
    Statement::new(
        "UPDATE store_state SET demonstration = 1 WHERE demonstration = 0 AND size = 0 \
         AND NOT EXISTS (SELECT 1 FROM record) AND NOT EXISTS (SELECT 1 FROM log) \
         AND NOT EXISTS (SELECT 1 FROM account) AND NOT EXISTS (SELECT 1 FROM api_token) \
         AND NOT EXISTS (SELECT 1 FROM one_time_link)",
        vec![],
    )
}

/// Says that a demonstration is whole.
pub fn end_demonstration() -> Statement {
    Statement::new("UPDATE store_state SET demonstration = 2 WHERE demonstration = 1", vec![])
}
