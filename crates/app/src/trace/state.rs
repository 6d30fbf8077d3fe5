//! The graph as it stands in memory, and how it follows the records.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use ::trace::{ALWAYS, Act, Certainty, Graph, Names, NewAct, Part, Span, Thing};
use sha2::{Digest as _, Sha256};
use store::readings::Interval;

use super::amount::Amounts;
use super::interpret::{Named, Said};
use super::note::{Note, What};
use super::position::Positions;
use super::sort::{Sort, product_of};

/// Of so many links the tail is a part that walks feel.
const LONG_TAIL: usize = 100_000;

/// The graph as of so many records known.
#[derive(Default)]
pub(super) struct State {
    pub(super) graph: Graph,
    pub(super) names: Names,
    pub(super) amounts: Amounts,
    pub(super) positions: Positions,
    pub(super) events: Events,
    /// How many records it knows.
    pub(super) known: u64,
    /// How many were made before it in this run of the program.
    pub(super) made: u64,
}

/// Which records tell of which event, for those that are declared wrong.
#[derive(Default)]
pub(super) struct Events {
    /// Records by a digest of the event's id.
    pub(super) of_id: HashMap<u64, u64>,
    /// Those that have an id in common with one before: a correction of its record has.
    pub(super) again: BTreeMap<u64, Vec<u64>>,
    /// Declarations by a digest of the id of the event that they declare wrong.
    pub(super) declared: BTreeMap<u64, Vec<u64>>,
    /// When declarations count.
    pub(super) spans: BTreeMap<u64, Vec<Span>>,
}

impl Events {
    fn add(&mut self, id: u64, record: u64) {
        match self.of_id.get(&id) {
            None => _ = self.of_id.insert(id, record),
            Some(first) if *first == record => {}
            Some(_) => self.again.entry(id).or_default().push(record),
        }
    }

    fn originals(&self, id: u64) -> impl Iterator<Item = u64> + '_ {
        let again = self.again.get(&id).into_iter().flatten();
        self.of_id.get(&id).into_iter().chain(again).copied()
    }

    /// When the event of a record was declared wrong.
    fn taken(&self) -> HashMap<u64, Vec<Span>> {
        let mut taken: HashMap<u64, Vec<Span>> = HashMap::new();
        for (id, declarations) in &self.declared {
            let spans = declarations.iter().filter_map(|record| self.spans.get(record)).flatten();
            let spans: Vec<Span> = spans.copied().collect();
            for original in self.originals(*id) {
                taken.entry(original).or_default().extend(&spans);
            }
        }
        taken
    }
}

/// A digest of the id of an event.
fn digest(id: &str) -> u64 {
    let digest = Sha256::digest(id.as_bytes());
    digest.first_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// What some records add.
pub(super) struct Change {
    pub(super) known: u64,
    pub(super) said: Vec<Said>,
    /// The intervals of these records, and of those before to which they did something.
    pub(super) intervals: Vec<Interval>,
    /// Records before, to which they did something.
    pub(super) touched: BTreeSet<u64>,
}

impl State {
    /// The records before, to which what was said does something by declaring their events wrong.
    pub(super) fn declared_by(&self, said: &[Said]) -> BTreeSet<u64> {
        let ids = said.iter().filter(|said| said.declares).filter_map(|said| said.event.as_deref());
        ids.flat_map(|id| self.events.originals(digest(id))).collect()
    }

    /// The originals of declarations to which something was done.
    pub(super) fn declared_with(&self, touched: &BTreeSet<u64>) -> BTreeSet<u64> {
        let has = |records: &&Vec<u64>| records.iter().any(|record| touched.contains(record));
        let of = |id: &u64| self.events.originals(*id).collect::<Vec<_>>();
        let changed = self.events.declared.iter().filter(|(_, records)| has(records));
        changed.flat_map(|(id, _)| of(id)).collect()
    }

    /// Follows the records.
    ///
    /// # Errors
    /// [`::trace::Error::Full`], [`::trace::Error::OutOfOrder`].
    pub(super) fn apply(&mut self, change: Change) -> Result<(), ::trace::Error> {
        let mut spans: HashMap<u64, Vec<Span>> = HashMap::new();
        for Interval { position, from, until } in change.intervals {
            spans.entry(position).or_default().push(Span { from, until });
        }
        let counts = |record: u64| spans.get(&record).cloned().unwrap_or_default();
        let mut anew = change.touched;
        for said in &change.said {
            let Some(id) = said.event.as_deref().map(digest) else { continue };
            if said.declares {
                self.events.declared.entry(id).or_default().push(said.record);
            } else {
                self.events.add(id, said.record);
            }
        }
        // What was declared wrong before it came, or together with it, is wrong from the start.
        for said in change.said.iter().filter(|said| !said.declares) {
            let id = said.event.as_deref().map(digest);
            if id.is_some_and(|id| self.events.declared.contains_key(&id)) {
                anew.insert(said.record);
            }
        }
        let declarations = self.events.declared.values().flatten().copied();
        let declarations: Vec<u64> =
            declarations.filter(|record| spans.contains_key(record)).collect();
        for record in declarations {
            self.events.spans.insert(record, counts(record));
        }
        for said in change.said {
            let counts = counts(said.record);
            if !said.declares {
                self.add(said, counts)?;
            }
        }
        if !anew.is_empty() {
            let taken = self.events.taken();
            for record in anew {
                let own = counts(record);
                let taken = taken.get(&record).map(Vec::as_slice).unwrap_or_default();
                self.graph.set_counts(record, &without(&own, taken));
            }
        }
        self.known = change.known;
        if self.graph.in_tail() > LONG_TAIL.max(self.graph.links() / 8) {
            self.graph.compact();
        }
        Ok(())
    }

    fn add(&mut self, said: Said, counts: Vec<Span>) -> Result<(), ::trace::Error> {
        let Said { record, at, note, links, memberships, position, .. } = said;
        let mut new = Vec::new();
        let act = Act(u32::try_from(self.graph.acts()).map_err(|_| ::trace::Error::Full)?);
        let mut numbered = Vec::with_capacity(links.len());
        for link in links {
            let thing = self.number(link.thing, &mut new)?;
            if let Some((value, unit)) = link.amount {
                self.amounts.push(act.0, thing.0, value, &unit);
            }
            numbered.push((thing, link.part, link.certainty));
        }
        let main =
            NewAct { record, counts: counts.clone(), at, note: note.to_bits(), links: numbered };
        self.graph.add(&main)?;
        if let Some((place, spot)) = position {
            let place = self.number(place, &mut new)?;
            self.positions.push(place, act, spot);
        }
        let note = Note { kind: note.kind, ..Note::of(What::Membership) }.to_bits();
        for membership in memberships {
            let class = self.number(membership.class, &mut new)?;
            let mut links = vec![(class, Part::Class, membership.certainty)];
            for member in membership.members {
                let member = self.number(member, &mut new)?;
                links.push((member, Part::Member, membership.certainty));
            }
            self.graph.add(&NewAct { record, counts: counts.clone(), at, note, links })?;
        }
        self.classes(record, new)
    }

    fn number(&mut self, named: Named, new: &mut Vec<Thing>) -> Result<Thing, ::trace::Error> {
        let (thing, is_new) = self.names.number(&named.name, named.sort as u8)?;
        if is_new && product_of(self.names.name(thing)).is_some() {
            new.push(thing);
        }
        Ok(thing)
    }

    /// The products that names tell of hold always.
    fn classes(&mut self, record: u64, new: Vec<Thing>) -> Result<(), ::trace::Error> {
        let mut of_products: BTreeMap<String, Vec<Thing>> = BTreeMap::new();
        for thing in new {
            if let Some(product) = product_of(self.names.name(thing)) {
                of_products.entry(product.to_owned()).or_default().push(thing);
            }
        }
        for (product, members) in of_products {
            let (class, _) = self.names.number(&product, Sort::Product as u8)?;
            let note = Note::of(What::Membership);
            let mut act = NewAct::new(record, ALWAYS).noted(note.to_bits());
            act = act.with(class, Part::Class, Certainty::Inferred);
            for member in members {
                act = act.with(member, Part::Member, Certainty::Inferred);
            }
            self.graph.add(&act)?;
        }
        Ok(())
    }

    pub(super) fn note(&self, act: Act) -> Note {
        Note::from_bits(self.graph.note(act))
    }

    pub(super) fn sort(&self, thing: Thing) -> Sort {
        self.names.sort(thing).map_or(Sort::Other, Sort::of_byte)
    }

    /// Everything that it holds as text: whether it followed or was made anew, it is the same.
    pub(super) fn dump(&self) -> String {
        let mut text = String::new();
        for act in (0..self.graph.acts() as u32).map(Act) {
            let _ = write!(
                text,
                "{} {} {:?} {:?}",
                self.graph.record(act),
                self.graph.at(act),
                self.note(act),
                self.graph.spans(act)
            );
            for link in self.graph.of_act(act) {
                let name = self.names.name(link.thing());
                let sort = self.sort(link.thing()).word();
                let _ = write!(text, " [{:?} {:?} {sort} {name}", link.part(), link.certainty());
                for (value, unit) in self.amounts.of(act.0, link.thing().0) {
                    let _ = write!(text, " {value} {unit}");
                }
                if let Some(spot) = self.positions.said_by(act, link.thing()) {
                    let _ = write!(text, " {spot:?}");
                }
                text.push(']');
            }
            text.push('\n');
        }
        text
    }
}

/// What is left of some spans, in order and without overlap.
fn without(spans: &[Span], taken: &[Span]) -> Vec<Span> {
    let mut left = spans.to_vec();
    for taken in taken {
        let cut = |span: Span| {
            let before = Span { from: span.from, until: span.until.min(taken.from) };
            let after = Span { from: span.from.max(taken.until), until: span.until };
            // Of spans that do not meet, the one or the other is the whole span.
            let both = if taken.until <= span.from || taken.from >= span.until {
                [Some(span), None]
            } else {
                [Some(before), Some(after)]
            };
            both.into_iter().flatten().filter(|span| span.from < span.until)
        };
        left = left.into_iter().flat_map(cut).collect();
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_taken() {
        let span = |from, until| Span { from, until };
        let open = Span::from(2);
        assert_eq!(without(&[open], &[]), [open]);
        assert_eq!(without(&[open], &[Span::from(5)]), [span(2, 5)]);
        assert_eq!(without(&[open], &[span(5, 7)]), [span(2, 5), Span::from(7)]);
        assert_eq!(without(&[open], &[Span::from(1)]), []);
        assert_eq!(without(&[span(2, 4), span(6, 9)], &[span(3, 7)]), [span(2, 3), span(7, 9)]);
        assert_eq!(without(&[span(2, 4)], &[span(4, 6)]), [span(2, 4)]);
        assert_eq!(without(&[span(2, 4)], &[span(1, 2)]), [span(2, 4)]);
    }
}
