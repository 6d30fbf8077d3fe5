//! The vectors of transparency-dev/merkle under `trace/merkle-rfc6962`: each says by `wantErr`
//! whether its proof must be refused.

use std::path::Path;

use base64::Engine as _;
use ledger::tree::{
    CompactRange, Subtree, row_root, verify_consistency, verify_inclusion, verify_subtree,
};
use ledger::{Hash, HashError};
use serde_json::Value;

/// What a vector's proof came to: refused anywhere on the way counts as refused.
type Checked = Result<(), Box<dyn std::error::Error>>;

#[test]
fn every_vector_is_accepted_or_refused_as_it_says() {
    let folder = testkit::testdata().join("trace/merkle-rfc6962");
    let (mut good, mut bad) = (0, 0);
    for file in testkit::files_under(&folder) {
        let inside = file.strip_prefix(&folder).unwrap();
        let vector: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let family = inside.iter().next().unwrap().to_str().unwrap();
        let checked = match family {
            "known-answer-tree8.json" => {
                known_answers(&vector);
                continue;
            }
            "inclusion" => inclusion(&vector),
            "consistency" => consistency(&vector),
            "subtreeinclusion" => subtree_inclusion(&vector),
            "subtreeconsistency" => subtree_consistency(&vector),
            _ => panic!("a vector of a kind that this test does not know: {inside:?}"),
        };
        let want_err = vector["wantErr"].as_bool().unwrap();
        report(inside, want_err, &checked);
        *if want_err { &mut bad } else { &mut good } += 1;
    }
    assert!(good > 0 && bad > 0, "{good} good and {bad} bad vectors");
}

fn report(file: &Path, want_err: bool, checked: &Checked) {
    assert_eq!(checked.is_err(), want_err, "{}: {checked:?}", file.display());
}

fn known_answers(vector: &Value) {
    let leaves: Vec<Hash> =
        strings(&vector["leaf_inputs_hex"]).map(|hex| Hash::of_leaf(&unhex(hex))).collect();
    let mut growing = CompactRange::default();
    for (size, root) in strings(&vector["root_hash_hex_by_size"]).enumerate() {
        let root = Hash::from_hex(root).unwrap();
        assert_eq!(row_root(&leaves[..size]), root, "batch, size {size}");
        assert_eq!(growing.root(), root, "incremental, size {size}");
        if let Some(leaf) = leaves.get(size) {
            growing.append(*leaf);
        }
    }
    assert_eq!(growing.size(), 8);
}

fn inclusion(v: &Value) -> Checked {
    Ok(verify_inclusion(
        number(&v["leafIdx"]),
        number(&v["treeSize"]),
        &hash(&v["leafHash"])?,
        &proof(v)?,
        &hash(&v["root"])?,
    )?)
}

fn consistency(v: &Value) -> Checked {
    Ok(verify_consistency(
        number(&v["size1"]),
        number(&v["size2"]),
        &proof(v)?,
        &hash(&v["root1"])?,
        &hash(&v["root2"])?,
    )?)
}

fn subtree_inclusion(v: &Value) -> Checked {
    let (start, end) = (number(&v["start"]), number(&v["end"]));
    let subtree = Subtree::new(start, end)?;
    let index =
        number(&v["leafIdx"]).checked_sub(start).ok_or("the entry stands before the subtree")?;
    Ok(verify_inclusion(
        index,
        subtree.len(),
        &hash(&v["leafHash"])?,
        &proof(v)?,
        &hash(&v["root"])?,
    )?)
}

fn subtree_consistency(v: &Value) -> Checked {
    let subtree = Subtree::new(number(&v["start"]), number(&v["end"]))?;
    // The root of the whole tree does not matter for an empty subtree; the vectors use a text there
    // that is not even a hash.
    let root = match hash(&v["root2"]) {
        Err(_) if subtree.is_empty() => Hash::from_bytes([0; 32]),
        root => root?,
    };
    Ok(verify_subtree(subtree, number(&v["size"]), &hash(&v["root1"])?, &proof(v)?, &root)?)
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

fn strings(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().unwrap().iter().map(|v| v.as_str().unwrap())
}

/// A hash of a vector; one of another length is refused here, before any comparison.
fn hash(value: &Value) -> Result<Hash, HashError> {
    let bytes = base64::engine::general_purpose::STANDARD.decode(value.as_str().unwrap()).unwrap();
    Hash::try_from(&bytes[..])
}

fn proof(vector: &Value) -> Result<Vec<Hash>, HashError> {
    match &vector["proof"] {
        Value::Null => Ok(Vec::new()),
        hashes => hashes.as_array().unwrap().iter().map(hash).collect(),
    }
}

fn unhex(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
}
