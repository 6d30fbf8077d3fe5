//! Leaves.

use ledger::leaf::{BlindedLeaf, Entry, Nonce, Succession};
use ledger::{Checkpoint, Hash, SignedCheckpoint};
use proptest::prelude::*;

use crate::support::key;

#[test]
fn a_leaf_is_version_algorithm_and_digest() {
    let leaf = BlindedLeaf::blind(&Nonce::from_bytes([0; 32]), b"");
    // SHA-256 of 32 zero bytes.
    let digest = "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925";
    let hex: String = leaf.to_bytes().iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(hex, format!("0101{digest}"));
}

#[test]
fn what_is_not_a_leaf() {
    let good = BlindedLeaf::blind(&Nonce::from_bytes([1; 32]), b"record").to_bytes();
    let cases: [(&[u8], &str); 6] = [
        (b"", "ledger.unknown_leaf_version"),
        (&[2; 34], "ledger.unknown_leaf_version"),
        (&[1], "ledger.leaf_wrong_length"),
        (&[1, 2, 3], "ledger.unknown_leaf_algorithm"),
        (&good[..33], "ledger.leaf_wrong_length"),
        (&[&good[..], &[0]].concat(), "ledger.leaf_wrong_length"),
    ];
    for (bytes, code) in cases {
        assert_eq!(BlindedLeaf::parse(bytes).unwrap_err().code(), code, "{bytes:?}");
        assert_eq!(Entry::read(bytes), Entry::Other);
    }
}

fn succession() -> Succession {
    let known = Checkpoint {
        origin: "quality.example/log".into(),
        size: 9,
        root: Hash::of_leaf(b"x"),
        extensions: vec![],
    };
    let known = SignedCheckpoint::sign(known, &[&key()]).unwrap();
    Succession::new(7, Hash::of_leaf(b"y"), known).unwrap()
}

#[test]
fn a_succession_names_the_old_log() {
    let succession = succession();
    assert_eq!(succession.old_origin(), "quality.example/log");
    assert_eq!((succession.restored_size(), succession.restored_root()), (7, Hash::of_leaf(b"y")));
    let bytes = succession.to_string().into_bytes();
    assert_eq!(Entry::read(&bytes), Entry::Succession(succession.clone()));
    let error = Succession::new(10, Hash::of_leaf(b"y"), succession.last_known().clone());
    assert_eq!(error.unwrap_err().code(), "ledger.nothing_lost");
}

proptest! {
    #[test]
    fn a_leaf_opens_with_its_own_nonce_and_record_only(
        nonce: [u8; 32], record: Vec<u8>, other_nonce: [u8; 32], other_record: Vec<u8>,
    ) {
        let leaf = BlindedLeaf::blind(&Nonce::from_bytes(nonce), &record);
        prop_assert_eq!(BlindedLeaf::parse(&leaf.to_bytes()), Ok(leaf));
        prop_assert!(leaf.check_opens(&Nonce::from_bytes(nonce), &record).is_ok());
        let opens = leaf.check_opens(&Nonce::from_bytes(other_nonce), &other_record).is_ok();
        prop_assert_eq!(opens, (nonce, &record) == (other_nonce, &other_record));
    }

    #[test]
    fn a_changed_succession_is_another_or_none(at in any::<prop::sample::Index>(), bit in 0..8u8) {
        let text = succession().to_string();
        let mut bytes = text.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(read) = Succession::parse(&bytes) {
            prop_assert_eq!(read.to_string().into_bytes(), bytes);
        }
    }
}
