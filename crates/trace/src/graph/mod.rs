//! Things and acts in arrays, with a tail for what came since.
//!
//! The arrays hold 16 bytes a link (8 at the thing, 8 at the act), 32 an act and 4 a thing. What is
//! added later lies in a tail of small lists, which [`Graph::compact`] merges into the arrays; which
//! of the two a link lies in changes no answer.

mod frozen;
pub(crate) mod tail;

use std::collections::HashMap;

use crate::act::{ALWAYS, Act, Link, NewAct, Thing};
use crate::as_of::{AsOf, Span};
use crate::error::Error;

pub(crate) use frozen::{ActRow, Frozen};
use tail::Tail;

/// Things, acts, and the links between them.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    pub(crate) base: Frozen,
    pub(crate) tail: Tail,
    /// When acts count that do not count from one position on for ever.
    pub(crate) spans: HashMap<Act, Box<[Span]>>,
}

impl Graph {
    /// How many things there are numbers for.
    pub fn things(&self) -> usize {
        self.base.things().max(self.tail.things())
    }

    /// How many acts there are.
    pub fn acts(&self) -> usize {
        self.base.acts() + self.tail.acts()
    }

    /// How many links there are; each has two ends.
    pub fn links(&self) -> usize {
        self.base.links() + self.tail.links()
    }

    /// How many links wait in the tail: a few acts can have many.
    pub fn in_tail(&self) -> usize {
        self.tail.links()
    }

    /// Bytes that the arrays take.
    pub fn bytes(&self) -> usize {
        self.base.bytes() + self.spans.len() * (size_of::<(Act, Box<[Span]>)>() + size_of::<Span>())
    }

    /// The record of the last act.
    pub fn last_record(&self) -> Option<u64> {
        self.tail.last_record().or_else(|| self.base.last_record())
    }

    /// Puts an act behind all others.
    ///
    /// # Errors
    /// [`Error::OutOfOrder`], [`Error::Full`]: the graph is as it was.
    pub fn add(&mut self, new: &NewAct) -> Result<Act, Error> {
        if let Some(last) = self.last_record().filter(|last| *last > new.record) {
            return Err(Error::OutOfOrder { last, record: new.record });
        }
        if self.links() + new.links.len() > u32::MAX as usize {
            return Err(Error::Full);
        }
        let act = Act(u32::try_from(self.acts()).map_err(|_| Error::Full)?);
        let (from, exceptional) = first_span(&new.counts);
        if let Some(spans) = exceptional {
            self.spans.insert(act, spans);
        }
        self.tail.add(act, from, new);
        Ok(act)
    }

    /// The acts of a record.
    pub fn of_record(&self, record: u64) -> impl Iterator<Item = Act> + '_ {
        let of_base = self.base.of_record(record);
        let of_tail = self.tail.of_record(record);
        let first = self.base.acts() as u32;
        of_base.map(Act).chain(of_tail.map(move |at| Act(first + at)))
    }

    /// Says anew when a record counts, as after a correction or a withdrawal. Its acts stay, and
    /// what holds [always](crate::act::ALWAYS) goes on to hold.
    pub fn set_counts(&mut self, record: u64, counts: &[Span]) {
        let acts: Vec<Act> = self.of_record(record).filter(|act| self.at(*act) != ALWAYS).collect();
        let (from, exceptional) = first_span(counts);
        for act in acts {
            if let Some(row) = self.row_mut(act) {
                row.from = from;
            }
            match &exceptional {
                Some(spans) => _ = self.spans.insert(act, spans.clone()),
                None => _ = self.spans.remove(&act),
            }
        }
    }

    /// Merges the tail into the arrays.
    pub fn compact(&mut self) {
        if self.tail.acts() == 0 {
            return;
        }
        let tail = std::mem::take(&mut self.tail);
        let base = std::mem::take(&mut self.base);
        self.base = base.merged(tail);
    }

    /// When an act was done; µs since 1970, UTC.
    pub fn at(&self, act: Act) -> i64 {
        self.row(act).at
    }

    /// The note of an act.
    pub fn note(&self, act: Act) -> u32 {
        self.row(act).note
    }

    /// The position of an act's record.
    pub fn record(&self, act: Act) -> u64 {
        self.row(act).record
    }

    /// Whether an act counts when the first so many records are known.
    pub fn counts(&self, act: Act, known: u64) -> bool {
        let row = self.row(act);
        if row.from != EXCEPTIONAL {
            return row.from < known;
        }
        self.spans.get(&act).is_some_and(|spans| spans.iter().any(|span| span.holds(known)))
    }

    /// When an act counts.
    pub fn spans(&self, act: Act) -> Vec<Span> {
        let row = self.row(act);
        match row.from {
            EXCEPTIONAL => self.spans.get(&act).map(|spans| spans.to_vec()).unwrap_or_default(),
            from => vec![Span::from(from)],
        }
    }

    /// Whether an act had happened by then and counts.
    pub fn holds(&self, act: Act, as_of: AsOf) -> bool {
        self.row(act).at <= as_of.valid && self.counts(act, as_of.known)
    }

    /// The things in an act, in the order in which the record gave them.
    pub fn of_act(&self, act: Act) -> &[Link] {
        match (act.0 as usize).checked_sub(self.base.acts()) {
            None => self.base.of_act(act.0 as usize),
            Some(at) => self.tail.of_act(at),
        }
    }

    /// The acts that a thing is in, in the order of time, those of one time in the order of their
    /// records; whether they lie in the arrays or in the tail.
    pub fn of_thing(&self, thing: Thing) -> impl Iterator<Item = Link> + '_ {
        let tail = if self.tail.acts() == 0 { &[] } else { self.tail.of_thing(thing) };
        let mut tail = tail.to_vec();
        tail.sort_by_key(|link| self.at(link.act()));
        let (mut base, mut tail) =
            (self.base.of_thing(thing).iter().copied().peekable(), tail.into_iter().peekable());
        std::iter::from_fn(move || match (base.peek(), tail.peek()) {
            // All of the tail lies behind the arrays.
            (Some(first), Some(late)) if self.at(late.act()) < self.at(first.act()) => tail.next(),
            (Some(_), _) => base.next(),
            (None, _) => tail.next(),
        })
    }

    pub(crate) fn row(&self, act: Act) -> &ActRow {
        const NONE: ActRow =
            ActRow { at: i64::MAX, record: u64::MAX, from: u64::MAX - 1, first: 0, note: 0 };
        let found = match (act.0 as usize).checked_sub(self.base.acts()) {
            None => self.base.row(act.0 as usize),
            Some(at) => self.tail.row(at),
        };
        // An act that is not there has not happened and counts for nobody.
        found.unwrap_or(&NONE)
    }

    fn row_mut(&mut self, act: Act) -> Option<&mut ActRow> {
        match (act.0 as usize).checked_sub(self.base.acts()) {
            None => self.base.row_mut(act.0 as usize),
            Some(at) => self.tail.row_mut(at),
        }
    }
}

/// In the place of a position: the act counts as its spans say.
pub(crate) const EXCEPTIONAL: u64 = u64::MAX;

/// From where an act counts, and its spans where that does not say all.
fn first_span(counts: &[Span]) -> (u64, Option<Box<[Span]>>) {
    match counts {
        [Span { from, until: Span::OPEN }] if *from != EXCEPTIONAL => (*from, None),
        spans => (EXCEPTIONAL, Some(spans.into())),
    }
}
