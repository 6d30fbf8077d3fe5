//! Which of two files that disagree is the right one.

use super::files::LogFiles;
use super::listing::partial;
use super::problem::Stop;
use super::tiles::Context;
use crate::Hash;
use crate::tile::{FULL_WIDTH, TileId, TileKind};
use crate::tree::{fold_row, row_root};

impl<F: LogFiles> Context<'_, F> {
    /// Whether the tree above confirms what was found in a tile: the hash in the next level for a full
    /// tile, the largest checkpoint for one at the right edge.
    pub(super) fn vouched_for(
        &self,
        tile: TileId,
        found: &[Hash],
        bytes: &mut Vec<u8>,
    ) -> Result<bool, Stop> {
        let TileKind::Hashes { level } = tile.kind() else {
            return Ok(false);
        };
        let found = found.get(..usize::from(tile.width())).unwrap_or(found);
        if !tile.is_full() {
            return Ok(self.edge_root(level, found, bytes) == Some(self.root));
        }
        let above = TileKind::Hashes { level: level + 1 };
        let width = u64::from(FULL_WIDTH);
        let parent = self.listing.present(above.tile_at(tile.index() / width, self.size));
        let place = (tile.index() % width) as usize;
        let hashes = parent.and_then(|parent| self.hashes(parent, bytes).ok());
        let above = hashes.and_then(|hashes| hashes.get(place).copied());
        Ok(above == Some(row_root(found)))
    }

    /// The root that the tiles at the right edge give when that of `level` has the hashes `found`.
    fn edge_root(&self, level: u8, found: &[Hash], bytes: &mut Vec<u8>) -> Option<Hash> {
        let mut below: Option<Hash> = None;
        for l in 0..8 {
            let mut row = match partial(TileKind::Hashes { level: l }, self.size) {
                None => Vec::new(),
                Some(_) if l == level => found.to_vec(),
                Some(tile) => {
                    let mut row = self.hashes(self.listing.present(tile)?, bytes).ok()?;
                    row.truncate(tile.width().into());
                    row
                }
            };
            row.extend(below);
            if !row.is_empty() {
                below = Some(fold_row(&mut row));
            }
        }
        below
    }
}
