//! `cargo xtask convert`: tables that others publish, as record drafts, one JSON object a line.
//!
//! Which words have which codes, how long a text may be and what must be there is asked of the
//! pack; here stands only which column goes into which field.

mod chicago;
mod decimal;
mod draft;
mod rasff;
mod row;
#[cfg(test)]
mod tests;
mod value;

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::process::ExitCode;

use csv::StringRecord;
use pack::{Kind, Pack};

use chicago::CHICAGO;
use rasff::RASFF;
use row::{Columns, Row};
use value::Codes;

/// A published table, and how its rows become drafts.
struct Source {
    /// The name of the data set: the drafts' `source`, and part of what their ids are made of.
    dataset: &'static str,
    /// Where it lies in the reference data.
    file: &'static str,
    /// The kind of record that a row becomes.
    kind: &'static str,
    /// The column with the day of the row.
    day: &'static str,
    /// The columns that must be there.
    columns: &'static [&'static str],
    /// Whether there may be others.
    others: bool,
    /// Reads a row into the fields and subjects of its draft.
    fill: fn(&mut Row<'_, '_>),
}

/// How many rows came, how many went out, and what was wrong.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    read: u64,
    written: u64,
    faults: u64,
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let passed = match args[..] {
        ["rasff"] => run(&RASFF, None),
        ["rasff", file] => run(&RASFF, Some(file)),
        ["chicago"] => run(&CHICAGO, None),
        ["chicago", file] => run(&CHICAGO, Some(file)),
        _ => {
            warn("name a table: rasff [FILE] or chicago [FILE]");
            return ExitCode::from(2);
        }
    };
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Prints a line for the user beside what goes to standard output.
fn warn(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Converts a file, by default that of the reference data, to standard output. Gives whether
/// every row went through.
fn run(source: &Source, file: Option<&str>) -> bool {
    let path = file.map_or_else(|| testkit::testdata().join(source.file), Into::into);
    let pack = match Pack::load(testkit::hubei_pack()) {
        Ok(pack) => pack,
        Err(faults) => {
            warn(&faults.to_string());
            return false;
        }
    };
    let input = match File::open(&path) {
        Ok(input) => input,
        Err(error) => {
            warn(&format!("{}: {error}; name a file to convert", path.display()));
            return false;
        }
    };
    let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    let converted = convert(source, &pack, input, &mut out, &mut warn);
    match converted.and_then(|tally| out.flush().map_err(|e| cannot_write(&e)).map(|()| tally)) {
        Ok(Tally { read, written, faults }) => {
            warn(&format!("{read} rows read, {written} written, {faults} faults"));
            read == written && faults == 0
        }
        Err(fault) => {
            warn(&fault);
            false
        }
    }
}

fn cannot_write(error: &std::io::Error) -> String {
    format!("cannot write: {error}; what was written so far is not the whole")
}

/// Converts row by row, so that the length of the table does not matter. A row with a fault is
/// told and left out, and the others go on.
///
/// # Errors
/// The header is not that of the source, or the output cannot be written.
fn convert(
    source: &Source,
    pack: &Pack,
    input: impl Read,
    out: &mut impl Write,
    tell: &mut dyn FnMut(&str),
) -> Result<Tally, String> {
    let kind = pack.kind(source.kind);
    let kind: &Kind = kind.ok_or_else(|| format!("the pack has no kind {}", source.kind))?;
    let mut reader = csv::Reader::from_reader(input);
    let header =
        reader.headers().map_err(|e| format!("the header cannot be read: {e}; name a CSV file"))?;
    let columns = Columns::read(source, header)?;
    let codes = Codes::of(pack);
    let mut tally = Tally::default();
    let mut record = StringRecord::new();
    loop {
        let more = reader.read_record(&mut record);
        tally.read += u64::from(!matches!(more, Ok(false)));
        match more {
            Ok(false) => return Ok(tally),
            Err(fault) if fault.is_io_error() => return Err(format!("cannot read: {fault}")),
            Err(fault) => {
                tally.faults += 1;
                tell(&format!("row {}: {fault}; mend the row", tally.read));
            }
            Ok(true) => {
                let mut row = Row::new(source, &codes, kind, &columns, &record, tally.read);
                row.fill();
                row.told().for_each(&mut *tell);
                tally.faults += row.faults();
                if let Some(line) = row.line() {
                    writeln!(out, "{line}").map_err(|e| cannot_write(&e))?;
                    tally.written += 1;
                }
            }
        }
    }
}
