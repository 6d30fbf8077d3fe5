//! Proofs about a procedure, before any case of it is opened.

use std::collections::BTreeSet;

use rules::guard::Type;

use crate::definition::{AtEnd, By, Collective, Definition, Limit, OPENED, Origin, To, Who};
use crate::fault::{At, Fault};
use crate::procedure::{Procedure, ReadyTo, Surroundings};

/// The field that names the minutes of a meeting.
pub const MINUTES: &str = "minutes";

/// The fields on which the course can depend: those of the opening record, then those of the steps.
/// A name stands for one thing in all of them.
pub(crate) fn fields(
    definition: &Definition,
    around: &Surroundings,
    faults: &mut Vec<Fault>,
) -> Vec<(String, Option<Type>)> {
    let mut found: Vec<(String, Option<Type>)> = Vec::new();
    let opening = around.opening.iter().map(|field| (At::Whole, field));
    let steps = definition.steps.iter().enumerate();
    let steps = steps.flat_map(|(at, step)| step.fields.iter().map(move |f| (At::Step(at), f)));
    for (at, field) in opening.chain(steps) {
        match found.iter().find(|(name, _)| *name == field.name) {
            None => found.push((field.name.clone(), field.holds.clone())),
            Some((name, holds)) if *holds != field.holds => {
                let what =
                    format!("{name} holds something else in another step or the opening record");
                faults.push(Fault::new(at, what, "give one of them another name"));
            }
            Some(_) => {}
        }
    }
    found
}

/// That everything that is named is there, and nothing is named twice.
pub(crate) fn names(definition: &Definition, around: &Surroundings, faults: &mut Vec<Fault>) {
    Names { definition, around, faults }.all();
}

struct Names<'a> {
    definition: &'a Definition,
    around: &'a Surroundings,
    faults: &'a mut Vec<Fault>,
}

impl Names<'_> {
    fn fault(&mut self, at: At, what: impl Into<String>, remedy: impl Into<String>) {
        self.faults.push(Fault::new(at, what, remedy));
    }

    fn all(&mut self) {
        let definition = self.definition;
        if definition.states.is_empty() {
            let what = format!("the procedure {} has no states", definition.id);
            self.fault(At::Whole, what, "add a [[state]] for each, the first first");
        }
        self.once(definition.states.iter().map(|s| s.id.as_str()), "state", At::State);
        let steps = definition.steps.iter().map(|step| step.id.as_str());
        self.once(steps.clone(), "step", At::Step);
        self.once(definition.terms.iter().map(|term| term.id.as_str()), "term", At::Term);
        if let Some(at) = steps.clone().position(|id| id == OPENED) {
            let what = format!("{OPENED} is the record that opens the case");
            self.fault(At::Step(at), what, "give the step another id");
        }
        for (name, what) in [(&definition.level, "level"), (&definition.act_on, "act_on")] {
            if let Some(name) = name {
                let wanted: &[Type] = match what {
                    "level" => &[Type::Text],
                    _ => &[Type::Date, Type::Instant],
                };
                self.field(At::Whole, name, what, wanted, None);
            }
        }
        for at in 0..definition.steps.len() {
            self.step(at);
        }
        for at in 0..definition.terms.len() {
            self.term(at);
        }
    }

    fn once<'i>(&mut self, ids: impl Iterator<Item = &'i str>, what: &str, at: fn(usize) -> At) {
        let mut seen = BTreeSet::new();
        for (number, id) in ids.enumerate() {
            if !seen.insert(id) {
                let what = format!("there is another {what} {id}");
                self.fault(at(number), what, "rename one of them, or take it out");
            }
        }
    }

    /// That a field is there and holds what it must; of some steps, or of any.
    fn field(&mut self, at: At, name: &str, key: &str, wanted: &[Type], of: Option<&[String]>) {
        let steps = self.definition.steps.iter();
        let steps = steps.filter(|step| of.is_none_or(|of| of.contains(&step.id)));
        let opening = self.around.opening.iter();
        let opening = opening.filter(|_| of.is_none_or(|of| of.iter().any(|id| id == OPENED)));
        let mut all = steps.flat_map(|step| &step.fields).chain(opening);
        match all.find(|field| field.name == name) {
            None => {
                let what = format!("{key} names {name}, which is no field there");
                self.fault(at, what, "add the field to the step, or name another");
            }
            Some(field) => {
                if !field.holds.as_ref().is_some_and(|holds| wanted.contains(holds)) {
                    let kinds: Vec<String> = wanted.iter().map(Type::to_string).collect();
                    let what = format!("{key} names {name}, which is no {}", kinds.join(" or "));
                    self.fault(at, what, "name another field, or give it another type");
                }
            }
        }
    }

    fn state_is_known(&mut self, at: At, id: &str) {
        if !self.definition.states.iter().any(|state| state.id == id) {
            let what = format!("there is no state {id}");
            self.fault(at, what, "add a [[state]] with this id, or name another");
        }
    }

    fn step_is_known(&mut self, at: At, id: &str, key: &str) {
        if id != OPENED && !self.definition.steps.iter().any(|step| step.id == id) {
            let what = format!("{key} names {id}, which is no step");
            self.fault(at, what, "name a step of this procedure, or the opening: \"opened\"");
        }
    }

    fn step(&mut self, number: usize) {
        let (definition, at) = (self.definition, At::Step(number));
        let step = &definition.steps[number];
        if let Origin::States(states) = &step.from {
            if states.is_empty() {
                let what = format!("{} can be taken in no state", step.id);
                self.fault(at, what, "name states in from, or write from = \"open\"");
            }
            for state in states {
                self.state_is_known(at, state);
            }
        }
        if let To::State(state) = &step.to {
            self.state_is_known(at, state);
        }
        if step.who.is_empty() {
            let what = format!("nobody can take {}", step.id);
            self.fault(at, what, "add who = \"PERMISSION\", \"party:ROLE\" or \"program\"");
        }
        for who in &step.who {
            let Who::Party(role) = who else { continue };
            let mut fields = definition.steps.iter().flat_map(|step| &step.fields);
            let is_known = self.around.parties.contains(role)
                || fields.any(|field| field.name == *role)
                || self.around.opening.iter().any(|field| field.name == *role);
            if !is_known {
                let what = format!("{} is to be taken by {role}, which nothing names", step.id);
                let remedy =
                    "name a role of the opening record, or a field of a step with a reference";
                self.fault(at, what, remedy);
            }
        }
        let is_by_program = step.who.contains(&Who::Program);
        let is_taken =
            definition.terms.iter().any(|term| term.at_end == AtEnd::Take(step.id.clone()));
        if is_by_program && !is_taken {
            let what = format!("the program is to take {}, but no term says when", step.id);
            self.fault(at, what, format!("add when_due = \"take:{}\" to a term", step.id));
        }
        if is_by_program && !step.approvals.is_empty() {
            let what = format!("{} is for the program and waits for approval", step.id);
            self.fault(at, what, "take the approvals out, or let a person take it");
        }
        let has_minutes = step.fields.iter().any(|field| field.name == MINUTES);
        if step.collective != Collective::Never && !has_minutes {
            let what = format!("{} takes a meeting, but has no field for its minutes", step.id);
            self.fault(at, what, format!("add a [[step.field]] with name = \"{MINUTES}\""));
        }
        if let Some(id) = &step.officers {
            let parameter = self.around.parameters.iter().find(|parameter| parameter.id == *id);
            if parameter.is_none_or(|parameter| parameter.holds != Some(Type::Integer)) {
                let what = format!(
                    "{} takes as many officers as {id}, which is no number of law",
                    step.id
                );
                self.fault(at, what, "name a parameter of law with a whole number");
            }
        }
        if let Some(opens) = &step.opens
            && !self.around.procedures.contains(opens)
        {
            let what = format!("{} opens a case of {opens}, which is no procedure", step.id);
            self.fault(at, what, "name a procedure of the pack");
        }
    }

    fn term(&mut self, number: usize) {
        let (definition, at) = (self.definition, At::Term(number));
        let term = &definition.terms[number];
        if term.starts.is_empty() {
            let what = format!("nothing starts the term {}", term.id);
            self.fault(at, what, "add starts = \"STEP\"");
        }
        let suspended = term.suspended.iter();
        let named = (term.starts.iter().map(|id| (id, "starts")))
            .chain(term.met_by.iter().map(|id| (id, "met_by")))
            .chain(term.lifted_by.iter().map(|id| (id, "lifted_by")))
            .chain(term.extended.iter().map(|extension| (&extension.step, "extended")))
            .chain(suspended.clone().flat_map(|held| held.from.iter().map(|id| (id, "suspended"))))
            .chain(suspended.flat_map(|held| held.to.iter().map(|id| (id, "suspended"))));
        for (id, key) in named {
            self.step_is_known(at, id, key);
        }
        let dates = [Type::Date, Type::Instant];
        if let Some(name) = &term.start_on {
            self.field(at, name, "start_on", &dates, Some(&term.starts));
        }
        if term.backward && term.start_on.is_none() {
            let what = format!("{} counts back, but from no date", term.id);
            self.fault(at, what, "add start_on = \"FIELD\", the date before which it must be done");
        }
        self.limit(at, &term.limit, Some(term.backward));
        for extension in &term.extended {
            match &extension.by {
                By::Limit(limit) => self.limit(at, limit, None),
                By::Until(name) => {
                    let of = std::slice::from_ref(&extension.step);
                    self.field(at, name, "until", &dates, Some(of));
                }
            }
        }
        match &term.at_end {
            AtEnd::Take(id) => {
                let step = definition.steps.iter().find(|step| step.id == *id);
                if !step.is_some_and(|step| step.who.contains(&Who::Program)) {
                    let what =
                        format!("{} lets the program take {id}, which is not for it", term.id);
                    self.fault(at, what, "name a step with who = \"program\"");
                }
            }
            AtEnd::Remind | AtEnd::Escalate if term.met_by.is_empty() => {
                let what =
                    format!("nothing meets the term {}, and nothing follows from its end", term.id);
                self.fault(at, what, "add met_by = [\"STEP\"], or when_due = \"take:STEP\"");
            }
            AtEnd::Remind | AtEnd::Escalate => {}
        }
    }

    fn limit(&mut self, at: At, limit: &Limit, backward: Option<bool>) {
        for id in limit.parameters() {
            let Some(parameter) = self.around.parameters.iter().find(|p| p.id == *id) else {
                let what = format!("there is no parameter of law {id}");
                self.fault(at, what, "add it to the folder law, or name another");
                continue;
            };
            if !parameter.is_time {
                let what = format!("{id} is no length of time");
                self.fault(
                    at,
                    what,
                    "name a parameter in hours, days, working days, months or years",
                );
            }
            if parameter.by_level && self.definition.level.is_none() {
                let what = format!("{id} has a value for each level, but the case has no level");
                self.fault(at, what, "add level = \"FIELD\" to the procedure");
            }
            if backward.is_some_and(|backward| backward != parameter.is_backward) {
                let what = match parameter.is_backward {
                    true => format!("{id} counts backward, the term does not"),
                    false => format!("the term counts backward, {id} does not"),
                };
                self.fault(
                    at,
                    what,
                    "let backward of the term and direction of the parameter agree",
                );
            }
        }
    }
}

/// That every state can be reached, every case can end, and every term can be met.
pub(crate) fn course(procedure: &Procedure, faults: &mut Vec<Fault>) {
    let definition = procedure.definition();
    let edges = edges(procedure);
    let reached = closure(&edges, 0);
    for (at, state) in definition.states.iter().enumerate() {
        if !reached[at] {
            let what = format!("no way leads into the state {}", state.id);
            faults.push(Fault::new(At::State(at), what, "let a step lead there, or take it out"));
            continue;
        }
        if state.end {
            continue;
        }
        let from_here = closure(&edges, at);
        let can_end =
            definition.states.iter().zip(&from_here).any(|(to, is_reached)| to.end && *is_reached);
        if !can_end {
            let what = format!("a case that has come to {} can never end", state.id);
            let remedy = "let a step lead from there to a state with end = true";
            faults.push(Fault::new(At::State(at), what, remedy));
        }
    }
    for (at, term) in definition.terms.iter().enumerate() {
        let ready = &procedure.terms[at];
        for (start, id) in ready.starts.iter().zip(&term.starts) {
            let closing: Vec<u16> = ready.met_by.iter().copied().chain(ready.take).collect();
            let is_met_at_once = term.backward && ready.met_by.contains(start);
            let can = is_met_at_once
                || landings(procedure, *start, &reached).into_iter().any(|state| {
                    let from_here = closure(&edges, state);
                    closing.iter().any(|step| {
                        let from = &procedure.steps[usize::from(*step)].from;
                        from.iter().zip(&from_here).any(|(can, is_reached)| *can && *is_reached)
                    })
                });
            if !can {
                let what =
                    format!("after {id} no step can be taken that meets the term {}", term.id);
                let remedy = "let a step of met_by be possible in a state that follows";
                faults.push(Fault::new(At::Term(at), what, remedy));
            }
        }
    }
}

/// From each state those to which one step leads.
fn edges(procedure: &Procedure) -> Vec<BTreeSet<usize>> {
    let states = procedure.definition().states.len();
    let mut edges = vec![BTreeSet::new(); states];
    for ready in procedure.steps.iter().skip(1) {
        for (from, can) in ready.from.iter().enumerate() {
            if let (true, ReadyTo::State(to)) = (*can, ready.to) {
                edges[from].insert(usize::from(to));
            }
        }
    }
    // A way back leads to every state from which one came: found until nothing is added.
    loop {
        let mut added = Vec::new();
        for ready in procedure.steps.iter().skip(1).filter(|ready| ready.to == ReadyTo::Back) {
            for (from, _) in ready.from.iter().enumerate().filter(|(_, can)| **can) {
                for (before, to) in edges.iter().enumerate() {
                    if to.contains(&from) && before != from && !edges[from].contains(&before) {
                        added.push((from, before));
                    }
                }
            }
        }
        if added.is_empty() {
            return edges;
        }
        for (from, to) in added {
            edges[from].insert(to);
        }
    }
}

/// The states that can be reached from one, itself too.
fn closure(edges: &[BTreeSet<usize>], from: usize) -> Vec<bool> {
    let mut reached = vec![false; edges.len()];
    let mut next = vec![from];
    while let Some(state) = next.pop() {
        if !std::mem::replace(&mut reached[state], true) {
            next.extend(&edges[state]);
        }
    }
    reached
}

/// The states in which a case can be after a step.
fn landings(procedure: &Procedure, step: u16, reached: &[bool]) -> Vec<usize> {
    let ready = &procedure.steps[usize::from(step)];
    match ready.to {
        ReadyTo::State(to) => vec![usize::from(to)],
        ReadyTo::Stay => {
            let from = ready.from.iter().zip(reached).enumerate();
            from.filter(|(_, (can, is_reached))| **can && **is_reached).map(|(at, _)| at).collect()
        }
        ReadyTo::Back => (0..reached.len()).filter(|at| reached[*at]).collect(),
    }
}
