//! Points in time, as records carry them.

use std::fmt;
use std::str::FromStr;

use clock::Date;

use crate::error::Error;
use crate::words::Words;

/// Microseconds since 1970-01-01T00:00Z, from 1900 to 2100. Read from RFC 3339 with any offset,
/// written in UTC.
///
/// ```
/// let time: model::Timestamp = "2026-11-23T09:00:00.25+08:00".parse().unwrap();
/// assert_eq!(time.to_string(), "2026-11-23T01:00:00.250000Z");
/// assert_eq!(time.to_string().parse(), Ok(time));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Timestamp(i64);

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
/// China is eight hours ahead of UTC, without daylight saving since 1991.
const CHINA: i64 = 8 * 3600 * SECOND;
const EXAMPLE: &str = "2026-11-23T09:00:00+08:00";

impl Timestamp {
    /// 1900-01-01T00:00Z.
    pub const MIN: Self = Self(Date::MIN.unix_day() * DAY);
    /// The last microsecond of 2100, in UTC.
    pub const MAX: Self = Self((Date::MAX.unix_day() + 1) * DAY - 1);

    /// The point this many microseconds after the epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339 to the letter: with seconds, at most six digits of one, and an offset. Reading
    /// by [`FromStr`] also takes `09:00`, and cuts what goes beyond a microsecond.
    ///
    /// # Errors
    /// What is wrong, by kind.
    ///
    /// ```
    /// use model::Timestamp;
    /// let time = Timestamp::from_rfc3339("2026-04-15T09:30:00.25+08:00").unwrap();
    /// assert_eq!(time.micros(), 1_776_216_600_250_000);
    /// assert!(Timestamp::from_rfc3339("2026-04-15T09:30+08:00").is_err());
    /// ```
    pub fn from_rfc3339(text: &str) -> Result<Self, TimestampFault> {
        read(text, true)
    }

    /// The day in China (UTC+8, without daylight saving since 1991) that the point lies in; the
    /// first or last day that is known for one outside 1900 to 2100.
    ///
    /// ```
    /// let time: model::Timestamp = "2026-11-22T17:00:00Z".parse().unwrap();
    /// assert_eq!(time.day_in_china().to_string(), "2026-11-23");
    /// ```
    pub fn day_in_china(self) -> Date {
        let there = Self(self.0.saturating_add(CHINA));
        let edge = if self.0 < 0 { Date::MIN } else { Date::MAX };
        there.parts().map_or(edge, |(day, _)| day)
    }

    /// The hour and the minute in China on that day.
    ///
    /// ```
    /// let time: model::Timestamp = "2026-11-22T17:05:59Z".parse().unwrap();
    /// assert_eq!(time.hour_and_minute_in_china(), (1, 5));
    /// ```
    pub fn hour_and_minute_in_china(self) -> (i64, i64) {
        let second = self.0.saturating_add(CHINA).rem_euclid(DAY) / SECOND;
        (second / 3600, second / 60 % 60)
    }

    /// The day and the microsecond in it, both in UTC; nothing outside 1900 to 2100.
    fn parts(self) -> Option<(Date, i64)> {
        Some((Date::from_unix_day(self.0.div_euclid(DAY))?, self.0.rem_euclid(DAY)))
    }
}

/// Why a text is no [`Timestamp`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimestampFault {
    /// A part is missing or is written otherwise.
    Form {
        /// What is wrong, in English.
        en: &'static str,
        /// What is wrong, in Chinese.
        zh: &'static str,
    },
    /// The day has another form, does not exist or lies outside 1900 to 2100.
    Day(clock::Error),
    /// There is no such time of day or offset.
    NoSuch {
        /// What is wrong, in English.
        en: &'static str,
        /// What is wrong, in Chinese.
        zh: &'static str,
    },
    /// The day lies within 1900 to 2100 and, in UTC, the point does not.
    Years,
}

impl TimestampFault {
    fn words(&self) -> Words {
        match self {
            Self::Form { en, zh } | Self::NoSuch { en, zh } => (*en, *zh).into(),
            Self::Day(error) => {
                (error.to_string(), "日期不存在，或不在 1900 至 2100 年之间").into()
            }
            Self::Years => {
                ("in UTC outside 1900 to 2100", "折合协调世界时不在 1900 至 2100 年之间").into()
            }
        }
    }
}

impl FromStr for Timestamp {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        read(text, false).map_err(|fault| Error::field("time", fault.words(), EXAMPLE))
    }
}

/// Reads RFC 3339; where not to the letter, seconds may be left out, and what goes beyond a
/// microsecond is not kept.
fn read(text: &str, to_the_letter: bool) -> Result<Timestamp, TimestampFault> {
    let form = |en, zh| TimestampFault::Form { en, zh };
    let (day, rest) = text.split_at_checked(10).ok_or_else(|| {
        form("not a date, T, a time and an offset", "应由日期、T、时间和时区组成")
    })?;
    let day: Date = day.parse().map_err(TimestampFault::Day)?;
    let rest = rest
        .as_bytes()
        .strip_prefix(b"T")
        .ok_or_else(|| form("no T between date and time", "日期与时间之间没有 T"))?;
    let zone_at = rest.iter().position(|b| matches!(b, b'Z' | b'+' | b'-')).ok_or_else(|| {
        form(
            "no offset: add +08:00 for the time in China, or Z for UTC",
            "没有时区：北京时间加 +08:00，协调世界时加 Z",
        )
    })?;
    let (time, zone) = rest.split_at(zone_at);
    let time = time_of_day(time, to_the_letter)?;
    let micros = day.unix_day() * DAY + time - offset(zone)?;
    if !(Timestamp::MIN.0..=Timestamp::MAX.0).contains(&micros) {
        return Err(TimestampFault::Years);
    }
    Ok(Timestamp(micros))
}

/// `09:00:00` or `09:00:00.25` in microseconds, or `09:00` where not to the letter.
fn time_of_day(text: &[u8], to_the_letter: bool) -> Result<i64, TimestampFault> {
    let (en, zh) =
        ("not a time of day, 00:00:00 to 23:59:59", "时间应在 00:00:00 至 23:59:59 之间");
    let form = || TimestampFault::Form { en, zh };
    let (whole, fraction) = match text.iter().position(|b| *b == b'.') {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 1..)),
        None => (text, None),
    };
    let (hour, minute, second) = match *whole {
        [h1, h2, b':', m1, m2, b':', s1, s2] => ([h1, h2], [m1, m2], [s1, s2]),
        [h1, h2, b':', m1, m2] if !to_the_letter && fraction.is_none() => {
            ([h1, h2], [m1, m2], [b'0', b'0'])
        }
        _ => return Err(form()),
    };
    let (Some(hour), Some(minute), Some(second)) =
        (two_digits(hour), two_digits(minute), two_digits(second))
    else {
        return Err(form());
    };
    let mut micros = 0;
    if let Some(digits) = fraction {
        let fits = !digits.is_empty() && (digits.len() <= 6 || !to_the_letter);
        if !fits || !digits.iter().all(u8::is_ascii_digit) {
            return Err(form());
        }
        let digits = digits.iter().copied().chain([b'0'; 5]).take(6);
        micros = digits.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    }
    if hour > 23 || minute > 59 || second > 59 {
        return Err(TimestampFault::NoSuch { en, zh });
    }
    Ok(((hour * 60 + minute) * 60 + second) * SECOND + micros)
}

fn two_digits(digits: [u8; 2]) -> Option<i64> {
    let [a, b] = digits;
    (a.is_ascii_digit() && b.is_ascii_digit()).then(|| i64::from((a - b'0') * 10 + b - b'0'))
}

/// `Z`, `+08:00` or `-05:30` in microseconds.
fn offset(text: &[u8]) -> Result<i64, TimestampFault> {
    let (en, zh) = ("not an offset such as +08:00 or Z", "时区应如 +08:00 或 Z");
    let form = || TimestampFault::Form { en, zh };
    let (sign, hours, minutes) = match *text {
        [b'Z'] => return Ok(0),
        [sign, h1, h2, b':', m1, m2] => (sign, two_digits([h1, h2]), two_digits([m1, m2])),
        _ => return Err(form()),
    };
    let (Some(hours), Some(minutes)) = (hours, minutes) else { return Err(form()) };
    if sign == b'Z' {
        return Err(form());
    }
    if hours > 23 || minutes > 59 {
        return Err(TimestampFault::NoSuch { en, zh });
    }
    let offset = (hours * 60 + minutes) * 60 * SECOND;
    Ok(if sign == b'-' { -offset } else { offset })
}

/// As it is shown.
impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((day, micros)) = self.parts() else {
            return write!(f, "{} µs", self.0);
        };
        let seconds = micros / SECOND;
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(f, "{day}T{hour:02}:{minute:02}:{second:02}.{:06}Z", micros % SECOND)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
