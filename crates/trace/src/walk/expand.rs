//! From many things at once to the acts that they are in, and from there to other things.
//!
//! Memory is far. What a batch of steps needs is fetched for all of them before any of it is looked
//! at: fetching one does not depend on another, so that the processor waits for many at once, where
//! step by step it would wait four times in a row for each: for where the links of the thing lie, for
//! these, for the row of the act, for its links.

use std::collections::HashMap;
use std::hint::black_box;

use super::{Direction, Reached, Step, Walk};
use crate::act::{Act, Certainty, Link, Part, Thing};
use crate::as_of::AsOf;
use crate::graph::Graph;

/// Links of an act from which on it pays to remember what was found through it.
const MANY: usize = 32;

/// Steps that are gone on from together, and what is found for them on the way.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) steps: Vec<Step>,
    ways: Vec<Way>,
    /// Acts with many links that were gone through already, and how certainly: who comes again no
    /// more certainly finds nothing new behind them.
    through: HashMap<Act, Certainty>,
    /// The classes of acts with many members.
    classes: HashMap<Act, Box<[Link]>>,
}

/// An act that a step leads to.
#[derive(Debug, Clone, Copy)]
struct Way {
    /// What leads to it, as a place in the answer.
    from: u32,
    act: Act,
    certainty: Certainty,
    leads: Leads,
}

/// Where an act leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leads {
    /// To what was made, or to what it was made of.
    Across,
    /// From an item to its lot.
    Up,
    /// From a lot to its items.
    Down,
}

impl Batch {
    /// For another walk.
    pub(super) fn clear(&mut self) {
        self.steps.clear();
        self.through.clear();
        self.classes.clear();
    }
}

impl Walk<'_> {
    /// Goes on from what stands in the answer from a place on.
    pub(super) fn expand(&mut self, first: usize, batch: &mut Batch) {
        let reached = self.answer.reached.get(first..).unwrap_or_default();
        self.graph.fetch_things(reached.iter().map(|one| one.thing));
        batch.ways.clear();
        for (place, one) in (first as u32..).zip(reached) {
            self.ways(place, one, &mut batch.ways);
        }
        self.graph.fetch_acts(batch.ways.iter().map(|way| way.act));
        for way in &batch.ways {
            let Some(from) = self.answer.reached.get(way.from as usize).copied() else { continue };
            match way.leads {
                Leads::Across => self.across(&from, way, &mut batch.through),
                Leads::Down => self.down(&from, way),
                Leads::Up => self.up(&from, way, &mut batch.classes),
            }
        }
    }

    /// The acts to which a thing leads, in the order of time.
    fn ways(&self, place: u32, from: &Reached, ways: &mut Vec<Way>) {
        let near = self.direction.near();
        let mut is_packed = false;
        let mut look = |link: Link| {
            let (leads, certainty) = if link.is(near) {
                (Leads::Across, from.certainty.max(link.certainty()))
            } else if link.is(Part::Member) {
                (Leads::Up, from.certainty)
            } else if link.is(Part::Class) && !from.as_class {
                (Leads::Down, from.certainty)
            } else {
                is_packed |= link.is(Part::Child);
                return;
            };
            ways.push(Way { from: place, act: link.act(), certainty, leads });
        };
        match self.graph.in_arrays(from.thing) {
            Some(links) => links.iter().copied().for_each(&mut look),
            None => self.graph.of_thing(from.thing).for_each(&mut look),
        }
        if is_packed && self.direction == Direction::Forward {
            self.with_carriers(place, from, ways);
        }
    }

    /// Where its parents went in, it did.
    fn with_carriers(&self, place: u32, from: &Reached, ways: &mut Vec<Way>) {
        let graph = self.graph;
        let window = (from.bound, self.as_of.valid.saturating_add(1));
        graph.carriers(from.thing, window, self.as_of, &mut |parent, (since, until)| {
            for link in graph.of_thing(parent).filter(|link| link.is(Part::Input)) {
                if (since..until).contains(&graph.at(link.act())) {
                    let certainty = from.certainty.max(link.certainty());
                    let leads = Leads::Across;
                    ways.push(Way { from: place, act: link.act(), certainty, leads });
                }
            }
        });
    }

    /// Back to what something was made of, forward to what came of it.
    fn across(&mut self, from: &Reached, way: &Way, through: &mut HashMap<Act, Certainty>) {
        let graph = self.graph;
        let (at, far) = (graph.at(way.act), self.direction.far());
        let is_in_order = match self.direction {
            Direction::Back => at <= from.bound,
            Direction::Forward => at >= from.bound,
        };
        if !is_in_order || !graph.holds(way.act, self.as_of) {
            return;
        }
        let links = graph.of_act(way.act);
        if links.len() > MANY && !is_more_certain(through, way) {
            return;
        }
        for link in links.iter().filter(|link| link.is(far)) {
            let next = Step {
                thing: link.thing(),
                certainty: way.certainty.max(link.certainty()),
                bound: at,
                as_class: false,
                through: Some(way.act),
                from: way.from,
                layer: from.layer + 1,
            };
            self.reach(next);
            if self.direction == Direction::Back && graph.is_parent(next.thing) {
                // What went in with its parent went in: at the instant at which that was used up,
                // its contents were in it still.
                for thing in graph.contents(next.thing, AsOf { valid: at, ..self.as_of }) {
                    self.reach(Step { thing, ..next });
                }
            }
        }
    }

    /// From an item to its lot. Holds at all times.
    fn up(&mut self, from: &Reached, way: &Way, classes: &mut HashMap<Act, Box<[Link]>>) {
        let graph = self.graph;
        if !graph.counts(way.act, self.as_of.known) {
            return;
        }
        let links = graph.of_act(way.act);
        let is_class = |link: &&Link| link.is(Part::Class);
        if links.len() > MANY {
            let found = classes
                .entry(way.act)
                .or_insert_with(|| links.iter().filter(is_class).copied().collect());
            found.iter().for_each(|link| self.reach(by_class(from, way, link, true)));
        } else {
            for link in links.iter().filter(is_class) {
                self.reach(by_class(from, way, link, true));
            }
        }
    }

    /// From a lot to its items. Holds at all times.
    fn down(&mut self, from: &Reached, way: &Way) {
        let graph = self.graph;
        if graph.counts(way.act, self.as_of.known) {
            for link in graph.of_act(way.act).iter().filter(|link| link.is(Part::Member)) {
                self.reach(by_class(from, way, link, false));
            }
        }
    }
}

fn by_class(from: &Reached, way: &Way, link: &Link, as_class: bool) -> Step {
    Step {
        thing: link.thing(),
        from: way.from,
        bound: from.bound,
        layer: from.layer,
        through: None,
        certainty: from.certainty.max(link.certainty()),
        as_class,
    }
}

/// Whether an act is gone through more certainly than before, which is noted.
fn is_more_certain(through: &mut HashMap<Act, Certainty>, way: &Way) -> bool {
    match through.get_mut(&way.act) {
        Some(before) if *before <= way.certainty => false,
        Some(before) => {
            *before = way.certainty;
            true
        }
        None => {
            through.insert(way.act, way.certainty);
            true
        }
    }
}

impl Direction {
    /// The part of what lies before an act in this direction.
    const fn near(self) -> Part {
        match self {
            Self::Back => Part::Output,
            Self::Forward => Part::Input,
        }
    }

    /// The part of what lies behind an act in this direction.
    const fn far(self) -> Part {
        match self {
            Self::Back => Part::Input,
            Self::Forward => Part::Output,
        }
    }
}

impl Graph {
    /// The links of a thing where all of them lie in the arrays.
    fn in_arrays(&self, thing: Thing) -> Option<&[Link]> {
        let is_whole = self.tail.acts() == 0 || self.tail.of_thing(thing).is_empty();
        is_whole.then(|| self.base.of_thing(thing))
    }

    /// Whether something was ever packed into a thing.
    fn is_parent(&self, thing: Thing) -> bool {
        self.base.is_parent(thing) || self.tail.of_thing(thing).iter().any(|l| l.is(Part::Parent))
    }

    /// Fetches the links of things.
    fn fetch_things(&self, things: impl Iterator<Item = Thing>) {
        let ends = things.map(|thing| ends(self.base.of_thing(thing)));
        black_box(ends.fold(0, |sum, end| sum ^ end));
    }

    /// Fetches the rows and the links of acts.
    fn fetch_acts(&self, acts: impl Iterator<Item = Act>) {
        let ends = acts.map(|act| ends(self.base.of_act(act.0 as usize)));
        black_box(ends.fold(0, |sum, end| sum ^ end));
    }
}

/// Something of the first and of the last link.
fn ends(links: &[Link]) -> u32 {
    let of = |link: Option<&Link>| link.map_or(0, |link| link.other);
    of(links.first()) ^ of(links.last())
}
