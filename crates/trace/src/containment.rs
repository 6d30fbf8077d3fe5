//! What was in what, when.
//!
//! A child is in its parent from the act that packed it to the first later act that took it out,
//! emptied the parent, packed it elsewhere or used it up; at that instant it is no longer in it.
//! EPCIS 2.0, 7.4.2: a parent that is disaggregated without naming children loses all of them.

use std::collections::HashSet;

use crate::act::{Act, Part, Thing};
use crate::as_of::AsOf;
use crate::graph::Graph;

/// A stay of a child in a parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    /// What it was in.
    pub parent: Thing,
    /// The act that packed it.
    pub packed: Act,
    /// From this instant on; µs since 1970, UTC.
    pub from: i64,
    /// Before this instant; [`i64::MAX`] while it lasts.
    pub until: i64,
}

impl Stay {
    /// Whether it lasts beyond an instant.
    pub const fn lasts(&self, at: i64) -> bool {
        self.until > at || self.until == i64::MAX
    }
}

impl Graph {
    /// The stays of a thing in parents that began by the time of the question, in no order. What
    /// happened later than that ends none.
    pub fn stays(&self, child: Thing, as_of: AsOf) -> Vec<Stay> {
        let mut stays = Vec::new();
        let mut ends: Vec<i64> = Vec::new();
        for link in self.of_thing(child) {
            let is_start = link.is(Part::Child);
            let is_end = is_start || link.is(Part::Input) || link.is(Part::FormerChild);
            if !is_end || !self.holds(link.act(), as_of) {
                continue;
            }
            let from = self.at(link.act());
            ends.push(from);
            if is_start && let Some(parent) = self.first(link.act(), Part::Parent) {
                stays.push(Stay { parent, packed: link.act(), from, until: i64::MAX });
            }
        }
        for stay in &mut stays {
            let own = ends.iter().copied().filter(|end| *end > stay.from).min();
            let emptied = self.emptied(stay.parent, stay.from, as_of);
            stay.until = own.into_iter().chain(emptied).min().unwrap_or(i64::MAX);
        }
        stays
    }

    /// The first time after an instant at which a parent lost all its children at once.
    fn emptied(&self, parent: Thing, after: i64, as_of: AsOf) -> Option<i64> {
        self.of_thing(parent)
            .filter(|link| link.is(Part::FormerParent) && self.holds(link.act(), as_of))
            .filter(|link| self.first(link.act(), Part::FormerChild).is_none())
            .map(|link| self.at(link.act()))
            .filter(|at| *at > after)
            .min()
    }

    fn first(&self, act: Act, part: Part) -> Option<Thing> {
        let link = self.of_act(act).iter().find(|link| link.is(part));
        link.map(|link| link.thing())
    }

    /// What was in a parent at the instant of the question, also within what was in it, in the
    /// order of their numbers.
    pub fn contents(&self, parent: Thing, as_of: AsOf) -> Vec<Thing> {
        let mut found = HashSet::new();
        let mut parents = vec![parent];
        while let Some(parent) = parents.pop() {
            for link in self.of_thing(parent) {
                if !link.is(Part::Parent) || !self.holds(link.act(), as_of) {
                    continue;
                }
                for child in self.of_act(link.act()).iter().filter(|link| link.is(Part::Child)) {
                    let child = child.thing();
                    if found.contains(&child) {
                        continue;
                    }
                    let is_in = |stay: &Stay| stay.parent == parent && stay.lasts(as_of.valid);
                    if self.stays(child, as_of).iter().any(is_in) {
                        found.insert(child);
                        parents.push(child);
                    }
                }
            }
        }
        let mut found: Vec<Thing> = found.into_iter().collect();
        found.sort_unstable();
        found
    }

    /// Calls `each` with everything that a thing was in between two instants, the later one not
    /// included, and from when until when it was. A time that was told is not told again.
    pub fn carriers(
        &self,
        child: Thing,
        window: (i64, i64),
        as_of: AsOf,
        each: &mut impl FnMut(Thing, (i64, i64)),
    ) {
        // A parent in itself is a fault of the records, and no reason not to end.
        let mut told: Vec<(Thing, (i64, i64))> = Vec::new();
        let mut children = vec![(child, window)];
        while let Some((child, (from, until))) = children.pop() {
            for stay in self.stays(child, as_of) {
                let window = (from.max(stay.from), until.min(stay.until));
                let covers = |(parent, told): &(Thing, (i64, i64))| {
                    *parent == stay.parent && told.0 <= window.0 && told.1 >= window.1
                };
                if window.0 < window.1 && !told.iter().any(covers) {
                    told.push((stay.parent, window));
                    each(stay.parent, window);
                    children.push((stay.parent, window));
                }
            }
        }
    }
}
