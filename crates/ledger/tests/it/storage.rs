//! A log in a folder.

use std::fs;

use ledger::audit::{AuditOptions, audit};
use ledger::note::Verifier;
use ledger::storage::{DirReader, DirStorage, ReadTiles as _};
use ledger::{Log, LogError};

use crate::support::{ORIGIN, TempFolder, create, files_of, grow, key, open};

fn assert_sound(folder: &TempFolder, size: u64) {
    let verifier = key().verifier();
    let keys: &[&dyn Verifier] = &[&verifier];
    let report = audit(&DirReader::new(folder.path()), &AuditOptions::new(keys)).unwrap();
    assert_eq!(report.problem, None);
    assert_eq!(report.largest().unwrap().size, size);
}

#[test]
fn a_folder_has_the_files_of_the_specification_and_no_others() {
    let folder = TempFolder::new();
    let mut log = create(DirStorage::open(folder.path()).unwrap());
    grow(&mut log, 3);
    grow(&mut log, 700);
    let files: Vec<String> = files_of(folder.path()).into_keys().collect();
    assert_eq!(
        files,
        [
            ".writer/lock",
            "checkpoint",
            "tile/0/000",
            "tile/0/000.p/3",
            "tile/0/001",
            "tile/0/002.p/188",
            "tile/1/000.p/2",
            "tile/entries/000",
            "tile/entries/000.p/3",
            "tile/entries/001",
            "tile/entries/002.p/188",
        ]
    );
    assert_sound(&folder, 700);
}

#[test]
fn many_tiles_at_once_are_synced_too() {
    let folder = TempFolder::new();
    let mut log = create(DirStorage::open(folder.path()).unwrap());
    grow(&mut log, 256 * 20);
    drop(log);
    let mut log = open(DirStorage::open(folder.path()).unwrap()).unwrap();
    grow(&mut log, 256 * 20 + 1);
    assert_sound(&folder, 256 * 20 + 1);
}

#[test]
fn a_log_has_one_writer() {
    let folder = TempFolder::new();
    let log = create(DirStorage::open(folder.path()).unwrap());
    let second = DirStorage::open(folder.path()).unwrap_err();
    assert_eq!(second.code(), "ledger.locked");
    // Reading needs no lock.
    assert!(DirReader::new(folder.path()).read_checkpoint().unwrap().is_some());
    drop(log);
    DirStorage::open(folder.path()).unwrap();
}

#[test]
fn what_a_crash_left_is_set_aside_and_not_destroyed() {
    let folder = TempFolder::new();
    for round in 1..=2 {
        let storage = DirStorage::open(folder.path()).unwrap();
        let mut log = match round {
            1 => create(storage),
            _ => open(storage).unwrap(),
        };
        let size = log.size() + 100;
        grow(&mut log, size);
        for i in 0..600_u64 {
            log.append(format!("lost {round} {i}").as_bytes()).unwrap();
        }
        // The program ends here, without a checkpoint; and a file is torn.
        drop(log);
        fs::write(folder.path().join("tile/0/001"), b"torn").unwrap();
        assert_sound(&folder, 100 * round);

        let log = open(DirStorage::open(folder.path()).unwrap()).unwrap();
        assert_eq!(log.size(), 100 * round);
        assert!(!folder.path().join("tile/0/001").exists());
        let aside = folder.path().join(format!(".writer/set-aside/{round}/tile"));
        assert_eq!(fs::read(aside.join("0/001")).unwrap(), b"torn");
        assert!(aside.join("entries/000").is_file());
    }
    let mut log = open(DirStorage::open(folder.path()).unwrap()).unwrap();
    grow(&mut log, 900);
    assert_sound(&folder, 900);
}

#[test]
fn a_log_can_be_checked_while_it_grows() {
    let folder = TempFolder::new();
    let mut log = create(DirStorage::open(folder.path()).unwrap());
    let verifier = key().verifier();
    let keys: &[&dyn Verifier] = &[&verifier];
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| (1..16).for_each(|i| grow(&mut log, 50 * i)));
        while !writer.is_finished() {
            let reader = DirReader::new(folder.path());
            let report = audit(&reader, &AuditOptions::new(keys)).unwrap();
            assert_eq!(report.problem, None);
        }
    });
    assert_sound(&folder, 50 * 15);
}

#[test]
fn an_older_copy_of_the_folder_is_refused() {
    let folder = TempFolder::new();
    let mut log = create(DirStorage::open(folder.path()).unwrap());
    grow(&mut log, 10);
    let before = files_of(folder.path());
    grow(&mut log, 20);
    let known = log.published().checkpoint().clone();
    drop(log);
    for (path, bytes) in &before {
        fs::write(folder.path().join(path), bytes).unwrap();
    }
    let storage = DirStorage::open(folder.path()).unwrap();
    let error = Log::open(storage, ORIGIN, &[&key().verifier()], Some(&known)).unwrap_err();
    assert!(matches!(error, LogError::OlderThanKnown { stored: 10, known: 20 }), "{error}");
    // Refusing has not touched what is there beyond the older checkpoint.
    assert!(folder.path().join("tile/0/000.p/20").is_file());
}

#[test]
fn a_folder_that_cannot_be_a_log_is_named_in_the_error() {
    let folder = TempFolder::new();
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    let error = DirStorage::open(&file).unwrap_err();
    assert_eq!(error.code(), "ledger.storage");
    assert!(error.to_string().contains("file"), "{error}");
    let missing = DirReader::new(folder.path().join("missing"));
    let error = audit(&missing, &AuditOptions::default()).unwrap_err();
    assert!(error.to_string().contains("missing"), "{error}");
}

#[test]
fn a_file_that_is_far_too_long_is_not_read_to_its_end() {
    let folder = TempFolder::new();
    let mut log = create(DirStorage::open(folder.path()).unwrap());
    grow(&mut log, 3);
    let path = folder.path().join("tile/0/000.p/3");
    fs::write(&path, vec![0; 10_000]).unwrap();
    let report = audit(&DirReader::new(folder.path()), &AuditOptions::default()).unwrap();
    let problem = report.problem.unwrap();
    assert_eq!(
        (problem.file.as_str(), problem.finding.code()),
        ("tile/0/000.p/3", "ledger.file_too_large")
    );
}
