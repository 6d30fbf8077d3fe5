//! Days and moments as Chinese spreadsheets have them: `2026/3/5`, `2026年3月5日`, `2026.3.5`,
//! `20260305`, the serial number of a spreadsheet, with blanks anywhere and digits of any width.

use clock::Date;

use super::Unread;
use super::words::half_width;
use crate::cell::{Cell, Sort};

/// In which order day, month and year stand where the year is not first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The year first; another order is read only where it leaves no doubt.
    #[default]
    YearFirst,
    /// `3/31/2026`
    MonthFirst,
    /// `31/3/2026`
    DayFirst,
}

/// Days as serial numbers of a spreadsheet: from 1954 to 2099, so that no other number of five digits
/// is one.
const SERIALS: std::ops::RangeInclusive<f64> = 20_000.0..=73_050.0;
/// 1899-12-31 is day 0 of spreadsheets for all days after 1900-02-28, with the leap day that 1900 did
/// not have.
const SERIAL_OF_MIN: i64 = 2;

/// A day, and the second of it where a time stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The day.
    pub day: Date,
    /// Seconds since it began.
    pub second: Option<u32>,
}

/// The day in a cell; a time behind it is left out.
///
/// # Errors
/// No day, one that does not exist, or one that can be read in two ways.
///
/// ```
/// use sheet::{Cell, value::date::{Order, day}};
/// for text in ["2026/3/5", "2026年3月5日", "2026.3.5", "２０２６-０３-０５", "2026 年 3 月 5 日", "20260305", "46086"] {
///     assert_eq!(day(&Cell::text(text), Order::YearFirst).unwrap().to_string(), "2026-03-05", "{text}");
/// }
/// assert_eq!(day(&Cell::number(46086.0), Order::YearFirst).unwrap().to_string(), "2026-03-05");
/// assert_eq!(day(&Cell::text("3/5/2026"), Order::YearFirst).unwrap_err().code, "cell.date_order");
/// assert_eq!(day(&Cell::text("3/5/2026"), Order::MonthFirst).unwrap().to_string(), "2026-03-05");
/// assert_eq!(day(&Cell::text("2026-02-30"), Order::YearFirst).unwrap_err().code, "cell.no_such_day");
/// ```
pub fn day(cell: &Cell, order: Order) -> Result<Date, Unread> {
    moment(cell, order).map(|moment| moment.day)
}

/// The moment in a cell: a day, and a time where one stands behind it.
///
/// # Errors
/// As [`day`]; no time of day.
///
/// ```
/// use sheet::{Cell, value::date::{Order, moment}};
/// let of = |text: &str| moment(&Cell::text(text), Order::YearFirst).unwrap().second;
/// assert_eq!(of("2026-03-05 14:30"), Some(52_200));
/// assert_eq!(of("2026年3月5日14时30分"), Some(52_200));
/// assert_eq!(of("2026/3/5 下午2:30:01"), Some(52_201));
/// assert_eq!(of("2026/3/5"), None);
/// ```
pub fn moment(cell: &Cell, order: Order) -> Result<Moment, Unread> {
    match cell.sort {
        Sort::Number(number) => serial(number).ok_or_else(no_day)?,
        Sort::Bool(_) | Sort::Error => Err(no_day()),
        _ => of_text(&cell.text, order),
    }
}

/// A number in a column of days: a serial number, or eight digits.
fn serial(number: f64) -> Option<Result<Moment, Unread>> {
    if SERIALS.contains(&number) {
        let day = Date::from_number(number.floor() as i64 - SERIAL_OF_MIN)?;
        let second = (number.fract() * 86_400.0).round() as u32;
        return Some(Ok(match second {
            0 => Moment { day, second: None },
            86_400 => Moment { day: day.plus(1).ok()?, second: None },
            second => Moment { day, second: Some(second) },
        }));
    }
    let is_eight = number.fract() == 0.0 && (19_000_000.0..21_010_000.0).contains(&number);
    is_eight.then(|| eight(number as u32).map(|day| Moment { day, second: None }))
}

fn eight(number: u32) -> Result<Date, Unread> {
    civil((number / 10_000) as i32, number / 100 % 100, number % 100)
}

fn of_text(text: &str, order: Order) -> Result<Moment, Unread> {
    let text: String = text.chars().map(half_width).collect();
    let text = text.trim().trim_start_matches('\'');
    let (date, time) = split_time(text);
    let date: String = date.chars().filter(|c| !c.is_whitespace()).collect();
    if date.bytes().all(|b| b.is_ascii_digit()) && !date.is_empty() {
        return digits(&date, time);
    }
    let mut parts: Vec<&str> = date.split(['-', '/', '.', '年', '月', '日', '号']).collect();
    // Behind the sign of the day, or a point, nothing stands.
    while parts.last().is_some_and(|last| last.is_empty()) {
        parts.pop();
    }
    let [first, second, third] = parts.as_slice() else {
        return Err(match parts.as_slice() {
            [year, _] if year.len() == 4 => no_day_of_month(),
            _ => no_day(),
        });
    };
    let number = |part: &str| part.parse::<u32>().ok().filter(|_| (1..=4).contains(&part.len()));
    let (Some(a), Some(b), Some(c)) = (number(first), number(second), number(third)) else {
        return Err(no_day());
    };
    let day = match (first.len(), third.len()) {
        (4, 1..=2) => civil(a as i32, b, c)?,
        (1..=2, 4) => civil_of(a, b, c as i32, order)?,
        (2, 1..=2) => return Err(short_year()),
        _ => return Err(no_day()),
    };
    Ok(Moment { day, second: time.map(seconds).transpose()? })
}

/// A text of digits alone: eight for a day, with six more for a time; five for a serial number.
fn digits(date: &str, time: Option<&str>) -> Result<Moment, Unread> {
    let number = date.parse::<u64>().ok();
    match (date.len(), number) {
        (8, Some(number)) => {
            let day = eight(number as u32)?;
            Ok(Moment { day, second: time.map(seconds).transpose()? })
        }
        (14, Some(number)) if time.is_none() => {
            let (day, time) = (eight((number / 1_000_000) as u32)?, number % 1_000_000);
            let second = second_of(time / 10_000, time / 100 % 100, time % 100)?;
            Ok(Moment { day, second: Some(second) })
        }
        (5, Some(number)) if time.is_none() => {
            serial(number as f64).unwrap_or_else(|| Err(no_day()))
        }
        _ => Err(no_day()),
    }
}

/// The part with the day, and that with the time, if there is one.
fn split_time(text: &str) -> (&str, Option<&str>) {
    let Some(colon) = text.find([':', '时', '点']) else { return (text, None) };
    // The hour begins behind the last that is neither a digit nor a blank next to one.
    let before = text.get(..colon).unwrap_or_default();
    let hour = before.trim_end().trim_end_matches(|c: char| c.is_ascii_digit());
    let hour = ["上午", "下午", "AM", "PM"]
        .iter()
        .find_map(|half| hour.trim_end().strip_suffix(half))
        .unwrap_or(hour);
    let (date, time) = text.split_at(hour.len());
    (date.trim_end_matches(['T', ' ']), Some(time))
}

fn seconds(text: &str) -> Result<u32, Unread> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (text, afternoon) = match (text.strip_prefix("下午"), text.strip_prefix("上午")) {
        (Some(rest), _) => (rest, Some(true)),
        (_, Some(rest)) => (rest, Some(false)),
        _ => match (text.strip_suffix("PM"), text.strip_suffix("AM")) {
            (Some(rest), _) => (rest, Some(true)),
            (_, Some(rest)) => (rest, Some(false)),
            _ => (text.as_str(), None),
        },
    };
    let text = text.trim_end_matches(['Z', '秒', '分', '整', '时', '点']);
    let text = text.split_once('.').map_or(text, |(whole, _)| whole);
    let parts: Option<Vec<u64>> =
        text.split([':', '时', '点', '分']).map(|part| part.parse().ok()).collect();
    let (hour, minute, second) = match parts.as_deref() {
        Some([hour]) => (*hour, 0, 0),
        Some([hour, minute]) => (*hour, *minute, 0),
        Some([hour, minute, second]) => (*hour, *minute, *second),
        _ => return Err(no_time()),
    };
    let hour = match afternoon {
        Some(true) if hour < 12 => hour + 12,
        Some(false) if hour == 12 => 0,
        _ => hour,
    };
    second_of(hour, minute, second)
}

fn second_of(hour: u64, minute: u64, second: u64) -> Result<u32, Unread> {
    if hour > 23 || minute > 59 || second > 59 {
        return Err(no_time());
    }
    Ok((hour * 3_600 + minute * 60 + second) as u32)
}

fn civil(year: i32, month: u32, day: u32) -> Result<Date, Unread> {
    Date::new(year, month, day).map_err(|error| {
        Unread::new(
            "cell.no_such_day",
            (format!("there is no such day: {error}"), "correct it"),
            (
                format!("没有 {year}-{month:02}-{day:02} 这一天（或不在 1900 至 2100 年）"),
                "请改正日期",
            ),
        )
    })
}

/// A day whose year is last.
fn civil_of(a: u32, b: u32, year: i32, order: Order) -> Result<Date, Unread> {
    match order {
        Order::MonthFirst => civil(year, a, b),
        Order::DayFirst => civil(year, b, a),
        Order::YearFirst if a == b || a <= 12 && b > 12 => civil(year, a, b),
        Order::YearFirst if a > 12 => civil(year, b, a),
        Order::YearFirst => Err(Unread::new(
            "cell.date_order",
            (
                format!("it can be {year:04}-{a:02}-{b:02} or {year:04}-{b:02}-{a:02}"),
                "write the year first",
            ),
            (
                format!("可能是 {year:04}-{a:02}-{b:02}，也可能是 {year:04}-{b:02}-{a:02}"),
                "请将年份写在最前",
            ),
        )),
    }
}

fn no_day() -> Unread {
    Unread::new(
        "cell.date",
        ("this is no day", "write it as 2026-03-05"),
        ("不是日期", "请写成 2026-03-05 的形式"),
    )
}

fn no_day_of_month() -> Unread {
    Unread::new(
        "cell.date_month",
        ("only a year and a month stand here", "write the day too, as 2026-03-05"),
        ("只有年和月", "请补上日，例如 2026-03-05"),
    )
}

fn short_year() -> Unread {
    Unread::new(
        "cell.date_year",
        ("the year has two digits", "write all four, as 2026-03-05"),
        ("年份只有两位", "请写四位年份，例如 2026-03-05"),
    )
}

fn no_time() -> Unread {
    Unread::new(
        "cell.time",
        ("behind the day stands no time", "write it as 2026-03-05 14:30"),
        ("日期后面不是时间", "请写成 2026-03-05 14:30 的形式"),
    )
}
