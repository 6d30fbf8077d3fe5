//! The command line. Answers go to standard output, complaints to standard error.
//!
//! Exit status: 0 the answer is good, 1 what was asked about is wrong, 2 the question is wrong.

mod account;
mod append;
mod backup;
mod case;
mod case_document;
mod clock;
mod codes;
mod demo;
mod export;
mod get;
mod import;
mod installation;
mod pack;
mod rebuild;
mod serve;
mod subject;
mod token;
mod trace;
mod verify;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Zhiheng 质衡: quality governance for a province.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Identifiers: what a code is and whether it is right
    Codes(codes::Args),
    /// Statutory time: working days and terms
    Clock(clock::Args),
    /// Institution packs: check one, or say what a change of pack changes
    Pack(pack::Args),
    /// Check a store, a log folder or a proof file without the server
    Verify(verify::Args),
    /// Take records in from a file of JSON lines, checked to its end before any is stored
    Append(append::Args),
    /// A province to look at: made where there is none, and served with one-click log-in
    Demo(demo::Args),
    /// Make records of a table: XLSX, CSV or JSON Lines, by a mapping of the pack
    Import(import::Args),
    /// Write all records of a kind that are filtered into a file: XLSX, CSV or JSON Lines
    Export(export::Args),
    /// Show a record, or write its proof
    Get(get::Args),
    /// Show what is known of a subject, as of any time
    Subject(subject::Args),
    /// Where a thing came from and went, who answers for it, what it touched
    Trace(trace::Args),
    /// Cases: how one stands, and the next step of it
    Case(case::Args),
    /// Serve the program over HTTP
    Serve(serve::Args),
    /// People who log in: first links, a list, unlocking
    Account(account::Args),
    /// Tokens of programs that send and read over HTTP
    Token(token::Args),
    /// Drop every reading and make it anew from the records
    Rebuild(rebuild::Args),
    /// Write a copy of the store that restores into SQLite or PostgreSQL
    Backup(backup::BackupArgs),
    /// Put a copy into an empty store
    Restore(backup::RestoreArgs),
}

/// How a subcommand ended when its question could be answered.
pub enum Outcome {
    /// What was asked about is right.
    Good,
    /// It could be examined and is wrong.
    Wrong,
}

/// Why a question could not be answered: shown to the user, exit status 2.
pub type Fault = Box<dyn std::error::Error>;

/// Parses the arguments, runs the subcommand and gives the exit status.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let result = match cli.command {
        Command::Codes(args) => codes::run(args, &mut out),
        Command::Clock(args) => clock::run(args, &mut out),
        Command::Pack(args) => pack::run(args, &mut out),
        Command::Verify(args) => verify::run(args, &mut out),
        Command::Append(args) => append::run(args, &mut out),
        Command::Demo(args) => demo::run(args, &mut out),
        Command::Import(args) => import::run(args, &mut out),
        Command::Export(args) => export::run(args, &mut out),
        Command::Get(args) => get::run(args, &mut out),
        Command::Subject(args) => subject::run(args, &mut out),
        Command::Trace(args) => trace::run(args, &mut out),
        Command::Case(args) => case::run(args, &mut out),
        Command::Serve(args) => serve::run(args, &mut out),
        Command::Account(args) => account::run(args, &mut out),
        Command::Token(args) => token::run(args, &mut out),
        Command::Rebuild(args) => rebuild::run(args, &mut out),
        Command::Backup(args) => backup::write(args, &mut out),
        Command::Restore(args) => backup::restore(args, &mut out),
    };
    let result = result.and_then(|outcome| {
        out.flush()?;
        Ok(outcome)
    });
    match result {
        Ok(Outcome::Good) => ExitCode::SUCCESS,
        Ok(Outcome::Wrong) => ExitCode::from(1),
        Err(fault) if is_broken_pipe(fault.as_ref()) => ExitCode::SUCCESS,
        Err(fault) => {
            let _ = out.flush();
            let _ = writeln!(std::io::stderr(), "zhiheng: {fault}");
            ExitCode::from(2)
        }
    }
}

/// The reader of our output went away (`zhiheng ... | head`): not a fault of ours.
fn is_broken_pipe(fault: &(dyn std::error::Error + 'static)) -> bool {
    fault
        .downcast_ref::<std::io::Error>()
        .is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
}
