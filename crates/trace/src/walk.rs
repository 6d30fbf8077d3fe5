//! Back to sources, forward to what came of it.
//!
//! A path goes from act to act in the order of time: what an input was before it went in can have
//! come out, what was done to it afterwards cannot. Packed goods go where their parent goes, while
//! they are in it. From an item the walk goes up to its lot and its product, for records that name
//! only these speak of it too, but not down again to other items: they are of the same lot, and
//! neither come from each other nor from it.
//!
//! Back and forward are converse: one thing is behind another in the one direction exactly where
//! the other is behind it in the other.

use std::collections::VecDeque;
use std::collections::hash_map::{Entry, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use crate::act::{Act, Certainty, Part, Thing};
use crate::as_of::AsOf;
use crate::graph::Graph;

/// Which way to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To what it came from.
    Back,
    /// To what came of it.
    Forward,
}

/// A thing that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// The thing.
    pub thing: Thing,
    /// How certain that is, by the path that led here.
    pub certainty: Certainty,
    /// Acts between it and where the walk began, on that path.
    pub layer: u32,
    /// The act of the path next to it; none where the walk began, and between an item and its lot.
    pub through: Option<Act>,
    /// Where that path comes from, as a place in the answer; itself where the walk began.
    pub from: u32,
    /// Whether it stands for another thing as the lot or the product of it: what is known of it
    /// speaks of that other one less certainly.
    pub as_class: bool,
    /// Back: the last instant at which it was there and still could have gone in. Forward: the
    /// first at which it had come out. µs since 1970, UTC.
    pub bound: i64,
    /// Whether it stands there before, more certainly, but at a worse time or only as a class: other
    /// paths lead through it here.
    pub is_again: bool,
}

/// What a walk found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// What was reached, in the order in which it was: where it began first.
    pub reached: Vec<Reached>,
    /// How many things these are.
    pub things: usize,
    /// Whether nothing was left out. Else there were more things than were asked for.
    pub is_whole: bool,
}

impl Answer {
    /// Each thing once, as it was reached first and most certainly.
    pub fn things(&self) -> impl Iterator<Item = &Reached> {
        self.reached.iter().filter(|reached| !reached.is_again)
    }
}

/// Where a walk begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    /// The thing.
    pub thing: Thing,
    /// How certain it is that it is meant.
    pub certainty: Certainty,
    /// Forward: what it went into from this instant on. Back: by this instant. µs since 1970, UTC.
    pub bound: i64,
}

/// Walks over graphs. It keeps its memory from one walk to the next.
#[derive(Debug, Default)]
pub struct Walker {
    /// With which bounds a thing was reached.
    seen: HashMap<Thing, Seen, BuildHasherDefault<Mixer>>,
    /// What is to be gone on from: one queue for each certainty, the most certain first.
    waiting: [VecDeque<Step>; 3],
}

/// The best bounds with which a thing was reached.
#[derive(Debug, Clone, Copy)]
struct Seen {
    itself: Option<i64>,
    as_class: Option<i64>,
}

impl Seen {
    /// Whether nothing more lies behind a thing that is reached so.
    fn covers(&self, step: &Step, direction: Direction) -> bool {
        let by = |seen: Option<i64>| seen.is_some_and(|seen| !better(direction, step.bound, seen));
        // Reached as itself, a thing is gone on from in every way in which it would be as a class.
        by(self.itself) || step.as_class && by(self.as_class)
    }
}

/// How a thing is reached.
#[derive(Debug, Clone, Copy)]
struct Step {
    thing: Thing,
    certainty: Certainty,
    bound: i64,
    as_class: bool,
    through: Option<Act>,
    from: u32,
    layer: u32,
    is_start: bool,
}

impl Walker {
    /// Everything behind some things, as of two times; at most so many.
    ///
    /// The most certain paths are gone first, so that each thing is told with the best certainty
    /// that any path to it has.
    pub fn walk(
        &mut self,
        graph: &Graph,
        start: &[Thing],
        direction: Direction,
        as_of: AsOf,
        most: usize,
    ) -> Answer {
        let bound = match direction {
            Direction::Back => as_of.valid,
            Direction::Forward => i64::MIN,
        };
        let start = start.iter();
        let start = start.map(|thing| Start { thing: *thing, certainty: Certainty::Serial, bound });
        self.walk_from(graph, start, direction, as_of, most)
    }

    /// As [`walk`](Self::walk), from some things at some times: forward to what came of each since
    /// then, back to what it was made of by then.
    pub fn walk_from(
        &mut self,
        graph: &Graph,
        start: impl IntoIterator<Item = Start>,
        direction: Direction,
        as_of: AsOf,
        most: usize,
    ) -> Answer {
        self.seen.clear();
        self.waiting.iter_mut().for_each(VecDeque::clear);
        let mut answer = Answer { reached: Vec::new(), things: 0, is_whole: true };
        let mut walk = Walk { walker: self, graph, direction, as_of, most, answer: &mut answer };
        for Start { thing, certainty, bound } in start {
            walk.reach(Step {
                thing,
                certainty,
                bound,
                as_class: false,
                through: None,
                from: 0,
                layer: 0,
                is_start: true,
            });
        }
        walk.go();
        answer
    }
}

struct Walk<'a> {
    walker: &'a mut Walker,
    graph: &'a Graph,
    direction: Direction,
    as_of: AsOf,
    most: usize,
    answer: &'a mut Answer,
}

impl Walk<'_> {
    /// Notes that a thing is to be gone on from, unless that was done already with no less
    /// certainty: what waits longer is less certain.
    fn reach(&mut self, step: Step) {
        let seen = self.walker.seen.get(&step.thing);
        if !seen.is_some_and(|seen| seen.covers(&step, self.direction)) {
            self.walker.waiting[step.certainty as usize].push_back(step);
        }
    }

    fn go(&mut self) {
        for certainty in Certainty::ALL {
            while let Some(step) = self.walker.waiting[certainty as usize].pop_front() {
                let Some(place) = self.enter(&step) else { continue };
                let from = Step { from: place, through: None, ..step };
                match self.direction {
                    Direction::Back => self.back(from),
                    Direction::Forward => self.forward(from),
                }
            }
        }
    }

    /// Puts a thing into the answer and gives its place there, unless it was gone on from meanwhile.
    fn enter(&mut self, step: &Step) -> Option<u32> {
        let place = u32::try_from(self.answer.reached.len()).ok()?;
        let is_full = self.answer.things >= self.most;
        let is_again = match self.walker.seen.entry(step.thing) {
            Entry::Occupied(mut entry) => {
                let seen = entry.get_mut();
                if seen.covers(step, self.direction) {
                    return None;
                }
                *(if step.as_class { &mut seen.as_class } else { &mut seen.itself }) =
                    Some(step.bound);
                true
            }
            Entry::Vacant(_) if is_full => {
                self.answer.is_whole = false;
                return None;
            }
            Entry::Vacant(entry) => {
                let bound = Some(step.bound);
                let (itself, as_class) = if step.as_class { (None, bound) } else { (bound, None) };
                entry.insert(Seen { itself, as_class });
                self.answer.things += 1;
                false
            }
        };
        self.answer.reached.push(Reached {
            thing: step.thing,
            certainty: step.certainty,
            layer: step.layer,
            through: step.through,
            from: if step.is_start { place } else { step.from },
            as_class: step.as_class,
            bound: step.bound,
            is_again,
        });
        Some(place)
    }

    fn back(&mut self, from: Step) {
        let graph = self.graph;
        for link in graph.of_thing(from.thing) {
            let act = link.act();
            match link.part() {
                Part::Output if self.is_before(act, from.bound) => {
                    let certainty = from.certainty.max(link.certainty());
                    let at = graph.at(act);
                    for input in graph.of_act(act).iter().filter(|link| link.is(Part::Input)) {
                        let next = Step {
                            thing: input.thing(),
                            certainty: certainty.max(input.certainty()),
                            bound: at,
                            as_class: false,
                            through: Some(act),
                            from: from.from,
                            layer: from.layer + 1,
                            is_start: false,
                        };
                        self.reach(next);
                        // What went in with its parent went in.
                        let then = AsOf { valid: at, ..self.as_of };
                        for thing in self.went_in(next.thing, then) {
                            self.reach(Step { thing, ..next });
                        }
                    }
                }
                part => self.by_class(from, act, part),
            }
        }
    }

    fn forward(&mut self, from: Step) {
        let graph = self.graph;
        let mut is_packed = false;
        for link in graph.of_thing(from.thing) {
            match link.part() {
                Part::Input if self.is_after(link.act(), from.bound) => {
                    let certainty = from.certainty.max(link.certainty());
                    self.came_out(Step { certainty, ..from }, link.act());
                }
                Part::Child => is_packed = true,
                part => self.by_class(from, link.act(), part),
            }
        }
        if !is_packed {
            return;
        }
        // Where its parents went in, it did.
        let mut went_in = Vec::new();
        let window = (from.bound, self.as_of.valid.saturating_add(1));
        graph.carriers(from.thing, window, self.as_of, &mut |parent, (since, until)| {
            for link in graph.of_thing(parent).filter(|link| link.is(Part::Input)) {
                if (since..until).contains(&graph.at(link.act())) {
                    went_in.push((link.act(), link.certainty()));
                }
            }
        });
        for (act, certainty) in went_in {
            if self.is_after(act, from.bound) {
                self.came_out(Step { certainty: from.certainty.max(certainty), ..from }, act);
            }
        }
    }

    fn came_out(&mut self, from: Step, act: Act) {
        let graph = self.graph;
        for output in graph.of_act(act).iter().filter(|link| link.is(Part::Output)) {
            self.reach(Step {
                thing: output.thing(),
                certainty: from.certainty.max(output.certainty()),
                bound: graph.at(act),
                as_class: false,
                through: Some(act),
                layer: from.layer + 1,
                is_start: false,
                ..from
            });
        }
    }

    /// From an item to its lot, or from a lot to its items. Holds at all times.
    fn by_class(&mut self, from: Step, act: Act, part: Part) {
        let (other, as_class) = match part {
            Part::Member => (Part::Class, true),
            Part::Class if !from.as_class => (Part::Member, false),
            _ => return,
        };
        let graph = self.graph;
        if !graph.counts(act, self.as_of.known) {
            return;
        }
        for link in graph.of_act(act).iter().filter(|link| link.is(other)) {
            self.reach(Step {
                thing: link.thing(),
                certainty: from.certainty.max(link.certainty()),
                as_class,
                is_start: false,
                ..from
            });
        }
    }

    fn went_in(&self, parent: Thing, as_of: AsOf) -> Vec<Thing> {
        let is_parent = self.graph.of_thing(parent).any(|link| link.is(Part::Parent));
        // At the instant at which it was used up, its contents were in it still.
        if is_parent { self.graph.contents(parent, as_of) } else { Vec::new() }
    }

    fn is_before(&self, act: Act, bound: i64) -> bool {
        self.graph.at(act) <= bound && self.graph.holds(act, self.as_of)
    }

    fn is_after(&self, act: Act, bound: i64) -> bool {
        self.graph.at(act) >= bound && self.graph.holds(act, self.as_of)
    }
}

fn better(direction: Direction, bound: i64, than: i64) -> bool {
    match direction {
        Direction::Back => bound > than,
        Direction::Forward => bound < than,
    }
}

/// Spreads numbers of things: they come from the caller, who numbers them in order, so that nobody
/// outside can choose them.
#[derive(Debug, Default)]
struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        // The golden ratio's fraction in 64 bits: Knuth, The Art of Computer Programming 3, 6.4.
        let mixed = (self.0 ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ mixed >> 32;
    }
}
