//! Intervals of entries that form a tree of their own inside every larger tree.

use super::ProofError;

/// A node over `2^level` entries, all of them present. See [`Subtree::nodes`].
///
/// ```
/// use ledger::tree::Subtree;
/// let node = Subtree::new(16, 24).unwrap().nodes().next().unwrap();
/// assert_eq!((node.level, node.index), (3, 2));
/// assert_eq!((node.start(), node.end()), (16, 24));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Node {
    /// Height above the leaves, 0 for a leaf.
    pub level: u8,
    /// Place among the nodes of its level, from 0.
    pub index: u64,
}

impl Node {
    /// The first entry under the node.
    pub fn start(&self) -> u64 {
        self.index << self.level
    }

    /// The entry after the last under the node.
    pub fn end(&self) -> u64 {
        (self.index + 1) << self.level
    }
}

/// The interval `[start, end)` of entries, aligned so that its Merkle tree is part of every tree
/// that holds these entries: `start` is a multiple of the length rounded up to a power of two
/// (draft-ietf-plants-merkle-tree-certs, section "Definition of a Subtree").
///
/// ```
/// use ledger::tree::Subtree;
///
/// let subtree = Subtree::new(8, 13).unwrap();
/// assert_eq!((subtree.start(), subtree.end(), subtree.len()), (8, 13, 5));
/// assert_eq!(Subtree::new(3, 5).unwrap_err().code(), "ledger.not_a_subtree");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subtree {
    start: u64,
    end: u64,
}

impl Subtree {
    /// The subtree `[start, end)`; an empty one may stand anywhere.
    ///
    /// # Errors
    /// [`ProofError::NotASubtree`].
    pub fn new(start: u64, end: u64) -> Result<Self, ProofError> {
        let wrong = ProofError::NotASubtree { start, end };
        let Some(len) = end.checked_sub(start) else {
            return Err(wrong);
        };
        let aligned = match len.checked_next_power_of_two() {
            Some(unit) => start.is_multiple_of(unit),
            // Longer than 2^63: only the start of the log is a multiple of 2^64.
            None => start == 0,
        };
        if aligned { Ok(Self { start, end }) } else { Err(wrong) }
    }

    /// The whole tree of `size` entries.
    pub fn tree(size: u64) -> Self {
        Self { start: 0, end: size }
    }

    /// The subtree of one entry.
    ///
    /// # Errors
    /// [`ProofError::IndexBeyondSize`] for the last number there is, which no tree can hold.
    pub fn leaf(index: u64) -> Result<Self, ProofError> {
        match index.checked_add(1) {
            Some(end) => Ok(Self { start: index, end }),
            None => Err(ProofError::IndexBeyondSize { index, size: u64::MAX }),
        }
    }

    /// The first entry.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// The entry after the last.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// The number of entries.
    pub fn len(&self) -> u64 {
        self.end - self.start
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// The fewest complete nodes that cover the subtree, from left to right, so largest first.
    ///
    /// ```
    /// use ledger::tree::Subtree;
    /// let nodes = Subtree::new(8, 13).unwrap().nodes();
    /// let nodes: Vec<(u64, u64)> = nodes.map(|node| (node.start(), node.end())).collect();
    /// assert_eq!(nodes, [(8, 12), (12, 13)]);
    /// ```
    pub fn nodes(&self) -> impl Iterator<Item = Node> + use<> {
        let (mut start, end) = (self.start, self.end);
        std::iter::from_fn(move || {
            let level = (end - start).checked_ilog2()?;
            let index = start >> level;
            start += 1 << level;
            Some(Node { level: level as u8, index })
        })
    }

    /// Where RFC 6962 splits a tree of two entries or more in two: the left part is the largest
    /// complete tree that is not the whole. `None` for a shorter one, which has no parts.
    pub(super) fn split(&self) -> Option<u64> {
        let k = 1 << self.len().checked_sub(1)?.checked_ilog2()?;
        Some(self.start + k)
    }

    /// The part before `at`, which must be a split of this subtree.
    pub(super) fn before(&self, at: u64) -> Self {
        Self { start: self.start, end: at }
    }

    /// The part from `at`, which must be a split of this subtree.
    pub(super) fn from(&self, at: u64) -> Self {
        Self { start: at, end: self.end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn validity_of_large_subtrees() {
        // draft-ietf-plants-merkle-tree-certs, "Large Subtree Test Vectors", "Subtree Validity".
        let valid = [
            (0, (1 << 47) + 1),
            (0, (1 << 48) - 1),
            (0, (1 << 62) + 1),
            (0, (1 << 63) - 1),
            (0, (1 << 63) + 1),
            (0, u64::MAX),
        ];
        let invalid = [
            (1 << 46, (1 << 47) + 1),
            (1 << 46, (1 << 48) - 1),
            (1 << 61, (1 << 62) + 1),
            (1 << 61, (1 << 63) - 1),
            (1 << 62, (1 << 63) + 1),
            (1 << 62, u64::MAX),
        ];
        for (start, end) in valid {
            assert!(Subtree::new(start, end).is_ok(), "[{start}, {end})");
        }
        for (start, end) in invalid {
            assert!(Subtree::new(start, end).is_err(), "[{start}, {end})");
        }
    }

    #[test]
    fn nodes_cover_the_largest_tree() {
        let nodes: Vec<Node> = Subtree::tree(u64::MAX).nodes().collect();
        assert_eq!(nodes.len(), 64);
        assert_eq!(nodes[0], Node { level: 63, index: 0 });
        assert_eq!(nodes[63].start(), u64::MAX - 1);
    }

    #[test]
    fn the_last_number_is_no_leaf() {
        assert!(Subtree::leaf(u64::MAX).is_err());
        assert_eq!(Subtree::leaf(u64::MAX - 1).map(|s| s.len()), Ok(1));
    }
}
