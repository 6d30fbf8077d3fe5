//! `zhiheng import`: a table that somebody else keeps becomes records.
//!
//! Exit status: 0 everything is stored, known or right; 1 something is wrong with the table; 2 nothing
//! could be done.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use app::import::marks::{Tongue, write_book, write_list};
use app::import::run::{Imported, NotImported, Table};
use app::import::{Choice, Progress};
use app::{Principal, Rejection};
use model::RecordId;
use serde_json::json;

use super::installation::{Installation, runtime, told};
use super::{Fault, Outcome};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    installation: Installation,
    /// The table: XLSX, CSV or JSON Lines
    file: PathBuf,
    /// The mapping of the pack that says what its columns are (default: that which fits best)
    #[arg(long, value_name = "ID")]
    mapping: Option<String>,
    /// Only check it; nothing is stored
    #[arg(long)]
    dry_run: bool,
    /// Store the right rows where some are wrong; else one wrong row keeps all out
    #[arg(long)]
    good_rows: bool,
    /// The day as of which the table was made, for rows that have no day of their own
    #[arg(long, value_name = "DAY")]
    as_of: Option<String>,
    /// The encoding of a text: UTF-8, GB18030, UTF-16LE, UTF-16BE (default: guessed)
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// What stands between the fields of a text (default: guessed)
    #[arg(long, value_name = "CHARACTER")]
    separator: Option<char>,
    /// Where to write the table with its faults marked; .csv gives a list of them
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// The batch under which the records are stored and can be taken back
    #[arg(long, value_name = "UUID")]
    batch: Option<RecordId>,
    /// The office or organization that sends
    #[arg(long, value_name = "ID", default_value = "operator")]
    on_behalf_of: String,
    /// The office to which the records belong
    #[arg(long, value_name = "ID")]
    office: Option<String>,
    /// Say what is wrong in Chinese
    #[arg(long)]
    zh: bool,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

/// Faults that are printed; all are in the file of faults.
const PRINTED: usize = 50;

pub fn run(args: Args, out: &mut impl Write) -> Result<Outcome, Fault> {
    if !args.file.is_file() {
        return Err(format!("there is no file {}", args.file.display()).into());
    }
    let runtime = runtime()?;
    let system = args.installation.open(&runtime)?;
    let mut who = Principal::operator();
    who.on_behalf_of.clone_from(&args.on_behalf_of);
    who.office.clone_from(&args.office);
    let mapping = match &args.mapping {
        Some(mapping) => mapping.clone(),
        None => system
            .mapping_for(&args.file)
            .map_err(|fault| told(&fault))?
            .ok_or("no mapping fits the headers of the table; name one with --mapping")?,
    };
    let separator = args.separator.map(u8::try_from).transpose();
    let separator = separator.map_err(|_| "the separator must be an ASCII character")?;
    let choice =
        Choice { mapping, encoding: args.encoding.clone(), separator, as_of: args.as_of.clone() };
    let name = args.file.file_name().map(|name| name.to_string_lossy().into_owned());
    let table = Table { path: args.file.clone(), name: name.unwrap_or_default(), choice };
    let progress: Arc<Progress> = Arc::default();
    let batch = args.batch.unwrap_or_else(|| system.new_batch());
    let done = runtime.block_on(async {
        if args.dry_run {
            return Ok(system.check_table(&who, &table, &progress).await?);
        }
        let imported = system
            .import_table(&who, &table, (batch, args.good_rows), &progress, |_| Ok(()))
            .await?;
        if let Some(position) = imported.counts_from {
            system.evidence().wait_for(position, app::System::PATIENCE).await;
        }
        Ok::<_, NotImported>(imported)
    });
    let (imported, is_stored) = match done {
        Ok(imported) => (imported, !args.dry_run),
        Err(NotImported::Faulty(imported)) => (*imported, false),
        Err(not) => return Err(told(&Rejection::from(not))),
    };
    if let Some(path) = &args.faults {
        let tongue = if args.zh { Tongue::Zh } else { Tongue::En };
        let Imported { summary, faults, .. } = &imported;
        let is_list = path.extension().is_some_and(|ending| ending == "csv");
        let layout = table.choice.layout();
        let written = match is_list {
            true => write_list(summary, faults, tongue, path),
            false => write_book(&table.path, layout, summary, faults, tongue, path),
        };
        written.map_err(|fault| told(&fault))?;
    }
    let batch = is_stored.then_some(batch);
    match args.json {
        true => as_json(&table, &imported, batch, out)?,
        false => in_words(&args, &table, &imported, batch, out)?,
    }
    let is_right = imported.summary.faults == 0 && imported.refused_count == 0;
    Ok(if is_right { Outcome::Good } else { Outcome::Wrong })
}

fn in_words(
    args: &Args,
    table: &Table,
    imported: &Imported,
    batch: Option<RecordId>,
    out: &mut impl Write,
) -> Result<(), Fault> {
    let Imported { summary, faults, stored, refused, refused_count, counts_from } = imported;
    writeln!(
        out,
        "{} as {}: {} rows, {} records",
        table.name, table.choice.mapping, summary.rows, summary.records
    )?;
    for note in &summary.notes {
        writeln!(out, "  note     {}", if args.zh { &note.zh } else { &note.en })?;
    }
    let app::import::Summary { added, changed, same, doubles, faulty, missing, .. } = summary;
    writeln!(
        out,
        "  found    {added} new, {changed} changed, {same} the same, {doubles} doubles, {faulty} wrong; {missing} known before are not in it"
    )?;
    match (batch, counts_from) {
        (Some(batch), Some(position)) => {
            writeln!(out, "  stored   {stored}")?;
            writeln!(out, "  batch    {batch}, counts from position {position}")?;
        }
        (Some(_), None) => writeln!(out, "  stored   nothing: there is nothing new")?,
        (None, _) if args.dry_run => writeln!(out, "  stored   nothing: a dry run")?,
        (None, _) => {
            writeln!(out, "  stored   nothing: correct what is wrong, or add --good-rows")?
        }
    }
    for fault in faults.iter().take(PRINTED) {
        let (why, remedy) = match args.zh {
            true => (&fault.why_zh, &fault.do_zh),
            false => (&fault.why_en, &fault.do_en),
        };
        let header =
            if fault.header.is_empty() { String::new() } else { format!(" {}", fault.header) };
        writeln!(out, "  {}{header} {:?}: {why}; {remedy}", fault.place(), fault.value)?;
    }
    for (row, fault) in refused.iter().take(PRINTED) {
        writeln!(out, "  {row}: {}", if args.zh { &fault.zh } else { &fault.en })?;
    }
    let untold = summary.faults.saturating_sub(faults.len().min(PRINTED) as u64)
        + refused_count.saturating_sub(refused.len().min(PRINTED) as u64);
    if untold > 0 {
        writeln!(out, "  and {untold} more; --faults FILE.xlsx marks all of them")?;
    }
    Ok(())
}

fn as_json(
    table: &Table,
    imported: &Imported,
    batch: Option<RecordId>,
    out: &mut impl Write,
) -> Result<(), Fault> {
    let summary = &imported.summary;
    let refused: Vec<_> = imported
        .refused
        .iter()
        .map(|(row, fault)| json!({ "row": row, "code": fault.code, "en": fault.en, "zh": fault.zh }))
        .collect();
    let answer = json!({
        "mapping": table.choice.mapping,
        "batch": batch.filter(|_| imported.counts_from.is_some()).map(|batch| batch.to_string()),
        "counts_from": imported.counts_from,
        "stored": imported.stored,
        "rows": summary.rows,
        "records": summary.records,
        "added": summary.added,
        "changed": summary.changed,
        "same": summary.same,
        "doubles": summary.doubles,
        "faulty": summary.faulty,
        "missing": summary.missing,
        "fault_count": summary.faults,
        "faults": imported.faults,
        "refused_count": imported.refused_count,
        "refused": refused,
        "notes": summary.notes,
        "sheets": summary.sheets,
    });
    writeln!(out, "{answer:#}")?;
    Ok(())
}
