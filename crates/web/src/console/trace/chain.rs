//! The answers to both directions as one picture's matter.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use app::registry::Called;
use app::trace::ScopeLine;
use app::trace::answer::{Certainty, Finding, PartInAct, State, Traced, TracedAct};
use model::Timestamp;

use crate::page::Page;
use crate::page::facts::plain_id;
use crate::site::Site;

/// A thing of the chain.
#[derive(Debug, Clone)]
pub struct Thing {
    /// Its key.
    pub id: String,
    /// Its sort.
    pub sort: &'static str,
    /// Acts between it and what was asked about; behind it below zero.
    pub layer: i64,
    /// How certain it is.
    pub certainty: Certainty,
    /// Who made or packed it, as far as it is known; else who has it.
    pub party: Option<String>,
    /// Who has it, or had it last.
    pub holder: Option<String>,
    /// How it stands.
    pub state: Option<State>,
    /// When it came to be, as far as it was seen.
    pub at: Option<Timestamp>,
    /// How much of it came to be.
    pub quantity: Option<(String, String)>,
    /// The record by which it came to be.
    pub record: Option<String>,
    /// Whether it is what was asked about, or came of it.
    pub is_hit: bool,
    /// Whether a test was passed; none where there is none.
    pub test: Option<bool>,
    /// Whether an instrument that was asked about, or one in doubt, was used.
    pub instruments: usize,
    /// Whether something of it does not fit.
    pub is_odd: bool,
    /// Whether a recall names it.
    pub is_recalled: bool,
    /// Whether all that says something of it is not for the reader.
    pub is_hidden: bool,
}

/// An act of what was asked about.
pub struct OwnAct {
    /// The act.
    pub act: TracedAct,
    /// What the thing is in it; none where it stands around it, as an instrument does.
    pub part: Option<PartInAct>,
    /// The other things in it, by their ids.
    pub others: Vec<String>,
}

/// Things and how they hang together.
pub struct Chain {
    /// What was asked about, in its one form.
    pub asked: String,
    /// The things, that first.
    pub things: Vec<Thing>,
    /// From which to which, by their places.
    pub links: BTreeSet<(usize, usize)>,
    /// When acts were, each once.
    pub times: Vec<Timestamp>,
    /// What does not fit.
    pub findings: Vec<Finding>,
    /// Records and things that are not shown.
    pub withheld: usize,
    /// Whether nothing was left out.
    pub is_whole: bool,
    /// As of so many records.
    pub known: u64,
    /// Shops and others that sold: who, how often.
    pub sales: BTreeMap<String, usize>,
    /// The acts of what was asked about, in the order of time.
    pub acts: Vec<OwnAct>,
    called: HashMap<String, Called>,
}

impl Chain {
    /// Of the answers of the two directions.
    pub async fn of(site: &Site, back: Option<Traced>, forward: Option<Traced>) -> Self {
        let mut chain = Self {
            asked: String::new(),
            things: Vec::new(),
            links: BTreeSet::new(),
            times: Vec::new(),
            findings: Vec::new(),
            withheld: 0,
            is_whole: true,
            known: 0,
            sales: BTreeMap::new(),
            acts: Vec::new(),
            called: HashMap::new(),
        };
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut acts: BTreeMap<u64, Timestamp> = BTreeMap::new();
        for (traced, is_back) in [(back, true), (forward, false)] {
            let Some(traced) = traced else { continue };
            chain.add(traced, is_back, &mut places, &mut acts);
        }
        chain.times = acts.into_values().collect();
        chain.times.sort_unstable();
        // The answer of one direction knows more of what else is in an act than that of the other.
        let order = |own: &OwnAct| (own.act.at, own.act.position, Reverse(own.others.len()));
        chain.acts.sort_by_key(order);
        chain.acts.dedup_by_key(|own| own.act.position);
        chain.call(site).await;
        chain
    }

    /// Looks up what all are called.
    async fn call(&mut self, site: &Site) {
        let mut ids: BTreeSet<&str> = BTreeSet::new();
        ids.insert(&self.asked);
        for thing in &self.things {
            ids.extend(thing.party.as_deref());
            ids.extend(thing.holder.as_deref());
            ids.extend(product(&thing.id).map(|(product, _)| product));
        }
        for own in &self.acts {
            ids.extend(own.act.around.iter().map(|around| around.id.as_str()));
            ids.extend(own.others.iter().filter_map(|id| product(id)).map(|(product, _)| product));
        }
        ids.extend(self.sales.keys().map(String::as_str));
        self.called = site.system.called(ids).await;
    }

    /// Whether what was asked about is no goods, but stands around what is done with goods.
    pub fn is_around(&self) -> bool {
        matches!(self.sort(), "organization" | "place" | "instrument")
    }

    /// Adds the goods that a party, place or instrument touched, and what came of them.
    pub async fn touch(&mut self, site: &Site, lines: &[ScopeLine]) {
        let mut places: HashMap<&str, usize> = HashMap::new();
        for line in lines {
            let place = *places.entry(&line.id).or_insert_with(|| {
                self.things.push(Thing {
                    layer: i64::from(line.layer) + 1,
                    at: line.since,
                    is_hit: true,
                    ..Thing::new(&line.id, line.sort, line.certainty)
                });
                self.things.len() - 1
            });
            if line.layer == 0 {
                self.links.insert((0, place));
            }
            if line.state == State::Sold
                && let Some(seller) = &line.party
            {
                *self.sales.entry(seller.clone()).or_default() += 1;
            }
            let Some(thing) = self.things.get_mut(place) else { continue };
            // Where some can still be stopped, that is what matters.
            let is_first = thing.state.is_none_or(|state| !state.can_be_stopped());
            if is_first && (thing.state.is_none() || line.state.can_be_stopped()) {
                thing.state = Some(line.state);
                thing.holder = line.party.clone().or(line.place.clone());
            }
            thing.at = thing.at.min(line.since).or(thing.at).or(line.since);
        }
        self.call(site).await;
    }

    fn add(
        &mut self,
        traced: Traced,
        is_back: bool,
        places: &mut HashMap<String, usize>,
        acts: &mut BTreeMap<u64, Timestamp>,
    ) {
        self.asked.clone_from(&traced.asked);
        self.is_whole &= traced.is_whole;
        self.withheld += traced.withheld.records + traced.withheld.things;
        self.known = self.known.max(traced.as_of.known);
        let is_hidden = traced.withheld.records > 0;
        let odd: BTreeSet<&str> = traced.findings.iter().map(|f| f.thing.as_str()).collect();
        // The place of each thing of the answer among those that are shown. What only stands for another,
        // as its lot or product, is no thing of its own here.
        let mut own: Vec<usize> = Vec::with_capacity(traced.things.len());
        for thing in &traced.things {
            if thing.as_class {
                own.push(usize::MAX);
                continue;
            }
            let place = *places.entry(thing.id.clone()).or_insert_with(|| {
                let layer = i64::from(thing.layer);
                self.things.push(Thing {
                    layer: if is_back { -layer } else { layer },
                    is_hidden: is_hidden && thing.acts.is_empty(),
                    ..Thing::new(&thing.id, thing.sort, thing.certainty)
                });
                self.things.len() - 1
            });
            own.push(place);
            let number = own.len() - 1;
            let Some(shown) = self.things.get_mut(place) else { continue };
            shown.is_hit |= !is_back || thing.layer == 0;
            shown.is_odd |= odd.contains(thing.id.as_str());
            if let Some(now) = &thing.now {
                shown.state = Some(now.state);
                shown.holder = now.party.clone().or(now.place.clone());
            }
            let on_it = thing.acts.iter().filter_map(|at| traced.acts.get(*at));
            on_it.for_each(|act| of_act(shown, act, number));
            let from = thing.from.and_then(|from| own.get(from));
            if let Some(from) = from.filter(|from| **from != place && **from != usize::MAX) {
                self.links.insert(if is_back { (place, *from) } else { (*from, place) });
            }
        }
        let root = traced.things.iter().position(|thing| thing.id == traced.asked);
        for act in &traced.acts {
            // What a register says is no event.
            if act.what != "statement" {
                acts.insert(act.position, act.at);
                self.own(act, root, &traced);
            }
            let parts = |names: &[&str]| -> Vec<usize> {
                let found = act.parts.iter().filter(|part| names.contains(&part.part));
                let places = found.filter_map(|part| own.get(part.thing).copied());
                places.filter(|place| *place != usize::MAX).collect()
            };
            let (from, to) = match act.what {
                "transformation" => (parts(&["input"]), parts(&["output"])),
                "aggregation" | "association" => (parts(&["child"]), parts(&["parent"])),
                _ => (Vec::new(), Vec::new()),
            };
            // A pallet with a thousand items is one line for each that is drawn; more says no more.
            for from in from.iter().take(60) {
                self.links.extend(to.iter().take(60).map(|to| (*from, *to)));
            }
            if act.step.as_deref() == Some("retail_selling") && !is_back {
                let seller = act.around.iter().find(|around| around.role == "reporter");
                if let Some(seller) = seller {
                    *self.sales.entry(seller.id.clone()).or_default() += 1;
                }
            }
        }
        self.findings.extend(traced.findings);
        self.findings.sort();
        self.findings.dedup();
    }

    /// Keeps an act in which what was asked about is, or around which it stands.
    fn own(&mut self, act: &TracedAct, root: Option<usize>, traced: &Traced) {
        let part = act.parts.iter().find(|part| Some(part.thing) == root);
        if part.is_none() && !act.around.iter().any(|around| around.id == traced.asked) {
            return;
        }
        let others = act.parts.iter().filter(|part| Some(part.thing) != root);
        let others = others.filter_map(|part| traced.things.get(part.thing));
        self.acts.push(OwnAct {
            part: part.cloned(),
            others: others.filter(|of| !of.as_class).map(|of| of.id.clone()).collect(),
            act: act.clone(),
        });
    }

    /// What is called so: its name, or its code where it has none.
    pub fn name_of(&self, id: &str) -> String {
        if let Some(called) = self.called.get(id).filter(|called| !called.name.is_empty()) {
            return called.name.clone();
        }
        let product = product(id).and_then(|(product, _)| self.called.get(product));
        match product.filter(|product| !product.name.is_empty()) {
            Some(product) => product.name.clone(),
            None => plain_id(id).trim_start_matches("https://id.gs1.org/").to_owned(),
        }
    }

    /// The division in which something is.
    pub fn region_of(&self, id: &str) -> &str {
        self.called.get(id).map(|called| called.region.as_str()).unwrap_or_default()
    }

    /// The sort of what was asked about.
    pub fn sort(&self) -> &'static str {
        self.things.first().map_or("other", |thing| thing.sort)
    }
}

impl Thing {
    fn new(id: &str, sort: &'static str, certainty: Certainty) -> Self {
        Self {
            id: id.to_owned(),
            sort,
            layer: 0,
            certainty,
            party: None,
            holder: None,
            state: None,
            at: None,
            quantity: None,
            record: None,
            is_hit: false,
            test: None,
            instruments: 0,
            is_odd: false,
            is_recalled: false,
            is_hidden: false,
        }
    }
}

/// What an act says of a thing that is in it.
fn of_act(shown: &mut Thing, act: &TracedAct, number: usize) {
    let part = act.parts.iter().find(|part| part.thing == number);
    let reporter = act.around.iter().find(|around| {
        ["reporter", "maker", "nominal_maker", "seller"].contains(&around.role.as_str())
    });
    match act.what {
        "test" => {
            shown.test = Some(shown.test.unwrap_or(true) && !act.is_bad);
            let used = act.around.iter().filter(|around| around.sort == "instrument").count();
            shown.instruments = shown.instruments.max(used);
        }
        "recall" => shown.is_recalled = true,
        "statement" | "calibration" => {}
        _ => {
            let makes =
                part.is_some_and(|part| ["output", "object", "parent"].contains(&part.part));
            if shown.at.is_none_or(|at| act.at < at) && makes {
                shown.at = Some(act.at);
                shown.party = reporter.map(|reporter| reporter.id.clone()).or(shown.party.take());
                shown.record = Some(act.record.to_string());
                let quantity = part.and_then(|part| part.quantity.as_ref());
                shown.quantity = quantity.map(|q| (q.value.clone(), q.unit.clone()));
            }
        }
    }
}

/// The product of a lot or item, and what tells it apart.
pub fn product(id: &str) -> Option<(&str, &str)> {
    let at = id.find("/10/").or_else(|| id.find("/21/"))?;
    let (product, rest) = id.split_at(at);
    product.contains("/01/").then_some((product, rest.get(4..).unwrap_or_default()))
}

/// What tells a thing apart, in short.
pub fn short(id: &str) -> &str {
    match product(id) {
        Some((_, telling)) => telling,
        None => id.rsplit('/').next().filter(|last| !last.is_empty()).unwrap_or(id),
    }
}

/// A sort of thing in words.
pub fn sort_words(page: &Page, sort: &str) -> &'static str {
    let words = &page.w.trace;
    match sort {
        "item" => words.item,
        "lot" => words.lot,
        "product" => words.product,
        "sample" => words.sample,
        "process" => words.process,
        "organization" => words.organization,
        "place" => words.place,
        "instrument" => words.instrument,
        _ => words.thing,
    }
}

/// How a thing stands, in words.
pub fn state_words(page: &Page, state: State) -> &'static str {
    let words = &page.w.trace;
    match state {
        State::Held => words.held,
        State::InTransit => words.in_transit,
        State::Sold => words.sold,
        State::Used => words.used,
        State::Recalled => words.held_back,
        State::Ended => words.ended,
        State::Unknown => words.not_seen,
    }
}

/// How certain something is, in words.
pub fn certainty_words(page: &Page, certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Serial => page.w.trace.by_serial,
        Certainty::Lot => page.w.trace.by_lot,
        Certainty::Inferred => page.w.trace.inferred,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_a_thing_apart_is_shown() {
        assert_eq!(short("https://id.gs1.org/01/09520000000017/10/A%2F1"), "A%2F1");
        assert_eq!(short("https://id.gs1.org/00/095200000000000012"), "095200000000000012");
        assert_eq!(short("instrument:demo-1"), "instrument:demo-1");
        let lot = "https://id.gs1.org/01/09520000000017/10/A1";
        assert_eq!(product(lot), Some(("https://id.gs1.org/01/09520000000017", "A1")));
    }
}
