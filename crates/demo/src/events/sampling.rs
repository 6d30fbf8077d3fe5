//! Samples, their custody, and what laboratories report.

use std::sync::Arc;

use model::Timestamp;
use serde_json::{Value, json};
use stats::random::Random;

use super::Event;
use super::inspection::pair;
use crate::data::{Role, Test, Trade};
use crate::draw::Draw as _;
use crate::province::Province;
use crate::sheet::quantity;
use crate::time::{Busy, OFFICE};

/// A sample that is at a laboratory.
#[derive(Debug, Clone)]
pub(crate) struct Sampled {
    product: usize,
    seller: Option<usize>,
    lot: String,
    /// The sample, as a subject; none for what makers have tested themselves.
    sample: Option<String>,
    laboratory: usize,
    programme: &'static str,
    region: usize,
    retest: bool,
    /// What failed before, of a retest.
    failed: Option<usize>,
}

impl Province {
    /// The samples of a day, and the reports that makers order themselves.
    pub(super) fn samples(&mut self, day: i32, busy: Busy, random: &mut Random) {
        let data = Arc::clone(&self.data);
        let rates = &data.rates.sampling;
        for _ in 0..self.come(rates.each_year, busy.office, random) {
            self.sample(day, None, None, random);
        }
        let world = Arc::clone(&self.world);
        for _ in 0..self.come(rates.factory_test, busy.office, random) {
            let Some(maker) = self.some_open(&world.makers, day, random) else { continue };
            let Some(product) = self.product_of(maker, random) else { continue };
            let Some((laboratory, _)) = self.some_laboratory(maker, random) else { continue };
            let (lot, _) = self.lot(day, random);
            let sampled = Sampled {
                product,
                seller: None,
                lot,
                sample: None,
                laboratory,
                programme: if random.happens(0.85) { "factory-test" } else { "commissioned" },
                region: world.organizations[maker].region,
                retest: false,
                failed: None,
            };
            let day = self.days.office_day_after(day, 2.0 + 6.0 * random.unit());
            self.follow(day, Event::Report(Box::new(sampled)));
        }
    }

    /// Some maker that is open; of food as often as programmes of food are.
    fn some_maker(&self, day: i32, random: &mut Random) -> Option<usize> {
        let wants_food = random.happens(self.data.rates.sampling.food_share);
        let is_food = |at: usize| self.trade_of(at).is_food();
        let mut tries = (0..30).filter_map(|_| self.some_open(&self.world.makers, day, random));
        let found: Vec<usize> = tries.by_ref().take(30).collect();
        found.iter().copied().find(|at| is_food(*at) == wants_food).or(found.first().copied())
    }

    pub(crate) fn trade_of(&self, organization: usize) -> &Trade {
        &self.data.trades[self.world.organizations[organization].trade]
    }

    pub(crate) fn product_of(&self, maker: usize, random: &mut Random) -> Option<usize> {
        let products = &self.world.organizations[maker].products;
        (!products.is_empty()).then(|| products.start + random.place(products.len()))
    }

    /// A laboratory: one of the few, more often one nearby. The first is that of the story.
    fn some_laboratory(&self, near: usize, random: &mut Random) -> Option<(usize, &[usize])> {
        let all = &self.world.of_laboratory;
        if all.is_empty() {
            return None;
        }
        let city = &self.world.region_of(near).city;
        let here = |at: usize| &self.world.region_of(all[at].0).city == city;
        let tries = [random.place(all.len()), random.place(all.len())];
        let at = if here(tries[0]) { tries[0] } else { tries[1] };
        Some((all[at].0, &all[at].1))
    }

    /// The number of a lot and the day on which it was made, some weeks before.
    pub(crate) fn lot(&self, day: i32, random: &mut Random) -> (String, clock::Date) {
        let date = self.days.date(day - random.between(3, 75));
        let (year, month, of_month) = date.ymd();
        let line = (b'A' + random.place(3) as u8) as char;
        (format!("{year}{month:02}{of_month:02}{line}"), date)
    }

    /// A sample is taken: at a maker, or at a shop that sells its goods.
    pub(super) fn sample(
        &mut self,
        day: i32,
        maker: Option<usize>,
        seller: Option<usize>,
        random: &mut Random,
    ) {
        let world = Arc::clone(&self.world);
        let wanted = maker;
        let Some(maker) = maker.or_else(|| self.some_maker(day, random)) else { return };
        let Some(product) = self.product_of(maker, random) else { return };
        let seller = match (wanted, seller) {
            (_, Some(seller)) => Some(seller),
            (Some(_), None) => None,
            (None, None) if random.happens(0.6) => self.some_open(&world.sellers, day, random),
            _ => None,
        };
        let at = seller.unwrap_or(maker);
        if !self.is_open(at, day) {
            return;
        }
        let region_at = world.organizations[at].region;
        let region = &world.regions[region_at];
        let Some((laboratory, _)) = self.some_laboratory(at, random) else { return };
        let data = Arc::clone(&self.data);
        let trade = &data.trades[world.organizations[maker].trade];
        let programme = match (trade.is_food(), random.place(10)) {
            (true, 0) => "food-monitoring",
            (true, _) => "food-supervision",
            (false, 0) => "risk-monitoring",
            (false, _) => "supervision",
        };
        let stage = match seller {
            None => "production",
            Some(seller) => match data.trades[world.organizations[seller].trade].format.as_str() {
                "restaurant" | "canteen" => "catering",
                "online" => "online",
                _ => "circulation",
            },
        };
        let (lot, made_on) = self.lot(day, random);
        let date = self.days.date(day);
        let number = self.number("sample", region_at, date);
        let sheet_no = format!("CY-{}-{}-{number:05}", region.code, date.year());
        let sample = format!("sample:{sheet_no}");
        let happened = self.days.at(day, OFFICE, random);
        let seal = format!("FY{}", &sheet_no[3..]);
        let count = f64::from(random.between(4, 24));
        let mut sheet = self
            .sheet("sample", region_at, happened)
            .office(&region.code)
            .subject("sample", &sample)
            .subject("nominal_maker", &world.organizations[maker].id)
            .subject("product", &world.products[product].id())
            .subject("lot", &world.products[product].lot(&lot))
            .subject("laboratory", &world.organizations[laboratory].id)
            .say("sheet_no", sheet_no.as_str())
            .say("plan_no", format!("CJ-{}-{}", date.year(), region.city))
            .say("programme", programme)
            .say("stage", stage)
            .date("taken_on", date)
            .date("made_on", made_on)
            .quantity("batch_size", count * f64::from(random.between(20, 400)), &trade.unit)
            .quantity("quantity", count, &trade.unit)
            .quantity("backup_quantity", libm::ceil(count / 2.0), &trade.unit)
            .say("seal_no", seal.as_str())
            .money("price", trade.price * count)
            .say("storage", if trade.is_food() { "常温、避光" } else { "常温、干燥" });
        if let Some(seller) = seller {
            sheet = sheet.subject("seller", &world.organizations[seller].id);
        }
        if let Some(standard) = &trade.standard {
            sheet = sheet.subject("standard", &format!("standard:{standard}"));
        }
        for officer in pair(&region.code, random) {
            sheet = sheet.subject("officer", &officer);
        }
        let at = self.written_at("sample", happened, true, random);
        self.tell(&region.code, at, sheet, random);
        if random.happens(data.rates.sampling.seal) {
            self.seal(day, region_at, &sample, &seal, happened, laboratory, random);
        }
        let sampled = Sampled {
            product,
            seller,
            lot,
            sample: Some(sample),
            laboratory,
            programme,
            region: region_at,
            retest: false,
            failed: None,
        };
        let day = self.next_day(day, "sample_to_report", random);
        self.follow(day, Event::Report(Box::new(sampled)));
    }

    /// Whose hands a sample was in.
    #[expect(clippy::too_many_arguments, reason = "a sheet with as many lines")]
    fn seal(
        &mut self,
        day: i32,
        region: usize,
        sample: &str,
        seal: &str,
        affixed: Timestamp,
        laboratory: usize,
        random: &mut Random,
    ) {
        let world = Arc::clone(&self.world);
        let office = &world.regions[region];
        let arrives = self.days.at(self.days.working_from(day + 1), OFFICE, random);
        let custody = json!([{
            "at": arrives.to_string(), "given_by": office.office,
            "taken_by": world.organizations[laboratory].name, "condition": "封条完好",
        }]);
        let sheet = self
            .sheet("seal", region, affixed)
            .office(&office.code)
            .subject("sample", sample)
            .say("seal_no", seal)
            .say("purpose", "sample")
            .say("state", "intact")
            .say("affixed_at", affixed.to_string())
            .say("custody", custody);
        let at = self.written_at("other", arrives, true, random);
        self.tell(&office.code, at, sheet, random);
    }

    /// A laboratory reports.
    pub(super) fn report(&mut self, day: i32, sampled: Sampled, random: &mut Random) {
        let (data, world) = (Arc::clone(&self.data), Arc::clone(&self.world));
        let product = &world.products[sampled.product];
        let maker = &world.organizations[product.maker];
        let trade = &data.trades[maker.trade];
        let rates = &data.rates.sampling;
        if trade.tests.is_empty() {
            return;
        }
        let failed = match sampled.failed {
            Some(failed) => (!random.happens(rates.retest_overturns)).then_some(failed),
            None => {
                // Who tests their own goods sends good ones, and sees to those that are not.
                let own = if sampled.sample.is_none() { 0.15 } else { rates.fail_times };
                let often = match maker.fails {
                    Some(fails) => fails * 2.0 * f64::from(day) / f64::from(data.rates.period.days),
                    None => trade.fail * maker.fault,
                };
                let fail = (often * own).min(0.8);
                random.happens(fail).then(|| random.place(trade.tests.len()))
            }
        };
        let happened = self.days.at(day, OFFICE, random);
        let date = self.days.date(day);
        let laboratory = &world.organizations[sampled.laboratory];
        let serial = self.number("report", sampled.laboratory + 100_000, date);
        let letters = if sampled.retest { "FJ" } else { "JY" };
        let short = laboratory.id.get(15..18).unwrap_or_default();
        let report_no = format!("{letters}-{short}-{}-{serial:06}", date.year());
        let rows = trade.tests.iter().enumerate();
        let rows = rows.map(|(at, test)| row(test, failed == Some(at), random));
        let rows: Vec<Value> = rows.collect();
        let result = if failed.is_some() { "fail" } else { "pass" };
        let hazard = failed.map(|at| trade.tests[at].hazard.clone());
        let person = format!("s-{}", random.place(6));
        let signatory = format!("{}工{}", data.names.surname[random.place(6)], data.names.mark);
        let mut sheet = self
            .sheet("test-report", sampled.region, happened)
            .subject("nominal_maker", &maker.id)
            .subject("product", &product.id())
            .subject("lot", &product.lot(&sampled.lot))
            .subject("laboratory", &laboratory.id)
            .say("report_no", report_no)
            .date("issued_on", date)
            .date("tested_from", self.days.date(day - random.between(3, 8)))
            .date("tested_until", self.days.date(day - random.between(0, 2)))
            .say("result", result)
            .say("programme", sampled.programme)
            .say("retest", sampled.retest)
            .maybe("hazard", hazard.clone())
            .say("items", rows)
            .person(&person, json!({ "signatory": signatory }));
        if sampled.sample.is_some() {
            sheet = sheet.office(&world.regions[sampled.region].code);
        }
        if let Some(seller) = sampled.seller {
            sheet = sheet.subject("seller", &world.organizations[seller].id);
        }
        if let Some(sample) = &sampled.sample {
            sheet = sheet.subject("sample", sample);
        }
        if let Some(standard) = &trade.standard {
            sheet = sheet.subject("standard", &format!("standard:{standard}"));
        }
        let own = world.of_laboratory.iter().find(|(at, _)| *at == sampled.laboratory);
        if let Some((_, own)) = own.filter(|(_, own)| own.len() > 1) {
            let (first, second) = (random.place(own.len()), random.place(own.len()));
            let mut used = vec![first];
            used.extend((second != first).then_some(second));
            for at in used {
                sheet = sheet.subject("instrument", &world.instruments[own[at]].id);
            }
        }
        let at = self.written_at("report", happened, true, random);
        self.tell_and_mend(&laboratory.id, at, sheet, random, |draft| {
            draft.open.insert("remark".to_owned(), "更正：补充检验依据（演示）".into());
        });
        let (Some(failed), Some(hazard)) = (failed, hazard) else { return };
        if sampled.sample.is_none() {
            return;
        }
        self.after_failure(day, &sampled, failed, &hazard, trade.role == Role::Maker, random);
    }

    /// What follows a test that failed: an objection, a penalty, a recall, somebody goes and looks.
    fn after_failure(
        &mut self,
        day: i32,
        sampled: &Sampled,
        failed: usize,
        hazard: &str,
        is_made_here: bool,
        random: &mut Random,
    ) {
        let data = Arc::clone(&self.data);
        let maker = self.world.products[sampled.product].maker;
        if !sampled.retest && random.happens(data.rates.sampling.retest) {
            let laboratory = self.some_laboratory(maker, random).map(|(at, _)| at);
            let again = Sampled {
                retest: true,
                failed: Some(failed),
                laboratory: laboratory.unwrap_or(sampled.laboratory),
                ..sampled.clone()
            };
            let day = self.next_day(day, "report_to_retest", random);
            self.follow(day, Event::Report(Box::new(again)));
            return;
        }
        let organization = match sampled.seller {
            Some(seller) if random.happens(0.45) => seller,
            _ => maker,
        };
        if random.happens(data.rates.penalty.after_failed_test) {
            let event = Event::Penalty {
                organization,
                product: Some(sampled.product),
                lot: Some(sampled.lot.clone()),
                violation: if hazard == "labelling" { "labelling" } else { "substandard" },
            };
            let day = self.next_day(day, "report_to_penalty", random);
            self.follow(day, event);
        }
        if is_made_here && random.happens(data.rates.risk.recall_after_failed_test) {
            let kind = if random.happens(0.4) { "ordered" } else { "after-investigation" };
            let event = Event::Recall {
                product: sampled.product,
                lot: sampled.lot.clone(),
                hazard: hazard.to_owned(),
                kind,
            };
            let day = self.days.office_day_after(day, 12.0 + 30.0 * random.unit());
            self.follow(day, event);
        }
        let day = self.days.office_day_after(day, 20.0 + 20.0 * random.unit());
        self.follow(day, Event::Visit { organization, sort: "recheck", order: None });
    }
}

/// One item of a report, with a value on the right side of its limit.
fn row(test: &Test, fails: bool, random: &mut Random) -> Value {
    // What has to be at least so much, is below it where it fails.
    let is_least = test.item.contains("强度")
        || test.item.contains("蛋白质")
        || test.item.contains("氨基酸")
        || test.item.contains("延伸率")
        || test.item.contains("厚度");
    let part =
        if is_least == fails { 0.35 + 0.6 * random.unit() } else { 1.05 + 1.3 * random.unit() };
    let verdict = if fails { "fail" } else { "pass" };
    let requirement = format!("{} {} {}", if is_least { "≥" } else { "≤" }, test.limit, test.unit);
    json!({
        "item": test.item, "method": test.method, "requirement": requirement,
        "limit": quantity(test.limit, &test.unit),
        "value": quantity(test.limit * part, &test.unit), "verdict": verdict,
    })
}
