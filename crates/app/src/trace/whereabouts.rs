//! Where a thing is, and who has it, by the last act that saw it.

use ::trace::{Act, AsOf, LastSeen, Part, Sighting, Thing};

use super::answer;
use super::interpret::context;
use super::meaning::Meanings;
use super::note::{Life, What};
use super::sort::Sort;
use super::state::State;

/// Where a thing is, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Where {
    pub(super) state: answer::State,
    pub(super) act: Option<Act>,
    pub(super) at: i64,
    pub(super) party: Option<Thing>,
    pub(super) place: Option<Thing>,
}

/// What stands around an act in some ways, the first of these that does.
pub(super) fn around(state: &State, act: Act, ways: &[u8]) -> Option<Thing> {
    let contexts = || state.graph.leading_contexts(act);
    ways.iter().find_map(|way| contexts().find(|(sort, _)| sort == way).map(|(_, thing)| thing))
}

/// Parties and places of an act.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sides {
    /// From whom.
    pub(super) from: Option<Thing>,
    /// To whom.
    pub(super) to: Option<Thing>,
    /// Who says so.
    pub(super) reporter: Option<Thing>,
    /// Where it was done.
    pub(super) place: Option<Thing>,
    /// Where it goes.
    pub(super) to_place: Option<Thing>,
}

impl Sides {
    pub(super) fn of(state: &State, meanings: &Meanings, act: Act) -> Self {
        let note = state.note(act);
        let reporter = around(state, act, &[context::REPORTER]);
        if note.what.is_event() {
            let sent = around(state, act, &[context::FROM_HOLDER, context::FROM_OWNER]);
            return Self {
                from: sent,
                to: around(state, act, &[context::TO_HOLDER, context::TO_OWNER]),
                reporter,
                place: around(state, act, &[context::LOCATION, context::READ_POINT]),
                to_place: around(state, act, &[context::TO_PLACE]),
            };
        }
        let Some(meaning) = meanings.get(note.kind) else { return Self::default() };
        let find = |context: Option<u8>| context.and_then(|way| around(state, act, &[way]));
        let place = state.graph.leading_contexts(act).find(|(sort, _)| meaning.is_place(*sort));
        let place = place.map(|(_, thing)| thing);
        let (mut from, mut to) = (find(meaning.to("sold-by")), find(meaning.to("sold-to")));
        if note.what == What::Sampling {
            from = find(meaning.to("sampled-from"));
        }
        if note.reversed {
            (from, to) = (to, from);
        }
        Self { from, to, reporter, place, to_place: None }
    }
}

/// Where a thing is that was seen so.
pub(super) fn of_sighting(state: &State, meanings: &Meanings, seen: Sighting) -> Where {
    let note = state.note(seen.act);
    let sides = Sides::of(state, meanings, seen.act);
    let found =
        |is, party, place| Where { state: is, act: Some(seen.act), at: seen.at, party, place };
    if seen.part == Part::Input {
        return found(answer::State::Used, sides.reporter, sides.place);
    }
    if note.what == What::Trade {
        return match (note.life, sides.to) {
            (Life::Sold, _) => found(answer::State::Sold, sides.from, sides.place),
            (_, Some(buyer)) => found(answer::State::Held, Some(buyer), None),
            // It came back from somebody who is not named.
            (_, None) => found(answer::State::Held, sides.reporter.or(sides.from), sides.place),
        };
    }
    match note.life {
        Life::Sent => {
            let place = sides.to_place.or(sides.place);
            found(answer::State::InTransit, sides.to.or(sides.reporter), place)
        }
        Life::Sold => found(answer::State::Sold, sides.reporter.or(sides.from), sides.place),
        Life::Ended => found(answer::State::Ended, sides.reporter, sides.place),
        Life::Recalled => found(answer::State::Recalled, sides.reporter, sides.place),
        Life::Arrived => found(answer::State::Held, sides.to.or(sides.reporter), sides.place),
        _ => found(answer::State::Held, sides.reporter.or(sides.from), sides.place),
    }
}

/// Finds where things are, as of two times.
pub(super) struct Finder<'s> {
    state: &'s State,
    meanings: &'s Meanings,
    last: LastSeen<'s>,
}

impl<'s> Finder<'s> {
    pub(super) fn new(state: &'s State, meanings: &'s Meanings, as_of: AsOf) -> Self {
        Self { state, meanings, last: LastSeen::new(&state.graph, as_of) }
    }

    pub(super) fn find(&mut self, thing: Thing) -> Where {
        match self.last.of(thing) {
            Some(seen) => {
                let mut found = of_sighting(self.state, self.meanings, seen);
                // What was taken out of a container that went in goes on by itself.
                if seen.seen != thing && seen.part == Part::Input {
                    found.state = answer::State::Used;
                }
                found
            }
            None => {
                let state = answer::State::Unknown;
                Where { state, act: None, at: i64::MIN, party: None, place: None }
            }
        }
    }
}

/// Whether a thing is something that can be somewhere.
pub(super) fn can_be_somewhere(sort: Sort) -> bool {
    matches!(sort, Sort::Item | Sort::Lot | Sort::Sample)
}
