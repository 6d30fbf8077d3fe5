//! Runs a function of the tests in a process of its own on a disk.
//!
//! The test program starts itself again with the name of a task; the test `task` then does it. So
//! there is no second program that might be older than the tests.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use powercut::Disk;

use super::{agreement, contents, full, log, names, sqlite};

/// The name of what a probe can do, and how it does it in the working folder.
pub type Task = (&'static str, fn(&Path));

/// All tasks; each file of tests has its own.
fn tasks() -> impl Iterator<Item = &'static Task> {
    [agreement::TASKS, contents::TASKS, full::TASKS, names::TASKS, sqlite::TASKS, log::TASKS]
        .into_iter()
        .flatten()
}

#[test]
fn task() {
    let Ok(name) = std::env::var("PROBE") else { return };
    let (_, act) = tasks().find(|(task, _)| *task == name).expect("no such task");
    act(Path::new(&std::env::var_os("POWERCUT_WATCHED").unwrap()));
    say("done");
}

/// The command for a task.
pub fn command(disk: &Disk, task: &str) -> Command {
    let mut command = disk.command(std::env::current_exe().unwrap());
    command.args(["--exact", "probe::task", "--nocapture"]).env("PROBE", task);
    command.stdout(Stdio::piped());
    command
}

/// Does a task to its end.
pub fn run(disk: &Disk, task: &str) {
    let output = command(disk, task).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("\n@ done\n"), "{task}: {output:?}");
}

/// Tells the test something, past the buffers of the test harness.
pub fn say(what: &str) {
    std::io::stdout().write_all(format!("\n@ {what}\n").as_bytes()).unwrap();
}

pub fn sync(path: impl AsRef<Path>) {
    File::open(path).unwrap().sync_all().unwrap();
}

/// A disk in a folder that goes with the first value.
pub fn disk() -> (tempfile::TempDir, Disk) {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::new(folder.path()).unwrap();
    (folder, disk)
}

/// The files and folders under a folder, with contents.
pub fn tree(folder: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    walk(folder, "", &mut lines);
    lines.sort();
    lines
}

fn walk(folder: &Path, inside: &str, lines: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder.join(inside)).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{inside}{}", entry.file_name().display());
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            lines.push(format!("{path}/"));
            walk(folder, &format!("{path}/"), lines);
        } else if kind.is_symlink() {
            lines
                .push(format!("{path} -> {}", std::fs::read_link(entry.path()).unwrap().display()));
        } else {
            let content = std::fs::read(entry.path()).unwrap();
            lines.push(format!("{path} = {}", content.escape_ascii()));
        }
    }
}
