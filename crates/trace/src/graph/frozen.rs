//! The arrays.

use std::ops::Range;

use super::tail::Tail;
use crate::act::{Link, Part, Thing};

/// An act: 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ActRow {
    pub(crate) at: i64,
    pub(crate) record: u64,
    /// From which position on it counts, or [`EXCEPTIONAL`](super::EXCEPTIONAL).
    pub(crate) from: u64,
    /// Its first link; its last is before the first of the next act.
    pub(crate) first: u32,
    pub(crate) note: u32,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Frozen {
    pub(crate) acts: Vec<ActRow>,
    /// The links of each act, one act behind the other.
    pub(crate) act_links: Vec<Link>,
    /// Where the links of each thing begin; one more than there are things.
    pub(crate) things: Vec<u32>,
    /// The links of each thing in the order of time, one thing behind the other.
    pub(crate) thing_links: Vec<Link>,
    /// A bit for each thing: whether something was ever packed into it.
    parents: Vec<u64>,
}

impl Frozen {
    /// Arrays over acts whose rows say where their links begin.
    pub(crate) fn new(acts: Vec<ActRow>, act_links: Vec<Link>) -> Self {
        let mut frozen = Self {
            acts,
            act_links,
            things: Vec::new(),
            thing_links: Vec::new(),
            parents: Vec::new(),
        };
        frozen.index();
        frozen
    }

    /// Makes the ends at the things from those at the acts.
    fn index(&mut self) {
        let number = self.act_links.iter().map(|link| link.other as usize + 1).max().unwrap_or(0);
        let mut things = vec![0_u32; number + 1];
        let mut parents = vec![0_u64; number.div_ceil(64)];
        for link in &self.act_links {
            things[link.other as usize + 1] += 1;
            if link.is(Part::Parent) {
                parents[link.other as usize / 64] |= 1 << (link.other % 64);
            }
        }
        for at in 0..number {
            things[at + 1] += things[at];
        }
        let mut by_time: Vec<u32> = (0..self.acts.len() as u32).collect();
        // Stable: acts of one instant stay in the order of their records.
        by_time.sort_by_key(|act| self.acts[*act as usize].at);
        let mut next = things.clone();
        let mut links = self.act_links.clone();
        for act in by_time {
            for at in self.links_of(act as usize) {
                let link = self.act_links[at];
                let place = &mut next[link.other as usize];
                links[*place as usize] = Link { other: act, ..link };
                *place += 1;
            }
        }
        (self.things, self.thing_links, self.parents) = (things, links, parents);
    }

    pub(crate) fn merged(mut self, tail: Tail) -> Self {
        let (rows, links) = tail.into_parts();
        let before = self.act_links.len() as u32;
        self.act_links.extend(links);
        self.acts.extend(rows.into_iter().map(|row| ActRow { first: row.first + before, ..row }));
        Self::new(self.acts, self.act_links)
    }

    fn links_of(&self, act: usize) -> Range<usize> {
        let end = self.acts.get(act + 1).map_or(self.act_links.len(), |next| next.first as usize);
        self.acts.get(act).map_or(0..0, |row| row.first as usize..end)
    }

    pub(crate) fn of_act(&self, act: usize) -> &[Link] {
        self.act_links.get(self.links_of(act)).unwrap_or_default()
    }

    pub(crate) fn of_thing(&self, thing: Thing) -> &[Link] {
        let at = thing.0 as usize;
        let range = self.things.get(at).zip(self.things.get(at + 1));
        let links = range.and_then(|(from, to)| self.thing_links.get(*from as usize..*to as usize));
        links.unwrap_or_default()
    }

    pub(crate) fn is_parent(&self, thing: Thing) -> bool {
        let word = self.parents.get(thing.0 as usize / 64);
        word.is_some_and(|word| word >> (thing.0 % 64) & 1 == 1)
    }

    pub(crate) fn row(&self, act: usize) -> Option<&ActRow> {
        self.acts.get(act)
    }

    pub(crate) fn row_mut(&mut self, act: usize) -> Option<&mut ActRow> {
        self.acts.get_mut(act)
    }

    pub(crate) fn of_record(&self, record: u64) -> Range<u32> {
        let from = self.acts.partition_point(|row| row.record < record);
        let to = self.acts.partition_point(|row| row.record <= record);
        from as u32..to as u32
    }

    pub(crate) fn last_record(&self) -> Option<u64> {
        self.acts.last().map(|row| row.record)
    }

    pub(crate) fn things(&self) -> usize {
        self.things.len().saturating_sub(1)
    }

    pub(crate) fn acts(&self) -> usize {
        self.acts.len()
    }

    pub(crate) fn links(&self) -> usize {
        self.act_links.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.acts)
            + size_of_val(&*self.things)
            + size_of_val(&*self.act_links)
            + size_of_val(&*self.thing_links)
            + size_of_val(&*self.parents)
    }
}
