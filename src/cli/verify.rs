//! `zhiheng verify`: a store, a log in a folder, or a single proof file, checked with nothing but
//! what is there and the log's public key.
//!
//! Exit status: 0 everything that could be checked fits, 1 something does not, 2 it cannot be told.
//! Without a key the signatures of a folder go unchecked, which the answer says: its structure is
//! still worth checking, after a copy or a crash. A proof file without a key proves nothing, since
//! anybody could have made it, so that is 2 unless `--no-key` says that this is known. A key is never
//! taken from beside the log: it could be changed with it.

mod log;
mod proof;
mod store;

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};

use ledger::Hash;
use ledger::note::{Verified, Verifier, VerifierKey};
use serde_json::{Value, json};

use super::{Fault, Outcome};

#[derive(clap::Args)]
pub struct Args {
    /// The folder of a store, `postgres://…`, the folder of a log (with `checkpoint` and `tile`), or
    /// a .tlog-proof file
    path: PathBuf,
    /// A verifier key, name+hash+key; may be repeated: one of them must have signed
    #[arg(long = "key", value_name = "VKEY", alias = "vkey", alias = "public-key")]
    keys: Vec<VerifierKey>,
    /// Check the structure only, and let the signatures be anybody's
    #[arg(long, conflicts_with = "keys")]
    no_key: bool,
    /// A checkpoint of the log that was kept elsewhere: the log must have grown from it
    #[arg(long, value_name = "FILE")]
    since: Option<PathBuf>,
    /// The entry as it was logged: must be the one the proof is for, or be in the log
    #[arg(long, value_name = "FILE", group = "about")]
    entry: Option<PathBuf>,
    /// The record that a blinded leaf stands for, in its canonical bytes; the proof has the nonce
    #[arg(long, value_name = "FILE", group = "about")]
    record: Option<PathBuf>,
    /// The leaf hash of the entry (RFC 6962), 64 hexadecimal digits
    #[arg(long, value_name = "HEX", group = "about", value_parser = Hash::from_hex)]
    leaf: Option<Hash>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

/// What there is to say, in both forms.
struct Answer {
    /// What was checked, for the first line.
    subject: String,
    /// What does not fit, in a sentence.
    wrong: Option<String>,
    /// Further facts: a word and what it is.
    facts: Vec<(&'static str, String)>,
    /// The same as JSON.
    json: Value,
}

pub fn run(args: Args, out: &mut impl Write) -> Result<Outcome, Fault> {
    let keys: Vec<&dyn Verifier> = args.keys.iter().map(|key| key as &dyn Verifier).collect();
    if let Some(address) = store::address(&args.path) {
        let answer = store::check(&args, &address)?;
        return print(&args, answer, true, out);
    }
    let path = std::fs::metadata(&args.path).map_err(|e| cannot("open", &args.path, &e))?;
    let answer =
        if path.is_dir() { log::check(&args, &keys)? } else { proof::check(&args, &keys)? };
    print(&args, answer, args.no_key || path.is_dir(), out)
}

fn print(
    args: &Args,
    mut answer: Answer,
    structure_suffices: bool,
    out: &mut impl Write,
) -> Result<Outcome, Fault> {
    let signed = !args.keys.is_empty();
    if args.json {
        let verdict = match (&answer.wrong, signed) {
            (Some(_), _) => "wrong",
            (None, true) => "good",
            (None, false) => "good_but_signatures_not_checked",
        };
        answer.json["path"] = json!(args.path.display().to_string());
        answer.json["verdict"] = json!(verdict);
        answer.json["signatures_checked"] = json!(signed);
        writeln!(out, "{:#}", answer.json)?;
    } else {
        match (&answer.wrong, signed) {
            (Some(wrong), _) => writeln!(out, "wrong: {wrong}")?,
            (None, true) => writeln!(out, "good: {}", answer.subject)?,
            (None, false) => writeln!(
                out,
                "structure good, signatures NOT checked (no key given): {}",
                answer.subject
            )?,
        }
        for (name, fact) in &answer.facts {
            writeln!(out, "  {name:<13}{fact}")?;
        }
    }
    match answer.wrong {
        Some(_) => Ok(Outcome::Wrong),
        None if signed || structure_suffices => Ok(Outcome::Good),
        None => Err("the signatures were not checked, so this proof may be anybody's: give the log's public key with --key (from its operator, not from beside the log), or --no-key to ask about the structure only".into()),
    }
}

/// The leaf hash that the user names, by itself or by the entry.
fn named_leaf(args: &Args) -> Result<Option<Hash>, Fault> {
    Ok(match (&args.leaf, &args.entry) {
        (Some(leaf), _) => Some(*leaf),
        (None, Some(entry)) => Some(Hash::of_leaf(&read(entry)?)),
        (None, None) => None,
    })
}

fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    std::fs::read(path).map_err(|e| cannot("read", path, &e))
}

fn cannot(action: &str, path: &Path, error: &dyn Error) -> Fault {
    format!("cannot {action} {}: {error}", path.display()).into()
}

/// Who signed, and which signatures are not checked because their key was not given.
fn signatures(signed_by: &[Verified], not_checked: &[String]) -> String {
    let mut parts: Vec<String> = signed_by
        .iter()
        .map(|v| match v.signed_at {
            None => format!("signed by {}+{}", v.name, v.key_id),
            Some(time) => {
                let (name, id) = (&v.name, v.key_id);
                format!("cosigned by {name}+{id} at {time} (seconds since 1970)")
            }
        })
        .collect();
    if !not_checked.is_empty() {
        parts.push(format!("not checked: {}", not_checked.join(", ")));
    }
    parts.join("; ")
}

fn signed_by_json(signed_by: &[Verified]) -> Value {
    signed_by
        .iter()
        .map(|v| {
            json!({
                "name": v.name.as_str(),
                "key_id": v.key_id.to_string(),
                "signed_at": v.signed_at,
            })
        })
        .collect()
}
