//! A log in memory.

use std::collections::BTreeMap;

use super::{ReadTiles, Storage, StorageError};
use crate::tile::TileId;

/// Keeps a log in memory, for tests and for logs that need not outlive the program.
///
/// ```
/// use ledger::{Log, note::SignerKey, storage::MemoryStorage};
///
/// let key = SignerKey::from_seed("quality.example/log", &[7; 32]).unwrap();
/// let mut log = Log::create(MemoryStorage::default(), "quality.example/log", &[&key]).unwrap();
/// log.append(b"an entry").unwrap();
/// log.publish(&[&key]).unwrap();
/// assert_eq!(log.published().checkpoint().size, 1);
/// ```
#[derive(Debug, Clone, Default)]
pub struct MemoryStorage {
    tiles: BTreeMap<TileId, Vec<u8>>,
    checkpoint: Option<Vec<u8>>,
}

impl ReadTiles for MemoryStorage {
    fn read_tile(&self, tile: TileId, into: &mut Vec<u8>) -> Result<bool, StorageError> {
        into.clear();
        let found = self.tiles.get(&tile);
        into.extend(found.into_iter().flatten());
        Ok(found.is_some())
    }

    fn read_checkpoint(&self) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.checkpoint.clone())
    }
}

impl Storage for MemoryStorage {
    fn write_tile(&mut self, tile: TileId, bytes: &[u8]) -> Result<(), StorageError> {
        self.tiles.insert(tile, bytes.to_vec());
        Ok(())
    }

    fn sync(&mut self) -> Result<(), StorageError> {
        Ok(())
    }

    fn write_checkpoint(&mut self, note: &[u8]) -> Result<(), StorageError> {
        self.checkpoint = Some(note.to_vec());
        Ok(())
    }

    fn tiles_beyond(&self, size: u64) -> Result<Vec<TileId>, StorageError> {
        let beyond = self.tiles.keys().filter(|tile| !tile.is_within(size));
        Ok(beyond.copied().collect())
    }

    fn set_aside(&mut self, tiles: &[TileId]) -> Result<(), StorageError> {
        for tile in tiles {
            self.tiles.remove(tile);
        }
        Ok(())
    }
}
