//! An SQLite database that is killed while it writes.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use super::probe::{Task, command, disk, say};
use powercut::Disk;

pub const TASKS: &[Task] = &[
    ("sqlite full", |at| commit(&at.join("store"), "WAL", "FULL", 20)),
    ("sqlite off", |at| commit(&at.join("store"), "WAL", "OFF", 20)),
    ("sqlite normal", |at| commit(&at.join("store"), "WAL", "NORMAL", 0)),
    ("sqlite delete extra", |at| commit(&at.join("store"), "DELETE", "EXTRA", 20)),
];

const COMMITS: usize = 200;

/// Adds rows, one a transaction, and says so after each. So many `pages` of a write-ahead log are
/// written back, and with that synced; a few make that happen often, 0 never.
fn commit(store: &Path, journal: &str, synchronous: &str, pages: u32) {
    let store = Connection::open(store).unwrap();
    store.pragma_update(None, "journal_mode", journal).unwrap();
    store.pragma_update(None, "synchronous", synchronous).unwrap();
    store.pragma_update(None, "wal_autocheckpoint", pages).unwrap();
    store.execute_batch("CREATE TABLE IF NOT EXISTS t (a INTEGER PRIMARY KEY, b TEXT)").unwrap();
    for _ in 0..COMMITS {
        let text = "x".repeat(store.last_insert_rowid() as usize * 97 % 3000);
        store.execute("INSERT INTO t (b) VALUES (?1)", [text]).unwrap();
        say(&format!("row {}", store.last_insert_rowid()));
    }
}

/// Runs a task, kills it some time after `kill_at` rows, and gives the last row it told us of.
fn kill(disk: &Disk, task: &str, kill_at: usize, later: Duration) -> i64 {
    let mut child = command(disk, task).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut rows = lines.filter_map(|line| line.strip_prefix("@ row ")?.parse::<i64>().ok());
    let mut last = 0;
    for row in rows.by_ref().take(kill_at) {
        last = row;
    }
    std::thread::sleep(later);
    child.kill().unwrap();
    child.wait().unwrap();
    rows.last().unwrap_or(last) // what was in the pipe was said too
}

/// The number of rows after a power cut, of a sound store.
fn rows(store: &Path) -> i64 {
    let store = Connection::open(store).unwrap();
    let check: String = store.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    let count = store.query_row("SELECT count(*) FROM t", [], |row| row.get(0));
    count.unwrap_or(0) // no table yet
}

/// Rounds of work, each begun with what the power cut left of the last.
fn all_survive(task: &str) {
    let (_folder, disk) = disk();
    let seed = u64::from(std::process::id());
    let mut random = seed;
    let mut before = 0;
    for _ in 0..6 {
        random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        let kill_at = (random >> 33) as usize % COMMITS;
        let later = Duration::from_micros(random >> 50 & 0x7ff);
        // Killed before its first row, it says nothing; those of the rounds before are there.
        let said = kill(&disk, task, kill_at, later).max(before);
        let left = rows(&disk.after_power_cut().unwrap().join("store"));
        assert!(left >= said, "{task}, seed {seed}: {left} rows left of {said}");
        assert!(left <= said + 1, "{task}, seed {seed}: {left} rows of {said}");
        before = left;
        disk.restart().unwrap();
    }
    let said = kill(&disk, task, COMMITS, Duration::ZERO);
    assert_eq!(rows(&disk.after_power_cut().unwrap().join("store")), said);
}

#[test]
fn every_acknowledged_commit_survives() {
    all_survive("sqlite full");
}

#[test]
fn every_acknowledged_commit_survives_with_a_rollback_journal() {
    all_survive("sqlite delete extra");
}

/// The counter-proof: the tests above can fail.
#[test]
fn without_syncs_acknowledged_commits_are_lost() {
    for task in ["sqlite off", "sqlite normal"] {
        let (_folder, disk) = disk();
        let said = kill(&disk, task, COMMITS / 2, Duration::ZERO);
        let left = rows(&disk.after_power_cut().unwrap().join("store"));
        assert!(left < said, "{task}: {left} rows left of {said}");
    }
}
