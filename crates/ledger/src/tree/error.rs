//! What can be wrong with a proof or with the question it should answer.

use crate::Hash;

/// Why a proof cannot be made, or does not prove what it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The entry is not in a tree of that size.
    #[error(
        "entry {index} is not in a tree of {size} entries (they are numbered from 0); take a checkpoint that covers it"
    )]
    IndexBeyondSize {
        /// The index asked for, from 0.
        index: u64,
        /// Entries in the tree.
        size: u64,
    },
    /// The older tree is larger than the newer one.
    #[error(
        "a tree of {old} entries cannot have grown into one of {new}; swap them, or suspect a log that went back"
    )]
    SizesSwapped {
        /// Entries in the older tree.
        old: u64,
        /// Entries in the newer tree.
        new: u64,
    },
    /// Consistency with the empty tree.
    #[error(
        "every tree is consistent with the empty tree: such a proof says nothing; start from an older size of at least 1"
    )]
    FromEmpty,
    /// The interval is not a subtree of a Merkle tree.
    #[error(
        "[{start}, {end}) is not a subtree: the start must be a multiple of the length rounded up to a power of two"
    )]
    NotASubtree {
        /// First entry.
        start: u64,
        /// The entry after the last.
        end: u64,
    },
    /// The proof has another number of hashes than its sizes call for.
    #[error(
        "the proof has {found} hashes where the tree sizes call for {expected}; it was made for another tree size or is not complete"
    )]
    WrongLength {
        /// Hashes that the sizes call for.
        expected: usize,
        /// Hashes in the proof.
        found: usize,
    },
    /// The proof leads to another root than the one given for the whole tree.
    #[error(
        "the proof leads to the root {computed}, the tree has {expected}; the entry, the proof or the checkpoint was changed or belongs to another log"
    )]
    RootMismatch {
        /// The root given.
        expected: Hash,
        /// The root that the proof leads to.
        computed: Hash,
    },
    /// The proof leads to another root than the one given for the older tree or the subtree.
    #[error(
        "the proof leads to the older root {computed}, but {expected} was given; the log was rewritten or the proof belongs to another one"
    )]
    OldRootMismatch {
        /// The older root given.
        expected: Hash,
        /// The older root that the proof leads to.
        computed: Hash,
    },
}

impl ProofError {
    /// The stable code of the error.
    ///
    /// ```
    /// use ledger::tree::ProofError;
    /// assert_eq!(ProofError::FromEmpty.code(), "ledger.proof_from_empty");
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            Self::IndexBeyondSize { .. } => "ledger.index_beyond_size",
            Self::SizesSwapped { .. } => "ledger.sizes_swapped",
            Self::FromEmpty => "ledger.proof_from_empty",
            Self::NotASubtree { .. } => "ledger.not_a_subtree",
            Self::WrongLength { .. } => "ledger.proof_wrong_length",
            Self::RootMismatch { .. } => "ledger.root_mismatch",
            Self::OldRootMismatch { .. } => "ledger.old_root_mismatch",
        }
    }
}
