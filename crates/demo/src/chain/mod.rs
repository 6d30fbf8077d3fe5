//! Chains of supply whose events are reported: from grain to sausage, from the cell to the bicycle.
//!
//! | file | what |
//! |---|---|
//! | `mod` | who takes part, what they have in stock, which lot is made today |
//! | `market` | from the maker by way of a warehouse to shops, and over the counter |
//! | `event` | an event as it is reported |
//! | `tests` | what laboratories find, and what is planted |
//! | `contradictions` | what is said wrongly |
//!
//! A lot lives its whole life when it is made: what comes of it later is written down ahead and waits in
//! the order of time. The stream of random numbers is the chains' own, so that nothing else of the
//! province depends on them.

mod contradictions;
mod event;
mod market;
mod tests;

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use model::Timestamp;
use serde::Deserialize;
use stats::random::Random;

use self::event::Things;
use crate::code;
use crate::data::Test;
use crate::draw::Draw as _;
use crate::look::Sight;
use crate::province::{Act, Plan, Province};
use crate::time::{DAY, HOUR};
use crate::world::World;

/// Streams of random numbers of the chains.
const STREAM: u64 = 500_000;
/// So many organizations make a province in which every line has its parties.
const WHOLE: f64 = 5_000.0;
/// Lots of an input that are kept; what is older went elsewhere.
const KEPT: usize = 6;

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChainData {
    pub(crate) line: Vec<LineData>,
    pub(crate) contradiction: contradictions::Rates,
    pub(crate) story: ChainStory,
}

/// A line of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LineData {
    id: String,
    product: String,
    trades: Vec<String>,
    category: String,
    step: String,
    parties: f64,
    every: i32,
    days: i32,
    quantity: f64,
    unit: Option<String>,
    /// What serial numbers begin with, of things that have one.
    serial: Option<String>,
    #[serde(default)]
    needs: f64,
    #[serde(default)]
    inputs: Vec<String>,
    /// Trades that sell it to consumers.
    #[serde(default)]
    market: Vec<String>,
    first_month: Option<u32>,
    last_month: Option<u32>,
    shelf_life: Option<i64>,
    /// The share of lots that are tested.
    test: f64,
    tests: Vec<Test>,
}

/// What is planted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChainStory {
    line: String,
    /// The division in which its maker is, where one is there.
    region: String,
    lot_days_before_end: i32,
    report_days_before_end: i32,
    pub(crate) balance_good_days_before_end: i32,
    pub(crate) balance_out_days_before_end: i32,
    zh: String,
    en: String,
    balance_zh: String,
    balance_en: String,
    serial_zh: String,
    serial_en: String,
    copy_zh: String,
    copy_en: String,
}

/// A lot that a party has in stock.
#[derive(Debug, Clone)]
struct Stock {
    /// The lot, as a Digital Link.
    lot: String,
    /// What is left of it.
    left: f64,
    /// From which day on it is there.
    from: i32,
}

/// Somebody who makes something in a line.
#[derive(Debug)]
struct Party {
    organization: usize,
    /// The product, of 14 digits.
    gtin: String,
    /// When it makes the next lot.
    next: i32,
    /// What it has of each input, in the order of the line.
    stock: Vec<VecDeque<Stock>>,
    shops: Vec<usize>,
}

/// A lot that was made, as it is to go on.
struct Made<'l> {
    line: usize,
    by: usize,
    things: &'l Things,
    lot: &'l str,
    made: Timestamp,
}

/// The lines, and what is under way.
#[derive(Debug, Default)]
pub(crate) struct Chains {
    lines: Vec<Vec<Party>>,
    warehouses: Vec<usize>,
    units: u64,
    serials: u64,
    /// The lot that is planted, once it is made, with the line, the party and the day.
    planted: Option<(String, usize, usize)>,
    /// An item to look at, that was sold lately.
    shown: Option<String>,
    /// Lots of items that a laboratory tested.
    tested: HashSet<String>,
    odd: contradictions::Counts,
}

/// What makes a place of a list that is not there in small provinces.
fn of_trades(world: &World, data: &crate::data::Data, trades: &[String]) -> Vec<usize> {
    let mut found = Vec::new();
    for trade in trades.iter().filter_map(|trade| data.trade(trade)) {
        found.extend(world.by_trade[trade].iter().copied());
    }
    let stays = |at: &usize| {
        let organization = &world.organizations[*at];
        organization.opens < 0 && organization.closes == i32::MAX
    };
    found.retain(stays);
    if found.is_empty() {
        found.extend((0..world.organizations.len()).filter(stays).take(4));
    }
    found
}

impl Chains {
    /// Who takes part.
    pub(crate) fn new(plan: &Plan, data: &crate::data::Data, world: &World) -> Self {
        let mut random = Random::stream(plan.seed, STREAM);
        let times = f64::from(plan.scale.organizations) / WHOLE;
        let warehouses = of_trades(world, data, &["wholesale".to_owned()]);
        let mut chains = Self {
            warehouses: warehouses.into_iter().take(12.max((12.0 * times) as usize)).collect(),
            ..Self::default()
        };
        let mut products = world.products.len() as u32 + 1_000;
        let days = data.rates.period.days;
        for line in &data.chains.line {
            let makers = of_trades(world, data, &line.trades);
            let shops = of_trades(world, data, &line.market);
            let wanted = libm::ceil(line.parties * times.min(8.0)) as usize;
            let begin = random.place(makers.len());
            let story = &data.chains.story;
            // The first of the line of the story is where the officer of the county sees it.
            let own = makers.iter().position(|at| world.region_of(*at).code == story.region);
            let begin = own.filter(|_| line.id == story.line).unwrap_or(begin);
            let parties = (0..wanted.clamp(1, makers.len())).filter_map(|number| {
                products += 1;
                let gtin = format!("0{}", code::gtin(products)?);
                let own = (0..12).map(|_| shops[random.place(shops.len())]).collect();
                Some(Party {
                    organization: makers[(begin + number) % makers.len()],
                    gtin,
                    next: (days - line.days).max(2) + random.between(0, line.every.max(3)),
                    stock: vec![VecDeque::new(); line.inputs.len()],
                    shops: if line.market.is_empty() { Vec::new() } else { own },
                })
            });
            chains.lines.push(parties.collect());
        }
        chains
    }

    /// All who take part, each once.
    fn everybody(&self) -> Vec<usize> {
        let parties = self.lines.iter().flatten();
        let mut all: Vec<usize> = parties
            .flat_map(|party| party.shops.iter().copied().chain([party.organization]))
            .chain(self.warehouses.iter().copied())
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl Province {
    /// What the chains do on a day.
    pub(crate) fn chains(&mut self, day: i32) {
        let mut random = Random::stream(self.seed(), STREAM + 1 + day as u64);
        let data = Arc::clone(&self.data);
        let first = data.chains.line.iter().map(|line| line.days).max().unwrap_or(0);
        if day == (data.rates.period.days - first).max(2) - 1 {
            self.enter_chains(day, &mut random);
        }
        self.chain_story(day, &mut random);
        for (at, line) in data.chains.line.iter().enumerate() {
            let month = self.days.date(day).ymd().1;
            let in_season = line.first_month.is_none_or(|first| month >= first)
                && line.last_month.is_none_or(|last| month <= last);
            for party in 0..self.chains.lines[at].len() {
                if !in_season || self.chains.lines[at][party].next > day {
                    continue;
                }
                // In a small province less often: there are fewer who could be told of it.
                let slow = (2_500.0 / self.size()).clamp(1.0, 6.0);
                let next = (f64::from(line.every) * slow) as i32;
                let is_made = self.make_lot(day, at, party, &mut random);
                self.chains.lines[at][party].next = day + if is_made { next.max(1) } else { 1 };
            }
        }
    }

    /// Registers the places and products of the chains.
    fn enter_chains(&mut self, day: i32, random: &mut Random) {
        let (data, world) = (Arc::clone(&self.data), Arc::clone(&self.world));
        let at = self.days.at(day, (8.0, 9.0), random);
        for organization in self.chains.everybody() {
            self.place(organization, at, at, random);
        }
        for (line_at, line) in data.chains.line.iter().enumerate() {
            for party in 0..self.chains.lines[line_at].len() {
                let Party { organization, gtin, .. } = &self.chains.lines[line_at][party];
                let maker = &world.organizations[*organization];
                let gtin = gtin.trim_start_matches('0').to_owned();
                let brand = random.place(data.names.brand.len());
                let name = format!("{}{}", data.names.brand[brand], line.product);
                let mut sheet = self
                    .sheet("product", maker.region, at)
                    .subject("product", &format!("gtin:{gtin}"))
                    .subject("maker", &maker.id)
                    .say("name", name)
                    .say("brand", format!("{}{}", data.names.brand[brand], data.names.mark))
                    .say("model", format!("CH-{:02}{:02}", line_at + 1, party + 1))
                    .say("category", line.category.as_str())
                    .say("origin", world.regions[maker.region].code.as_str())
                    .say("country", "CN");
                if let Some(days) = line.shelf_life {
                    sheet = sheet.say("shelf_life_days", days);
                }
                let id = maker.id.clone();
                self.tell(&id, at, sheet, random);
            }
        }
    }

    /// A party makes a lot of what it has; false where something is lacking.
    fn make_lot(&mut self, day: i32, at: usize, party_at: usize, random: &mut Random) -> bool {
        let data = Arc::clone(&self.data);
        let line = &data.chains.line[at];
        let party = &mut self.chains.lines[at][party_at];
        let there = |stock: &VecDeque<Stock>| -> f64 {
            stock.iter().filter(|lot| lot.from <= day).map(|lot| lot.left).sum()
        };
        if party.stock.iter().any(|stock| there(stock) < line.needs) {
            return false;
        }
        let mut inputs = Vec::new();
        for stock in &mut party.stock {
            let mut needs = line.needs;
            // The newest first: what is old was fed, or went elsewhere.
            for lot in stock.iter_mut().rev().filter(|lot| lot.from <= day) {
                let taken = lot.left.min(needs);
                if taken > 0.0 {
                    lot.left -= taken;
                    needs -= taken;
                    inputs.push((lot.lot.clone(), taken));
                }
            }
            stock.retain(|lot| lot.left >= 1.0);
        }
        let (gtin, organization) = (party.gtin.clone(), party.organization);
        let date = self.days.date(day);
        let (year, month, of_month) = date.ymd();
        let number =
            format!("{year}{month:02}{of_month:02}{}", (b'A' + party_at as u8 % 26) as char);
        let lot = event::lot(&gtin, &number);
        let begun = self.days.at(day, (6.0, 8.0), random);
        let made = Timestamp::from_micros(begun.micros() + 3 * HOUR);
        let unit = line.unit.as_deref();
        let things = match &line.serial {
            Some(letters) => {
                let first = self.chains.serials;
                self.chains.serials += line.quantity as u64;
                let serials = (first..self.chains.serials).map(|n| format!("{letters}{n:08}"));
                Things::Items(serials.map(|s| event::item(&gtin, &number, &s)).collect())
            }
            None => Things::Lot {
                lot: lot.clone(),
                quantity: line.quantity,
                unit: unit.map(str::to_owned),
            },
        };
        let is_weighed = unit.is_some()
            && line.inputs.iter().all(|id| {
                data.chains.line.iter().any(|line| &line.id == id && line.unit.as_deref() == unit)
            });
        let written = self.slip(&inputs, is_weighed && !inputs.is_empty());
        let event = match inputs.is_empty() {
            true => event::add(&line.step, "active", &things, made),
            false => {
                let input_unit = line.inputs.first().and_then(|id| {
                    data.chains.line.iter().find(|line| &line.id == id)?.unit.clone()
                });
                event::transformation(&line.step, &written, input_unit.as_deref(), &things, made)
            }
        };
        self.report_event(organization, event, made, random);
        self.missay(organization, &things, &inputs, line, made);
        if self.test_lot(day, at, organization, &gtin, &lot, random) && line.serial.is_some() {
            self.chains.tested.insert(lot.clone());
        }
        self.plan_story_case(day, &line.id, organization, &gtin, &lot);
        self.plant(day, at, &inputs);
        if line.market.is_empty() {
            let made = Made { line: at, by: organization, things: &things, lot: &lot, made };
            self.supply(day, &made, random);
        } else {
            self.send_to_market(at, party_at, things, made, random);
        }
        true
    }

    /// A lot goes to those who make something of it.
    fn supply(&mut self, day: i32, lot: &Made<'_>, random: &mut Random) {
        let Made { line: at, by: from, things, lot, made } = *lot;
        let data = Arc::clone(&self.data);
        let line = &data.chains.line[at];
        for (to_at, to_line) in data.chains.line.iter().enumerate() {
            let Some(input) = to_line.inputs.iter().position(|id| *id == line.id) else { continue };
            let count = self.chains.lines[to_at].len();
            if count == 0 {
                continue;
            }
            let first = random.place(count);
            // Half goes to one, half to another, if there are two.
            for to in (0..count.min(2)).map(|step| (first + step) % count) {
                let shipped =
                    Timestamp::from_micros(made.micros() + random.between(3, 20) as i64 * HOUR);
                let arrived =
                    Timestamp::from_micros(shipped.micros() + random.between(3, 30) as i64 * HOUR);
                let whom = self.chains.lines[to_at][to].organization;
                let part = things.part(count.min(2));
                let way = (from, whom);
                let event = self.moved("shipping", "in_transit", &part, way, shipped);
                self.report_event(from, event, shipped, random);
                let event = self.moved("receiving", "in_progress", &part, way, arrived);
                self.report_event(whom, event, arrived, random);
                let there = day + ((arrived.micros() - self.days.start(day)) / DAY) as i32 + 1;
                let stock = &mut self.chains.lines[to_at][to].stock[input];
                stock.push_back(Stock {
                    lot: lot.to_owned(),
                    left: libm::floor(line.quantity / count.min(2) as f64),
                    from: there,
                });
                if stock.len() > KEPT {
                    stock.pop_front();
                }
            }
        }
    }

    /// An event that moves things from one to another, as either of them reports it.
    fn moved(
        &self,
        step: &str,
        disposition: &str,
        things: &Things,
        (from, to): (usize, usize),
        at: Timestamp,
    ) -> event::Event {
        let event = event::observe(step, disposition, things, at);
        match (place_of(from), place_of(to)) {
            (Some(from), Some(to)) => event.between(&from, &to),
            _ => event,
        }
    }

    /// Somebody reports an event, soon after; of some it takes days.
    fn report_event(
        &mut self,
        organization: usize,
        event: event::Event,
        happened: Timestamp,
        random: &mut Random,
    ) {
        let hours = if random.happens(0.01) { random.between(20, 90) } else { 0 };
        let written = happened.micros() + (0.05 * HOUR as f64) as i64 + i64::from(hours) * HOUR;
        let written = Timestamp::from_micros(written + (random.unit() * HOUR as f64) as i64);
        let of = &self.world.organizations[organization];
        let (by, region) = (of.id.clone(), self.world.regions[of.region].code.clone());
        let event = event.at_place(place_of(organization)).text(random);
        self.put(Act::Event { at: written, by, region, event });
    }

    /// What to look at of the chains.
    pub(crate) fn chain_sights(&self) -> Vec<Sight> {
        let story = &self.data.chains.story;
        let mut sights = Vec::new();
        let lots = self.chains.planted.iter().map(|(lot, ..)| (lot, &story.zh, &story.en));
        let items = self.chains.shown.iter().map(|item| (item, &story.serial_zh, &story.serial_en));
        let copied = self.chains.odd.copied.iter();
        let copied = copied.map(|item| (item, &story.copy_zh, &story.copy_en));
        for (id, zh, en) in lots.chain(items).chain(copied) {
            let path = id.strip_prefix("https://id.gs1.org").unwrap_or(id);
            let name = path.to_owned();
            sights.push(Sight { zh: zh.clone(), en: en.clone(), subject: Some(id.clone()), name });
        }
        if let Some(balance) = self.story_balance() {
            let id = self.world.instruments[balance].id.clone();
            sights.push(Sight {
                zh: story.balance_zh.clone(),
                en: story.balance_en.clone(),
                subject: Some(id.clone()),
                name: id,
            });
        }
        sights
    }

    /// The balance of the story: the first instrument of its laboratory.
    pub(crate) fn story_balance(&self) -> Option<usize> {
        self.world.of_laboratory.first().and_then(|(_, own)| own.first().copied())
    }
}

/// The place of an organization, as a Digital Link.
fn place_of(organization: usize) -> Option<String> {
    Some(format!("https://id.gs1.org/414/{}", code::gln(organization as u32)?))
}
