//! Checking a proof file against the logs of this installation, step by step.
//!
//! Everything here can be done without this program: the file, the public key and the log's files
//! suffice (`zhiheng verify`). It is done here for whoever has only a browser.

use ledger::leaf::BlindedLeaf;
use ledger::note::Verifier;
use ledger::proof::{Opening, ProofFileError, TlogProof};
use ledger::{Hash, SignedCheckpoint, TreeReader};
use model::{Envelope, RecordId, Timestamp};
use store::log::{LogReader, LogRow};
use tokio::runtime::Handle;

use crate::fault::Rejection;
use crate::system::System;

/// What is checked, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It is a proof file (C2SP tlog-proof).
    Form,
    /// Its checkpoint was signed by a log of this installation.
    Signature,
    /// The record that it shows belongs to the leaf.
    Opening,
    /// The leaf is in the tree of the checkpoint.
    Inclusion,
    /// The log as it is now has grown from that tree: nothing in it was changed.
    Growth,
}

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Holds,
    /// It does not; why, in the words of the check.
    Fails(String),
    /// It could not be told, because something that it needs is missing or failed.
    Untold,
}

/// What a proof says of its record, where it opens its leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The id.
    pub id: RecordId,
    /// The kind.
    pub kind: String,
    /// When it happened.
    pub valid_at: Timestamp,
    /// When it was taken in.
    pub recorded_at: Timestamp,
}

/// What came of a check.
#[derive(Debug, Clone, Default)]
pub struct Checked {
    /// The steps, all five.
    pub steps: Vec<(Step, Outcome)>,
    /// The name of the log.
    pub origin: Option<String>,
    /// The place in it, from 0.
    pub index: Option<u64>,
    /// Entries under the proof's checkpoint.
    pub size: Option<u64>,
    /// Entries that are signed now.
    pub size_now: Option<u64>,
    /// The public key that it was checked with.
    pub key: Option<String>,
    /// What it says of the record.
    pub said: Option<Said>,
}

impl Checked {
    /// Whether every step holds; one that could not be told does not.
    pub fn is_good(&self) -> bool {
        self.steps.iter().all(|(_, outcome)| *outcome == Outcome::Holds)
    }

    /// Whether nothing fails, though a step could not be told.
    pub fn is_not_wrong(&self) -> bool {
        !self.steps.iter().any(|(_, outcome)| matches!(outcome, Outcome::Fails(_)))
    }

    fn note(&mut self, step: Step, outcome: Outcome) {
        self.steps.push((step, outcome));
    }
}

impl System {
    /// Checks the text of a proof file. `leaf` is the leaf that it has to be for, where that is known
    /// from elsewhere: a proof that opens nothing does not tell.
    ///
    /// # Errors
    /// A fault of the store; what is wrong with the file is in the answer.
    pub async fn check_proof(
        &self,
        file: &[u8],
        leaf: Option<&[u8]>,
    ) -> Result<Checked, Rejection> {
        let mut checked = Checked::default();
        let proof = match TlogProof::parse(file) {
            Ok(proof) => proof,
            Err(error) => {
                checked.note(Step::Form, Outcome::Fails(error.to_string()));
                for step in [Step::Signature, Step::Opening, Step::Inclusion, Step::Growth] {
                    checked.note(step, Outcome::Untold);
                }
                return Ok(checked);
            }
        };
        checked.note(Step::Form, Outcome::Holds);
        let checkpoint = proof.checkpoint().checkpoint().clone();
        checked.origin = Some(checkpoint.origin.clone());
        checked.index = Some(proof.index());
        checked.size = Some(checkpoint.size);
        let logs = self.reader().db().logs().await?;
        let log = logs.into_iter().find(|log| log.origin == checkpoint.origin);
        let signed = self.check_signature(&proof, log.as_ref(), &mut checked)?;
        checked.note(Step::Signature, signed);
        let leaf = check_opening(&proof, leaf, &mut checked);
        let inclusion = match leaf {
            None => Outcome::Untold,
            Some(leaf) => outcome(proof.verify_inclusion(&Hash::of_leaf(&leaf))),
        };
        checked.note(Step::Inclusion, inclusion);
        let growth = match &log {
            None => Outcome::Untold,
            Some(log) => {
                self.check_growth(log, checkpoint.size, checkpoint.root, &mut checked).await?
            }
        };
        checked.note(Step::Growth, growth);
        Ok(checked)
    }

    fn check_signature(
        &self,
        proof: &TlogProof,
        log: Option<&LogRow>,
        checked: &mut Checked,
    ) -> Result<Outcome, Rejection> {
        let Some(log) = log else {
            let origin = &proof.checkpoint().checkpoint().origin;
            return Ok(Outcome::Fails(format!("{origin} is no log of this installation")));
        };
        let key = self.keys().signer(&log.origin);
        let key = key.map_err(|error| store::Error::Damaged { what: error.to_string() })?;
        let key = key.verifier();
        checked.key = Some(key.to_string());
        let known: [&dyn Verifier; 1] = [&key];
        Ok(outcome(proof.checkpoint().verify(&known).map(|_| ())))
    }

    async fn check_growth(
        &self,
        log: &LogRow,
        size: u64,
        root: Hash,
        checked: &mut Checked,
    ) -> Result<Outcome, Rejection> {
        let note = log.checkpoint.as_deref().and_then(|note| SignedCheckpoint::parse(note).ok());
        let Some(now) = note.map(|note| note.checkpoint().size) else { return Ok(Outcome::Untold) };
        checked.size_now = Some(now);
        if size > now {
            return Ok(Outcome::Fails(format!("the log has {now} entries, not {size}")));
        }
        let tiles = LogReader::new(self.reader().db().clone(), Handle::current(), log.number);
        let reading = tokio::task::spawn_blocking(move || TreeReader::new(&tiles, now).root(size));
        let found =
            reading.await.map_err(|e| store::Error::Unavailable { reason: e.to_string() })?;
        Ok(match found {
            Ok(found) if found == root => Outcome::Holds,
            Ok(_) => Outcome::Fails("the log had another tree at that size".to_owned()),
            Err(error) => {
                tracing::error!(%error, "the log could not be read for a check");
                Outcome::Untold
            }
        })
    }
}

/// The bytes of the leaf that the proof is for, from what opens it or as it is known.
fn check_opening(proof: &TlogProof, leaf: Option<&[u8]>, checked: &mut Checked) -> Option<Vec<u8>> {
    let opened = match proof.opening() {
        Ok(None) => {
            let told = if leaf.is_some() { Outcome::Holds } else { Outcome::Untold };
            checked.note(Step::Opening, told);
            return leaf.map(<[u8]>::to_vec);
        }
        Ok(Some(opening)) => opened(&opening, checked),
        Err(error) => Err(error),
    };
    match opened {
        Ok(found) => {
            let found = found.to_bytes().to_vec();
            let is_meant = leaf.is_none_or(|leaf| leaf == found);
            let other = || Outcome::Fails("it is the proof of another record".to_owned());
            checked.note(Step::Opening, if is_meant { Outcome::Holds } else { other() });
            Some(found)
        }
        Err(error) => {
            checked.note(Step::Opening, Outcome::Fails(error.to_string()));
            None
        }
    }
}

fn opened(opening: &Opening, checked: &mut Checked) -> Result<BlindedLeaf, ProofFileError> {
    let leaf = opening.leaf(None)?;
    let envelope = opening.record().and_then(|record| Envelope::read(record).ok());
    checked.said = envelope.and_then(|envelope| {
        Some(Said {
            id: envelope.id.parse().ok()?,
            kind: envelope.kind.into_owned(),
            valid_at: Timestamp::from_micros(envelope.valid_at),
            recorded_at: Timestamp::from_micros(envelope.recorded_at),
        })
    });
    Ok(leaf)
}

fn outcome<E: std::fmt::Display>(result: Result<(), E>) -> Outcome {
    match result {
        Ok(()) => Outcome::Holds,
        Err(error) => Outcome::Fails(error.to_string()),
    }
}
