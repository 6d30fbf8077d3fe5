//! Notices, and what they rest on.

use std::sync::Arc;

use super::SharedSource;
use crate::region::Region;
use crate::time::Date;

/// A name in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Label {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// Where a statement of the calendar stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Title and number of the notice or law.
    pub title: String,
    /// The day that it bears; `None` where that is not known.
    pub announced: Option<Date>,
    /// The day on which someone compared the pack with its text; `None` where no one has.
    pub reviewed: Option<Date>,
    /// Where it holds.
    pub region: Region,
}

impl Source {
    /// Whether it must be shown as not reviewed: nobody has, or the day of its announcement is unknown.
    ///
    /// ```
    /// let source = clock::Source {
    ///     title: "a notice".to_owned(),
    ///     announced: None,
    ///     reviewed: Some("2026-11-23".parse()?),
    ///     region: clock::Region::CHINA,
    /// };
    /// assert!(!source.is_reviewed());
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub fn is_reviewed(&self) -> bool {
        self.announced.is_some() && self.reviewed.is_some()
    }
}

/// One notice: days off and days worked.
#[derive(Clone, Debug)]
pub(super) struct Notice {
    pub source: SharedSource,
    /// The year whose arrangement it is.
    pub publishes: Option<i32>,
    pub holidays: Vec<HolidayEntry>,
}

/// One holiday of a notice.
#[derive(Clone, Debug)]
pub(super) struct HolidayEntry {
    pub label: Arc<Label>,
    pub off: Vec<Date>,
    pub work: Vec<Date>,
}
