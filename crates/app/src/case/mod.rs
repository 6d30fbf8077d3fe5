//! Cases: what their records come to under the law of the pack, and the next step of them.
//!
//! The record that opens a case, such as a complaint, is its first step; each further one is a record
//! of the kind `case-step`, numbered from 1. Two who take the next step at once send the same number:
//! one is stored, the other is told. Nothing of what follows from the records is stored.

mod draft;
mod made;
mod party;
mod persons;
mod published;
mod replay;
mod step;
mod view;

pub use draft::KeptForm;
pub use made::Opens;
pub use published::{PublishedCase, PublishedStep, Recall, Recalls};
pub use step::{NewStep, Stepped};
pub(crate) use view::term as term_view;
pub use view::{
    CaseView, DutyView, EntryView, LeftView, StepView, TermView, UnderView, WhyNotView, Words,
};

use std::sync::Arc;

use clock::Date;
use codes::Label;
use model::{RecordId, SubjectId, Timestamp, system_kind};
use pack::{Kind, Pack, Procedure};
use procedure::{Act, Course, Entry, SubCase};
use serde_json::{Map, Value};
use store::Stored;
use store::readings::AsOf;

use crate::duty::Cases;
use crate::fault::{Fault, Rejection};
use crate::reading::{envelope, not_found};
use crate::system::System;

/// The most steps of a case that are read.
const MOST_STEPS: usize = 5_000;

/// A case as its records say it.
pub(crate) struct Records {
    pub(crate) procedure: Arc<Procedure>,
    pub(crate) pack: Arc<Pack>,
    /// The record that opened it, as it was corrected since.
    pub(crate) opening: Stored,
    /// Its id: that of the record with which it was opened first.
    pub(crate) id: RecordId,
    /// The steps that count, by their numbers.
    pub(crate) steps: Vec<Step>,
    /// The cases that its steps opened, in their order.
    pub(crate) under: Vec<Under>,
    /// The case of which a step opened it.
    pub(crate) over: Option<RecordId>,
}

/// A case that a step of another opened.
pub(crate) struct Under {
    pub(crate) case: RecordId,
    /// Its procedure and the name of that.
    pub(crate) procedure: String,
    pub(crate) label: Label,
    /// The state that it is in and the name of that.
    pub(crate) state: String,
    pub(crate) state_label: Label,
    /// Since when it has ended.
    pub(crate) ended_at: Option<Timestamp>,
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
    pub(crate) opened: Option<RecordId>,
}

impl Records {
    /// The kind of record with which a step opens a case under this one, where it does.
    pub(crate) fn opened_kind(&self, step: &str) -> Option<&Kind> {
        let mut steps = self.procedure.engine.definition().steps.iter();
        let opens = steps.find(|other| other.id == step)?.opens.as_deref()?;
        let opened = self.pack.procedure(opens)?;
        self.pack.kind(&opened.engine.definition().opens_with)
    }

    /// The office whose it is on a day: that of the record that opened it or, once that is abolished, the
    /// one that has taken its records over.
    pub(crate) fn office_on(&self, day: Date) -> Result<Option<String>, Rejection> {
        let frame = envelope(&self.opening)?;
        let Some(own) = frame.office.as_deref() else { return Ok(None) };
        let office = self.pack.heir(own, day).map_or(own, |office| office.id.as_str());
        Ok(Some(office.to_owned()))
    }

    /// What the record that opened it says.
    pub(crate) fn said_at_opening(&self) -> Result<Map<String, Value>, Rejection> {
        serde_json::from_slice(&self.opening.open).map_err(|_| damaged(&self.opening))
    }

    /// How the cases under it stand, as guards ask.
    pub(crate) fn sub_cases(&self) -> Vec<SubCase> {
        let of = |under: &Under| SubCase {
            procedure: under.procedure.clone(),
            outcome: under.ended_at.map(|_| under.state.clone()),
        };
        self.under.iter().map(of).collect()
    }

    /// What the engine makes of them. A step that the procedure does not know, as after a change of
    /// the pack, is left out.
    pub(crate) fn entries(&self) -> Result<Vec<Entry>, Rejection> {
        let mut entries = Vec::with_capacity(self.steps.len() + 1);
        let open = self.said_at_opening()?;
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
    /// The records of a case as of two times, whoever asks; by the record that opened it or one that
    /// took the place of that.
    pub(crate) async fn case_records(
        &self,
        case: RecordId,
        as_of: AsOf,
    ) -> Result<Records, Rejection> {
        let cases = self.cases()?;
        self.case_records_by(&cases, case, as_of).await
    }

    /// The same under a pack, such as the one that was in force then.
    pub(crate) async fn case_records_by(
        &self,
        cases: &Cases,
        case: RecordId,
        as_of: AsOf,
    ) -> Result<Records, Rejection> {
        let mut records = self.records_alone(cases, case, as_of).await?;
        let opened = records.steps.iter().filter_map(|step| step.opened);
        for case in opened.collect::<Vec<RecordId>>() {
            match self.records_alone(cases, case, as_of).await {
                Ok(other) => records.under.push(under(&other)?),
                // Taken back since, it is as if it had not been opened.
                Err(Rejection::NotFound(_)) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(records)
    }

    /// The records of a case, without those of the cases under it.
    async fn records_alone(
        &self,
        cases: &Cases,
        case: RecordId,
        as_of: AsOf,
    ) -> Result<Records, Rejection> {
        let none = || not_found(&case.to_string());
        let mut opening = self.reader().record(case).await?.ok_or_else(none)?;
        // A record that took the place of the opening is of the same case.
        let case = self.case_id(&opening).await?;
        if opening.id != case {
            opening = self.reader().record(case).await?.ok_or_else(none)?;
        }
        let opening = self.as_corrected(opening, as_of).await?.ok_or_else(none)?;
        let procedure = cases.opened_by(&opening.kind).cloned().ok_or_else(|| {
            Rejection::NotFound(Fault::new(
                "case.none",
                format!("a record of the kind {} opens no case; name one that does", opening.kind),
                format!("{} 类记录不启动办理程序；请选择其他记录", opening.kind),
            ))
        })?;
        let pack = Arc::clone(&cases.pack);
        let (steps, over) = self.case_steps(case, as_of).await?;
        Ok(Records { procedure, pack, opening, id: case, steps, under: Vec::new(), over })
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
            // When it happened the record says that counts, not the one in whose place it stands.
            if standing.counts {
                return Ok(Some(record).filter(|record| record.valid_at <= as_of.valid));
            }
            let Some(next) = standing.corrected_by else { return Ok(None) };
            let Some(next) = self.reader().record(next.id).await? else { return Ok(None) };
            record = next;
        }
    }

    /// The steps of a case, and the case of which a step opened it.
    async fn case_steps(
        &self,
        case: RecordId,
        as_of: AsOf,
    ) -> Result<(Vec<Step>, Option<RecordId>), Rejection> {
        let (subject, kinds) = (subject(case)?, [system_kind::CASE_STEP]);
        let stored = self.records_of(subject.as_str(), &kinds, as_of, MOST_STEPS).await?;
        let mut steps = Vec::with_capacity(stored.len());
        let mut over = None;
        for stored in stored {
            let frame = envelope(&stored)?;
            let of = frame.subjects.iter().find(|named| named.role == "case");
            let of = of.map(|named| named.id.clone().into_owned());
            match of {
                Some(of) if of == subject.as_str() => steps.push(read(stored)?),
                Some(of) => over = of.strip_prefix("record:").and_then(|id| id.parse().ok()),
                None => return Err(damaged(&stored)),
            }
        }
        steps.sort_by_key(|step| step.number);
        Ok((steps, over))
    }
}

/// How a case stands of which a step of another tells.
fn under(records: &Records) -> Result<Under, Rejection> {
    let definition = records.procedure.engine.definition();
    let course = Course::of(&records.procedure.engine, &records.entries()?);
    let state = definition.states.get(usize::from(course.state));
    let (state, state_label) = state
        .map(|state| (state.id.clone(), state.label.clone()))
        .ok_or_else(|| damaged(&records.opening))?;
    Ok(Under {
        case: records.id,
        procedure: definition.id.clone(),
        label: definition.label.clone(),
        state,
        state_label,
        ended_at: course.ended_at,
    })
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
            let opened = text("opened_case").and_then(|id| id.parse().ok());
            Ok(Step { stored, number, step, act, form, reason, record, opened })
        }
        _ => Err(damaged(&stored)),
    }
}
