//! What laboratories find of the lots of the chains, and what is planted.

use std::sync::Arc;

use serde_json::{Value, json};
use stats::random::Random;

use crate::draw::Draw as _;
use crate::province::Province;
use crate::sheet::quantity;
use crate::time::OFFICE;

impl Province {
    /// A lot of a share is tested some days later, by the laboratory of the story more often than by
    /// others; each test is weighed on a balance. Whether this one is.
    pub(super) fn test_lot(
        &mut self,
        day: i32,
        at: usize,
        maker: usize,
        gtin: &str,
        lot: &str,
        random: &mut Random,
    ) -> bool {
        let share = self.data.chains.line[at].test;
        if !random.happens(share) {
            return false;
        }
        let issued = self.days.working_from(day + random.between(3, 9));
        self.chain_report(issued, at, maker, (gtin, lot), false, random);
        true
    }

    /// A test report on a lot.
    fn chain_report(
        &mut self,
        day: i32,
        at: usize,
        maker: usize,
        (gtin, lot): (&str, &str),
        fails: bool,
        random: &mut Random,
    ) {
        let (data, world) = (Arc::clone(&self.data), Arc::clone(&self.world));
        let line = &data.chains.line[at];
        let laboratories = &world.of_laboratory;
        if laboratories.is_empty() {
            return;
        }
        let which = if fails || random.happens(0.6) { 0 } else { random.place(laboratories.len()) };
        let (laboratory, own) = &laboratories[which];
        let (laboratory_at, laboratory) = (*laboratory, &world.organizations[*laboratory]);
        let maker = &world.organizations[maker];
        let happened = self.days.at(day, OFFICE, random);
        let date = self.days.date(day);
        let serial = self.number("chain-report", laboratory_at + 200_000, date);
        let short = laboratory.id.get(15..18).unwrap_or_default();
        let rows = line.tests.iter().enumerate().map(|(number, test)| {
            let part = match fails && number == 0 {
                true => 1.6 + 2.0 * random.unit(),
                false => 0.2 + 0.6 * random.unit(),
            };
            json!({
                "item": test.item, "method": test.method,
                "requirement": format!("≤ {} {}", test.limit, test.unit),
                "limit": quantity(test.limit, &test.unit),
                "value": quantity(test.limit * part, &test.unit),
                "verdict": if fails && number == 0 { "fail" } else { "pass" },
            })
        });
        let rows: Vec<Value> = rows.collect();
        let hazard = line.tests.first().filter(|_| fails).map(|test| test.hazard.clone());
        let is_food = line.serial.is_none() && line.unit.as_deref() == Some("KGM")
            || line.shelf_life.is_some();
        let mut sheet = self
            .sheet("test-report", maker.region, happened)
            .subject("nominal_maker", &maker.id)
            .subject("product", &format!("gtin:{}", gtin.trim_start_matches('0')))
            .subject("lot", lot)
            .subject("laboratory", &laboratory.id)
            .say("report_no", format!("LJ-{short}-{}-{serial:06}", date.year()))
            .date("issued_on", date)
            .date("tested_from", self.days.date(day - random.between(2, 4)))
            .date("tested_until", self.days.date(day - 1))
            .say("result", if fails { "fail" } else { "pass" })
            .say("programme", if is_food { "food-supervision" } else { "supervision" })
            .say("retest", false)
            .maybe("hazard", hazard)
            .say("items", rows);
        // A balance is used for every test, and something else beside.
        let second = (own.len() > 1).then(|| 1 + random.place(own.len() - 1));
        for used in own.first().copied().into_iter().chain(second.map(|at| own[at])) {
            sheet = sheet.subject("instrument", &world.instruments[used].id);
        }
        let at = self.written_at("report", happened, true, random);
        let by = laboratory.id.clone();
        self.tell(&by, at, sheet, random);
    }

    /// The lot of the story is the first of the first of its line that goes into something after its day.
    pub(super) fn plant(&mut self, day: i32, at: usize, inputs: &[(String, f64)]) {
        let data = Arc::clone(&self.data);
        let story = &data.chains.story;
        let is_day = day >= data.rates.period.days - story.lot_days_before_end;
        if self.chains.planted.is_some()
            || !is_day
            || !data.chains.line[at].inputs.contains(&story.line)
        {
            return;
        }
        let of = data.chains.line.iter().position(|line| line.id == story.line);
        let first = of.and_then(|line| Some((line, self.chains.lines[line].first()?)));
        let Some((line, party)) = first else { return };
        let lot = inputs.iter().map(|(lot, _)| lot).find(|lot| lot.contains(&party.gtin));
        self.chains.planted = lot.map(|lot| (lot.clone(), line, 0));
    }

    /// What the story has on a day: the report on the planted lot.
    pub(super) fn chain_story(&mut self, day: i32, random: &mut Random) {
        let days = self.data.rates.period.days;
        if day != days - self.data.chains.story.report_days_before_end {
            return;
        }
        let Some((lot, at, party)) = self.chains.planted.clone() else { return };
        let party = &self.chains.lines[at][party];
        let (maker, gtin) = (party.organization, party.gtin.clone());
        self.chain_report(day, at, maker, (&gtin, &lot), true, random);
    }
}
