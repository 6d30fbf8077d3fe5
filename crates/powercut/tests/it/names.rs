//! What is kept of names.

use std::fs::{self, File};
use std::path::Path;

use super::probe::{Task, disk, run, sync, tree};
use powercut::Disk;

pub const TASKS: &[Task] = &[
    ("new, file synced", |at| {
        fs::write(at.join("new"), "new").unwrap();
        sync(at.join("new"));
    }),
    ("new, folder synced", |at| {
        fs::write(at.join("new"), "new").unwrap();
        sync(at);
    }),
    ("rename", |at| fs::rename(at.join("a"), at.join("c")).unwrap()),
    ("rename and sync", |at| {
        fs::rename(at.join("a"), at.join("c")).unwrap();
        sync(at);
    }),
    ("replace", |at| replace(at)),
    ("replace and sync", |at| {
        replace(at);
        sync(at);
    }),
    ("rename, file synced", |at| {
        fs::rename(at.join("a"), at.join("c")).unwrap();
        sync(at.join("c"));
    }),
    ("remove", |at| fs::remove_file(at.join("a")).unwrap()),
    ("remove and sync", |at| {
        fs::remove_file(at.join("a")).unwrap();
        sync(at);
    }),
    ("make again", |at| {
        fs::remove_file(at.join("a")).unwrap();
        fs::write(at.join("a"), "another").unwrap(); // the inode number may well be the same
        sync(at.join("a"));
    }),
    ("link", |at| {
        fs::hard_link(at.join("a"), at.join("c")).unwrap();
        std::os::unix::fs::symlink("a", at.join("d")).unwrap();
        sync(at);
        fs::write(at.join("c"), "A").unwrap();
        sync(at.join("a"));
    }),
    ("folders", |at| {
        fs::create_dir_all(at.join("x/y")).unwrap();
        fs::write(at.join("x/y/file"), "new").unwrap();
        sync(at.join("x/y/file"));
        sync(at.join("x/y"));
    }),
    ("folders and sync", |at| {
        (probe("folders"))(at);
        sync(at.join("x"));
        sync(at);
        fs::rename(at.join("x"), at.join("z")).unwrap();
        fs::remove_file(at.join("z/y/file")).unwrap();
        sync(at.join("z/y"));
        fs::remove_dir(at.join("z/y")).unwrap();
    }),
    ("move, new folder synced", |at| {
        fs::rename(at.join("a"), at.join("folder/a")).unwrap();
        sync(at.join("folder"));
    }),
    ("move, old folder synced", |at| {
        fs::rename(at.join("a"), at.join("folder/a")).unwrap();
        sync(at);
    }),
    ("from outside", |at| {
        let outside = at.with_file_name("outside");
        fs::create_dir_all(outside.join("x")).unwrap();
        fs::write(outside.join("x/file"), "new").unwrap();
        fs::rename(outside, at.join("z")).unwrap();
        sync(at.join("z/x/file"));
        sync(at.join("z/x"));
        sync(at.join("z"));
        sync(at);
    }),
    ("relative", |at| {
        std::env::set_current_dir(at.join("folder")).unwrap();
        fs::write("../c", "new").unwrap();
        fs::rename("../c", "./d").unwrap();
        fs::remove_dir_all("inner").unwrap(); // by openat and unlinkat
        sync("d");
        sync(".");
    }),
];

fn probe(name: &str) -> fn(&Path) {
    TASKS.iter().find(|(task, _)| *task == name).unwrap().1
}

fn replace(at: &Path) {
    fs::write(at.join("new"), "new").unwrap();
    File::open(at.join("new")).unwrap().sync_all().unwrap();
    fs::rename(at.join("new"), at.join("a")).unwrap();
}

/// What is left of the files `a` and `b` and a folder after a task.
fn after_on(kind: fn(Disk) -> Disk, task: &str) -> Vec<String> {
    let (_folder, disk) = disk();
    let disk = kind(disk);
    fs::write(disk.working().join("a"), "a").unwrap();
    fs::create_dir_all(disk.working().join("folder/inner")).unwrap();
    fs::write(disk.working().join("folder/inner/b"), "b").unwrap();
    run(&disk, task);
    let mut tree = tree(&disk.after_power_cut().unwrap());
    tree.retain(|line| !line.starts_with("folder/inner/") && line != "folder/");
    tree
}

fn after(task: &str) -> Vec<String> {
    after_on(|disk| disk, task)
}

fn kindly(task: &str) -> Vec<String> {
    after_on(Disk::with_kind_entries, task)
}

#[test]
fn a_new_name_is_kept_by_a_sync_of_its_folder() {
    assert_eq!(after("new, file synced"), ["a = a"]);
    assert_eq!(kindly("new, file synced"), ["a = a", "new = new"]);
    assert_eq!(after("new, folder synced"), ["a = a", "new = "]);
}

#[test]
fn a_rename_is_kept_by_a_sync_of_its_folder() {
    assert_eq!(after("rename"), ["a = a"]);
    assert_eq!(kindly("rename"), ["a = a"]);
    assert_eq!(after("rename and sync"), ["c = a"]);
    assert_eq!(after("rename, file synced"), ["a = a"]);
    assert_eq!(kindly("rename, file synced"), ["c = a"]);
    assert_eq!(after("replace"), ["a = a"]);
    assert_eq!(after("replace and sync"), ["a = new"]);
}

#[test]
fn a_removal_is_kept_by_a_sync_of_the_folder() {
    assert_eq!(after("remove"), ["a = a"]);
    assert_eq!(after("remove and sync"), [""; 0]);
    assert_eq!(after("make again"), ["a = a"]);
    assert_eq!(kindly("make again"), ["a = another"]);
}

#[test]
fn links_are_names() {
    assert_eq!(after("link"), ["a = A", "c = A", "d -> a"]);
}

#[test]
fn a_folder_is_kept_by_a_sync_of_the_folder_it_is_in() {
    assert_eq!(after("folders"), ["a = a"]);
    assert_eq!(kindly("folders"), ["a = a", "x/", "x/y/", "x/y/file = new"]);
    assert_eq!(after("folders and sync"), ["a = a", "x/", "x/y/"]);
}

#[test]
fn a_move_never_loses_a_file() {
    assert_eq!(after("move, new folder synced"), ["a = a", "folder/a = a"]);
    assert_eq!(after("move, old folder synced"), ["folder/a = a"]);
}

#[test]
fn a_folder_may_come_from_outside() {
    assert_eq!(after("from outside"), ["a = a", "z/", "z/x/", "z/x/file = new"]);
}

#[test]
fn paths_may_be_relative() {
    let (_folder, disk) = disk();
    fs::create_dir_all(disk.working().join("folder/inner")).unwrap();
    fs::write(disk.working().join("folder/inner/b"), "b").unwrap();
    run(&disk, "relative");
    assert_eq!(tree(&disk.after_power_cut().unwrap()), ["folder/", "folder/d = new"]);
}
