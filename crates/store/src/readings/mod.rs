//! The readings: what is derived from the records so that questions are answered quickly.
//!
//! The records tell everything; the readings hold the same in the order in which it is asked for:
//! by subject, by kind with typed columns, and the intervals in which each record counts. They are
//! merged behind the writer by one [`Projector`], in chunks of many records, with a watermark in
//! the same transaction. They can be dropped and made anew at any time, and are when another pack
//! wants other columns.
//!
//! **When a record counts.** The table `effect` has the intervals `(from_position,
//! until_position]` of what is known: as of the first `known` records a record counts where
//! `from_position < known AND until_position >= known`. It is what [`Reader::standing`] says, for
//! every `known` up to the watermark, and does not change once merged.
//!
//! **The tail.** Records beyond the watermark are not in the readings yet; [`Readings::unmerged`]
//! says which they are. Who asks as of the start of that range and then reads the range itself has
//! missed nothing, also where more is merged meanwhile.
//!
//! **Nothing personal stands here.** Columns, subjects and reasons come from the open part of
//! records and from their heading, so that an erasure has nothing to do here.
//!
//! With SQLite the readings are a file of their own beside the records, because a file has one
//! writer at a time; with PostgreSQL they are a schema. A power cut may lose the last chunks, never
//! a part of one: they are merged again.

mod case;
mod dump;
mod effect;
mod events;
mod follow;
mod intervals;
mod plan;
mod positions;
mod postgres;
mod projector;
mod questions;
mod regions;
mod registry;
mod rows;
mod scope;
mod sqlite;
mod subjects;
mod tally;
mod target;
mod watermark;

use std::ops::Range;
use std::sync::Arc;

use tokio::sync::watch;

pub use case::{
    Branch, CasePart, Derive, Derived, DutiesAsked, DutyFound, DutyPlace, DutyRow, LateAsked,
    LateRow, LateSum, Packed, PackedPart, ProgramStep, TakeRow,
};
pub use events::{EventOrder, EventPlace, EventsAsked};
pub use follow::Following;
pub use intervals::Interval;
pub use plan::Plan;
pub use projector::{CHUNK, Progress, Projector};
pub use questions::{AsOf, Head};
pub use regions::Regions;
pub use registry::{Mentions, Naming};
pub use rows::Projected;
pub use scope::Scope;
pub use subjects::SubjectHead;
pub use tally::{By, Tallied, Tally, Within};
pub use watermark::Watermark;

use self::target::Target;
use crate::connect::Address;
use crate::db::Db;
use crate::error::Error;

#[cfg(doc)]
use crate::Reader;

/// The readings of a store, for asking. Cheap to clone.
#[derive(Clone)]
pub struct Readings {
    db: Db,
    address: Address,
    plan: Arc<Plan>,
    merged: Arc<watch::Sender<u64>>,
}

impl Readings {
    /// Opens the readings of a store. Where there are none, where they were made for another plan
    /// or by another version of this program, or where their file is damaged, they are dropped and
    /// start empty.
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::Unavailable`], [`Error::NotWritable`].
    pub async fn open(address: &Address, plan: Plan) -> Result<Self, Error> {
        let plan = Arc::new(plan);
        let state = Target::open(address, &plan).await?.state().await?;
        let db = match address {
            Address::Folder(folder) => Db::open_file(&folder.join(sqlite::FILE))?,
            Address::Postgres(url) => Db::open(&Address::Postgres(postgres::inside(url)?)).await?,
        };
        let merged = Arc::new(watch::Sender::new(state.merged));
        Ok(Self { db, address: address.clone(), plan, merged })
    }

    /// The database behind them.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// What they were made for.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// How many records are merged, by the database itself.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn merged(&self) -> Result<u64, Error> {
        let row = self.db.first("SELECT merged FROM watermark", vec![]).await?;
        row.ok_or_else(|| Error::damaged("the readings have no watermark"))?.take(0)
    }

    /// The records that are known and not merged yet.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn unmerged(&self, known: u64) -> Result<Range<u64>, Error> {
        Ok(self.merged().await?.min(known)..known)
    }

    /// How far the projector of this process has come, for waiting.
    pub fn watermark(&self) -> Watermark {
        Watermark::new(self.merged.subscribe())
    }
}
