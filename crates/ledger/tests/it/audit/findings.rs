//! Which finding each kind of damage gives.

use std::collections::BTreeMap;

use ledger::audit::{AuditOptions, AuditReport, Finding, audit};
use ledger::note::{Cosigner, SignerKey, Verifier};
use ledger::{Checkpoint, Hash, SignedCheckpoint, tile};

use crate::support::{Files, create, entry, grow, key};

type Map = BTreeMap<String, Vec<u8>>;

fn log(size: u64) -> Map {
    let mut log = create(Files::default());
    grow(&mut log, size);
    log.storage().durable.clone()
}

fn check(files: &Map) -> AuditReport {
    let verifier = key().verifier();
    let keys: &[&dyn Verifier] = &[&verifier];
    audit(files, &AuditOptions::new(keys)).unwrap()
}

fn finding(files: &Map) -> (String, Finding) {
    let problem = check(files).problem.unwrap();
    assert!(problem.to_string().starts_with(&problem.file));
    (problem.file, problem.finding)
}

/// The bundle and the leaf tile of 256 entries, of which one is replaced.
fn rewritten(index: u64, new: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let (mut bundle, mut hashes) = (Vec::new(), Vec::new());
    for i in 0..256 {
        let entry = if i == index { new.to_vec() } else { entry(i) };
        hashes.push(Hash::of_leaf(&entry));
        tile::push_entry(&mut bundle, &entry).unwrap();
    }
    (bundle, tile::hashes_to_bytes(&hashes))
}

#[test]
fn a_changed_entry_is_told_from_a_changed_hash() {
    let good = log(300);
    let (bundle, hashes) = rewritten(9, b"another");
    let changed_leaf = Hash::of_leaf(b"another");

    let mut files = good.clone();
    files.insert("tile/entries/000".into(), bundle.clone());
    let (file, what) = finding(&files);
    assert_eq!(file, "tile/entries/000");
    assert_eq!(
        what,
        Finding::Entry { entry: 9, expected: Hash::of_leaf(&entry(9)), found: changed_leaf }
    );

    let mut files = good.clone();
    files.insert("tile/0/000".into(), hashes.clone());
    let (file, what) = finding(&files);
    assert_eq!(file, "tile/0/000");
    assert!(
        matches!(what, Finding::Hash { level: 0, place: 9, first: 9, last: 9, found, .. } if found == changed_leaf),
        "{what}"
    );

    let mut files = good.clone();
    files.insert("tile/entries/000".into(), bundle);
    files.insert("tile/0/000".into(), hashes);
    let (file, what) = finding(&files);
    assert_eq!(file, "tile/entries/000");
    assert!(matches!(what, Finding::Rewritten { first: 0, last: 255, .. }), "{what}");
}

#[test]
fn a_log_that_was_rewritten_throughout_does_not_fit_its_checkpoint() {
    let good = log(300);
    let mut other = create(Files::default());
    other.append(b"another first entry").unwrap();
    for i in 1..300 {
        other.append(&entry(i)).unwrap();
    }
    other.publish(&[&key()]).unwrap();
    let mut files = other.storage().durable.clone();
    files.insert("checkpoint".into(), good["checkpoint"].clone());
    let (file, what) = finding(&files);
    assert_eq!(file, "checkpoint");
    assert!(matches!(what, Finding::Root { size: 300, .. }), "{what}");
    let (expected, found) = what.hashes().unwrap();
    assert_eq!(found, other.published().checkpoint().root);
    assert_ne!(expected, found);
}

#[test]
fn a_higher_tile_that_was_changed_is_named() {
    let mut files = log(600);
    files.get_mut("tile/1/000.p/2").unwrap()[40] ^= 1;
    let (file, what) = finding(&files);
    assert_eq!(file, "tile/1/000.p/2");
    assert!(
        matches!(what, Finding::Hash { level: 1, place: 1, first: 256, last: 511, .. }),
        "{what}"
    );
    assert_eq!(what.entry(), Some(256));
}

#[test]
fn checkpoints_must_be_of_one_log_and_signed_by_a_given_key() {
    let good = log(3);
    let root = SignedCheckpoint::parse(&good["checkpoint"]).unwrap().checkpoint().root;
    let with = |origin: &str, key: &SignerKey| {
        let checkpoint = Checkpoint { origin: origin.into(), size: 3, root, extensions: vec![] };
        let signed = SignedCheckpoint::sign(checkpoint, &[key]).unwrap();
        let mut files = good.clone();
        files.insert("checkpoint.7".into(), signed.to_string().into());
        check(&files).problem.map(|p| (p.file, p.finding.code()))
    };
    let stranger = SignerKey::from_seed("stranger", &[1; 32]).unwrap();
    assert_eq!(with("quality.example/log", &key()), None);
    assert_eq!(
        with("other.example/log", &key()),
        Some(("checkpoint.7".into(), "ledger.other_origin"))
    );
    assert_eq!(
        with("quality.example/log", &stranger),
        Some(("checkpoint.7".into(), "ledger.no_known_signature"))
    );
}

#[test]
fn a_second_signature_is_reported_with_its_time() {
    let mut log = create(Files::default());
    grow(&mut log, 3);
    let witness = SignerKey::from_seed("witness.example", &[9; 32]).unwrap();
    let cosigner = Cosigner::new(&witness, 1_700_000_000);
    log.publish(&[&key(), &cosigner]).unwrap();
    let files = &log.storage().durable;

    let (own, other) = (key().verifier(), cosigner.verifier());
    let both: &[&dyn Verifier] = &[&own, &other];
    let report = audit(files, &AuditOptions::new(both)).unwrap();
    let times: Vec<Option<u64>> =
        report.checkpoints[0].signed_by.iter().map(|v| v.signed_at).collect();
    assert_eq!(times, [None, Some(1_700_000_000)]);

    let report = check(files);
    assert_eq!(report.checkpoints[0].signed_by.len(), 1);
    assert_eq!(report.checkpoints[0].not_checked.len(), 1);
    assert!(report.checkpoints[0].not_checked[0].starts_with("witness.example+"));
}

#[test]
fn without_a_key_the_structure_is_checked_and_no_signature() {
    let mut files = log(300);
    let report = audit(&files, &AuditOptions::default()).unwrap();
    assert_eq!(report.problem, None);
    assert!(report.checkpoints[0].signed_by.is_empty());
    files.get_mut("tile/entries/001.p/44").unwrap()[20] ^= 1;
    assert!(audit(&files, &AuditOptions::default()).unwrap().problem.is_some());
}

#[test]
fn a_log_that_went_back_or_was_rewritten_is_found_out_by_a_kept_checkpoint() {
    let since = |files: &Map, known: &Checkpoint| {
        let options = AuditOptions::default().grown_from(known);
        audit(files, &options).unwrap().problem.map(|p| p.finding.code())
    };
    let kept =
        |files: &Map| SignedCheckpoint::parse(&files["checkpoint"]).unwrap().checkpoint().clone();
    let (short, long) = (log(300), log(700));
    assert_eq!(since(&long, &kept(&short)), None);
    assert_eq!(since(&long, &kept(&long)), None);
    assert_eq!(since(&long, &kept(&log(0))), None);
    assert_eq!(since(&short, &kept(&long)), Some("ledger.older_than_known"));
    let rewritten = Checkpoint { root: Hash::of_leaf(b"x"), ..kept(&short) };
    assert_eq!(since(&long, &rewritten), Some("ledger.forked"));
    let other = Checkpoint { origin: "other.example".into(), ..kept(&short) };
    assert_eq!(since(&long, &other), Some("ledger.other_origin"));
}

#[test]
fn an_entry_is_looked_for() {
    let files = log(300);
    let find = |leaf| audit(&files, &AuditOptions::default().look_for(leaf)).unwrap().found_at;
    assert_eq!(find(Hash::of_leaf(&entry(270))), [270]);
    assert!(find(Hash::of_leaf(b"nowhere")).is_empty());
}

#[test]
fn what_is_beyond_or_beside_the_log_does_no_harm_and_is_listed() {
    let mut files = log(300);
    let longer = log(600);
    let beyond = ["tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2", "tile/entries/001"];
    for path in beyond {
        files.insert(path.into(), longer[path].clone());
    }
    let beside =
        [".hidden", "README", "checkpoint.old", "tile/0/000.p/0", "tile/0/000.tmp", "tile/x"];
    for path in beside {
        files.insert(path.into(), b"?".to_vec());
    }
    let report = check(&files);
    assert_eq!(report.problem, None);
    let mut sorted = report.beyond.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, beyond);
    assert_eq!(report.others, beside);
    // Where a full tile stands in for the partial one, it must fit as far as the checkpoint reaches.
    files.get_mut("tile/0/001").unwrap()[32] ^= 1;
    assert_eq!(check(&files).problem, None);
    files.remove("tile/0/001.p/44");
    assert_eq!(finding(&files).0, "tile/0/001");
    files.get_mut("tile/0/001").unwrap()[32] ^= 1;
    assert_eq!(check(&files).problem, None);
}

#[test]
fn a_checkpoint_of_no_entry_needs_no_tile() {
    let files = log(0);
    assert_eq!(files.len(), 1);
    let report = check(&files);
    assert_eq!(report.problem, None);
    assert_eq!(report.largest().unwrap().root, Hash::empty_root());
}

#[test]
fn an_absurd_size_is_refused_at_once() {
    let mut files = log(3);
    for size in [u64::MAX, 1 << 63, 1 << 40] {
        let checkpoint = Checkpoint {
            origin: "quality.example/log".into(),
            size,
            root: Hash::empty_root(),
            extensions: vec![],
        };
        let signed = SignedCheckpoint::sign(checkpoint, &[&key()]).unwrap();
        files.insert("checkpoint".into(), signed.to_string().into());
        assert!(matches!(finding(&files).1, Finding::Missing { .. }));
    }
}
