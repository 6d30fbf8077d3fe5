//! Steps that the program takes: at the end of a term, when nothing else was done.
//!
//! The readings say what is due. What could not be taken is noted, tried again later, and keeps nobody
//! waiting. What was taken is known again: its id follows from the case, the number and the step, and
//! its number is unique in the case; so neither a crash nor a second program takes a step twice.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use model::{Digest, RecordId, Timestamp};
use serde_json::Map;
use store::readings::ProgramStep;

use crate::case::NewStep;
use crate::door::Principal;
use crate::fault::{Fault, Rejection};
use crate::reading::When;
use crate::system::System;

/// Steps that are looked up at once.
const PAGE: usize = 200;
/// How long the program rests at most between two looks.
const PAUSE: Duration = Duration::from_secs(20);
/// The shortest and the longest time after which a step is tried again, in µs.
const AGAIN: (i64, i64) = (60_000_000, 6 * 3_600_000_000);

/// What a running program knows of the steps that it takes.
#[derive(Default)]
pub(crate) struct Program {
    is_started: AtomicBool,
    is_stopping: AtomicBool,
    refused: Mutex<HashMap<(RecordId, String), RefusedStep>>,
}

/// A step that the program could not take.
#[derive(Debug, Clone)]
pub struct RefusedStep {
    /// The case.
    pub case: RecordId,
    /// The step.
    pub step: String,
    /// When it was to be taken.
    pub at: Timestamp,
    /// How often it was tried.
    pub tries: u32,
    /// When it is tried again.
    pub again_at: Timestamp,
    /// Why.
    pub faults: Vec<Fault>,
}

/// What one look came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Steps that were taken.
    pub taken: u64,
    /// Steps that were refused.
    pub refused: u64,
    /// Steps that wait until they are tried again.
    pub waiting: u64,
}

impl System {
    /// Begins to take the steps of the program. Called again it does nothing.
    pub fn start_program_steps(self: &Arc<Self>) {
        if !self.duty().program.is_started.swap(true, Ordering::Relaxed) {
            tokio::spawn(run(Arc::downgrade(self)));
        }
    }

    /// Takes no further step.
    pub fn stop_program_steps(&self) {
        self.duty().program.is_stopping.store(true, Ordering::Relaxed);
    }

    /// The steps that the program could not take when it last looked.
    pub fn refused_steps(&self) -> Vec<RefusedStep> {
        let refused = self.refused();
        let mut steps: Vec<RefusedStep> = refused.values().cloned().collect();
        steps.sort_by_key(|step| (step.at, step.case));
        steps
    }

    fn refused(&self) -> std::sync::MutexGuard<'_, HashMap<(RecordId, String), RefusedStep>> {
        self.duty().program.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes every step that is due.
    ///
    /// # Errors
    /// A fault of the store; what is due is looked for again the next time.
    pub async fn take_program_steps(&self) -> Result<Taken, Rejection> {
        let now = self.clock().now();
        let mut went = Taken::default();
        let mut after: Option<ProgramStep> = None;
        let mut stored = 0;
        let mut due = Vec::new();
        loop {
            let page = self.readings().program_steps(now, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.clone());
            for step in &page {
                if self.duty().program.is_stopping.load(Ordering::Relaxed) {
                    return Ok(went);
                }
                let key = (step.case, step.step.clone());
                due.push(key.clone());
                if self.refused().get(&key).is_some_and(|refused| refused.again_at > now) {
                    went.waiting += 1;
                    continue;
                }
                match self.take_for_program(step).await {
                    Ok(position) => {
                        went.taken += 1;
                        stored = stored.max(position + 1);
                        self.refused().remove(&key);
                    }
                    Err(Rejection::Store(error)) => return Err(error.into()),
                    // Somebody took a step meanwhile: whether this one is still due is seen then.
                    Err(Rejection::Conflict(_)) => went.waiting += 1,
                    Err(other) => {
                        went.refused += 1;
                        self.note_refused(key, step, now, other);
                    }
                }
            }
        }
        // What is due no more was done by somebody else, or is to be done later.
        self.refused().retain(|key, _| due.contains(key));
        if stored > 0 {
            self.await_merged(stored).await?;
        }
        Ok(went)
    }

    fn note_refused(
        &self,
        key: (RecordId, String),
        step: &ProgramStep,
        now: Timestamp,
        rejection: Rejection,
    ) {
        let mut refused = self.refused();
        let tries = refused.get(&key).map_or(0, |refused| refused.tries) + 1;
        let wait = AGAIN.0.saturating_mul(1 << tries.min(16)).min(AGAIN.1);
        let faults = rejection.faults();
        let why = faults.first().map(|fault| fault.en.clone()).unwrap_or_default();
        tracing::warn!(case = %step.case, step = step.step, tries, why, "a step of the program");
        let noted = RefusedStep {
            case: step.case,
            step: step.step.clone(),
            at: step.at,
            tries,
            again_at: Timestamp::from_micros(now.micros().saturating_add(wait)),
            faults,
        };
        refused.insert(key, noted);
    }

    /// Takes a step: at the end of its term, but not before what was done last. Returns its position.
    async fn take_for_program(&self, step: &ProgramStep) -> Result<u64, Rejection> {
        let as_of = self.as_of(When::default()).await?;
        let records = self.case_records(step.case, as_of).await?;
        let done = records.steps.iter().map(|step| step.stored.valid_at);
        let last = done.max().unwrap_or(records.opening.valid_at);
        let at = step.at.max(last);
        let seen = records.steps.last().map_or(0, |step| step.number);
        let digest = Digest::of(&[
            b"zhiheng step of the program",
            step.case.as_bytes(),
            &(seen + 1).to_be_bytes(),
            step.step.as_bytes(),
        ]);
        let mut random = [0; 10];
        random.copy_from_slice(&digest.as_bytes()[..10]);
        let new = NewStep {
            id: Some(RecordId::new(at, &random)),
            at: Some(at),
            seen: Some(seen),
            ..NewStep::done(&step.step, Map::new())
        };
        Ok(self.take_step(&Principal::program(), step.case, new).await?.receipt.position)
    }
}

async fn run(system: Weak<System>) {
    loop {
        let Some(running) = system.upgrade() else { return };
        if running.duty().program.is_stopping.load(Ordering::Relaxed) {
            return;
        }
        if let Err(error) = running.take_program_steps().await {
            tracing::warn!(%error, "the steps of the program");
        }
        let now = running.clock().now();
        let next = running.readings().next_program_step(now).await.ok().flatten();
        drop(running);
        let until = next.map(|next| u64::try_from(next.micros() - now.micros()).unwrap_or(0));
        let rest = until.map_or(PAUSE, |until| PAUSE.min(Duration::from_micros(until)));
        tokio::time::sleep(rest.max(Duration::from_millis(50))).await;
    }
}
