//! Where the tiles and the checkpoint of a log are kept.
//!
//! [`MemoryStorage`] forgets, [`DirStorage`] is a folder. Another program part may keep them in a
//! database. Whoever implements [`Storage`] promises that what was written before [`Storage::sync`]
//! survives a power cut once it has returned, and that a checkpoint is replaced as a whole or not at
//! all.

mod dir;
mod error;
mod memory;

pub use dir::{DirReader, DirStorage};
pub use error::StorageError;
pub use memory::MemoryStorage;

use crate::tile::TileId;

/// What reads a log.
pub trait ReadTiles {
    /// Replaces the content of `into` by that of a tile. False where there is no such tile; the rest
    /// of `into` then means nothing.
    ///
    /// # Errors
    /// It cannot be told whether the tile is there or what it holds.
    fn read_tile(&self, tile: TileId, into: &mut Vec<u8>) -> Result<bool, StorageError>;

    /// The note with the last checkpoint, where there is one.
    ///
    /// # Errors
    /// It cannot be read.
    fn read_checkpoint(&self) -> Result<Option<Vec<u8>>, StorageError>;
}

/// What keeps a log; one writer at a time.
pub trait Storage: ReadTiles {
    /// Stores a tile, in place of one that may be left there from before a crash. It need not be
    /// durable before [`sync`](Self::sync).
    ///
    /// # Errors
    /// It cannot be stored.
    fn write_tile(&mut self, tile: TileId, bytes: &[u8]) -> Result<(), StorageError>;

    /// Makes all tiles written so far durable.
    ///
    /// # Errors
    /// They may not survive a power cut; nothing that covers them may be signed.
    fn sync(&mut self) -> Result<(), StorageError>;

    /// Replaces the checkpoint, durably and as a whole.
    ///
    /// # Errors
    /// The old checkpoint may still be the one that is kept.
    fn write_checkpoint(&mut self, note: &[u8]) -> Result<(), StorageError>;

    /// The tiles that hold something which a log of `size` entries does not have.
    ///
    /// # Errors
    /// They cannot be listed.
    fn tiles_beyond(&self, size: u64) -> Result<Vec<TileId>, StorageError>;

    /// Takes tiles out of the log without destroying them where that can be avoided.
    ///
    /// # Errors
    /// They cannot be moved.
    fn set_aside(&mut self, tiles: &[TileId]) -> Result<(), StorageError>;
}
