//! Points in time with the zone in which they were written.

use std::fmt;

/// A point in time with its zone, to the microsecond.
///
/// Two times are equal only with equal zones; [`Time::micros`] compares instants.
///
/// ```
/// let time = epcis::Time::parse("2026-01-31T08:00:00.5+08:00").unwrap();
/// assert_eq!(time.to_string(), "2026-01-31T08:00:00.500+08:00");
/// assert_eq!(time.in_utc(), "2026-01-31T00:00:00.500Z");
/// assert!(epcis::Time::parse("2026-01-31T08:00:00").is_none());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Time {
    micros: i64,
    zone: Zone,
}

/// Minutes east of UTC, -840 to 840.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Zone(i16);

impl Zone {
    /// Reads `+08:00`, `-06:00` or `Z`.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "Z" {
            return Some(Self(0));
        }
        let b = text.as_bytes();
        if b.len() != 6 || b[3] != b':' {
            return None;
        }
        let sign = match b[0] {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        let (hours, minutes) = (number(&b[1..3])?, number(&b[4..6])?);
        let all = hours * 60 + minutes;
        (minutes < 60 && all <= 14 * 60).then_some(Self(sign * all as i16))
    }

    /// Minutes east of UTC.
    pub fn minutes(self) -> i16 {
        self.0
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { '-' } else { '+' };
        let minutes = self.0.abs();
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

impl Time {
    /// Reads a `dateTimeStamp` of XML Schema: date, time, any fraction of a second, zone. What is
    /// finer than a microsecond is cut off.
    pub fn parse(text: &str) -> Option<Self> {
        let b = text.as_bytes();
        if b.len() < 20 || !text.is_ascii() {
            return None;
        }
        if [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')]
            .iter()
            .any(|&(i, c)| b[i] != c)
        {
            return None;
        }
        let (year, month, day) = (number(&b[..4])?, number(&b[5..7])?, number(&b[8..10])?);
        let (hour, minute, second) =
            (number(&b[11..13])?, number(&b[14..16])?, number(&b[17..19])?);
        if year == 0 || !(1..=12).contains(&month) || day == 0 || day > month_length(year, month) {
            return None;
        }
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let mut rest = 19;
        let mut fraction = 0;
        if b[rest] == b'.' {
            rest += 1;
            let digits = b[rest..].iter().take_while(|c| c.is_ascii_digit()).count();
            if digits == 0 {
                return None;
            }
            for place in 0..6 {
                let digit = if place < digits { b[rest + place] - b'0' } else { 0 };
                fraction = fraction * 10 + i64::from(digit);
            }
            rest += digits;
        }
        let zone = Zone::parse(&text[rest..])?;
        let seconds = days(i64::from(year), i64::from(month), i64::from(day)) * 86_400
            + i64::from(hour * 3600 + minute * 60 + second)
            - i64::from(zone.0) * 60;
        Some(Self { micros: seconds * 1_000_000 + fraction, zone })
    }

    /// The point in time so many microseconds after 1970, in UTC.
    pub fn of_micros(micros: i64) -> Self {
        Self { micros, zone: Zone(0) }
    }

    /// Microseconds since 1970 in UTC.
    pub fn micros(self) -> i64 {
        self.micros
    }

    /// The zone in which it was written.
    pub fn zone(self) -> Zone {
        self.zone
    }

    /// In UTC to the millisecond, as event hashes write it (CBV 2.0, section 8.9).
    pub fn in_utc(self) -> String {
        let mut out = String::with_capacity(24);
        write(self.micros - self.micros.rem_euclid(1000), &mut out);
        out.push('Z');
        out
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::with_capacity(32);
        write(self.micros + i64::from(self.zone.0) * 60_000_000, &mut out);
        f.write_str(&out)?;
        if self.zone.0 == 0 { f.write_str("Z") } else { write!(f, "{}", self.zone) }
    }
}

fn write(micros: i64, out: &mut String) {
    use fmt::Write;
    let (day, rest) = (micros.div_euclid(86_400_000_000), micros.rem_euclid(86_400_000_000));
    let (year, month, date) = civil(day);
    let (seconds, fraction) = (rest / 1_000_000, rest % 1_000_000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let _ = write!(out, "{year:04}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}.");
    let _ = if fraction % 1000 == 0 {
        write!(out, "{:03}", fraction / 1000)
    } else {
        write!(out, "{fraction:06}")
    };
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |n, c| c.is_ascii_digit().then(|| n * 10 + u32::from(c - b'0')))
}

fn month_length(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01 of the proleptic Gregorian calendar; years begin in March.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let (era, of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, date)
}
