//! Injuries, accidents, public opinion, clues, alerts from abroad, recalls, official values.

use std::sync::Arc;

use clock::Weekday;
use model::Timestamp;
use serde_json::json;
use stats::random::Random;

use super::Event;
use super::inspection::officer;
use crate::draw::Draw as _;
use crate::province::Province;
use crate::sheet::Sheet;
use crate::time::{Busy, CONSUMER, HOUR, OFFICE};

/// An accident whose first report is in.
#[derive(Debug, Clone)]
pub(crate) struct Accident {
    number: String,
    organization: usize,
    sort: &'static str,
    hazard: &'static str,
    occurred: Timestamp,
    injuries: i32,
    stage: usize,
}

const STAGES: [&str; 3] = ["first", "follow-up", "final"];

/// What foreign systems notify: system, category there, product category, country that notifies,
/// what was found, the hazard.
const ALERTS: &[(&str, &str, &str, &str, &str, &str)] = &[
    (
        "rasff",
        "fruits and vegetables",
        "fruit-vegetable",
        "DE",
        "unauthorised substance chlorpyrifos",
        "pesticide",
    ),
    ("rasff", "nuts, nut products and seeds", "nuts", "NL", "aflatoxins", "mycotoxin"),
    (
        "rasff",
        "food contact materials",
        "food-contact",
        "IT",
        "migration of primary aromatic amines",
        "migration",
    ),
    (
        "rasff",
        "cocoa and cocoa preparations, coffee and tea",
        "tea-coffee-cocoa",
        "PL",
        "anthraquinone",
        "chemical",
    ),
    ("rasff", "fish and fish products", "aquatic", "ES", "histamine", "toxin"),
];

impl Province {
    /// What of this comes on a day.
    pub(super) fn risks(&mut self, day: i32, busy: Busy, random: &mut Random) {
        let data = Arc::clone(&self.data);
        let world = Arc::clone(&self.world);
        let rates = &data.rates.risk;
        for _ in 0..self.come(rates.injury, busy.goods, random) {
            let Some(maker) = self.some_open(&world.makers, day, random) else { continue };
            let Some(product) = self.product_of(maker, random) else { continue };
            self.injury(day, product, random);
        }
        for _ in 0..self.come(rates.accident, busy.goods, random) {
            let Some(maker) = self.some_open(&world.makers, day, random) else { continue };
            self.accident_happens(day, maker, random);
        }
        for _ in 0..self.come(rates.opinion, busy.goods, random) {
            self.opinion(day, random);
        }
        for _ in 0..self.come(rates.clue, busy.office, random) {
            self.clue(day, random);
        }
        for _ in 0..random.count(rates.foreign_alert_each_year / 365.25 * busy.office) {
            self.foreign_alert(day, random);
        }
        for _ in 0..self.come_to_makers(rates.recall, busy.office, random) {
            let Some(maker) = self.some_open(&world.makers, day, random) else { continue };
            let Some(product) = self.product_of(maker, random) else { continue };
            let (lot, _) = self.lot(day, random);
            let tests = &self.trade_of(maker).tests;
            let hazard =
                if tests.is_empty() { "other".into() } else { random.pick(tests).hazard.clone() };
            self.recall(day, product, &lot, &hazard, "voluntary", random);
        }
        // On Fridays.
        if self.days.date(day).weekday() == Weekday::Friday {
            for _ in 0..rates.official_value_each_week as u32 {
                self.official_value(day, random);
            }
        }
    }

    /// A hospital reports that somebody was hurt by a product.
    pub(super) fn injury(&mut self, day: i32, product: usize, random: &mut Random) {
        let world = Arc::clone(&self.world);
        let maker = world.products[product].maker;
        let hospitals = self.data.trade("hospital").map(|at| world.by_trade[at].clone());
        let Some(hospitals) = hospitals.filter(|all| !all.is_empty()) else { return };
        let hospital = &world.organizations[*random.pick(&hospitals)];
        let trade = self.trade_of(maker);
        let hazard = if trade.tests.is_empty() {
            "other".into()
        } else {
            random.pick(&trade.tests).hazard.clone()
        };
        let injury = match hazard.as_str() {
            "fire" | "explosion" | "burn" => "burn",
            "electric-shock" => "shock",
            "choking" => "choking",
            "microbial" | "chemical" | "additive" | "suffocation" => "poisoning",
            _ => *random.pick(&["cut", "bruise", "fracture"]),
        };
        let severity = match random.place(100) {
            0 => "fatal",
            1..8 => "severe",
            8..34 => "moderate",
            _ => "minor",
        };
        let category = trade.category.clone();
        let happened = self.days.at(day, CONSUMER, random);
        let serial = self.serial("injury");
        self.persons += 1;
        let person = format!("i-{}", self.persons);
        let name = self.person_name(random);
        let sheet = self
            .sheet("injury", hospital.region, happened)
            .subject("reporter", &hospital.id)
            .subject("product", &world.products[product].id())
            .subject("maker", &world.organizations[maker].id)
            .say("case_no", format!("SH-{serial:07}"))
            .date("occurred_on", self.days.date(day))
            .say("category", category)
            .say("hazard", hazard)
            .say("injury_type", injury)
            .say("body_part", *random.pick(&["hand", "arm", "leg", "head", "internal", "eye"]))
            .say("severity", severity)
            .say("age_group", *random.pick(&["0-2", "3-6", "7-14", "18-44", "18-44", "45-64", "65-up"]))
            .say("sex", *random.pick(&["male", "female"]))
            .person(&person, json!({
                "description": format!("使用{}时受伤{}", world.products[product].name, self.data.names.mark),
                "victim_name": name,
            }));
        let at = self.written_at("injury", happened, false, random);
        self.tell(&hospital.id, at, sheet, random);
    }

    fn accident_happens(&mut self, day: i32, organization: usize, random: &mut Random) {
        let is_food = self.trade_of(organization).is_food();
        let region = self.world.organizations[organization].region;
        let number = self.number("accident", region, self.days.date(day));
        let office = &self.world.regions[region];
        let accident = Accident {
            number: format!("{}事〔{}〕{number:03}", office.short, self.days.date(day).year()),
            organization,
            sort: if is_food { "food" } else { "product" },
            hazard: if is_food {
                "microbial"
            } else {
                ["fire", "mechanical", "explosion"][random.place(3)]
            },
            occurred: self.days.at(day, (0.0, 24.0), random),
            injuries: random.between(1, 14),
            stage: 0,
        };
        self.accident(day, accident, random);
    }

    /// One report on an accident; the next comes some days later.
    pub(super) fn accident(&mut self, day: i32, mut accident: Accident, random: &mut Random) {
        let world = Arc::clone(&self.world);
        let of = &world.organizations[accident.organization];
        let region = &world.regions[of.region];
        let known = Timestamp::from_micros(
            accident.occurred.micros() + HOUR + (HOUR as f64 * random.unit()) as i64,
        );
        let happened = match accident.stage {
            0 => known,
            _ => self.days.at(day, OFFICE, random),
        };
        let is_first = accident.stage == 0;
        let mut sheet = self
            .sheet("accident", of.region, happened)
            .office(&region.code)
            .subject("organization", &of.id)
            .say("number", accident.number.as_str())
            .say("stage", STAGES[accident.stage.min(2)])
            .say("sort", accident.sort)
            .say("occurred_at", accident.occurred.to_string())
            .say("known_at", known.to_string())
            .say("level", "ordinary")
            .say("deaths", 0)
            .say("injuries", if is_first { accident.injuries / 2 + 1 } else { accident.injuries })
            .say("hazard", accident.hazard)
            .say(
                "summary",
                format!(
                    "{}发生质量事故，原因{}{}",
                    of.name,
                    if is_first { "待查" } else { "已查明" },
                    self.data.names.mark
                ),
            )
            .say("measures", "已控制涉事产品，停止销售，救治受伤人员");
        if !is_first {
            sheet = sheet.money("direct_loss", f64::from(random.between(2, 60)) * 10_000.0);
        }
        let at = self.days.written(happened, 0.6 + random.unit(), false, random);
        self.tell(&region.code, at, sheet, random);
        if accident.stage < 2 {
            accident.stage += 1;
            let day = self.days.office_day_after(day, 4.0 + 20.0 * random.unit());
            self.follow(day, Event::Accident(Box::new(accident)));
        }
    }

    fn opinion(&mut self, day: i32, random: &mut Random) {
        let world = Arc::clone(&self.world);
        let Some(at) = self.somebody_open(day, random) else { return };
        let of = &world.organizations[at];
        let serial = self.serial("opinion");
        let product = self.product_of(at, random);
        let named = product.map(|at| world.products[at].name.clone());
        let named = named.unwrap_or_else(|| of.name.clone());
        let happened = self.days.at(day, CONSUMER, random);
        let (tone, title) = *random.pick(&[
            ("negative", "网友吐槽"),
            ("negative", "消费者反映"),
            ("neutral", "记者走访"),
            ("positive", "点赞"),
        ]);
        let category = self.trade_of(at).category.clone();
        let mut sheet = self
            .sheet("public-opinion", of.region, happened)
            .office("420000")
            .subject("organization", &of.id)
            .say("url", format!("https://example.org/demo/{serial}"))
            .say(
                "source_type",
                *random.pick(&["weibo", "wechat", "video", "forum", "website", "e-commerce"]),
            )
            .say("outlet", format!("演示媒体{}", self.data.names.mark))
            .say("published_at", happened.to_string())
            .say("title", format!("{title}：{named}"))
            .say("category", category)
            .say("sentiment", tone)
            .say("reach", random.between(20, 90_000));
        if let Some(product) = product {
            sheet = sheet.subject("product", &world.products[product].id());
        }
        let at = self.written_at("other", happened, false, random);
        self.tell("420000", at, sheet, random);
    }

    fn clue(&mut self, day: i32, random: &mut Random) {
        let world = Arc::clone(&self.world);
        let Some(at) = self.somebody_open(day, random) else { return };
        let of = &world.organizations[at];
        let region = &world.regions[of.region];
        let date = self.days.date(day);
        let number = self.number("clue", of.region, date);
        let happened = self.days.at(day, OFFICE, random);
        let source =
            *random.pick(&["patrol", "inspection", "sampling", "mediation", "media", "data"]);
        let officer = officer(&region.code, 1 + random.place(super::inspection::OFFICERS));
        let sheet = self
            .sheet("clue", of.region, happened)
            .office(&region.code)
            .subject("respondent", &of.id)
            .subject("officer", &officer)
            .say("number", format!("{}线〔{}〕{number:05}", region.short, date.year()))
            .say("source_type", source)
            .date("found_on", date)
            .say(
                "category",
                *random.pick(&["substandard", "expired", "labelling", "no-licence", "record"]),
            )
            .say("risk_class", *random.pick(&["high", "medium", "medium", "low", "low"]))
            .say("text", "巡查发现疑似违法线索，建议核查（演示）。");
        let at = self.written_at("other", happened, true, random);
        let draft = sheet.0.clone();
        let told = self.tell(&region.code, at, sheet, random);
        self.letter_opens("penalty", Some(told), at, draft, random);
    }

    fn foreign_alert(&mut self, day: i32, random: &mut Random) {
        let data = Arc::clone(&self.data);
        let (system, there, category, country, found, hazard) = *random.pick(ALERTS);
        let serial = self.serial("alert");
        let happened = self.days.at(day, (14.0, 23.0), random);
        let date = self.days.date(day);
        let from_china = random.happens(0.3);
        let sheet = Sheet::new("foreign-alert", pack::NO_REGION, happened, &data.names.source)
            .office("420000")
            .subject("goods", &format!("rasff:{there}@China"))
            .say("system", system)
            .say("reference_no", format!("DEMO.{}.{serial:05}", date.year()))
            .date("notified_on", date)
            .say("category", there)
            .say("product_category", category)
            .say("subject_type", "food")
            .say("country", country)
            .say(
                "classification",
                *random.pick(&["alert", "border-rejection", "information-follow-up"]),
            )
            .say("risk", *random.pick(&["serious", "potential", "not-serious"]))
            .say("origins", vec![if from_china { "CN" } else { "VN" }])
            .say("from_china", from_china)
            .say("hazards", vec![found])
            .say("hazard", hazard);
        let at = self.written_at("other", happened, true, random);
        self.tell("420000", at, sheet, random);
    }

    /// A recall is published.
    pub(super) fn recall(
        &mut self,
        day: i32,
        product: usize,
        lot: &str,
        hazard: &str,
        kind: &'static str,
        random: &mut Random,
    ) {
        let world = Arc::clone(&self.world);
        let of = &world.products[product];
        let maker = &world.organizations[of.maker];
        let is_food = self.trade_of(of.maker).is_food();
        let region = &world.regions[maker.region];
        let date = self.days.date(day);
        let happened = self.days.at(day, OFFICE, random);
        let serial = self.number("recall", 0, date);
        let label = self
            .pack
            .list("hazard")
            .and_then(|list| list.history(hazard).last().map(|entry| entry.label.zh.clone()));
        let label = label.unwrap_or_default();
        let remedies = if is_food { vec!["refund", "destroy"] } else { vec!["repair", "exchange"] };
        let mut sheet = self
            .sheet("recall-notice", maker.region, happened)
            .subject("maker", &maker.id)
            .subject("product", &of.id())
            .subject("lot", &of.lot(lot))
            .say("notice_no", format!("鄂召〔{}〕{serial}{}", date.year(), self.data.names.mark))
            .say("recall_sort", if is_food { "food" } else { "consumer" })
            .say("recall_type", kind)
            .say("hazard", hazard)
            .say("defect", format!("{}批次{lot}存在{label}问题{}", of.name, self.data.names.mark))
            .say("consequence", "可能危害人身健康安全，请停止使用")
            .say("remedies", remedies)
            .say("measures", "停止销售，通知经销商和消费者，免费退换")
            .date("published_on", date)
            .date("started_on", date)
            .say("planned_quantity", random.between(120, 26_000))
            .say("hotline", "000-0000-0000");
        if is_food {
            sheet = sheet.say("level", *random.pick(&["level-1", "level-2", "level-3", "level-3"]));
        }
        let by = if kind == "voluntary" { maker.id.as_str() } else { region.code.as_str() };
        let at = self.written_at("other", happened, true, random);
        self.tell(by, at, sheet, random);
    }

    fn official_value(&mut self, day: i32, random: &mut Random) {
        let province = self.pack.manifest().province.clone();
        let happened = self.days.at(day, (21.0, 21.5), random);
        let date = self.days.date(day);
        let sheet = Sheet::new("official-value", &province, happened, &self.data.names.source)
            .office("420000")
            .say("value_source", "beacon")
            .date("for_day", date)
            .say("value", format!("{:016x}{:016x}", random.bits(), random.bits()))
            .say("published_at", happened.to_string())
            .say("url", format!("https://example.org/demo/beacon/{date}"));
        let at = self.days.written(happened, 0.2, false, random);
        self.tell("420000", at, sheet, random);
    }
}
