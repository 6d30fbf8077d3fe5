//! The accumulated test vectors of draft-ietf-plants-merkle-tree-certs-05 and later, section
//! "Accumulated Subtree Test Vectors": every subtree, inclusion proof and consistency proof of every
//! tree of up to 130 entries, hashed into one value each.

use std::fmt::Write as _;

use ledger::Hash;
use ledger::tree::{
    Node, NodeSource, ProofError, Subtree, prove_subtree, row_root, verify_subtree,
};
use sha2::{Digest, Sha256};

const LARGEST: u64 = 130;

fn leaves() -> Vec<Hash> {
    (0..LARGEST as u8).map(|i| Hash::of_leaf(&[i])).collect()
}

fn slice(leaves: &[Hash], subtree: Subtree) -> &[Hash] {
    &leaves[subtree.start() as usize..subtree.end() as usize]
}

/// The complete nodes of a tree by level, hashed once.
struct Nodes(Vec<Vec<Hash>>);

impl Nodes {
    fn over(leaves: &[Hash]) -> Self {
        let mut levels = vec![leaves.to_vec()];
        while let Some(pairs) = levels.last().filter(|level| level.len() > 1) {
            levels.push(pairs.chunks_exact(2).map(row_root).collect());
        }
        Self(levels)
    }
}

impl NodeSource for Nodes {
    type Error = ProofError;

    fn node(&mut self, node: Node) -> Result<Hash, ProofError> {
        Ok(self.0[usize::from(node.level)][node.index as usize])
    }
}

/// Every subtree of the largest tree, ordered by end, then by start.
fn subtrees() -> impl Iterator<Item = Subtree> {
    (0..=LARGEST).flat_map(|end| (0..=end).filter_map(move |start| Subtree::new(start, end).ok()))
}

/// One line of the rolling hash.
fn add(sum: &mut Sha256, head: &str, hashes: &[Hash]) {
    let mut line = head.to_owned();
    for hash in hashes {
        write!(line, " {}", hash.to_hex()).unwrap();
    }
    sum.update(line + "\n");
}

fn hex(sum: Sha256) -> String {
    Hash::from_bytes(sum.finalize().into()).to_hex()
}

#[test]
fn subtree_hashes() {
    let leaves = leaves();
    let mut sum = Sha256::new();
    for s in subtrees() {
        let head = format!("[{}, {})", s.start(), s.end());
        add(&mut sum, &head, &[row_root(slice(&leaves, s))]);
    }
    assert_eq!(hex(sum), "b82806ad4265bb151c1119c0f4db437bb4d1a1f887b3a7fba1cd4ebf552e3e81");
}

#[test]
fn subtree_inclusion_proofs() {
    let leaves = leaves();
    let mut sum = Sha256::new();
    for s in subtrees() {
        let mut inside = slice(&leaves, s);
        let root = row_root(inside);
        for index in s.start()..s.end() {
            // An inclusion proof in a subtree is one in the tree that starts at its first entry.
            let leaf = Subtree::leaf(index - s.start()).unwrap();
            let proof = prove_subtree(leaf, s.len(), &mut inside).unwrap();
            let hash = &leaves[index as usize];
            verify_subtree(leaf, s.len(), hash, &proof, &root).unwrap();
            let head = format!("{index} [{}, {})", s.start(), s.end());
            add(&mut sum, &head, &proof);
        }
    }
    assert_eq!(hex(sum), "ac2a8f989e44d99e399db448050ff5f19757df53cfb716aa81015d3955d8163f");
}

#[test]
fn subtree_consistency_proofs() {
    let leaves = leaves();
    let mut nodes = Nodes::over(&leaves);
    let mut sum = Sha256::new();
    for n in 0..=LARGEST {
        let root = row_root(&leaves[..n as usize]);
        for s in subtrees().take_while(|s| s.end() <= n) {
            let proof = prove_subtree(s, n, &mut nodes).unwrap();
            let inner = row_root(slice(&leaves, s));
            verify_subtree(s, n, &inner, &proof, &root).unwrap();
            assert!(verify_subtree(s, n, &flipped(inner), &proof, &root).is_err());
            if !s.is_empty() {
                assert!(verify_subtree(s, n, &inner, &proof, &flipped(root)).is_err());
            }
            let mut longer = proof.clone();
            longer.push(inner);
            assert!(verify_subtree(s, n, &inner, &longer, &root).is_err());
            if let Some((_, shorter)) = proof.split_last() {
                assert!(verify_subtree(s, n, &inner, shorter, &root).is_err());
            }
            let head = format!("[{}, {}) {n}", s.start(), s.end());
            add(&mut sum, &head, &proof);
        }
    }
    assert_eq!(hex(sum), "10fa99b37bf9bf9ffa26b412fbd98bd75363256d0b75d61bc4538b9c9c5a0a74");
}

fn flipped(hash: Hash) -> Hash {
    let mut bytes = *hash.as_bytes();
    bytes[0] ^= 1;
    Hash::from_bytes(bytes)
}
