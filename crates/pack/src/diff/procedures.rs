//! Procedures as things with named facets.

use std::collections::BTreeMap;

use codes::Label;
use procedure::{By, Collective, Origin, State, Step, TermRule, To};

use super::describe::{Key, Thing, field_of};
use super::{Area, Facet, Phrase};
use crate::procedure::{Procedure, StepForm};

pub(super) fn procedure_of(procedure: &Procedure, things: &mut BTreeMap<Key, Thing>) {
    let definition = procedure.engine.definition();
    let id = &definition.id;
    let (states, steps, terms) =
        (definition.states.len(), definition.steps.len(), definition.terms.len());
    let thing = Thing::new(&definition.label)
        .summary(Phrase {
            zh: format!("{states}个状态，{steps}个步骤，{terms}个期限"),
            en: format!("{states} states, {steps} steps, {terms} terms"),
        })
        .set(Facet::Articles, &definition.articles)
        .text(Facet::Gives, &definition.opens_with)
        .maybe(Facet::CaseLevel, definition.level.as_ref())
        .maybe(Facet::ActOn, definition.act_on.as_ref())
        .set(Facet::Order, definition.states.iter().map(|state| &state.id).take(1));
    things.insert(Key::new(Area::Procedure, id), thing);
    for state in &definition.states {
        things.insert(Key::new(Area::State, format!("{id}/{}", state.id)), state_of(state));
    }
    for (step, form) in definition.steps.iter().zip(&procedure.forms) {
        let path = format!("{id}/{}", step.id);
        things.insert(Key::new(Area::Step, &path), step_of(step, form));
        for of_step in &form.fields {
            let key = Key::new(Area::StepField, format!("{path}/{}", of_step.name));
            things.insert(key, field_of(of_step));
        }
    }
    for term in &definition.terms {
        things.insert(Key::new(Area::Term, format!("{id}/{}", term.id)), term_of(term));
    }
}

fn state_of(state: &State) -> Thing {
    Thing::new(&state.label).yes(Facet::End, state.end).yes(Facet::Public, state.public)
}

fn step_of(step: &Step, form: &StepForm) -> Thing {
    let from = match &step.from {
        Origin::Open => vec!["open".to_owned()],
        Origin::States(states) => states.clone(),
    };
    let to = match &step.to {
        To::Stay => None,
        To::Back => Some("back"),
        To::State(state) => Some(state.as_str()),
    };
    let collective = match &step.collective {
        Collective::Never => None,
        Collective::Always => Some("true"),
        Collective::When(guard) => Some(guard.as_str()),
    };
    let mut thing = Thing::new(&step.label)
        .set(Facet::From, from)
        .maybe(Facet::To, to)
        .set(Facet::Who, &step.who)
        .maybe(Facet::Approvals, in_order(&step.approvals))
        .maybe(Facet::Officers, step.officers.as_ref())
        .maybe(Facet::Collective, collective)
        .maybe(Facet::AtMost, step.at_most)
        .maybe(Facet::Opens, step.opens.as_ref())
        .maybe(Facet::Law, form.law.as_ref())
        .maybe(Facet::Writes, form.writes.as_ref())
        .maybe(Facet::Document, form.document.as_ref())
        .maybe(Facet::Form, form.number.as_ref())
        .maybe(Facet::Amends, form.amends.as_ref())
        .set(Facet::Fills, form.fill.iter().map(|(name, fill)| format!("{name} = {fill}")))
        .set(Facet::Tells, &form.tell)
        .set(Facet::Public, &form.public)
        .maybe(Facet::Order, in_order(form.fields.iter().map(|field| &field.name)));
    if let Some(guard) = &step.guard {
        let Label { zh, en } = &guard.says;
        let phrase = |says: &str| format!("{} ({says})", guard.when);
        thing = thing.say(Facet::Guard, Phrase { zh: phrase(zh), en: phrase(en) });
    }
    thing
}

fn term_of(term: &TermRule) -> Thing {
    let suspended = term
        .suspended
        .iter()
        .map(|held| format!("{}: {} .. {}", held.event, held.from.join("/"), held.to.join("/")));
    let extended = term.extended.iter().map(|extension| match &extension.by {
        By::Limit(limit) => format!("{}: {limit}", extension.step),
        By::Until(field) => format!("{}: .. {field}", extension.step),
    });
    Thing::new(&term.label)
        .text(Facet::Value, &term.limit)
        .set(Facet::Starts, &term.starts)
        .maybe(Facet::StartOn, term.start_on.as_ref())
        .yes(Facet::Backward, term.backward)
        .set(Facet::MetBy, &term.met_by)
        .set(Facet::LiftedBy, &term.lifted_by)
        .set(Facet::SuspendedBy, suspended)
        .set(Facet::ExtendedBy, extended)
        .maybe(Facet::Warn, term.warn)
        .text(Facet::AtEnd, &term.at_end)
}

/// Names of which the order counts; none where there are none.
fn in_order(names: impl IntoIterator<Item = impl AsRef<str>>) -> Option<String> {
    let names: Vec<String> = names.into_iter().map(|name| name.as_ref().to_owned()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}
