//! The registers: organizations, places, products, licences, people in office; how they are loaded on
//! the first day, and how they change.

use std::ops::Range;
use std::sync::Arc;

use model::Timestamp;
use serde_json::json;
use stats::random::Random;

use super::Event;
use super::inspection::{OFFICERS, officer};
use crate::code;
use crate::data::Role;
use crate::draw::Draw as _;
use crate::province::Province;
use crate::sheet::{Sheet, rounded};
use crate::time::{DAY, HOUR, OFFICE};

/// A licence that ends before its time.
#[derive(Debug, Clone)]
pub(crate) struct Lapse {
    sheet: Sheet,
    office: String,
}

impl Province {
    /// Loads the registers of some organizations on the first day.
    pub(crate) fn load(&mut self, which: Range<usize>, random: &mut Random) {
        let world = Arc::clone(&self.world);
        let count = world.organizations.len().max(1) as f64;
        let hours = |part: f64| (12.0 * HOUR as f64 * part) as i64;
        if which.start == 0 {
            self.load_offices(random);
        }
        let begins = self.begins().micros();
        for at in which {
            if world.organizations[at].opens > 0 {
                continue;
            }
            // Over twelve hours, in their order.
            let loaded = Timestamp::from_micros(begins + hours(at as f64 / count));
            self.register(at, loaded, random);
        }
    }

    /// The standards, and the officers of every office.
    fn load_offices(&mut self, random: &mut Random) {
        let at = self.begins();
        for sheet in self.standard_sheets() {
            self.tell("420000-standards", at, sheet, random);
        }
        let world = Arc::clone(&self.world);
        for (region_at, region) in world.regions.iter().enumerate() {
            let since = self.days.date(-random.between(300, 3_000));
            let since = since.max(region.from.unwrap_or(since));
            for number in 0..=OFFICERS {
                let happened = Timestamp::from_micros(since.unix_day() * DAY);
                let name = self.person_name(random);
                let person = officer(&region.code, number);
                let sheet = self
                    .sheet("person-in-office", region_at, happened)
                    .office(&region.code)
                    .subject("person", &person)
                    .subject("employer", &format!("office:{}", region.code))
                    .say("post", "enforcement-officer")
                    .date("since", since)
                    .say("certificate_type", "enforcement-certificate")
                    .date("certificate_until", self.days.date(1_400))
                    .say("appointed_by", region.office.as_str())
                    .person(&person, json!({ "name": name }));
                self.tell(&region.code, at, sheet, random);
            }
        }
    }

    /// Registers an organization with what belongs to it.
    fn register(&mut self, at: usize, written: Timestamp, random: &mut Random) {
        let (data, world) = (Arc::clone(&self.data), Arc::clone(&self.world));
        let of = &world.organizations[at];
        let region = &world.regions[of.region];
        let trade = &data.trades[of.trade];
        let happened = Timestamp::from_micros(of.established.unix_day() * DAY + 2 * HOUR);
        let happened = happened.min(written);
        let sheet = self.organization_sheet(at, happened, random);
        self.tell(&region.code, written, sheet, random);
        if random.happens(data.rates.register.place) || of.is_of_story() {
            self.place(at, happened, written, random);
        }
        let (holder, number) = (&of.id, self.serial("licence"));
        if let Some(kind) = trade.licence.as_deref().filter(|kind| *kind != "business") {
            let sheet = self.licence_sheet(at, kind, number, written, random);
            self.tell(&region.code, written, sheet.clone(), random);
            if random.happens(data.rates.register.licence_lapses) && of.opens < 0 {
                let day = random.between(30, data.rates.period.days);
                let lapse = Lapse { sheet, office: region.code.clone() };
                self.follow(self.days.working_from(day), Event::Lapse(Box::new(lapse)));
            }
        }
        for product in of.products.clone() {
            let sheet = self.product_sheet(product, happened, random);
            self.tell(holder, written, sheet, random);
        }
        match trade.role {
            Role::Maker if random.happens(data.rates.register.person) || of.is_of_story() => {
                self.quality_head(at, happened, written, random);
            }
            Role::Special => self.special(at, happened, written, random),
            _ => {}
        }
        for &instrument in world.of_holder.get(&at).into_iter().flatten() {
            let sheet = self.instrument_sheet(instrument, happened);
            self.tell("420000-metrology", written, sheet.office("420000-metrology"), random);
        }
        if of.opens < 0 && random.happens(data.rates.register.double) {
            self.double(at, happened, written, random);
        }
    }

    fn organization_sheet(&self, at: usize, happened: Timestamp, random: &mut Random) -> Sheet {
        let of = &self.world.organizations[at];
        let region = &self.world.regions[of.region];
        let trade = &self.data.trades[of.trade];
        let first = trade.products.first().map(String::as_str);
        let products: Vec<&str> =
            first.into_iter().chain(trade.products.get(1).map(String::as_str)).collect();
        let mut sheet = self
            .sheet("organization", of.region, happened)
            .office(&region.code)
            .subject("organization", &of.id)
            .say("name", of.name.as_str())
            .say("organization_type", trade.organization_type.as_str())
            .say("status", "active")
            .say("size", of.size)
            .date("established_on", of.established)
            .say("address", self.address(of.region, random))
            .say("registration_authority", region.office.as_str())
            .say("registered_capital", random.between(1, 300) * 10_000)
            .say(
                "employees",
                match of.size {
                    "large" => random.between(300, 2_000),
                    "medium" => random.between(60, 300),
                    "small" => random.between(10, 60),
                    _ => random.between(1, 9),
                },
            )
            .say("business_scope", format!("{}相关经营活动{}", trade.word, self.data.names.mark));
        // The divisions of trades before October 2017 are those of another edition.
        if self.pack.tables().industries.get(&trade.industry, happened.day_in_china()).is_some() {
            sheet = sheet.say("industry", trade.industry.as_str());
        }
        if !products.is_empty() {
            sheet = sheet.say("main_products", products);
        }
        if random.happens(0.4) {
            sheet = sheet
                .say("latitude", rounded(region.latitude + random.normal() * 0.02, 5))
                .say("longitude", rounded(region.longitude + random.normal() * 0.02, 5));
        }
        let name = self.person_name(random);
        sheet.person(&format!("r-{at}"), json!({ "legal_representative": name }))
    }

    fn product_sheet(&self, at: usize, happened: Timestamp, random: &mut Random) -> Sheet {
        let product = &self.world.products[at];
        let maker = &self.world.organizations[product.maker];
        let trade = &self.data.trades[maker.trade];
        let region = &self.world.regions[maker.region];
        let mut sheet = self
            .sheet("product", maker.region, happened)
            .subject("product", &product.id())
            .subject("maker", &maker.id)
            .say("name", product.name.as_str())
            .say(
                "brand",
                format!("{}{}", self.data.names.brand[product.brand], self.data.names.mark),
            )
            .say("model", format!("DM-{:05}", at + 1))
            .say("category", trade.category.as_str())
            .say("key_product", trade.fail > 0.03)
            .say("licence_required", trade.licence.is_some())
            .say("origin", region.code.as_str())
            .say("country", "CN");
        if trade.is_food() {
            sheet = sheet.say("shelf_life_days", *random.pick(&[15, 90, 180, 270, 365, 540]));
        }
        match &trade.standard {
            Some(standard) => sheet.subject("standard", &format!("standard:{standard}")),
            None => sheet,
        }
    }

    pub(crate) fn place(
        &mut self,
        at: usize,
        happened: Timestamp,
        written: Timestamp,
        random: &mut Random,
    ) {
        let world = Arc::clone(&self.world);
        let of = &world.organizations[at];
        let region = &world.regions[of.region];
        let Some(gln) = code::gln(at as u32) else { return };
        let mut sheet = self
            .sheet("place", of.region, happened)
            .office(&region.code)
            .subject("place", &format!("gln:{gln}"))
            .subject("operator", &of.id)
            .say("name", format!("{}（经营场所）", of.name))
            .say("place_type", self.trade_of(at).place.as_str())
            .say("address", self.address(of.region, random))
            .say("latitude", rounded(region.latitude + random.normal() * 0.02, 5))
            .say("longitude", rounded(region.longitude + random.normal() * 0.02, 5))
            .say("grid_cell", format!("{}-{:03}", region.code, random.place(120)));
        if random.happens(0.12) {
            sheet = sheet.say(
                "key_area",
                *random.pick(&["urban-fringe", "rural-market", "school", "scenic"]),
            );
        }
        self.tell(&region.code, written, sheet, random);
    }

    fn licence_sheet(
        &self,
        at: usize,
        kind: &str,
        number: u32,
        on: Timestamp,
        random: &mut Random,
    ) -> Sheet {
        let of = &self.world.organizations[at];
        let region = &self.world.regions[of.region];
        let issued = self.days.date(self.days.number(on.day_in_china()) - random.between(0, 1_200));
        let issued = issued.max(of.established);
        let letters = match kind {
            "food-production" => "SC",
            "food-business" => "JY",
            _ => "XK",
        };
        let happened = Timestamp::from_micros(issued.unix_day() * DAY + 3 * HOUR).min(on);
        self.sheet("licence", of.region, happened)
            .office(&region.code)
            .subject("holder", &of.id)
            .say("licence_no", format!("DEMO-{letters}{}{number:07}", region.code))
            .say("licence_type", kind)
            .say("scope", format!("{}{}", self.data.trades[of.trade].word, self.data.names.mark))
            .say("issuing_authority", region.office.as_str())
            .date("issued_on", issued)
            .date("valid_from", issued)
            .date("valid_until", issued.month_end(60).unwrap_or(issued))
            .say("state", "valid")
            .say("on_promise", random.happens(0.3))
    }

    /// A licence is suspended or given up.
    pub(super) fn lapse(&mut self, day: i32, lapse: Lapse, random: &mut Random) {
        let Lapse { mut sheet, office } = lapse;
        let happened = self.days.at(day, OFFICE, random);
        sheet.0.valid_at = happened;
        sheet.0.id = None;
        let sheet =
            sheet.say("state", *random.pick(&["cancelled", "cancelled", "suspended", "revoked"]));
        let at = self.written_at("other", happened, true, random);
        self.tell(&office, at, sheet, random);
    }

    fn quality_head(
        &mut self,
        at: usize,
        happened: Timestamp,
        written: Timestamp,
        random: &mut Random,
    ) {
        let world = Arc::clone(&self.world);
        let of = &world.organizations[at];
        let person = format!("q-{at}");
        let name = self.person_name(random);
        let post =
            if self.trade_of(at).is_food() { "quality-safety-director" } else { "quality-chief" };
        let sheet = self
            .sheet("person-in-office", of.region, happened)
            .subject("person", &format!("person:demo-{person}"))
            .subject("employer", &of.id)
            .say("post", post)
            .date("since", happened.day_in_china())
            .say("appointed_by", of.name.as_str())
            .person(&person, json!({ "name": name }));
        self.tell(&of.id, written, sheet, random);
    }

    /// What laboratories have beside: their scope, and who signs.
    fn special(&mut self, at: usize, happened: Timestamp, written: Timestamp, random: &mut Random) {
        let (data, world) = (Arc::clone(&self.data), Arc::clone(&self.world));
        let of = &world.organizations[at];
        let trade = data.trades[of.trade].id.as_str();
        if !matches!(trade, "laboratory" | "calibration-body") {
            return;
        }
        let person = format!("s-{at}");
        let name = self.person_name(random);
        let sheet = self
            .sheet("person-in-office", of.region, happened)
            .subject("person", &format!("person:demo-{person}"))
            .subject("employer", &of.id)
            .say("post", "authorized-signatory")
            .date("since", happened.day_in_china())
            .person(&person, json!({ "name": name }));
        self.tell(&of.id, written, sheet, random);
        let from = self.days.date(-random.between(30, 900));
        let from = from.max(of.established);
        let valid = Timestamp::from_micros(from.unix_day() * DAY + 3 * HOUR).min(written);
        let makers: Vec<_> = data.trades.iter().filter(|t| !t.tests.is_empty()).collect();
        let items = makers.iter().flat_map(|trade| {
            trade.tests.iter().map(|test| {
                json!({
                    "product": trade.word, "item": test.item, "standard_no": test.method,
                    "method": test.method,
                })
            })
        });
        let items: Vec<_> = items.filter(|_| random.happens(0.8)).collect();
        let (scheme, letters) = match trade {
            "laboratory" => ("cma", "DEMO-CMA"),
            _ => ("verification-authorization", "DEMO-JL"),
        };
        let sheet = self
            .sheet("laboratory-scope", of.region, valid)
            .subject("laboratory", &of.id)
            .say("accreditation", scheme)
            .say("accreditation_no", format!("{letters}-{at:05}"))
            .date("valid_from", from)
            .date("valid_until", from.month_end(72).unwrap_or(from))
            .say("state", "valid")
            .say("items", items);
        self.tell(&of.id, written, sheet, random);
    }

    /// The same organization, entered a second time under a number of an older system; of some a
    /// person has said already that they are one.
    fn double(&mut self, at: usize, happened: Timestamp, written: Timestamp, random: &mut Random) {
        let world = Arc::clone(&self.world);
        let of = &world.organizations[at];
        let region = &world.regions[of.region];
        let id = format!("old-register:demo-{at:06}");
        let mut sheet = self.organization_sheet(at, happened, random);
        for subject in &mut sheet.0.subjects {
            if let Ok(old) = id.parse() {
                subject.id = old;
            }
        }
        self.tell(&region.code, written, sheet, random);
        // Every second one; the others wait for somebody to decide.
        if self.serial("double") % 2 == 1 {
            let at = self.later(written, random.between(20, 400), random);
            let sheet = self
                .sheet("same-subject", of.region, at)
                .office(&region.code)
                .subject("entry", &of.id)
                .subject("double_entry", &id)
                .say("verdict", "same")
                .say("reason", "名称、地址、负责人一致（演示）");
            self.tell(&region.code, at, sheet, random);
        }
    }

    /// New organizations, those that end, those that move or take another name.
    pub(super) fn open_and_close(&mut self, day: i32, random: &mut Random) {
        for at in self.opening.remove(&day).unwrap_or_default() {
            let happened = self.days.at(self.days.working_from(day), OFFICE, random);
            let written = self.written_at("other", happened, true, random);
            self.register(at, written, random);
        }
        let world = Arc::clone(&self.world);
        for at in self.closing.remove(&day).unwrap_or_default() {
            let status = if random.happens(0.12) { "revoked" } else { "cancelled" };
            let date = self.days.date(day);
            let happened = self.days.at(day, OFFICE, random);
            let sheet = self.organization_sheet(at, happened, random);
            let sheet = sheet.say("status", status).date("ended_on", date);
            let written = self.written_at("other", happened, true, random);
            let office = world.region_of(at).code.clone();
            self.tell(&office, written, sheet, random);
        }
        let busy = if self.days.is_working(day) { 1.45 } else { 0.0 };
        for _ in 0..self.come(self.data.rates.register.changed, busy, random) {
            let Some(at) = self.somebody_open(day, random) else { continue };
            let happened = self.days.at(day, OFFICE, random);
            let mut sheet = self.organization_sheet(at, happened, random);
            if random.happens(0.35) && !world.organizations[at].is_of_story() {
                let (first, mark) = (random.pick(&self.data.names.first), &self.data.names.mark);
                let former = world.organizations[at].name.clone();
                let name = format!("{first}{}", former.trim_end_matches(mark.as_str()));
                sheet =
                    sheet.say("name", format!("{name}{mark}")).say("former_names", vec![former]);
            }
            let written = self.written_at("other", happened, true, random);
            let office = world.region_of(at).code.clone();
            self.tell(&office, written, sheet, random);
        }
    }
}
