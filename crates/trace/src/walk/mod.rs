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

mod expand;
mod seen;

use std::collections::VecDeque;

use crate::act::{Act, Certainty, Thing};
use crate::as_of::AsOf;
use crate::graph::Graph;
use expand::Batch;
use seen::{Bounds, Seen};

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

/// Steps that are gone on from together: memory is far, and what many steps wait for is waited for at
/// once.
const TOGETHER: usize = 256;

/// Walks over graphs. It keeps its memory from one walk to the next.
#[derive(Debug)]
pub struct Walker {
    /// With which bounds things were reached.
    seen: Seen,
    /// What is to be gone on from: one queue for each certainty, the most certain first.
    waiting: [VecDeque<Step>; 3],
    batch: Batch,
    /// How many steps are gone on from together. It changes no answer.
    together: usize,
}

impl Default for Walker {
    fn default() -> Self {
        Self {
            seen: Seen::default(),
            waiting: Default::default(),
            batch: Batch::default(),
            together: TOGETHER,
        }
    }
}

/// How a thing is reached.
#[derive(Debug, Clone, Copy)]
struct Step {
    thing: Thing,
    /// The place in the answer of what it is reached from; [`START`] where the walk begins.
    from: u32,
    bound: i64,
    layer: u32,
    through: Option<Act>,
    certainty: Certainty,
    as_class: bool,
}

/// In the place of a place.
const START: u32 = u32::MAX;

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
        self.walk_telling(graph, start, direction, as_of, most, |_| {})
    }

    /// As [`walk_from`](Self::walk_from), telling what was reached while it goes on: each time some
    /// of the answer's next, in its order. So the first can be used before the last is found.
    pub fn walk_telling(
        &mut self,
        graph: &Graph,
        start: impl IntoIterator<Item = Start>,
        direction: Direction,
        as_of: AsOf,
        most: usize,
        tell: impl FnMut(&[Reached]),
    ) -> Answer {
        // As large as the last.
        let reached = Vec::with_capacity(self.seen.len());
        self.seen.clear();
        self.batch.clear();
        self.waiting.iter_mut().for_each(VecDeque::clear);
        let mut answer = Answer { reached, things: 0, is_whole: true };
        let mut walk = Walk { walker: self, graph, direction, as_of, most, answer: &mut answer };
        for Start { thing, certainty, bound } in start {
            walk.reach(Step {
                thing,
                certainty,
                bound,
                as_class: false,
                through: None,
                from: START,
                layer: 0,
            });
        }
        walk.go(tell);
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
    /// Notes that a thing is to be gone on from.
    fn reach(&mut self, step: Step) {
        self.walker.waiting[step.certainty as usize].push_back(step);
    }

    /// Goes on from what waits, many steps at a time. What comes of a step waits behind all that
    /// waited before it or is less certain, so that how many are taken at a time changes nothing.
    fn go(&mut self, mut tell: impl FnMut(&[Reached])) {
        let mut batch = std::mem::take(&mut self.walker.batch);
        for certainty in Certainty::ALL {
            loop {
                let waiting = &mut self.walker.waiting[certainty as usize];
                let next = waiting.len().min(self.walker.together);
                if next == 0 {
                    break;
                }
                batch.steps.clear();
                batch.steps.extend(waiting.drain(..next));
                self.walker.seen.fetch(batch.steps.iter().map(|step| step.thing));
                let first = self.answer.reached.len();
                for step in &batch.steps {
                    self.enter(step);
                }
                self.expand(first, &mut batch);
                tell(self.answer.reached.get(first..).unwrap_or_default());
            }
        }
        self.walker.batch = batch;
    }

    /// Puts a thing into the answer, unless it was gone on from already with no less certainty: what
    /// waits longer is less certain.
    fn enter(&mut self, step: &Step) {
        let place = self.answer.reached.len() as u32;
        let is_full = self.walker.seen.len() >= self.most;
        let is_again = match self.walker.seen.get_mut(step.thing) {
            Some(seen) => {
                if seen.covers(step.bound, step.as_class, self.direction) {
                    return;
                }
                seen.set(step.bound, step.as_class);
                true
            }
            None if is_full => {
                self.answer.is_whole = false;
                return;
            }
            None => {
                let mut bounds = Bounds::default();
                bounds.set(step.bound, step.as_class);
                self.walker.seen.insert(step.thing, bounds);
                self.answer.things += 1;
                false
            }
        };
        self.answer.reached.push(Reached {
            thing: step.thing,
            certainty: step.certainty,
            layer: step.layer,
            through: step.through,
            from: if step.from == START { place } else { step.from },
            as_class: step.as_class,
            bound: step.bound,
            is_again,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::{NewAct, Part};

    /// Layers of things made of things of the layer before, now and then packed, and of lots.
    fn graph(seed: u64) -> Graph {
        let mut graph = Graph::default();
        let mut state = seed;
        let mut below = |bound: u64| {
            // Knuth, The Art of Computer Programming 2, 3.3.4.
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) % bound
        };
        for record in 0..500_u64 {
            let mut act = NewAct::new(record, record as i64 + below(40) as i64);
            let near = |number: u64| Thing((record / 2 + number) as u32);
            let [first, second] = match below(5) {
                0 => [Part::Parent, Part::Child],
                1 => [Part::Class, Part::Member],
                _ => [Part::Output, Part::Input],
            };
            let firsts = if first == Part::Output { 1 + below(3) } else { 1 };
            for _ in 0..firsts {
                let certainty = Certainty::ALL[below(3) as usize];
                act = act.with(near(below(60) + 40), first, certainty);
            }
            // Now and then so many that it is remembered that they were gone through.
            let many = if below(20) == 0 { 50 } else { 3 };
            for _ in 0..1 + below(many) {
                let certainty = Certainty::ALL[below(3) as usize];
                act = act.with(near(below(40)), second, certainty);
            }
            graph.add(&act).unwrap();
        }
        graph
    }

    #[test]
    fn how_many_steps_are_taken_at_a_time_changes_nothing() {
        let mut went_far = false;
        for seed in 0..2 {
            let mut graph = graph(seed);
            for is_compact in [false, true] {
                if is_compact {
                    graph.compact();
                }
                let mut walker = Walker::default();
                for direction in [Direction::Back, Direction::Forward] {
                    for start in [60, 150] {
                        let as_of = AsOf { valid: 500, known: 480 };
                        let mut walk = |together| {
                            walker.together = together;
                            walker.walk(&graph, &[Thing(start)], direction, as_of, usize::MAX)
                        };
                        let one = walk(1);
                        went_far |= one.reached.len() > TOGETHER;
                        assert_eq!(one, walk(3));
                        assert_eq!(one, walk(TOGETHER));
                    }
                }
            }
        }
        assert!(went_far);
    }
}
