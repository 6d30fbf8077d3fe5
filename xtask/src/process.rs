//! Running programs and telling the user about it.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

/// Prints a line for the user.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Cargo with `args`, in the workspace.
pub fn cargo(args: &[&str]) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(args).current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    command
}

/// Builds the program. Said of the whole workspace, so that the features of its dependencies are
/// those of the tests: what was built for them is not built again.
pub fn build_program() -> Command {
    cargo(&["build", "--workspace", "--bin", "zhiheng", "--locked"])
}

/// Runs a command with its output shown, and whether it succeeded.
pub fn succeeds(command: &mut Command) -> bool {
    match command.status() {
        Ok(status) => status.success(),
        Err(error) => {
            say(&format!("{:?} cannot be run: {error}", command.get_program()));
            false
        }
    }
}

/// Where a command prints.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// Runs a command and hands every line that it prints on one stream to `see` as it comes; the
/// other stream is shown. Gives whether the command succeeded.
pub fn each_line(command: &mut Command, stream: Stream, mut see: impl FnMut(&str)) -> bool {
    match stream {
        Stream::Out => command.stdout(Stdio::piped()),
        Stream::Err => command.stderr(Stdio::piped()),
    };
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            say(&format!("{:?} cannot be run: {error}", command.get_program()));
            return false;
        }
    };
    let lines: Box<dyn BufRead> = match (child.stdout.take(), child.stderr.take()) {
        (Some(out), _) => Box::new(BufReader::new(out)),
        (_, Some(err)) => Box::new(BufReader::new(err)),
        (None, None) => Box::new(std::io::empty()),
    };
    for line in lines.split(b'\n').map_while(Result::ok) {
        see(&String::from_utf8_lossy(&line));
    }
    child.wait().is_ok_and(|status| status.success())
}
