//! One day of a calendar.

use crate::calendar::{Label, Source};
use crate::time::Date;

/// What kind of day it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DayKind {
    /// An ordinary working day.
    Working,
    /// A Saturday or Sunday that is worked to make up for a day off (调休上班).
    MakeUp,
    /// A Saturday or Sunday that no notice speaks of (休息日).
    Weekend,
    /// A day off by a notice or by statute, on whatever day of the week.
    Holiday,
}

impl DayKind {
    /// Whether it is worked.
    ///
    /// ```
    /// assert!(clock::DayKind::MakeUp.is_working() && !clock::DayKind::Holiday.is_working());
    /// ```
    pub fn is_working(self) -> bool {
        matches!(self, Self::Working | Self::MakeUp)
    }

    /// A word for it.
    ///
    /// ```
    /// assert_eq!(clock::DayKind::MakeUp.word(), "make_up_day");
    /// ```
    pub fn word(self) -> &'static str {
        match self {
            Self::Working => "working_day",
            Self::MakeUp => "make_up_day",
            Self::Weekend => "weekend",
            Self::Holiday => "holiday",
        }
    }
}

/// A day, what it is and by which source.
#[derive(Clone, Copy, Debug)]
pub struct Day<'a> {
    /// The day.
    pub date: Date,
    /// What it is.
    pub kind: DayKind,
    /// The holiday that it belongs to, as a day off or as a day that makes up for one.
    pub label: Option<&'a Label>,
    /// The notice or law that makes it so.
    pub source: &'a Source,
    /// Whether its year has not been arranged by a notice (as far as known).
    pub provisional: bool,
}
