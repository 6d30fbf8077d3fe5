//! Tiles and entry bundles: the tree and its entries as files (C2SP tlog-tiles).

mod bundle;
mod error;
mod hashes;
mod id;

pub use bundle::{Entries, push_entry};
pub use error::TileError;
pub use hashes::{hashes_to_bytes, parse_hashes};
pub use id::{TileId, TileKind};

/// Hashes in a full tile, entries in a full bundle.
pub const FULL_WIDTH: u16 = 256;

/// The longest entry of a bundle, in bytes: its length is written in 16 bits.
pub const LONGEST_ENTRY: usize = u16::MAX as usize;
