//! All that does not fit, looked for once and then followed: where some records came or count no more,
//! only the things and acts that they can have changed are looked at again. A test holds what followed
//! against what is looked for anew.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::Arc;

use ::trace::{Act, AsOf, Part, Thing};

use super::findings::{Edges, Finder, Found, edges_from, edges_of, loops_among};
use super::follow::Aside;
use super::meaning::Meanings;
use super::note::What;
use super::sort::Sort;
use super::state::State;

/// Things or acts that are looked at while the graph is held.
const AT_ONCE: usize = 4_096;
/// So many records are few; beyond, one record for so many acts is.
const FEW: usize = 2_000;
const FEW_OF: usize = 8;
/// Changed records that are remembered; where there are more, all is looked at anew.
const MOST_CHANGED: usize = 200_000;

/// All findings, those first that came last.
pub(super) type Findings = Arc<Vec<Arc<Found>>>;

/// Which records changed something, by how many were known then.
#[derive(Debug, Default)]
pub(super) struct Changed {
    /// Since then all that changed is remembered.
    since: u64,
    steps: Vec<(u64, Vec<u64>)>,
    count: usize,
}

impl Changed {
    pub(super) fn since(known: u64) -> Self {
        Self { since: known, ..Self::default() }
    }

    /// Some records changed something in the step to so many known.
    pub(super) fn add(&mut self, to: u64, records: Vec<u64>) {
        self.count += records.len();
        if self.count > MOST_CHANGED {
            *self = Self::since(to);
        } else {
            self.steps.push((to, records));
        }
    }

    /// What changed after so many were known; none where that is not remembered.
    pub(super) fn after(&self, known: u64) -> Option<BTreeSet<u64>> {
        let steps = self.steps.iter().filter(|(to, _)| *to > known);
        let records = steps.flat_map(|(_, records)| records.iter().copied());
        (self.since <= known).then(|| records.collect())
    }

    /// Nobody asks any more for what changed before.
    pub(super) fn forget(&mut self, known: u64) {
        self.since = self.since.max(known);
        self.steps.retain(|(to, _)| *to > known);
        self.count = self.steps.iter().map(|(_, records)| records.len()).sum();
    }
}

/// What does not fit, by what it is found at, whenever it is said to have happened.
pub(super) struct Looked {
    /// As of so many records.
    known: u64,
    /// The numbers mean something in this graph.
    made: u64,
    of_things: HashMap<Thing, Vec<Arc<Found>>>,
    of_acts: HashMap<Act, Vec<Arc<Found>>>,
    /// With the things of each loop.
    loops: Vec<(BTreeSet<Thing>, Arc<Found>)>,
    list: Findings,
}

impl Looked {
    pub(super) fn known(&self) -> u64 {
        self.known
    }

    pub(super) fn list(&self) -> Findings {
        Arc::clone(&self.list)
    }

    /// Looks through all things and acts, piece by piece; none where the graph was made anew meanwhile.
    pub(super) fn all(aside: &Aside, meanings: &Meanings, as_of: AsOf) -> Option<Self> {
        let size =
            |state: &State| (state.made, state.names.len() as u32, state.graph.acts() as u32);
        let (made, things, acts) = aside.look(size)?;
        let mut looked = Self {
            known: as_of.known,
            made,
            of_things: HashMap::new(),
            of_acts: HashMap::new(),
            loops: Vec::new(),
            list: Findings::default(),
        };
        for first in (0..things).step_by(AT_ONCE) {
            let some = (first..things.min(first.saturating_add(AT_ONCE as u32))).map(Thing);
            looked.look_at_things(aside, meanings, as_of, some)?;
        }
        let mut edges = Edges::new();
        for first in (0..acts).step_by(AT_ONCE) {
            let some = (first..acts.min(first.saturating_add(AT_ONCE as u32))).map(Act);
            looked.look_at_acts(aside, meanings, as_of, some.clone())?;
            aside.look(|state| {
                let held = some.filter(|act| state.graph.holds(*act, as_of));
                held.for_each(|act| edges_of(state, act, as_of, &mut edges));
            })?;
        }
        let loops = aside.look(|state| loops_among(state, &edges))?;
        looked.loops = loops.into_iter().map(|(things, found)| (things, Arc::new(found))).collect();
        looked.collect();
        Some(looked)
    }

    /// Comes to so many records known, of which some changed something; none where the graph was made
    /// anew, or so much changed that all is looked at more quickly.
    pub(super) fn follow(
        mut self,
        aside: &Aside,
        meanings: &Meanings,
        records: &BTreeSet<u64>,
        as_of: AsOf,
    ) -> Option<Self> {
        let affected = aside.look(|state| {
            let few = FEW.max(state.graph.acts() / FEW_OF);
            if state.made != self.made || records.len() > few {
                return None;
            }
            Some(Affected::of(state, records, as_of))
        })??;
        self.known = as_of.known;
        let is_nothing = affected.things.is_empty() && affected.acts.is_empty();
        let things: Vec<Thing> = affected.things.keys().copied().collect();
        for some in things.chunks(AT_ONCE) {
            self.look_at_things(aside, meanings, as_of, some.iter().copied())?;
        }
        let acts: Vec<Act> = affected.acts.iter().copied().collect();
        for some in acts.chunks(AT_ONCE) {
            self.look_at_acts(aside, meanings, as_of, some.iter().copied())?;
        }
        // A loop comes or goes only with a step between two of its things.
        let mut seeds = affected.steps;
        let is_touched = |(things, _): &(BTreeSet<Thing>, _)| !things.is_disjoint(&seeds);
        let (gone, kept): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.loops).into_iter().partition(is_touched);
        self.loops = kept;
        seeds.extend(gone.into_iter().flat_map(|(things, _)| things));
        if !seeds.is_empty() {
            let found = aside.look(|state| {
                let edges = edges_from(state, &seeds, as_of);
                loops_among(state, &edges)
            })?;
            let anew = found.into_iter().filter(|(things, _)| !things.is_disjoint(&seeds));
            for (things, found) in anew {
                // A step between others can have made smaller loops part of a larger one.
                self.loops.retain(|(smaller, _)| smaller.is_disjoint(&things));
                self.loops.push((things, Arc::new(found)));
            }
        }
        if !is_nothing {
            self.collect();
        }
        Some(self)
    }

    fn look_at_things(
        &mut self,
        aside: &Aside,
        meanings: &Meanings,
        as_of: AsOf,
        things: impl Iterator<Item = Thing>,
    ) -> Option<()> {
        aside.look(|state| {
            let mut finder = Finder::of_all(state, meanings, as_of);
            for thing in things {
                if state.sort(thing).is_goods() {
                    finder.of_thing(thing);
                }
                put(&mut self.of_things, thing, &mut finder);
            }
        })
    }

    fn look_at_acts(
        &mut self,
        aside: &Aside,
        meanings: &Meanings,
        as_of: AsOf,
        acts: impl Iterator<Item = Act>,
    ) -> Option<()> {
        aside.look(|state| {
            let mut finder = Finder::of_all(state, meanings, as_of);
            for act in acts {
                if state.graph.holds(act, as_of) {
                    finder.of_act(act);
                }
                put(&mut self.of_acts, act, &mut finder);
            }
        })
    }

    /// Makes the list. One finding may stand at several acts: a transformation that is told in parts.
    fn collect(&mut self) {
        let of_things = self.of_things.values().flatten();
        let loops = self.loops.iter().map(|(_, found)| found);
        let all = of_things.chain(self.of_acts.values().flatten()).chain(loops);
        let mut all: Vec<Arc<Found>> = all.map(Arc::clone).collect();
        let last = |found: &Found| Reverse(found.records.last().copied());
        all.sort_by(|a, b| last(a).cmp(&last(b)).then_with(|| a.cmp(b)));
        all.dedup();
        self.list = Arc::new(all);
    }
}

/// Puts what was found in the place of what was found there before.
fn put<K: Hash + Eq>(all: &mut HashMap<K, Vec<Arc<Found>>>, at: K, finder: &mut Finder<'_>) {
    if finder.found.is_empty() {
        all.remove(&at);
    } else {
        let found = std::mem::take(&mut finder.found);
        all.insert(at, found.into_iter().map(Arc::new).collect());
    }
}

/// What some records can have changed.
#[derive(Debug, Default)]
struct Affected {
    /// Things, and since when what was said of them may be otherwise.
    things: BTreeMap<Thing, i64>,
    acts: BTreeSet<Act>,
    /// Things between which a step came or went by which one is made of the other.
    steps: BTreeSet<Thing>,
}

impl Affected {
    fn of(state: &State, records: &BTreeSet<u64>, as_of: AsOf) -> Self {
        let graph = &state.graph;
        let mut affected = Self::default();
        let mut waiting: Vec<(Thing, i64)> = Vec::new();
        let acts = records.iter().flat_map(|record| graph.of_record(*record));
        for act in acts {
            affected.acts.insert(act);
            let at = graph.at(act);
            let is_made = state.note(act).what == What::Transformation;
            for link in graph.of_act(act) {
                let thing = link.thing();
                match link.part() {
                    Part::Context(_) => {
                        if state.positions.said_by(act, thing).is_some() {
                            at_place(state, thing, &mut waiting);
                        }
                        continue;
                    }
                    Part::Class | Part::Member => _ = affected.steps.insert(thing),
                    Part::Input | Part::Output if is_made => _ = affected.steps.insert(thing),
                    _ => {}
                }
                if link.part().is_sight() {
                    waiting.push((thing, at));
                }
                affected.with(state, thing, link.part());
            }
        }
        // What is in something has its journey, and its loops of containers.
        while let Some((thing, since)) = waiting.pop() {
            match affected.things.get_mut(&thing) {
                Some(known) if *known <= since => continue,
                Some(known) => *known = since,
                None => _ = affected.things.insert(thing, since),
            }
            for packed in graph.of_thing(thing).filter(|link| link.part() == Part::Parent) {
                let children = graph.of_act(packed.act()).iter();
                for child in children.filter(|link| link.part() == Part::Child) {
                    let child = child.thing();
                    // What is known of it already needs no look at where it was.
                    if affected.things.get(&child).is_some_and(|known| *known <= since) {
                        continue;
                    }
                    let mut stays = graph.stays(child, as_of).into_iter();
                    if stays.any(|stay| stay.parent == thing && stay.until >= since) {
                        waiting.push((child, since));
                    }
                }
            }
        }
        affected
    }

    /// Acts that are understood together with an act of a thing.
    fn with(&mut self, state: &State, thing: Thing, part: Part) {
        let is_process = state.sort(thing) == Sort::Process;
        if part != Part::Parent && !is_process {
            return;
        }
        let links = state.graph.of_thing(thing);
        // What was packed into it can be taken out of it.
        let also = links.filter(|link| is_process || link.part() == Part::FormerParent);
        self.acts.extend(also.map(|link| link.act()));
    }
}

/// All that was seen at a place.
fn at_place(state: &State, place: Thing, waiting: &mut Vec<(Thing, i64)>) {
    for link in state.graph.of_thing(place) {
        let act = link.act();
        if !state.note(act).what.is_event() {
            continue;
        }
        let things = state.graph.of_act(act).iter().filter(|link| link.part().is_sight());
        waiting.extend(things.map(|link| (link.thing(), state.graph.at(act))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_is_remembered_until_it_is_too_much() {
        let mut changed = Changed::since(10);
        changed.add(20, vec![11, 3]);
        changed.add(30, vec![25]);
        assert_eq!(changed.after(9), None);
        assert_eq!(changed.after(10), Some(BTreeSet::from([3, 11, 25])));
        assert_eq!(changed.after(20), Some(BTreeSet::from([25])));
        assert_eq!(changed.after(30), Some(BTreeSet::new()));
        changed.forget(20);
        assert_eq!((changed.after(10), changed.count), (None, 1));
        assert_eq!(changed.after(25), Some(BTreeSet::from([25])));
        changed.add(40, vec![0; MOST_CHANGED]);
        assert_eq!((changed.after(30), changed.after(40)), (None, Some(BTreeSet::new())));
    }
}
