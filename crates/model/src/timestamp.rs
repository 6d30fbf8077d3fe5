//! Points in time, as records carry them.

use std::fmt;
use std::str::FromStr;

use clock::Date;

use crate::error::Error;

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
const EXAMPLE: &str = "2026-11-23T09:00:00+08:00";

impl Timestamp {
    /// The point this many microseconds after the epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The day in China (UTC+8, without daylight saving since 1991) that the point lies in; the
    /// first or last day that is known for one outside 1900 to 2100.
    ///
    /// ```
    /// let time: model::Timestamp = "2026-11-22T17:00:00Z".parse().unwrap();
    /// assert_eq!(time.day_in_china().to_string(), "2026-11-23");
    /// ```
    pub fn day_in_china(self) -> Date {
        const OFFSET: i64 = 8 * 3600 * SECOND;
        let there = Self(self.0.saturating_add(OFFSET));
        let edge = if self.0 < 0 { Date::MIN } else { Date::MAX };
        there.parts().map_or(edge, |(day, _)| day)
    }

    /// The day and the microsecond in it, both in UTC; nothing outside 1900 to 2100.
    fn parts(self) -> Option<(Date, i64)> {
        let day = self.0.div_euclid(DAY) + i64::from(epoch().number());
        Some((Date::from_number(day)?, self.0.rem_euclid(DAY)))
    }
}

/// 1970-01-01.
fn epoch() -> Date {
    const EPOCH: (i32, u32, u32) = (1970, 1, 1);
    Date::new(EPOCH.0, EPOCH.1, EPOCH.2).unwrap_or(Date::MAX)
}

impl FromStr for Timestamp {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let fault = |en: &str, zh: &str| Error::field("time", (en, zh), EXAMPLE);
        let (day, rest) = text.split_at_checked(10).ok_or_else(|| {
            fault("not a date, T, a time and an offset", "应由日期、T、时间和时区组成")
        })?;
        let day: Date = day.parse().map_err(|e: clock::Error| {
            fault(&e.to_string(), "日期不存在，或不在 1900 至 2100 年之间")
        })?;
        let rest = rest
            .strip_prefix('T')
            .ok_or_else(|| fault("no T between date and time", "日期与时间之间没有 T"))?;
        let zone_at = rest.find(['Z', '+', '-']).ok_or_else(|| {
            fault(
                "no offset: add +08:00 for the time in China, or Z for UTC",
                "没有时区：北京时间加 +08:00，协调世界时加 Z",
            )
        })?;
        let (time, zone) = rest.split_at(zone_at);
        let time = time_of_day(time).ok_or_else(|| {
            fault("not a time of day, 00:00:00 to 23:59:59", "时间应在 00:00:00 至 23:59:59 之间")
        })?;
        let offset = offset(zone)
            .ok_or_else(|| fault("not an offset such as +08:00 or Z", "时区应如 +08:00 或 Z"))?;
        let days = i64::from(day.number()) - i64::from(epoch().number());
        Ok(Self(days * DAY + time - offset))
    }
}

/// `09:00`, `09:00:00` or `09:00:00.25` in microseconds.
fn time_of_day(text: &str) -> Option<i64> {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let parts: Vec<i64> = whole.split(':').map(two_digits).collect::<Option<_>>()?;
    let (hour, minute, second) = match (parts.as_slice(), fraction) {
        (&[hour, minute], None) => (hour, minute, 0),
        (&[hour, minute, second], _) => (hour, minute, second),
        _ => return None,
    };
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let micros = fraction.map_or(Some(0), |digits| {
        let digits_only = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        // Beyond a microsecond nothing is kept.
        digits_only.then(|| format!("{digits:0<6}")).and_then(|d| d.get(..6)?.parse().ok())
    })?;
    Some(((hour * 60 + minute) * 60 + second) * SECOND + micros)
}

fn two_digits(text: &str) -> Option<i64> {
    (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// `Z`, `+08:00` or `-05:30` in microseconds.
fn offset(text: &str) -> Option<i64> {
    if text == "Z" {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes) * 60 * SECOND)
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
