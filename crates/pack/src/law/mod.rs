//! Dated parameters of law: terms, amounts and bounds, each with its article and its days in force.

mod read;
mod value;

pub(crate) use read::{LawFile, gather};
pub use value::{Scalar, Value};

use clock::Date;
use codes::{InForce, Label};

use crate::words::words;

/// The parameters of one subject matter: a file of `law/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LawGroup {
    /// Its id, with which the ids of its parameters begin.
    pub id: String,
    /// Its name.
    pub label: Label,
    /// The articles of the decision that it serves.
    pub articles: Vec<u16>,
}

/// A parameter of law under all its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its id, `group.name`.
    pub id: String,
    /// Its versions, oldest first; no two are in force on the same day.
    pub versions: Vec<Version>,
}

/// What a parameter is from one day to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its name.
    pub label: Label,
    /// Its value, or a value for each level.
    pub value: Value,
    /// The unit, a code of the list `law-unit`.
    pub unit: String,
    /// The event that starts the term, a code of the list `starting-event`; none where nothing
    /// runs.
    pub starts: Option<String>,
    /// How a term is counted.
    pub counts: Counts,
    /// The law, as it calls itself.
    pub law: String,
    /// The article, where it is known.
    pub article: Option<String>,
    /// Its days in force; the first is always given.
    pub in_force: InForce,
    /// The day that decides whether this version holds.
    pub applies_by: AppliesBy,
    /// What says so.
    pub applies_basis: AppliesBasis,
    /// The day on which it was last compared with the text of the law; none: not reviewed, and
    /// shown so wherever it is used.
    pub reviewed: Option<Date>,
    /// What the collection says, word for word.
    pub wording: Wording,
}

/// How a term is counted. What is left open follows from its unit (民法典 200-204).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Which way.
    pub direction: Direction,
    /// What becomes of an end on a day off; none: as the unit has it.
    pub roll: Option<Roll>,
    /// What does not count, codes of the list `suspending-event`.
    pub suspended_by: Vec<String>,
}

words! {
    /// Which way a term runs from the event.
    #[derive(Default)]
    Direction {
        /// Towards later days.
        #[default]
        Forward = "forward", "向后";
        /// Towards earlier days: so many days before the event.
        Backward = "backward", "向前";
    }
}

words! {
    /// What becomes of an end that falls on a day off.
    Roll {
        /// It stays.
        None = "none", "不顺延";
        /// It moves to the next working day.
        Next = "next", "顺延";
    }
}

words! {
    /// The day that decides which version of a parameter holds.
    AppliesBy {
        /// The day on which the case began.
        CaseStart = "case_start", "案件开始之日";
        /// The day of the event that starts the term; of a value that nothing starts, the day on
        /// which it is used.
        TermStart = "term_start", "期限起算之日";
        /// The day of the act that is judged.
        ActDate = "act_date", "行为发生之日";
    }
}

/// What says by which day a version holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppliesBasis {
    /// The texts leave it open; the office has chosen.
    OfficeChoice,
    /// An article, by law and number.
    Article(String),
}

/// The words of the collection from which a parameter was taken.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wording {
    /// When the term starts.
    pub starts: Option<String>,
    /// What else is said.
    pub note: Option<String>,
}

impl Parameter {
    /// The version in force on a day. Which day to ask for, the version's `applies_by` says.
    pub fn on(&self, day: Date) -> Option<&Version> {
        self.versions.iter().find(|version| version.in_force.holds(day))
    }

    /// The group it belongs to.
    pub fn group(&self) -> &str {
        self.id.split_once('.').map_or(&self.id, |(group, _)| group)
    }
}

impl Version {
    /// Its whole number, where it is one for all levels.
    pub fn amount(&self) -> Option<i64> {
        self.value.one().and_then(Scalar::integer)
    }

    /// Whether somebody has compared it with the text of the law.
    pub fn is_reviewed(&self) -> bool {
        self.reviewed.is_some()
    }
}
