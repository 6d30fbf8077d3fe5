//! How much of a lot is where: what was made, sent, received, sold and used, by party.
//!
//! One movement is often told more than once: by who sent it, by who received it, by a line of the
//! sale and one of the purchase. Between two parties the largest of these sums is what went.

use std::collections::{BTreeMap, BTreeSet};

use ::trace::{AsOf, Part, Sighting, Thing};

use super::answer;
use super::meaning::Meanings;
use super::note::{Life, What};
use super::state::State;
use super::whereabouts::Sides;

/// Some of a lot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) state: answer::State,
    pub(super) party: Option<Thing>,
    pub(super) place: Option<Thing>,
    /// By the last act that says so.
    pub(super) last: Sighting,
    /// Amount and unit; none where no act tells.
    pub(super) amount: Option<(i64, String)>,
}

/// Sums of one party in one unit.
#[derive(Default)]
struct Account {
    made: i128,
    arrived: i128,
    sold: i128,
    used: i128,
    ended: i128,
    recalled: i128,
    returned: i128,
}

/// What went from one party to another, as each side tells it.
#[derive(Default)]
struct Flow {
    sent: i128,
    arrived: i128,
    sale: i128,
    purchase: i128,
}

impl Flow {
    fn largest(&self) -> i128 {
        self.sent.max(self.arrived).max(self.traded())
    }

    fn traded(&self) -> i128 {
        self.sale.max(self.purchase)
    }
}

#[derive(Default)]
struct Book {
    accounts: BTreeMap<Option<Thing>, Account>,
    flows: BTreeMap<(Option<Thing>, Option<Thing>), Flow>,
}

/// Where the parts of a lot are. A lot that no act speaks of has none.
pub(super) fn of_lot(state: &State, meanings: &Meanings, lot: Thing, as_of: AsOf) -> Vec<Share> {
    let seen = state.graph.sightings(lot, as_of);
    let Some(last) = seen.last() else { return Vec::new() };
    // A place belongs to who receives there.
    let mut keepers: BTreeMap<Thing, Thing> = BTreeMap::new();
    let mut latest: BTreeMap<Option<Thing>, (Sighting, Option<Thing>)> = BTreeMap::new();
    for one in &seen {
        let sides = Sides::of(state, meanings, one.act);
        let note = state.note(one.act);
        if let (Some(place), Some(reporter)) = (sides.place, sides.reporter)
            && note.life != Life::Sent
        {
            keepers.insert(place, reporter);
        }
    }
    let mut books: BTreeMap<&str, Book> = BTreeMap::new();
    let mut parties: BTreeSet<Option<Thing>> = BTreeSet::new();
    for one in &seen {
        let note = state.note(one.act);
        let sides = Sides::of(state, meanings, one.act);
        let here = sides.reporter.or(sides.from).or(sides.place);
        let at_end = sides.to.or_else(|| {
            let place = sides.to_place?;
            Some(keepers.get(&place).copied().unwrap_or(place))
        });
        let place = if note.life == Life::Sent { sides.to_place } else { sides.place };
        let subject = match (note.what, note.life) {
            (What::Trade, Life::Sold) => sides.from,
            (What::Trade, _) => sides.to.or(sides.reporter),
            (_, Life::Sent) => at_end,
            _ => here,
        };
        parties.insert(subject);
        latest.insert(subject, (*one, place));
        for (value, unit) in state.amounts.of(one.act.0, lot.0) {
            let value = i128::from(value);
            let book = books.entry(unit).or_default();
            if note.what == What::Trade {
                match (sides.from, sides.to) {
                    (from, None) if !note.reversed => {
                        book.accounts.entry(from).or_default().sold += value
                    }
                    (None, to) if note.reversed => {
                        book.accounts.entry(to).or_default().returned += value;
                    }
                    (from, to) => {
                        let flow = book.flows.entry((from, to)).or_default();
                        let by_buyer = sides.reporter.is_some() && sides.reporter == to;
                        *(if by_buyer { &mut flow.purchase } else { &mut flow.sale }) += value;
                    }
                }
                continue;
            }
            let from = sides.from.or(sides.reporter).or(sides.place);
            match (one.part, note.life) {
                (Part::Input, _) => book.accounts.entry(here).or_default().used += value,
                (Part::Output, _) | (_, Life::Begin) => {
                    book.accounts.entry(here).or_default().made += value;
                }
                (_, Life::Sent) => book.flows.entry((from, at_end)).or_default().sent += value,
                (_, Life::Arrived) => {
                    let to = sides.to.or(here);
                    let from = sides.from.filter(|from| Some(*from) != to);
                    match from {
                        Some(_) => book.flows.entry((from, to)).or_default().arrived += value,
                        None => book.accounts.entry(to).or_default().arrived += value,
                    }
                }
                (_, Life::Sold) => book.accounts.entry(here).or_default().sold += value,
                (_, Life::Returned) => book.accounts.entry(here).or_default().returned += value,
                (_, Life::Recalled) => book.accounts.entry(here).or_default().recalled += value,
                (_, Life::Ended) => book.accounts.entry(here).or_default().ended += value,
                _ => {}
            }
        }
    }
    let of = |party: Option<Thing>| latest.get(&party).copied().unwrap_or((*last, None));
    let mut shares = Vec::new();
    if books.is_empty() {
        // Nobody tells how much: each who had it last as far as is known.
        for party in parties {
            let (seen, place) = of(party);
            let found = super::whereabouts::of_sighting(state, meanings, seen);
            let place = found.place.or(place);
            shares.push(Share { state: found.state, party, place, last: seen, amount: None });
        }
        return shares;
    }
    for (unit, book) in books {
        let mut all: BTreeSet<Option<Thing>> = book.accounts.keys().copied().collect();
        all.extend(book.flows.keys().flat_map(|(from, to)| [*from, *to]));
        for party in all {
            let none = Account::default();
            let own = book.accounts.get(&party).unwrap_or(&none);
            let (mut went, mut sent_here, mut told_here, mut traded_here) = (0, 0, own.arrived, 0);
            for ((from, to), flow) in &book.flows {
                if *from == party {
                    went += flow.largest();
                }
                if *to == party {
                    sent_here += flow.sent;
                    told_here += flow.arrived;
                    traded_here += flow.traded();
                }
            }
            let came = told_here.max(traded_here);
            let on_the_way = (sent_here - came).max(0);
            let gone = went + own.sold + own.used + own.ended + own.recalled;
            let left = (own.made + came + own.returned - gone).max(0);
            let (seen, place) = of(party);
            let states = [
                (answer::State::Held, left),
                (answer::State::InTransit, on_the_way),
                (answer::State::Sold, (own.sold - own.returned).max(0)),
                (answer::State::Used, own.used),
                (answer::State::Recalled, own.recalled),
                (answer::State::Ended, own.ended),
            ];
            for (is, value) in states {
                if let Ok(value) = i64::try_from(value)
                    && value > 0
                {
                    let amount = Some((value, unit.to_owned()));
                    shares.push(Share { state: is, party, place, last: seen, amount });
                }
            }
        }
    }
    shares
}
