//! When a subscription is told that is not told at once (EPCIS 2.0, section 8.2.5.3): each field lists
//! numbers and ranges of a part of the time in China; a field that is not given takes them all.

use model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// A schedule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Schedule {
    /// Seconds, 0 to 59.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<String>,
    /// Minutes, 0 to 59.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minute: Option<String>,
    /// Hours, 0 to 23.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hour: Option<String>,
    /// Days of the month, 1 to 31.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day_of_month: Option<String>,
    /// Months, 1 to 12.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<String>,
    /// Days of the week, 1 (Monday) to 7.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day_of_week: Option<String>,
}

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const DAY: i64 = 86_400 * SECOND;
const CHINA: i64 = 8 * 3_600 * SECOND;

/// The numbers of a field as bits: `5`, `1,15`, `[10-20]`, `1,[5-7]`.
fn bits(text: Option<&str>, least: u32, most: u32) -> Option<u64> {
    let Some(text) = text else { return Some(((1_u128 << (most + 1)) - (1_u128 << least)) as u64) };
    let number = |text: &str| -> Option<u32> {
        text.trim().parse().ok().filter(|n| (least..=most).contains(n))
    };
    let mut found = 0_u64;
    for part in text.split(',').map(str::trim) {
        let range = part.strip_prefix('[').and_then(|part| part.strip_suffix(']'));
        let (from, to) = match range.unwrap_or(part).split_once('-') {
            Some((from, to)) => (number(from)?, number(to)?),
            None => (number(part)?, number(part)?),
        };
        if from > to {
            return None;
        }
        (from..=to).for_each(|n| found |= 1 << n);
    }
    Some(found)
}

/// A schedule that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fields {
    second: u64,
    minute: u64,
    hour: u64,
    day: u64,
    month: u64,
    weekday: u64,
}

impl Schedule {
    fn fields(&self) -> Result<Fields, &'static str> {
        // A field without a finer one means its first moment.
        let first = |given: &Option<String>, coarser: bool, least: u32, most: u32| match given {
            None if coarser => Some(1 << least),
            given => bits(given.as_deref(), least, most),
        };
        let above_minute = self.hour.is_some()
            || self.day_of_month.is_some()
            || self.month.is_some()
            || self.day_of_week.is_some();
        let above_hour =
            self.day_of_month.is_some() || self.month.is_some() || self.day_of_week.is_some();
        Ok(Fields {
            second: first(&self.second, self.minute.is_some() || above_minute, 0, 59)
                .ok_or("second")?,
            minute: first(&self.minute, above_minute, 0, 59).ok_or("minute")?,
            hour: first(&self.hour, above_hour, 0, 23).ok_or("hour")?,
            day: bits(self.day_of_month.as_deref(), 1, 31).ok_or("dayOfMonth")?,
            month: bits(self.month.as_deref(), 1, 12).ok_or("month")?,
            weekday: bits(self.day_of_week.as_deref(), 1, 7).ok_or("dayOfWeek")?,
        })
    }

    /// Whether each field can be read.
    ///
    /// # Errors
    /// Which cannot.
    pub fn check(&self) -> Result<(), Fault> {
        self.fields().map(drop).map_err(|name| {
            Fault::new(
                "epcis.subscription_schedule",
                format!(
                    "{name} must list numbers or ranges in its bounds, such as 5 or 1,15 or [10-20]"
                ),
                format!("{name} 应为范围内的数字或区间，如 5、1,15、[10-20]；请改正"),
            )
            .at(format!("/schedule/{name}"))
        })
    }

    /// The first moment behind a time; none within the next years.
    pub fn next_after(&self, time: Timestamp) -> Option<Timestamp> {
        let fields = self.fields().ok()?;
        let has = |bits: u64, number: i64| bits >> number & 1 == 1;
        let local = time.micros() + CHINA;
        let mut at = (local.div_euclid(SECOND) + 1) * SECOND;
        let begins = at;
        // Days that do not fit are passed over at once, then minutes.
        while at < begins + 366 * 5 * DAY {
            let day = Timestamp::from_micros(at - CHINA).day_in_china();
            let (month, date) = (i64::from(day.month()), i64::from(day.day()));
            let weekday = (at.div_euclid(DAY) + 3).rem_euclid(7) + 1;
            let fits =
                has(fields.month, month) && has(fields.day, date) && has(fields.weekday, weekday);
            if !fits {
                at = (at.div_euclid(DAY) + 1) * DAY;
                continue;
            }
            let of_day = at.rem_euclid(DAY) / SECOND;
            if !has(fields.hour, of_day / 3_600) {
                at = at - at.rem_euclid(3_600 * SECOND) + 3_600 * SECOND;
            } else if !has(fields.minute, of_day / 60 % 60) {
                at = at - at.rem_euclid(MINUTE) + MINUTE;
            } else if has(fields.second, of_day % 60) {
                return Some(Timestamp::from_micros(at - CHINA));
            } else {
                at += SECOND;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(schedule: &str, time: &str) -> String {
        let schedule: Schedule = serde_json::from_str(schedule).unwrap();
        let next = schedule.next_after(time.parse().unwrap()).unwrap();
        let back: Timestamp = next.to_string().parse().unwrap();
        assert_eq!(back, next);
        next.to_string()
    }

    #[test]
    fn the_next_moment_is_that_of_the_fields() {
        let time = "2026-01-30T22:59:59+08:00"; // a Friday
        assert_eq!(next(r#"{"hour": "1", "minute": "5"}"#, time), "2026-01-30T17:05:00.000000Z");
        assert_eq!(next(r#"{"minute": "0"}"#, time), "2026-01-30T15:00:00.000000Z");
        assert_eq!(next(r#"{"second": "0,30"}"#, time), "2026-01-30T15:00:00.000000Z");
        assert_eq!(next(r#"{"dayOfWeek": "1"}"#, time), "2026-02-01T16:00:00.000000Z");
        assert_eq!(
            next(r#"{"dayOfMonth": "31", "hour": "[8-9]"}"#, time),
            "2026-01-31T00:00:00.000000Z"
        );
        assert_eq!(next(r#"{"month": "3"}"#, time), "2026-02-28T16:00:00.000000Z");
    }

    #[test]
    fn a_field_out_of_its_bounds_is_told() {
        for (wrong, name) in [
            (r#"{"hour": "24"}"#, "/schedule/hour"),
            (r#"{"dayOfMonth": "0"}"#, "/schedule/dayOfMonth"),
            (r#"{"minute": "[20-10]"}"#, "/schedule/minute"),
            (r#"{"second": "often"}"#, "/schedule/second"),
        ] {
            let schedule: Schedule = serde_json::from_str(wrong).unwrap();
            assert_eq!(schedule.check().unwrap_err().pointer, name);
        }
    }
}
