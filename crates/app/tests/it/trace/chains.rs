//! Chains with known answers: of fifty seeds, every question is answered exactly.

use std::collections::{BTreeMap, BTreeSet};

use app::System;
use app::reading::When;
use app::trace::answer::{FindingSort, State, Way};
use app::trace::{ScopeLine, Touch};
use model::Draft;
use serde_json::{Value, json};

use super::support::{event, event_draft, item, lot, place, product, record};
use crate::support::{Home, on_each, operator};

const SEEDS: u64 = 50;

/// Numbers that follow from a seed (Knuth, The Art of Computer Programming 2, 3.3.4).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    /// Some of so many, at least one.
    fn some(&mut self, of: u64) -> Vec<u64> {
        let first = self.below(of);
        let mut found: BTreeSet<u64> = (0..of).filter(|_| self.below(3) == 0).collect();
        found.insert(first);
        found.into_iter().collect()
    }
}

fn pallet(number: u64) -> String {
    let body = format!("0690{number:013}");
    let check = codes::gs1::check_digit(body.as_bytes()).unwrap();
    format!("https://id.gs1.org/00/{body}{}", check as char)
}

/// What is true of an item.
struct Item {
    lot: u64,
    state: State,
    party: String,
}

/// A chain, and what is true of it.
struct Chain {
    seed: u64,
    drafts: Vec<Draft>,
    minute: u64,
    /// Ingredients of each intermediate lot.
    middles: Vec<Vec<u64>>,
    /// Intermediate lots of each lot of the product.
    lots: Vec<Vec<u64>>,
    items: BTreeMap<String, Item>,
    /// Tests: lot, balance, minute.
    tests: Vec<(u64, u64, u64)>,
    /// Calibrations of the two balances and the reference: minute, whether out of tolerance, and
    /// whether with the reference.
    calibrations: Vec<Vec<(u64, bool)>>,
}

impl Chain {
    fn new(seed: u64) -> Self {
        let mut chain = Self {
            seed,
            drafts: Vec::new(),
            minute: seed * 600,
            middles: Vec::new(),
            lots: Vec::new(),
            items: BTreeMap::new(),
            tests: Vec::new(),
            calibrations: vec![Vec::new(); 3],
        };
        let random = &mut Random(seed);
        chain.calibrate_all(random, true);
        chain.make(random);
        chain.test(random);
        chain.calibrate_all(random, false);
        chain.test(random);
        chain.calibrate_all(random, false);
        chain.move_and_sell(random);
        if chain.has_loop() {
            chain.rework();
        }
        chain
    }

    fn has_loop(&self) -> bool {
        self.seed.is_multiple_of(3)
    }

    fn is_out_of_balance(&self) -> bool {
        self.seed.is_multiple_of(4)
    }

    fn name(&self, what: &str) -> String {
        format!("{what}:s{}", self.seed)
    }

    fn maker(&self) -> String {
        self.name("maker")
    }

    fn ingredient(&self, number: u64) -> String {
        lot(self.seed * 10 + 1, format!("I{number}"))
    }

    fn middle(&self, number: u64) -> String {
        lot(self.seed * 10 + 2, format!("M{number}"))
    }

    fn final_lot(&self, number: u64) -> String {
        lot(self.seed * 10 + 3, format!("P{number}"))
    }

    fn item(&self, lot: u64, number: u64) -> String {
        item(self.seed * 10 + 3, format!("{lot}-{number}"))
    }

    fn instrument(&self, number: u64) -> String {
        format!("instrument:s{}-{number}", self.seed)
    }

    fn tick(&mut self) -> u64 {
        self.minute += 1;
        self.minute
    }

    fn say(&mut self, sort: &str, reporter: &str, rest: Value) {
        let minute = self.tick();
        let id = format!("{}-{}", self.seed, self.drafts.len());
        self.drafts.push(event_draft(&event(sort, &id, minute, rest), reporter));
    }

    fn make(&mut self, random: &mut Random) {
        let maker = self.maker();
        for number in 0..5 {
            let lot = self.ingredient(number);
            self.say(
                "ObjectEvent",
                &maker,
                json!({
                    "action": "ADD", "bizStep": "commissioning",
                    "quantityList": [{ "epcClass": lot, "quantity": 100, "uom": "KGM" }],
                }),
            );
        }
        for number in 0..4 {
            let from = random.some(5);
            let inputs: Vec<Value> = from
                .iter()
                .map(|from| json!({ "epcClass": self.ingredient(*from), "quantity": 10, "uom": "KGM" }))
                .collect();
            let extra = if self.is_out_of_balance() && number == 0 { 5 } else { 0 };
            let made = inputs.len() * 10 + extra;
            let output = self.middle(number);
            self.say(
                "TransformationEvent",
                &maker,
                json!({
                    "inputQuantityList": inputs, "bizStep": "commissioning",
                    "outputQuantityList": [{ "epcClass": output, "quantity": made, "uom": "KGM" }],
                }),
            );
            self.middles.push(from);
        }
        for number in 0..4 {
            let from = random.some(4);
            let inputs: Vec<Value> = from
                .iter()
                .map(
                    |from| json!({ "epcClass": self.middle(*from), "quantity": 0.5, "uom": "KGM" }),
                )
                .collect();
            let items: Vec<String> =
                (0..2 + random.below(3)).map(|n| self.item(number, n)).collect();
            self.say(
                "TransformationEvent",
                &maker,
                json!({
                    "inputQuantityList": inputs, "outputEPCList": items, "bizStep": "commissioning",
                    "ilmd": { "cbvmda:lotNumber": format!("P{number}") },
                }),
            );
            for item in items {
                let made = Item { lot: number, state: State::Held, party: maker.clone() };
                self.items.insert(item, made);
            }
            self.lots.push(from);
        }
    }

    fn calibrate_all(&mut self, random: &mut Random, is_first: bool) {
        for number in [2, 0, 1] {
            let is_out = !is_first && random.below(3) == 0;
            let minute = self.tick();
            let (instrument, reference) = (self.instrument(number), self.instrument(2));
            let mut subjects =
                vec![("instrument", instrument.as_str()), ("calibration_body", "body:1")];
            if number != 2 {
                subjects.push(("reference_instrument", reference.as_str()));
            }
            let found = if is_out { "out-of-tolerance" } else { "conforms" };
            self.drafts.push(record(
                "calibration",
                minute,
                &subjects,
                json!({
                    "certificate_no": format!("C-{}-{number}-{minute}", self.seed),
                    "calibration_type": "calibration", "calibrated_on": "2024-01-01",
                    "as_found": found, "conclusion": "conforms", "specification": "JJG 539",
                }),
            ));
            self.calibrations[number as usize].push((minute, is_out));
        }
    }

    fn test(&mut self, random: &mut Random) {
        for lot in 0..4 {
            let balance = random.below(2);
            let minute = self.tick();
            let (maker, of) = (self.maker(), product(self.seed * 10 + 3));
            let (name, instrument) = (self.final_lot(lot), self.instrument(balance));
            let subjects = [
                ("nominal_maker", maker.as_str()),
                ("product", &of),
                ("lot", &name),
                ("laboratory", "laboratory:1"),
                ("instrument", &instrument),
            ];
            self.drafts.push(record(
                "test-report",
                minute,
                &subjects,
                json!({
                    "report_no": format!("R-{}-{minute}", self.seed), "issued_on": "2024-01-01",
                    "result": "pass", "programme": "supervision",
                    "items": [{ "item": "净含量", "verdict": "pass" }],
                }),
            ));
            self.tests.push((lot, balance, minute));
        }
    }

    fn move_and_sell(&mut self, random: &mut Random) {
        let maker = self.maker();
        for lot in 0..4 {
            let items: Vec<String> = self
                .items
                .iter()
                .filter(|(_, of)| of.lot == lot)
                .map(|(id, _)| id.clone())
                .collect();
            let (pallet, shop) =
                (pallet(self.seed * 10 + lot), format!("shop:s{}-{lot}", self.seed));
            let at_shop = place(self.seed * 10 + lot);
            let far = random.below(5);
            if far == 0 {
                continue;
            }
            self.say(
                "AggregationEvent",
                &maker,
                json!({
                    "action": "ADD", "parentID": pallet, "childEPCs": items, "bizStep": "packing",
                }),
            );
            if far == 1 {
                continue;
            }
            self.say(
                "ObjectEvent",
                &maker,
                json!({
                    "action": "OBSERVE", "epcList": [pallet], "bizStep": "shipping",
                    "disposition": "in_transit",
                    "destinationList": [{ "type": "location", "destination": at_shop }],
                }),
            );
            let (mut state, mut party) = (State::InTransit, maker.clone());
            if far > 2 {
                self.say(
                    "ObjectEvent",
                    &shop,
                    json!({
                        "action": "OBSERVE", "epcList": [pallet], "bizStep": "receiving",
                        "bizLocation": { "id": at_shop },
                    }),
                );
                (state, party) = (State::Held, shop.clone());
            }
            for id in &items {
                let item = self.items.get_mut(id).unwrap();
                (item.state, item.party) = (state, party.clone());
            }
            if far < 4 {
                continue;
            }
            self.say("AggregationEvent", &shop, json!({
                "action": "DELETE", "parentID": pallet, "childEPCs": items, "bizStep": "unpacking",
                "bizLocation": { "id": at_shop },
            }));
            for id in items.iter().filter(|_| random.below(2) == 0).cloned().collect::<Vec<_>>() {
                self.say(
                    "ObjectEvent",
                    &shop,
                    json!({
                        "action": "OBSERVE", "epcList": [id], "bizStep": "retail_selling",
                        "disposition": "retail_sold", "bizLocation": { "id": at_shop },
                    }),
                );
                self.items.get_mut(&id).unwrap().state = State::Sold;
            }
        }
    }

    /// What is left over of a lot goes into what it was made of, later: the records run in a circle,
    /// the goods do not.
    fn rework(&mut self) {
        let maker = self.maker();
        let (of, into) = (self.final_lot(0), self.middle(self.lots[0][0]));
        self.say(
            "TransformationEvent",
            &maker,
            json!({
                "inputQuantityList": [{ "epcClass": of, "quantity": 1, "uom": "KGM" }],
                "outputQuantityList": [{ "epcClass": into, "quantity": 1, "uom": "KGM" }],
                "bizStep": "commissioning",
            }),
        );
    }

    /// Lots of the product that have an ingredient in them.
    fn lots_with(&self, ingredient: u64) -> BTreeSet<u64> {
        let middles = self.middles.iter().enumerate();
        let middles: BTreeSet<u64> = middles
            .filter(|(_, from)| from.contains(&ingredient))
            .map(|(number, _)| number as u64)
            .collect();
        let lots = self.lots.iter().enumerate();
        lots.filter(|(_, from)| from.iter().any(|from| middles.contains(from)))
            .map(|(number, _)| number as u64)
            .collect()
    }

    fn items_of(&self, lots: &BTreeSet<u64>) -> BTreeSet<String> {
        let items = self.items.iter().filter(|(_, item)| lots.contains(&item.lot));
        items.map(|(id, _)| id.clone()).collect()
    }

    /// The times in which what an instrument measured is in doubt.
    fn doubtful(&self, instrument: usize) -> Vec<(u64, u64)> {
        let all = &self.calibrations[instrument];
        all.windows(2).filter(|pair| pair[1].1).map(|pair| (pair[0].0, pair[1].0)).collect()
    }

    /// Lots that were tested with a balance in some times.
    fn tested(&self, balance: u64, times: &[(u64, u64)]) -> BTreeSet<u64> {
        let is_in =
            |minute: u64| times.iter().any(|(from, until)| (*from..=*until).contains(&minute));
        let tests = self.tests.iter();
        tests.filter(|(_, with, at)| *with == balance && is_in(*at)).map(|(lot, ..)| *lot).collect()
    }

    /// The times in which a balance relied on a reference that was in doubt.
    fn drifted(&self, balance: usize) -> Vec<(u64, u64)> {
        let doubtful = self.doubtful(2);
        let own = &self.calibrations[balance];
        own.iter()
            .enumerate()
            .filter(|(_, (at, _))| {
                doubtful.iter().any(|(from, until)| (*from..=*until).contains(at))
            })
            .map(|(n, (at, _))| (*at, own.get(n + 1).map_or(u64::MAX, |(next, _)| *next)))
            .collect()
    }
}

fn scope(home: &Home, system: &System, id: &str, known: u64) -> Vec<ScopeLine> {
    let touch = Touch { id: id.to_owned(), from: None, until: None };
    let when = When { valid: None, known: Some(known) };
    let found = home.run(system.whole_scope(operator(), &touch, when, usize::MAX));
    let (lines, summary, _) = found.unwrap_or_else(|e| panic!("{id}: {e}"));
    assert_eq!(summary.lines, lines.len() as u64);
    let again = home.run(system.whole_scope(operator(), &touch, when, 0)).unwrap();
    assert_eq!(again.1.digest, summary.digest);
    lines
}

fn items(lines: &[ScopeLine]) -> BTreeSet<String> {
    lines.iter().filter(|line| line.sort == "item").map(|line| line.id.clone()).collect()
}

/// From each ingredient lot, everything that it is in, where that is, and how much is left.
fn contaminated(home: &Home, system: &System, chain: &Chain, known: u64) {
    for ingredient in 0..5 {
        let lots = chain.lots_with(ingredient);
        let lines = scope(home, system, &chain.ingredient(ingredient), known);
        assert_eq!(items(&lines), chain.items_of(&lots), "seed {}", chain.seed);
        for line in lines.iter().filter(|line| line.sort == "item") {
            let truth = &chain.items[&line.id];
            let told = (line.state, line.party.clone().unwrap());
            assert_eq!(told, (truth.state, truth.party.clone()), "seed {} {}", chain.seed, line.id);
        }
        // Of the lot itself is left what did not go into anything.
        let own = chain.ingredient(ingredient);
        let amount = |state: State| {
            let of = lines.iter().find(|line| line.id == own && line.state == state);
            of.map_or(0, |line| line.quantity.as_ref().unwrap().value.parse::<u64>().unwrap())
        };
        let used =
            chain.middles.iter().filter(|from| from.contains(&ingredient)).count() as u64 * 10;
        assert_eq!((amount(State::Held), amount(State::Used)), (100 - used, used));

        let when = When { valid: None, known: Some(known) };
        let forward = home.run(system.trace(operator(), &own, Way::Forward, when, 10_000)).unwrap();
        let found: BTreeSet<String> =
            forward.things.iter().filter(|t| t.sort == "item").map(|t| t.id.clone()).collect();
        assert_eq!(found, chain.items_of(&lots));
        let has = |sort: FindingSort| forward.findings.iter().any(|f| f.sort == sort);
        // What goes into the lot that is reworked leads into the circle.
        let in_loop = chain.has_loop() && lots.contains(&0);
        assert_eq!(has(FindingSort::Loop), in_loop, "seed {} {ingredient}", chain.seed);
        let out = chain.is_out_of_balance() && chain.middles[0].contains(&ingredient);
        assert_eq!(has(FindingSort::MassBalance), out, "seed {} {ingredient}", chain.seed);
    }
}

/// Back from each item to its ingredients, and who answers for it.
fn answered_for(home: &Home, system: &System, chain: &Chain, known: u64) {
    let when = When { valid: None, known: Some(known) };
    for (id, item) in &chain.items {
        let back = home.run(system.trace(operator(), id, Way::Back, when, 10_000)).unwrap();
        let mut truth: BTreeSet<String> = [chain.final_lot(item.lot)].into();
        for middle in &chain.lots[item.lot as usize] {
            truth.insert(chain.middle(*middle));
            truth.extend(chain.middles[*middle as usize].iter().map(|n| chain.ingredient(*n)));
        }
        let found: BTreeSet<String> =
            back.things.iter().filter(|t| t.sort == "lot").map(|t| t.id.clone()).collect();
        assert_eq!(found, truth, "seed {} {id}", chain.seed);

        let found = home.run(system.answerable(operator(), id, when)).unwrap();
        let sold = item.state == State::Sold;
        assert_eq!(found.first, sold.then(|| item.party.clone()), "seed {} {id}", chain.seed);
        assert_eq!(found.recourse, if sold { vec![chain.maker()] } else { vec![] });
        let maker = found.parties.iter().find(|party| party.id == chain.maker()).unwrap();
        assert!(maker.roles.iter().any(|role| role.role == "maker" && role.layer == 0));
        let tests = chain.tests.iter().filter(|(lot, ..)| *lot == item.lot);
        assert_eq!(found.tests.len(), tests.clone().count());
        for ((_, balance, at), told) in tests.zip(&found.tests) {
            assert_eq!(told.instruments, [chain.instrument(*balance)]);
            let levels: Vec<&str> =
                told.calibrations.iter().map(|s| s.instrument.as_str()).collect();
            assert_eq!(levels, [chain.instrument(*balance), chain.instrument(2)]);
            let next = chain.calibrations[*balance as usize].iter().find(|(next, _)| next > at);
            assert_eq!(told.calibrations[0].doubted_by.is_some(), next.is_some_and(|n| n.1));
        }
    }
}

/// What was measured with a balance that was found out of tolerance, or with one that had been
/// calibrated with a reference that was.
fn out_of_tolerance(home: &Home, system: &System, chain: &Chain, known: u64) {
    let mut drifted = BTreeSet::new();
    for balance in 0..2_u64 {
        let lots = chain.tested(balance, &chain.doubtful(balance as usize));
        let found = scope(home, system, &chain.instrument(balance), known);
        assert_eq!(items(&found), chain.items_of(&lots), "seed {} balance {balance}", chain.seed);
        drifted.extend(chain.tested(balance, &chain.drifted(balance as usize)));
    }
    let found = scope(home, system, &chain.instrument(2), known);
    assert_eq!(items(&found), chain.items_of(&drifted), "seed {} reference", chain.seed);
}

#[test]
fn every_question_is_answered_exactly() {
    // One installation for all: none of the chains touches another.
    on_each(&[false], |home| {
        let system = home.open();
        let mut chains = Vec::new();
        let mut known = 0;
        for seed in 1..=SEEDS {
            let mut chain = Chain::new(seed);
            let drafts = std::mem::take(&mut chain.drafts);
            known = home.put(&system, drafts);
            chains.push(chain);
        }
        let mut sold = 0;
        for chain in &chains {
            contaminated(home, &system, chain, known);
            answered_for(home, &system, chain, known);
            out_of_tolerance(home, &system, chain, known);
            sold += chain.items.values().filter(|item| item.state == State::Sold).count();
        }
        assert!(sold > 50, "{sold}");
    });
}
