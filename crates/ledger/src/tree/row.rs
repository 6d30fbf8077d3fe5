//! The root over a row of neighbouring nodes.

use crate::Hash;
use crate::hash::hash_pairs;

/// The Merkle tree hash whose leaves have the hashes in `row` (RFC 6962, section 2.1), or over the
/// nodes of any one level, the last of which may be incomplete.
///
/// An empty row gives the root of the empty tree.
///
/// ```
/// use ledger::{Hash, tree::row_root};
/// let row = [Hash::of_leaf(b"a"), Hash::of_leaf(b"b"), Hash::of_leaf(b"c")];
/// let left = Hash::of_node(&row[0], &row[1]);
/// assert_eq!(row_root(&row), Hash::of_node(&left, &row[2]));
/// assert_eq!(row_root(&[]), Hash::empty_root());
/// ```
pub fn row_root(row: &[Hash]) -> Hash {
    fold_row(&mut row.to_vec())
}

/// [`row_root`] that works in place and leaves `row` in no useful state.
///
/// Hashing level by level and carrying an odd last node up unchanged gives the same tree as
/// splitting at the largest power of two, because the split always leaves a complete left part.
pub(crate) fn fold_row(row: &mut [Hash]) -> Hash {
    let mut len = row.len();
    while len > 1 {
        hash_pairs(&mut row[..len]);
        if len % 2 == 1 {
            row[len / 2] = row[len - 1];
        }
        len = len.div_ceil(2);
    }
    row.first().copied().unwrap_or_else(Hash::empty_root)
}
