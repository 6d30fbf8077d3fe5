//! Days and instants as payloads and rules write them.

use clock::Date;
use model::{Timestamp, TimestampFault};
use thiserror::Error;

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
    /// The day, or the instant in UTC, lies outside the years that the clock knows.
    #[error("the years 1900 to 2100 are taken, and this is outside; give a day within them")]
    Years,
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
            Self::Years => "应在 1900 年至 2100 年之间；请核对",
        }
    }

    /// A stable name of the fault.
    pub fn code(&self) -> &'static str {
        match self {
            Self::DateForm => "rules.date_form",
            Self::InstantForm => "rules.instant_form",
            Self::NoSuch => "rules.date_none",
            Self::Years => "rules.date_years",
        }
    }
}

/// The day that a text says in the form `YYYY-MM-DD`, from 1900 to 2100.
///
/// # Errors
/// [`DateError`], of a day.
///
/// ```
/// use rules::value::{DateError, date};
/// assert_eq!(date("2026-04-15").map(|day| day.unix_day()), Ok(20_558));
/// assert_eq!(date("1899-12-31"), Err(DateError::Years));
/// ```
pub fn date(text: &str) -> Result<Date, DateError> {
    text.parse().map_err(|error| no_date(text, &error, DateError::DateForm))
}

/// The instant that a text says in RFC 3339, with any offset and at most six digits of a second;
/// in UTC from 1900 to 2100.
///
/// # Errors
/// [`DateError`], of an instant.
///
/// ```
/// let time = rules::value::instant("2026-04-15T09:30:00.25+08:00")?;
/// assert_eq!(time.to_string(), "2026-04-15T01:30:00.250000Z");
/// # Ok::<(), rules::value::DateError>(())
/// ```
pub fn instant(text: &str) -> Result<Timestamp, DateError> {
    Timestamp::from_rfc3339(text).map_err(|fault| match fault {
        TimestampFault::Form { .. } => DateError::InstantForm,
        TimestampFault::NoSuch { .. } => DateError::NoSuch,
        TimestampFault::Years => DateError::Years,
        TimestampFault::Day(error) => {
            no_date(text.get(..10).unwrap_or(text), &error, DateError::InstantForm)
        }
    })
}

/// What is wrong with a text that the clock does not take for a day; `form` where its form is.
fn no_date(text: &str, error: &clock::Error, form: DateError) -> DateError {
    let has_form = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    match error {
        clock::Error::YearOutOfRange { .. } => DateError::Years,
        _ if has_form => DateError::NoSuch,
        _ => form,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_texts_are_no_days() {
        for text in
            ["", "2026-4-15", "20260415", "2026-04-15 ", "2026/04/15", "２026-04-15", "0000"]
        {
            assert_eq!(date(text), Err(DateError::DateForm), "{text}");
        }
        for text in ["2026-02-29", "1900-02-29", "2026-13-01", "2026-00-01", "2026-01-00"] {
            assert_eq!(date(text), Err(DateError::NoSuch), "{text}");
        }
        for text in ["0000-01-01", "0001-01-01", "1899-12-31", "2101-01-01", "9999-12-31"] {
            assert_eq!(date(text), Err(DateError::Years), "{text}");
        }
        assert_eq!(date("1900-01-01"), Ok(Date::MIN));
        assert_eq!(date("2100-12-31"), Ok(Date::MAX));
    }

    #[test]
    fn other_texts_are_no_instants() {
        for text in [
            "",
            "2026-04-15",
            "2026-4-15T09:30:00Z",
            "2026-04-15T09:30:00",
            "2026-04-15t09:30:00Z",
            "2026-04-15 09:30:00Z",
            "2026-04-15T09:30Z",
            "2026-04-15T9:30:00Z",
            "2026-04-15T09:30:00z",
            "2026-04-15T09:30:00.Z",
            "2026-04-15T09:30:00.1234567Z",
            "2026-04-15T09:30:00+0800",
            "2026-04-15T09:30:00Z08:00",
            "2026-04-15T09:30:00Zx",
            "2026-04-15T09:30:00\u{2212}08:00",
            "2026-04-1五T09:30:00Z",
        ] {
            assert_eq!(instant(text), Err(DateError::InstantForm), "{text}");
        }
        for text in [
            "2026-04-15T24:00:00Z",
            "2026-04-15T09:60:00Z",
            "2026-04-15T23:59:60Z",
            "2026-04-15T09:30:00+24:00",
            "2026-04-15T09:30:00+08:60",
            "2026-02-29T09:30:00Z",
        ] {
            assert_eq!(instant(text), Err(DateError::NoSuch), "{text}");
        }
        for text in [
            "0001-01-01T00:00:00Z",
            "1900-01-01T00:00:00+00:01",
            "2100-12-31T23:59:59-00:01",
            "2101-01-01T00:00:00+08:00",
        ] {
            assert_eq!(instant(text), Err(DateError::Years), "{text}");
        }
    }

    #[test]
    fn instants_come_back() {
        for text in [
            "1900-01-01T00:00:00.000000Z",
            "1969-12-31T23:59:59.999999Z",
            "2100-12-31T23:59:59.999999Z",
        ] {
            assert_eq!(instant(text).unwrap().to_string(), text);
        }
    }
}
