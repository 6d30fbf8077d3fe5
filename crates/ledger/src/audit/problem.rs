//! What an audit finds wrong.

use std::fmt;

use crate::Hash;
use crate::checkpoint::CheckpointError;
use crate::storage::StorageError;
use crate::tile::TileError;

/// The first thing in a log that does not fit: in which file, and what.
///
/// ```
/// use std::collections::BTreeMap;
/// use ledger::audit::{AuditOptions, audit};
///
/// let nothing: BTreeMap<String, Vec<u8>> = BTreeMap::new();
/// let problem = audit(&nothing, &AuditOptions::default()).unwrap().problem.unwrap();
/// assert_eq!((problem.file.as_str(), problem.finding.code()), ("checkpoint", "ledger.not_a_log"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The path of the file.
    pub file: String,
    /// What is wrong with it.
    pub finding: Finding,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.finding)
    }
}

impl std::error::Error for Problem {}

/// What can be wrong with a file of a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Finding {
    /// No checkpoint at all.
    #[error(
        "there is no checkpoint here; name the folder that has the files \"checkpoint\" and \"tile\", or put the checkpoint back"
    )]
    NotALog,
    /// A file that cannot be a checkpoint of this log, or that no given key signed.
    #[error(transparent)]
    Checkpoint(CheckpointError),
    /// A tile or bundle that must be there.
    #[error(
        "missing, though the checkpoint of {size} entries calls for it; restore it from a copy of the log"
    )]
    Missing {
        /// Entries in the checkpoint that calls for it.
        size: u64,
    },
    /// A file that is longer than its kind can be.
    #[error(
        "longer than the {most} bytes that such a file can have: something was added; restore it from a copy of the log"
    )]
    TooLarge {
        /// The most bytes it can have.
        most: usize,
    },
    /// A tile or bundle with too few or too many bytes.
    #[error("{0}; restore it from a copy of the log")]
    Tile(TileError),
    /// An entry that is not the one that the tree has.
    #[error(
        "entry {entry} hashes to {found}, but the tree has {expected} there: the entry was changed; restore the file from a copy of the log"
    )]
    Entry {
        /// The entry's index in the log, from 0.
        entry: u64,
        /// The leaf hash in the tree.
        expected: Hash,
        /// The leaf hash of the entry found.
        found: Hash,
    },
    /// A hash in a tile that is not that of the entries under it.
    #[error(
        "hash {place} of level {level} is {found}, but entries {first} to {last} give {expected}: the tile was changed; restore it from a copy of the log"
    )]
    Hash {
        /// The level of the tile.
        level: u8,
        /// The hash's place in its level, from 0.
        place: u64,
        /// The first entry under the hash.
        first: u64,
        /// The last entry under the hash.
        last: u64,
        /// What the entries give.
        expected: Hash,
        /// What the tile has.
        found: Hash,
    },
    /// Entries and tiles under a hash that were changed together.
    #[error(
        "entries {first} to {last} give {found}, but the tree has {expected} there: entries and the tiles over them were changed together; restore them from a copy of the log"
    )]
    Rewritten {
        /// The first entry under the hash.
        first: u64,
        /// The last entry under the hash.
        last: u64,
        /// What the tree has.
        expected: Hash,
        /// What the entries give.
        found: Hash,
    },
    /// A log that has less than a checkpoint known from elsewhere.
    #[error(
        "the log has {stored} entries, but a checkpoint of {known} is known: this is an older copy, or the log went back; ask its operator for all of it"
    )]
    OlderThanKnown {
        /// Entries in the log.
        stored: u64,
        /// Entries in the known checkpoint.
        known: u64,
    },
    /// A log that has another history than a checkpoint known from elsewhere.
    #[error(
        "the first {size} entries give the root {found}, but a checkpoint with {expected} is known: the log was rewritten; keep both checkpoints, they are the evidence"
    )]
    Forked {
        /// Entries in the known checkpoint.
        size: u64,
        /// Its root.
        expected: Hash,
        /// What the entries give.
        found: Hash,
    },
    /// A checkpoint whose root is not that of the entries.
    #[error(
        "the root is {expected}, but the {size} entries here give {found}: the log is not the one that was signed, or the checkpoint was changed; compare both with a copy of the log"
    )]
    Root {
        /// Entries in the checkpoint.
        size: u64,
        /// The root in the checkpoint.
        expected: Hash,
        /// What the entries give.
        found: Hash,
    },
}

impl Finding {
    /// The stable code of the finding.
    ///
    /// ```
    /// use ledger::audit::Finding;
    /// assert_eq!(Finding::Missing { size: 9 }.code(), "ledger.tile_missing");
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotALog => "ledger.not_a_log",
            Self::Checkpoint(error) => error.code(),
            Self::Missing { .. } => "ledger.tile_missing",
            Self::TooLarge { .. } => "ledger.file_too_large",
            Self::Tile(error) => error.code(),
            Self::Entry { .. } => "ledger.entry_changed",
            Self::Hash { .. } => "ledger.hash_changed",
            Self::Rewritten { .. } => "ledger.entries_rewritten",
            Self::OlderThanKnown { .. } => "ledger.older_than_known",
            Self::Forked { .. } => "ledger.forked",
            Self::Root { .. } => "ledger.root_changed",
        }
    }

    /// The entry concerned, or the first of several, counted from 0.
    pub fn entry(&self) -> Option<u64> {
        match self {
            Self::Entry { entry, .. } => Some(*entry),
            Self::Hash { first, .. } | Self::Rewritten { first, .. } => Some(*first),
            _ => None,
        }
    }

    /// The hash that should be there and the one that is.
    pub fn hashes(&self) -> Option<(Hash, Hash)> {
        match self {
            Self::Entry { expected, found, .. }
            | Self::Hash { expected, found, .. }
            | Self::Rewritten { expected, found, .. }
            | Self::Forked { expected, found, .. }
            | Self::Root { expected, found, .. } => Some((*expected, *found)),
            _ => None,
        }
    }

    pub(super) fn in_file(self, file: impl ToString) -> Stop {
        Stop::Problem(Problem { file: file.to_string(), finding: self })
    }
}

/// Why an audit goes no further.
#[derive(Debug)]
pub(super) enum Stop {
    /// Something does not fit.
    Problem(Problem),
    /// Something cannot be read.
    Storage(StorageError),
}

impl From<StorageError> for Stop {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}
