//! The side of the readings that is written to, over both databases.

use std::sync::Arc;

use super::case::{CaseChange, Derive};
use super::effect::Effects;
use super::plan::Plan;
use super::postgres::PostgresTarget;
use super::rows::Interpreted;
use super::sqlite::SqliteTarget;
use crate::connect::Address;
use crate::error::Error;

/// How far the readings are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct State {
    pub(super) format: i64,
    pub(super) plan: String,
    pub(super) merged: u64,
    pub(super) last_id: Option<String>,
}

impl State {
    pub(super) fn is_of(&self, plan: &Plan) -> bool {
        self.format == super::plan::FORMAT && self.plan == plan.digest()
    }
}

/// Records that are merged in one transaction.
pub(super) struct Chunk {
    /// How many were merged before.
    pub(super) from: u64,
    /// How many are merged after.
    pub(super) to: u64,
    /// The id of the last of them.
    pub(super) last_id: String,
    pub(super) records: Vec<Interpreted>,
    pub(super) effects: Effects,
    /// By case and position.
    pub(super) cases: Vec<CaseChange>,
}

/// Fixed statements, and the texts of each database's own.
pub(super) const STATE: &str = "SELECT format, plan, merged, last_id FROM watermark";
/// Moves the watermark if nobody else has; first in the transaction, so that a second projector
/// waits and then sees that it lost.
pub(super) const MOVE: &str = "UPDATE watermark SET merged = $1, last_id = $2 \
     WHERE merged = $3 AND plan = $4 AND format = $5";
pub(super) const BEGIN_EMPTY: &str = "INSERT INTO watermark (singleton, format, plan, merged, \
     last_id) VALUES (1, $1, $2, 0, NULL)";

pub(super) enum Target {
    Sqlite(SqliteTarget),
    Postgres(PostgresTarget),
}

impl Target {
    /// Opens the readings for writing; makes them empty where they are of another plan.
    pub(super) async fn open(address: &Address, plan: &Arc<Plan>) -> Result<Self, Error> {
        Ok(match address {
            Address::Folder(folder) => Self::Sqlite(SqliteTarget::open(folder, plan).await?),
            Address::Postgres(url) => Self::Postgres(PostgresTarget::open(url, plan).await?),
        })
    }

    /// Takes a connection that belongs to the runtime that asks.
    pub(super) async fn reconnect(&mut self) -> Result<(), Error> {
        match self {
            // Nothing of it is bound to a runtime.
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(target) => target.reconnect().await,
        }
    }

    pub(super) async fn state(&mut self) -> Result<State, Error> {
        match self {
            Self::Sqlite(target) => target.state().await,
            Self::Postgres(target) => target.state().await,
        }
    }

    /// Drops everything and begins empty.
    pub(super) async fn reset(&mut self) -> Result<(), Error> {
        match self {
            Self::Sqlite(target) => target.reset().await,
            Self::Postgres(target) => target.reset().await,
        }
    }

    /// Merges a chunk; false, with nothing done, where the watermark is not where it begins.
    pub(super) async fn merge(
        &mut self,
        chunk: Chunk,
        derive: &Arc<Derive>,
    ) -> Result<bool, Error> {
        match self {
            Self::Sqlite(target) => target.merge(chunk, Arc::clone(derive)).await,
            Self::Postgres(target) => target.merge(chunk, Arc::clone(derive)).await,
        }
    }
}
