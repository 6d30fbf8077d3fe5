//! Standards, what enterprises declare to meet, and what they adopt.

use std::sync::Arc;

use model::Timestamp;
use serde_json::json;
use stats::random::Random;

use crate::draw::Draw as _;
use crate::province::Province;
use crate::sheet::{Sheet, quantity};
use crate::time::{Busy, OFFICE};

/// The delegated institute that records standards and adoptions.
const INSTITUTE: &str = "420000-standards";

impl Province {
    /// The national standards, as the library has them.
    pub(super) fn standard_sheets(&self) -> Vec<Sheet> {
        let sheets = self.data.standards.iter().filter_map(|standard| {
            let effective: clock::Date = standard.effective.to_string().parse().ok()?;
            // In the library from the first load on, under the state of that day.
            let loaded = self.days.date(0);
            let state = if effective > loaded { "coming" } else { "in-force" };
            let happened = Timestamp::from_micros(self.days.start(0));
            let on = effective.min(loaded);
            let begins = Timestamp::from_micros(on.unix_day() * crate::time::DAY).min(happened);
            Some(
                Sheet::new(
                    "standard",
                    &self.pack.manifest().province,
                    begins,
                    &self.data.names.source,
                )
                .office(INSTITUTE)
                .subject("standard", &format!("standard:{}", standard.number))
                .say("number", standard.number.as_str())
                .say("title_zh", standard.zh.as_str())
                .say("level", "national")
                .say("nature", standard.nature.as_str())
                .say("state", state)
                .date("effective_on", effective),
            )
        });
        sheets.collect()
    }

    /// The declarations and adoptions of a day, and the enterprises' own standards.
    pub(super) fn declarations(&mut self, day: i32, busy: Busy, random: &mut Random) {
        let data = Arc::clone(&self.data);
        let world = Arc::clone(&self.world);
        for _ in 0..self.come_to_makers(data.rates.credit.declaration, busy.office, random) {
            let Some(maker) = self.some_open(&world.makers, day, random) else { continue };
            self.declare(day, maker, random);
        }
        for _ in 0..self.come_to_makers(data.rates.credit.adoption, busy.office, random) {
            let Some(maker) = self.some_open(&world.makers, day, random) else { continue };
            self.adopt(day, maker, random);
        }
    }

    pub(super) fn declare(&mut self, day: i32, maker: usize, random: &mut Random) {
        let world = Arc::clone(&self.world);
        let of = &world.organizations[maker];
        let Some(product_at) = self.product_of(maker, random) else { return };
        let product = &world.products[product_at];
        let date = self.days.date(day);
        let happened = self.days.at(day, OFFICE, random);
        let is_own = random.happens(0.45);
        let trade = self.trade_of(maker);
        let number = match (&trade.standard, is_own) {
            (Some(standard), false) => standard.clone(),
            _ => {
                let serial = self.number("own-standard", maker, date);
                format!("Q/DEMO {:05}.{serial}-{}", maker, date.year())
            }
        };
        if is_own {
            let title = format!("{}企业标准{}", product.name, self.data.names.mark);
            let sheet = self
                .sheet("standard", of.region, happened)
                .office(INSTITUTE)
                .subject("standard", &format!("standard:{number}"))
                .subject("drafter", &of.id)
                .say("number", number.as_str())
                .say("title_zh", title)
                .say("level", "enterprise")
                .say("nature", "recommended")
                .say("state", "in-force")
                .date("published_on", date)
                .date("effective_on", date);
            let at = self.written_at("other", happened, true, random);
            self.tell(INSTITUTE, at, sheet, random);
        }
        let trade = self.trade_of(maker);
        let indicators: Vec<_> = trade
            .tests
            .iter()
            .map(|test| {
                let stricter = is_own && random.happens(0.5);
                let limit = if stricter { test.limit * 0.8 } else { test.limit };
                json!({
                    "indicator": test.item, "requirement": format!("限值 {limit} {}", test.unit),
                    "limit": quantity(limit, &test.unit), "above_national": stricter,
                })
            })
            .collect();
        if indicators.is_empty() {
            return;
        }
        let level = if is_own { "enterprise" } else { "national" };
        let serial = self.number("declaration", of.region, date);
        let sheet = self
            .sheet("self-declaration", of.region, happened)
            .subject("organization", &of.id)
            .subject("product", &product.id())
            .subject("standard", &format!("standard:{number}"))
            .say("declaration_no", format!("ZM-{}-{serial:05}", date.year()))
            .say("subject_name", product.name.as_str())
            .say("is_service", false)
            .say("level", level)
            .date("declared_on", date)
            .say("state", "in-force")
            .say("indicators", indicators);
        let at = self.written_at("other", happened, false, random);
        self.tell(&of.id, at, sheet, random);
    }

    fn adopt(&mut self, day: i32, maker: usize, random: &mut Random) {
        let world = Arc::clone(&self.world);
        let of = &world.organizations[maker];
        let Some(product) = self.product_of(maker, random) else { return };
        let date = self.days.date(day);
        let happened = self.days.at(day, OFFICE, random);
        let serial = self.serial("adoption");
        let adopted = ["ISO 9001:2015", "IEC 60335-1:2020", "ISO 22000:2018"];
        let mut sheet = self
            .sheet("standard-adoption", of.region, happened)
            .subject("organization", &of.id)
            .subject("product", &world.products[product].id())
            .subject("adopted_standard", &format!("standard:{}", random.pick(&adopted)))
            .say("degree", *random.pick(&["idt", "mod"]))
            .date("adopted_on", date)
            .say("certificate_no", format!("CB-{}-{serial:04}", date.year()))
            .date("valid_until", date.month_end(60).unwrap_or(date));
        if let Some(standard) = &self.trade_of(maker).standard {
            sheet = sheet.subject("standard", &format!("standard:{standard}"));
        }
        let at = self.written_at("other", happened, true, random);
        self.tell(&of.id, at, sheet, random);
    }
}
