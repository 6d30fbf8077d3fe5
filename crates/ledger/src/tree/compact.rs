//! What is needed of a tree to let it grow: at most 64 hashes.

use crate::Hash;

/// A growing tree that keeps only the roots of its complete subtrees, left to right: enough to add
/// leaves and to know the root, for a monitor or a witness that follows a log.
///
/// ```
/// use ledger::{Hash, tree::{CompactRange, row_root}};
///
/// let leaves: Vec<Hash> = (0..7u8).map(|i| Hash::of_leaf(&[i])).collect();
/// let mut tree = CompactRange::default();
/// assert_eq!(tree.root(), Hash::empty_root());
/// for leaf in &leaves {
///     tree.append(*leaf);
/// }
/// assert_eq!((tree.size(), tree.root()), (7, row_root(&leaves)));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompactRange {
    size: u64,
    /// One hash for each bit that is set in `size`, the highest bit first.
    nodes: Vec<Hash>,
}

impl CompactRange {
    /// Adds a leaf by its hash ([`Hash::of_leaf`]).
    pub fn append(&mut self, leaf: Hash) {
        // Each trailing 1 of the old size is a complete subtree that the new leaf completes further.
        let mut node = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.nodes.pop() {
                node = Hash::of_node(&left, &node);
            }
        }
        self.nodes.push(node);
        self.size += 1;
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree at its present size.
    pub fn root(&self) -> Hash {
        self.nodes
            .iter()
            .rev()
            .copied()
            .reduce(|right, left| Hash::of_node(&left, &right))
            .unwrap_or_else(Hash::empty_root)
    }
}
