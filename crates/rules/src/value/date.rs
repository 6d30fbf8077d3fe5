//! Days as records hold them.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::Decimal;

/// A day of the Gregorian calendar, 0001-01-01 to 9999-12-31: what a date column holds, days since
/// 1970-01-01.
///
/// Written as ISO 8601 / GB/T 7408 calendar dates, `YYYY-MM-DD`, and read in exactly that form.
///
/// ```
/// use rules::value::Date;
/// let day: Date = "2026-04-15".parse()?;
/// assert_eq!(day.days(), 20_558);
/// assert_eq!(Date::from_days(20_558), Some(day));
/// # Ok::<(), rules::value::DateError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

/// Why a text is not a day or an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DateError {
    /// The text has another form than a day.
    #[error("a day is written year-month-day, such as 2026-04-15; write it so")]
    DateForm,
    /// The text has another form than an instant.
    #[error(
        "an instant is written with its offset and at most six digits of a second, such as 2026-04-15T09:30:00+08:00; write it so"
    )]
    InstantForm,
    /// The day or time does not exist.
    #[error("no such day or time exists; look at the calendar")]
    NoSuch,
}

impl DateError {
    /// What is wrong and what to do, in Chinese.
    pub fn zh(&self) -> &'static str {
        match self {
            Self::DateForm => "日期应写作年-月-日，如 2026-04-15；请改正",
            Self::InstantForm => {
                "时刻应带时区，如 2026-04-15T09:30:00+08:00，秒后最多六位小数；请改正"
            }
            Self::NoSuch => "没有这一日期或时刻；请核对",
        }
    }

    /// A stable name of the fault.
    pub fn code(&self) -> &'static str {
        match self {
            Self::DateForm => "rules.date_form",
            Self::InstantForm => "rules.instant_form",
            Self::NoSuch => "rules.date_none",
        }
    }
}

const FIRST: i32 = days_of(1, 1, 1);
const LAST: i32 = days_of(9999, 12, 31);

impl Date {
    /// The day `year`-`month`-`day`.
    ///
    /// # Errors
    /// [`DateError::NoSuch`].
    pub fn new(year: i32, month: u32, day: u32) -> Result<Self, DateError> {
        let exists = (1..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=last_of(year, month)).contains(&day);
        if exists { Ok(Self(days_of(year, month, day))) } else { Err(DateError::NoSuch) }
    }

    /// The day `days` after 1970-01-01, where it lies in range.
    pub fn from_days(days: i64) -> Option<Self> {
        let days = i32::try_from(days).ok()?;
        (FIRST..=LAST).contains(&days).then_some(Self(days))
    }

    /// Days since 1970-01-01.
    pub fn days(self) -> i64 {
        self.0.into()
    }

    /// Year, month from 1, day from 1.
    pub fn ymd(self) -> (i32, u32, u32) {
        // Years that begin on 1 March, so that the leap day is the last; eras of 400 of them.
        let days = self.0 + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        (year + era * 400 + i32::from(month <= 2), month as u32, day as u32)
    }

    /// Days from this day to `to`; negative where `to` comes first.
    pub fn days_until(self, to: Self) -> i64 {
        to.days() - self.days()
    }

    /// Years from this day to `to`, so that a term of law of n years has ended exactly when the
    /// figure is above n: a whole number on each corresponding day (the month's last where there
    /// is none), and strictly between two whole numbers on the days between them, by the share of
    /// days that has passed, cut to four places. Negative where `to` comes first.
    ///
    /// Source: 民法典 200, 202 (terms in years end on the corresponding day, or the month's last).
    ///
    /// ```
    /// use rules::value::{Date, Decimal};
    /// let day = |text: &str| text.parse::<Date>();
    /// let known = day("2023-02-10")?;
    /// assert_eq!(known.years_until(day("2026-02-10")?), Decimal::from(3));
    /// assert!(known.years_until(day("2026-02-11")?) > Decimal::from(3));
    /// # Ok::<(), rules::value::DateError>(())
    /// ```
    pub fn years_until(self, to: Self) -> Decimal {
        if to < self {
            let years = to.years_until(self);
            return years.negated().unwrap_or(years);
        }
        let mut whole = to.ymd().0 - self.ymd().0;
        if self.anniversary(whole) > to.0 {
            whole -= 1;
        }
        let last = self.anniversary(whole);
        let passed = i64::from(to.0 - last);
        let year = i64::from(self.anniversary(whole + 1) - last);
        let whole = i64::from(whole);
        // Four places always do: 10^4 / 366 is above 27.
        Decimal::new(whole * 10_000 + passed * 10_000 / year, 4)
            .unwrap_or_else(|_| Decimal::from(whole))
    }

    fn anniversary(self, years: i32) -> i32 {
        let (year, month, day) = self.ymd();
        days_of(year + years, month, day.min(last_of(year + years, month)))
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let (date, rest) = date_of(text.as_bytes()).ok_or(DateError::DateForm)?;
        if rest.is_empty() { date } else { Err(DateError::DateForm) }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// The day that a text begins with, and what follows; `None` where it has another form.
pub(super) fn date_of(text: &[u8]) -> Option<(Result<Date, DateError>, &[u8])> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, rest @ ..] = text else {
        return None;
    };
    let year = number(&[*y1, *y2, *y3, *y4])?;
    let date = Date::new(year as i32, number(&[*m1, *m2])?, number(&[*d1, *d2])?);
    Some((date, rest))
}

/// At most six digits.
pub(super) fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, d| d.is_ascii_digit().then(|| sum * 10 + u32::from(*d - b'0')))
}

/// Days since 1970-01-01, by the same years from March as [`Date::ymd`].
const fn days_of(year: i32, month: u32, day: u32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let from_march = (month as i32 + 9) % 12;
    let of_year = (153 * from_march + 2) / 5 + day as i32 - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn last_of(year: i32, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn every_day_comes_back_and_follows_the_one_before() {
        let (mut year, mut month, mut of_month) = (1, 1, 1);
        for days in i64::from(FIRST)..=i64::from(LAST) {
            let date = Date::from_days(days).unwrap();
            assert_eq!(date.ymd(), (year, month, of_month));
            assert_eq!(Date::new(year, month, of_month), Ok(date));
            of_month += 1;
            if of_month > last_of(year, month) {
                (of_month, month) = (1, month + 1);
            }
            if month > 12 {
                (month, year) = (1, year + 1);
            }
        }
        assert_eq!(Date::from_days(i64::from(LAST) + 1), None);
        assert_eq!(day("1970-01-01").days(), 0);
    }

    #[test]
    fn other_texts_are_refused() {
        for text in
            ["", "2026-4-15", "20260415", "2026-04-15 ", "2026/04/15", "２026-04-15", "0000"]
        {
            assert_eq!(text.parse::<Date>(), Err(DateError::DateForm), "{text}");
        }
        for text in
            ["2026-02-29", "1900-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "0000-01-01"]
        {
            assert_eq!(text.parse::<Date>(), Err(DateError::NoSuch), "{text}");
        }
    }

    #[test]
    fn years_are_whole_on_corresponding_days_only() {
        let years = |from: &str, to: &str| day(from).years_until(day(to)).to_string();
        assert_eq!(years("2023-02-10", "2026-02-09"), "2.9972");
        assert_eq!(years("2023-02-10", "2026-02-10"), "3");
        assert_eq!(years("2023-02-10", "2026-02-11"), "3.0027");
        assert_eq!(years("2024-02-29", "2025-02-28"), "1");
        assert_eq!(years("2024-02-29", "2028-02-28"), "3.9972");
        assert_eq!(years("2024-02-29", "2028-02-29"), "4");
        assert_eq!(years("2026-02-10", "2023-02-10"), "-3");
        assert_eq!(years("0001-01-01", "9999-12-31"), "9998.9972");
    }
}
