//! The Merkle tree of RFC 6962 and RFC 9162, section 2.1: roots, proofs and their verification.
//!
//! Everything is said in terms of a [`Subtree`]. An inclusion proof is the proof of a subtree of one
//! leaf, a consistency proof that of a subtree that starts at the first leaf, so there is one way to
//! make a proof ([`prove_subtree`]) and one way to check it ([`verify_subtree`]).

mod compact;
mod error;
mod prove;
mod row;
mod subtree;
mod verify;

pub use compact::CompactRange;
pub use error::ProofError;
pub use prove::{NodeSource, prove_consistency, prove_inclusion, prove_subtree};
pub use row::row_root;
pub use subtree::{Node, Subtree};
pub use verify::{verify_consistency, verify_inclusion, verify_subtree};

pub(crate) use prove::root;
pub(crate) use row::fold_row;
