//! Making proofs.

use super::{ProofError, Subtree, subtree::Node};
use crate::Hash;

/// Where a proof finds the hashes of complete nodes: tiles, or leaves in memory.
pub trait NodeSource {
    /// What can go wrong when a node is looked up.
    type Error: From<ProofError>;

    /// The hash of a complete node.
    ///
    /// # Errors
    /// The node is not there or cannot be read.
    fn node(&mut self, node: Node) -> Result<Hash, Self::Error>;
}

/// Leaf hashes in memory, the first of the log first. For tests and small trees: each node is hashed
/// anew.
impl NodeSource for &[Hash] {
    type Error = ProofError;

    fn node(&mut self, node: Node) -> Result<Hash, ProofError> {
        let beyond = ProofError::IndexBeyondSize { index: node.end() - 1, size: self.len() as u64 };
        let (Ok(start), Ok(end)) = (usize::try_from(node.start()), usize::try_from(node.end()))
        else {
            return Err(beyond);
        };
        self.get(start..end).map(super::row_root).ok_or(beyond)
    }
}

/// Proof that entry `index` is in the tree of `size` entries: the sibling hashes from the leaf up
/// (RFC 6962, section 2.1.1).
///
/// # Errors
/// [`ProofError::IndexBeyondSize`], or what `nodes` cannot read.
///
/// ```
/// use ledger::{Hash, tree};
///
/// let leaves: Vec<Hash> = (0..7u8).map(|i| Hash::of_leaf(&[i])).collect();
/// let proof = tree::prove_inclusion(6, 7, &mut &leaves[..]).unwrap();
/// assert_eq!(proof, [tree::row_root(&leaves[4..6]), tree::row_root(&leaves[..4])]);
/// tree::verify_inclusion(6, 7, &leaves[6], &proof, &tree::row_root(&leaves)).unwrap();
/// ```
pub fn prove_inclusion<N: NodeSource>(
    index: u64,
    size: u64,
    nodes: &mut N,
) -> Result<Vec<Hash>, N::Error> {
    if index >= size {
        return Err(ProofError::IndexBeyondSize { index, size }.into());
    }
    prove_subtree(Subtree::leaf(index)?, size, nodes)
}

/// Proof that the tree of `old` entries is the start of the tree of `new` entries (RFC 6962,
/// section 2.1.2).
///
/// # Errors
/// [`ProofError::SizesSwapped`]; [`ProofError::FromEmpty`]; what `nodes` cannot read.
///
/// ```
/// use ledger::{Hash, tree};
///
/// let leaves: Vec<Hash> = (0..7u8).map(|i| Hash::of_leaf(&[i])).collect();
/// let proof = tree::prove_consistency(4, 7, &mut &leaves[..]).unwrap();
/// assert_eq!(proof, [tree::row_root(&leaves[4..])]);
/// let (old, new) = (tree::row_root(&leaves[..4]), tree::row_root(&leaves));
/// tree::verify_consistency(4, 7, &proof, &old, &new).unwrap();
/// ```
pub fn prove_consistency<N: NodeSource>(
    old: u64,
    new: u64,
    nodes: &mut N,
) -> Result<Vec<Hash>, N::Error> {
    check_sizes(old, new)?;
    prove_subtree(Subtree::tree(old), new, nodes)
}

/// Proof that a subtree is part of the tree of `size` entries
/// (draft-ietf-plants-merkle-tree-certs, section "Generating a Subtree Consistency Proof").
///
/// # Errors
/// [`ProofError::IndexBeyondSize`], or what `nodes` cannot read.
///
/// ```
/// use ledger::{Hash, tree::{self, Subtree}};
///
/// let leaves: Vec<Hash> = (0..14u8).map(|i| Hash::of_leaf(&[i])).collect();
/// let proof = tree::prove_subtree(Subtree::new(4, 8).unwrap(), 14, &mut &leaves[..]).unwrap();
/// assert_eq!(proof, [tree::row_root(&leaves[..4]), tree::row_root(&leaves[8..])]);
/// ```
pub fn prove_subtree<N: NodeSource>(
    subtree: Subtree,
    size: u64,
    nodes: &mut N,
) -> Result<Vec<Hash>, N::Error> {
    parts(subtree, size)?.into_iter().map(|part| root(part, nodes)).collect()
}

/// The root of a subtree, from its complete nodes.
pub(crate) fn root<N: NodeSource>(subtree: Subtree, nodes: &mut N) -> Result<Hash, N::Error> {
    let found: Vec<Hash> =
        subtree.nodes().map(|node| nodes.node(node)).collect::<Result<_, _>>()?;
    let root = found.into_iter().rev().reduce(|right, left| Hash::of_node(&left, &right));
    Ok(root.unwrap_or_else(Hash::empty_root))
}

/// The sizes between which a consistency proof says something.
pub(super) fn check_sizes(old: u64, new: u64) -> Result<(), ProofError> {
    if old > new {
        return Err(ProofError::SizesSwapped { old, new });
    }
    if old == 0 && new > 0 {
        return Err(ProofError::FromEmpty);
    }
    Ok(())
}

/// The parts of the tree whose roots make up the proof, in the order of the proof.
///
/// Walks down from the whole tree to the subtree, noting at each split the side not taken.
pub(super) fn parts(subtree: Subtree, size: u64) -> Result<Vec<Subtree>, ProofError> {
    if subtree.end() > size {
        return Err(ProofError::IndexBeyondSize { index: subtree.end() - 1, size });
    }
    if subtree.is_empty() {
        return Ok(Vec::new());
    }
    let mut rest = Subtree::tree(size);
    // The part of the subtree that lies under `rest`. Where the subtree straddles a split, its left
    // side is complete and becomes part of the proof; only its right side is followed further.
    let mut wanted = subtree;
    let mut parts = Vec::new();
    while rest != wanted {
        let Some(split) = rest.split() else { break };
        if wanted.end() <= split {
            parts.push(rest.from(split));
            rest = rest.before(split);
        } else {
            parts.push(rest.before(split));
            rest = rest.from(split);
            if wanted.start() < split {
                wanted = wanted.from(split);
            }
        }
    }
    // The verifier knows the root of the subtree itself, so it need not be in the proof.
    if wanted != subtree {
        parts.push(wanted);
    }
    parts.reverse();
    Ok(parts)
}
