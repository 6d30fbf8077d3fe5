//! Certificates, honours, promises, insurance.

use std::sync::Arc;

use clock::Date;
use stats::random::Random;

use super::Event;
use crate::draw::Draw as _;
use crate::province::Province;
use crate::time::{Busy, OFFICE};

/// Honours: type, level, name, who gives it, months that it lasts.
const HONOURS: &[(&str, &str, &str, &str, Option<i64>)] = &[
    ("city-quality-award", "city", "市州质量奖", "市人民政府", Some(60)),
    ("hubei-premium", "provincial", "湖北精品", "湖北省市场监督管理局", Some(36)),
    ("yangtze-quality-award", "provincial", "长江质量奖提名奖", "湖北省人民政府", None),
    ("quality-team", "county", "质量管理先进班组", "县（市、区）人民政府", None),
];

const SCHEMES: &[(&str, &str)] = &[
    ("quality-management", "质量管理体系覆盖的产品设计、生产和服务"),
    ("environment-management", "生产及相关管理活动"),
    ("voluntary-product", "证书所列规格型号"),
    ("green-product", "证书所列规格型号"),
];
const FOOD_SCHEMES: &[(&str, &str)] =
    &[("food-safety", "食品的生产加工"), ("haccp", "食品的生产加工"), ("organic", "证书所列产品")];

impl Province {
    /// What of this comes on a day.
    pub(super) fn credits(&mut self, day: i32, busy: Busy, random: &mut Random) {
        let data = Arc::clone(&self.data);
        let world = Arc::clone(&self.world);
        let rates = &data.rates.credit;
        let maker =
            |province: &Self, random: &mut Random| province.some_open(&world.makers, day, random);
        for _ in 0..self.come_to_makers(rates.certificate, busy.office, random) {
            let Some(maker) = maker(self, random) else { continue };
            self.certificate(day, maker, random);
        }
        // Honours are given at the end of a year and in the month of quality.
        let month = self.days.date(day).month();
        let season = if matches!(month, 9 | 11 | 12) { 3.0 } else { 0.3 };
        for _ in 0..self.come_to_makers(rates.honour, busy.office * season, random) {
            let Some(maker) = maker(self, random) else { continue };
            if world.organizations[maker].fault < 1.2 {
                let which = random.place(HONOURS.len());
                self.honour(day, maker, which, random);
            }
        }
        for _ in 0..self.come(rates.commitment, busy.office, random) {
            let Some(organization) = self.somebody_open(day, random) else { continue };
            self.commit(day, organization, random);
        }
        for _ in 0..self.come_to_makers(rates.insurance, busy.office, random) {
            let Some(maker) = maker(self, random) else { continue };
            self.insure(day, maker, random);
        }
    }

    pub(super) fn certificate(&mut self, day: i32, maker: usize, random: &mut Random) {
        let world = Arc::clone(&self.world);
        let of = &world.organizations[maker];
        let bodies = self.data.trade("certification").map(|at| world.by_trade[at].clone());
        let Some(bodies) = bodies.filter(|bodies| !bodies.is_empty()) else { return };
        let body = &world.organizations[*random.pick(&bodies)];
        let trade = self.trade_of(maker);
        let is_listed = matches!(
            trade.category.as_str(),
            "electric-bicycle" | "wire-cable" | "household-appliance" | "toys" | "lighting"
        );
        let (scheme, scope) = match (is_listed && random.happens(0.5), trade.is_food()) {
            (true, _) => ("ccc", "证书所列规格型号"),
            (_, true) if random.happens(0.6) => *random.pick(FOOD_SCHEMES),
            _ => *random.pick(SCHEMES),
        };
        let happened = self.days.at(day, OFFICE, random);
        let date = self.days.date(day);
        let number = self.number("certificate", 0, date);
        let until = date.month_end(36).unwrap_or(date);
        let mut sheet = self
            .sheet("certificate", of.region, happened)
            .subject("holder", &of.id)
            .subject("issuer", &body.id)
            .say("certificate_no", format!("DEMO-{}-{number:06}", date.year()))
            .say("scheme", scheme)
            .say("scope", scope)
            .date("issued_on", date)
            .date("valid_until", until)
            .say("state", "valid");
        if matches!(scheme, "ccc" | "voluntary-product" | "green-product" | "organic")
            && let Some(product) = self.product_of(maker, random)
        {
            sheet = sheet.subject("product", &world.products[product].id());
        }
        let at = self.written_at("other", happened, true, random);
        self.tell(&body.id, at, sheet, random);
    }

    pub(super) fn honour(&mut self, day: i32, maker: usize, which: usize, random: &mut Random) {
        let world = Arc::clone(&self.world);
        let of = &world.organizations[maker];
        let region = &world.regions[of.region];
        let (kind, level, name, by, months) = HONOURS[which % HONOURS.len()];
        let date = self.days.date(day);
        let happened = self.days.at(day, OFFICE, random);
        let office = if level == "provincial" { "420000" } else { &region.code };
        let by = match level {
            "county" => format!("{}人民政府", region.name),
            _ => by.to_owned(),
        };
        let mut sheet = self
            .sheet("honour", of.region, happened)
            .office(office)
            .subject("recipient", &of.id)
            .say("name", format!("{name}{}", self.data.names.mark))
            .say("honour_type", kind)
            .say("level", level)
            .date("awarded_on", date)
            .say("awarded_by", by)
            .say("points", random.between(560, 820));
        if let Some(months) = months {
            sheet = sheet.date("valid_until", date.month_end(months).unwrap_or(date));
        }
        if kind == "hubei-premium"
            && let Some(product) = self.product_of(maker, random)
        {
            sheet = sheet.subject("product", &world.products[product].id());
        }
        let at = self.written_at("other", happened, true, random);
        self.tell(office, at, sheet, random);
    }

    fn commit(&mut self, day: i32, organization: usize, random: &mut Random) {
        let world = Arc::clone(&self.world);
        let of = &world.organizations[organization];
        let trade = self.trade_of(organization);
        let (topic, text) = match (trade.category.as_str(), random.place(3)) {
            ("fruit-vegetable", _) => ("farm-product", "不使用禁用农药，附承诺达标合格证上市。"),
            (_, 0) => ("no-reason-return", "七日无理由退货，线下实体店适用。"),
            (_, 1) => ("quality-safety", "严格进货查验，不销售不合格产品。"),
            _ => ("after-sale", "48 小时内答复，三包期内免费维修。"),
        };
        let date = self.days.date(day);
        let happened = self.days.at(day, (8.0, 20.0), random);
        let number = self.number("commitment", of.region, date);
        let number = format!("CN-{}-{number:05}", date.year());
        let sheet = self.commitment(organization, happened, &number, topic, text, date, "open");
        let at = self.written_at("other", happened, false, random);
        self.tell(&of.id, at, sheet, random);
        let event = Event::Commitment {
            organization,
            number,
            text: format!("{topic}\n{text}"),
            made: date,
        };
        self.follow(day + 365, event);
    }

    #[expect(clippy::too_many_arguments, reason = "a sheet with as many lines")]
    fn commitment(
        &self,
        organization: usize,
        happened: model::Timestamp,
        number: &str,
        topic: &str,
        text: &str,
        made: Date,
        outcome: &str,
    ) -> crate::sheet::Sheet {
        let of = &self.world.organizations[organization];
        self.sheet("commitment", of.region, happened)
            .subject("organization", &of.id)
            .say("commitment_no", number)
            .say("topic", topic)
            .say("text", text)
            .date("made_on", made)
            .date("until", made.month_end(12).unwrap_or(made))
            .say("outcome", outcome)
    }

    /// A promise has come to its end: it was kept or not.
    pub(super) fn commitment_ends(
        &mut self,
        day: i32,
        organization: usize,
        number: &str,
        text: &str,
        made: Date,
        random: &mut Random,
    ) {
        if !self.is_open(organization, day) {
            return;
        }
        let (topic, text) = text.split_once('\n').unwrap_or(("quality-safety", text));
        let is_broken = random.happens(self.data.rates.credit.commitment_broken);
        let outcome = if is_broken { "broken" } else { "kept" };
        let happened = self.days.at(day, (8.0, 20.0), random);
        let sheet = self
            .commitment(organization, happened, number, topic, text, made, outcome)
            .say("evidence", "期满自查（演示）");
        let at = self.written_at("other", happened, false, random);
        let by = self.world.organizations[organization].id.clone();
        self.tell(&by, at, sheet, random);
    }

    fn insure(&mut self, day: i32, maker: usize, random: &mut Random) {
        let world = Arc::clone(&self.world);
        let of = &world.organizations[maker];
        let insurers = self.data.trade("insurer").map(|at| world.by_trade[at].clone());
        let Some(insurers) = insurers.filter(|all| !all.is_empty()) else { return };
        let insurer = &world.organizations[*random.pick(&insurers)];
        let is_food = self.trade_of(maker).is_food();
        let date = self.days.date(day);
        let happened = self.days.at(day, OFFICE, random);
        let serial = self.serial("policy");
        let limit = f64::from(random.between(2, 40)) * 500_000.0;
        let mut sheet = self
            .sheet("insurance-policy", of.region, happened)
            .subject("insured", &of.id)
            .subject("insurer", &insurer.id)
            .say("policy_no", format!("BD{}{serial:07}", date.year()))
            .say("insurance_type", if is_food { "food-liability" } else { "product-liability" })
            .money("limit_total", limit)
            .money("limit_each", limit / 5.0)
            .money("premium", limit * 0.0018)
            .date("valid_from", date)
            .date("valid_until", date.month_end(12).unwrap_or(date))
            .say("coverage", "因产品缺陷造成的人身伤害和财产损失（演示）")
            .say("state", "valid");
        if let Some(product) = self.product_of(maker, random) {
            sheet = sheet.subject("product", &world.products[product].id());
        }
        let at = self.written_at("other", happened, true, random);
        self.tell(&insurer.id, at, sheet, random);
    }
}
