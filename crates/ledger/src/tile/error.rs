//! What can be wrong with a tile.

/// Why bytes or a path are not a tile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TileError {
    /// Not the path of a tile.
    #[error(
        "\"{found}\" is not the path of a tile: one looks like tile/0/x001/x234/067, or tile/entries/067.p/8 for a part of 8"
    )]
    BadPath {
        /// The path found.
        found: String,
    },
    /// Another number of bytes than the width calls for.
    #[error(
        "the tile has {found} bytes where {width} hashes have {expected}; it was cut, or something was added"
    )]
    WrongLength {
        /// Hashes that the tile should have.
        width: u16,
        /// Bytes that so many hashes have.
        expected: usize,
        /// Bytes found.
        found: usize,
    },
    /// A bundle that ends inside an entry or before its last.
    #[error("the bundle ends in entry {entry} of its {width} (counted from 0); it was cut")]
    EntryCut {
        /// The entry that is not complete, counted from 0 within the bundle.
        entry: u16,
        /// Entries that the bundle should have.
        width: u16,
    },
    /// Bytes after the last entry of a bundle.
    #[error(
        "the bundle has {found} bytes after the last of its {width} entries; something was added"
    )]
    TrailingBytes {
        /// Entries that the bundle should have.
        width: u16,
        /// Bytes that are too many.
        found: usize,
    },
    /// An entry whose length does not fit into 16 bits.
    #[error(
        "an entry of {found} bytes is too long for a log (at most {} bytes); log a digest of it",
        super::LONGEST_ENTRY
    )]
    EntryTooLong {
        /// Bytes of the entry.
        found: usize,
    },
}

impl TileError {
    /// The stable code of the error.
    ///
    /// ```
    /// use ledger::tile::TileId;
    /// assert_eq!("tile/0/7".parse::<TileId>().unwrap_err().code(), "ledger.bad_tile_path");
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadPath { .. } => "ledger.bad_tile_path",
            Self::WrongLength { .. } => "ledger.tile_wrong_length",
            Self::EntryCut { .. } => "ledger.entry_cut",
            Self::TrailingBytes { .. } => "ledger.bundle_trailing_bytes",
            Self::EntryTooLong { .. } => "ledger.entry_too_long",
        }
    }
}
