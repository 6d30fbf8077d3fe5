//! Answers, typed.

use model::{RecordId, Timestamp};
use serde::Serialize;
use store::readings::AsOf;
use utoipa::ToSchema;

use super::amount::Millionths;

/// Which way a question goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// To what it came from.
    Back,
    /// To what came of it.
    Forward,
}

/// How certain it is that exactly this thing is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Records name the item.
    Serial,
    /// Records name the lot of which it is one.
    Lot,
    /// Records name the product or the party alone.
    Inferred,
}

impl From<::trace::Certainty> for Certainty {
    fn from(certainty: ::trace::Certainty) -> Self {
        match certainty {
            ::trace::Certainty::Serial => Self::Serial,
            ::trace::Certainty::Lot => Self::Lot,
            ::trace::Certainty::Inferred => Self::Inferred,
        }
    }
}

/// How a thing stands, by the last act that saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Somebody has it.
    Held,
    /// It was sent and has not arrived.
    InTransit,
    /// It was sold to who uses it.
    Sold,
    /// It went into something else.
    Used,
    /// It is held back for a recall.
    Recalled,
    /// It is no more.
    Ended,
    /// No act has seen it.
    Unknown,
}

impl State {
    /// Whether it can still be stopped before it reaches who uses it.
    pub fn can_be_stopped(self) -> bool {
        matches!(self, Self::Held | Self::InTransit)
    }
}

/// Where a thing is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Whereabouts {
    /// How it stands.
    pub state: State,
    /// Since when, as far as it was seen.
    #[schema(value_type = Option<String>)]
    pub since: Option<Timestamp>,
    /// Who has it, or had it last.
    pub party: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// What it is in, the innermost first.
    pub within: Vec<String>,
    /// The record that says so, where the asker may see it.
    #[schema(value_type = Option<String>)]
    pub record: Option<RecordId>,
}

/// A thing in an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TracedThing {
    /// Its one key: the canonical Digital Link of a GS1 key, else as records name it.
    pub id: String,
    /// Its sort: `item`, `lot`, `product`, `sample`, `process` and so on.
    pub sort: &'static str,
    /// How certain it is, by the most certain path.
    pub certainty: Certainty,
    /// Acts between it and what was asked about.
    pub layer: u32,
    /// The thing next to it on that path, as a place in `things`; none where the walk began, and
    /// where that one is withheld.
    pub from: Option<usize>,
    /// The act between the two, as a place in `acts`; none between an item and its lot.
    pub through: Option<usize>,
    /// It is the lot or the product of what was walked through, and stands for it less certainly.
    pub as_class: bool,
    /// Where it is now; of what is its lot or product it is not asked.
    pub now: Option<Whereabouts>,
    /// The acts that name it, as places in `acts`.
    pub acts: Vec<usize>,
}

/// A party, a place or an instrument around an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Around {
    /// In which role: a role of the pack, or of an event: `reporter`, `read_point`, `biz_location`,
    /// `from_owner`, `from_holder`, `from_place`, `from`, `to_owner`, `to_holder`, `to_place`, `to`,
    /// `device`.
    pub role: String,
    /// Who or what.
    pub id: String,
    /// Its sort.
    pub sort: &'static str,
}

/// How much of something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Quantity {
    /// The decimal number.
    pub value: String,
    /// Its unit.
    pub unit: String,
}

impl Quantity {
    pub(super) fn new(value: i64, unit: &str) -> Self {
        Self { value: Millionths(value).to_string(), unit: unit.to_owned() }
    }
}

/// A thing in an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PartInAct {
    /// The thing, as a place in `things`.
    pub thing: usize,
    /// What it is in it: `input`, `output`, `object`, `parent`, `child`, `former-parent`,
    /// `former-child`, `mark`.
    pub part: &'static str,
    /// How much of it.
    pub quantity: Option<Quantity>,
}

/// An act in an answer: what one record says was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TracedAct {
    /// The record.
    #[schema(value_type = String)]
    pub record: RecordId,
    /// Its position.
    pub position: u64,
    /// Its kind.
    pub kind: String,
    /// What it is: `object`, `aggregation`, `transaction`, `transformation`, `association`, `trade`,
    /// `sampling`, `test`, `calibration`, `recall`, `statement`.
    pub what: &'static str,
    /// When it was done.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// The action of an event.
    pub action: Option<String>,
    /// The business step of an event, a word of the CBV or a URI.
    pub step: Option<String>,
    /// The disposition of an event.
    pub disposition: Option<String>,
    /// Who and what stands around it.
    pub around: Vec<Around>,
    /// The things of this answer that are in it.
    pub parts: Vec<PartInAct>,
    /// Other things in it that are not in this answer.
    pub others: usize,
    /// Whether the record counts as bad: a test that was failed, or a calibration by which an instrument was
    /// found out of tolerance.
    pub is_bad: bool,
}

/// What the asker may not see. It is said that it is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Withheld {
    /// Records.
    pub records: usize,
    /// Things that only such records name.
    pub things: usize,
}

/// Something in the records that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct Finding {
    /// What: see [`FindingSort`].
    pub sort: FindingSort,
    /// The thing.
    pub thing: String,
    /// The records that say it.
    #[schema(value_type = Vec<String>)]
    pub records: Vec<RecordId>,
    /// In numbers or names, where there are any.
    pub detail: Option<String>,
}

/// What does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FindingSort {
    /// It is made of itself, or is in itself.
    Loop,
    /// It was packed into or taken out of something that is not named, or things were taken out of it
    /// that no record packed into it.
    MissingParent,
    /// It was seen before it began, or after it ended.
    OutOfOrder,
    /// It was in two places that are too far from each other for the time between.
    ImpossibleJourney,
    /// More came out than went in.
    MassBalance,
    /// One serial number began twice, or is in two places at once.
    Twice,
    /// An item that is traced was never commissioned.
    NeverCommissioned,
}

impl FindingSort {
    /// All.
    pub const ALL: [Self; 7] = [
        Self::Loop,
        Self::MissingParent,
        Self::OutOfOrder,
        Self::ImpossibleJourney,
        Self::MassBalance,
        Self::Twice,
        Self::NeverCommissioned,
    ];

    /// Its word in questions and answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Loop => "loop",
            Self::MissingParent => "missing-parent",
            Self::OutOfOrder => "out-of-order",
            Self::ImpossibleJourney => "impossible-journey",
            Self::MassBalance => "mass-balance",
            Self::Twice => "twice",
            Self::NeverCommissioned => "never-commissioned",
        }
    }

    /// Its name in both languages: Chinese, English.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Loop => ("循环", "Loop"),
            Self::MissingParent => ("缺少上级单元", "Parent missing"),
            Self::OutOfOrder => ("事件顺序颠倒", "Out of order"),
            Self::ImpossibleJourney => ("位移不可能", "Impossible journey"),
            Self::MassBalance => ("产出多于投入", "More out than in"),
            Self::Twice => ("一码两处", "One serial in two places"),
            Self::NeverCommissioned => ("编码未赋码", "Never commissioned"),
        }
    }
}

/// Back to sources, or forward to what came of something.
#[derive(Debug, Clone)]
pub struct Traced {
    /// As of when.
    pub as_of: AsOf,
    /// What was asked about, in its one form.
    pub asked: String,
    /// Which way.
    pub way: Way,
    /// What was reached, in the order in which it was, what was asked about first.
    pub things: Vec<TracedThing>,
    /// The acts between them and on them, in the order of time.
    pub acts: Vec<TracedAct>,
    /// What does not fit.
    pub findings: Vec<Finding>,
    /// What the asker may not see.
    pub withheld: Withheld,
    /// Whether nothing was left out because it was too much.
    pub is_whole: bool,
}
