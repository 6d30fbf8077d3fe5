//! `zhiheng append`: records from a file.
//!
//! Exit status: 0 all were stored or known, 1 some or all were refused, 2 nothing could be done.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use app::intake::stream::{Options, Report};
use app::{Principal, Rejection};
use model::RecordId;
use serde_json::json;

use super::installation::{Installation, runtime, told};
use super::{Fault, Outcome};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    installation: Installation,
    /// The file, one JSON object a line; `-` for standard input
    file: PathBuf,
    /// The batch under which the records are stored and can be taken back; to send a file again,
    /// give the same
    #[arg(long, value_name = "UUID")]
    batch: Option<RecordId>,
    /// Leave faulty lines out and store the others; else one fault refuses all
    #[arg(long)]
    proceed: bool,
    /// What is told of the file in the batch's closing record (default: its name)
    #[arg(long, value_name = "TEXT")]
    source: Option<String>,
    /// The office or organization that sends
    #[arg(long, value_name = "ID", default_value = "operator")]
    on_behalf_of: String,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

/// Bytes that are read at a time.
const PART: usize = 256 << 10;

pub fn run(args: Args, out: &mut impl Write) -> Result<Outcome, Fault> {
    let runtime = runtime()?;
    let mut file = open(&args.file)?;
    let system = args.installation.open(&runtime)?;
    let mut who = Principal::operator();
    who.on_behalf_of.clone_from(&args.on_behalf_of);
    let name = args.file.file_name().map(|name| name.to_string_lossy().into_owned());
    let options =
        Options { batch: args.batch, proceed: args.proceed, source: args.source.clone().or(name) };
    let taken = runtime.block_on(async {
        let mut stream = system.begin_stream(&who, options)?;
        let mut part = vec![0; PART];
        loop {
            match file.read(&mut part) {
                Ok(0) => break,
                Ok(read) => stream.push(part.get(..read).unwrap_or_default()).await?,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Ok(Err(error)),
            }
        }
        let report = stream.finish().await?;
        system.evidence().wait_for(report.closing.position, app::System::PATIENCE).await;
        Ok::<_, Rejection>(Ok(report))
    });
    match taken {
        Ok(Ok(report)) => print(&report, args.json, out),
        Ok(Err(error)) => Err(cannot_read(&args.file, &error)),
        Err(rejection @ Rejection::Store(_)) => Err(told(&rejection)),
        Err(rejection) => refused(&rejection, args.json, out),
    }
}

fn open(path: &Path) -> Result<Box<dyn Read>, Fault> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(std::io::stdin()));
    }
    let file = File::open(path).map_err(|error| cannot_read(path, &error))?;
    Ok(Box::new(file))
}

fn cannot_read(path: &Path, error: &std::io::Error) -> Fault {
    format!("cannot read {}: {error}; nothing was stored", path.display()).into()
}

fn print(report: &Report, as_json: bool, out: &mut impl Write) -> Result<Outcome, Fault> {
    if as_json {
        let faults: Vec<_> = report
            .faults
            .iter()
            .map(|(line, f)| {
                json!({ "line": line, "code": f.code, "pointer": f.pointer, "en": f.en, "zh": f.zh })
            })
            .collect();
        let answer = json!({
            "batch": report.batch.to_string(),
            "lines": report.lines,
            "stored": report.stored,
            "known": report.known,
            "refused": report.refused,
            "closing": { "id": report.closing.id.to_string(), "position": report.closing.position },
            "faults": faults,
        });
        writeln!(out, "{answer:#}")?;
    } else {
        let Report { batch, lines, stored, known, refused, .. } = report;
        writeln!(out, "{lines} lines: {stored} stored, {known} known before, {refused} refused")?;
        writeln!(out, "  batch    {batch}")?;
        writeln!(out, "  counts   from position {}", report.closing.position)?;
        for (line, fault) in &report.faults {
            writeln!(out, "  line {line}: {fault}")?;
        }
        let untold = report.refused.saturating_sub(report.faults.len() as u64);
        if untold > 0 {
            writeln!(out, "  and {untold} more")?;
        }
    }
    Ok(if report.refused == 0 { Outcome::Good } else { Outcome::Wrong })
}

fn refused(rejection: &Rejection, as_json: bool, out: &mut impl Write) -> Result<Outcome, Fault> {
    let faults = rejection.faults();
    if as_json {
        let faults: Vec<_> = faults
            .iter()
            .map(|f| {
                let line = f.record.map(|record| record + 1);
                json!({ "line": line, "code": f.code, "pointer": f.pointer, "en": f.en, "zh": f.zh })
            })
            .collect();
        writeln!(out, "{:#}", json!({ "stored": 0, "refused": faults.len(), "faults": faults }))?;
    } else {
        writeln!(out, "refused, nothing of it counts:")?;
        for fault in &faults {
            match fault.record {
                Some(record) => {
                    let fault = app::Fault { record: None, ..fault.clone() };
                    writeln!(out, "  line {}: {fault}", record + 1)?;
                }
                None => writeln!(out, "  {fault}")?,
            }
        }
    }
    Ok(Outcome::Wrong)
}
