//! The log of another program, under `trace/tlog-tiles`.

use std::collections::BTreeMap;

use ledger::audit::{AuditOptions, AuditReport, audit};
use ledger::note::{Verifier, VerifierKey};
use ledger::storage::DirReader;

use crate::support::{TESTDATA_KEY, files_of, testdata_log};

fn check(files: &BTreeMap<String, Vec<u8>>) -> AuditReport {
    let key: VerifierKey = TESTDATA_KEY.parse().unwrap();
    let keys: &[&dyn Verifier] = &[&key];
    audit(files, &AuditOptions::new(keys)).unwrap()
}

#[test]
fn it_is_good() {
    let key: VerifierKey = TESTDATA_KEY.parse().unwrap();
    let keys: &[&dyn Verifier] = &[&key];
    let report = audit(&DirReader::new(testdata_log()), &AuditOptions::new(keys)).unwrap();
    assert_eq!(report.problem, None);
    assert_eq!(report.origin.as_deref(), Some("example.com/log/testdata"));
    let sizes: Vec<u64> = report.checkpoints.iter().map(|c| c.size).collect();
    assert_eq!(sizes, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert!(report.checkpoints.iter().all(|c| c.signed_by.len() == 1));
    assert_eq!(report.others, [".state/treeState", ".state/version"]);
    assert_eq!((report.tiles, report.beyond.len()), (18, 0));
}

#[test]
fn every_changed_byte_and_length_is_found_and_named() {
    let good = files_of(&testdata_log());
    for (path, bytes) in good.iter().filter(|(path, _)| !path.starts_with('.')) {
        let found = |changed: Vec<u8>, how: &str| {
            let mut files = good.clone();
            files.insert(path.clone(), changed);
            let problem = check(&files).problem;
            assert_eq!(problem.map(|p| p.file).as_ref(), Some(path), "{how}");
        };
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << (at % 8);
            found(changed, &format!("bit {} of byte {at}", at % 8));
        }
        found(bytes[..bytes.len() - 1].to_vec(), "cut");
        found(Vec::new(), "emptied");
        found([&bytes[..], b"\0"].concat(), "one byte more");
        found([&bytes[..], b"\n"].concat(), "one line end more");
    }
}

#[test]
fn every_missing_tile_is_found_and_named() {
    let good = files_of(&testdata_log());
    for path in good.keys().filter(|path| path.starts_with("tile/")) {
        let mut files = good.clone();
        files.remove(path);
        let problem = check(&files).problem.unwrap();
        assert_eq!((&problem.file, problem.finding.code()), (path, "ledger.tile_missing"));
    }
}
