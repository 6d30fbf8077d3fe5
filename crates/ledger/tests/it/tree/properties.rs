//! Properties of trees and proofs of any size.

use ledger::Hash;
use ledger::tree::{
    CompactRange, Subtree, prove_consistency, prove_inclusion, row_root, verify_consistency,
    verify_inclusion, verify_subtree,
};
use proptest::prelude::*;

fn leaves(size: usize) -> Vec<Hash> {
    (0..size as u64).map(|i| Hash::of_leaf(&i.to_be_bytes())).collect()
}

/// The definition of RFC 6962, section 2.1, word for word, to compare with.
fn mth(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::empty_root(),
        [leaf] => *leaf,
        _ => {
            let k = leaves.len().next_power_of_two() / 2;
            Hash::of_node(&mth(&leaves[..k]), &mth(&leaves[k..]))
        }
    }
}

proptest! {
    #[test]
    fn incremental_batch_and_definition_agree(size in 0usize..600) {
        let leaves = leaves(size);
        let mut growing = CompactRange::default();
        for leaf in &leaves {
            growing.append(*leaf);
        }
        prop_assert_eq!(growing.root(), mth(&leaves));
        prop_assert_eq!(row_root(&leaves), mth(&leaves));
    }

    #[test]
    fn what_is_in_can_be_proven(size in 1usize..600, at in any::<prop::sample::Index>()) {
        let leaves = leaves(size);
        let index = at.index(size);
        let proof = prove_inclusion(index as u64, size as u64, &mut &leaves[..]).unwrap();
        let root = mth(&leaves);
        verify_inclusion(index as u64, size as u64, &leaves[index], &proof, &root).unwrap();
    }

    #[test]
    fn any_two_sizes_are_consistent(a in 1usize..600, b in 1usize..600) {
        let (old, new) = (a.min(b), a.max(b));
        let leaves = leaves(new);
        let proof = prove_consistency(old as u64, new as u64, &mut &leaves[..]).unwrap();
        let (old_root, new_root) = (mth(&leaves[..old]), mth(&leaves));
        verify_consistency(old as u64, new as u64, &proof, &old_root, &new_root).unwrap();
    }

    #[test]
    fn a_changed_proof_proves_nothing(
        size in 2usize..600,
        at in any::<prop::sample::Index>(),
        which in any::<prop::sample::Index>(),
        bit in 0usize..256,
    ) {
        let leaves = leaves(size);
        let index = at.index(size);
        let mut proof = prove_inclusion(index as u64, size as u64, &mut &leaves[..]).unwrap();
        let changed = which.index(proof.len());
        let mut bytes = *proof[changed].as_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        proof[changed] = Hash::from_bytes(bytes);
        let root = mth(&leaves);
        prop_assert!(
            verify_inclusion(index as u64, size as u64, &leaves[index], &proof, &root).is_err()
        );
    }

    #[test]
    fn a_proof_holds_for_no_other_size(size in 1usize..300, other in 1u64..600, at in any::<prop::sample::Index>()) {
        prop_assume!(size as u64 != other);
        let leaves = leaves(size);
        let index = at.index(size);
        let proof = prove_inclusion(index as u64, size as u64, &mut &leaves[..]).unwrap();
        let root = mth(&leaves[..size]);
        // The same hashes may lead to the same root where the path to the leaf has the same shape;
        // a checkpoint signs size and root together, so that is no forgery. For the tree's own root
        // to fit another size, the shape must be the same all the way.
        let fits = verify_inclusion(index as u64, other, &leaves[index], &proof, &root).is_ok();
        let shape = |n: u64| prove_shape(index as u64, n);
        prop_assert_eq!(fits, shape(size as u64) == shape(other));
    }

    #[test]
    fn verification_never_panics(
        start in any::<u64>(), end in any::<u64>(), size in any::<u64>(), hashes in 0usize..70,
    ) {
        let any = Hash::from_bytes([3; 32]);
        let proof = vec![any; hashes];
        let _ = verify_inclusion(start, size, &any, &proof, &any);
        let _ = verify_consistency(start, size, &proof, &any, &any);
        if let Ok(subtree) = Subtree::new(start, end) {
            let _ = verify_subtree(subtree, size, &any, &proof, &any);
        }
        let _ = verify_subtree(Subtree::tree(end), size, &any, &proof, &any);
    }
}

/// On which side each sibling of a path stands, from the leaf up; `None` when there is no such leaf.
fn prove_shape(index: u64, size: u64) -> Option<Vec<bool>> {
    if index >= size {
        return None;
    }
    let (mut index, mut last) = (index, size - 1);
    let mut sides = Vec::new();
    while last > 0 {
        if index % 2 == 1 {
            sides.push(true);
        } else if index != last {
            sides.push(false);
        }
        index /= 2;
        last /= 2;
    }
    Some(sides)
}
