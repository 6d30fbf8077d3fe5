//! Comparing the files at one place of the log with what is under them.

use super::checkpoints::read;
use super::files::LogFiles;
use super::listing::Listing;
use super::problem::{Finding, Stop};
use crate::Hash;
use crate::tile::{Entries, FULL_WIDTH, TileId, TileKind, parse_hashes};

/// What every part of an audit needs: the files, which there are, and how far the largest checkpoint
/// reaches.
pub(super) struct Context<'a, F> {
    pub(super) files: &'a F,
    pub(super) listing: &'a Listing,
    /// Entries in the largest checkpoint.
    pub(super) size: u64,
    /// The root in the largest checkpoint.
    pub(super) root: Hash,
}

impl<F: LogFiles> Context<'_, F> {
    /// The leaf hashes of the entries at one place that the largest checkpoint covers, from the
    /// widest bundle that it calls for.
    pub(super) fn read_leaves(&self, index: u64, bytes: &mut Vec<u8>) -> Result<Vec<Hash>, Stop> {
        let wanted = TileKind::Entries.tile_at(index, self.size);
        self.leaves(self.required(wanted)?, wanted.width(), bytes)
    }

    /// Checks all other bundles at the place against leaf hashes that fit the tree.
    pub(super) fn check_other_bundles(
        &self,
        index: u64,
        leaves: &[Hash],
        bytes: &mut Vec<u8>,
    ) -> Result<(), Stop> {
        let wanted = TileKind::Entries.tile_at(index, self.size);
        let main = self.required(wanted)?;
        for other in self.others(main) {
            let others = self.leaves(*other, wanted.width(), bytes)?;
            if let Some((place, expected, found)) = first_difference(leaves, &others) {
                let entry = wanted.first() + place;
                return Err(Finding::Entry { entry, expected, found }.in_file(other));
            }
        }
        Ok(())
    }

    /// Checks the tiles of hashes at one place against the hashes computed from the entries.
    pub(super) fn check_hashes(
        &self,
        level: u8,
        index: u64,
        computed: &[Hash],
        bytes: &mut Vec<u8>,
    ) -> Result<(), Stop> {
        let kind = TileKind::Hashes { level };
        let wanted = kind.tile_at(index, self.size);
        let main = self.required(wanted)?;
        for tile in std::iter::once(&main).chain(self.others(main)) {
            let found = self.hashes(*tile, bytes)?;
            if let Some((place, computed_hash, found_hash)) = first_difference(computed, &found) {
                let place = wanted.first() + place;
                let (first, last) = (place << (8 * level), ((place + 1) << (8 * level)) - 1);
                // A tile that the tree above vouches for is right, so what is under it is not.
                let found_is_right = *tile == main && self.vouched_for(wanted, &found, bytes)?;
                return Err(match (found_is_right, level) {
                    (false, _) => Finding::Hash {
                        level,
                        place,
                        first,
                        last,
                        expected: computed_hash,
                        found: found_hash,
                    }
                    .in_file(tile),
                    (true, 0) => {
                        Finding::Entry { entry: first, expected: found_hash, found: computed_hash }
                            .in_file(self.required(TileKind::Entries.tile_at(index, self.size))?)
                    }
                    (true, _) => {
                        let bundle = first / u64::from(FULL_WIDTH);
                        Finding::Rewritten {
                            first,
                            last,
                            expected: found_hash,
                            found: computed_hash,
                        }
                        .in_file(self.required(TileKind::Entries.tile_at(bundle, self.size))?)
                    }
                });
            }
        }
        Ok(())
    }

    /// The hashes of a tile that is there.
    pub(super) fn hashes(&self, tile: TileId, bytes: &mut Vec<u8>) -> Result<Vec<Hash>, Stop> {
        read(self.files, &tile.to_string(), self.size, bytes)?;
        parse_hashes(bytes, tile.width()).map_err(|error| Finding::Tile(error).in_file(tile))
    }

    /// The leaf hashes of the first `most` entries of a bundle, all of which must be well formed.
    fn leaves(&self, tile: TileId, most: u16, bytes: &mut Vec<u8>) -> Result<Vec<Hash>, Stop> {
        read(self.files, &tile.to_string(), self.size, bytes)?;
        let mut leaves = Vec::with_capacity(usize::from(tile.width().min(most)));
        for entry in Entries::new(bytes, tile.width()) {
            let entry = entry.map_err(|error| Finding::Tile(error).in_file(tile))?;
            if leaves.len() < usize::from(most) {
                leaves.push(Hash::of_leaf(entry));
            }
        }
        Ok(leaves)
    }

    /// The other tiles at the place of `main` that the largest checkpoint covers.
    fn others(&self, main: TileId) -> impl Iterator<Item = &TileId> {
        let at = self.listing.at(main.kind(), main.index()).iter();
        at.filter(move |tile| **tile != main && tile.is_within(self.size))
    }

    fn required(&self, wanted: TileId) -> Result<TileId, Stop> {
        let size = self.size;
        self.listing.present(wanted).ok_or_else(|| Finding::Missing { size }.in_file(wanted))
    }
}

/// The first place at which two rows differ, as far as both go, and what each has there.
fn first_difference(a: &[Hash], b: &[Hash]) -> Option<(u64, Hash, Hash)> {
    (0..).zip(a.iter().zip(b)).find(|(_, (a, b))| a != b).map(|(place, (a, b))| (place, *a, *b))
}
