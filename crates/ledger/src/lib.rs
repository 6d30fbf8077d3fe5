//! The evidence log: RFC 6962 tree, tiles, checkpoints, signed notes, proofs (pure).

mod hash;
pub mod tree;

pub use hash::{Hash, HashError};
