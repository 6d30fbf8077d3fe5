//! `cargo xtask golden`: the statistical methods against outputs of the published programs.

use crate::process::{Stream, cargo, each_line, say};

/// Runs the golden test of `stats` on a folder that holds `<engine>/<case>/`. It prints a line
/// per case and `N passed, M failed`.
pub fn run(dir: Option<&str>) -> bool {
    let args = ["test", "--package", "stats", "--test", "it", "--quiet", "--locked"];
    let mut command = cargo(&args);
    command.args(["--", "--nocapture", "--exact", "golden::golden"]);
    if let Some(dir) = dir {
        match std::fs::canonicalize(dir) {
            Ok(dir) => command.env("ZHIHENG_GOLDEN", dir),
            Err(error) => {
                say(&format!("{dir}: {error}; name a folder of <engine>/<case>/"));
                return false;
            }
        };
    }
    each_line(&mut command, Stream::Out, |line| {
        if !is_of_the_harness(line) {
            say(line);
        }
    })
}

/// What the test runner says around the test, which would hide the closing line.
fn is_of_the_harness(line: &str) -> bool {
    line.is_empty()
        || line == "."
        || ["running ", "test result:", "test golden", "failures:", "    golden", "error: "]
            .iter()
            .any(|start| line.starts_with(start))
}
