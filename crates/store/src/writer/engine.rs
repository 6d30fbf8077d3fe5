//! What the writer needs of a database.

use std::collections::{HashMap, HashSet};

use model::{Digest, RecordId};

use super::decide::Changes;
use crate::db::Statement;
use crate::error::Error;

/// What is looked up before a group is decided.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// Ids of new records and of records that they correct.
    pub(crate) ids: Vec<RecordId>,
    /// Unique keys of new records.
    pub(crate) keys: Vec<Digest>,
    /// Batches of new records.
    pub(crate) batches: Vec<RecordId>,
    /// What is to be taken back.
    pub(crate) targets: Vec<RecordId>,
}

/// What the store knew before the group.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) records: HashMap<RecordId, KnownRecord>,
    pub(crate) keys: HashMap<Digest, Holder>,
    /// Batches that are complete.
    pub(crate) closed: HashSet<RecordId>,
    /// Batches and records that were taken back.
    pub(crate) withdrawn: HashSet<RecordId>,
    pub(crate) targets: HashMap<RecordId, Target>,
}

/// A record and its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The position, from 0.
    pub position: u64,
    /// The id of the record there.
    pub id: RecordId,
}

/// A record that holds a unique key, or that took another's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) place: Place,
    pub(crate) batch: Option<RecordId>,
}

#[derive(Debug, Clone)]
pub(crate) struct KnownRecord {
    pub(crate) position: u64,
    pub(crate) kind: String,
    pub(crate) batch: Option<RecordId>,
    pub(crate) content: Digest,
    pub(crate) unique_keys: Vec<Digest>,
    /// The records that took its place; all but the last were taken back.
    pub(crate) corrected_by: Vec<Holder>,
}

/// A batch or record that is to be taken back.
#[derive(Debug, Clone, Default)]
pub(crate) struct Target {
    /// How many records it has.
    pub(crate) records: u64,
    /// One of its records that a record outside of it has corrected, if there is one.
    pub(crate) corrected_outside: Option<(Place, Place)>,
    /// Records outside of it whose place its records took, with their unique keys: they are heads
    /// again.
    pub(crate) restored: Vec<(Place, Vec<Digest>)>,
    /// The kind, where it is a single record.
    pub(crate) kind: Option<String>,
}

/// A database as the writer uses it: one connection, one transaction a group.
pub(crate) trait Engine: Send {
    /// Begins a transaction, checks that no other writer took over, and gives the number of records.
    fn begin(&mut self) -> Result<u64, Error>;

    /// Looks everything up that the decision needs.
    fn look_up(&mut self, wanted: &Wanted) -> Result<Known, Error>;

    /// Writes the changes and commits them durably.
    fn commit(&mut self, changes: &Changes) -> Result<(), Error>;

    /// Runs statements after `begin` and commits them durably.
    fn write(&mut self, statements: &[Statement]) -> Result<u64, Error>;

    /// Gives up what `begin` began. A lost connection is made anew by the next `begin`.
    fn abandon(&mut self);

    /// Makes what was deleted unreadable in the files, as far as the database can.
    fn scrub(&mut self) -> Result<(), Error>;
}
