//! What can go wrong with a log.

use crate::Hash;
use crate::checkpoint::CheckpointError;
use crate::note::NoteError;
use crate::storage::StorageError;
use crate::tile::TileError;
use crate::tree::ProofError;

/// Why something cannot be read from the tiles of a log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The question makes no sense for a log of that size.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// A tile that the log must have is not there.
    #[error("{path} is missing; restore it from a copy of the log")]
    Missing {
        /// The tile.
        path: String,
    },
    /// A tile that is damaged.
    #[error("{path}: {error}; restore it from a copy of the log")]
    Damaged {
        /// The tile.
        path: String,
        /// What is wrong with it.
        error: TileError,
    },
}

impl ReadError {
    /// The stable code of the error.
    ///
    /// ```
    /// # use ledger::{TreeReader, storage::MemoryStorage};
    /// let nothing = MemoryStorage::default();
    /// assert_eq!(TreeReader::new(&nothing, 1).entry(0).unwrap_err().code(), "ledger.tile_missing");
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            Self::Storage(error) => error.code(),
            Self::Proof(error) => error.code(),
            Self::Missing { .. } => "ledger.tile_missing",
            Self::Damaged { error, .. } => error.code(),
        }
    }
}

/// Why a log cannot be started, opened or continued.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A tile cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The entry does not fit into a bundle.
    #[error(transparent)]
    Entry(#[from] TileError),
    /// The checkpoint cannot be read or its signature does not hold.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// There is a log already where a new one should start.
    #[error("there is already a log of {size} entries here; open it, or use another place")]
    AlreadyThere {
        /// Entries in that log.
        size: u64,
    },
    /// Tiles without a checkpoint.
    #[error(
        "there are tiles here but no checkpoint; put the log's checkpoint back, or use another place for a new log"
    )]
    TilesWithoutCheckpoint,
    /// Nothing where a log should be.
    #[error("there is no checkpoint here, so no log; start one, or look for its place")]
    NotALog,
    /// The storage is behind a checkpoint that was signed before.
    #[error(
        "the log here has {stored} entries, but a checkpoint of {known} was signed before: this is an older copy, and going on would sign a second history; restore a newer copy, or start a new origin that names this one"
    )]
    OlderThanKnown {
        /// Entries here.
        stored: u64,
        /// Entries in the checkpoint that is known.
        known: u64,
    },
    /// The storage contradicts a checkpoint that was signed before.
    #[error(
        "the first {size} entries here have the root {found}, but {expected} was signed before: this is not the same history; restore the right copy"
    )]
    Forked {
        /// Entries in the checkpoint that is known.
        size: u64,
        /// Its root.
        expected: Hash,
        /// The root of as many entries here.
        found: Hash,
    },
    /// The tiles do not give the root in the checkpoint.
    #[error(
        "the tiles at the right edge give the root {found}, the checkpoint of {size} entries has {expected}; restore the tiles from a copy of the log"
    )]
    EdgeMismatch {
        /// Entries in the checkpoint.
        size: u64,
        /// The root in the checkpoint.
        expected: Hash,
        /// The root that the tiles give.
        found: Hash,
    },
    /// The last bundle does not fit the last tile.
    #[error(
        "{path}: entry {index} does not hash to what the leaf tile says; restore it from a copy of the log"
    )]
    EntryMismatch {
        /// The bundle.
        path: String,
        /// The entry.
        index: u64,
    },
    /// A checkpoint with other content than the one published.
    #[error("this is not the checkpoint that the log published last; add signatures to that one")]
    OtherCheckpoint,
    /// The log failed before and its state is not known.
    #[error("the log failed to write before; open it again")]
    Failed,
}

impl LogError {
    /// The stable code of the error.
    ///
    /// ```
    /// # use ledger::{Log, LogError, note::SignerKey, storage::MemoryStorage};
    /// # let key = SignerKey::from_seed("quality.example/log", &[7; 32]).unwrap();
    /// let nothing = MemoryStorage::default();
    /// let error = Log::open(nothing, "quality.example/log", &[&key.verifier()], None).unwrap_err();
    /// assert_eq!(error.code(), "ledger.not_a_log");
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            Self::Storage(error) => error.code(),
            Self::Read(error) => error.code(),
            Self::Entry(error) => error.code(),
            Self::Checkpoint(error) => error.code(),
            Self::AlreadyThere { .. } => "ledger.already_there",
            Self::TilesWithoutCheckpoint => "ledger.tiles_without_checkpoint",
            Self::NotALog => "ledger.not_a_log",
            Self::OlderThanKnown { .. } => "ledger.older_than_known",
            Self::Forked { .. } => "ledger.forked",
            Self::EdgeMismatch { .. } => "ledger.edge_mismatch",
            Self::EntryMismatch { .. } => "ledger.entry_mismatch",
            Self::OtherCheckpoint => "ledger.other_checkpoint",
            Self::Failed => "ledger.log_failed",
        }
    }
}

impl From<NoteError> for LogError {
    fn from(error: NoteError) -> Self {
        Self::Checkpoint(error.into())
    }
}

impl From<ProofError> for LogError {
    fn from(error: ProofError) -> Self {
        Self::Read(error.into())
    }
}
