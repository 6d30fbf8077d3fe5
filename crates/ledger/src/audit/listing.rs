//! What is there.

use std::ops::RangeInclusive;

use super::checkpoints::CURRENT;
use super::files::LogFiles;
use crate::parse_decimal;
use crate::storage::StorageError;
use crate::tile::{FULL_WIDTH, TileId, TileKind};

/// What `DirStorage` keeps beside the log for itself.
const WRITERS_OWN: &str = ".writer/";

/// The files of a log, told apart.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// The files `checkpoint.<number>`, by number.
    pub(super) checkpoints: Vec<String>,
    /// The tiles, in order.
    tiles: Vec<TileId>,
    /// What is no part of a log nor its writer's own, in order.
    pub(super) others: Vec<String>,
}

impl Listing {
    pub(super) fn of(files: &impl LogFiles) -> Result<Self, StorageError> {
        let mut listing = Self::default();
        let mut numbered = Vec::new();
        for path in files.list()? {
            if let Ok(tile) = path.parse() {
                listing.tiles.push(tile);
            } else if let Some(n) = path.strip_prefix("checkpoint.").and_then(parse_decimal) {
                numbered.push((n, path));
            } else if path != CURRENT && !path.starts_with(WRITERS_OWN) {
                listing.others.push(path);
            }
        }
        numbered.sort_unstable();
        listing.checkpoints = numbered.into_iter().map(|(_, path)| path).collect();
        listing.tiles.sort_unstable();
        listing.others.sort_unstable();
        Ok(listing)
    }

    /// The tile that holds what `wanted` holds: itself, or the full one in its place.
    pub(super) fn present(&self, wanted: TileId) -> Option<TileId> {
        [wanted, wanted.full()].into_iter().find(|tile| self.tiles.binary_search(tile).is_ok())
    }

    /// All tiles of a kind at one place, by width.
    pub(super) fn at(&self, kind: TileKind, index: u64) -> &[TileId] {
        self.between(kind, index..=index)
    }

    /// The number of tiles and bundles.
    pub(super) fn count(&self) -> usize {
        self.tiles.len()
    }

    /// The tiles that hold more than a log of `size` entries does.
    pub(super) fn beyond(&self, size: u64) -> impl Iterator<Item = &TileId> {
        self.tiles.iter().filter(move |tile| !tile.is_within(size))
    }

    fn between(&self, kind: TileKind, indexes: RangeInclusive<u64>) -> &[TileId] {
        let key = |tile: &TileId| (tile.kind(), tile.index());
        let from = self.tiles.partition_point(|tile| key(tile) < (kind, *indexes.start()));
        let to = self.tiles.partition_point(|tile| key(tile) <= (kind, *indexes.end()));
        self.tiles.get(from..to).unwrap_or_default()
    }
}

/// The last tile of a kind in a log of `size` entries, where it is partial.
pub(super) fn partial(kind: TileKind, size: u64) -> Option<TileId> {
    let width = u64::from(FULL_WIDTH);
    let items = kind.items(size);
    (!items.is_multiple_of(width)).then(|| kind.tile_at(items / width, size))
}
