//! What an audit says.

use super::Problem;
use crate::Hash;
use crate::note::Verified;

/// What was found of a log; good where there is no [`problem`](Self::problem).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditReport {
    /// The log's name, as its checkpoints say.
    pub origin: Option<String>,
    /// The checkpoints that are in order so far, `checkpoint` first, then by number.
    pub checkpoints: Vec<CheckpointReport>,
    /// Tiles and bundles in the folder.
    pub tiles: u64,
    /// Where the entry that was looked for stands, from 0; all places, should it be there twice.
    pub found_at: Vec<u64>,
    /// Tiles and bundles that hold more than the largest checkpoint covers.
    pub beyond: Vec<String>,
    /// Files that are no part of a log.
    pub others: Vec<String>,
    /// The first thing that does not fit.
    pub problem: Option<Problem>,
}

impl AuditReport {
    /// The largest checkpoint: how far the log is checked.
    ///
    /// ```
    /// use ledger::audit::AuditReport;
    /// assert_eq!(AuditReport::default().largest(), None);
    /// ```
    pub fn largest(&self) -> Option<&CheckpointReport> {
        self.checkpoints.iter().max_by_key(|c| c.size)
    }
}

/// A checkpoint that could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckpointReport {
    /// Its file.
    pub file: String,
    /// Entries in it.
    pub size: u64,
    /// Its root.
    pub root: Hash,
    /// The given keys whose signatures hold; none where no key was given.
    pub signed_by: Vec<Verified>,
    /// Names and IDs of the keys that signed but were not given, so that their signatures were not
    /// checked.
    pub not_checked: Vec<String>,
}
