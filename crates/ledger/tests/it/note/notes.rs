//! Notes: examples, what is refused, and properties.

use ledger::note::{Cosigner, SignedNote, SignerKey, Verifier, VerifierKey};
use proptest::prelude::*;

use crate::support::key;

/// The example in the documentation of golang.org/x/mod/sumdb/note.
const EXAMPLE: &str = "\
If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=
";
const NEUMANN: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const ENOCH: &str = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";

fn verifier(text: &str) -> VerifierKey {
    text.parse().unwrap()
}

#[test]
fn both_signatures_of_the_example_hold() {
    let note = SignedNote::parse(EXAMPLE.as_bytes()).unwrap();
    assert_eq!(note.to_string(), EXAMPLE);
    let verified = note.verify(&[&verifier(NEUMANN), &verifier(ENOCH)]).unwrap();
    let names: Vec<&str> = verified.iter().map(|v| v.name.as_str()).collect();
    assert_eq!(names, ["PeterNeumann", "EnochRoot"]);
}

#[test]
fn signatures_of_unknown_keys_are_passed_over_but_kept() {
    let note = SignedNote::parse(EXAMPLE.as_bytes()).unwrap();
    assert_eq!(note.verify(&[&verifier(ENOCH)]).unwrap().len(), 1);
    assert_eq!(note.signatures().len(), 2);
    // A key of the same name with another ID is an unknown key too.
    let namesake = SignerKey::from_seed("EnochRoot", &[1; 32]).unwrap();
    let error = note.verify(&[&namesake.verifier()]).unwrap_err();
    assert_eq!(error.code(), "ledger.no_known_signature");
    assert!(error.to_string().contains("EnochRoot+af0cfe78"), "{error}");
}

#[test]
fn one_bad_signature_of_a_known_key_spoils_the_note() {
    let changed = EXAMPLE.replace("rwz+eBzmZa0S", "rwz+eBzmZa0T");
    let note = SignedNote::parse(changed.as_bytes()).unwrap();
    let error = note.verify(&[&verifier(NEUMANN), &verifier(ENOCH)]).unwrap_err();
    assert_eq!(error.code(), "ledger.bad_signature");
    note.verify(&[&verifier(NEUMANN)]).unwrap();
}

#[test]
fn a_signature_that_stands_twice_counts_once() {
    let (text, lines) = EXAMPLE.split_once("\n\n").unwrap();
    let twice = format!("{text}\n\n{lines}{lines}");
    let note = SignedNote::parse(twice.as_bytes()).unwrap();
    assert_eq!(note.verify(&[&verifier(NEUMANN)]).unwrap().len(), 1);
    assert_eq!(note.to_string(), twice);
}

#[test]
fn what_is_not_a_note() {
    let line = "— PeterNeumann x08go/ZJkuBS9UG/";
    let too_many = format!("text\n\n{}", format!("{line}\n").repeat(101));
    let most = format!("text\n\n{}", format!("{line}\n").repeat(100));
    assert!(SignedNote::parse(most.as_bytes()).is_ok());
    let cases: &[(&[u8], &str)] = &[
        (b"", "ledger.note_unsigned"),
        (b"text\n", "ledger.note_unsigned"),
        (b"text\n\n", "ledger.note_unsigned"),
        ("text\n\n— PeterNeumann x08go/ZJkuBS9UG/".as_bytes(), "ledger.note_unsigned"),
        ("text\n— PeterNeumann x08go/ZJkuBS9UG/\n".as_bytes(), "ledger.note_unsigned"),
        (b"text\n\n- PeterNeumann x08go/ZJkuBS9UG/\n", "ledger.bad_signature_line"),
        ("text\n\n—PeterNeumann x08go/ZJkuBS9UG/\n".as_bytes(), "ledger.bad_signature_line"),
        ("text\n\n— PeterNeumann\n".as_bytes(), "ledger.bad_signature_line"),
        ("text\n\n— Peter+Neumann x08go/ZJkuBS9UG/\n".as_bytes(), "ledger.bad_signature_line"),
        ("text\n\n— Peter\u{a0}Neumann x08go/ZJkuBS9UG/\n".as_bytes(), "ledger.bad_signature_line"),
        ("text\n\n—  x08go/ZJkuBS9UG/\n".as_bytes(), "ledger.bad_signature_line"),
        ("text\n\n— PeterNeumann x08goo\n".as_bytes(), "ledger.bad_signature_line"),
        ("text\n\n— PeterNeumann x08gow==\n".as_bytes(), "ledger.bad_signature_line"),
        ("text\n\n— PeterNeumann x08go/ZJkuBS9UG/ \n".as_bytes(), "ledger.bad_signature_line"),
        ("text\n\n— PeterNeumann x08go/ZJkuBS9UG/\n\n".as_bytes(), "ledger.note_unsigned"),
        ("text\r\n\n— PeterNeumann x08go/ZJkuBS9UG/\n".as_bytes(), "ledger.note_control_character"),
        ("te\0xt\n\n— PeterNeumann x08go/ZJkuBS9UG/\n".as_bytes(), "ledger.note_control_character"),
        (b"te\xffxt\n", "ledger.note_not_utf8"),
        (&[b'x'; 1_000_001], "ledger.note_too_large"),
        (too_many.as_bytes(), "ledger.too_many_signatures"),
    ];
    for (bytes, code) in cases {
        let error = SignedNote::parse(bytes).unwrap_err();
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        assert_eq!(error.code(), *code, "{shown:?}: {error}");
    }
}

#[test]
fn what_cannot_be_signed() {
    let key = key();
    for (text, code) in [
        ("no line end", "ledger.note_text_not_ended"),
        ("a\ttab\n", "ledger.note_control_character"),
    ] {
        assert_eq!(SignedNote::sign(text, &[&key]).unwrap_err().code(), code);
    }
    let nobody = SignedNote::sign("text\n", &[]).unwrap_err();
    assert_eq!(nobody.code(), "ledger.note_unsigned");
}

#[test]
fn a_cosignature_is_of_its_time_and_of_nothing_else() {
    let witness = SignerKey::from_seed("witness.example", &[9; 32]).unwrap();
    let cosigner = Cosigner::new(&witness, 1_700_000_000);
    let note = SignedNote::sign("log\n0\nroot\n", &[&cosigner]).unwrap();
    // The same key as a plain signer is another key to a note.
    assert!(note.verify(&[&witness.verifier()]).is_err());
    let verified = note.verify(&[&cosigner.verifier()]).unwrap();
    assert_eq!(verified[0].signed_at, Some(1_700_000_000));
    // Its text form says which algorithm it is for.
    let known: VerifierKey = cosigner.verifier().to_string().parse().unwrap();
    let signature = note.signatures()[0].bytes();
    assert!(known.verify("log\n0\nroot\n", signature));
    let mut later = signature.to_vec();
    later[7] ^= 1;
    assert!(!known.verify("log\n0\nroot\n", &later));
    assert!(!known.verify("log\n0\nroot\n", &signature[..7]));
    assert!(!known.verify("log\n0\nroot\n", &signature[..71]));
}

proptest! {
    #[test]
    fn text_and_note_are_the_same(text in "([^\\p{Cc}]{0,20}\n){1,5}", keys in 1usize..4) {
        let keys: Vec<SignerKey> = (0..keys as u8)
            .map(|i| SignerKey::from_seed(&format!("key/{i}"), &[i; 32]).unwrap())
            .collect();
        let mut note = SignedNote::sign(&text, &[&keys[0]]).unwrap();
        for key in &keys[1..] {
            note.add(key).unwrap();
        }
        let written = note.to_string();
        let read = SignedNote::parse(written.as_bytes()).unwrap();
        prop_assert_eq!(read.text(), text);
        prop_assert_eq!(&read, &note);
        prop_assert_eq!(read.to_string(), written);
        for key in &keys {
            prop_assert_eq!(read.verify(&[&key.verifier()]).unwrap().len(), 1);
        }
    }

    #[test]
    fn a_flipped_bit_is_found(at in any::<prop::sample::Index>(), bit in 0..8u8) {
        let key = key();
        let mut bytes = SignedNote::sign("some\ntext\n", &[&key]).unwrap().to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let read = SignedNote::parse(&bytes);
        prop_assert!(read.is_err() || read.unwrap().verify(&[&key.verifier()]).is_err());
    }

    #[test]
    fn reading_never_panics(bytes: Vec<u8>, text in "\\PC*\n?\n?— ?\\PC*\n") {
        let _ = SignedNote::parse(&bytes);
        let _ = SignedNote::parse(text.as_bytes());
    }
}
