//! What the province is drawn from: rates, names, trades and what is planted, as files in `data/`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::case::CourseLine;
use crate::chain::ChainData;

/// All of it.
#[derive(Debug)]
pub(crate) struct Data {
    pub(crate) rates: Rates,
    pub(crate) regions: Regions,
    pub(crate) names: Names,
    pub(crate) trades: Vec<Trade>,
    pub(crate) standards: Vec<Standard>,
    pub(crate) accounts: Vec<AccountLine>,
    pub(crate) story: Story,
    pub(crate) findings: Vec<Findings>,
    pub(crate) letters: Letters,
    pub(crate) chains: ChainData,
    pub(crate) courses: Vec<CourseLine>,
}

/// How often and how late.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rates {
    pub(crate) period: Period,
    pub(crate) week: Week,
    pub(crate) season: Season,
    pub(crate) register: Register,
    pub(crate) inspection: Inspection,
    pub(crate) sampling: Sampling,
    pub(crate) complaint: Complaint,
    pub(crate) penalty: Penalty,
    pub(crate) trade: TradeLines,
    pub(crate) case: Cases,
    pub(crate) metrology: Metrology,
    pub(crate) credit: Credit,
    pub(crate) risk: Risk,
    pub(crate) project: Project,
    pub(crate) records: Records,
    pub(crate) delay: BTreeMap<String, Spread>,
    pub(crate) between: BTreeMap<String, Spread>,
    pub(crate) bad: Bad,
}

macro_rules! section {
    ($($name:ident { $($field:ident: $type:ty),+ $(,)? })+) => { $(
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name { $(pub(crate) $field: $type),+ }
    )+ };
}

section! {
    Period { days: i32 }
    Week {
        office_working_day: f64,
        office_rest_day: f64,
        consumer_working_day: f64,
        consumer_rest_day: f64,
    }
    Season { food: [f64; 12], goods: [f64; 12], office: [f64; 12], consumer_day: ConsumerDay }
    ConsumerDay { month: u32, day: u32, times: f64 }
    Register {
        opened: f64,
        closed: f64,
        changed: f64,
        place: f64,
        double: f64,
        person: f64,
        licence_lapses: f64,
    }
    Inspection {
        each_year: f64,
        maker_times: f64,
        daily: f64,
        random: f64,
        special: f64,
        patrol: f64,
        ordered: f64,
        fail: f64,
        conditional: f64,
        not_carried_out: f64,
        recheck_after_days: i32,
    }
    Sampling {
        each_year: f64,
        food_share: f64,
        seal: f64,
        fail_times: f64,
        retest: f64,
        retest_overturns: f64,
        factory_test: f64,
    }
    Complaint {
        each_year: f64,
        tip_off: f64,
        injured: f64,
        identity_secret: f64,
        inspected_after: f64,
        no_respondent: f64,
    }
    Penalty { after_failed_inspection: f64, after_failed_test: f64, severe: f64 }
    TradeLines { each_year: f64 }
    Cases { halts: f64, late: f64, repairs: f64, opened: BTreeMap<String, f64> }
    Metrology {
        laboratory_instruments: u32,
        trade_instruments: f64,
        out_of_tolerance: f64,
        late: f64,
    }
    Credit {
        certificate: f64,
        honour: f64,
        commitment: f64,
        commitment_broken: f64,
        insurance: f64,
        declaration: f64,
        adoption: f64,
    }
    Risk {
        injury: f64,
        accident: f64,
        opinion: f64,
        clue: f64,
        foreign_alert_each_year: f64,
        recall: f64,
        recall_after_failed_test: f64,
        official_value_each_week: f64,
    }
    Project { each: f64 }
    Records {
        corrected: f64,
        corrected_after_days: i32,
        withdrawn: f64,
        withdrawn_batches: i32,
        withdrawn_batch_records: u32,
    }
    Spread { median: f64, spread: f64 }
    Bad { share: f64, times: f64, spread: f64 }
    Regions { city: BTreeMap<String, City>, scatter: Scatter }
    City { share: f64, latitude: f64, longitude: f64 }
    Scatter { degrees: f64 }
    Names {
        mark: String,
        source: String,
        first: Vec<String>,
        second: Vec<String>,
        surname: Vec<String>,
        given: Vec<String>,
        street: Vec<String>,
        brand: Vec<String>,
    }
    Standard { number: String, zh: String, effective: toml::value::Datetime, nature: String }
    Story { enterprise: Vec<Enterprise>, cluster: Vec<Cluster>, case: StoryCase }
    StoryCase {
        region: String,
        days_before_end: i32,
        days_to_the_shop: i32,
        product: String,
        zh: String,
        en: String,
    }
    Enterprise {
        id: String,
        name: String,
        region: String,
        trade: String,
        fault: f64,
        inspections: u32,
        samples: u32,
        fails: f64,
        complaints: u32,
        zh: String,
        en: String,
    }
    Cluster {
        id: String,
        regions: Vec<String>,
        days_before_end: i32,
        days: i32,
        complaints: u32,
        category: String,
        hazard: String,
        trades: Vec<String>,
        zh: String,
        en: String,
    }
    Findings { format: String, items: Vec<Finding> }
    Finding { item: String, requirement: String, finding: String, severity: String }
    Letters { complaint: Vec<Letter>, tip_off: Vec<Letter> }
    Letter { category: String, texts: Vec<String> }
    Test { item: String, method: String, unit: String, limit: f64, hazard: String }
}

/// What a trade is to the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    /// It makes products.
    Maker,
    /// It sells or serves.
    Seller,
    /// Laboratories, insurers and the like: few.
    Special,
}

/// A trade.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trade {
    pub(crate) id: String,
    pub(crate) role: Role,
    pub(crate) industry: String,
    pub(crate) share: f64,
    /// How many there are for 5,000 organizations, of special trades.
    #[serde(default)]
    pub(crate) each: f64,
    pub(crate) word: String,
    pub(crate) suffix: String,
    #[serde(rename = "type")]
    pub(crate) organization_type: String,
    pub(crate) format: String,
    pub(crate) place: String,
    pub(crate) category: String,
    #[serde(default)]
    pub(crate) products: Vec<String>,
    #[serde(default)]
    pub(crate) unit: String,
    #[serde(default)]
    pub(crate) price: f64,
    #[serde(default)]
    pub(crate) fail: f64,
    pub(crate) licence: Option<String>,
    pub(crate) standard: Option<String>,
    #[serde(default)]
    pub(crate) tests: Vec<Test>,
}

impl Trade {
    /// Whether what it makes or sells is eaten.
    pub(crate) fn is_food(&self) -> bool {
        matches!(self.licence.as_deref(), Some("food-production" | "food-business"))
            || self.category == "fruit-vegetable"
    }
}

/// An account that is entered by one click.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountLine {
    /// The login.
    pub login: String,
    /// The name that is shown.
    pub name: String,
    /// The sort of account, a code of the list `account-sort`.
    pub sort: String,
    /// The role, an id of the pack.
    pub role: String,
    /// The office in which it is held.
    pub office: Option<String>,
    /// The enterprise of the story whose account it is.
    pub story: Option<String>,
}

#[derive(Deserialize)]
struct TradeFile {
    trade: Vec<Trade>,
}
#[derive(Deserialize)]
struct StandardFile {
    standard: Vec<Standard>,
}
#[derive(Deserialize)]
struct CourseFile {
    course: Vec<CourseLine>,
}
#[derive(Deserialize)]
struct AccountFile {
    account: Vec<AccountLine>,
}
#[derive(Deserialize)]
struct FindingFile {
    finding: Vec<Findings>,
}

impl Data {
    /// Reads the files, which are a part of the program.
    pub(crate) fn read() -> Result<Self, toml::de::Error> {
        Ok(Self {
            rates: toml::from_str(include_str!("../data/rates.toml"))?,
            regions: toml::from_str(include_str!("../data/regions.toml"))?,
            names: toml::from_str(include_str!("../data/names.toml"))?,
            trades: toml::from_str::<TradeFile>(include_str!("../data/trades.toml"))?.trade,
            standards: toml::from_str::<StandardFile>(include_str!("../data/standards.toml"))?
                .standard,
            accounts: toml::from_str::<AccountFile>(include_str!("../data/accounts.toml"))?.account,
            story: toml::from_str(include_str!("../data/story.toml"))?,
            findings: toml::from_str::<FindingFile>(include_str!("../data/findings.toml"))?.finding,
            letters: toml::from_str(include_str!("../data/letters.toml"))?,
            chains: toml::from_str(include_str!("../data/chains.toml"))?,
            courses: toml::from_str::<CourseFile>(include_str!("../data/courses.toml"))?.course,
        })
    }

    /// The place of a trade in the list.
    pub(crate) fn trade(&self, id: &str) -> Option<usize> {
        self.trades.iter().position(|trade| trade.id == id)
    }
}
