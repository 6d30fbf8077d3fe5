//! How long the records of a kind are kept.

use clock::Date;

use crate::law::{Direction, Version};
use crate::pack::Pack;

/// A time by the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Term {
    Months(i64),
    Days(i64),
}

/// The term that a version of a parameter gives, where it can be counted from a record's day.
/// Hours and working days cannot: the calendar of working days is not read here.
pub(crate) fn keeping_term(version: &Version) -> Option<Term> {
    let number = version.value.one()?.integer().filter(|number| *number > 0)?;
    if version.counts.direction == Direction::Backward {
        return None;
    }
    match version.unit.as_str() {
        "year" => number.checked_mul(12).map(Term::Months),
        "month" => Some(Term::Months(number)),
        "day" => Some(Term::Days(number)),
        _ => None,
    }
}

impl Term {
    /// The day on which the term ends that begins on a day, which itself does not count; where the
    /// last month has no such day, its last one (民法典 201, 202). Nothing beyond what days there
    /// are.
    fn after(self, day: Date) -> Date {
        let end = match self {
            Self::Days(days) => day.plus(days),
            Self::Months(months) => day.month_end(months).and_then(|end| {
                let same = day.day().min(end.day());
                Date::new(end.year(), end.month(), same)
            }),
        };
        end.unwrap_or(Date::MAX)
    }
}

impl Pack {
    /// Until when, that day included, a record of a kind that is valid on a day has to be kept at
    /// least, by the version of the law in force on that day; none where no law of the pack says.
    ///
    /// It is counted from the record's own day. Where the law counts from a later event, which the
    /// version's `starts` and `wording` tell, the record of that event has to be asked for.
    ///
    /// ```
    /// # let pack = pack::Pack::load(testkit::hubei_pack()).unwrap();
    /// let (day, version) = pack.kept_until("sample", "2024-02-29".parse().unwrap()).unwrap();
    /// assert_eq!(day.to_string(), "2026-02-28");
    /// assert_eq!(version.article.as_deref(), Some("54"));
    /// assert!(pack.kept_until("sample", "2019-12-31".parse().unwrap()).is_none());
    /// assert!(pack.kept_until("complaint", "2026-11-23".parse().unwrap()).is_none());
    /// ```
    pub fn kept_until(&self, kind: &str, valid_on: Date) -> Option<(Date, &Version)> {
        let keep = self.kind(kind)?.keep.as_deref()?;
        let version = self.parameter(keep)?.on(valid_on)?;
        Some((keeping_term(version)?.after(valid_on), version))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_counted_by_the_calendar() {
        for (term, from, to) in [
            (Term::Months(24), "2026-11-23", "2028-11-23"),
            (Term::Months(12), "2024-02-29", "2025-02-28"),
            (Term::Months(48), "2024-02-29", "2028-02-29"),
            (Term::Months(1), "2026-01-31", "2026-02-28"),
            (Term::Months(6), "2026-08-31", "2027-02-28"),
            (Term::Days(30), "2026-12-25", "2027-01-24"),
            (Term::Months(120), "2095-01-01", "2100-12-31"),
            (Term::Days(i64::MAX), "2026-01-01", "2100-12-31"),
            (Term::Months(i64::MAX), "2026-01-01", "2100-12-31"),
        ] {
            let end = term.after(from.parse().unwrap());
            assert_eq!(end.to_string(), to, "{term:?} from {from}");
        }
    }
}
