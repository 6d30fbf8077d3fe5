//! Programs that the checks need beside cargo: installed where we may, named where we may not.

use std::process::{Command, Stdio};

use crate::process::{cargo, say, succeeds};

/// A program, how it is looked for, the Debian package that has it, and what it is for.
struct Tool {
    program: &'static str,
    is_there: fn() -> bool,
    package: &'static str,
    purpose: &'static str,
}

const TOOLS: &[Tool] = &[
    Tool {
        program: "cc",
        is_there: || is_quietly_good(Command::new("cc").arg("--version")),
        package: "gcc",
        purpose: "links programs and builds C libraries",
    },
    Tool {
        program: "initdb",
        is_there: has_postgres,
        package: "postgresql",
        purpose: "sets up the PostgreSQL servers that tests run on",
    },
];

const CHROMIUM: Tool = Tool {
    program: "chromium",
    is_there: has_chromium,
    package: "chromium",
    purpose: "opens the pages in browser tests",
};

/// Sees that there is a browser for tests.
pub fn ensure_chromium() -> bool {
    CHROMIUM.ensure()
}

fn has_chromium() -> bool {
    let names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
    std::env::var_os("CHROMIUM").is_some()
        || names.iter().any(|name| is_quietly_good(Command::new(name).arg("--version")))
}

/// Whether Node and npm are here, which only front-end packages and browser tests need.
pub fn has_npm() -> bool {
    is_quietly_good(Command::new("node").arg("--version"))
        && is_quietly_good(Command::new("npm").arg("--version"))
}

/// Sees that every tool is there; says what is missing and cannot be installed.
pub fn ensure() -> bool {
    let components =
        [("fmt", "rustfmt"), ("clippy", "clippy")].iter().all(|(command, component)| {
            let there = is_quietly_good(&mut cargo(&[command, "--version"]));
            if !there {
                say(&format!("missing: install it with `rustup component add {component}`"));
            }
            there
        });
    components && TOOLS.iter().all(Tool::ensure)
}

/// Whether nextest is installed; without it the tests run under cargo test.
pub fn has_nextest() -> bool {
    is_quietly_good(&mut cargo(&["nextest", "--version"]))
}

impl Tool {
    fn ensure(&self) -> bool {
        if (self.is_there)() {
            return true;
        }
        say(&format!(
            "{} ({}) is missing: installing {}",
            self.program, self.purpose, self.package
        ));
        let apt = |args: &[&str]| succeeds(Command::new("apt-get").args(args));
        let installed = apt(&["install", "-y", "--no-install-recommends", self.package])
            || (apt(&["update"])
                && apt(&["install", "-y", "--no-install-recommends", self.package]));
        if !installed || !(self.is_there)() {
            say(&format!("install {} ({}), then run this again", self.package, self.purpose));
            return false;
        }
        true
    }
}

/// Debian keeps it off the search path, in a folder for each version.
fn has_postgres() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions.map(|version| version.path().join("bin/initdb")).any(|initdb| initdb.is_file())
        || is_quietly_good(Command::new("initdb").arg("--version"))
}

fn is_quietly_good(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
}
