//! The course of a case: what its step records come to.

use model::Timestamp;
use rules::value::Value;

use crate::entry::{Act, Entry};
use crate::procedure::{Procedure, ReadyTo};

/// What the records of a case come to.
///
/// It is made from whatever records there are and never fails: what does not fit the procedure, as
/// after a correction of the pack, takes effect all the same and is told in [`irregular`].
///
/// [`irregular`]: Self::irregular
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Course {
    /// The number of the state it is in.
    pub state: u16,
    /// The states before it, for the way back.
    before: Vec<u16>,
    /// The steps that took effect, in order; the first is the opening.
    pub effects: Vec<Effect>,
    /// The steps that wait for approval, at most one of each.
    pub pending: Vec<Pending>,
    /// The records that did not fit, by number, and why.
    pub irregular: Vec<(usize, Irregular)>,
    /// Since when it has ended; none while it is open.
    pub ended_at: Option<Timestamp>,
}

/// A step that took effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effect {
    /// The step.
    pub step: u16,
    /// The record that says what was done: of a step with approvals, its proposal.
    pub entry: usize,
    /// The record by which it took effect: of a step with approvals, the last of them.
    pub by: usize,
    /// When it took effect.
    pub at: Timestamp,
    /// The state that it led to.
    pub state: u16,
}

/// A step that waits for approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pending {
    /// The step.
    pub step: u16,
    /// The record that proposed it.
    pub entry: usize,
    /// How many have agreed.
    pub approved: usize,
    /// Since when the next one has it before them.
    pub since: Timestamp,
}

/// Why a record does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Irregular {
    /// The case was in a state in which the step cannot be taken.
    OutOfOrder,
    /// There was nothing to agree to or to send back: it has no effect.
    NothingPending,
    /// A case is opened once: it has no effect.
    OpenedTwice,
    /// There is no such step: it has no effect.
    NoStep,
}

impl Course {
    /// The course that some records make, in the order of their numbers.
    pub fn of(procedure: &Procedure, entries: &[Entry]) -> Self {
        let mut course = Self { effects: Vec::with_capacity(entries.len()), ..Self::default() };
        for (number, entry) in entries.iter().enumerate() {
            course.take(procedure, entries, number, entry);
        }
        course
    }

    fn take(&mut self, procedure: &Procedure, entries: &[Entry], number: usize, entry: &Entry) {
        let Some(ready) = procedure.steps.get(usize::from(entry.step)) else {
            self.irregular.push((number, Irregular::NoStep));
            return;
        };
        if (entry.step == 0) != self.effects.is_empty() {
            self.irregular.push((number, Irregular::OpenedTwice));
            return;
        }
        let pending = self.pending.iter().position(|pending| pending.step == entry.step);
        match (entry.act, pending) {
            (Act::Done, pending) => {
                if let Some(pending) = pending {
                    self.pending.remove(pending);
                }
                self.effect(procedure, entry.step, number, number, entry.at);
            }
            (Act::Proposed, pending) => {
                if !ready.from.get(usize::from(self.state)).copied().unwrap_or(false) {
                    self.irregular.push((number, Irregular::OutOfOrder));
                }
                let proposed =
                    Pending { step: entry.step, entry: number, approved: 0, since: entry.at };
                match pending {
                    // Drawn up anew, it goes the whole way again.
                    Some(at) => self.pending[at] = proposed,
                    None => self.pending.push(proposed),
                }
            }
            (Act::Approved | Act::Returned, None) => {
                self.irregular.push((number, Irregular::NothingPending));
            }
            (Act::Returned, Some(at)) => {
                self.pending.remove(at);
            }
            (Act::Approved, Some(at)) => {
                let pending = &mut self.pending[at];
                pending.approved += 1;
                pending.since = entry.at;
                let needed = procedure.step_at(entry.step).map_or(0, |step| step.approvals.len());
                if pending.approved >= needed {
                    let proposal = self.pending.remove(at).entry;
                    debug_assert!(proposal < entries.len());
                    self.effect(procedure, entry.step, proposal, number, entry.at);
                }
            }
        }
    }

    fn effect(&mut self, procedure: &Procedure, step: u16, entry: usize, by: usize, at: Timestamp) {
        let ready = &procedure.steps[usize::from(step)];
        let allowed = ready.from.get(usize::from(self.state)).copied().unwrap_or(false);
        if step != 0 && !allowed {
            self.irregular.push((by, Irregular::OutOfOrder));
        }
        let to = match ready.to {
            ReadyTo::Stay => self.state,
            ReadyTo::Back => self.before.pop().unwrap_or(self.state),
            ReadyTo::State(to) => {
                if step != 0 && to != self.state {
                    self.before.push(self.state);
                }
                to
            }
        };
        self.state = to;
        self.effects.push(Effect { step, entry, by, at, state: to });
        let is_end = procedure.definition().states.get(usize::from(to)).is_some_and(|s| s.end);
        self.ended_at = match (is_end, self.ended_at) {
            (true, None) => Some(at),
            (true, since) => since,
            (false, _) => None,
        };
        // What was drawn up for another state can take effect no more.
        self.pending.retain(|pending| {
            let ready = &procedure.steps[usize::from(pending.step)];
            ready.from.get(usize::from(to)).copied().unwrap_or(false)
        });
    }

    /// What was last said in a field, by the steps that took effect.
    pub fn value<'e>(&self, entries: &'e [Entry], field: u16) -> Option<&'e Value> {
        self.value_until(entries, field, self.effects.len())
    }

    /// The same as it was before the effect of some number.
    pub(crate) fn value_until<'e>(
        &self,
        entries: &'e [Entry],
        field: u16,
        until: usize,
    ) -> Option<&'e Value> {
        let effects = self.effects.iter().take(until).rev();
        effects.filter_map(|effect| said(entries.get(effect.entry)?, field)).next()
    }

    /// How often a step took effect.
    pub fn times(&self, step: u16) -> usize {
        self.effects.iter().filter(|effect| effect.step == step).count()
    }

    /// When a step last took effect.
    pub fn last(&self, step: u16) -> Option<&Effect> {
        self.effects.iter().rev().find(|effect| effect.step == step)
    }
}

/// What a record says in a field.
pub(crate) fn said(entry: &Entry, field: u16) -> Option<&Value> {
    entry.values.iter().find(|(of, _)| *of == field).map(|(_, value)| value)
}
