//! When a term ends.

mod count;
mod explain;
mod remaining;
mod ruler;

use crate::error::Error;
use crate::term::{Counts, Term};
use crate::time::{Date, Moment};
use crate::working_days::WorkingDays;

pub use explain::{DayLine, Explanation, HourLine, Verdict, explain};
pub use remaining::{Left, Remaining, State, remaining};

/// When a term ends, and what that rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The last day of the term, which ends with it at 24:00 (民法典 203(2)), or the point in time at
    /// which a term in hours ends. Of a term that runs backwards, the day reached.
    pub end: Moment,
    /// The same before it moved off a day off.
    pub unrolled: Moment,
    /// Whether it rests on days whose year no notice (known by then) has arranged.
    pub provisional: bool,
    /// Whether it rests on a notice that was not reviewed, or whose day of announcement is unknown.
    pub not_reviewed: bool,
    /// The days of the calendar that it rests on, first and last; `None` where it rests on none.
    pub rests_on: Option<(Date, Date)>,
}

impl Due {
    /// Whether the end moved off a day off.
    ///
    /// ```
    /// # let text = "default_region = '420000'\n[[notice]]\npublishes = 2026\nsource = 'n'";
    /// # let calendar = clock::Calendar::parse([("2026.toml", text)])?;
    /// # let days = calendar.working_days(clock::Region::CHINA, clock::Known::Latest)?;
    /// use clock::{Counts, Term, Unit, due};
    /// let term = Term { amount: 1, unit: Unit::Day };
    /// let answer = due(&days, "2026-03-06".parse()?, term, &Counts::usual(Unit::Day))?;
    /// assert!(answer.rolled()); // from Saturday to Monday
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub fn rolled(&self) -> bool {
        self.end != self.unrolled
    }
}

/// When `term` ends that starts on `start`.
///
/// By 民法典 200 to 204: the day of the start does not count (201(1)), unless `counts` says so; hours
/// run from the moment given (201(2)), on through days off; months and years end on the day of the
/// last month that corresponds to the start, or on the month's last (202); an end on a day off moves
/// to the next working day (203(1)) where `counts.roll` says so, and of a term that runs backwards to
/// the working day before. A term whose first day counts ends a month later on the day before the
/// corresponding day.
///
/// Suspended days do not count: of a term in days or working days they are passed over; to a term in
/// months or years as many days are added as were suspended before its end, those that come in by the
/// addition too; then the end rolls, and not onto a suspended day. Hours are suspended by points in
/// time, whole days among them from 00:00 to 24:00. A term of zero ends on its start.
///
/// # Errors
/// [`Error::NeedsTime`] for hours from a whole day; [`Error::NeedsDays`] for days suspended by the time
/// of day; [`Error::NotForHours`]; [`Error::TermTooLong`]; [`Error::Suspended`] where the term stands
/// still for good; [`Error::OutsideCalendar`] where it needs working days that are not known;
/// [`Error::BeyondRange`] where it ends outside 1900 to 2100.
///
/// ```
/// # let text = r#"
/// # [[notice]]
/// # publishes = 2026
/// # source    = "国办发明电〔2025〕7号"
/// # announced = 2025-11-04
/// # [[notice.holiday]]
/// # label = { zh = "春节", en = "Spring Festival" }
/// # off   = ["2026-02-15..2026-02-23"]
/// # work  = ["2026-02-14", "2026-02-28"]
/// # "#;
/// # let calendar = clock::Calendar::parse([("calendar/2026.toml", text)])?;
/// # let days = calendar.working_days(clock::Region::CHINA, clock::Known::Latest)?;
/// use clock::{Counts, Term, Unit, due};
/// let one_month = Term { amount: 1, unit: Unit::Month };
/// let answer = due(&days, "2026-01-31".parse()?, one_month, &Counts::usual(Unit::Month))?;
/// assert_eq!(answer.unrolled.to_string(), "2026-02-28"); // a Saturday, but worked
/// assert_eq!(answer.end, answer.unrolled);
///
/// let mut counts = Counts::usual(Unit::Day);
/// counts.suspensions = [ "2026-03-03..2026-03-05".parse()? ].into_iter().collect();
/// let answer = due(&days, "2026-03-02".parse()?, Term { amount: 2, unit: Unit::Day }, &counts)?;
/// // 6 and 7 March; the 7th is a Saturday, the next working day Monday the 9th.
/// assert_eq!(answer.unrolled.to_string(), "2026-03-07");
/// assert_eq!(answer.end.to_string(), "2026-03-09");
/// # Ok::<(), clock::Error>(())
/// ```
pub fn due(days: &WorkingDays, start: Moment, term: Term, counts: &Counts) -> Result<Due, Error> {
    count::count(days, start, term, counts).map_err(Error::from)
}
