//! `cargo xtask test`: every check of the project, and one line at the end that counts them.

use testkit::postgres::Server;

use crate::process::{Stream, cargo, each_line, say, succeeds};
use crate::{browser, licences, schemathesis, tools};

/// How much is run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What CI runs on every change.
    Usual,
    /// Also what is long: tests marked as ignored, and schemathesis.
    Full,
}

/// How many checks and tests passed and failed.
#[derive(Default)]
struct Tally {
    passed: u64,
    failed: u64,
}

impl Tally {
    fn check(&mut self, name: &str, good: bool) {
        if good {
            self.passed += 1;
        } else {
            self.failed += 1;
            say(&format!("FAILED: {name}"));
        }
    }
}

/// Runs everything, the later checks also when an earlier one fails.
pub fn run(extent: Extent) -> bool {
    let data = std::env::var("ZHIHENG_TESTDATA").unwrap_or_else(|_| "testdata/".to_owned());
    say(&format!("reference data: {data}"));
    let mut tally = Tally::default();
    tally.check("tools", tools::ensure());
    let has_npm = tools::has_npm();
    if has_npm {
        tally.check("packages of the pages (npm ci)", browser::fetch_frontend());
    }
    tally.check("format (cargo fmt --all)", succeeds(&mut cargo(&["fmt", "--all", "--check"])));
    let clippy = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
    tally.check("lints (cargo clippy)", succeeds(&mut cargo(&clippy)));
    tally.check("licences", licences::are_allowed());
    let doc = ["doc", "--workspace", "--no-deps", "--locked"];
    let doc_is_good = succeeds(cargo(&doc).env("RUSTDOCFLAGS", "-D warnings"));
    tally.check("documentation (cargo doc)", doc_is_good);
    if tools::has_nextest() {
        run_nextest(extent, &mut tally);
    } else {
        let tests =
            ["test", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast", "--locked"];
        run_cargo_test(&tests, extent, &mut tally);
    }
    let doc_tests = ["test", "--workspace", "--doc", "--no-fail-fast", "--locked"];
    run_cargo_test(&doc_tests, Extent::Usual, &mut tally);
    if has_npm {
        run_browser(&mut tally);
    } else {
        say("not run without Node and npm: browser tests");
    }
    match extent {
        Extent::Full => schemathesis::run(&mut |name, good| tally.check(name, good)),
        Extent::Usual => {
            let mut names = long_tests();
            names.push("schemathesis".to_owned());
            say(&format!("not run without --full: {}", names.join(", ")));
        }
    }
    say(&format!("{} passed, {} failed", tally.passed, tally.failed));
    tally.failed == 0
}

/// Runs the API's part of --full alone.
pub fn schemathesis_alone() -> bool {
    let mut tally = Tally::default();
    schemathesis::run(&mut |name, good| tally.check(name, good));
    say(&format!("{} passed, {} failed", tally.passed, tally.failed));
    tally.failed == 0
}

/// Runs the browser tests alone.
pub fn browser_alone() -> bool {
    let mut tally = Tally::default();
    let possible = browser::is_possible();
    tally.check("Node and npm", possible);
    if possible {
        run_browser(&mut tally);
    }
    say(&format!("{} passed, {} failed", tally.passed, tally.failed));
    tally.failed == 0
}

fn run_browser(tally: &mut Tally) {
    let (passed, failed) = browser::run(&mut |name, good| tally.check(name, good));
    tally.passed += passed;
    tally.failed += failed;
}

fn run_nextest(extent: Extent, tally: &mut Tally) {
    // Without one the tests say what is missing.
    let server = Server::to_lend();
    let mut args = vec!["nextest", "run", "--workspace", "--no-fail-fast", "--locked"];
    args.extend(["--status-level", "fail", "--final-status-level", "fail", "--color", "never"]);
    if extent == Extent::Full {
        args.extend(["--run-ignored", "all"]);
    }
    let mut nextest = cargo(&args);
    if let Ok(server) = &server {
        server.lend(&mut nextest);
    }
    let mut summary = (0, 0);
    let good = each_line(&mut nextest, Stream::Err, |line| {
        say(line);
        if line.trim_start().starts_with("Summary [") {
            summary = (count(line, "passed"), not_passed(line));
        }
    });
    add(tally, "tests (cargo nextest)", good, summary);
}

fn run_cargo_test(args: &[&str], extent: Extent, tally: &mut Tally) {
    let mut args = args.to_vec();
    args.extend(["--quiet", "--"]);
    if extent == Extent::Full {
        args.push("--include-ignored");
    }
    let mut summary = (0, 0);
    let good = each_line(&mut cargo(&args), Stream::Out, |line| {
        say(line);
        if line.starts_with("test result:") {
            summary.0 += count(line, "passed");
            summary.1 += not_passed(line);
        }
    });
    add(tally, "tests (cargo test)", good, summary);
}

/// Adds a run's counts; a run that ended badly without a failed test, as on a build error, or
/// that ran nothing at all, is a failure too.
fn add(tally: &mut Tally, name: &str, good: bool, (passed, failed): (u64, u64)) {
    tally.passed += passed;
    tally.failed += failed;
    if (!good && failed == 0) || passed + failed == 0 {
        tally.check(name, false);
    }
}

/// The number before a word: `3` in `1 test run: 3 passed`.
fn count(line: &str, word: &str) -> u64 {
    let words: Vec<&str> =
        line.split([' ', ',', ';', '(', ')']).filter(|w| !w.is_empty()).collect();
    let at = words.iter().position(|w| *w == word);
    at.and_then(|at| words.get(at.checked_sub(1)?)).and_then(|n| n.parse().ok()).unwrap_or(0)
}

fn not_passed(line: &str) -> u64 {
    // nextest says "timed out" and "exec failed" beside "failed".
    let mut all = count(&line.replace("exec failed", "exec"), "failed");
    if line.contains("exec failed") {
        all += count(line, "exec");
    }
    if line.contains("timed out") {
        all += count(line, "timed");
    }
    all
}

/// The tests that only --full runs, by name.
fn long_tests() -> Vec<String> {
    let args = ["test", "--workspace", "--lib", "--bins", "--tests", "--quiet", "--locked"];
    let mut command = cargo(&args);
    command.args(["--", "--list", "--ignored", "--format", "terse"]);
    let listed =
        command.output().map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let listed = listed.unwrap_or_default();
    listed.lines().filter_map(|line| line.strip_suffix(": test").map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_counted() {
        let nextest = "     Summary [   3.075s] 31 tests run: 24 passed (1 slow), 5 failed, 1 exec failed, 1 timed out, 2 skipped";
        assert_eq!((count(nextest, "passed"), not_passed(nextest)), (24, 7));
        let cargo = "test result: FAILED. 9 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s";
        assert_eq!((count(cargo, "passed"), not_passed(cargo)), (9, 1));
    }

    #[test]
    fn a_run_without_tests_is_a_failure() {
        let mut tally = Tally::default();
        add(&mut tally, "tests", true, (0, 0));
        assert_eq!(tally.failed, 1);
    }
}
