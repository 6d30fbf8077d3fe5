//! A case: what its records come to under the law, and what can be done next.

use clock::Date;
use codes::Label;
use model::Timestamp;
use rules::guard::Facts;
use rules::value::{Value, years};

use crate::course::Course;
use crate::definition::{Collective, Who};
use crate::entry::{Act, Entry};
use crate::law::Law;
use crate::procedure::Procedure;
use crate::run::{Counting, Ending, NoEnding, Outcome, Run, Standing, runs};

/// A case as of the records that are given and a law.
#[derive(Debug, Clone)]
pub struct Case<'a, L> {
    procedure: &'a Procedure,
    entries: &'a [Entry],
    law: &'a L,
    /// What the records come to.
    pub course: Course,
    /// The terms that run or ran.
    pub runs: Vec<Run>,
}

/// A case that was opened under this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubCase {
    /// Its procedure.
    pub procedure: String,
    /// The state in which it ended; none while it is open.
    pub outcome: Option<String>,
}

/// Something that somebody has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Duty {
    /// To meet a term: one of the steps that do.
    Term {
        /// The run, by its number in [`Case::runs`].
        run: usize,
        /// The steps that meet it and can be taken in this state.
        steps: Vec<u16>,
    },
    /// To agree to a step that was drawn up, or to send it back.
    Approval {
        /// The step.
        step: u16,
        /// The permission of who is next to agree.
        permission: String,
        /// The run that it would meet, where one is open.
        run: Option<usize>,
    },
    /// To go on: no term runs, but the case is open and these steps wait for an office.
    Next {
        /// The steps.
        steps: Vec<u16>,
    },
}

/// A step that somebody wants to take.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'t> {
    /// The step.
    pub step: u16,
    /// What is to be done with it.
    pub act: Act,
    /// When.
    pub at: Timestamp,
    /// Who; a pseudonym.
    pub by: &'t str,
    /// How many officers take it together.
    pub officers: i64,
    /// What is filled in.
    pub values: &'t [(u16, Value)],
    /// Whether minutes of a meeting are named.
    pub has_minutes: bool,
}

/// Why a step cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhyNot {
    /// There is no such step.
    NoStep,
    /// The case is in a state in which it cannot be taken.
    State {
        /// The state that it is in.
        state: u16,
    },
    /// It was taken as often as it can be.
    TakenAlready {
        /// How often that is.
        at_most: u32,
    },
    /// It was drawn up and waits for approval.
    Pending,
    /// Nothing of it waits for approval.
    NothingPending,
    /// It takes effect only when others have agreed: it can be drawn up.
    NeedsApproval,
    /// It takes no approval: it can be taken at once.
    NeedsNoApproval,
    /// Who drew it up, or has agreed to it already, cannot agree to it.
    SamePerson,
    /// It lies before what was done last.
    Before {
        /// When that was.
        last: Timestamp,
    },
    /// Its guard does not hold; what the procedure says of it.
    Guard(Label),
    /// It cannot be said whether its guard holds.
    Unsaid(String),
    /// It takes more officers.
    Officers {
        /// How many.
        needed: i64,
    },
    /// It takes a decision of several in a meeting, with its minutes.
    Minutes,
}

impl<'a, L: Law> Case<'a, L> {
    /// The case that some records make, in the order of their numbers, the opening first. Only those
    /// are given that were known and had happened by the moments asked about.
    pub fn of(procedure: &'a Procedure, entries: &'a [Entry], law: &'a L) -> Self {
        let course = Course::of(procedure, entries);
        let runs = runs(procedure, entries, &course);
        Self { procedure, entries, law, course, runs }
    }

    pub(crate) fn procedure(&self) -> &'a Procedure {
        self.procedure
    }

    pub(crate) fn counting(&self) -> Counting<'_, L> {
        Counting {
            procedure: self.procedure,
            entries: self.entries,
            course: &self.course,
            law: self.law,
        }
    }

    /// When a run ends.
    ///
    /// # Errors
    /// Why it cannot be said.
    pub fn ending(&self, run: &Run) -> Result<Ending<'_>, NoEnding> {
        self.counting().ending(run)
    }

    /// How a run stands at some moment.
    pub fn standing(&self, run: &Run, now: Timestamp) -> Standing {
        let counting = self.counting();
        let ending = counting.ending(run);
        counting.standing(run, &ending, now)
    }

    /// How much is left of a run at some moment.
    ///
    /// # Errors
    /// As [`ending`](Self::ending); a calendar that does not reach so far.
    pub fn remaining(&self, run: &Run, now: Timestamp) -> Result<clock::Remaining, NoEnding> {
        let counting = self.counting();
        let ending = counting.ending(run)?;
        counting.remaining(&ending, now).map_err(NoEnding::Uncounted)
    }

    /// A step of its procedure by its number; none for the opening and beyond.
    pub fn step_at(&self, number: u16) -> Option<&'a crate::Step> {
        self.procedure.step_at(number)
    }

    /// What was last said in a field.
    pub fn value(&self, field: u16) -> Option<&'a Value> {
        self.course.value(self.entries, field)
    }

    /// The level of the case.
    pub fn level(&self) -> Option<&str> {
        self.counting().level()
    }

    /// What has to be done, by terms first.
    pub fn duties(&self) -> Vec<Duty> {
        let mut duties = Vec::new();
        let open = || self.runs.iter().enumerate().filter(|(_, run)| run.outcome == Outcome::Open);
        for (number, run) in open() {
            let rule = &self.procedure.terms[usize::from(run.term)];
            if rule.met_by.is_empty() {
                continue;
            }
            let steps = rule.met_by.iter().copied().filter(|step| self.is_in_state(*step));
            // What waits for others to agree is their duty now.
            let steps = steps.filter(|step| !self.is_pending(*step)).collect();
            duties.push(Duty::Term { run: number, steps });
        }
        for pending in &self.course.pending {
            let Some(step) = self.procedure.step_at(pending.step) else { continue };
            let Some(permission) = step.approvals.get(pending.approved) else { continue };
            let run = open().find(|(_, run)| {
                self.procedure.terms[usize::from(run.term)].met_by.contains(&pending.step)
            });
            duties.push(Duty::Approval {
                step: pending.step,
                permission: permission.clone(),
                run: run.map(|(number, _)| number),
            });
        }
        if duties.is_empty() && self.course.ended_at.is_none() {
            let is_for_office = |step: &u16| {
                let step = self.procedure.step_at(*step);
                step.is_some_and(|s| s.who.iter().any(|who| matches!(who, Who::Permission(_))))
            };
            let steps: Vec<u16> = self.in_state().filter(is_for_office).collect();
            if !steps.is_empty() {
                duties.push(Duty::Next { steps });
            }
        }
        duties
    }

    /// The steps that the program must have taken by some moment: each with the moment at which it
    /// is to be taken, the end of the term that says so.
    pub fn to_take(&self, now: Timestamp) -> Vec<(u16, Timestamp)> {
        let mut found = Vec::new();
        for run in self.runs.iter().filter(|run| run.outcome == Outcome::Open) {
            let Some(step) = self.procedure.terms[usize::from(run.term)].take else { continue };
            let Ok(ending) = self.ending(run) else { continue };
            let at = end_of(ending.due.end);
            if at <= now && self.is_in_state(step) && !self.is_taken_out(step) {
                found.push((step, at));
            }
        }
        found.sort_by_key(|(_, at)| *at);
        found
    }

    /// The steps that can be taken in the state that the case is in, whoever may.
    pub fn in_state(&self) -> impl Iterator<Item = u16> + '_ {
        let last = u16::try_from(self.procedure.steps.len()).unwrap_or(u16::MAX);
        (1..last).filter(|step| self.is_in_state(*step) && !self.is_taken_out(*step))
    }

    fn is_in_state(&self, step: u16) -> bool {
        let ready = self.procedure.steps.get(usize::from(step));
        ready.and_then(|r| r.from.get(usize::from(self.course.state))).copied().unwrap_or(false)
    }

    fn is_pending(&self, step: u16) -> bool {
        self.course.pending.iter().any(|pending| pending.step == step)
    }

    fn is_taken_out(&self, step: u16) -> bool {
        let most = self.procedure.step_at(step).and_then(|step| step.at_most);
        most.is_some_and(|most| self.course.times(step) >= most as usize)
    }

    /// How many officers a parameter asks for on the day of an attempt.
    fn officers(&self, parameter: &str, attempt: &Attempt<'_>) -> Option<i64> {
        let counting = self.counting();
        let deciding = counting.deciding(attempt.at.day_in_china());
        match self.law.number(parameter, &deciding, counting.level()) {
            Some(Value::Integer(needed)) => Some(needed),
            _ => None,
        }
    }

    /// Everything that keeps a step from being taken; empty where it can be. Whether somebody may
    /// take it at all is for the door to say.
    pub fn why_not(&self, attempt: &Attempt<'_>, subs: &[SubCase]) -> Vec<WhyNot> {
        let Some(step) = self.procedure.step_at(attempt.step) else {
            return vec![WhyNot::NoStep];
        };
        let mut found = Vec::new();
        if let Some(last) = self.entries.last().filter(|last| attempt.at < last.at) {
            found.push(WhyNot::Before { last: last.at });
        }
        let pending = self.course.pending.iter().find(|pending| pending.step == attempt.step);
        if matches!(attempt.act, Act::Approved | Act::Returned) {
            match pending {
                None => found.push(WhyNot::NothingPending),
                Some(pending) => {
                    let before = self.entries.iter().skip(pending.entry);
                    let mut before = before.filter(|entry| entry.step == attempt.step);
                    if before.any(|entry| *entry.by == *attempt.by) {
                        found.push(WhyNot::SamePerson);
                    }
                }
            }
            return found;
        }
        if !self.is_in_state(attempt.step) {
            found.push(WhyNot::State { state: self.course.state });
            // What else is said of it holds for another state.
            return found;
        }
        if let Some(at_most) = step.at_most.filter(|_| self.is_taken_out(attempt.step)) {
            found.push(WhyNot::TakenAlready { at_most });
        }
        match (attempt.act, step.approvals.is_empty()) {
            (Act::Done, false) => found.push(WhyNot::NeedsApproval),
            (Act::Proposed, true) => found.push(WhyNot::NeedsNoApproval),
            _ => {}
        }
        if pending.is_some() {
            found.push(WhyNot::Pending);
        }
        if let Some(needed) = step.officers.as_deref().and_then(|id| self.officers(id, attempt))
            && attempt.officers < needed
        {
            found.push(WhyNot::Officers { needed });
        }
        let facts = CaseFacts { case: self, attempt, subs };
        let ready = &self.procedure.steps[usize::from(attempt.step)];
        let is_collective = match (&step.collective, &ready.collective) {
            (Collective::Always, _) => Ok(true),
            (Collective::When(_), Some(guard)) => guard.holds(&facts),
            _ => Ok(false),
        };
        match is_collective {
            Ok(true) if !attempt.has_minutes => found.push(WhyNot::Minutes),
            Ok(_) => {}
            Err(error) => found.push(WhyNot::Unsaid(error.to_string())),
        }
        if let (Some(guarded), Some(guard)) = (&step.guard, &ready.guard) {
            match guard.holds(&facts) {
                Ok(true) => {}
                Ok(false) => found.push(WhyNot::Guard(guarded.says.clone())),
                Err(error) => found.push(WhyNot::Unsaid(error.to_string())),
            }
        }
        found
    }
}

/// A second of a day in China, where the day of a term ends (民法典 203(2)).
fn in_china(unix_day: i64, second_of_day: i64) -> Timestamp {
    const HOURS_EAST: i64 = 8;
    let seconds = unix_day * 86_400 + second_of_day - HOURS_EAST * 3_600;
    Timestamp::from_micros(seconds * 1_000_000)
}

/// The moment at which a day begins, or the point in time itself.
pub(crate) fn start_of(moment: clock::Moment) -> Timestamp {
    match moment {
        clock::Moment::Day(day) => in_china(day.unix_day(), 0),
        clock::Moment::Instant(at) => in_china(at.date().unix_day(), at.second_of_day().into()),
    }
}

/// The moment at which a day ends, or the point in time itself.
pub(crate) fn end_of(end: clock::Moment) -> Timestamp {
    match end {
        clock::Moment::Day(day) => in_china(day.unix_day() + 1, 0),
        end @ clock::Moment::Instant(_) => start_of(end),
    }
}

/// What a guard is told of a case and a step that is to be taken.
struct CaseFacts<'f, 'a, L> {
    case: &'f Case<'a, L>,
    attempt: &'f Attempt<'f>,
    subs: &'f [SubCase],
}

impl<L: Law> Facts for CaseFacts<'_, '_, L> {
    fn variable(&self, name: &str) -> Option<Value> {
        let field = |name: &str| self.case.procedure.field(name);
        match name.split_once('.') {
            Some(("case", name)) => self.case.value(field(name)?).cloned(),
            Some(("now", name)) => {
                let field = field(name)?;
                let given = self.attempt.values.iter().find(|(of, _)| *of == field);
                given.map(|(_, value)| value.clone())
            }
            _ if name == "today" => Some(Value::Date(self.attempt.at.day_in_china())),
            _ if name == "opened_on" => Some(Value::Date(self.case.counting().opened_on())),
            _ => None,
        }
    }

    fn call(&self, function: &str, arguments: &[Value]) -> Result<Value, String> {
        let case = self.case;
        match (function, arguments) {
            ("years", [Value::Date(from), Value::Date(to)]) => Ok(years(*from, *to).into()),
            ("days", [Value::Date(from), Value::Date(to)]) => Ok(Value::Integer(days(*from, *to))),
            ("working_days", [Value::Date(from), Value::Date(to)]) => {
                let between = case.law.days().between(*from, *to);
                between.map(Value::Integer).map_err(|error| error.to_string())
            }
            ("law", [Value::Text(id)]) => {
                let today = self.attempt.at.day_in_china();
                let counting = case.counting();
                let found = case.law.number(id, &counting.deciding(today), counting.level());
                found.ok_or_else(|| format!("{id} has no value that is in force on {today}"))
            }
            ("done", [Value::Text(step)]) => {
                let step = case.procedure.step(step);
                Ok(Value::Boolean(step.is_some_and(|step| case.course.times(step) > 0)))
            }
            ("done_on", [Value::Text(id)]) => {
                let last = case.procedure.step(id).and_then(|step| case.course.last(step));
                let last =
                    last.ok_or_else(|| format!("{id} was not done yet; ask done('{id}') first"))?;
                Ok(Value::Date(last.at.day_in_china()))
            }
            ("overdue" | "over", [Value::Text(id)]) => {
                let is_so = case.runs.iter().any(|run| {
                    let rule = case.procedure.term_at(run.term);
                    let standing = case.standing(run, self.attempt.at);
                    rule.is_some_and(|rule| rule.id == **id)
                        && (standing == Standing::Overdue
                            || function == "over" && standing == Standing::RanOut)
                });
                Ok(Value::Boolean(is_so))
            }
            ("due", [Value::Text(id)]) => {
                let is_of = |run: &&Run| {
                    let rule = case.procedure.term_at(run.term);
                    rule.is_some_and(|rule| rule.id == **id)
                };
                let last = case.runs.iter().rev().find(is_of);
                let ending = last.and_then(|run| case.ending(run).ok());
                let ending = ending.ok_or_else(|| {
                    format!("{id} has no last day yet; ask overdue('{id}') first")
                })?;
                Ok(Value::Date(ending.due.end.date()))
            }
            ("open", [Value::Text(id)]) => {
                let mut of = self.subs.iter().filter(|sub| sub.procedure == **id);
                Ok(Value::Boolean(of.any(|sub| sub.outcome.is_none())))
            }
            ("outcome", [Value::Text(id)]) => {
                let of = self.subs.iter().rev().filter(|sub| sub.procedure == **id);
                let last = of.filter_map(|sub| sub.outcome.as_deref()).next();
                Ok(last.unwrap_or("none").into())
            }
            _ => Err(format!("{function} is not known of a case")),
        }
    }
}

fn days(from: Date, to: Date) -> i64 {
    i64::from(to.number()) - i64::from(from.number())
}
