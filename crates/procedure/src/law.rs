//! What the engine asks of the law: lengths of terms, numbers, working days.

use clock::{Date, Direction, Roll, Term, WorkingDays};
use rules::value::Value;

/// The law as of some day of knowledge.
pub trait Law {
    /// The version of a parameter that holds, as a length of time.
    ///
    /// # Errors
    /// Why there is no length though a version is in force: no value for the level, or no time.
    fn limit(
        &self,
        parameter: &str,
        deciding: &Deciding,
        level: Option<&str>,
    ) -> Result<Option<Version<'_>>, NoLimit>;

    /// The value of a parameter, for `law('…')` in a guard; none where no version is in force, or
    /// where there is none for the level.
    fn number(&self, parameter: &str, deciding: &Deciding, level: Option<&str>) -> Option<Value>;

    /// The working days where the case lies, as they are known.
    fn days(&self) -> &WorkingDays;
}

/// The days of which one decides which version of a parameter holds; which, the parameter says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deciding {
    /// The day on which the case began.
    pub case_start: Date,
    /// The day of the event that starts the term, or on which a value is used.
    pub term_start: Date,
    /// The day of the act that is judged, where it is known.
    pub act: Option<Date>,
}

/// A version of a parameter as a length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version<'a> {
    /// How long.
    pub term: Term,
    /// Which way it runs.
    pub direction: Direction,
    /// What becomes of an end on a day off.
    pub roll: Roll,
    /// What it stands still for, codes of the list `suspending-event`.
    pub suspended_by: &'a [String],
    /// The parameter.
    pub parameter: &'a str,
    /// The law, as it calls itself.
    pub law: &'a str,
    /// The article, where it is known.
    pub article: Option<&'a str>,
    /// Whether it was compared with the text of the law.
    pub is_reviewed: bool,
}

/// Why a parameter in force is no length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoLimit {
    /// It has a value for each level, and none for this one.
    Level,
    /// It is no length of time.
    NoTime,
}
