//! The browser tests: a real Chromium against a running program, and the scripts of others that pages
//! use where they are there.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{Stream, build_program, each_line, say, succeeds};
use crate::tools;

/// Whether browser tests can run here; says what is missing where they cannot.
pub fn is_possible() -> bool {
    let possible = tools::has_npm();
    if !possible {
        say("browser tests need Node 20 or newer with npm: apt-get install nodejs npm");
    }
    possible
}

/// Fetches the packages of a folder's lock file, where they are not those already; nothing that a
/// package would run by itself is run.
pub fn fetch(folder: &Path) -> bool {
    let lock = folder.join("package-lock.json");
    let note = folder.join("node_modules/.fetched");
    let read = |path: &Path| std::fs::read(path).ok();
    if read(&note).is_some() && read(&note) == read(&lock) {
        return true;
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(folder);
    succeeds(&mut npm) && std::fs::copy(&lock, &note).is_ok()
}

/// Fetches what the pages use where it is there.
pub fn fetch_frontend() -> bool {
    fetch(&root().join("crates/web/frontend"))
}

/// Runs the tests; gives how many passed and how many did not, and tells each part by its name.
pub fn run(check: &mut dyn FnMut(&str, bool)) -> (u64, u64) {
    let folder = root().join("e2e");
    let is_ready = tools::ensure_chromium() && fetch_frontend() && fetch(&folder);
    check("browser tests: Chromium and packages", is_ready);
    if !is_ready {
        return (0, 0);
    }
    let built = succeeds(&mut build_program());
    check("browser tests: the program", built);
    if !built {
        return (0, 0);
    }
    let mut node = Command::new("node");
    // Each file has a server and a browser of its own, which wait for each other.
    node.args(["--test", "--test-concurrency=2", "--test-reporter=tap"]).current_dir(&folder);
    node.args(files(&folder)).env("ZHIHENG_BIN", program());
    // A demonstration is made once; each file that wants one copies it.
    let province = target().join("e2e-province");
    let _ = std::fs::remove_dir_all(&province);
    check("browser tests: a folder for it", std::fs::create_dir_all(&province).is_ok());
    node.env("E2E_PROVINCE", &province);
    let mut counted = (0, 0);
    let good = each_line(&mut node, Stream::Out, |line| {
        let number = |word: &str| line.strip_prefix(word).and_then(|n| n.trim().parse().ok());
        match (number("# pass "), number("# fail ")) {
            (Some(passed), _) => counted.0 = passed,
            (_, Some(failed)) => counted.1 = failed,
            // What passed is told by its number.
            _ if line.trim_start().starts_with("ok ") || line.trim_start().starts_with('#') => {}
            _ => say(line),
        }
    });
    let _ = std::fs::remove_dir_all(&province);
    if counted == (0, 0) || (!good && counted.1 == 0) {
        check("browser tests", false);
    }
    counted
}

/// Makes the pictures of the README anew: by the browser test of the demonstration, of a whole small
/// province.
pub fn screenshots() -> bool {
    let folder = root().join("e2e");
    let built = || succeeds(&mut build_program());
    if !tools::ensure_chromium() || !fetch_frontend() || !fetch(&folder) || !built() {
        return false;
    }
    let mut node = Command::new("node");
    node.args(["--test", "--test-name-pattern=pictures of the README", "demo.test.mjs"]);
    node.current_dir(&folder).env("ZHIHENG_BIN", program());
    succeeds(node.env("SHOTS", root().join("docs/screenshots")))
}

/// The program that `cargo build` made.
fn program() -> PathBuf {
    target().join("debug/zhiheng")
}

fn target() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR");
    target.map_or_else(|| root().join("target"), |dir| root().join(dir))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.map(|entry| PathBuf::from(entry.file_name()));
    let mut tests: Vec<PathBuf> =
        names.filter(|name| name.to_string_lossy().ends_with(".test.mjs")).collect();
    tests.sort();
    tests
}

fn root() -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).to_owned()
}
