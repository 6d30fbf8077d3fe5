//! How a letter stands, for whoever knows its number and code.

use std::collections::HashMap;

use model::{RecordId, Timestamp};
use pack::FieldType;
use serde_json::{Map, Value};
use store::Stored;

use super::{CODE_DIGEST, NUMBER, QueryCode};
use crate::case::{CaseView, TermView, Words};
use crate::door::Principal;
use crate::fault::{Fault, Rejection};
use crate::reading::When;
use crate::system::System;

/// Records that bear one number, at most.
const MOST: usize = 20;

/// How one track of a letter stands: no more than its sender is told by law.
#[derive(Debug, Clone)]
pub struct Progress {
    /// The record that opened it.
    pub case: RecordId,
    /// Its kind.
    pub kind: String,
    /// Its procedure, and the name of that.
    pub procedure: String,
    /// The name of the procedure.
    pub label: Words,
    /// The office that handles it.
    pub office: Option<String>,
    /// When it was received.
    pub opened_at: Timestamp,
    /// The state that it is in.
    pub state_label: Words,
    /// Since when it has ended.
    pub ended_at: Option<Timestamp>,
    /// What the sender was told, the first first.
    pub told: Vec<Told>,
    /// The terms that run.
    pub terms: Vec<TermView>,
    /// How many pictures there are.
    pub pictures: usize,
    /// Its index in the log, and whether it is signed.
    pub index: u64,
    /// Whether it is under a signed checkpoint.
    pub is_signed: bool,
}

/// Something that the sender was told.
#[derive(Debug, Clone)]
pub struct Told {
    /// The step.
    pub step: String,
    /// What was done.
    pub label: Words,
    /// When.
    pub at: Timestamp,
    /// What was decided: codes and days of its form, nothing that was written in words.
    pub form: Map<String, Value>,
}

/// One answer for a number that is not there and for a wrong code.
pub(super) fn no_letter() -> Rejection {
    Rejection::NotFound(Fault::new(
        "letter.none",
        "there is no letter with this number and code; check both, they stand on your receipt",
        "没有与此编号和查询码相符的来信；请核对回执上的编号和查询码",
    ))
}

impl System {
    /// The records of a letter, in the order in which they came.
    pub(super) async fn letters(
        &self,
        number: &str,
        code: &QueryCode,
    ) -> Result<Vec<Stored>, Rejection> {
        let number = number.trim().to_ascii_uppercase();
        if number.is_empty() || number.len() > 40 {
            return Ok(Vec::new());
        }
        let as_of = self.as_of(When::default()).await?;
        let found = self.readings().numbered(std::slice::from_ref(&number), as_of, MOST).await?;
        let positions: Vec<u64> = found.iter().map(|(_, head)| head.position).collect();
        let mut letters = Vec::new();
        for stored in self.reader().at(&positions).await? {
            let open: Map<String, Value> = serde_json::from_slice(&stored.open).unwrap_or_default();
            let text = |name: &str| open.get(name).and_then(Value::as_str);
            let fits = text(CODE_DIGEST).is_some_and(|kept| code.fits(&number, kept));
            if fits && text(NUMBER) == Some(&number) {
                letters.push(stored);
            }
        }
        letters.sort_by_key(|stored| stored.position);
        Ok(letters)
    }

    /// How many files a record has.
    pub(super) async fn attached(&self, record: RecordId) -> Result<usize, Rejection> {
        Ok(self.attachments(&Principal::program(), record, None).await?.len())
    }

    /// How a letter stands: each of its tracks.
    ///
    /// # Errors
    /// No such letter, or another code; a fault of the store.
    pub async fn letter_progress(
        &self,
        number: &str,
        code: &QueryCode,
    ) -> Result<Vec<Progress>, Rejection> {
        let mut tracks = Vec::new();
        for stored in self.letters(number, code).await? {
            let case = self.case(&Principal::program(), stored.id, When::default()).await?;
            let pictures = self.attached(stored.id).await?;
            let (index, is_signed) = self.log_index(stored.position);
            let told = self.told(&stored, &case);
            let is_open = |term: &TermView| {
                ["running", "pressing", "suspended", "overdue"].contains(&term.standing)
            };
            tracks.push(Progress {
                case: case.case,
                kind: stored.kind.clone(),
                procedure: case.procedure,
                label: case.label,
                office: case.office,
                opened_at: case.opened_at,
                state_label: case.state_label,
                ended_at: case.ended_at,
                told,
                terms: case.terms.into_iter().filter(is_open).collect(),
                pictures,
                index,
                is_signed,
            });
        }
        if tracks.is_empty() { Err(no_letter()) } else { Ok(tracks) }
    }

    /// The steps that took effect and of which the pack says that the sender is told.
    fn told(&self, stored: &Stored, case: &CaseView) -> Vec<Told> {
        let pack = self.pack();
        let (Some(procedure), Some(kind)) =
            (pack.procedure(&case.procedure), pack.kind(&stored.kind))
        else {
            return Vec::new();
        };
        // Whoever a letter is from, its personal fields say.
        let is_sender = |name: &String| kind.field(name).is_some_and(|field| field.personal);
        let mut proposed: HashMap<&str, (&Map<String, Value>, usize)> = HashMap::new();
        let mut told = Vec::new();
        for entry in &case.steps {
            let steps = &procedure.engine.definition().steps;
            let Some(step) = steps.iter().find(|step| step.id == entry.step) else { continue };
            let form = match entry.act {
                "done" => &entry.form,
                "proposed" => {
                    proposed.insert(&entry.step, (&entry.form, 0));
                    continue;
                }
                "approved" => {
                    let Some((form, agreed)) = proposed.get_mut(entry.step.as_str()) else {
                        continue;
                    };
                    *agreed += 1;
                    if *agreed < step.approvals.len() {
                        continue;
                    }
                    *form
                }
                _ => {
                    proposed.remove(entry.step.as_str());
                    continue;
                }
            };
            let Some(own) = procedure.form(&entry.step) else { continue };
            if !own.tell.iter().any(is_sender) {
                continue;
            }
            let is_plain = |name: &&String| {
                own.fields.iter().any(|field| {
                    let plain =
                        matches!(field.field_type, FieldType::Code { .. } | FieldType::Date);
                    field.name == **name && plain && !field.personal
                })
            };
            let plain = form.iter().filter(|(name, _)| is_plain(name));
            told.push(Told {
                step: entry.step.clone(),
                label: entry.label.clone(),
                at: entry.at,
                form: plain.map(|(name, value)| (name.clone(), value.clone())).collect(),
            });
        }
        told
    }
}
