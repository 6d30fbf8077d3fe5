//! `zhiheng clock`: due dates, what is left of them, and the calendar that they rest on.

mod answer;
mod due;
mod question;
mod remaining;
mod words;
mod year;

use std::io::Write;
use std::path::PathBuf;

use clap::Subcommand;
use clock::{Calendar, Date, Known, Region, WorkingDays};

use super::{Fault, Outcome};
use crate::pack_files::PackFiles;

#[derive(clap::Args)]
pub struct Args {
    // Boxed: the options of a question would make every command of the program as large.
    #[command(subcommand)]
    command: Box<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// When a term ends, and how it was counted
    Due(due::Args),
    /// What is left of a term at some moment, or how long it is overdue
    Remaining(remaining::Args),
    /// The days off and the make-up working days of a year, with their sources
    Calendar(year::Args),
}

/// Which calendar is asked, and how the answer is wanted.
#[derive(clap::Args)]
struct CalendarArgs {
    /// Ask as known on this day: what was announced later is not seen [default: everything known]
    #[arg(long, value_name = "DATE")]
    known: Option<String>,
    /// Region, GB/T 2260; 000000 for the national calendar [default: the pack's: Hubei, 420000]
    #[arg(long, value_name = "CODE")]
    region: Option<String>,
    /// Folder of an institution pack [default: the Hubei pack built in]
    #[arg(long, value_name = "DIR")]
    pack: Option<PathBuf>,
    /// Answer as one JSON object
    #[arg(long)]
    json: bool,
}

impl CalendarArgs {
    fn load(&self) -> Result<WorkingDays, Refusal> {
        let files = PackFiles::open(self.pack.clone())
            .read_all("calendar", "toml")
            .map_err(|fault| Refusal { code: "clock.pack_file", message: fault.to_string() })?;
        let calendar = Calendar::parse(files.iter().map(|file| (&*file.path, &*file.text)))?;
        let known = match &self.known {
            Some(day) => Known::On(day.parse::<Date>()?),
            None => Known::Latest,
        };
        let region = match &self.region {
            Some(region) => region.parse::<Region>()?,
            None => calendar.default_region(),
        };
        Ok(calendar.working_days(region, known)?)
    }
}

/// Why there is no answer: a code for programs, and words.
#[derive(Debug)]
struct Refusal {
    code: &'static str,
    message: String,
}

impl From<clock::Error> for Refusal {
    fn from(fault: clock::Error) -> Self {
        Self { code: fault.code(), message: fault.to_string() }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Refusal {}

/// An answer: what to print, as text or as the JSON object that `T` is.
struct Reply<T> {
    text: String,
    json: T,
}

pub fn run(args: Args, out: &mut impl Write) -> Result<Outcome, Fault> {
    match *args.command {
        Command::Due(args) => print(out, args.is_json(), due::answer(&args)),
        Command::Remaining(args) => print(out, args.is_json(), remaining::answer(&args)),
        Command::Calendar(args) => print(out, args.is_json(), year::answer(&args)),
    }
}

fn print<T: serde::Serialize>(
    out: &mut impl Write,
    json: bool,
    reply: Result<Reply<T>, Refusal>,
) -> Result<Outcome, Fault> {
    match reply {
        Ok(reply) if json => writeln!(out, "{}", serde_json::to_string_pretty(&reply.json)?)?,
        Ok(reply) => write!(out, "{}", reply.text)?,
        Err(refusal) => {
            if json {
                let object = serde_json::json!({
                    "error": refusal.code,
                    "message": refusal.message,
                });
                writeln!(out, "{object:#}")?;
            }
            return Err(refusal.into());
        }
    }
    Ok(Outcome::Good)
}
