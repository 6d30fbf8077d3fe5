//! A civil day.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, quote};

/// A day of the Gregorian calendar, 1900-01-01 to 2100-12-31.
///
/// Held as the number of days since 1900-01-01, so that a term in days is an addition. Written as
/// ISO 8601 / GB/T 7408 calendar dates, `YYYY-MM-DD`, and read in exactly that form.
///
/// ```
/// use clock::{Date, Weekday};
/// let day: Date = "2026-02-10".parse()?;
/// assert_eq!((day.year(), day.month(), day.day()), (2026, 2, 10));
/// assert_eq!(day.weekday(), Weekday::Tuesday);
/// assert_eq!(day.plus(19)?.to_string(), "2026-03-01");
/// # Ok::<(), clock::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

const FIRST_YEAR: i32 = 1900;
const LAST_YEAR: i32 = 2100;
/// 1970-01-01.
const EPOCH: i32 = days_before(1970);

impl Date {
    /// 1900-01-01, a Monday.
    pub const MIN: Self = Self(0);
    /// 2100-12-31.
    pub const MAX: Self = Self(days_before(LAST_YEAR + 1) - 1);

    /// The day `day` of `month` of `year`.
    ///
    /// # Errors
    /// [`Error::YearOutOfRange`]; [`Error::BadDate`] for a month or day that does not exist.
    ///
    /// ```
    /// assert!(clock::Date::new(2000, 2, 29).is_ok());
    /// assert!(clock::Date::new(1900, 2, 29).is_err());
    /// ```
    pub fn new(year: i32, month: u32, day: u32) -> Result<Self, Error> {
        if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
            return Err(Error::YearOutOfRange { year: year.into() });
        }
        let fault =
            |why: String| Error::BadDate { text: format!("{year:04}-{month:02}-{day:02}"), why };
        if !(1..=12).contains(&month) {
            return Err(fault(format!("there is no month {month:02}")));
        }
        let last = days_in_month(year, month);
        if !(1..=last).contains(&day) {
            return Err(fault(format!("{year:04}-{month:02} has {last} days")));
        }
        Ok(Self::known(year, month, day))
    }

    /// A day that exists, whose year is in range.
    fn known(year: i32, month: u32, day: u32) -> Self {
        let before = DAYS_BEFORE[usize::from(is_leap(year))][month as usize - 1];
        Self(days_before(year) + (before + day) as i32 - 1)
    }

    /// Days since 1900-01-01, which is 0.
    ///
    /// ```
    /// assert_eq!(clock::Date::MIN.number(), 0);
    /// ```
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The day `number` days after 1900-01-01, where it lies in range.
    ///
    /// ```
    /// use clock::Date;
    /// assert_eq!(Date::from_number(31).map(|day| day.ymd()), Some((1900, 2, 1)));
    /// assert_eq!(Date::from_number(-1), None);
    /// ```
    pub fn from_number(number: i64) -> Option<Self> {
        i32::try_from(number).ok().filter(|n| (Self::MIN.0..=Self::MAX.0).contains(n)).map(Self)
    }

    /// Days since 1970-01-01, as databases count them; negative before it.
    ///
    /// ```
    /// let day: clock::Date = "2026-04-15".parse()?;
    /// assert_eq!(day.unix_day(), 20_558);
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub const fn unix_day(self) -> i64 {
        (self.0 - EPOCH) as i64
    }

    /// The day `day` days after 1970-01-01, where it lies in range.
    ///
    /// ```
    /// use clock::Date;
    /// assert_eq!(Date::from_unix_day(0).map(|day| day.ymd()), Some((1970, 1, 1)));
    /// assert_eq!(Date::from_unix_day(Date::MAX.unix_day() + 1), None);
    /// ```
    pub fn from_unix_day(day: i64) -> Option<Self> {
        Self::from_number(day.checked_add(i64::from(EPOCH))?)
    }

    /// The day `days` later, or earlier where negative.
    ///
    /// # Errors
    /// [`Error::BeyondRange`].
    ///
    /// ```
    /// let day: clock::Date = "2026-02-28".parse()?;
    /// assert_eq!(day.plus(1)?.to_string(), "2026-03-01");
    /// assert!(clock::Date::MAX.plus(1).is_err());
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub fn plus(self, days: i64) -> Result<Self, Error> {
        i64::from(self.0).checked_add(days).and_then(Self::from_number).ok_or(Error::BeyondRange)
    }

    /// Year, month from 1, day from 1.
    ///
    /// ```
    /// let day: clock::Date = "2026-02-10".parse()?;
    /// assert_eq!(day.ymd(), (2026, 2, 10));
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub fn ymd(self) -> (i32, u32, u32) {
        // 146,097 days make 400 years; the estimate is at most one year too early or too late.
        let mut year = FIRST_YEAR + (i64::from(self.0) * 400 / 146_097) as i32;
        if days_before(year) > self.0 {
            year -= 1;
        } else if days_before(year + 1) <= self.0 {
            year += 1;
        }
        let of_year = (self.0 - days_before(year)) as u32;
        let before = &DAYS_BEFORE[usize::from(is_leap(year))];
        // No month has more than 31 days, and together they lack less than 31 of 31 each: the estimate
        // is the month or the one before.
        let mut month = (of_year / 31) as usize;
        if before[month + 1] <= of_year {
            month += 1;
        }
        (year, month as u32 + 1, of_year - before[month] + 1)
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.ymd().0
    }

    /// The month, 1 to 12.
    pub fn month(self) -> u32 {
        self.ymd().1
    }

    /// The day of the month, from 1.
    pub fn day(self) -> u32 {
        self.ymd().2
    }

    /// The day of the week.
    pub fn weekday(self) -> Weekday {
        Weekday::ALL[(self.0 % 7) as usize]
    }

    /// The last day of the month that lies `months` after this day's, or before where negative.
    ///
    /// # Errors
    /// [`Error::BeyondRange`].
    ///
    /// ```
    /// let day: clock::Date = "2026-01-31".parse()?;
    /// assert_eq!(day.month_end(1)?.to_string(), "2026-02-28");
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub fn month_end(self, months: i64) -> Result<Self, Error> {
        let (year, month, _) = self.ymd();
        let index = i64::from(year * 12 + month as i32 - 1)
            .checked_add(months)
            .ok_or(Error::BeyondRange)?;
        let target = i32::try_from(index.div_euclid(12)).map_err(|_| Error::BeyondRange)?;
        let month = index.rem_euclid(12) as u32 + 1;
        if !(FIRST_YEAR..=LAST_YEAR).contains(&target) {
            return Err(Error::BeyondRange);
        }
        Ok(Self::known(target, month, days_in_month(target, month)))
    }
}

/// Days from 1900-01-01 to the first day of `year`.
const fn days_before(year: i32) -> i32 {
    const fn leap_days_to(year: i32) -> i32 {
        year / 4 - year / 100 + year / 400
    }
    365 * (year - FIRST_YEAR) + leap_days_to(year - 1) - leap_days_to(FIRST_YEAR - 1)
}

fn is_leap(year: i32) -> bool {
    days_before(year + 1) - days_before(year) == 366
}

/// Days of a year before each month, and in all; of common and of leap years.
const DAYS_BEFORE: [[u32; 13]; 2] = [
    [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365],
    [0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366],
];

fn days_in_month(year: i32, month: u32) -> u32 {
    let before = &DAYS_BEFORE[usize::from(is_leap(year))];
    before[month as usize] - before[month as usize - 1]
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        f.pad(&format!("{year:04}-{month:02}-{day:02}"))
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Date {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let number = |digits: &[u8]| {
            digits
                .iter()
                .try_fold(0, |n: u32, d| d.is_ascii_digit().then(|| n * 10 + u32::from(d - b'0')))
        };
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else {
            return Err(other_form(text));
        };
        let (Some(year), Some(month), Some(day)) =
            (number(&[*y1, *y2, *y3, *y4]), number(&[*m1, *m2]), number(&[*d1, *d2]))
        else {
            return Err(other_form(text));
        };
        Self::new(year as i32, month, day)
    }
}

/// What is wrong with a text that has another form than a day.
fn other_form(text: &str) -> Error {
    let why = match text.chars().find(|c| !c.is_ascii()) {
        _ if text.is_empty() => "it is empty".to_owned(),
        Some(c) => format!("U+{:04X} is not an ordinary digit or hyphen", u32::from(c)),
        None => "it does not have the form YYYY-MM-DD".to_owned(),
    };
    Error::BadDate { text: quote(text), why }
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Weekday {
    /// 星期一
    Monday,
    /// 星期二
    Tuesday,
    /// 星期三
    Wednesday,
    /// 星期四
    Thursday,
    /// 星期五
    Friday,
    /// 星期六
    Saturday,
    /// 星期日
    Sunday,
}

impl Weekday {
    const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// Saturday or Sunday, the days of rest of the 40-hour week (国务院关于职工工作时间的规定, art. 7).
    ///
    /// ```
    /// let saturday: clock::Date = "2026-02-14".parse()?;
    /// assert!(saturday.weekday().is_weekend());
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub fn is_weekend(self) -> bool {
        matches!(self, Self::Saturday | Self::Sunday)
    }
}

impl fmt::Display for Weekday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_in_range_is_itself_again_and_follows_the_one_before() {
        let (mut year, mut month, mut day) = (1900, 1, 1);
        for number in 0..=Date::MAX.number() {
            let date = Date::from_number(number.into()).unwrap();
            assert_eq!(date.ymd(), (year, month, day));
            assert_eq!(Date::new(year, month, day), Ok(date));
            assert_eq!(date.to_string().parse(), Ok(date));
            assert_eq!(Date::from_unix_day(date.unix_day()), Some(date));
            day += 1;
            if day > days_in_month(year, month) {
                (month, day) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
        }
        assert_eq!((year, month, day), (2101, 1, 1));
        assert_eq!(Date::from_unix_day(Date::MIN.unix_day() - 1), None);
        assert_eq!(Date::from_unix_day(i64::MAX), None);
    }

    #[test]
    fn days_of_the_week_that_people_remember() {
        for (text, weekday) in [
            ("1949-10-01", Weekday::Saturday),
            ("1999-12-31", Weekday::Friday),
            ("2008-08-08", Weekday::Friday),
            ("2020-01-23", Weekday::Thursday),
        ] {
            assert_eq!(text.parse::<Date>().unwrap().weekday(), weekday, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_date_is_refused_by_what_is_wrong_with_it() {
        for (text, says) in [
            ("", "it is empty"),
            ("2026-02-30", "2026-02 has 28 days"),
            ("2100-02-29", "2100-02 has 28 days"),
            ("1900-02-29", "1900-02 has 28 days"),
            ("2026-13-01", "no month 13"),
            ("2026-00-10", "no month 00"),
            ("2026-01-00", "2026-01 has 31 days"),
            ("1899-12-31", "1899"),
            ("2101-01-01", "2101"),
            ("2026-2-10", "form"),
            ("2026/02/10", "form"),
            (" 2026-02-10", "form"),
            ("2026-02-10\0", "\\u{0}"),
            ("+026-02-10", "form"),
            ("２０２６-02-10", "U+FF12"),
            ("\u{202e}2026-02-10", "\\u{202e}"),
            ("20260210", "form"),
        ] {
            let fault = text.parse::<Date>().unwrap_err();
            assert!(fault.to_string().contains(says), "{text:?}: {fault}");
        }
        let long = "9".repeat(100_000).parse::<Date>().unwrap_err().to_string();
        assert!(long.len() < 300, "{long}");
    }
}
