//! What something touched: from a thing, a party, a place or an instrument to goods, and when.

use std::collections::{BTreeMap, BTreeSet};

use ::trace::{Act, AsOf, Certainty, Part, Start, Thing};

use super::answerable::{calibrations, references};
use super::meaning::Meanings;
use super::note::What;
use super::sort::Sort;
use super::state::State;
use super::walk::with_members;

/// Steps from an instrument to those that were calibrated with it.
const DEEP: usize = 12;

/// Where walks from what was touched begin.
pub(super) fn starts(
    state: &State,
    meanings: &Meanings,
    of: &[Thing],
    window: (i64, i64),
    as_of: AsOf,
) -> Vec<Start> {
    let mut touched = Touched { state, meanings, window, as_of, found: BTreeMap::new() };
    for thing in of {
        match state.sort(*thing) {
            Sort::Party | Sort::Place => touched.around(*thing),
            Sort::Instrument => touched.instrument(*thing),
            _ if touched.is_instrument(*thing) => touched.instrument(*thing),
            _ => {
                for member in with_members(state, &[*thing], as_of) {
                    touched.add(member, window.0, Certainty::Serial);
                }
            }
        }
    }
    let found = touched.found.into_iter();
    found.map(|(thing, (bound, certainty))| Start { thing, certainty, bound }).collect()
}

struct Touched<'s> {
    state: &'s State,
    meanings: &'s Meanings,
    window: (i64, i64),
    as_of: AsOf,
    found: BTreeMap<Thing, (i64, Certainty)>,
}

impl Touched<'_> {
    fn add(&mut self, thing: Thing, bound: i64, certainty: Certainty) {
        let known = self.found.entry(thing).or_insert((bound, certainty));
        *known = (known.0.min(bound), known.1.min(certainty));
    }

    /// An item of goods may have a number like an instrument's: it is one where it measured something
    /// or was calibrated.
    fn is_instrument(&self, thing: Thing) -> bool {
        self.state.graph.of_thing(thing).any(|link| {
            let note = self.state.note(link.act());
            matches!(link.part(), Part::Context(_))
                && matches!(note.what, What::Calibration | What::Test)
        })
    }

    /// The goods of all acts around which a party or a place stands in the window.
    fn around(&mut self, thing: Thing) {
        let links = self.state.graph.of_thing(thing);
        let acts: BTreeSet<Act> = links
            .filter(|link| matches!(link.part(), Part::Context(_)))
            .map(|link| link.act())
            .filter(|act| (self.window.0..=self.window.1).contains(&self.state.graph.at(*act)))
            .filter(|act| self.state.graph.holds(*act, self.as_of))
            .collect();
        for act in acts {
            self.goods(act);
        }
    }

    /// The goods of an act, and what was in them then.
    fn goods(&mut self, act: Act) {
        let (state, graph) = (self.state, &self.state.graph);
        let at = graph.at(act);
        for link in graph.of_act(act) {
            let (thing, part) = (link.thing(), link.part());
            if matches!(part, Part::Class | Part::Member | Part::Context(_)) {
                continue;
            }
            // What a test says of a lot it says of all of it.
            let is_mark = part == Part::Mark;
            let bound = if is_mark { i64::MIN } else { at };
            self.add(thing, bound, link.certainty());
            let then = AsOf { valid: at, ..self.as_of };
            let is_parent =
                part.is_sight() && graph.of_thing(thing).any(|l| l.part() == Part::Parent);
            if is_parent {
                for inside in graph.contents(thing, then) {
                    self.add(inside, at, link.certainty());
                }
            }
            if state.sort(thing) == Sort::Sample {
                self.sampled(thing);
            }
        }
    }

    /// A sample speaks of the lot that it was taken from, and of the product where there is none.
    fn sampled(&mut self, sample: Thing) {
        let graph = &self.state.graph;
        let of = graph.of_thing(sample).filter(|link| link.part() == Part::Member);
        let classes: Vec<Thing> = of
            .filter(|link| graph.counts(link.act(), self.as_of.known))
            .flat_map(|link| graph.of_act(link.act()).iter().filter(|l| l.part() == Part::Class))
            .map(|link| link.thing())
            .collect();
        let is_lot = |thing: &&Thing| self.state.sort(**thing) == Sort::Lot;
        let lots: Vec<Thing> = classes.iter().filter(is_lot).copied().collect();
        for (things, certainty) in [(&lots, Certainty::Lot), (&classes, Certainty::Inferred)] {
            if let Some(first) = things.first() {
                self.add(*first, i64::MIN, certainty);
                return;
            }
        }
    }

    /// What was measured with an instrument in the window; where none is given, since the last
    /// calibration before each that cast doubt on it. What was calibrated with it then is in doubt
    /// itself until it was calibrated again.
    fn instrument(&mut self, instrument: Thing) {
        let mut open = vec![(instrument, self.windows(instrument))];
        let mut seen: BTreeSet<(Thing, i64, i64)> = BTreeSet::new();
        for _ in 0..DEEP {
            let mut next = Vec::new();
            for (instrument, windows) in open {
                for window in windows {
                    if seen.insert((instrument, window.0, window.1)) {
                        next.extend(self.measured(instrument, window));
                    }
                }
            }
            open = next;
        }
    }

    fn windows(&self, instrument: Thing) -> Vec<(i64, i64)> {
        if self.window != (i64::MIN, i64::MAX) {
            return vec![self.window];
        }
        let (state, graph) = (self.state, &self.state.graph);
        let acts = calibrations(state, self.meanings, instrument, self.as_of);
        let mut windows = Vec::new();
        let mut since = i64::MIN;
        for act in acts {
            let at = graph.at(act);
            if state.note(act).doubt {
                windows.push((since, at));
            }
            since = at;
        }
        windows
    }

    /// The tests with an instrument in a window, and the instruments calibrated with it, each with the
    /// time for which that calibration held.
    fn measured(&mut self, instrument: Thing, window: (i64, i64)) -> Vec<(Thing, Vec<(i64, i64)>)> {
        let (state, graph) = (self.state, &self.state.graph);
        let acts: BTreeSet<Act> = graph
            .of_thing(instrument)
            .filter(|link| matches!(link.part(), Part::Context(_)))
            .map(|link| link.act())
            .filter(|act| (window.0..=window.1).contains(&graph.at(*act)))
            .filter(|act| graph.holds(*act, self.as_of))
            .collect();
        let mut with_it = Vec::new();
        for act in acts {
            let note = state.note(act);
            match note.what {
                What::Test => self.goods(act),
                What::Calibration
                    if references(state, self.meanings, act).contains(&instrument) =>
                {
                    let of = self.meanings.get(note.kind).and_then(|m| m.from("calibrated-by"));
                    let mut contexts = graph.leading_contexts(act);
                    let Some((_, other)) = contexts.find(|(way, _)| Some(*way) == of) else {
                        continue;
                    };
                    let at = graph.at(act);
                    let all = calibrations(state, self.meanings, other, self.as_of);
                    let again = all.into_iter().map(|act| graph.at(act)).find(|next| *next > at);
                    with_it.push((other, vec![(at, again.unwrap_or(i64::MAX))]));
                }
                _ => {}
            }
        }
        with_it
    }
}
