//! Complaints and tip-offs. Who writes is personal, and invented.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{Draft, RecordId, Timestamp};
use serde_json::{Value, json};
use stats::random::Random;

use super::Event;
use crate::case::Opened;
use crate::data::{Letter, Role, Trade};
use crate::draw::{Draw as _, sums};
use crate::province::Province;
use crate::time::{Busy, CONSUMER};

const CHANNELS: [(&str, f64); 6] = [
    ("platform-12315", 46.0),
    ("hotline-12345", 24.0),
    ("hotline-12315", 18.0),
    ("online", 7.0),
    ("visit", 3.0),
    ("letter", 2.0),
];

impl Province {
    /// The complaints and tip-offs of a day.
    pub(super) fn complaints(&mut self, day: i32, busy: Busy, random: &mut Random) {
        let data = Arc::clone(&self.data);
        let rates = &data.rates.complaint;
        let busy_day = (busy.food + busy.goods) / 2.0;
        for _ in 0..self.come(rates.each_year, busy_day, random) {
            let found = self.complained_about(day, busy, random);
            self.complain(day, found, None, None, random);
        }
        for _ in 0..self.come(rates.tip_off, busy_day, random) {
            let Some(organization) = self.complained_about(day, busy, random) else { continue };
            self.tip_off(day, organization, random);
        }
    }

    /// Who is complained about: where more goes wrong, more often; food more often in summer.
    fn complained_about(&self, day: i32, busy: Busy, random: &mut Random) -> Option<usize> {
        let season = busy.food / (busy.food + busy.goods);
        let found: Vec<usize> = (0..6).filter_map(|_| self.somebody_open(day, random)).collect();
        let is_taken = |at: &usize, random: &mut Random| {
            let trade = self.trade_of(*at);
            let likes = if trade.is_food() { season } else { 1.0 - season };
            let fault = self.world.organizations[*at].fault;
            trade.role != Role::Special
                && random.happens((0.25 + 0.3 * fault).min(1.0) * likes * 1.6)
        };
        found.iter().copied().find(|at| is_taken(at, random)).or(found.first().copied())
    }

    /// A consumer writes.
    pub(super) fn complain(
        &mut self,
        day: i32,
        about: Option<usize>,
        category: Option<String>,
        hazard: Option<String>,
        random: &mut Random,
    ) {
        let (data, world) = (Arc::clone(&self.data), Arc::clone(&self.world));
        let rates = &data.rates.complaint;
        let is_planted = category.is_some();
        let nobody = about.is_none() || !is_planted && random.happens(rates.no_respondent);
        let region_at = match about {
            Some(about) => world.organizations[about].region,
            None => random.place(world.regions.len()),
        };
        let region = &world.regions[region_at];
        let trade = about.map(|about| self.trade_of(about));
        let category = category.unwrap_or_else(|| category_of(trade, random).to_owned());
        let product = about.and_then(|about| self.bought(about, &category, random));
        let named = product.map(|at| world.products[at].name.as_str()).unwrap_or("商品");
        let letter = letter(&data.letters.complaint, &category, named, random);
        let hazard = hazard.or_else(|| hazard_of(trade, &category, random));
        let happened = self.days.at(day, CONSUMER, random);
        let date = self.days.date(day);
        let number = self.number("complaint", region_at, date);
        let channels = sums(CHANNELS.map(|(_, share)| share));
        let channel = CHANNELS[random.weighted(&channels)].0;
        let amount = libm::exp(4.6 + 1.1 * random.normal()).clamp(3.0, 60_000.0);
        let injured = random.happens(rates.injured)
            || is_planted && category == "food" && random.happens(0.3);
        let is_secret = random.happens(rates.identity_secret);
        let bought = self.days.date(day - random.between(0, 40));
        let mut sheet = self
            .sheet("complaint", region_at, happened)
            .office(&region.code)
            .say("number", format!("{}投〔{}〕{number:06}", region.short, date.year()))
            .say("channel", channel)
            .say("category", category.as_str())
            .maybe("hazard", hazard)
            .say("claims", claims(random))
            .money("amount", amount)
            .date("bought_on", bought)
            .date("infringement_known_on", self.days.date(day - random.between(0, 3)))
            .say("injured", injured)
            .say("identity_checked", channel != "letter")
            .say("identity_secret", is_secret);
        if channel.ends_with("12315") || channel.ends_with("12345") {
            let serial = self.serial("order");
            sheet = sheet.say("external_no", format!("DEMO{}{serial:09}", date.year()));
        }
        match about.filter(|_| !nobody) {
            Some(about) => {
                sheet = sheet.subject("respondent", &world.organizations[about].id);
            }
            None => sheet = sheet.say("respondent_as_named", "路边流动摊贩（演示）"),
        }
        if let Some(product) = product {
            sheet = sheet.subject("product", &world.products[product].id());
        }
        let person = self.consumer(random);
        let mut fields = json!({
            "text": letter, "complainant_name": self.person_name(random),
            "complainant_phone": phone(random),
        });
        if random.happens(0.4) {
            fields["complainant_address"] = self.address(region_at, random).into();
        }
        sheet = sheet.person(&person, fields);
        let at = self.written_at("complaint", happened, false, random);
        let draft = sheet.0.clone();
        let told = self.tell_and_mend(&region.code, at, sheet, random, |draft| {
            draft.open.insert("category".to_owned(), "service".into());
            draft.open.insert("joint_count".to_owned(), 2.into());
        });
        self.letter_opens("complaint", told, at, draft, random);
        if let Some(organization) = about
            && (random.happens(rates.inspected_after) || is_planted && random.happens(0.4))
        {
            let day = self.next_day(day, "complaint_to_inspection", random);
            self.follow(day, Event::Visit { organization, sort: "complaint", order: None });
        }
    }

    /// Somebody reports a breach.
    fn tip_off(&mut self, day: i32, organization: usize, random: &mut Random) {
        let (data, world) = (Arc::clone(&self.data), Arc::clone(&self.world));
        let of = &world.organizations[organization];
        let region = &world.regions[of.region];
        let letters = &data.letters.tip_off;
        let found = random.pick(letters);
        let product = self.bought(organization, "quality", random);
        let name = product.map(|at| world.products[at].name.as_str()).unwrap_or("产品");
        let text = random.pick(&found.texts).replace("{product}", name);
        let happened = self.days.at(day, CONSUMER, random);
        let date = self.days.date(day);
        let number = self.number("tip-off", of.region, date);
        let (named, insider) = (random.happens(0.55), random.happens(0.08));
        let mut sheet = self
            .sheet("tip-off", of.region, happened)
            .office(&region.code)
            .subject("respondent", &of.id)
            .say("number", format!("{}举〔{}〕{number:05}", region.short, date.year()))
            .say("channel", *random.pick(&["platform-12315", "hotline-12345", "letter", "online"]))
            .say("category", found.category.as_str())
            .say("named", named)
            .say("insider", insider)
            .say("reward_asked", named && random.happens(0.3));
        if let Some(product) = product {
            sheet = sheet.subject("product", &world.products[product].id());
        }
        let person = self.consumer(random);
        let mut fields = json!({ "text": text });
        if named {
            fields["informer_name"] = self.person_name(random).into();
            fields["informer_phone"] = phone(random).into();
        }
        sheet = sheet.person(&person, fields);
        let at = self.written_at("complaint", happened, false, random);
        let draft = sheet.0.clone();
        let told = self.tell(&region.code, at, sheet, random);
        self.letter_opens("tip-off", Some(told), at, draft, random);
        if random.happens(0.6) {
            let day = self.next_day(day, "complaint_to_inspection", random);
            self.follow(day, Event::Visit { organization, sort: "complaint", order: None });
        }
    }

    /// A letter opens a case, unless it is taken back.
    pub(super) fn letter_opens(
        &mut self,
        procedure: &str,
        told: Option<RecordId>,
        at: Timestamp,
        draft: Draft,
        random: &mut Random,
    ) {
        let Some(id) = told else { return };
        let at = at.max(draft.valid_at);
        let subjects = draft.subjects.iter().map(|s| (s.role.clone(), s.id.to_string()));
        let mut roles: BTreeMap<String, String> = subjects.collect();
        if let Some(about) = roles.get("respondent").cloned() {
            for role in ["offender", "organization"] {
                roles.insert(role.to_owned(), about.clone());
            }
        }
        self.follow_case(procedure, &Opened { id, at, draft, roles }, random);
    }

    /// What was bought: of the maker itself, or of one whose goods the shop sells.
    fn bought(&self, at: usize, category: &str, random: &mut Random) -> Option<usize> {
        if let Some(product) = self.product_of(at, random) {
            return Some(product);
        }
        let wants_food = matches!(category, "food");
        if !matches!(category, "food" | "quality" | "safety" | "fake") || random.happens(0.4) {
            return None;
        }
        let wanted = self.trade_of(at).category.clone();
        let fits = |product: &usize| {
            let trade = self.trade_of(self.world.products[*product].maker);
            trade.is_food() == wants_food
                && (wants_food || wanted == "other" || trade.category == wanted)
        };
        let count = self.world.products.len();
        (0..12).map(|_| random.place(count)).find(fits)
    }

    /// The pseudonym of somebody who writes; some write again and again.
    fn consumer(&mut self, random: &mut Random) -> String {
        if random.happens(0.04) {
            return format!("c-often-{}", random.place(15));
        }
        self.persons += 1;
        format!("c-{}", self.persons)
    }

    /// An address in a region, which says that it is invented.
    pub(super) fn address(&self, region: usize, random: &mut Random) -> String {
        let names = &self.data.names;
        let region = &self.world.regions[region];
        let (street, number) = (random.pick(&names.street), random.between(1, 299));
        format!("{}{street}{number}号{}", region.name, names.mark)
    }
}

/// A telephone number that nobody has.
pub(super) fn phone(random: &mut Random) -> String {
    format!("000-0000-{:04}", random.place(10_000))
}

fn letter(letters: &[Letter], category: &str, product: &str, random: &mut Random) -> String {
    let found = letters.iter().find(|letter| letter.category == category);
    let texts = found.or(letters.first()).map(|letter| &letter.texts);
    texts.map(|texts| random.pick(texts).replace("{product}", product)).unwrap_or_default()
}

fn category_of(trade: Option<&Trade>, random: &mut Random) -> &'static str {
    let of: &[(&'static str, f64)] = match trade {
        Some(trade) if trade.is_food() => &[
            ("food", 55.0),
            ("price", 12.0),
            ("metering", 9.0),
            ("service", 14.0),
            ("advertising", 6.0),
            ("fake", 4.0),
        ],
        Some(trade) if trade.format == "service" => {
            &[("service", 60.0), ("price", 20.0), ("advertising", 12.0), ("quality", 8.0)]
        }
        _ => &[
            ("quality", 44.0),
            ("after-sale", 24.0),
            ("safety", 8.0),
            ("advertising", 9.0),
            ("fake", 9.0),
            ("price", 6.0),
        ],
    };
    let shares = sums(of.iter().map(|(_, share)| *share));
    of[random.weighted(&shares)].0
}

fn hazard_of(trade: Option<&Trade>, category: &str, random: &mut Random) -> Option<String> {
    match category {
        "food" => {
            Some((*random.pick(&["microbial", "foreign-body", "additive", "labelling"])).to_owned())
        }
        "safety" | "quality" => {
            let tests = trade.map(|trade| trade.tests.as_slice()).filter(|tests| !tests.is_empty());
            Some(tests.map_or("performance", |tests| &random.pick(tests).hazard).to_owned())
        }
        "fake" => Some("counterfeit".to_owned()),
        _ => None,
    }
}

fn claims(random: &mut Random) -> Value {
    let all = ["refund", "exchange", "repair", "compensation", "apology"];
    let first = random.place(all.len());
    let mut claims = vec![all[first]];
    if random.happens(0.3) {
        claims.push(all[(first + 1) % all.len()]);
    }
    claims.into()
}
