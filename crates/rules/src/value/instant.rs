//! Points in time as records hold them.

use std::fmt;
use std::str::FromStr;

use super::date::{Date, DateError, date_of, number};

/// An instant, 0001-01-01 to 9999-12-31: what a time column holds, microseconds since
/// 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// Read from RFC 3339 with any offset and at most six digits of a second; written in UTC.
///
/// ```
/// use rules::value::Instant;
/// let time: Instant = "2026-04-15T09:30:00.25+08:00".parse()?;
/// assert_eq!(time.to_string(), "2026-04-15T01:30:00.25Z");
/// assert_eq!(time.micros(), 1_776_216_600_250_000);
/// # Ok::<(), rules::value::DateError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

const MICROS: i64 = 1_000_000;
const DAY: i64 = 86_400 * MICROS;

impl Instant {
    /// The instant `micros` µs after 1970-01-01T00:00:00Z, where it lies in range.
    pub fn from_micros(micros: i64) -> Option<Self> {
        Date::from_days(micros.div_euclid(DAY)).map(|_| Self(micros))
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub fn micros(self) -> i64 {
        self.0
    }
}

impl FromStr for Instant {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let form = DateError::InstantForm;
        let (date, rest) = date_of(text.as_bytes()).ok_or(form)?;
        let (b'T', h1, h2, b':', m1, m2, b':', s1, s2, mut rest) = (match rest {
            [t, h1, h2, c1, m1, m2, c2, s1, s2, rest @ ..] => {
                (*t, *h1, *h2, *c1, *m1, *m2, *c2, *s1, *s2, rest)
            }
            _ => return Err(form),
        }) else {
            return Err(form);
        };
        let two = |a: u8, b: u8| number(&[a, b]).ok_or(form);
        let (hour, minute, second) = (two(h1, h2)?, two(m1, m2)?, two(s1, s2)?);
        let mut micros = 0;
        if let [b'.', part @ ..] = rest {
            let length = part.iter().take_while(|b| b.is_ascii_digit()).count();
            let (digits, after) = part.split_at(length);
            if !(1..=6).contains(&length) {
                return Err(form);
            }
            let scale = 10_i64.pow(6 - length as u32);
            micros = i64::from(number(digits).ok_or(form)?) * scale;
            rest = after;
        }
        let offset = match *rest {
            [b'Z'] => 0,
            [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
                let (hours, minutes) = (two(h1, h2)?, two(m1, m2)?);
                if hours > 23 || minutes > 59 {
                    return Err(DateError::NoSuch);
                }
                let minutes = i64::from(hours * 60 + minutes);
                if sign == b'+' { minutes } else { -minutes }
            }
            _ => return Err(form),
        };
        if hour > 23 || minute > 59 || second > 59 {
            return Err(DateError::NoSuch);
        }
        let seconds = i64::from(hour * 3600 + minute * 60 + second) - offset * 60;
        Self::from_micros(date?.days() * DAY + seconds * MICROS + micros).ok_or(DateError::NoSuch)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, rest) = (self.0.div_euclid(DAY), self.0.rem_euclid(DAY));
        let (seconds, micros) = (rest / MICROS, rest % MICROS);
        let date = Date::from_days(days).ok_or(fmt::Error)?;
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(f, "{date}T{hour:02}:{minute:02}:{second:02}")?;
        if micros != 0 {
            let digits = format!("{micros:06}");
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        write!(f, "Z")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "2026-04-15",
            "2026-04-15T09:30:00",
            "2026-04-15t09:30:00Z",
            "2026-04-15T09:30Z",
            "2026-04-15T09:30:00.Z",
            "2026-04-15T09:30:00.1234567Z",
            "2026-04-15T09:30:00+0800",
            "2026-04-15T09:30:00Zx",
        ] {
            assert_eq!(text.parse::<Instant>(), Err(DateError::InstantForm), "{text}");
        }
        for text in [
            "2026-04-15T24:00:00Z",
            "2026-04-15T09:60:00Z",
            "2026-04-15T23:59:60Z",
            "2026-04-15T09:30:00+24:00",
            "2026-02-29T09:30:00Z",
            "0001-01-01T00:00:00+00:01",
            "9999-12-31T23:59:59-00:01",
        ] {
            assert_eq!(text.parse::<Instant>(), Err(DateError::NoSuch), "{text}");
        }
    }

    #[test]
    fn instants_come_back() {
        for text in ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999999Z", "9999-12-31T23:59:59Z"]
        {
            assert_eq!(text.parse::<Instant>().unwrap().to_string(), text);
        }
    }
}
