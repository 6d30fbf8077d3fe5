//! Months, quarters and years.

use std::fmt;
use std::str::FromStr;

use clock::Date;

use super::PeriodSort;

/// A period of a report: `2026-11`, `2026-Q4`, `2026`.
///
/// ```
/// use pack::{Period, PeriodSort};
/// let quarter: Period = "2026-Q1".parse().unwrap();
/// assert_eq!(quarter.sort(), PeriodSort::Quarter);
/// assert_eq!(quarter.first_day().to_string(), "2026-01-01");
/// assert_eq!(quarter.last_day().to_string(), "2026-03-31");
/// assert_eq!(quarter.before().unwrap().to_string(), "2025-Q4");
/// assert!("2026-Q5".parse::<Period>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    sort: PeriodSort,
    year: i32,
    /// The month or quarter from 1; 1 of a year.
    part: u32,
    first: Date,
    last: Date,
}

/// A text that is no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no period; write a month 2026-11, a quarter 2026-Q4 or a year 2026")]
pub struct PeriodError(pub String);

impl PeriodError {
    /// The same in Chinese.
    pub fn zh(&self) -> String {
        format!("“{}”不是期间；请填写月 2026-11、季 2026-Q4 或年 2026", self.0)
    }
}

impl Period {
    /// The month, quarter or year from 1; none where the calendar has no such.
    pub fn new(sort: PeriodSort, year: i32, part: u32) -> Option<Self> {
        let months = months(sort);
        if !(1..=12 / months).contains(&part) {
            return None;
        }
        let first = Date::new(year, (part - 1) * months + 1, 1).ok()?;
        let (mut next_year, mut next_month) = (year, part * months + 1);
        if next_month > 12 {
            (next_year, next_month) = (year + 1, 1);
        }
        let last = Date::new(next_year, next_month, 1).ok()?.plus(-1).ok()?;
        Some(Self { sort, year, part, first, last })
    }

    /// The period of a sort in which a day lies.
    pub fn of(sort: PeriodSort, day: Date) -> Option<Self> {
        Self::new(sort, day.year(), (day.month() - 1) / months(sort) + 1)
    }

    /// Its length.
    pub fn sort(self) -> PeriodSort {
        self.sort
    }

    /// Its first day.
    pub fn first_day(self) -> Date {
        self.first
    }

    /// Its last day.
    pub fn last_day(self) -> Date {
        self.last
    }

    /// The one before; none at the calendar's beginning.
    pub fn before(self) -> Option<Self> {
        Self::of(self.sort, self.first.plus(-1).ok()?)
    }

    /// The name in Chinese: `2026年11月`, `2026年第4季度`, `2026年`.
    pub fn zh(self) -> String {
        let Self { year, part, .. } = self;
        match self.sort {
            PeriodSort::Month => format!("{year}年{part}月"),
            PeriodSort::Quarter => format!("{year}年第{part}季度"),
            PeriodSort::Year => format!("{year}年"),
        }
    }
}

fn months(sort: PeriodSort) -> u32 {
    match sort {
        PeriodSort::Month => 1,
        PeriodSort::Quarter => 3,
        PeriodSort::Year => 12,
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, part, .. } = self;
        match self.sort {
            PeriodSort::Month => write!(f, "{year}-{part:02}"),
            PeriodSort::Quarter => write!(f, "{year}-Q{part}"),
            PeriodSort::Year => write!(f, "{year}"),
        }
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let read = || {
            let (year, part) = text.split_once('-').map_or((text, None), |(y, p)| (y, Some(p)));
            let year = number(year, 4)?;
            let year = i32::try_from(year).ok()?;
            match part {
                None => Self::new(PeriodSort::Year, year, 1),
                Some(part) => match part.strip_prefix('Q') {
                    Some(quarter) => Self::new(PeriodSort::Quarter, year, number(quarter, 1)?),
                    None => Self::new(PeriodSort::Month, year, number(part, 2)?),
                },
            }
        };
        read().ok_or_else(|| PeriodError(text.chars().take(20).collect()))
    }
}

/// A number of exactly so many digits.
fn number(text: &str, digits: usize) -> Option<u32> {
    let is_digits = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    is_digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_written_as_it_is_read() {
        for text in ["2024-02", "2026-Q4", "2026"] {
            assert_eq!(text.parse::<Period>().map(|p| p.to_string()).as_deref(), Ok(text));
        }
        let february: Period = "2024-02".parse().unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(february.last_day().to_string(), "2024-02-29");
        assert_eq!(february.before().map(|p| p.zh()).as_deref(), Some("2024年1月"));
        for text in ["", "2026-13", "2026-00", "2026-1", "2026-Q0", "26", "２０２６", "2026-Q", "-"]
        {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }
}
