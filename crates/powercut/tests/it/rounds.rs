//! More than one program, one after the other.

use super::probe::{command, disk, run, tree};

#[test]
fn what_one_program_left_unsynced_the_next_can_sync() {
    let (_folder, disk) = disk();
    run(&disk, "write"); // not synced
    run(&disk, "new, file synced"); // the name is not
    assert_eq!(tree(&disk.after_power_cut().unwrap()), [""; 0]);
    run(&disk, "sync past libc");
    let after = tree(&disk.after_power_cut().unwrap());
    assert_eq!(after, ["file = new!", "folder/", "folder/new = new", "new = new"]);
}

#[test]
fn a_cut_that_one_program_left_unsynced_is_synced_by_the_next() {
    let (_folder, disk) = disk();
    std::fs::write(disk.working().join("file"), "very old").unwrap();
    run(&disk, "cut");
    assert_eq!(tree(&disk.after_power_cut().unwrap()), ["file = very old"]);
    run(&disk, "sync past libc");
    assert_eq!(tree(&disk.after_power_cut().unwrap())[0], "file = very!");
}

#[test]
fn after_a_restart_everything_left_is_durable() {
    let (_folder, disk) = disk();
    run(&disk, "write and sync");
    disk.restart().unwrap();
    assert_eq!(tree(disk.working()), ["file = new"]);
    run(&disk, "new, file synced");
    disk.restart().unwrap();
    assert_eq!(tree(disk.working()), ["file = new"]);
    run(&disk, "sync past libc");
    disk.restart().unwrap();
    assert_eq!(tree(disk.working()), ["file = new!", "folder/", "folder/new = new"]);
}

#[test]
fn a_program_killed_while_it_starts_loses_nothing() {
    let (_folder, disk) = disk();
    for number in 0..200 {
        std::fs::write(disk.working().join(format!("file-{number}")), "old").unwrap();
    }
    let before = tree(disk.working());
    let shadow = disk.working().with_file_name("shadow");
    // Killed as soon as so many of the files are in the shadow folder: in the middle of the start.
    for copied in [0, 1, 50, 199] {
        let mut child = disk.command("sleep").arg("60").spawn().unwrap();
        while std::fs::read_dir(shadow.join("contents")).map_or(0, Iterator::count) <= copied {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(tree(&disk.after_power_cut().unwrap()), before, "after {copied}");
    }
    run(&disk, "write and sync");
    assert_eq!(tree(&disk.after_power_cut().unwrap()).len(), before.len() + 1);
}

#[test]
fn one_program_at_a_time_writes() {
    let (_folder, disk) = disk();
    let mut first = disk.command("sleep").arg("60").spawn().unwrap();
    let shadow = disk.working().with_file_name("shadow");
    while !shadow.join("journal").exists() {
        std::thread::yield_now();
    }
    let second = command(&disk, "write").stderr(std::process::Stdio::piped()).output().unwrap();
    assert!(!second.status.success());
    assert!(String::from_utf8_lossy(&second.stderr).contains("two programs at once"), "{second:?}");
    let error = disk.after_power_cut().unwrap_err().to_string();
    assert!(error.contains("a program still runs"), "{error}");
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(tree(&disk.after_power_cut().unwrap()), [""; 0]);
}
