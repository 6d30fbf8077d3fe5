//! Reading a log in a folder.

use std::path::{Path, PathBuf};

use super::super::{ReadTiles, StorageError};
use super::files::{fault, read, walk};
use crate::Hash;
use crate::audit::LogFiles;
use crate::tile::{FULL_WIDTH, LONGEST_ENTRY, TileId, TileKind};

/// The most bytes of a tile of hashes.
const MOST_HASHES: usize = FULL_WIDTH as usize * Hash::SIZE;

/// The most bytes of a bundle.
const MOST_ENTRIES: usize = FULL_WIDTH as usize * (2 + LONGEST_ENTRY);

/// The most bytes of a checkpoint: a note may have a million.
const MOST_CHECKPOINT: usize = 1_000_000;

/// Reads a log in a folder, also while it is being written.
///
/// ```
/// use ledger::storage::{DirReader, ReadTiles as _};
///
/// let none = DirReader::new(std::env::temp_dir().join("no such log"));
/// assert_eq!(none.read_checkpoint().unwrap(), None);
/// ```
#[derive(Debug, Clone)]
pub struct DirReader {
    root: PathBuf,
}

impl DirReader {
    /// The log in the folder `root`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn tile_path(&self, tile: TileId) -> PathBuf {
        self.root.join(tile.to_string())
    }
}

impl ReadTiles for DirReader {
    fn read_tile(&self, tile: TileId, into: &mut Vec<u8>) -> Result<bool, StorageError> {
        let most = match tile.kind() {
            TileKind::Entries => MOST_ENTRIES,
            TileKind::Hashes { .. } => MOST_HASHES,
        };
        read(&self.tile_path(tile), most, into)
    }

    fn read_checkpoint(&self) -> Result<Option<Vec<u8>>, StorageError> {
        let mut note = Vec::new();
        let found = read(&self.root.join("checkpoint"), MOST_CHECKPOINT, &mut note)?;
        Ok(found.then_some(note))
    }
}

impl LogFiles for DirReader {
    fn list(&self) -> Result<Vec<String>, StorageError> {
        // `walk` takes a missing folder for an empty one; the log's own folder must be there.
        std::fs::read_dir(&self.root).map_err(|e| fault("list the folder", &self.root, e))?;
        let mut paths = Vec::new();
        walk(&self.root, "", &mut |path| paths.push(path.to_owned()))?;
        Ok(paths)
    }

    fn read_file(&self, path: &str, into: &mut Vec<u8>) -> Result<bool, StorageError> {
        let most = match path.parse() {
            Ok(TileId { .. }) if path.starts_with("tile/entries/") => MOST_ENTRIES,
            Ok(_) => MOST_HASHES,
            Err(_) => MOST_CHECKPOINT,
        };
        read(&self.root.join(path), most, into)
    }
}
