//! The tree of offices, and what each has power over, day by day.

mod jurisdiction;
mod read;

pub use jurisdiction::Jurisdiction;
pub(crate) use read::read;

use clock::Date;
use codes::{InForce, Label};

/// The word for what lies in no division: foreign facts.
pub const NO_REGION: &str = "none";

/// An office under all its names and powers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    /// Its id, which stays when its name or its division's code changes.
    pub id: String,
    /// What it was from one day to another, oldest first; no two hold on the same day.
    pub periods: Vec<OfficePeriod>,
}

/// What an office is from one day to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficePeriod {
    /// Its name.
    pub label: Label,
    /// Its short name in the numbers of documents, where it has one.
    pub short: Option<String>,
    /// Its sort, a code of the list `office-type`.
    pub office_type: String,
    /// The office above it; none at the top.
    pub parent: Option<String>,
    /// The divisions in which it acts, in all or in a part, or [`NO_REGION`].
    pub regions: Extent,
    /// The trades over which it has power, GB/T 4754.
    pub industries: Extent,
    /// The kinds of record that are its matter.
    pub kinds: Extent,
    /// Its days; an open first day is not known.
    pub in_force: InForce,
    /// Whose the records are after its last day; only where it has one.
    pub successor: Option<String>,
    /// Where this is from.
    pub source: Option<String>,
}

/// All, or those named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extent {
    /// `*` in the table.
    All,
    /// Codes or ids.
    These(Vec<String>),
}

impl Extent {
    /// Whether one of those named fits, or all are meant.
    pub(crate) fn any(&self, fits: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::All => true,
            Self::These(named) => named.iter().any(|name| fits(name)),
        }
    }
}

impl std::fmt::Display for Extent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::These(named) => f.write_str(&named.join(" ")),
        }
    }
}

impl Office {
    /// What the office is on a day; none before it was set up or after it was abolished.
    pub fn on(&self, day: Date) -> Option<&OfficePeriod> {
        self.periods.iter().find(|period| period.in_force.holds(day))
    }
}
