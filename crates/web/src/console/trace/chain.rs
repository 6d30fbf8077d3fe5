//! The answers to both directions as one picture's matter.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use app::registry::Called;
use app::trace::answer::{Certainty, Finding, State, Traced, TracedAct};
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
        let mut ids: BTreeSet<&str> = BTreeSet::new();
        ids.insert(&chain.asked);
        for thing in &chain.things {
            ids.extend(thing.party.as_deref());
            ids.extend(thing.holder.as_deref());
            if let Some((product, _)) = product(&thing.id) {
                ids.insert(product);
            }
        }
        ids.extend(chain.sales.keys().map(String::as_str));
        let called = site.system.called(ids).await;
        chain.called = called;
        chain
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
                self.things.push(Thing {
                    id: thing.id.clone(),
                    sort: thing.sort,
                    layer: if is_back { -i64::from(thing.layer) } else { i64::from(thing.layer) },
                    certainty: thing.certainty,
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
        for act in &traced.acts {
            acts.insert(act.position, act.at);
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
