//! Checkpoints.

use ledger::note::{SignedNote, SignerKey};
use ledger::{Checkpoint, Hash, SignedCheckpoint};
use proptest::prelude::*;

use crate::support::{TESTDATA_KEY, key, testdata_log};

/// The secret key of the log in `trace/tlog-tiles`, published with it for tests
/// (transparency-dev/tessera, `append_lifecycle_test.go`).
const TESTDATA_SECRET: &str =
    "PRIVATE+KEY+example.com/log/testdata+33d7b496+AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg";

#[test]
fn the_checkpoints_of_another_program_are_read_and_written_to_the_byte() {
    let secret: SignerKey = TESTDATA_SECRET.parse().unwrap();
    assert_eq!(secret.verifier().to_string(), TESTDATA_KEY);
    for n in 0..10 {
        let bytes = std::fs::read(testdata_log().join(format!("checkpoint.{n}"))).unwrap();
        let opened = SignedCheckpoint::open(&bytes, &[&secret.verifier()]).unwrap();
        assert_eq!(opened.checkpoint().size, n);
        assert_eq!(opened.to_string().as_bytes(), bytes);
        // Ed25519 has one signature for each text and key, so signing again gives the same bytes.
        let signed = SignedCheckpoint::sign(opened.checkpoint().clone(), &[&secret]).unwrap();
        assert_eq!(signed.to_string().as_bytes(), bytes);
    }
}

#[test]
fn what_is_not_a_checkpoint() {
    const ROOT: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    for (text, code) in [
        (String::new(), "ledger.checkpoint_missing_line"),
        ("log\n".into(), "ledger.checkpoint_missing_line"),
        ("log\n0\n".into(), "ledger.checkpoint_missing_line"),
        (format!("log\n0\n{ROOT}"), "ledger.note_text_not_ended"),
        (format!("\n0\n{ROOT}\n"), "ledger.checkpoint_empty_line"),
        (format!("log\n\n{ROOT}\n"), "ledger.checkpoint_empty_line"),
        (format!("log\n0\n{ROOT}\n\n"), "ledger.checkpoint_empty_line"),
        (format!("log\n00\n{ROOT}\n"), "ledger.bad_checkpoint_size"),
        (format!("log\n+1\n{ROOT}\n"), "ledger.bad_checkpoint_size"),
        (format!("log\n-1\n{ROOT}\n"), "ledger.bad_checkpoint_size"),
        (format!("log\n１\n{ROOT}\n"), "ledger.bad_checkpoint_size"),
        (format!("log\n1 \n{ROOT}\n"), "ledger.bad_checkpoint_size"),
        (format!("log\n18446744073709551616\n{ROOT}\n"), "ledger.bad_checkpoint_size"),
        ("log\n0\n47DEQ\n".into(), "ledger.bad_checkpoint_root"),
        (format!("log\n0\n{}\n", ROOT.trim_end_matches('=')), "ledger.bad_checkpoint_root"),
        ("log\n0\nAAAA\n".into(), "ledger.bad_checkpoint_root"),
    ] {
        let error = Checkpoint::parse(&text).unwrap_err();
        assert_eq!(error.code(), code, "{text:?}: {error}");
    }
}

#[test]
fn a_checkpoint_that_cannot_be_read_back_is_not_signed() {
    let at = |origin: &str, extension: &str| Checkpoint {
        origin: origin.into(),
        size: 0,
        root: Hash::empty_root(),
        extensions: vec![extension.into()],
    };
    let key = key();
    assert!(SignedCheckpoint::sign(at("log", "extension"), &[&key]).is_ok());
    for (origin, extension) in
        [("", "x"), ("log", ""), ("a\nb", "x"), ("log", "a\nb"), ("a\0b", "x")]
    {
        let signed = SignedCheckpoint::sign(at(origin, extension), &[&key]);
        assert!(signed.is_err(), "{origin:?} {extension:?}");
    }
}

#[test]
fn a_checkpoint_signed_by_another_key_is_refused() {
    let checkpoint =
        Checkpoint::parse("quality.example/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
    let other = SignerKey::from_seed("quality.example/log", &[8; 32]).unwrap();
    let signed = SignedCheckpoint::sign(checkpoint.unwrap(), &[&other]).unwrap();
    let error =
        SignedCheckpoint::open(signed.to_string().as_bytes(), &[&key().verifier()]).unwrap_err();
    assert_eq!(error.code(), "ledger.no_known_signature");
}

#[test]
fn a_log_grows_and_does_not_shrink_or_fork() {
    let leaves: Vec<Hash> = (0..5u8).map(|i| Hash::of_leaf(&[i])).collect();
    let at = |size: usize| Checkpoint {
        origin: "log".into(),
        size: size as u64,
        root: ledger::tree::row_root(&leaves[..size]),
        extensions: vec![],
    };
    let proof = |a, b| ledger::tree::prove_consistency(a, b, &mut &leaves[..]).unwrap();
    at(3).check_growth(&at(5), &proof(3, 5)).unwrap();
    at(3).check_growth(&at(3), &[]).unwrap();
    at(0).check_growth(&at(5), &[]).unwrap();
    at(0).check_growth(&at(0), &[]).unwrap();
    let code = |old: Checkpoint, new: Checkpoint, proof: &[Hash]| {
        old.check_growth(&new, proof).unwrap_err().code()
    };
    assert_eq!(code(at(5), at(3), &[]), "ledger.sizes_swapped");
    assert_eq!(code(at(0), at(5), &proof(3, 5)), "ledger.proof_from_empty");
    assert_eq!(code(at(3), at(5), &[]), "ledger.proof_wrong_length");
    let forked = Checkpoint { root: leaves[0], ..at(5) };
    assert_eq!(code(at(3), forked, &proof(3, 5)), "ledger.root_mismatch");
    let other = Checkpoint { origin: "other".into(), ..at(5) };
    assert_eq!(code(at(3), other, &proof(3, 5)), "ledger.other_origin");
    let lie = Checkpoint { root: leaves[0], ..at(0) };
    assert!(lie.check_growth(&at(5), &[]).is_err());
}

proptest! {
    #[test]
    fn text_and_checkpoint_are_the_same(
        origin in "[^\\p{Cc}]{1,20}",
        size: u64,
        root: [u8; 32],
        extensions in prop::collection::vec("[^\\p{Cc}]{1,20}", 0..3),
    ) {
        let checkpoint = Checkpoint { origin, size, root: Hash::from_bytes(root), extensions };
        let text = checkpoint.to_string();
        prop_assert_eq!(&Checkpoint::parse(&text).unwrap(), &checkpoint);
        let signed = SignedCheckpoint::sign(checkpoint, &[&key()]).unwrap();
        let note = SignedNote::parse(signed.to_string().as_bytes()).unwrap();
        prop_assert_eq!(note.text(), text);
    }
}
