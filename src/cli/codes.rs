//! `zhiheng codes`: what a code is, whether it is right, and what it would be elsewhere.

use std::io::Write;
use std::path::PathBuf;

use clock::Date;
use codes::gs1::CompanyPrefixes;
use codes::{
    Ask, Divisions, Error, Industries, IssuedCodes, Label, Mode, Reading, Registrations, Tables,
    recognise,
};
use serde_json::{Map, Value, json};

use super::{Fault, Outcome};
use crate::pack_files::PackFiles;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Say what each code is; exit status 1 if one of them is wrong
    Parse(Parse),
}

#[derive(clap::Args)]
struct Parse {
    /// The codes: social credit code, GTIN, EPC URN, Digital Link, element string, division ...
    #[arg(required = true, value_name = "CODE")]
    codes: Vec<String>,
    /// Read divisions and industries as they stood on this day (default: the newest)
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    /// Read GS1 codes leniently: a wrong check digit or an unescaped character is a warning
    #[arg(long)]
    lenient: bool,
    /// The length of the GS1 company prefix (default: the table of the pack says it)
    #[arg(long, value_name = "DIGITS")]
    prefix_length: Option<usize>,
    /// Answer as JSON: one array, one object a code
    #[arg(long)]
    json: bool,
    /// The folder of an institution pack (default: the built-in pack of Hubei)
    #[arg(long, value_name = "DIR")]
    pack: Option<PathBuf>,
}

pub fn run(args: Args, out: &mut impl Write) -> Result<Outcome, Fault> {
    let Command::Parse(args) = args.command;
    let ask = Ask {
        on: args.on.as_deref().map(str::parse::<Date>).transpose()?,
        mode: if args.lenient { Mode::Lenient } else { Mode::Strict },
        prefix_length: args.prefix_length,
    };
    let tables = tables(&PackFiles::open(args.pack))?;
    let answers: Vec<(&str, Vec<Reading>)> =
        args.codes.iter().map(|code| (code.as_str(), recognise(code, &tables, ask))).collect();
    if args.json {
        let all: Vec<Value> = answers.iter().map(|(code, r)| answer_json(code, r)).collect();
        writeln!(out, "{:#}", Value::Array(all))?;
    } else {
        for (code, readings) in &answers {
            write_text(out, code, readings)?;
        }
    }
    let all_right = answers.iter().all(|(_, readings)| is_right(readings));
    Ok(if all_right { Outcome::Good } else { Outcome::Wrong })
}

/// The code tables of a pack; a fault names the file.
fn tables(pack: &PackFiles) -> Result<Tables, Fault> {
    fn read<T>(
        pack: &PackFiles,
        path: &str,
        parse: impl Fn(&str) -> Result<T, Error>,
    ) -> Result<T, Fault> {
        let file = pack.read(path)?;
        parse(&file.text).map_err(|e| format!("{}: {e}", file.path).into())
    }
    Ok(Tables {
        issued: read(pack, "codes/issued.csv", IssuedCodes::from_csv)?,
        registrations: read(pack, "codes/registrations.csv", Registrations::from_csv)?,
        divisions: read(pack, "regions.csv", Divisions::from_csv)?,
        industries: read(pack, "codes/industries.csv", Industries::from_csv)?,
        prefixes: read(pack, "codes/company-prefixes.csv", CompanyPrefixes::from_csv)?,
    })
}

fn is_right(readings: &[Reading]) -> bool {
    readings.iter().any(Reading::is_right)
}

fn answer_json(code: &str, readings: &[Reading]) -> Value {
    let readings_json: Vec<Value> = readings.iter().map(reading_json).collect();
    json!({ "code": code, "right": is_right(readings), "readings": readings_json })
}

fn reading_json(reading: &Reading) -> Value {
    let parts: Vec<Value> = reading
        .parts
        .iter()
        .map(|part| match &part.label {
            Some(label) => {
                json!({ "name": part.name, "value": part.value, "label": label_json(label) })
            }
            None => json!({ "name": part.name, "value": part.value }),
        })
        .collect();
    let notations: Map<String, Value> =
        reading.notations.iter().map(|(name, text)| ((*name).to_owned(), json!(text))).collect();
    let warnings: Vec<Value> = reading.warnings.iter().map(fault_json).collect();
    let mut object = json!({
        "kind": reading.kind,
        "label": label_json(&reading.label),
        "right": reading.is_right(),
        "parts": parts,
        "notations": notations,
        "warnings": warnings,
    });
    match &reading.fault {
        Some(fault) => object["fault"] = fault_json(fault),
        None => object["canonical"] = json!(reading.canonical),
    }
    object
}

fn label_json(label: &Label) -> Value {
    json!({ "zh": label.zh, "en": label.en })
}

fn fault_json(fault: &Error) -> Value {
    json!({
        "code": fault.code(),
        "message": fault.to_string(),
        "suggestions": fault.suggestions(),
    })
}

fn write_text(out: &mut impl Write, code: &str, readings: &[Reading]) -> std::io::Result<()> {
    writeln!(out, "{}", code.escape_debug())?;
    for reading in readings {
        let verdict = if reading.is_right() { "right" } else { "WRONG" };
        writeln!(out, "  {verdict}: {} {}", reading.label.zh, reading.label.en)?;
        if let Some(fault) = &reading.fault {
            writeln!(out, "    {fault}")?;
        }
        for part in &reading.parts {
            match &part.label {
                Some(Label { zh, en }) if zh != en => {
                    writeln!(out, "    {:<22} {}  {zh} {en}", part.name, part.value)?;
                }
                Some(Label { zh, .. }) => {
                    writeln!(out, "    {:<22} {}  {zh}", part.name, part.value)?;
                }
                None => writeln!(out, "    {:<22} {}", part.name, part.value)?,
            }
        }
        for (name, text) in &reading.notations {
            writeln!(out, "    as {name:<19} {text}")?;
        }
        for warning in &reading.warnings {
            writeln!(out, "    warning: {warning}")?;
        }
    }
    Ok(())
}
