//! With which bounds things were reached.

use std::hint::black_box;

use super::Direction;
use crate::act::Thing;

/// In the place of a place: nothing is there.
const FREE: u32 = u32::MAX;
/// The smallest table, and the largest that is kept for the next walk.
const SMALL: usize = 1 << 10;
const LARGE: usize = 1 << 18;

/// The best bounds with which a thing was reached.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bounds {
    itself: Option<i64>,
    as_class: Option<i64>,
}

impl Bounds {
    /// Whether nothing more lies behind a thing that is reached so.
    pub(super) fn covers(&self, bound: i64, as_class: bool, direction: Direction) -> bool {
        let by = |seen: Option<i64>| seen.is_some_and(|seen| !better(direction, bound, seen));
        // Reached as itself, a thing is gone on from in every way in which it would be as a class.
        by(self.itself) || as_class && by(self.as_class)
    }

    pub(super) fn set(&mut self, bound: i64, as_class: bool) {
        *(if as_class { &mut self.as_class } else { &mut self.itself }) = Some(bound);
    }
}

fn better(direction: Direction, bound: i64, than: i64) -> bool {
    match direction {
        Direction::Back => bound > than,
        Direction::Forward => bound < than,
    }
}

/// The bounds of the things of a walk.
///
/// It is as large as the answer and not as the graph, so that it stays in a near cache: a table with
/// open addresses, at most half full, of numbers of things and places of their bounds.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The number of a thing, and the place of its bounds; a power of two.
    table: Vec<(u32, u32)>,
    bounds: Vec<Bounds>,
}

impl Seen {
    pub(super) fn clear(&mut self) {
        self.bounds.clear();
        if self.table.len() > LARGE {
            self.table = Vec::new();
        }
        self.table.fill((0, FREE));
    }

    /// How many things there are.
    pub(super) fn len(&self) -> usize {
        self.bounds.len()
    }

    pub(super) fn get_mut(&mut self, thing: Thing) -> Option<&mut Bounds> {
        let (_, place) = *self.table.get(self.find(thing)?)?;
        self.bounds.get_mut(place as usize)
    }

    /// Fetches what is known of things into a near cache.
    pub(super) fn fetch(&self, things: impl Iterator<Item = Thing>) {
        let mask = self.table.len().wrapping_sub(1);
        let of = |thing: Thing| self.table.get(spread(thing.0) & mask).map_or(0, |entry| entry.1);
        black_box(things.fold(0, |sum, thing| sum ^ of(thing)));
    }

    /// Puts a thing in that is not there.
    pub(super) fn insert(&mut self, thing: Thing, bounds: Bounds) {
        if (self.bounds.len() + 1) * 2 > self.table.len() {
            self.grow();
        }
        let place = self.bounds.len() as u32;
        self.put(thing.0, place);
        self.bounds.push(bounds);
    }

    fn put(&mut self, thing: u32, place: u32) {
        if let Some(entry) = self.find(Thing(thing)).and_then(|at| self.table.get_mut(at)) {
            *entry = (thing, place);
        }
    }

    /// Where a thing is in the table, or would be; none where there is no table yet.
    fn find(&self, thing: Thing) -> Option<usize> {
        let mask = self.table.len().checked_sub(1)?;
        let mut at = spread(thing.0) & mask;
        loop {
            let (number, place) = *self.table.get(at)?;
            if place == FREE || number == thing.0 {
                return Some(at);
            }
            at = (at + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let size = (self.table.len() * 2).max(SMALL);
        let old = std::mem::replace(&mut self.table, vec![(0, FREE); size]);
        for (thing, place) in old.into_iter().filter(|(_, place)| *place != FREE) {
            self.put(thing, place);
        }
    }
}

/// Spreads numbers of things: they come from the caller, who numbers them in order, so that nobody
/// outside can choose them. The factor is the golden ratio's fraction in 64 bits: Knuth, The Art of
/// Computer Programming 3, 6.4.
fn spread(number: u32) -> usize {
    (u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize
}
