//! Days and numbers, whatever people write.

use clock::Date;
use proptest::prelude::*;
use sheet::Cell;
use sheet::value::date::{Order, day, moment};
use sheet::value::number::decimal;
use sheet::value::{code, words};

use crate::files::cell;

/// Digits of full width.
fn wide(text: &str) -> String {
    let wide = |c: char| match c {
        '0'..='9' => char::from_u32(c as u32 + 0xFEE0).unwrap(),
        other => other,
    };
    text.chars().map(wide).collect()
}

fn any_day() -> impl Strategy<Value = Date> {
    // As serial numbers go: 1954 to 2099.
    (20_000_i64..73_000).prop_map(|number| Date::from_number(number - 2).unwrap())
}

proptest! {
    /// However a day is written, it is the same day.
    #[test]
    fn a_day_is_read_in_every_form(of in any_day()) {
        let (y, m, d) = of.ymd();
        for text in [
            format!("{y}-{m:02}-{d:02}"), format!("{y}/{m}/{d}"), format!("{y}.{m}.{d}"),
            format!("{y}年{m}月{d}日"), format!(" {y} 年 {m} 月 {d} 日 "), format!("{y}{m:02}{d:02}"),
            format!("{y}-{m:02}-{d:02} 00:00:00"), format!("{y}/{m}/{d} 8:05"), format!("{y}年{m:02}月{d:02}号"),
            format!("{}", of.number() + 2), wide(&format!("{y}-{m:02}-{d:02}")),
            wide(&format!("{y}年{m}月{d}日")), format!("\u{3000}{y}．{m}．{d}"), format!("{y}-{m:02}-{d:02}T10:20:30Z"),
        ] {
            prop_assert_eq!(day(&cell(&text), Order::YearFirst), Ok(of), "{}", text);
        }
        prop_assert_eq!(day(&Cell::number(f64::from(of.number() + 2)), Order::YearFirst), Ok(of));
        let whole = f64::from(y as u32 * 10_000 + m * 100 + d);
        prop_assert_eq!(day(&Cell::number(whole), Order::YearFirst), Ok(of));
        prop_assert_eq!(day(&cell(&format!("{m}/{d}/{y}")), Order::MonthFirst), Ok(of));
        prop_assert_eq!(day(&cell(&format!("{d}.{m}.{y}")), Order::DayFirst), Ok(of));
        // Without an order a day is read where there is one reading only.
        let read = day(&cell(&format!("{m}/{d}/{y}")), Order::YearFirst);
        if d > 12 || d == m { prop_assert_eq!(read, Ok(of)) } else { prop_assert_eq!(read.unwrap_err().code, "cell.date_order") }
    }

    /// A time of day of a spreadsheet comes back to the second.
    #[test]
    fn a_moment_is_read(of in any_day(), second in 1_u32..86_399) {
        let number = f64::from(of.number() + 2) + f64::from(second) / 86_400.0;
        let read = moment(&Cell::number(number), Order::YearFirst).unwrap();
        prop_assert_eq!((read.day, read.second), (of, Some(second)));
        let (h, m, s) = (second / 3_600, second / 60 % 60, second % 60);
        let read = moment(&cell(&format!("{of} {h}:{m:02}:{s:02}")), Order::YearFirst).unwrap();
        prop_assert_eq!((read.day, read.second), (of, Some(second)));
    }

    /// What was written in digits is what was read, with commas, signs and widths.
    #[test]
    fn numbers_are_digit_for_digit(units in -999_999_999_999_i64..999_999_999_999, places in 0_u32..7) {
        let ten = 10_i64.pow(places);
        let (whole, fraction) = (units.unsigned_abs() / ten.unsigned_abs(), units.unsigned_abs() % ten.unsigned_abs());
        let sign = if units < 0 { "-" } else { "" };
        let width = places as usize;
        let text = match places { 0 => format!("{sign}{whole}"), _ => format!("{sign}{whole}.{fraction:0width$}") };
        let read = |text: &str| decimal(&cell(text)).map(|(n, _)| n);
        let number = read(&text).unwrap();
        prop_assert_eq!(number.to_f64(), text.parse::<f64>().unwrap(), "{}", text);
        prop_assert_eq!(number.to_string().parse::<f64>().unwrap(), number.to_f64());
        prop_assert_eq!(read(&wide(&text)).unwrap(), number);
        let grouped: Vec<String> = whole.to_string().as_bytes().rchunks(3).rev().map(|c| String::from_utf8_lossy(c).into_owned()).collect();
        let rest = text.split_once('.').map_or(String::new(), |(_, f)| format!(".{f}"));
        prop_assert_eq!(read(&format!("{sign}{}{rest} 元", grouped.join(","))).unwrap(), number);
        prop_assert_eq!(decimal(&Cell::number(text.parse().unwrap())).unwrap().0, number);
    }

    /// No text brings it down.
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,20}", digits in "[0-9/.年月日:时, -]{0,20}") {
        for text in [text, digits] {
            let _ = moment(&cell(&text), Order::YearFirst);
            let _ = decimal(&cell(&text));
            let _ = code::code(&cell(&text), &[18]);
            let _ = words::key(&text);
            let cleaned = words::clean(&text);
            prop_assert_eq!(words::clean(&cleaned), cleaned);
        }
    }
}

#[test]
fn what_is_no_day_is_told_apart() {
    let refused = |text: &str| day(&cell(text), Order::YearFirst).unwrap_err().code;
    for (text, code) in [
        ("2026-02-30", "cell.no_such_day"),
        ("2026年13月1日", "cell.no_such_day"),
        ("26.3.5", "cell.date_year"),
        ("2026年3月", "cell.date_month"),
        ("2026-03", "cell.date_month"),
        ("昨天", "cell.date"),
        ("12345678901", "cell.date"),
        ("2026-03-05 25:00", "cell.time"),
        ("3/5/2026", "cell.date_order"),
    ] {
        assert_eq!(refused(text), code, "{text}");
    }
    assert_eq!(day(&Cell::number(3.0), Order::YearFirst).unwrap_err().code, "cell.date");
}

#[test]
fn what_a_spreadsheet_did_to_a_number_is_told() {
    // 0.1 + 0.2 shows as 0.3, and is.
    assert_eq!(decimal(&Cell::number(0.1 + 0.2)).unwrap().0.to_string(), "0.3");
    assert!(decimal(&cell("12345678901234567")).is_err());
    assert!(decimal(&cell("1.2.3")).is_err());
    assert_eq!(code::code(&cell("91420100177700000x"), &[18]).unwrap(), "91420100177700000x");
    assert_eq!(code::code(&cell("9142010017770"), &[18]).unwrap_err().code, "cell.length");
    assert_eq!(code::code(&cell("1E05"), &[]).unwrap(), "1E05");
}
