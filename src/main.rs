//! The `zhiheng` program: every subcommand stands in its own file under `cli/`.

mod cli;
mod pack_files;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
