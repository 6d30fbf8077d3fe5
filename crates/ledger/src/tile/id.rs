//! Which tile, and its path.

use std::fmt;
use std::str::FromStr;

use super::{FULL_WIDTH, TileError};
use crate::hash::shown;
use crate::parse_decimal;

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// The entries themselves: a bundle.
    Entries,
    /// Hashes of complete subtrees of `256^level` entries each; level 0 are the leaf hashes.
    Hashes {
        /// 0 to 63.
        level: u8,
    },
}

impl TileKind {
    /// The level of the tree at which the tile's items stand, in binary levels.
    fn bits(self) -> u32 {
        match self {
            Self::Entries => 0,
            Self::Hashes { level } => 8 * u32::from(level),
        }
    }

    /// How many items of this kind a log of `size` entries has.
    ///
    /// ```
    /// use ledger::tile::TileKind;
    /// assert_eq!(TileKind::Hashes { level: 1 }.items(70_000), 273);
    /// ```
    pub fn items(self, size: u64) -> u64 {
        size.checked_shr(self.bits()).unwrap_or(0)
    }

    /// The tiles of this kind in a log of `size` entries: all full ones, and at the end perhaps a
    /// partial one.
    ///
    /// ```
    /// use ledger::tile::TileKind;
    /// let tiles: Vec<String> =
    ///     TileKind::Hashes { level: 1 }.tiles(70_000).map(|tile| tile.to_string()).collect();
    /// assert_eq!(tiles, ["tile/1/000", "tile/1/001.p/17"]);
    /// ```
    pub fn tiles(self, size: u64) -> impl Iterator<Item = TileId> {
        let count = self.items(size).div_ceil(FULL_WIDTH.into());
        (0..count).map(move |index| self.tile_at(index, size))
    }

    /// The tile of this kind at `index` in a log of `size` entries, partial where it is the last and
    /// not full. It must hold something.
    pub fn tile_at(self, index: u64, size: u64) -> TileId {
        let width = (self.items(size) - index * u64::from(FULL_WIDTH)).min(FULL_WIDTH.into());
        TileId { kind: self, index, width: width as u16 }
    }

    /// The kinds of tiles that a log of `size` entries has: bundles, then the levels from 0 up.
    pub(crate) fn all(size: u64) -> impl Iterator<Item = Self> {
        let levels =
            (0..8).map(|level| Self::Hashes { level }).take_while(move |kind| kind.items(size) > 0);
        std::iter::once(Self::Entries).filter(move |_| size > 0).chain(levels)
    }
}

/// A tile or a bundle: what it holds, its place among its kind, and how many items it has. Shown and
/// parsed as its path (C2SP tlog-tiles, sections "Merkle Tree" and "Log entries").
///
/// ```
/// use ledger::tile::{TileId, TileKind};
///
/// let id: TileId = "tile/entries/x001/x234/067.p/8".parse().unwrap();
/// assert_eq!((id.kind(), id.index(), id.width()), (TileKind::Entries, 1_234_067, 8));
/// assert_eq!(id.full().to_string(), "tile/entries/x001/x234/067");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    kind: TileKind,
    index: u64,
    width: u16,
}

impl TileId {
    /// The tile of some width at a place among those of its kind; nothing for a width or level that
    /// no tile has.
    ///
    /// ```
    /// use ledger::tile::{TileId, TileKind};
    /// let id = TileId::new(TileKind::Hashes { level: 1 }, 3, 256).unwrap();
    /// assert_eq!(id.to_string(), "tile/1/003");
    /// assert_eq!(TileId::new(TileKind::Entries, 0, 257), None);
    /// ```
    pub fn new(kind: TileKind, index: u64, width: u16) -> Option<Self> {
        let level = if let TileKind::Hashes { level } = kind { level } else { 0 };
        ((1..=FULL_WIDTH).contains(&width) && level < 64).then_some(Self { kind, index, width })
    }

    /// What the tile holds.
    pub fn kind(&self) -> TileKind {
        self.kind
    }

    /// Its place among the tiles of its kind, from 0.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// Hashes or entries in it, 1 to 256.
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Whether it has all 256.
    pub fn is_full(&self) -> bool {
        self.width == FULL_WIDTH
    }

    /// The full tile at the same place.
    #[must_use]
    pub fn full(&self) -> Self {
        Self { width: FULL_WIDTH, ..*self }
    }

    /// Whether a log of `size` entries has all that the tile holds.
    ///
    /// ```
    /// use ledger::tile::TileId;
    /// let id: TileId = "tile/1/000.p/2".parse().unwrap();
    /// assert!(id.is_within(512) && !id.is_within(511));
    /// ```
    pub fn is_within(&self, size: u64) -> bool {
        self.first() + u64::from(self.width) <= self.kind.items(size)
    }

    /// The place of its first item among the items of its kind.
    pub(crate) fn first(&self) -> u64 {
        self.index * u64::from(FULL_WIDTH)
    }
}

impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Entries => f.write_str("tile/entries/")?,
            TileKind::Hashes { level } => write!(f, "tile/{level}/")?,
        }
        let groups = (self.index.checked_ilog10().unwrap_or(0)) / 3;
        for group in (1..=groups).rev() {
            write!(f, "x{:03}/", self.index / 1000_u64.pow(group) % 1000)?;
        }
        write!(f, "{:03}", self.index % 1000)?;
        if !self.is_full() {
            write!(f, ".p/{}", self.width)?;
        }
        Ok(())
    }
}

impl FromStr for TileId {
    type Err = TileError;

    fn from_str(path: &str) -> Result<Self, TileError> {
        parse(path)
            // Whatever is not written the one right way (leading zeros, a missing x) is refused here.
            .filter(|id| id.to_string() == path)
            .ok_or_else(|| TileError::BadPath { found: shown(path) })
    }
}

fn parse(path: &str) -> Option<TileId> {
    let (kind, rest) = path.strip_prefix("tile/")?.split_once('/')?;
    let kind = match kind {
        "entries" => TileKind::Entries,
        level => {
            TileKind::Hashes { level: parse_decimal(level)?.try_into().ok().filter(|l| *l < 64)? }
        }
    };
    let (place, width) = match rest.split_once(".p/") {
        Some((place, width)) => (place, parse_decimal(width)?.try_into().ok()?),
        None => (rest, FULL_WIDTH),
    };
    if width == 0 || width > FULL_WIDTH {
        return None;
    }
    let mut index = 0_u64;
    for group in place.split('/') {
        let digits = group.strip_prefix('x').unwrap_or(group);
        let digits = Some(digits).filter(|d| d.bytes().all(|b| b.is_ascii_digit()))?;
        index = index.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
    }
    // The items of the tile must have numbers too.
    index.checked_add(1)?.checked_mul(FULL_WIDTH.into())?;
    Some(TileId { kind, index, width })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tiles_of_the_specification() {
        // C2SP tlog-tiles, "Partial Tiles": a tree of size 70,000.
        let all: Vec<TileId> = TileKind::all(70_000)
            .filter(|kind| *kind != TileKind::Entries)
            .flat_map(|kind| kind.tiles(70_000))
            .collect();
        let partial: Vec<String> =
            all.iter().filter(|id| !id.is_full()).map(TileId::to_string).collect();
        assert_eq!(partial, ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]);
        assert_eq!(all.len(), 273 + 1 + 1 + 1 + 1);
        let of_256: Vec<String> =
            TileKind::all(256).flat_map(|kind| kind.tiles(256)).map(|id| id.to_string()).collect();
        assert_eq!(of_256, ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]);
        assert_eq!(TileKind::all(0).count(), 0);
    }

    #[test]
    fn only_one_spelling_is_a_path() {
        for good in
            ["tile/0/000", "tile/63/999.p/255", "tile/entries/x001/000", "tile/2/x001/x234/067"]
        {
            assert_eq!(good.parse::<TileId>().unwrap().to_string(), good);
        }
        for bad in [
            "",
            "tile",
            "tile/0",
            "tile/0/",
            "tile/00/000",
            "tile/64/000",
            "tile/-1/000",
            "tile/data/000",
            "tile/0/0",
            "tile/0/0000",
            "tile/0/x000/001",
            "tile/0/001/001",
            "tile/0/x001",
            "tile/0/+01",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/08",
            "tile/0/000.p/",
            "tile/0/000.p/8/",
            "/tile/0/000",
            "tile/0/０００",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert!(bad.parse::<TileId>().is_err(), "{bad}");
        }
    }
}
