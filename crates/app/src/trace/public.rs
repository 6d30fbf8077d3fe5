//! What the page of a thing asks: where it was and what went into it, by records, whoever asks. What of
//! these is told is decided elsewhere ([`crate::item`]).

use std::collections::BTreeSet;

use ::trace::{Act, AsOf, Direction, Part, Thing, Walker};
use store::readings;

use super::note::What;
use super::sort::Sort;
use super::state::State;
use super::walk::{graph_times, is_known};
use crate::fault::Rejection;
use crate::system::System;

/// Things that are looked at behind one.
const MOST_BEHIND: usize = 80;
/// Acts of one that are told.
const MOST_OWN: usize = 400;

/// The records of a thing's way.
#[derive(Debug, Clone, Default)]
pub(crate) struct Way {
    /// The key of the thing that was found, the most particular of those asked for.
    pub(crate) found: Option<String>,
    /// As of how many records.
    pub(crate) known: u64,
    /// The lots of which it is.
    pub(crate) lots: Vec<String>,
    /// Its own acts, in the order of time.
    pub(crate) own: Vec<Own>,
    /// What went into it: its key and the record by which it came to be, in the order of time.
    pub(crate) origins: Vec<(String, u64)>,
}

/// An act of a thing itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Own {
    /// The record.
    pub(crate) record: u64,
    /// Whether the thing went into something else by it.
    pub(crate) is_use: bool,
}

impl System {
    /// The way of the first of some keys of which anything is known.
    ///
    /// # Errors
    /// The graph is being made.
    pub(crate) async fn way_of(
        &self,
        keys: Vec<String>,
        as_of: readings::AsOf,
    ) -> Result<Way, Rejection> {
        // Who scans a code does not wait for the newest record: what the graph knows is told.
        let known = self.chain().for_question(None, 0, Self::PATIENCE).await?;
        let known = self.chain().known().unwrap_or(known).min(as_of.known);
        let as_of = graph_times(readings::AsOf { known, ..as_of });
        let way = self.chain().ask(move |state| way(state, &keys, as_of)).await?;
        Ok(Way { known, ..way })
    }

    /// Whether an event or record of the graph names a thing.
    pub(crate) async fn is_on_the_way(&self, key: String, as_of: readings::AsOf) -> bool {
        let Some(known) = self.chain().known() else { return false };
        let as_of = graph_times(readings::AsOf { known: known.min(as_of.known), ..as_of });
        let found = self.chain().ask(move |state| {
            state.names.find(&key).is_some_and(|thing| is_known(state, thing, as_of))
        });
        found.await.unwrap_or(false)
    }
}

fn way(state: &State, keys: &[String], as_of: AsOf) -> Way {
    let known = keys.iter().filter_map(|key| Some((key, state.names.find(key)?)));
    let found = known.filter(|(_, thing)| is_known(state, *thing, as_of)).find(|(_, thing)| {
        // A product is no thing that was anywhere.
        state.sort(*thing) != Sort::Product
    });
    let Some((key, thing)) = found else { return Way::default() };
    let graph = &state.graph;
    let name = |thing: Thing| state.names.name(thing).to_owned();
    let is_told = |act: Act| state.note(act).what.is_event();
    let own = graph.journey(thing, as_of).into_iter().filter(|seen| is_told(seen.act));
    let own = own
        .take(MOST_OWN)
        .map(|seen| Own { record: graph.record(seen.act), is_use: seen.part == Part::Input });
    let own: Vec<Own> = own.collect();
    let mut lots = BTreeSet::new();
    for link in graph.of_thing(thing).filter(|link| link.part() == Part::Member) {
        if state.note(link.act()).what != What::Membership || !graph.counts(link.act(), as_of.known)
        {
            continue;
        }
        let classes = graph.of_act(link.act()).iter().filter(|of| of.part() == Part::Class);
        lots.extend(classes.map(|of| of.thing()).filter(|of| state.sort(*of) == Sort::Lot));
    }
    let mut walker = Walker::default();
    let behind = walker.walk(graph, &[thing], Direction::Back, as_of, MOST_BEHIND);
    let mut origins: Vec<(i64, Thing, u64)> = Vec::new();
    let mut seen = BTreeSet::from([thing]);
    for reached in behind.reached.iter().filter(|reached| !reached.as_class) {
        let of = reached.thing;
        if !matches!(state.sort(of), Sort::Item | Sort::Lot)
            || lots.contains(&of)
            || !seen.insert(of)
        {
            continue;
        }
        let mut acts = graph.sightings(of, as_of).into_iter().filter(|seen| is_told(seen.act));
        if let Some(first) = acts.next() {
            origins.push((first.at, of, graph.record(first.act)));
        }
    }
    origins.sort_unstable();
    Way {
        found: Some(key.clone()),
        known: as_of.known,
        lots: lots.into_iter().map(name).collect(),
        own,
        origins: origins.into_iter().map(|(_, of, record)| (name(of), record)).collect(),
    }
}
