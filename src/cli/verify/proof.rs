//! A single proof file.

use ledger::Hash;
use ledger::note::{NoteSignature, Verifier};
use ledger::proof::{ProofFileError, TlogProof};
use serde_json::{Value, json};

use super::{Answer, Args, Fault, named_leaf, read, signatures, signed_by_json};

/// Why the check of a proof ends early.
enum Stop {
    /// It does not hold.
    Wrong(ProofFileError),
    /// It cannot be told.
    Fault(Fault),
}

impl<E: Into<ProofFileError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Wrong(error.into())
    }
}

pub fn check(args: &Args, keys: &[&dyn Verifier]) -> Result<Answer, Fault> {
    if args.since.is_some() {
        return Err(
            "--since is for a log's folder: a proof file alone cannot show that the log grew"
                .into(),
        );
    }
    let mut answer = Answer {
        subject: String::new(),
        wrong: None,
        facts: Vec::new(),
        json: json!({ "kind": "proof", "problem": null }),
    };
    match examine(args, keys, &mut answer) {
        Ok(()) => {}
        Err(Stop::Fault(fault)) => return Err(fault),
        Err(Stop::Wrong(error)) => {
            let file = args.path.display().to_string();
            answer.wrong = Some(format!("{file}: {error}"));
            answer.json["problem"] = json!({
                "code": error.code(),
                "file": file,
                "message": error.to_string(),
            });
        }
    }
    Ok(answer)
}

/// Adds what is found to the answer, as far as it goes.
fn examine(args: &Args, keys: &[&dyn Verifier], answer: &mut Answer) -> Result<(), Stop> {
    let proof = TlogProof::parse(&read(&args.path).map_err(Stop::Fault)?)?;
    let checkpoint = proof.checkpoint().checkpoint();
    answer.subject = format!(
        "entry {} of log {}, under the checkpoint of {} entries",
        proof.index(),
        checkpoint.origin.escape_debug(),
        checkpoint.size
    );
    answer.json["origin"] = json!(checkpoint.origin);
    answer.json["size"] = json!(checkpoint.size);
    answer.json["root"] = json!(checkpoint.root.to_string());
    answer.json["index"] = json!(proof.index());

    let signed_by = match keys {
        [] => Vec::new(),
        _ => proof.checkpoint().verify(keys)?,
    };
    let not_checked = proof.checkpoint().note().not_among(&signed_by);
    let not_checked: Vec<String> = not_checked.map(NoteSignature::signer).collect();
    let signed = signatures(&signed_by, &not_checked);
    answer.facts.push(("checkpoint", signed));
    answer.json["signed_by"] = signed_by_json(&signed_by);
    answer.json["not_checked"] = json!(not_checked);

    let leaf = match named_leaf(args).map_err(Stop::Fault)? {
        Some(leaf) => leaf,
        None => opened_leaf(args, &proof, answer)?,
    };
    answer.facts.push(("leaf hash", leaf.to_hex()));
    answer.json["leaf"] = json!(leaf.to_hex());
    Ok(proof.verify_inclusion(&leaf)?)
}

/// The leaf hash that follows from the nonce in the proof and the record, shown there or given.
fn opened_leaf(args: &Args, proof: &TlogProof, answer: &mut Answer) -> Result<Hash, Stop> {
    let fault = |text: &str| Stop::Fault(text.into());
    let opening = proof.opening()?.ok_or_else(|| {
        fault("the proof does not say which entry it is for: give the entry as it was logged with --entry, or its leaf hash with --leaf")
    })?;
    let record = args.record.as_deref().map(read).transpose();
    let leaf = match opening.leaf(record.map_err(Stop::Fault)?.as_deref()) {
        Err(ProofFileError::NoRecord) => {
            return Err(fault(
                "the proof has the nonce but not the record: give the record's canonical bytes with --record",
            ));
        }
        leaf => leaf?,
    };
    if let Some(record) = opening.record().map(String::from_utf8_lossy) {
        answer.facts.push(("record", record.escape_debug().to_string()));
        answer.json["record"] = Value::String(record.into_owned());
    }
    Ok(Hash::of_leaf(&leaf.to_bytes()))
}
