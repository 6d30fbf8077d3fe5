//! Back and forward.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ::trace::{ALWAYS, Act, AsOf, Direction, Part, Reached, Thing, Walker};
use store::readings;

use super::answer::{Traced, Way};
use super::meaning::Meanings;
use super::note::What;
use super::show::Shown;
use super::sort::Sort;
use super::state::State;
use super::whereabouts::{Finder, Where, can_be_somewhere};
use crate::door::Principal;
use crate::fault::{Fault, Rejection};
use crate::reading::When;
use crate::system::System;

/// The most things of an answer.
pub const MOST_THINGS: usize = 10_000;
/// The most acts of an answer.
pub const MOST_ACTS: usize = 20_000;
/// The most acts that are shown of one thing.
const MOST_OF_THING: usize = 500;

/// What a walk found, in numbers.
pub(super) struct Found {
    pub(super) things: Vec<FoundThing>,
    pub(super) acts: BTreeSet<Act>,
    pub(super) is_whole: bool,
}

pub(super) struct FoundThing {
    pub(super) reached: Reached,
    pub(super) now: Option<(Where, Vec<Thing>)>,
}

impl Way {
    pub(super) fn direction(self) -> Direction {
        match self {
            Self::Back => Direction::Back,
            Self::Forward => Direction::Forward,
        }
    }
}

/// The two times of a question as the graph has them.
pub(super) fn graph_times(as_of: readings::AsOf) -> AsOf {
    AsOf { valid: as_of.valid.micros(), known: as_of.known }
}

impl System {
    /// Back to sources, or forward to what came of a thing: by any of its codes; at most so many things.
    ///
    /// # Errors
    /// No permission to read; no such thing; more known than there is; a fault of the store.
    pub async fn trace(
        &self,
        who: &Principal,
        id: &str,
        way: Way,
        when: When,
        most: usize,
    ) -> Result<Traced, Rejection> {
        self.may_trace(who)?;
        let as_of = self.trace_times(when).await?;
        let keys = self.trace_keys(id, as_of).await?;
        let most = most.clamp(1, MOST_THINGS);
        let meanings = self.chain().meanings();
        let names = keys.clone();
        let found = self.chain().ask(move |state| {
            let start = known(state, &names, graph_times(as_of));
            let found = walk(state, &meanings, &start, way, graph_times(as_of), most);
            (!start.is_empty()).then(|| Shown::of(state, &meanings, &found, graph_times(as_of)))
        });
        let asked = keys.into_iter().next().unwrap_or_default();
        let Some(shown) = found.await? else { return Err(not_traced(&asked)) };
        self.show(who, asked, way, as_of, shown).await
    }

    /// The two times that a question to the graph is answered as of.
    pub(super) async fn trace_times(&self, when: When) -> Result<readings::AsOf, Rejection> {
        let as_of = self.as_of(when).await?;
        let known = self.chain().for_question(when.known, as_of.known, Self::PATIENCE).await?;
        Ok(readings::AsOf { known, ..as_of })
    }
}

pub(super) fn not_traced(id: &str) -> Rejection {
    Rejection::NotFound(Fault::new(
        "trace.not_found",
        format!(
            "no record that was known names {id}; look at the code and at the times of the question"
        ),
        format!("没有任何已知记录提到 {id}；请核对编码和查询的时间"),
    ))
}

/// The things of some names of which something was known.
pub(super) fn known(state: &State, names: &[String], as_of: AsOf) -> Vec<Thing> {
    let found = names.iter().filter_map(|name| state.names.find(name));
    found.filter(|thing| is_known(state, *thing, as_of)).collect()
}

/// Whether a record that counts names a thing; that its product is in its name says nothing. A product
/// is known where something of it is.
pub(super) fn is_known(state: &State, thing: Thing, as_of: AsOf) -> bool {
    let graph = &state.graph;
    graph.of_thing(thing).any(|link| {
        if graph.at(link.act()) != ALWAYS {
            return graph.counts(link.act(), as_of.known);
        }
        let members = graph.of_act(link.act()).iter();
        link.part() == Part::Class
            && members
                .filter(|member| member.part() == Part::Member)
                .any(|member| is_known(state, member.thing(), as_of))
    })
}

/// Whether a thing was there: an act that had happened names it otherwise than by its class.
pub(super) fn was_there(state: &State, thing: Thing, as_of: AsOf) -> bool {
    let graph = &state.graph;
    graph.of_thing(thing).any(|link| {
        graph.at(link.act()) != ALWAYS
            && state.note(link.act()).what != What::Membership
            && graph.holds(link.act(), as_of)
    })
}

/// What a question about a product is about: itself, its lots, and its items.
pub(super) fn with_members(state: &State, start: &[Thing], as_of: AsOf) -> Vec<Thing> {
    let mut all: Vec<Thing> = Vec::new();
    let mut seen = BTreeSet::new();
    for thing in start {
        if seen.insert(*thing) {
            all.push(*thing);
        }
        if state.sort(*thing) != Sort::Product {
            continue;
        }
        for link in state.graph.of_thing(*thing).filter(|link| link.part() == Part::Class) {
            if !state.graph.counts(link.act(), as_of.known) {
                continue;
            }
            for member in state.graph.of_act(link.act()) {
                let thing = member.thing();
                if member.part() == Part::Member
                    && was_there(state, thing, as_of)
                    && seen.insert(thing)
                {
                    all.push(thing);
                }
            }
        }
    }
    all
}

/// Walks, and gathers the acts on the way and on the things that were reached.
pub(super) fn walk(
    state: &State,
    meanings: &Meanings,
    start: &[Thing],
    way: Way,
    as_of: AsOf,
    most: usize,
) -> Found {
    let start = with_members(state, start, as_of);
    let mut walker = Walker::default();
    let answer = walker.walk(&state.graph, &start, way.direction(), as_of, most);
    gather(state, meanings, answer.reached, answer.is_whole, way, as_of)
}

pub(super) fn gather(
    state: &State,
    meanings: &Meanings,
    reached: Vec<Reached>,
    is_whole: bool,
    way: Way,
    as_of: AsOf,
) -> Found {
    let mut found = Found { things: Vec::new(), acts: BTreeSet::new(), is_whole };
    let mut finder = Finder::new(state, meanings, as_of);
    // Where a place of the walk stands in the answer: a thing that was reached again stands there once.
    let mut places: Vec<Option<u32>> = Vec::with_capacity(reached.len());
    let mut first: HashMap<Thing, u32> = HashMap::new();
    for (number, one) in reached.iter().enumerate() {
        let from = if one.from as usize == number {
            None
        } else {
            places.get(one.from as usize).copied().flatten()
        };
        let is_start = one.from as usize == number;
        found.acts.extend(one.through);
        if let Some(place) = first.get(&one.thing) {
            places.push(Some(*place));
            continue;
        }
        // An item that only its own name speaks of is none.
        if !is_start && !was_there(state, one.thing, as_of) && !one.as_class {
            places.push(None);
            continue;
        }
        let place = found.things.len() as u32;
        places.push(Some(place));
        first.insert(one.thing, place);
        let acts = acts_of(state, one, way, as_of);
        found.is_whole &= acts.len() <= MOST_OF_THING;
        found.acts.extend(acts.into_iter().take(MOST_OF_THING));
        let sort = state.sort(one.thing);
        let now = (!one.as_class && can_be_somewhere(sort))
            .then(|| (finder.find(one.thing), state.graph.within(one.thing, as_of)));
        // Roots stand for themselves.
        let from = from.unwrap_or(place);
        found.things.push(FoundThing { reached: Reached { from, ..*one }, now });
    }
    if found.acts.len() > MOST_ACTS {
        found.is_whole = false;
        found.acts = std::mem::take(&mut found.acts).into_iter().take(MOST_ACTS).collect();
    }
    found
}

/// The acts on a thing that belong to the answer: back, up to when it went in; forward, from when it
/// came out.
fn acts_of(state: &State, one: &Reached, way: Way, as_of: AsOf) -> Vec<Act> {
    let graph = &state.graph;
    let is_within = |at: i64| match way {
        Way::Back => at <= one.bound,
        Way::Forward => at >= one.bound,
    };
    let mut acts: BTreeMap<(i64, Act), ()> = BTreeMap::new();
    // What others did with other things of a product is no part of it.
    let is_far = one.as_class && state.sort(one.thing) == Sort::Product;
    if !is_far {
        for seen in graph.journey(one.thing, as_of) {
            if is_within(seen.at) {
                acts.insert((seen.at, seen.act), ());
            }
        }
    }
    for link in graph.of_thing(one.thing) {
        let (act, at) = (link.act(), graph.at(link.act()));
        let is_said = matches!(link.part(), Part::Mark | Part::Context(_));
        // Tests and recalls come when they come.
        if is_said && graph.holds(act, as_of) {
            acts.insert((at, act), ());
        }
    }
    acts.into_keys().map(|(_, act)| act).collect()
}
