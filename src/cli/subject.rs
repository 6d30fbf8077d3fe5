//! `zhiheng subject`: what is known of a subject.

use std::io::Write;

use app::Principal;
use app::reading::{MOST_ON_PAGE, When};
use model::{SubjectId, Timestamp};
use serde_json::json;

use super::installation::{Installation, runtime, told};
use super::{Fault, Outcome};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    installation: Installation,
    /// The subject: uscc:…, gtin:…, a Digital Link, or scheme:value
    subject: SubjectId,
    /// Only records of this kind; may be repeated
    #[arg(long = "kind", value_name = "KIND")]
    kinds: Vec<String>,
    /// What had happened by then, as 2026-11-23T09:00:00+08:00
    #[arg(long, value_name = "TIME")]
    valid: Option<Timestamp>,
    /// What the first so many records say
    #[arg(long, value_name = "COUNT")]
    known: Option<u64>,
    /// At most so many records
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    limit: usize,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: Args, out: &mut impl Write) -> Result<Outcome, Fault> {
    let runtime = runtime()?;
    let system = args.installation.open_existing(&runtime)?;
    let who = Principal::operator();
    let kinds = (!args.kinds.is_empty()).then_some(args.kinds.as_slice());
    let known = match args.known {
        Some(known) => known,
        None => runtime.block_on(system.reader().size())?,
    };
    let when = When { valid: args.valid, known: Some(known) };
    let (mut after, mut records) = (None, Vec::new());
    while records.len() < args.limit {
        let limit = (args.limit - records.len()).min(MOST_ON_PAGE);
        let page = system.subject(&who, &args.subject, kinds, when, after, limit);
        let page = runtime.block_on(page).map_err(|e| told(&e))?;
        records.extend(page.records);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    if args.json {
        let shown = records.iter().map(app::reading::RecordView::to_json);
        let shown: Vec<_> = shown.collect::<Result<_, _>>()?;
        let subject = args.subject.as_str();
        let answer = json!({ "subject": subject, "known": known, "more": after.is_some(), "records": shown });
        writeln!(out, "{answer:#}")?;
        return Ok(Outcome::Good);
    }
    let more = if after.is_some() { " or more" } else { "" };
    let count = records.len();
    writeln!(out, "{}: {count}{more} records, as of {known} known", args.subject)?;
    let pack = system.pack();
    for record in &records {
        let stored = &record.stored;
        let kind = pack.kind(&stored.kind);
        let label = kind.map_or(stored.kind.as_str(), |kind| kind.label.zh.as_str());
        writeln!(out, "  {}  {label} {}  {}", stored.valid_at, stored.kind, stored.id)?;
    }
    Ok(Outcome::Good)
}
