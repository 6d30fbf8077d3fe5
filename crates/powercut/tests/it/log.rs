//! The evidence log that is killed while it publishes.

use std::io::{BufRead as _, BufReader};
use std::path::Path;

use ledger::audit::{AuditOptions, audit};
use ledger::note::{SignerKey, Verifier};
use ledger::storage::{DirReader, DirStorage};
use ledger::{Checkpoint, Log};

use super::probe::{Task, command, disk, say};

pub const TASKS: &[Task] = &[("publish", publish)];

const ORIGIN: &str = "quality.example/log";

fn key() -> SignerKey {
    SignerKey::from_seed(ORIGIN, &[7; 32]).unwrap()
}

/// Appends and publishes until it is killed, and tells of every checkpoint.
fn publish(at: &Path) {
    let (key, folder) = (key(), at.join("log"));
    let storage = DirStorage::open(&folder).unwrap();
    let mut log = match DirReader::new(&folder).root().join("checkpoint").exists() {
        true => Log::open(storage, ORIGIN, &[&key.verifier()], None).unwrap(),
        false => Log::create(storage, ORIGIN, &[&key]).unwrap(),
    };
    // The last is of more tiles than are synced one by one.
    for count in [1, 3, 300, 1, 6000].into_iter().cycle() {
        for _ in 0..count {
            log.append(format!("entry {}", log.size()).as_bytes()).unwrap();
        }
        log.publish(&[&key]).unwrap();
        say(&format!("published {}", log.published().checkpoint().to_string().replace('\n', "|")));
    }
}

#[test]
fn every_published_checkpoint_survives() {
    let (_folder, disk) = disk();
    let verifier = key().verifier();
    let mut known: Option<Checkpoint> = None;
    for checkpoints in [0, 1, 2, 4, 5, 7, 9] {
        let mut child = command(&disk, "publish").spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut published =
            lines.filter_map(|line| Some(line.strip_prefix("@ published ")?.replace('|', "\n")));
        let said: Vec<String> = published.by_ref().take(checkpoints).collect();
        child.kill().unwrap();
        child.wait().unwrap();
        if let Some(last) = published.last().as_ref().or(said.last()) {
            known = Some(Checkpoint::parse(last).unwrap());
        }

        let log = disk.after_power_cut().unwrap().join("log");
        if let Some(known) = &known {
            let keys: [&dyn Verifier; 1] = [&verifier];
            let options = AuditOptions::new(&keys).grown_from(known);
            let report = audit(&DirReader::new(&log), &options).unwrap();
            assert_eq!(report.problem, None, "after {checkpoints}");
            assert!(report.largest().unwrap().size >= known.size);
        }
        disk.restart().unwrap();
    }
    assert!(known.unwrap().size > 6000);
}
