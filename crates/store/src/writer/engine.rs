//! What the writer needs of a database.

use std::collections::HashMap;

use model::{Digest, RecordId};

use super::decide::Changes;
use crate::error::Error;

/// What is looked up before a group is decided.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// Ids of new records and of records that they correct.
    pub(crate) ids: Vec<RecordId>,
    /// Unique keys of new records.
    pub(crate) keys: Vec<Digest>,
}

/// What the store knew before the group.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) records: HashMap<RecordId, KnownRecord>,
    pub(crate) keys: HashMap<Digest, Place>,
}

/// A record and its place in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The place, from 0.
    pub log_index: u64,
    /// The id of the record there.
    pub id: RecordId,
}

#[derive(Debug, Clone)]
pub(crate) struct KnownRecord {
    pub(crate) log_index: u64,
    pub(crate) content: Digest,
    pub(crate) unique_keys: Vec<Digest>,
    /// The record that took its place.
    pub(crate) corrected_by: Option<Place>,
}

/// A database as the writer uses it: one connection, one transaction a group.
pub(crate) trait Engine: Send {
    /// Begins a transaction, checks that no other writer took over, and gives the log's size.
    fn begin(&mut self) -> Result<u64, Error>;

    /// Looks everything up that the decision needs.
    fn look_up(&mut self, wanted: &Wanted) -> Result<Known, Error>;

    /// Writes the changes and commits them durably.
    fn commit(&mut self, changes: &Changes) -> Result<(), Error>;

    /// Gives up what `begin` began. A lost connection is made anew by the next `begin`.
    fn abandon(&mut self);
}
