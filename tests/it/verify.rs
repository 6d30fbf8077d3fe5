//! `zhiheng verify`.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use ledger::leaf::{BlindedLeaf, Nonce};
use ledger::note::SignerKey;
use ledger::proof::Opening;
use ledger::storage::DirStorage;
use ledger::{Hash, Log};
use serde_json::Value;

use crate::command::{Run, zhiheng};

const TESTDATA_KEY: &str =
    "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
const ORIGIN: &str = "quality.example/log";
const RECORD: &[u8] = br#"{"kind":"test_report","lot":"L1"}"#;

/// A new folder that goes away with its content.
struct TempFolder(PathBuf);

impl TempFolder {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let (process, next) = (std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(format!("zhiheng-verify-{process}-{next}"));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn path(&self, inside: &str) -> String {
        self.0.join(inside).to_str().unwrap().to_owned()
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn key() -> SignerKey {
    SignerKey::from_seed(ORIGIN, &[7; 32]).unwrap()
}

fn vkey() -> String {
    key().verifier().to_string()
}

fn nonce() -> Nonce {
    Nonce::from_bytes([3; 32])
}

/// A log of 300 entries, of which entry 299 is a blinded leaf.
fn log(folder: &TempFolder) -> Log<DirStorage> {
    let storage = DirStorage::open(folder.path("log")).unwrap();
    let mut log = Log::create(storage, ORIGIN, &[&key()]).unwrap();
    for i in 0..299_u32 {
        log.append(&i.to_be_bytes()).unwrap();
    }
    log.append(&BlindedLeaf::blind(&nonce(), RECORD).to_bytes()).unwrap();
    log.publish(&[&key()]).unwrap();
    log
}

/// The log of another program in the reference data.
fn testdata_log() -> String {
    let log = testkit::testdata().join("trace/tlog-tiles/tessera-testdata/log");
    log.to_str().unwrap().to_owned()
}

fn assert_wrong(run: &Run, with: &[&str]) {
    assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.starts_with("wrong: "), "{}", run.stdout);
    for part in with {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn the_log_of_another_program_is_good() {
    let run = zhiheng(&["verify", &testdata_log(), "--key", TESTDATA_KEY]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout.starts_with("good: log example.com/log/testdata, 9 entries, root CvhHViE3S9E3"),
        "{}",
        run.stdout
    );
    let run = zhiheng(&["verify", &testdata_log(), "--key", TESTDATA_KEY, "--json"]);
    let answer = json(&run);
    assert_eq!(answer["verdict"], "good");
    assert_eq!(answer["signatures_checked"], true);
    assert_eq!(answer["checkpoints"].as_array().unwrap().len(), 10);
    assert_eq!(answer["others"].as_array().unwrap().len(), 2);
    assert_eq!(answer["problem"], Value::Null);
}

#[test]
fn without_a_key_only_the_structure_is_called_good() {
    let run = zhiheng(&["verify", &testdata_log()]);
    assert_eq!(run.status, 0);
    assert!(run.stdout.starts_with("structure good, signatures NOT checked"), "{}", run.stdout);
    let run = zhiheng(&["verify", &testdata_log(), "--json"]);
    assert_eq!(json(&run)["verdict"], "good_but_signatures_not_checked");
    assert_eq!(json(&run)["signatures_checked"], false);
}

#[test]
fn damage_is_named_by_file() {
    let folder = TempFolder::new();
    drop(log(&folder));
    let change = |path: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let path = folder.path(path);
        let good = fs::read(&path).unwrap();
        let mut changed = good.clone();
        change(&mut changed);
        fs::write(&path, &changed).unwrap();
        let run = zhiheng(&["verify", &folder.path("log"), "--key", &vkey()]);
        fs::write(&path, good).unwrap();
        run
    };
    assert_wrong(
        &change("log/tile/entries/000", &|b| b[9] ^= 1),
        &["tile/entries/000: entry 1 hashes to", "but the tree has", "restore"],
    );
    assert_wrong(
        &change("log/tile/0/001.p/44", &|b| b[40] ^= 1),
        &["tile/0/001.p/44: hash 257 of level 0 is"],
    );
    assert_wrong(
        &change("log/tile/1/000.p/1", &|b| b.truncate(31)),
        &["tile/1/000.p/1: the tile has 31 bytes where 1 hashes have 32"],
    );
    assert_wrong(
        &change("log/tile/entries/001.p/44", &|b| b.push(0)),
        &["tile/entries/001.p/44: the bundle has 1 bytes after the last of its 44 entries"],
    );
    assert_wrong(&change("log/checkpoint", &|b| b[0] ^= 1), &["checkpoint: the signature by"]);
    assert_wrong(
        &change("log/checkpoint", &|b| b.extend(b"garbage\n")),
        &["checkpoint: signature line 2 of the note is malformed"],
    );
    let run = zhiheng(&["verify", &folder.path("log"), "--key", &vkey()]);
    assert_eq!(run.status, 0, "{}", run.stdout);
}

#[test]
fn a_checkpoint_of_another_key_is_refused() {
    let folder = TempFolder::new();
    drop(log(&folder));
    let other = SignerKey::from_seed(ORIGIN, &[8; 32]).unwrap();
    let key = other.verifier().to_string();
    let run = zhiheng(&["verify", &folder.path("log"), "--key", &key, "--json"]);
    assert_eq!(run.status, 1);
    let answer = json(&run);
    assert_eq!(answer["verdict"], "wrong");
    assert_eq!(answer["problem"]["code"], "ledger.no_known_signature");
    assert_eq!(answer["problem"]["file"], "checkpoint");
    // A key that is not the log's may be given beside one that is.
    let run = zhiheng(&["verify", &folder.path("log"), "--key", &key, "--key", &vkey()]);
    assert_eq!(run.status, 0, "{}", run.stdout);
}

#[test]
fn an_entry_is_looked_for_in_a_log() {
    let folder = TempFolder::new();
    drop(log(&folder));
    let find = |bytes: &[u8]| {
        fs::write(folder.path("entry"), bytes).unwrap();
        let entry = folder.path("entry");
        zhiheng(&["verify", &folder.path("log"), "--key", &vkey(), "--entry", &entry, "--json"])
    };
    let found = find(&7_u32.to_be_bytes());
    assert_eq!((found.status, &json(&found)["found_at"][0]), (0, &Value::from(7)));
    let lost = find(b"nowhere");
    assert_eq!(lost.status, 1);
    assert_eq!(json(&lost)["problem"]["code"], "ledger.entry_not_found");
}

#[test]
fn a_log_that_went_back_is_found_out_by_a_kept_checkpoint() {
    let folder = TempFolder::new();
    let mut log = log(&folder);
    let kept = folder.path("kept");
    let since = || {
        let log = folder.path("log");
        zhiheng(&["verify", &log, "--key", &vkey(), "--since", &kept])
    };
    fs::copy(folder.path("log/checkpoint"), &kept).unwrap();
    assert_eq!(since().status, 0);
    log.append(b"one more").unwrap();
    log.publish(&[&key()]).unwrap();
    assert_eq!(since().status, 0);
    let older = fs::read(&kept).unwrap();
    fs::copy(folder.path("log/checkpoint"), &kept).unwrap();
    fs::write(folder.path("log/checkpoint"), older).unwrap();
    assert_wrong(
        &since(),
        &["checkpoint: the log has 300 entries, but a checkpoint of 301 is known"],
    );
    fs::write(&kept, "not a checkpoint").unwrap();
    assert_eq!(since().status, 2);
}

/// Writes a proof of entry 299 and gives its path.
fn proof(folder: &TempFolder, log: &Log<DirStorage>, opening: Option<Opening>) -> String {
    let mut proof = log.receipt(299).unwrap();
    if let Some(opening) = opening {
        proof = proof.with_opening(&opening);
    }
    let path = folder.path("record.tlog-proof");
    fs::write(&path, proof.to_string()).unwrap();
    path
}

#[test]
fn a_proof_file_is_checked_by_itself() {
    let folder = TempFolder::new();
    let log = log(&folder);
    let path = proof(&folder, &log, Some(Opening::new(nonce()).with_record(RECORD)));
    drop(log);
    fs::remove_dir_all(folder.path("log")).unwrap();
    let run = zhiheng(&["verify", &path, "--key", &vkey()]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout.starts_with(
            "good: entry 299 of log quality.example/log, under the checkpoint of 300 entries"
        ),
        "{}",
        run.stdout
    );
    let answer = json(&zhiheng(&["verify", &path, "--key", &vkey(), "--json"]));
    assert_eq!(answer["record"], std::str::from_utf8(RECORD).unwrap());
    assert_eq!(answer["index"], 299);

    let without_key = zhiheng(&["verify", &path]);
    assert_eq!(without_key.status, 2, "{}", without_key.stdout);
}

#[test]
fn the_holder_of_a_proof_may_keep_the_record_or_the_nonce_back() {
    let folder = TempFolder::new();
    let log = log(&folder);
    let (record, other) = (folder.path("record"), folder.path("other"));
    fs::write(&record, RECORD).unwrap();
    fs::write(&other, b"another record").unwrap();
    let verify =
        |path: &str, more: &[&str]| zhiheng(&[&["verify", path, "--key", &vkey()], more].concat());

    let path = proof(&folder, &log, Some(Opening::new(nonce())));
    let run = verify(&path, &[]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("--record"), "{}", run.stderr);
    assert_eq!(verify(&path, &["--record", &record]).status, 0);
    assert_wrong(&verify(&path, &["--record", &other]), &["the proof leads to the root"]);

    let path = proof(&folder, &log, None);
    let run = verify(&path, &[]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("--entry"), "{}", run.stderr);
    let leaf = Hash::of_leaf(&BlindedLeaf::blind(&nonce(), RECORD).to_bytes()).to_hex();
    assert_eq!(verify(&path, &["--leaf", &leaf]).status, 0);
    assert_wrong(&verify(&path, &["--entry", &record]), &["the proof leads to the root"]);
}

#[test]
fn every_changed_byte_of_a_proof_is_found() {
    let folder = TempFolder::new();
    let log = log(&folder);
    let path = proof(&folder, &log, Some(Opening::new(nonce()).with_record(RECORD)));
    let good = fs::read(&path).unwrap();
    for at in (0..good.len()).step_by(23) {
        let mut changed = good.clone();
        changed[at] ^= 4;
        fs::write(&path, changed).unwrap();
        let run = zhiheng(&["verify", &path, "--key", &vkey()]);
        assert_eq!(run.status, 1, "byte {at}: {}{}", run.stdout, run.stderr);
    }
}

#[test]
fn what_cannot_be_asked_is_status_2() {
    let folder = TempFolder::new();
    for args in [
        &["verify"][..],
        &["verify", "/no/such/place", "--no-key"],
        &["verify", &folder.path(""), "--key", "not a key"],
        &["verify", &folder.path(""), "--key", TESTDATA_KEY, "--no-key"],
        &["verify", &folder.path(""), "--no-key", "--leaf", "12"],
        &["verify", &folder.path(""), "--no-key", "--record", "x"],
        &["verify", &folder.path(""), "--no-key", "--entry", "/no/such/file"],
    ] {
        let run = zhiheng(args);
        assert_eq!(run.status, 2, "{args:?}: {}", run.stdout);
        assert!(!run.stderr.is_empty());
    }
    // An empty folder and a file of something else can be examined, and are not a log or a proof.
    assert_wrong(&zhiheng(&["verify", &folder.path(""), "--no-key"]), &["there is no checkpoint"]);
    let file = Path::new(&folder.path("text")).to_path_buf();
    fs::write(&file, "text").unwrap();
    let run = zhiheng(&["verify", file.to_str().unwrap(), "--no-key"]);
    assert_wrong(&run, &["this is not a proof file"]);
}
