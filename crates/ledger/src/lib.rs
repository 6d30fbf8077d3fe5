//! The evidence log: RFC 6962 tree, tiles, checkpoints, signed notes, proofs (pure).

mod checkpoint;
mod hash;
pub mod leaf;
pub mod note;
pub mod tile;
pub mod tree;

pub use checkpoint::{Checkpoint, CheckpointError, GrowthError, SignedCheckpoint};
pub use hash::{Hash, HashError};

/// A number in ASCII decimal without leading zeros, as C2SP writes sizes and indexes.
pub(crate) fn parse_decimal(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}
