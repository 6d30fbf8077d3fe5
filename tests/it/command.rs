//! Runs the built program.

use std::process::Command;

/// What a run of the program gave.
pub struct Run {
    /// Exit status: 0 good, 1 what was asked about is wrong, 2 the question is wrong.
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Runs `zhiheng` with `args` to its end.
pub fn zhiheng(args: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_zhiheng")).args(args).output().unwrap();
    Run {
        status: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
