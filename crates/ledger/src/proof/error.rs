//! What can be wrong with a proof file.

use crate::checkpoint::CheckpointError;
use crate::hash::HashError;
use crate::leaf::LeafError;
use crate::note::NoteError;
use crate::tree::ProofError;

/// Why bytes are not a proof file, or it proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofFileError {
    /// Another first line.
    #[error(
        "this is not a proof file: its first line must be c2sp.org/tlog-proof@v1, not \"{found}\""
    )]
    BadHeader {
        /// The line found.
        found: String,
    },
    /// The line of the index is missing or wrong.
    #[error(
        "line {line} of the proof must be \"index\" and a number without leading zeros, not \"{found}\""
    )]
    BadIndex {
        /// The line, from 1.
        line: usize,
        /// What it holds.
        found: String,
    },
    /// Extra data that is not base64.
    #[error("line 2 of the proof, the extra data, is not standard base64")]
    BadExtra,
    /// A line of the proof that is no hash.
    #[error("line {line} of the proof: {error}")]
    BadHash {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        error: HashError,
    },
    /// More hashes than any tree calls for.
    #[error("the proof has more than 64 hashes, more than any log calls for")]
    TooManyHashes,
    /// No blank line before a checkpoint.
    #[error("the proof has no checkpoint after its hashes and a blank line; it was cut")]
    NoCheckpoint,
    /// The checkpoint is wrong, or its signatures do not hold.
    #[error("the checkpoint in the proof: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The hashes do not lead from the entry to the checkpoint.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The extra data are not what opens a leaf of this program.
    #[error("the extra data of the proof do not open a leaf: {reason}")]
    BadOpening {
        /// What is wrong with them.
        reason: &'static str,
    },
    /// The proof shows the nonce only, and the record was not given.
    #[error("the proof does not hold the record itself; give the record's canonical bytes")]
    NoRecord,
    /// The record given is not the one in the proof.
    #[error(transparent)]
    Leaf(#[from] LeafError),
}

impl ProofFileError {
    /// The stable code of the error.
    ///
    /// ```
    /// use ledger::proof::TlogProof;
    /// assert_eq!(TlogProof::parse(b"?").unwrap_err().code(), "ledger.not_a_proof_file");
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadHeader { .. } => "ledger.not_a_proof_file",
            Self::BadIndex { .. } => "ledger.bad_proof_index",
            Self::BadExtra => "ledger.bad_proof_extra",
            Self::BadHash { .. } => "ledger.bad_proof_hash",
            Self::TooManyHashes => "ledger.too_many_hashes",
            Self::NoCheckpoint => "ledger.proof_without_checkpoint",
            Self::Checkpoint(error) => error.code(),
            Self::Proof(error) => error.code(),
            Self::BadOpening { .. } => "ledger.bad_opening",
            Self::NoRecord => "ledger.no_record",
            Self::Leaf(error) => error.code(),
        }
    }
}

impl From<NoteError> for ProofFileError {
    fn from(error: NoteError) -> Self {
        Self::Checkpoint(error.into())
    }
}
