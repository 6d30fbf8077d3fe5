//! Checking proofs.

use super::prove::{check_sizes, parts};
use super::{ProofError, Subtree};
use crate::Hash;

/// Checks that the entry whose leaf hash is `leaf` stands at `index` in the tree of `size` entries
/// with that `root` (RFC 9162, section 2.1.3.2).
///
/// # Errors
/// [`ProofError::IndexBeyondSize`], [`ProofError::WrongLength`], [`ProofError::RootMismatch`].
///
/// ```
/// use ledger::{Hash, tree};
///
/// let (a, b) = (Hash::of_leaf(b"a"), Hash::of_leaf(b"b"));
/// let root = Hash::of_node(&a, &b);
/// tree::verify_inclusion(1, 2, &b, &[a], &root).unwrap();
/// let wrong = tree::verify_inclusion(0, 2, &b, &[a], &root).unwrap_err();
/// assert_eq!(wrong.code(), "ledger.root_mismatch");
/// ```
pub fn verify_inclusion(
    index: u64,
    size: u64,
    leaf: &Hash,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::IndexBeyondSize { index, size });
    }
    verify_subtree(Subtree::leaf(index)?, size, leaf, proof, root)
}

/// Checks that the tree of `old` entries with `old_root` is the start of the tree of `new` entries
/// with `new_root` (RFC 9162, section 2.1.4.2).
///
/// # Errors
/// [`ProofError::SizesSwapped`], [`ProofError::FromEmpty`], [`ProofError::WrongLength`],
/// [`ProofError::RootMismatch`], [`ProofError::OldRootMismatch`].
///
/// ```
/// use ledger::{Hash, tree};
///
/// let (a, b) = (Hash::of_leaf(b"a"), Hash::of_leaf(b"b"));
/// let root = Hash::of_node(&a, &b);
/// tree::verify_consistency(1, 2, &[b], &a, &root).unwrap();
/// let rewritten = Hash::of_leaf(b"c");
/// assert!(tree::verify_consistency(1, 2, &[b], &rewritten, &root).is_err());
/// ```
pub fn verify_consistency(
    old: u64,
    new: u64,
    proof: &[Hash],
    old_root: &Hash,
    new_root: &Hash,
) -> Result<(), ProofError> {
    check_sizes(old, new)?;
    if old == 0 && old_root != new_root {
        // Two empty trees: the general rule would not look at the second root.
        return Err(ProofError::RootMismatch { expected: *new_root, computed: *old_root });
    }
    verify_subtree(Subtree::tree(old), new, old_root, proof, new_root)
}

/// Checks that a subtree with `subtree_root` is part of the tree of `size` entries with `root`
/// (draft-ietf-plants-merkle-tree-certs, section "Verifying a Subtree Consistency Proof").
///
/// An empty subtree is part of every tree; its root must then be that of the empty tree, and `root`
/// is not looked at.
///
/// # Errors
/// [`ProofError::IndexBeyondSize`], [`ProofError::WrongLength`], [`ProofError::RootMismatch`],
/// [`ProofError::OldRootMismatch`].
///
/// ```
/// use ledger::{Hash, tree::{self, Subtree}};
///
/// let leaves: Vec<Hash> = (0..14u8).map(|i| Hash::of_leaf(&[i])).collect();
/// let subtree = Subtree::new(8, 13).unwrap();
/// let proof = tree::prove_subtree(subtree, 14, &mut &leaves[..]).unwrap();
/// let (inner, root) = (tree::row_root(&leaves[8..13]), tree::row_root(&leaves));
/// tree::verify_subtree(subtree, 14, &inner, &proof, &root).unwrap();
/// ```
pub fn verify_subtree(
    subtree: Subtree,
    size: u64,
    subtree_root: &Hash,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    // The shape follows from the sizes alone, so a proof of the wrong length is told apart from one
    // with wrong hashes, and the loop below cannot run out of levels.
    let expected = parts(subtree, size)?.len();
    if proof.len() != expected {
        return Err(ProofError::WrongLength { expected, found: proof.len() });
    }
    let (computed_subtree, computed) = if subtree.is_empty() {
        (Hash::empty_root(), *root)
    } else {
        evaluate(subtree, size, subtree_root, proof)
    };
    if computed_subtree != *subtree_root {
        return Err(ProofError::OldRootMismatch {
            expected: *subtree_root,
            computed: computed_subtree,
        });
    }
    if computed != *root {
        return Err(ProofError::RootMismatch { expected: *root, computed });
    }
    Ok(())
}

/// The roots of the subtree and of the whole tree that a proof of the right length leads to.
fn evaluate(subtree: Subtree, size: u64, subtree_root: &Hash, proof: &[Hash]) -> (Hash, Hash) {
    let mut at = Places { first: subtree.start(), last: subtree.end() - 1, end: size - 1 };
    // Start at the level of the subtree's root, or, where the subtree's right edge is not a node of
    // the larger tree, at the last level at which it still is.
    while at.first != at.last && (at.last % 2 == 1 || at.last == at.end) {
        at.up(1);
    }
    let (seed, rest) = match proof.split_first() {
        Some((seed, rest)) if at.first != at.last => (seed, rest),
        _ => (subtree_root, proof),
    };
    let (mut inner, mut whole) = (*seed, *seed);
    for hash in rest {
        if at.last % 2 == 1 || at.last == at.end {
            if at.first < at.last {
                inner = Hash::of_node(hash, &inner);
            }
            whole = Hash::of_node(hash, &whole);
            // A last node that is a left child goes up unchanged until it has a sibling.
            at.up(at.last.trailing_zeros());
        } else {
            whole = Hash::of_node(&whole, hash);
        }
        at.up(1);
    }
    (inner, whole)
}

/// The places, on the level reached, of the subtree's first and last node and of the tree's last.
struct Places {
    first: u64,
    last: u64,
    end: u64,
}

impl Places {
    fn up(&mut self, levels: u32) {
        for place in [&mut self.first, &mut self.last, &mut self.end] {
            *place = place.checked_shr(levels).unwrap_or(0);
        }
    }
}
