//! What came since the arrays were made.

use std::collections::HashMap;
use std::ops::Range;

use super::frozen::ActRow;
use crate::act::{Act, Link, NewAct, Thing};

#[derive(Debug, Clone, Default)]
pub(crate) struct Tail {
    rows: Vec<ActRow>,
    links: Vec<Link>,
    of_things: HashMap<Thing, Vec<Link>>,
    /// One more than the largest number of a thing.
    things: usize,
}

impl Tail {
    pub(crate) fn add(&mut self, act: Act, from: u64, new: &NewAct) {
        let first = self.links.len() as u32;
        let NewAct { at, record, note, .. } = *new;
        self.rows.push(ActRow { at, record, from, first, note });
        for (thing, part, certainty) in &new.links {
            let link = Link { other: thing.0, part: part.to_byte(), certainty: *certainty };
            self.links.push(link);
            self.of_things.entry(*thing).or_default().push(Link { other: act.0, ..link });
            self.things = self.things.max(thing.0 as usize + 1);
        }
    }

    pub(crate) fn into_parts(self) -> (Vec<ActRow>, Vec<Link>) {
        (self.rows, self.links)
    }

    pub(crate) fn of_act(&self, act: usize) -> &[Link] {
        let from = self.rows.get(act).map_or(self.links.len(), |row| row.first as usize);
        let to = self.rows.get(act + 1).map_or(self.links.len(), |row| row.first as usize);
        self.links.get(from..to).unwrap_or_default()
    }

    pub(crate) fn of_thing(&self, thing: Thing) -> &[Link] {
        self.of_things.get(&thing).map(Vec::as_slice).unwrap_or_default()
    }

    pub(crate) fn row(&self, act: usize) -> Option<&ActRow> {
        self.rows.get(act)
    }

    pub(crate) fn row_mut(&mut self, act: usize) -> Option<&mut ActRow> {
        self.rows.get_mut(act)
    }

    pub(crate) fn of_record(&self, record: u64) -> Range<u32> {
        let from = self.rows.partition_point(|row| row.record < record);
        let to = self.rows.partition_point(|row| row.record <= record);
        from as u32..to as u32
    }

    pub(crate) fn last_record(&self) -> Option<u64> {
        self.rows.last().map(|row| row.record)
    }

    pub(crate) fn things(&self) -> usize {
        self.things
    }

    pub(crate) fn acts(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn links(&self) -> usize {
        self.links.len()
    }
}
