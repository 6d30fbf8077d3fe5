//! A disk that is full.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use rusqlite::{Connection, ErrorCode};

use super::probe::{Task, disk, run, sync, tree};

pub const TASKS: &[Task] = &[
    ("full", |at| {
        let full = |done: std::io::Result<()>| {
            assert_eq!(done.unwrap_err().kind(), std::io::ErrorKind::StorageFull);
        };
        full(File::create_new(at.join("new")).map(drop));
        full(fs::create_dir(at.join("folder")));
        let mut file = OpenOptions::new().read(true).write(true).open(at.join("file")).unwrap();
        full(file.write_all(b"more"));
        full(file.write_all_at(b"o", 0));
        full(file.set_len(100));
        assert_eq!(fs::read(at.join("file")).unwrap(), b"old");
        file.set_len(2).unwrap();
        sync(at.join("file"));
        fs::rename(at.join("file"), at.join("moved")).unwrap();
        sync(at);
        // Elsewhere there is room.
        fs::write(at.with_file_name("outside"), "new").unwrap();
    }),
    ("room", |at| {
        fs::write(at.join("new"), "new").unwrap();
        sync(at.join("new"));
        sync(at);
    }),
    ("sqlite full and room", |at| {
        let flag = at.with_file_name("full");
        let store = Connection::open(at.join("store")).unwrap();
        store.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t (a TEXT)").unwrap();
        let add = || store.execute("INSERT INTO t VALUES (?1)", ["x".repeat(5000)]);
        add().unwrap();
        fs::write(&flag, "").unwrap();
        for _ in 0..3 {
            let code = add().unwrap_err().sqlite_error_code();
            assert!(matches!(code, Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure)));
        }
        let count = || store.query_row("SELECT COUNT(*) FROM t", [], |row| row.get::<_, i64>(0));
        assert_eq!(count().unwrap(), 1);
        fs::remove_file(&flag).unwrap();
        add().unwrap();
        assert_eq!(count().unwrap(), 2);
    }),
];

fn rows(folder: &Path) -> i64 {
    let store = Connection::open(folder.join("store")).unwrap();
    store.query_row("SELECT COUNT(*) FROM t", [], |row| row.get(0)).unwrap()
}

#[test]
fn nothing_new_finds_room() {
    let (_folder, disk) = disk();
    fs::write(disk.working().join("file"), "old").unwrap();
    disk.fill().unwrap();
    run(&disk, "full");
    assert_eq!(tree(&disk.after_power_cut().unwrap()), ["moved = ol"]);
    disk.make_room().unwrap();
    run(&disk, "room");
    assert_eq!(tree(&disk.after_power_cut().unwrap()), ["moved = ol", "new = new"]);
}

#[test]
fn a_program_goes_on_when_there_is_room_again() {
    let (_folder, disk) = disk();
    run(&disk, "sqlite full and room");
    assert_eq!(rows(disk.working()), 2);
    disk.make_room().unwrap();
}
