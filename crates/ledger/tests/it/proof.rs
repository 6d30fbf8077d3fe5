//! Proof files.

use ledger::leaf::{BlindedLeaf, Nonce, NonceKey};
use ledger::proof::{Opening, TlogProof};
use ledger::storage::MemoryStorage;
use ledger::{Hash, Log};
use proptest::prelude::*;

use crate::support::{create, entry, grow, key};

fn proof(size: u64, index: u64) -> (Hash, TlogProof) {
    let mut log = create(MemoryStorage::default());
    grow(&mut log, size);
    (Hash::of_leaf(&entry(index)), log.receipt(index).unwrap())
}

#[test]
fn a_proof_file_is_read_and_written_to_the_byte() {
    let (_, proof) = proof(3, 1);
    let with_extra = proof.clone().with_opening(&Opening::new(Nonce::from_bytes([1; 32])));
    for proof in [proof, with_extra] {
        let text = proof.to_string();
        assert_eq!(TlogProof::parse(text.as_bytes()).unwrap().to_string(), text);
    }
}

#[test]
fn a_proof_of_a_log_of_one_entry_has_no_hashes() {
    let (leaf, proof) = proof(1, 0);
    assert!(proof.hashes().is_empty());
    let text = proof.to_string();
    assert!(
        text.starts_with("c2sp.org/tlog-proof@v1\nindex 0\n\nquality.example/log\n1\n"),
        "{text}"
    );
    TlogProof::parse(text.as_bytes()).unwrap().verify(&leaf, &[&key().verifier()]).unwrap();
}

#[test]
fn what_is_not_a_proof_file() {
    let (_, proof) = proof(5, 2);
    let good = proof.to_string();
    let hash = proof.hashes()[0].to_string();
    let many = good.replacen(&hash, &format!("{hash}\n").repeat(65), 1);
    let replaced = |from: &str, to: &str| good.replacen(from, to, 1);
    for (text, code) in [
        (String::new(), "ledger.not_a_proof_file"),
        (replaced("@v1", "@v2"), "ledger.not_a_proof_file"),
        (replaced("@v1\n", "@v1\r\n"), "ledger.not_a_proof_file"),
        (replaced("index 2", "index 02"), "ledger.bad_proof_index"),
        (replaced("index 2", "index -2"), "ledger.bad_proof_index"),
        (replaced("index 2", "Index 2"), "ledger.bad_proof_index"),
        (replaced("index 2", "index 18446744073709551616"), "ledger.bad_proof_index"),
        (replaced("index 2\n", ""), "ledger.bad_proof_index"),
        (replaced("index 2\n", "extra !\nindex 2\n"), "ledger.bad_proof_extra"),
        (replaced("index 2\n", "extra AA==\nextra AA==\nindex 2\n"), "ledger.bad_proof_index"),
        (replaced(&hash, "AAAA"), "ledger.bad_proof_hash"),
        (replaced(&hash, &hash.replace('=', "")), "ledger.bad_proof_hash"),
        (many, "ledger.too_many_hashes"),
        (good[..good.find("\n\n").unwrap()].to_owned(), "ledger.proof_without_checkpoint"),
        (good[..good.find("\n\n").unwrap() + 2].to_owned(), "ledger.note_unsigned"),
        (good[..good.len() - 1].to_owned(), "ledger.note_unsigned"),
        (format!("{good}\n"), "ledger.note_unsigned"),
        (format!("{good}garbage\n"), "ledger.bad_signature_line"),
    ] {
        let error = TlogProof::parse(text.as_bytes()).unwrap_err();
        assert_eq!(error.code(), code, "{text}: {error}");
    }
    assert!(TlogProof::parse(b"\xff").is_err());
}

#[test]
fn a_proof_for_another_size_entry_or_key_is_refused() {
    let (leaf, proof) = proof(9, 4);
    let keys = [key().verifier()];
    let verify =
        |proof: &TlogProof, leaf: &Hash| proof.verify(leaf, &[&keys[0]]).map_err(|e| e.code());
    assert!(verify(&proof, &leaf).is_ok());
    assert_eq!(verify(&proof, &Hash::of_leaf(b"other")), Err("ledger.root_mismatch"));
    let (_, larger) = self::proof(12, 4);
    let mixed = |hashes: &[Hash], from: &TlogProof, index| {
        TlogProof::new(index, hashes.to_vec(), from.checkpoint().clone())
    };
    assert_eq!(verify(&mixed(larger.hashes(), &proof, 4), &leaf), Err("ledger.root_mismatch"));
    assert_eq!(
        verify(&mixed(&proof.hashes()[1..], &proof, 4), &leaf),
        Err("ledger.proof_wrong_length")
    );
    assert_eq!(verify(&mixed(proof.hashes(), &proof, 5), &leaf), Err("ledger.root_mismatch"));
    assert_eq!(verify(&mixed(proof.hashes(), &proof, 9), &leaf), Err("ledger.index_beyond_size"));
    let stranger = ledger::note::SignerKey::from_seed("stranger", &[1; 32]).unwrap();
    let error = proof.verify(&leaf, &[&stranger.verifier()]).unwrap_err();
    assert_eq!(error.code(), "ledger.no_known_signature");
}

#[test]
fn a_holder_shows_as_much_as_he_chooses() {
    let nonces = NonceKey::from_bytes([5; 32]);
    let record = b"{\"kind\":\"test_report\"}";
    let nonce = nonces.nonce(record);
    let mut log = Log::create(MemoryStorage::default(), "quality.example/log", &[&key()]).unwrap();
    let leaf = BlindedLeaf::blind(&nonce, record);
    let index = log.append(&leaf.to_bytes()).unwrap().index;
    log.publish(&[&key()]).unwrap();
    let receipt = log.receipt(index).unwrap();
    let check = |proof: &TlogProof, record: Option<&[u8]>| {
        let read = TlogProof::parse(proof.to_string().as_bytes()).unwrap();
        let leaf = read.opening()?.unwrap().leaf(record)?;
        read.verify(&Hash::of_leaf(&leaf.to_bytes()), &[&key().verifier()])
    };
    let closed = receipt.clone();
    assert_eq!(closed.opening().unwrap(), None);
    let nonce_only = receipt.clone().with_opening(&Opening::new(nonce.clone()));
    assert!(check(&nonce_only, Some(record)).is_ok());
    assert_eq!(check(&nonce_only, None).unwrap_err().code(), "ledger.no_record");
    assert_eq!(check(&nonce_only, Some(b"{}")).unwrap_err().code(), "ledger.root_mismatch");
    let open = receipt.with_opening(&Opening::new(nonce).with_record(record));
    assert!(check(&open, None).is_ok());
    assert!(check(&open, Some(record)).is_ok());
    assert_eq!(check(&open, Some(b"{}")).unwrap_err().code(), "ledger.leaf_does_not_open");
}

#[test]
fn what_is_not_an_opening() {
    let good = Opening::new(Nonce::from_bytes([1; 32])).with_record(b"r").to_string();
    assert!(Opening::parse(good.as_bytes()).is_ok());
    for bad in [
        "",
        "zhiheng/opening@v1\n",
        &good.replace("@v1", "@v2"),
        &good.replace("sha-256", "sm3"),
        &good.replace("nonce A", "nonce "),
        &good.replace("record ", "other "),
        &good.replace("record cg==", "record cg"),
        &good[..good.len() - 1],
        &format!("{good}\n"),
        &format!("{good}record cg==\n"),
    ] {
        let error = Opening::parse(bad.as_bytes()).unwrap_err();
        assert_eq!(error.code(), "ledger.bad_opening", "{bad}");
    }
    assert!(Opening::parse(b"\xff").is_err());
}

proptest! {
    #[test]
    fn a_flipped_bit_is_found(
        size in 1u64..40,
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        bit in 0..8u8,
    ) {
        let (leaf, proof) = proof(size, which.index(size as usize) as u64);
        let mut bytes = proof.to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let read = TlogProof::parse(&bytes);
        prop_assert!(read.is_err() || read.unwrap().verify(&leaf, &[&key().verifier()]).is_err());
    }

    #[test]
    fn opening_and_text_are_the_same(nonce: [u8; 32], record: Option<Vec<u8>>) {
        let mut opening = Opening::new(Nonce::from_bytes(nonce));
        if let Some(record) = &record {
            opening = opening.with_record(record);
        }
        let read = Opening::parse(opening.to_string().as_bytes()).unwrap();
        prop_assert_eq!(read.record(), record.as_deref());
        prop_assert_eq!(read, opening);
    }

    #[test]
    fn reading_never_panics(bytes: Vec<u8>, text in "c2sp.org/tlog-proof@v1\n(extra |index )?\\PC*\n\\PC*\n\n\\PC*") {
        let _ = TlogProof::parse(&bytes);
        let _ = TlogProof::parse(text.as_bytes());
        let _ = Opening::parse(&bytes);
    }
}
