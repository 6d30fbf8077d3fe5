//! What has to be done in a case, as rows: a function of what its records say and of the pack.

use model::Timestamp;
use procedure::{Case, Duty, Outcome, Step, Who};
use store::readings::{AsOf, Derived, DutyRow, LateRow, Packed, TakeRow};

use super::cases::{Cases, ReadCase};

/// All that is known, and whatever has happened.
pub(crate) const ALWAYS: AsOf =
    AsOf { valid: Timestamp::from_micros(i64::MAX), known: u64::MAX >> 1 };

/// A duty of a term, of somebody who agrees, or of whoever is next, in an office.
pub(crate) const PARTY: &str = "party";

/// The rows of a case.
pub(crate) fn derive(cases: &Cases, packed: Packed<'_>) -> Derived {
    let Some(read) = cases.read(packed, ALWAYS) else { return Derived::default() };
    let law = cases.law();
    let case = Case::of(&read.procedure.engine, &read.entries, &law);
    let definition = read.procedure.engine.definition();
    let state = definition.states.get(usize::from(case.course.state));
    Derived {
        office: read.office.unwrap_or_default().to_owned(),
        region: read.region.to_owned(),
        procedure: definition.id.clone(),
        state: state.map(|state| state.id.clone()).unwrap_or_default(),
        is_open: case.course.ended_at.is_none(),
        duties: duties(&read, &case),
        takes: takes(&case, &read),
        late: late(&read, &case),
    }
}

/// What has to be done, in the order in which the engine says it; what somebody else's approval
/// waits for is that one's alone.
pub(crate) fn duties<L: procedure::Law>(
    read: &ReadCase<'_, '_>,
    case: &Case<'_, L>,
) -> Vec<DutyRow> {
    let found = shown(case);
    if found.is_empty() {
        return Vec::new();
    }
    let hands = read.hands(None);
    let engine = &*read.procedure.engine;
    let row = |shown: Shown<'_>| {
        let run = shown.run.and_then(|run| case.runs.get(run));
        let turns = run.map(|run| case.turns(run)).unwrap_or_default();
        let term = run.and_then(|run| engine.term_at(run.term));
        let approval = (shown.kind == "approval").then(|| shown.needs.first()).flatten();
        let assignee = match shown.kind {
            PARTY => None,
            _ => hands.of(approval.copied()),
        };
        let mut excluded = hands.recused.clone();
        // Who drew a step up, or has agreed to it already, cannot agree to it.
        let pending = (shown.kind == "approval").then(|| {
            case.course.pending.iter().find(|pending| shown.steps.contains(&pending.step))
        });
        if let Some(pending) = pending.flatten() {
            let entries = read.entries.iter().zip(&read.by).skip(pending.entry);
            for (_, by) in entries.filter(|(entry, _)| entry.step == pending.step) {
                if !excluded.iter().any(|other| other == by) {
                    excluded.push((*by).to_owned());
                }
            }
        }
        DutyRow {
            kind: shown.kind.to_owned(),
            term: term.map(|term| term.id.clone()),
            steps: shown.steps.iter().map(|step| engine.step_id(*step).to_owned()).collect(),
            assignee: assignee.map(str::to_owned),
            excluded,
            needs: shown.needs.into_iter().map(str::to_owned).collect(),
            overdue_from: turns.overdue_from,
            pressing_from: turns.pressing_from,
            still_until: turns.still_until,
            is_provisional: turns.is_provisional,
        }
    };
    found.into_iter().map(row).collect()
}

/// A duty as it is shown: whose it is, and what can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown<'p> {
    pub(crate) kind: &'static str,
    pub(crate) run: Option<usize>,
    pub(crate) steps: Vec<u16>,
    pub(crate) needs: Vec<&'p str>,
}

/// The duties of a case as they are shown.
pub(crate) fn shown<'p, L: procedure::Law>(case: &Case<'p, L>) -> Vec<Shown<'p>> {
    let duties = case.duties();
    let approved: Vec<usize> = duties
        .iter()
        .filter_map(|duty| match duty {
            Duty::Approval { run, .. } => *run,
            _ => None,
        })
        .collect();
    let permissions = |steps: &[u16]| {
        let mut needs: Vec<&'p str> = Vec::new();
        for who in steps.iter().filter_map(|at| case.step_at(*at)).flat_map(|step| &step.who) {
            if let Who::Permission(id) = who
                && !needs.contains(&id.as_str())
            {
                needs.push(id);
            }
        }
        needs
    };
    let is_for_office = |step: &u16| {
        let by = |step: &Step| step.who.iter().any(|who| matches!(who, Who::Permission(_)));
        case.step_at(*step).is_some_and(by)
    };
    let mut found = Vec::with_capacity(duties.len());
    for duty in duties {
        match duty {
            Duty::Term { run, steps } if steps.is_empty() => {
                // What somebody is to agree to would meet it: it is that one's duty.
                if approved.contains(&run) {
                    continue;
                }
                // What meets it cannot be done yet: what can be done leads to it.
                let steps: Vec<u16> = case.in_state().filter(is_for_office).collect();
                let needs = permissions(&steps);
                let kind = if needs.is_empty() { PARTY } else { "term" };
                found.push(Shown { kind, run: Some(run), steps, needs });
            }
            Duty::Term { run, steps } => {
                let needs = permissions(&steps);
                let kind = if needs.is_empty() { PARTY } else { "term" };
                found.push(Shown { kind, run: Some(run), steps, needs });
            }
            Duty::Approval { step, permission, run } => {
                let approvals = case.step_at(step).map(|step| step.approvals.as_slice());
                let needs = approvals.unwrap_or_default().iter().filter(|id| **id == permission);
                let (steps, needs) = (vec![step], needs.take(1).map(String::as_str).collect());
                found.push(Shown { kind: "approval", run, steps, needs });
            }
            Duty::Next { steps } => {
                let needs = permissions(&steps);
                found.push(Shown { kind: "next", run: None, steps, needs });
            }
        }
    }
    found
}

/// What the program is to do, and when.
fn takes<L: procedure::Law>(case: &Case<'_, L>, read: &ReadCase<'_, '_>) -> Vec<TakeRow> {
    let engine = &*read.procedure.engine;
    let steps = case.to_take(Timestamp::from_micros(i64::MAX));
    let row = |(step, at): (u16, Timestamp)| {
        let by = engine.definition().terms.iter().find(|term| match &term.at_end {
            procedure::AtEnd::Take(id) => id == engine.step_id(step),
            _ => false,
        });
        let term = by.map(|term| term.id.clone()).unwrap_or_default();
        TakeRow { step: engine.step_id(step).to_owned(), term, at }
    };
    steps.into_iter().map(row).collect()
}

/// What was late: met after its end, or over only after it.
fn late<L: procedure::Law>(read: &ReadCase<'_, '_>, case: &Case<'_, L>) -> Vec<LateRow> {
    let engine = &*read.procedure.engine;
    let row = |run: &procedure::Run| {
        let (effect, is_met) = match run.outcome {
            Outcome::Met(effect) => (effect, true),
            Outcome::Lifted(effect) | Outcome::Anew(effect) | Outcome::Ended(effect) => {
                (effect, false)
            }
            Outcome::Open => return None,
        };
        let term = engine.term_at(run.term).filter(|term| !term.met_by.is_empty())?;
        let effect = case.course.effects.get(effect)?;
        let overdue_from = case.turns(run).overdue_from.filter(|from| effect.at >= *from)?;
        Some(LateRow {
            term: term.id.clone(),
            step: engine.step_id(effect.step).to_owned(),
            is_met,
            overdue_from,
            at: effect.at,
            by: read.by.get(effect.by).copied().unwrap_or_default().to_owned(),
            assignee: read.hands(Some(effect.at)).handler,
        })
    };
    case.runs.iter().filter_map(row).collect()
}
