//! The right edge of a growing log: what is not in full tiles yet.

use crate::Hash;
use crate::storage::{Storage, StorageError};
use crate::tile::{FULL_WIDTH, TileError, TileKind, hashes_to_bytes, push_entry};
use crate::tree::{fold_row, row_root};

/// The partial tile of each level and the partial bundle. Together they are all that is needed to
/// let the tree grow and to know its root.
#[derive(Debug, Default)]
pub(super) struct Edge {
    pub(super) size: u64,
    /// Fewer than 256 hashes for each level, from the leaves up.
    pub(super) rows: Vec<Vec<Hash>>,
    /// The entries behind the hashes of the first row.
    pub(super) bundle: Vec<u8>,
}

impl Edge {
    /// Adds the bytes of an entry; [`push_leaf`](Self::push_leaf) must follow.
    pub(super) fn push_entry(&mut self, entry: &[u8]) -> Result<(), TileError> {
        push_entry(&mut self.bundle, entry)
    }

    /// Adds the leaf hash of the entry to the first row, and the root of each row that becomes full to
    /// the next, storing the full tiles. After an error the edge is in no useful state.
    pub(super) fn push_leaf(
        &mut self,
        leaf: Hash,
        storage: &mut impl Storage,
    ) -> Result<(), StorageError> {
        self.size += 1;
        let mut hash = leaf;
        for level in 0.. {
            if self.rows.len() == usize::from(level) {
                self.rows.push(Vec::with_capacity(FULL_WIDTH.into()));
            }
            let Some(row) = self.rows.get_mut(usize::from(level)) else {
                break;
            };
            row.push(hash);
            if row.len() < usize::from(FULL_WIDTH) {
                break;
            }
            let kind = TileKind::Hashes { level };
            let tile = kind.tile_at(kind.items(self.size) / u64::from(FULL_WIDTH) - 1, self.size);
            if level == 0 {
                let bundle = TileKind::Entries.tile_at(tile.index(), self.size);
                storage.write_tile(bundle, &self.bundle)?;
                self.bundle.clear();
            }
            storage.write_tile(tile, &hashes_to_bytes(row))?;
            hash = fold_row(row);
            row.clear();
        }
        Ok(())
    }

    /// Stores the partial tiles and the partial bundle, but for those that a checkpoint of `covered`
    /// entries covers: these are stored and must not be written again, not even with the same bytes,
    /// because a crash could tear them.
    pub(super) fn store(
        &self,
        covered: u64,
        storage: &mut impl Storage,
    ) -> Result<(), StorageError> {
        for (row, level) in self.rows.iter().zip(0..) {
            if row.is_empty() {
                continue;
            }
            let kind = TileKind::Hashes { level };
            let tile = kind.tile_at(kind.items(self.size) / u64::from(FULL_WIDTH), self.size);
            if tile.is_within(covered) {
                continue;
            }
            if level == 0 {
                let bundle = TileKind::Entries.tile_at(tile.index(), self.size);
                storage.write_tile(bundle, &self.bundle)?;
            }
            storage.write_tile(tile, &hashes_to_bytes(row))?;
        }
        Ok(())
    }

    /// The root of the tree: the last, incomplete node of a level is the root of what its row leaves
    /// over, so each row is folded with the root of the rows below it at its end.
    pub(super) fn root(&self) -> Hash {
        let mut below: Option<Hash> = None;
        for row in &self.rows {
            let mut row = row.clone();
            row.extend(below);
            if !row.is_empty() {
                below = Some(fold_row(&mut row));
            }
        }
        below.unwrap_or_else(|| row_root(&[]))
    }

    /// The leaf hash of an entry whose tile is not full yet.
    pub(super) fn leaf(&self, index: u64) -> Option<Hash> {
        let row = self.rows.first()?;
        let first = self.size - row.len() as u64;
        let place = usize::try_from(index.checked_sub(first)?).ok()?;
        row.get(place).copied()
    }
}
