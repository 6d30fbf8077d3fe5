//! Days, times and amounts as people write them; all times are China's.

use clock::Date;
use model::Timestamp;

use super::prefs::Lang;

/// The time of day in China, `09:40`.
pub fn clock_time(time: Timestamp) -> String {
    let (hour, minute) = time.hour_and_minute_in_china();
    format!("{hour:02}:{minute:02}")
}

/// A day and time in China, `2026-11-23 09:40`.
pub fn date_time(time: Timestamp) -> String {
    format!("{} {}", time.day_in_china(), clock_time(time))
}

/// The day within its year, `11-23`.
pub fn month_day(day: Date) -> String {
    format!("{:02}-{:02}", day.month(), day.day())
}

/// A month as a heading: `2026 年 11 月`, `November 2026`.
pub fn month(day: Date, lang: Lang) -> String {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let (year, month) = (day.year(), day.month());
    match lang {
        Lang::Zh => format!("{year} 年 {month} 月"),
        Lang::En => {
            let name = NAMES.get(month as usize - 1).copied().unwrap_or_default();
            format!("{name} {year}")
        }
    }
}

/// A decimal as it is stored (`268800.5`), in groups of three before the point.
pub fn decimal(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("−", rest));
    let (whole, rest) = digits.split_once('.').map_or((digits, ""), |(whole, rest)| (whole, rest));
    match whole.parse() {
        Ok(whole) if rest.is_empty() => format!("{sign}{}", super::words::grouped(whole)),
        Ok(whole) => format!("{sign}{}.{rest}", super::words::grouped(whole)),
        Err(_) => text.to_owned(),
    }
}

/// A length in units that people read.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KiB", bytes.div_ceil(1024)),
        _ => format!("{}.{} MiB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_china() {
        let time: Timestamp = "2026-11-22T17:05:59Z".parse().unwrap();
        assert_eq!(date_time(time), "2026-11-23 01:05");
        assert_eq!(month(time.day_in_china(), Lang::En), "November 2026");
        assert_eq!(month(time.day_in_china(), Lang::Zh), "2026 年 11 月");
        assert_eq!(clock_time(Timestamp::from_micros(-1)), "07:59");
    }

    #[test]
    fn decimals_are_grouped_and_else_left_alone() {
        assert_eq!(decimal("268800.50"), "268,800.50");
        assert_eq!(decimal("-1000"), "−1,000");
        assert_eq!(decimal("about 5"), "about 5");
    }
}
