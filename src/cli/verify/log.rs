//! A log in a folder.

use std::cmp::Reverse;
use std::num::NonZero;
use std::path::Path;
use std::thread;

use ledger::SignedCheckpoint;
use ledger::audit::{AuditOptions, AuditReport, CheckpointReport, Problem, audit};
use ledger::note::Verifier;
use ledger::storage::DirReader;
use serde_json::{Value, json};

use super::{Answer, Args, Fault, named_leaf, read, signatures, signed_by_json};

/// How many of many alike are shown.
const SHOWN: usize = 5;

pub fn check(args: &Args, keys: &[&dyn Verifier]) -> Result<Answer, Fault> {
    if args.record.is_some() {
        return Err("--record opens the leaf of a proof file; a log has no nonces, so give --entry or --leaf with a folder".into());
    }
    let look_for = named_leaf(args)?;
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let mut options = AuditOptions::new(keys).threads(threads);
    if let Some(leaf) = look_for {
        options = options.look_for(leaf);
    }
    let since = args.since.as_deref().map(|path| kept_checkpoint(path, keys));
    let since = since.transpose()?;
    if let Some(since) = &since {
        options = options.grown_from(since.checkpoint());
    }
    let report = audit(&DirReader::new(&args.path), &options)?;
    let problem = match (&report.problem, look_for) {
        (Some(problem), _) => problem_json(problem),
        (None, Some(leaf)) if report.found_at.is_empty() => json!({
            "code": "ledger.entry_not_found",
            "message": format!(
                "the entry with the leaf hash {} is not in this log; look in a later copy, or check the entry",
                leaf.to_hex()
            ),
        }),
        (None, _) => Value::Null,
    };
    let wrong = problem["message"].as_str().map(|message| {
        let file = problem["file"].as_str();
        file.map_or_else(|| message.to_owned(), |file| format!("{file}: {message}"))
    });
    let (size, root) = match report.largest() {
        Some(largest) => (largest.size, largest.root.to_string()),
        None => (0, String::new()),
    };
    let origin = report.origin.as_deref().unwrap_or_default();
    Ok(Answer {
        subject: format!("log {}, {size} entries, root {root}", origin.escape_debug()),
        wrong,
        facts: facts(&report),
        json: json!({
            "kind": "log",
            "origin": report.origin,
            "size": report.largest().map(|c| c.size),
            "root": report.largest().map(|c| c.root.to_string()),
            "checkpoints": report.checkpoints.iter().map(checkpoint_json).collect::<Value>(),
            "tiles": report.tiles,
            "found_at": report.found_at,
            "beyond": report.beyond,
            "others": report.others,
            "problem": problem,
        }),
    })
}

/// The checkpoint in a file that the user kept, signed by a given key like those of the log.
fn kept_checkpoint(path: &Path, keys: &[&dyn Verifier]) -> Result<SignedCheckpoint, Fault> {
    let bytes = read(path)?;
    let kept = match keys {
        [] => SignedCheckpoint::parse(&bytes),
        _ => SignedCheckpoint::open(&bytes, keys),
    };
    kept.map_err(|e| format!("{}: {e}", path.display()).into())
}

fn facts(report: &AuditReport) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    let mut checkpoints: Vec<&CheckpointReport> = report.checkpoints.iter().collect();
    checkpoints.sort_by_key(|c| Reverse(c.size));
    for c in checkpoints.iter().take(SHOWN) {
        let signed = signatures(&c.signed_by, &c.not_checked);
        facts.push(("checkpoint", format!("{}: {signed}", c.file)));
    }
    if let Some(more @ 1..) = checkpoints.len().checked_sub(SHOWN) {
        facts.push(("checkpoint", format!("and {more} more")));
    }
    if report.problem.is_none() {
        let tiles = report.tiles - report.beyond.len() as u64;
        facts.push(("tiles", format!("{tiles}, recomputed from the entries")));
    }
    if !report.found_at.is_empty() {
        let places: Vec<String> = report.found_at.iter().map(u64::to_string).collect();
        facts.push(("entry", format!("in the log at index {}", places.join(", "))));
    }
    for (word, names, why) in [
        ("beyond", &report.beyond, "not covered by a checkpoint"),
        ("other files", &report.others, "not part of a log"),
    ] {
        if !names.is_empty() {
            let count = names.len();
            facts.push((word, format!("{count} {why}, not checked: {}", some(names))));
        }
    }
    facts
}

fn some(names: &[String]) -> String {
    let shown = names.iter().take(SHOWN);
    let mut shown: Vec<String> = shown.map(|name| name.escape_debug().to_string()).collect();
    if names.len() > SHOWN {
        shown.push("...".to_owned());
    }
    shown.join(", ")
}

fn checkpoint_json(c: &CheckpointReport) -> Value {
    json!({
        "file": c.file,
        "size": c.size,
        "root": c.root.to_string(),
        "signed_by": signed_by_json(&c.signed_by),
        "not_checked": c.not_checked,
    })
}

fn problem_json(problem: &Problem) -> Value {
    let hashes = problem.finding.hashes();
    json!({
        "code": problem.finding.code(),
        "file": problem.file,
        "entry": problem.finding.entry(),
        "expected": hashes.map(|(expected, _)| expected.to_string()),
        "found": hashes.map(|(_, found)| found.to_string()),
        "message": problem.finding.to_string(),
    })
}
