//! Penalties that are decided, and until when they are published.

use std::sync::Arc;

use serde_json::json;
use stats::random::Random;

use super::Event;
use crate::case::NewCase;
use crate::draw::Draw as _;
use crate::province::Province;
use crate::time::OFFICE;

/// A violation: what the decision says was done, and which law it names.
const VIOLATIONS: &[(&str, &str, &str)] = &[
    (
        "substandard",
        "生产、销售的产品经监督抽查检验不合格",
        "《中华人民共和国产品质量法》第四十九条、第五十条",
    ),
    ("labelling", "产品标识不符合规定", "《中华人民共和国产品质量法》第二十七条、第五十四条"),
    (
        "record",
        "未按规定查验并保存进货记录",
        "《中华人民共和国食品安全法》第五十三条、第一百二十六条",
    ),
    ("expired", "经营超过保质期的食品", "《中华人民共和国食品安全法》第三十四条、第一百二十四条"),
    (
        "no-licence",
        "未取得许可从事经营活动",
        "《中华人民共和国食品安全法》第三十五条、第一百二十二条",
    ),
    ("measurement", "使用未经检定的强制检定计量器具", "《中华人民共和国计量法》第九条、第二十五条"),
    ("false-report", "提供虚假材料", "《中华人民共和国电子商务法》第八十条"),
    ("other", "违反市场监督管理规定", "《中华人民共和国消费者权益保护法》第五十六条"),
];

impl Province {
    /// A penalty is decided.
    pub(super) fn penalty(
        &mut self,
        day: i32,
        organization: usize,
        product: Option<usize>,
        lot: Option<String>,
        violation: &'static str,
        random: &mut Random,
    ) {
        let (data, world) = (Arc::clone(&self.data), Arc::clone(&self.world));
        let of = &world.organizations[organization];
        let region = &world.regions[of.region];
        let date = self.days.date(day);
        let found = VIOLATIONS.iter().find(|(id, ..)| *id == violation);
        let (_, facts, law) = found.or(VIOLATIONS.last()).copied().unwrap_or_default();
        let is_severe = random.happens((data.rates.penalty.severe * of.fault).min(0.5));
        let value = libm::exp(8.2 + 1.2 * random.normal()).clamp(50.0, 2_000_000.0);
        let is_small = of.size == "micro" && !is_severe && random.happens(0.3);
        let fine = match (is_small, is_severe) {
            (true, _) => 0.0,
            (false, true) => libm::round(value * (4.0 + 6.0 * random.unit())),
            (false, false) => libm::round((value * (0.3 + random.unit())).max(500.0)),
        };
        let mut types = vec![if is_small { "warning" } else { "fine" }];
        let takes_away = !is_small && product.is_some();
        types.extend(takes_away.then_some("confiscation"));
        types.extend((is_severe && random.happens(0.2)).then_some("stop"));
        let has_general =
            self.pack.list("publication-class").is_some_and(|list| list.has("general", date));
        let (class, months) = match (is_severe, is_small) {
            (true, _) => ("severe", 36),
            (false, true) => ("minor", 3),
            (false, false) if has_general => ("general", 12),
            (false, false) => ("minor", 12),
        };
        let band = match (is_severe, is_small) {
            (true, _) => "heavier",
            (_, true) => "mitigated",
            _ => *random.pick(&["lighter", "normal", "normal"]),
        };
        let number = self.number("penalty", of.region, date);
        let published = self.days.date(self.days.working_from(day + random.between(3, 12)));
        let ends = published.month_end(months).unwrap_or(published);
        let happened = self.days.at(day, OFFICE, random);
        let named = product.map(|at| world.products[at].name.as_str()).unwrap_or("");
        let mut sheet = self
            .sheet("penalty", of.region, happened)
            .office(&region.code)
            .subject("offender", &of.id)
            .say("decision_no", format!("{}市监处罚〔{}〕{number}号", region.short, date.year()))
            .say("case_no", format!("{}案〔{}〕{number:04}", region.short, date.year()))
            .date("decided_on", date)
            .say("violation", violation)
            .say("facts", format!("当事人{facts}。{named}货值 {value:.2} 元。{}", data.names.mark))
            .say("law", law)
            .say("penalty_types", types)
            .money("fine", fine)
            .money("value_of_goods", value)
            .say("discretion_band", band)
            .say("publication_class", class)
            .date("published_on", published)
            .date("publication_ends_on", ends);
        if takes_away {
            sheet = sheet.money("confiscated", value * random.unit() * 0.4);
        }
        if let Some(product) = product {
            sheet = sheet.subject("product", &world.products[product].id());
            if let Some(lot) = lot {
                sheet = sheet.subject("lot", &world.products[product].lot(&lot));
            }
        }
        if is_severe {
            let name = self.person_name(random);
            self.persons += 1;
            let person = format!("o-{}", self.persons);
            sheet =
                sheet.person(&person, json!({ "persons": format!("直接负责的主管人员{name}") }));
        }
        let at = self.written_at("penalty", happened, true, random);
        let decision = sheet.0.open.get("decision_no").cloned();
        self.tell_and_mend(&region.code, at, sheet, random, |draft| {
            let fine = draft.open.get("fine").and_then(serde_json::Value::as_f64).unwrap_or(0.0);
            draft.open.insert("fine".to_owned(), crate::sheet::rounded(fine * 0.8, 2));
        });
        if random.happens(data.rates.case.repairs) {
            let mut says = toml::Table::new();
            if let Some(decision) = decision.as_ref().and_then(serde_json::Value::as_str) {
                says.insert("decision_no".to_owned(), decision.into());
            }
            let case = NewCase {
                procedure: "repair".to_owned(),
                region: of.region,
                roles: [("organization".to_owned(), of.id.clone())].into(),
                says,
                ..NewCase::default()
            };
            let day = day + random.between(120, 400);
            self.follow(self.days.working_from(day), Event::Case(Box::new(case)));
        }
    }
}
