//! A point in time on the clock of Shanghai.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use super::date::Date;
use crate::error::{Error, quote};

/// A second on the clock of Shanghai (+08:00), from 1992-01-01 on.
///
/// Before 1992 the clocks of Shanghai moved in summer (1986 to 1991, and in the 1940s), so that an
/// hour on the wall was not always an hour; from 1992 on they stand at +08:00 and hours are plain
/// differences. Read as `2026-02-10T09:30`, with seconds where wanted, `T24:00` for the end of a day,
/// and with `+08:00`, another offset or `Z` where the time is not already Shanghai's.
///
/// ```
/// use clock::Instant;
/// let time: Instant = "2026-02-10T09:30".parse()?;
/// assert_eq!(time.to_string(), "2026-02-10T09:30+08:00");
/// assert_eq!("2026-02-10T01:30Z".parse::<Instant>()?, time);
/// # Ok::<(), clock::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

pub(crate) const DAY: i64 = 86_400;
const SHANGHAI: i64 = 8 * 3600;
const FIRST_YEAR: i32 = 1992;
/// 1970-01-01 is the day 25,567 of [`Date`].
const UNIX_EPOCH: i64 = 25_567 * DAY;

impl Instant {
    /// The beginning of `date`, 00:00, plus `seconds`.
    ///
    /// # Errors
    /// [`Error::BeforeFixedOffset`] before 1992; [`Error::BeyondRange`] after 2100.
    ///
    /// ```
    /// let time = clock::Instant::new("2026-02-10".parse()?, 9 * 3600)?;
    /// assert_eq!(time.to_string(), "2026-02-10T09:00+08:00");
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub fn new(date: Date, seconds: i64) -> Result<Self, Error> {
        let start = i64::from(date.number()) * DAY;
        Self::from_position(start.checked_add(seconds).ok_or(Error::BeyondRange)?)
    }

    /// The point `seconds` after the Unix epoch, 1970-01-01T00:00Z.
    ///
    /// # Errors
    /// As [`Instant::new`].
    ///
    /// ```
    /// let time = clock::Instant::from_unix(1_770_687_000)?;
    /// assert_eq!(time.to_string(), "2026-02-10T09:30+08:00");
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub fn from_unix(seconds: i64) -> Result<Self, Error> {
        let position = seconds.checked_add(UNIX_EPOCH + SHANGHAI);
        Self::from_position(position.ok_or(Error::BeyondRange)?)
    }

    /// Seconds since 1900-01-01T00:00, as if the clock had always stood at +08:00.
    pub(crate) const fn position(self) -> i64 {
        self.0
    }

    pub(crate) fn from_position(position: i64) -> Result<Self, Error> {
        let date = Date::from_number(position.div_euclid(DAY)).ok_or(Error::BeyondRange)?;
        if date.year() < FIRST_YEAR {
            return Err(Error::BeforeFixedOffset { date });
        }
        Ok(Self(position))
    }

    /// The day that it lies in; 24:00 is 00:00 of the next day.
    ///
    /// ```
    /// let time: clock::Instant = "2026-02-10T24:00".parse()?;
    /// assert_eq!(time.date().to_string(), "2026-02-11");
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub fn date(self) -> Date {
        // No constructor makes an instant outside the range of days.
        Date::from_number(self.0.div_euclid(DAY)).unwrap_or(Date::MAX)
    }

    /// Seconds since 00:00 of its day.
    ///
    /// ```
    /// let time: clock::Instant = "2026-02-10T00:01".parse()?;
    /// assert_eq!(time.second_of_day(), 60);
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub fn second_of_day(self) -> u32 {
        self.0.rem_euclid(DAY) as u32
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = self.second_of_day();
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(f, "{}T{hour:02}:{minute:02}", self.date())?;
        if second != 0 {
            write!(f, ":{second:02}")?;
        }
        f.write_str("+08:00")
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Instant {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let fault = |why: &str| Error::BadTime { text: quote(text), why: why.to_owned() };
        let Some((date, time)) = text.split_once('T') else {
            return Err(fault("there is no T and time of day after the date"));
        };
        let date: Date = date.parse()?;
        let (time, offset) = match time.find(['Z', '+', '-']) {
            Some(at) => time.split_at(at),
            None => (time, ""),
        };
        let second = match time.len() {
            5 => clock_time(time, "00"),
            8 if time.is_char_boundary(5) => time
                .split_at(5)
                .1
                .strip_prefix(':')
                .and_then(|second| clock_time(time.split_at(5).0, second)),
            _ => None,
        };
        let second = second
            .filter(|s| (0..=DAY).contains(s))
            .ok_or_else(|| fault("the time of day is not between 00:00 and 24:00 as HH:MM"))?;
        let east = match offset.as_bytes() {
            [] => Some(SHANGHAI),
            b"Z" => Some(0),
            [sign, hours @ ..] => std::str::from_utf8(hours)
                .ok()
                .and_then(|hours| clock_time(hours, "00"))
                .filter(|s| *s <= 14 * 3600)
                .map(|s| if *sign == b'-' { -s } else { s }),
        }
        .ok_or_else(|| fault("the offset is not Z or +HH:MM"))?;
        Self::new(date, second + SHANGHAI - east)
    }
}

/// Seconds of `HH:MM` and `SS`; hours to 24, and nothing after 24:00.
fn clock_time(hour_minute: &str, second: &str) -> Option<i64> {
    let two = |text: &str| match text.as_bytes() {
        [a, b] if a.is_ascii_digit() && b.is_ascii_digit() => {
            Some(i64::from(a - b'0') * 10 + i64::from(b - b'0'))
        }
        _ => None,
    };
    let (hour, minute) = hour_minute.split_once(':')?;
    let (hour, minute, second) = (two(hour)?, two(minute)?, two(second)?);
    (hour <= 24 && minute < 60 && second < 60).then_some(hour * 3600 + minute * 60 + second)
}

/// A whole day, or a point in time: what a question names, and what an answer gives.
///
/// Ordered by when it is over, a day at its 24:00, so that the earlier or later of two due dates is
/// their `min` or `max`.
///
/// ```
/// use clock::Moment;
/// let start: Moment = "2026-02-10T09:30".parse()?;
/// assert_eq!(start.date().to_string(), "2026-02-10");
/// assert!(matches!("2026-02-10".parse()?, Moment::Day(_)));
/// # Ok::<(), clock::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moment {
    /// A whole day.
    Day(Date),
    /// A point in time.
    Instant(Instant),
}

impl Moment {
    /// The day, or the day that the point in time lies in.
    pub fn date(self) -> Date {
        match self {
            Self::Day(date) => date,
            Self::Instant(instant) => instant.date(),
        }
    }

    /// The point in time.
    ///
    /// # Errors
    /// [`Error::NeedsTime`] for a whole day.
    ///
    /// ```
    /// use clock::Moment;
    /// let day: Moment = "2026-02-10".parse()?;
    /// assert_eq!(day.instant().unwrap_err().code(), "clock.needs_time");
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub fn instant(self) -> Result<Instant, Error> {
        match self {
            Self::Day(date) => Err(Error::NeedsTime { date }),
            Self::Instant(instant) => Ok(instant),
        }
    }
}

impl Ord for Moment {
    fn cmp(&self, other: &Self) -> Ordering {
        // Of a day and the midnight that ends it, the day comes first.
        let key = |moment: &Self| match moment {
            Self::Day(date) => ((i64::from(date.number()) + 1) * DAY, false),
            Self::Instant(instant) => (instant.position(), true),
        };
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Moment {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<Date> for Moment {
    fn from(date: Date) -> Self {
        Self::Day(date)
    }
}

impl From<Instant> for Moment {
    fn from(instant: Instant) -> Self {
        Self::Instant(instant)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(date) => date.fmt(f),
            Self::Instant(instant) => instant.fmt(f),
        }
    }
}

impl FromStr for Moment {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.contains('T') {
            text.parse().map(Self::Instant)
        } else {
            text.parse().map(Self::Day)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_written() {
        for (text, written) in [
            ("2026-02-10T00:00", "2026-02-10T00:00+08:00"),
            ("2026-02-10T24:00", "2026-02-11T00:00+08:00"),
            ("2026-02-10T09:30:05", "2026-02-10T09:30:05+08:00"),
            ("2026-02-10T09:30+08:00", "2026-02-10T09:30+08:00"),
            ("2026-02-10T20:00-05:00", "2026-02-11T09:00+08:00"),
            ("2026-12-31T20:00Z", "2027-01-01T04:00+08:00"),
        ] {
            let time: Instant = text.parse().unwrap();
            assert_eq!(time.to_string(), written, "{text}");
            assert_eq!(written.parse(), Ok(time));
        }
    }

    #[test]
    fn what_is_not_a_time_is_refused() {
        for (text, code) in [
            ("2026-02-10", "clock.bad_time"),
            ("2026-02-10T", "clock.bad_time"),
            ("2026-02-10T9:30", "clock.bad_time"),
            ("2026-02-10T25:00", "clock.bad_time"),
            ("2026-02-10T24:01", "clock.bad_time"),
            ("2026-02-10T09:60", "clock.bad_time"),
            ("2026-02-10T09:30+8", "clock.bad_time"),
            ("2026-02-10T09:30+15:00", "clock.bad_time"),
            ("2026-02-10T０9:30", "clock.bad_time"),
            ("2026-02-10T09:30\0", "clock.bad_time"),
            ("2026-02-10t09:30", "clock.bad_time"),
            ("2026-02-30T09:30", "clock.bad_date"),
            ("1991-12-31T23:59", "clock.before_fixed_offset"),
            ("2100-12-31T24:00", "clock.beyond_range"),
        ] {
            let fault = text.parse::<Instant>().unwrap_err();
            assert_eq!(fault.code(), code, "{text:?}: {fault}");
        }
    }

    #[test]
    fn moments_are_ordered_by_when_they_are_over() {
        let written = ["2026-02-10T23:59", "2026-02-10", "2026-02-11T00:00", "2026-02-11"];
        let moments = written.map(|text| text.parse::<Moment>().unwrap());
        assert!(moments.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn unix_time_and_its_limits() {
        let epoch = Date::new(1970, 1, 1).unwrap();
        assert_eq!(i64::from(epoch.number()) * DAY, UNIX_EPOCH);
        assert_eq!(Instant::from_unix(i64::MAX), Err(Error::BeyondRange));
        assert_eq!(Instant::new(Date::MAX, i64::MAX), Err(Error::BeyondRange));
    }
}
