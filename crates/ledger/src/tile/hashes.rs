//! Tiles of hashes.

use super::TileError;
use crate::Hash;

/// The hashes of a tile of the given width.
///
/// # Errors
/// [`TileError::WrongLength`].
///
/// ```
/// use ledger::{Hash, tile};
/// let hashes = [Hash::of_leaf(b"a"), Hash::of_leaf(b"b")];
/// let bytes = tile::hashes_to_bytes(&hashes);
/// assert_eq!(tile::parse_hashes(&bytes, 2).unwrap(), hashes);
/// assert_eq!(tile::parse_hashes(&bytes, 3).unwrap_err().code(), "ledger.tile_wrong_length");
/// ```
pub fn parse_hashes(bytes: &[u8], width: u16) -> Result<Vec<Hash>, TileError> {
    let expected = usize::from(width) * Hash::SIZE;
    if bytes.len() != expected {
        return Err(TileError::WrongLength { width, expected, found: bytes.len() });
    }
    let (hashes, _) = bytes.as_chunks();
    Ok(hashes.iter().copied().map(Hash::from_bytes).collect())
}

/// The bytes of a tile with these hashes.
pub fn hashes_to_bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.as_bytes()).copied().collect()
}
