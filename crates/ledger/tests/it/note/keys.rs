//! Keys in text.

use ledger::note::{SignerKey, Verifier as _, VerifierKey};
use proptest::prelude::*;

use crate::support::TESTDATA_KEY;

/// The example keys in the documentation of golang.org/x/mod/sumdb/note.
const NEUMANN_SECRET: &str =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const NEUMANN: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

#[test]
fn the_secret_key_of_an_example_gives_its_public_key() {
    let key: SignerKey = NEUMANN_SECRET.parse().unwrap();
    assert_eq!(key.verifier().to_string(), NEUMANN);
    assert_eq!(key.to_secret_text(), NEUMANN_SECRET);
    assert!(!format!("{key:?}").contains("AYEK"));
}

#[test]
fn what_is_not_a_verifier_key() {
    let cases = [
        ("", "ledger.bad_verifier_key"),
        ("PeterNeumann", "ledger.bad_verifier_key"),
        ("PeterNeumann+c74f20a3", "ledger.bad_verifier_key"),
        ("PeterNeumann+c74f20a3+?", "ledger.bad_verifier_key"),
        ("+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "ledger.bad_key_name"),
        (
            "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "ledger.bad_key_name",
        ),
        (
            "Peter\0Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "ledger.bad_key_name",
        ),
        (
            "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "ledger.wrong_key_id",
        ),
        (
            "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "ledger.wrong_key_id",
        ),
        ("PeterNeumann+c74f20a3+", "ledger.unknown_algorithm"),
        (
            "PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "ledger.unknown_algorithm",
        ),
        ("PeterNeumann+c74f20a3+ARpc", "ledger.bad_key_material"),
        // The neutral point: its signatures could be made by anybody.
        (
            "PeterNeumann+c74f20a3+AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "ledger.bad_key_material",
        ),
    ];
    for (text, code) in cases {
        let error = text.parse::<VerifierKey>().unwrap_err();
        assert_eq!(error.code(), code, "{text:?}: {error}");
    }
}

#[test]
fn what_is_not_a_signer_key() {
    for (text, code) in [
        ("", "ledger.bad_signer_key"),
        (NEUMANN, "ledger.bad_signer_key"),
        (&NEUMANN_SECRET[..60], "ledger.bad_signer_key"),
        (&NEUMANN_SECRET.replace("c74f", "c74e"), "ledger.wrong_key_id"),
    ] {
        let error = text.parse::<SignerKey>().unwrap_err();
        assert_eq!(error.code(), code, "{text:?}");
        assert!(!error.to_string().contains("AYEK"), "{error}");
    }
}

proptest! {
    #[test]
    fn a_changed_key_is_refused(at in 0..TESTDATA_KEY.len(), bit in 0..7u8) {
        let mut changed = TESTDATA_KEY.as_bytes().to_vec();
        changed[at] ^= 1 << bit;
        if let Ok(text) = String::from_utf8(changed) {
            prop_assert!(text.parse::<VerifierKey>().is_err(), "{text}");
        }
    }

    #[test]
    fn text_and_key_are_the_same(seed: [u8; 32], name in "[a-z./质衡-]{1,20}") {
        let key = SignerKey::from_seed(&name, &seed).unwrap();
        let text = key.to_secret_text();
        prop_assert_eq!(text.parse::<SignerKey>().unwrap().to_secret_text(), text);
        let public = key.verifier().to_string();
        let read: VerifierKey = public.parse().unwrap();
        prop_assert_eq!(read.to_string(), public);
        prop_assert_eq!(read.name().as_str(), name);
    }
}
