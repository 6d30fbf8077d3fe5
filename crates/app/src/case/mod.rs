//! Cases: what their records come to under the law of the pack, and the next step of them.
//!
//! The record that opens a case, such as a complaint, is its first step; each further one is a record
//! of the kind `case-step`, numbered from 1. Two who take the next step at once send the same number:
//! one is stored, the other is told. Nothing of what follows from the records is stored.

mod step;
mod view;

pub use step::{NewStep, Stepped};
pub(crate) use view::term as term_view;
pub use view::{
    CaseView, DutyView, EntryView, LeftView, StepView, TermView, UnderView, WhyNotView, Words,
};

use std::sync::Arc;

use model::{RecordId, SubjectId, system_kind};
use pack::{Pack, Procedure};
use procedure::{Act, Entry, SubCase};
use serde_json::{Map, Value};
use store::Stored;
use store::readings::AsOf;

use crate::fault::{Fault, Rejection};
use crate::reading::{envelope, not_found};
use crate::system::System;

/// The most steps of a case that are read.
const MOST_STEPS: usize = 5_000;

/// A case as its records say it.
pub(crate) struct Records {
    pub(crate) procedure: Procedure,
    pub(crate) pack: Arc<Pack>,
    /// The record that opened it, as it was corrected since.
    pub(crate) opening: Stored,
    /// Its id: that of the record with which it was opened first.
    pub(crate) id: RecordId,
    /// The steps that count, by their numbers.
    pub(crate) steps: Vec<Step>,
}

/// A record of a step.
pub(crate) struct Step {
    pub(crate) stored: Stored,
    pub(crate) number: u64,
    pub(crate) step: String,
    pub(crate) act: Act,
    pub(crate) form: Map<String, Value>,
    pub(crate) reason: Option<String>,
    pub(crate) record: Option<String>,
}

impl Records {
    /// The cases that its steps opened under it. How these go is not followed yet: each counts as open,
    /// so that nothing is done that waits for its end.
    pub(crate) fn under(&self) -> Vec<SubCase> {
        let steps = &self.procedure.engine.definition().steps;
        let opens = |taken: &Step| {
            let step = steps.iter().find(|step| step.id == taken.step)?;
            Some(SubCase { procedure: step.opens.clone()?, outcome: None })
        };
        self.steps.iter().filter(|step| step.act != Act::Returned).filter_map(opens).collect()
    }

    /// What the engine makes of them. A step that the procedure does not know, as after a change of
    /// the pack, is left out.
    pub(crate) fn entries(&self) -> Result<Vec<Entry>, Rejection> {
        let mut entries = Vec::with_capacity(self.steps.len() + 1);
        let open: Map<String, Value> =
            serde_json::from_slice(&self.opening.open).map_err(|_| damaged(&self.opening))?;
        let kind = self.pack.kind(&self.opening.kind);
        entries.push(Entry {
            step: 0,
            act: Act::Done,
            at: self.opening.valid_at,
            by: account(&self.opening)?,
            values: kind.map(|k| self.procedure.opening_values(k, &open)).unwrap_or_default(),
        });
        for step in &self.steps {
            let Some(number) = self.procedure.engine.step(&step.step) else { continue };
            entries.push(Entry {
                step: number,
                act: step.act,
                at: step.stored.valid_at,
                by: account(&step.stored)?,
                values: self.procedure.step_values(&step.step, &step.form),
            });
        }
        Ok(entries)
    }
}

fn account(stored: &Stored) -> Result<Arc<str>, Rejection> {
    Ok(envelope(stored)?.author.account.as_ref().into())
}

fn damaged(stored: &Stored) -> Rejection {
    store::Error::Damaged { what: format!("the record at position {}", stored.position) }.into()
}

/// The subject under which the steps of a case stand.
pub(crate) fn subject(case: RecordId) -> Result<SubjectId, Rejection> {
    Ok(format!("record:{case}").parse().map_err(Fault::from)?)
}

impl System {
    /// The records of a case as of two times, whoever asks.
    pub(crate) async fn case_records(
        &self,
        case: RecordId,
        as_of: AsOf,
    ) -> Result<Records, Rejection> {
        let none = || not_found(&case.to_string());
        let opening = self.reader().record(case).await?.ok_or_else(none)?;
        let opening = self.as_corrected(opening, as_of).await?.ok_or_else(none)?;
        let pack = self.pack();
        let procedure = pack
            .procedures()
            .find(|procedure| procedure.engine.definition().opens_with == opening.kind)
            .cloned()
            .ok_or_else(|| {
                Rejection::NotFound(Fault::new(
                    "case.none",
                    format!(
                        "a record of the kind {} opens no case; name one that does",
                        opening.kind
                    ),
                    format!("{} 类记录不启动办理程序；请选择其他记录", opening.kind),
                ))
            })?;
        let steps = self.case_steps(case, as_of).await?;
        Ok(Records { procedure, pack, opening, id: case, steps })
    }

    /// What took the place of a record by then; none where it was not known, had not happened, or was
    /// taken back.
    async fn as_corrected(
        &self,
        mut record: Stored,
        as_of: AsOf,
    ) -> Result<Option<Stored>, Rejection> {
        loop {
            if record.position >= as_of.known {
                return Ok(None);
            }
            let standing =
                self.reader().standing(std::slice::from_ref(&record), as_of.known).await?;
            let Some(standing) = standing.first() else { return Ok(None) };
            if standing.counts {
                return Ok(Some(record).filter(|record| record.valid_at <= as_of.valid));
            }
            let Some(next) = standing.corrected_by else { return Ok(None) };
            let Some(next) = self.reader().record(next.id).await? else { return Ok(None) };
            record = next;
        }
    }

    async fn case_steps(&self, case: RecordId, as_of: AsOf) -> Result<Vec<Step>, Rejection> {
        let kinds = [system_kind::CASE_STEP.to_owned()];
        let subject = subject(case)?;
        let heads = self
            .readings()
            .subject_page(subject.as_str(), as_of, Some(&kinds), None, MOST_STEPS)
            .await?;
        let positions: Vec<u64> = heads.iter().map(|found| found.head.position).collect();
        let mut steps = Vec::with_capacity(positions.len());
        for positions in positions.chunks(store::MOST) {
            for stored in self.reader().at(positions).await? {
                steps.push(read(stored)?);
            }
        }
        steps.sort_by_key(|step| step.number);
        Ok(steps)
    }
}

/// What a record of a step says.
fn read(stored: Stored) -> Result<Step, Rejection> {
    let open: Map<String, Value> =
        serde_json::from_slice(&stored.open).map_err(|_| damaged(&stored))?;
    let text = |name: &str| open.get(name).and_then(Value::as_str).map(str::to_owned);
    let number = open.get("number").and_then(Value::as_u64);
    let act = text("act").and_then(|word| Act::of_word(&word));
    let form = match text("form") {
        Some(form) => serde_json::from_str(&form).ok(),
        None => Some(Map::new()),
    };
    match (number, text("step"), act, form) {
        (Some(number), Some(step), Some(act), Some(form)) => {
            let (reason, record) = (text("reason"), text("record"));
            Ok(Step { stored, number, step, act, form, reason, record })
        }
        _ => Err(damaged(&stored)),
    }
}
