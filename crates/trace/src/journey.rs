//! Where a thing was: the acts that saw it, by itself or within what it was in.

use std::collections::HashMap;

use crate::act::{ALWAYS, Act, Link, Part, Thing};
use crate::as_of::AsOf;
use crate::graph::Graph;

/// Levels of containers within containers; more is a fault of the records.
const DEEP: usize = 32;

/// That a thing was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sighting {
    /// By this act.
    pub act: Act,
    /// As this, where it was within another thing: the container that the act names.
    pub seen: Thing,
    /// The part that the seen thing had.
    pub part: Part,
    /// When; µs since 1970, UTC.
    pub at: i64,
}

impl Graph {
    /// The acts that name a thing itself, as of two times, in the order of time and of records;
    /// what holds always is none.
    pub fn sightings(&self, thing: Thing, as_of: AsOf) -> Vec<Sighting> {
        let mut found = Vec::new();
        self.own(thing, (i64::MIN, i64::MAX), as_of, &mut found);
        sort(&mut found);
        found
    }

    /// All acts that saw a thing: those that name it, and while it was in something, those that
    /// name that. An act that names both is told once, as the thing itself.
    pub fn journey(&self, thing: Thing, as_of: AsOf) -> Vec<Sighting> {
        let mut found = Vec::new();
        self.own(thing, (i64::MIN, i64::MAX), as_of, &mut found);
        let mut told: Vec<Act> = found.iter().map(|sighting| sighting.act).collect();
        told.sort_unstable();
        let window = (i64::MIN, as_of.valid.saturating_add(1));
        self.carriers(thing, window, as_of, &mut |carrier, (from, until)| {
            // The act that empties the carrier is still one of what was in it.
            let until = if until == i64::MAX { until } else { until.saturating_add(1) };
            self.own(carrier, (from, until), as_of, &mut found);
        });
        let mut own = told;
        found
            .retain(|sighting| sighting.seen == thing || own.binary_search(&sighting.act).is_err());
        own.clear();
        sort(&mut found);
        found.dedup_by_key(|sighting| sighting.act);
        found
    }

    fn own(&self, thing: Thing, window: (i64, i64), as_of: AsOf, found: &mut Vec<Sighting>) {
        for link in self.of_thing(thing) {
            let at = self.at(link.act());
            let is_seen = link.part().is_sight();
            if is_seen
                && at != ALWAYS
                && (window.0..window.1).contains(&at)
                && self.holds(link.act(), as_of)
            {
                found.push(Sighting { act: link.act(), seen: thing, part: link.part(), at });
            }
        }
    }

    /// What a thing is in at the instant of the question, the innermost first. It ends where a
    /// thing would be in itself.
    pub fn within(&self, thing: Thing, as_of: AsOf) -> Vec<Thing> {
        let mut within = Vec::new();
        let mut child = thing;
        while within.len() < DEEP {
            let stays = self.stays(child, as_of).into_iter();
            let current = stays.filter(|stay| stay.lasts(as_of.valid)).max_by_key(|stay| stay.from);
            let Some(stay) = current else { break };
            if stay.parent == thing || within.contains(&stay.parent) {
                break;
            }
            within.push(stay.parent);
            child = stay.parent;
        }
        within
    }

    /// What stands around an act: parties, places, instruments.
    pub fn contexts(&self, act: Act) -> impl Iterator<Item = (u8, Thing)> + '_ {
        self.of_act(act).iter().filter_map(|link: &Link| match link.part() {
            Part::Context(sort) => Some((sort, link.thing())),
            _ => None,
        })
    }

    /// As [`contexts`](Self::contexts), where the caller put them before all other links: it ends at
    /// the first that is none, so that an act with a million things costs no more.
    pub fn leading_contexts(&self, act: Act) -> impl Iterator<Item = (u8, Thing)> + '_ {
        self.of_act(act).iter().map_while(|link: &Link| match link.part() {
            Part::Context(sort) => Some((sort, link.thing())),
            _ => None,
        })
    }
}

impl Part {
    /// Whether a thing with this part in an act was seen where the act was done.
    pub const fn is_sight(self) -> bool {
        !matches!(self, Self::Class | Self::Member | Self::Mark | Self::Context(_))
    }
}

fn sort(found: &mut [Sighting]) {
    found.sort_by_key(|sighting| (sighting.at, sighting.act));
}

/// Finds where things were seen last; it remembers the containers that it went through.
#[derive(Debug)]
pub struct LastSeen<'g> {
    graph: &'g Graph,
    as_of: AsOf,
    of_containers: HashMap<Thing, Option<Sighting>>,
}

impl<'g> LastSeen<'g> {
    /// For questions as of two times.
    pub fn new(graph: &'g Graph, as_of: AsOf) -> Self {
        Self { graph, as_of, of_containers: HashMap::new() }
    }

    /// The last act that saw a thing, by itself or as what it is in now.
    pub fn of(&mut self, thing: Thing) -> Option<Sighting> {
        self.last(thing, 0)
    }

    fn last(&mut self, thing: Thing, depth: usize) -> Option<Sighting> {
        let mut last: Option<Sighting> = None;
        let mut is_packed = false;
        for link in self.graph.of_thing(thing) {
            let (act, part) = (link.act(), link.part());
            let at = self.graph.at(act);
            is_packed |= part == Part::Child;
            let is_seen = part.is_sight();
            if is_seen
                && at != ALWAYS
                && last.is_none_or(|last| (last.at, last.act) < (at, act))
                && self.graph.holds(act, self.as_of)
            {
                last = Some(Sighting { act, seen: thing, part, at });
            }
        }
        if !is_packed || depth >= DEEP {
            return last;
        }
        let valid = self.as_of.valid;
        for stay in self.graph.stays(thing, self.as_of) {
            let of_parent = if stay.lasts(valid) {
                self.of_container(stay.parent, depth)
            } else {
                // Taken out by being named, it was seen then itself.
                self.emptied_at(stay.parent, stay.until)
            };
            let later = |parent: &Sighting| {
                parent.at >= stay.from
                    && last.is_none_or(|last| (last.at, last.act) < (parent.at, parent.act))
            };
            if let Some(parent) = of_parent.filter(later) {
                last = Some(parent);
            }
        }
        last
    }

    fn of_container(&mut self, parent: Thing, depth: usize) -> Option<Sighting> {
        if let Some(known) = self.of_containers.get(&parent) {
            return *known;
        }
        // What is in itself is not gone into again.
        self.of_containers.insert(parent, None);
        let found = self.last(parent, depth + 1);
        self.of_containers.insert(parent, found);
        found
    }

    fn emptied_at(&self, parent: Thing, at: i64) -> Option<Sighting> {
        let links = self.graph.of_thing(parent);
        let link = links
            .filter(|link| link.part() == Part::FormerParent && self.graph.at(link.act()) == at)
            .find(|link| self.graph.holds(link.act(), self.as_of))?;
        Some(Sighting { act: link.act(), seen: parent, part: link.part(), at })
    }
}
