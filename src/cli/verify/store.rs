//! A store: every record, every log.

use std::path::Path;

use app::attachment::Files;
use app::verify::{Options, Report, verify};
use ledger::SignedCheckpoint;
use serde_json::{Value, json};
use store::{Address, Reader};

use super::{Answer, Args, Fault, read, signatures, signed_by_json};
use crate::cli::installation::runtime;

/// How many problems are shown.
const SHOWN: usize = 10;

/// The store that a path names, if it names one.
pub fn address(path: &Path) -> Option<Address> {
    let text = path.to_string_lossy();
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        return text.parse().ok();
    }
    if text.contains("host=") && !path.exists() {
        return Some(Address::Postgres(text.into_owned()));
    }
    path.join("zhiheng.sqlite").is_file().then(|| Address::Folder(path.to_owned()))
}

pub fn check(args: &Args, address: &Address) -> Result<Answer, Fault> {
    if args.entry.is_some() || args.record.is_some() || args.leaf.is_some() {
        return Err("--entry, --record and --leaf ask about a log or a proof file; give --proof of `zhiheng get` for a record of a store".into());
    }
    let since = match &args.since {
        Some(path) => Some(SignedCheckpoint::parse(&read(path)?)?.checkpoint().clone()),
        None => None,
    };
    // With PostgreSQL they lie in a folder that nobody named.
    let files = match address {
        Address::Folder(folder) => Some(Files::of(folder)),
        Address::Postgres(_) => None,
    };
    let options = Options { keys: args.keys.clone(), since, threads: 0, files };
    let report = runtime()?.block_on(async {
        let reader = Reader::open(address).await?;
        verify(&reader, &options).await
    })?;
    Ok(answer(&report))
}

fn answer(report: &Report) -> Answer {
    let problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    let wrong = problems.first().map(|first| match problems.len() {
        1 => first.clone(),
        many => format!("{first} (and {} more)", many - 1),
    });
    let Report { records, signed, personal, .. } = report;
    let unsigned = records - signed;
    let mut facts = vec![
        ("records", format!("{records}, {signed} of them under a signed checkpoint")),
        ("personal", format!("{personal} encrypted parts")),
    ];
    if report.files > 0 {
        facts.push(("attachments", format!("{} files", report.files)));
    }
    if unsigned > 0 {
        facts.push((
            "not signed",
            format!("{unsigned}, the newest; the log takes them in a moment"),
        ));
    }
    for (log, found) in &report.logs {
        let Some(largest) = found.largest() else { continue };
        facts.push(("log", format!("{}, {} entries", log.origin, largest.size)));
        facts.push(("", signatures(&largest.signed_by, &largest.not_checked)));
    }
    facts.extend(problems.iter().skip(1).take(SHOWN).map(|problem| ("problem", problem.clone())));
    let logs: Vec<Value> = report
        .logs
        .iter()
        .map(|(log, found)| {
            let largest = found.largest();
            json!({
                "origin": log.origin,
                "first_position": log.first_position,
                "size": largest.map(|l| l.size),
                "root": largest.map(|l| l.root.to_string()),
                "signed_by": largest.map(|l| signed_by_json(&l.signed_by)),
            })
        })
        .collect();
    let json = json!({
        "kind": "store",
        "records": records,
        "signed": signed,
        "personal_parts": personal,
        "attachments": report.files,
        "logs": logs,
        "problems": problems,
    });
    let subject = format!("a store of {records} records");
    Answer { subject, wrong, facts, json }
}
