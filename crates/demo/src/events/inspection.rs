//! Visits, the orders that they go by, and what is found.

use std::sync::Arc;

use serde_json::{Value, json};
use stats::random::Random;

use super::Event;
use crate::data::Role;
use crate::draw::{Draw as _, sums};
use crate::province::Province;
use crate::sheet::{Sheet, rounded};
use crate::time::{Busy, OFFICE};

impl Province {
    /// The visits of a day: some at once, some by an order that comes first.
    pub(super) fn visits(&mut self, day: i32, busy: Busy, random: &mut Random) {
        let data = Arc::clone(&self.data);
        let rates = &data.rates.inspection;
        let shares = sums([rates.daily, rates.random, rates.special, rates.patrol]);
        for _ in 0..self.come(rates.each_year, busy.office, random) {
            let Some(organization) = self.somebody_open(day, random) else { continue };
            let is_maker =
                data.trades[self.world.organizations[organization].trade].role == Role::Maker;
            if !is_maker && !random.happens(1.0 / rates.maker_times) {
                continue;
            }
            let sort = ["daily", "random", "special", "patrol"][random.weighted(&shares)];
            if matches!(sort, "random" | "special") && random.happens(rates.ordered) {
                self.order(day, organization, sort, random);
            } else {
                self.visit(day, organization, sort, None, random);
            }
        }
    }

    /// An order, and the visit some days later.
    fn order(&mut self, day: i32, organization: usize, sort: &'static str, random: &mut Random) {
        let world = Arc::clone(&self.world);
        let of = &world.organizations[organization];
        let region = &world.regions[of.region];
        let date = self.days.date(day);
        let number = self.number("order", of.region, date);
        let number = format!("{}市监任〔{}〕{number:05}", region.short, date.year());
        let visit = self.days.working_from(day + random.between(2, 12));
        let last = self.days.date(visit + 14);
        let reason = match sort {
            "random" => "年度双随机抽查计划",
            _ => "专项整治行动",
        };
        let happened = self.days.at(day, OFFICE, random);
        let mut sheet = self
            .sheet("inspection-order", of.region, happened)
            .office(&region.code)
            .subject("inspected", &of.id)
            .subject("approver", &officer(&region.code, 0))
            .say("order_no", number.as_str())
            .say("sort", sort)
            .say("reason", reason)
            .date("not_before", self.days.date(visit))
            .date("not_after", last)
            .say("counts_towards_cap", sort == "special")
            .say("items", self.points(of.trade));
        for officer in pair(&region.code, random) {
            sheet = sheet.subject("officer", &officer);
        }
        if sort == "random" {
            let year = date.year();
            sheet = sheet
                .say("plan_no", format!("SSJ-{year}-{}", region.city))
                .say("draw_no", format!("CQ-{year}-{:02}", date.month()));
        }
        let at = self.written_at("other", happened, true, random);
        self.tell(&region.code, at, sheet, random);
        self.follow(visit, Event::Visit { organization, sort, order: Some(number) });
    }

    /// What an order says is to be looked at.
    fn points(&self, trade: usize) -> Value {
        let items = self.check_list(trade).iter().map(|finding| {
            json!({ "item": finding.item, "basis": finding.requirement, "method": "现场检查、查阅资料" })
        });
        items.collect::<Vec<_>>().into()
    }

    fn check_list(&self, trade: usize) -> &[crate::data::Finding] {
        let format = match self.data.trades[trade].format.as_str() {
            "grocery" | "wholesale" | "market" => "supermarket",
            "canteen" => "restaurant",
            other => other,
        };
        let of = |format: &str| self.data.findings.iter().find(|f| f.format == format);
        of(format).or_else(|| of("other")).map_or(&[], |found| &found.items)
    }

    /// A visit and what comes of it.
    pub(super) fn visit(
        &mut self,
        day: i32,
        organization: usize,
        sort: &'static str,
        order: Option<String>,
        random: &mut Random,
    ) {
        if !self.is_open(organization, day) {
            return;
        }
        let (data, world) = (Arc::clone(&self.data), Arc::clone(&self.world));
        let rates = &data.rates.inspection;
        let of = &world.organizations[organization];
        let region = &world.regions[of.region];
        // Who was told to mend something has mostly done so.
        let fault = if sort == "recheck" { of.fault * 0.6 } else { of.fault };
        let fail = (rates.fail * fault).min(0.7);
        let conditional = (rates.conditional * libm::sqrt(fault)).min(0.9 - fail);
        let drawn = random.unit();
        let result = if drawn < rates.not_carried_out {
            "not-carried-out"
        } else if drawn < rates.not_carried_out + fail {
            "fail"
        } else if drawn < rates.not_carried_out + fail + conditional {
            "conditional"
        } else {
            "pass"
        };
        let happened = self.days.at(day, OFFICE, random);
        let date = self.days.date(day);
        let number = self.number("inspection", of.region, date);
        let mut sheet = self
            .sheet("inspection", of.region, happened)
            .office(&region.code)
            .subject("inspected", &of.id)
            .say("inspection_no", format!("{}市监检〔{}〕{number:06}", region.short, date.year()))
            .maybe("order_no", order)
            .date("inspected_on", date)
            .say("sort", sort)
            .say("business_format", data.trades[of.trade].format.as_str())
            .say("risk_class", risk_class(of.fault))
            .say("result", result)
            .maybe("publicity_result", publicity(result, sort));
        for officer in pair(&region.code, random) {
            sheet = sheet.subject("officer", &officer);
        }
        if let Some(product) = of.products.clone().next().filter(|_| random.happens(0.5)) {
            sheet = sheet.subject("product", &world.products[product].id());
        }
        if random.happens(0.4) {
            sheet = sheet
                .say("latitude", rounded(region.latitude + random.normal() * 0.02, 5))
                .say("longitude", rounded(region.longitude + random.normal() * 0.02, 5));
        }
        sheet = self.found(sheet, of.trade, result, day, random);
        let at = self.written_at("inspection", happened, true, random);
        self.tell_and_mend(&region.code, at, sheet, random, |draft| {
            let count = draft.open.get("minor_count").and_then(Value::as_i64).unwrap_or(0);
            draft.open.insert("minor_count".to_owned(), (count + 1).into());
        });
        if !matches!(result, "fail" | "conditional") {
            return;
        }
        if random.happens(0.6) && sort != "recheck" {
            let day =
                self.days.working_from(day + rates.recheck_after_days + random.between(0, 12));
            self.follow(day, Event::Visit { organization, sort: "recheck", order: None });
        }
        if result == "fail" && random.happens(data.rates.penalty.after_failed_inspection) {
            let violation = violation(&data.trades[of.trade].format, random);
            let day = self.next_day(day, "inspection_to_penalty", random);
            let event = Event::Penalty { organization, product: None, lot: None, violation };
            self.follow(day, event);
        }
    }

    /// Findings of a visit, with their counts and until when they are to be mended.
    fn found(
        &self,
        sheet: Sheet,
        trade: usize,
        result: &str,
        day: i32,
        random: &mut Random,
    ) -> Sheet {
        let wanted = match result {
            "fail" => 1 + random.place(3),
            "conditional" => 1 + random.place(2),
            "pass" => {
                return sheet
                    .say("critical_count", 0)
                    .say("serious_count", 0)
                    .say("minor_count", 0);
            }
            _ => return sheet,
        };
        let list = self.check_list(trade);
        let begin = random.place(list.len().max(1));
        let mut counts = [0, 0, 0];
        let mut rows = Vec::new();
        for step in 0..wanted.min(list.len()) {
            let finding = &list[(begin + step) % list.len()];
            let severity = match (result, finding.severity.as_str()) {
                // What is critical is not let pass with conditions.
                ("conditional", "critical") => "serious",
                (_, severity) => severity,
            };
            let place = ["critical", "serious", "minor"].iter().position(|s| *s == severity);
            counts[place.unwrap_or(2)] += 1;
            rows.push(json!({
                "item": finding.item, "requirement": finding.requirement, "severity": severity,
                "finding": finding.finding, "corrected": random.happens(0.25),
            }));
        }
        sheet
            .say("critical_count", counts[0])
            .say("serious_count", counts[1])
            .say("minor_count", counts[2])
            .say("findings", rows)
            .date("correct_by", self.days.date(day + self.data.rates.inspection.recheck_after_days))
    }

    /// An import of inspections under the wrong division, which is taken back.
    pub(super) fn wrong_import(&mut self, day: i32, random: &mut Random) {
        let world = Arc::clone(&self.world);
        let wanted = self.data.rates.records.withdrawn_batch_records;
        let region_at = random.place(world.regions.len());
        let region = &world.regions[region_at];
        let date = self.days.date(day);
        let happened = self.days.at(day - 1, OFFICE, random);
        let mut sheets = Vec::new();
        for number in 1..=wanted {
            let Some(organization) = self.somebody_open(day - 1, random) else { continue };
            let of = &world.organizations[organization];
            sheets.push(
                self.sheet("inspection", region_at, happened)
                    .office(&region.code)
                    .subject("inspected", &of.id)
                    .say("inspection_no", format!("补录-{date}-{number:03}"))
                    .date("inspected_on", self.days.date(day - 1))
                    .say("sort", "daily")
                    .say("result", "pass"),
            );
        }
        let at = self.days.at(day, OFFICE, random);
        let reason = "导入时检查对象与地域列错位，整批撤回（演示）";
        self.import_and_withdraw(&region.code, at, sheets, reason, random);
    }
}

/// An officer of an office; the first is its head.
pub(super) fn officer(office: &str, number: usize) -> String {
    format!("person:demo-{office}-{number}")
}

/// How many officers each office has, beside its head.
pub(super) const OFFICERS: usize = 4;

/// Two who go together.
pub(crate) fn pair(office: &str, random: &mut Random) -> [String; 2] {
    let first = random.place(OFFICERS);
    let second = (first + 1 + random.place(OFFICERS - 1)) % OFFICERS;
    [officer(office, first + 1), officer(office, second + 1)]
}

fn risk_class(fault: f64) -> &'static str {
    match fault {
        fault if fault > 3.0 => "high",
        fault if fault > 1.0 => "medium",
        _ => "low",
    }
}

fn publicity(result: &str, sort: &str) -> Option<&'static str> {
    if !matches!(sort, "random" | "special" | "daily") {
        return None;
    }
    Some(match result {
        "pass" => "no-problem",
        "conditional" => "ordered-to-correct",
        "fail" => "to-be-handled",
        _ => "not-reachable",
    })
}

fn violation(format: &str, random: &mut Random) -> &'static str {
    let of: &[&'static str] = match format {
        "production" => &["substandard", "labelling", "record", "measurement"],
        "service" | "online" => &["other", "labelling", "measurement", "false-report"],
        _ => &["expired", "record", "no-licence", "labelling"],
    };
    of[random.place(of.len())]
}
