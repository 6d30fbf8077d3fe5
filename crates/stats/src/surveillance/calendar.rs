//! Where "the same week a year ago" lies in a series.

use crate::error::check;
use crate::{Error, Result};

/// A day as the number of days since 1970-01-01.
///
/// ```
/// use stats::surveillance::Day;
/// assert_eq!(Day::of(2000, 3, 1), Day(11_017));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

impl Day {
    /// The day of a date in the Gregorian calendar; days and months outside their range count on,
    /// as in 2001-02-29 = 2001-03-01.
    pub fn of(year: i32, month: i32, day: i32) -> Self {
        // Days from the civil calendar, with the year beginning in March so that the leap day is
        // its last.
        let (year, month) = (year + (month - 1).div_euclid(12), (month - 1).rem_euclid(12));
        let march_year = if month < 2 { year - 1 } else { year };
        let march_month = (month + 10) % 12;
        let leaps =
            march_year.div_euclid(4) - march_year.div_euclid(100) + march_year.div_euclid(400);
        Self(march_year * 365 + leaps + (march_month * 153 + 2) / 5 + day - 1 - 719_468)
    }

    /// Its year, month and day of the month.
    pub fn date(self) -> (i32, i32, i32) {
        let days = self.0 + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let march_month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * march_month + 2) / 5 + 1;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        (year + era * 400 + i32::from(month <= 2), month, day)
    }

    /// The same date so many years earlier; a 29 February becomes 1 March.
    fn years_before(self, years: i32) -> Self {
        let (year, month, day) = self.date();
        Self::of(year - years, month, day)
    }

    /// The day nearest to this one, at most three days away, on the weekday of `other`.
    fn on_weekday_of(self, other: Self) -> Self {
        let ahead = (other.0 - self.0).rem_euclid(7);
        Self(self.0 + if ahead > 3 { ahead - 7 } else { ahead })
    }
}

/// How the points of a series lie in time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Calendar<'a> {
    /// Evenly: so many points make a year (52 for weeks, 12 for months), always.
    Frequency(usize),
    /// Each point is a week, named by one of its days (the same weekday throughout); the week of a
    /// year ago is the one whose day is nearest to the same date.
    Weeks(&'a [Day]),
    /// Each point is a month or a day, named by a date; the point of a year ago is the one with the
    /// same date (29 February: 1 March).
    Dates(&'a [Day]),
}

impl Calendar<'_> {
    /// Checks that the calendar fits a series of `len` points.
    pub(crate) fn check(&self, len: usize) -> Result<()> {
        match self {
            Self::Frequency(frequency) => {
                check::within("frequency", *frequency as f64, *frequency > 0, "1 or more")
            }
            Self::Weeks(days) | Self::Dates(days) => {
                check::length("days of the calendar", days.len(), len)?;
                if days.windows(2).all(|pair| pair[0] < pair[1]) {
                    Ok(())
                } else {
                    Err(Error::Inconsistent {
                        what: "days of the calendar",
                        why: "they must rise from point to point",
                    })
                }
            }
        }
    }

    /// The points that lie `years`, ... 2, 1 and 0 years before the point `t`, in that order.
    pub(crate) fn anniversaries(&self, t: usize, years: usize) -> Result<Vec<usize>> {
        let few = |needed: usize| Error::TooFew { what: "points before the range", needed, got: t };
        let place = |year: usize| match self {
            Self::Frequency(frequency) => {
                let back = year * frequency;
                t.checked_sub(back).ok_or_else(|| few(back))
            }
            Self::Weeks(days) | Self::Dates(days) => {
                let today = days[t];
                let then = today.years_before(year as i32);
                let then = match self {
                    Self::Weeks(_) => then.on_weekday_of(today),
                    _ => then,
                };
                match days.binary_search(&then) {
                    Ok(place) => Ok(place),
                    Err(0) => Err(few(t + 1)),
                    Err(_) => Err(Error::Inconsistent {
                        what: "days of the calendar",
                        why: "the point of an earlier year is missing: fill the gap, or use \
                              Calendar::Frequency (month ends have no fixed date)",
                    }),
                }
            }
        };
        (0..=years).rev().map(place).collect()
    }

    /// The time of the point `t` for a trend; with dates, counted from the point `first` in steps as
    /// long as the first of the calendar (so that months have a length of their own).
    pub(crate) fn time(&self, t: usize, first: usize) -> f64 {
        match self {
            // From one, as the reference counts.
            Self::Frequency(_) => t as f64 + 1.0,
            Self::Weeks(days) | Self::Dates(days) => {
                let step = days.get(1).map_or(1, |second| second.0 - days[0].0);
                f64::from(days[t].0 - days[first].0) / f64::from(step)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_days_agree() {
        for day in (-800_000..800_000).step_by(37) {
            let (y, m, d) = Day(day).date();
            assert_eq!(Day::of(y, m, d), Day(day));
        }
        assert_eq!(Day::of(2001, 2, 29), Day::of(2001, 3, 1));
        assert_eq!(Day::of(1970, 1, 1), Day(0));
    }

    #[test]
    fn the_week_of_a_year_ago_keeps_its_weekday() {
        // 2008-02-29 is a Friday; so are 2007-03-02, 2006-03-03, 2005-03-04, 2004-02-27.
        let today = Day::of(2008, 2, 29);
        let found: Vec<Day> =
            (1..=4).map(|year| today.years_before(year).on_weekday_of(today)).collect();
        let fridays = [(2007, 3, 2), (2006, 3, 3), (2005, 3, 4), (2004, 2, 27)];
        assert_eq!(found, fridays.map(|(y, m, d)| Day::of(y, m, d)));
    }
}
