//! The national calendar against two others, day by day, and the pack against itself.

use std::collections::HashMap;

use chinese_holiday::{Ymd, chinese_holiday};
use clock::{Date, DayKind, Known, Region};

use crate::pack::{HUBEI, data, day, days, known, latest};

const NATIONAL: &str = "000000";

#[test]
fn the_national_calendar_is_that_of_chinesecalendar() {
    let text = std::fs::read_to_string(data().join("chinesecalendar.csv")).unwrap();
    let listed: HashMap<Date, bool> = text
        .lines()
        .skip(1)
        .map(|line| {
            let (date, working) = line.split_once(',').unwrap();
            (day(date), working.parse().unwrap())
        })
        .collect();
    assert_eq!(listed.len(), 289);
    let ours = latest(NATIONAL);
    for date in days(day("2015-01-01"), day("2026-12-31")) {
        let theirs = listed.get(&date).copied().unwrap_or(!date.weekday().is_weekend());
        assert_eq!(ours.is_working(date), Ok(theirs), "{date}");
    }
}

#[test]
fn the_national_calendar_is_that_of_chinese_holiday_but_for_its_errors() {
    let ours = latest(NATIONAL);
    let differ: Vec<Date> = days(day("2015-01-01"), day("2026-12-25"))
        .filter(|date| {
            let (year, month, of_month) = date.ymd();
            let theirs = chinese_holiday(Ymd::new(year as u16, month as u8, of_month as u8));
            ours.is_working(*date) != Ok(theirs.is_workday())
        })
        .collect();
    // The notice for 2016 has Sunday 9 October worked, which the crate lacks; nothing makes Friday
    // 30 December a day off, which it has.
    assert_eq!(differ, ["2016-10-09", "2016-12-30"].map(day));
}

#[test]
fn hubei_differs_on_the_days_of_its_own_notice_only() {
    let (china, hubei) = (latest(NATIONAL), latest("420000"));
    let differ: Vec<Date> = days(china.first(), china.last())
        .filter(|date| china.is_working(*date) != hubei.is_working(*date))
        .collect();
    let weekdays = [3, 4, 5, 6, 7, 10, 11, 12, 13].map(|d| Date::new(2020, 2, d).unwrap());
    assert_eq!(differ, weekdays);
    let info = hubei.day(weekdays[0]).unwrap();
    assert_eq!(info.source.region, "420000".parse().unwrap());
    assert_eq!(info.source.announced, Some(day("2020-02-01")));
}

#[test]
fn each_year_is_published_before_it_begins_and_has_its_statutory_holidays_off() {
    let final_days = latest(NATIONAL);
    for year in 2015..=2026 {
        let published = final_days.year(year).unwrap();
        assert!(published.iter().all(|d| !d.provisional && d.source.is_reviewed()), "{year}");
        let source = published.iter().find(|d| d.kind == DayKind::Working).unwrap().source;
        let announced = source.announced.unwrap();
        assert!(source.title.contains(&format!("{year}年部分节假日安排")), "{year}");
        assert_eq!(announced.year(), year - 1, "{year}");

        let eve = known(NATIONAL, Known::On(announced.plus(-1).unwrap()));
        for provisional in eve.year(year).unwrap() {
            assert!(provisional.provisional, "{}", provisional.date);
            assert_ne!(provisional.kind, DayKind::MakeUp, "{}", provisional.date);
            // What is off by statute the notice has off too. A change of the Measures after that day
            // can only have come with the notice itself.
            if provisional.kind == DayKind::Holiday {
                assert!(!final_days.is_working(provisional.date).unwrap(), "{}", provisional.date);
            }
        }
    }
}

#[test]
fn the_statutory_days_number_eleven_then_thirteen() {
    let off = |year, as_known: Known| {
        let days = known(NATIONAL, as_known);
        let days = days.year(year).unwrap();
        let holidays = days.iter().filter(|d| d.kind == DayKind::Holiday);
        holidays.map(|d| d.date).collect::<Vec<Date>>()
    };
    assert_eq!(off(2024, Known::On(day("2023-01-01"))).len(), 11);
    assert_eq!(off(2027, Known::Latest).len(), 13);
    // Mid-Autumn 2031 is 1 October, so the two share a day.
    assert_eq!(off(2031, Known::Latest).len(), 12);
    let statute = off(2028, Known::Latest);
    let expected = [
        "2028-01-01",
        "2028-01-25",
        "2028-01-26",
        "2028-01-27",
        "2028-01-28",
        "2028-04-04",
        "2028-05-01",
        "2028-05-02",
        "2028-05-28",
        "2028-10-01",
        "2028-10-02",
        "2028-10-03",
    ];
    // Mid-Autumn 2028 is 3 October.
    assert_eq!(statute, expected.map(day));
}

#[test]
fn the_pack_covers_2015_to_2100_and_means_hubei() {
    assert_eq!(HUBEI.years(), (2015, 2100));
    assert_eq!(HUBEI.default_region(), "420000".parse::<Region>().unwrap());
    let all = latest(NATIONAL);
    for year in 2027..=2100 {
        let days = all.year(year).unwrap();
        assert!(days.iter().all(|d| d.provisional), "{year}");
        let off = days.iter().filter(|d| d.kind == DayKind::Holiday).count();
        assert!((11..=13).contains(&off), "{year}: {off}");
    }
}

#[test]
fn before_the_first_rule_was_announced_nothing_is_known() {
    let fault = HUBEI.working_days(Region::CHINA, Known::On(day("2007-12-13"))).unwrap_err();
    assert_eq!(fault.code(), "clock.nothing_known");
    // By the measures of 2007 New Year's Eve was off and the third day was not.
    let early = known(NATIONAL, Known::On(day("2013-12-10")));
    assert!(!early.is_working(day("2016-02-07")).unwrap()); // New Year's Eve, also a Sunday
    assert!(early.is_working(day("2016-02-10")).unwrap()); // the third day of the year
    assert!(early.day(day("2016-02-10")).unwrap().provisional);
}

#[test]
fn no_file_of_the_folder_is_unknown() {
    for path in testkit::files_under(&data()) {
        let name = path.file_name().unwrap().to_str().unwrap();
        let known =
            ["MANIFEST.md", "chinesecalendar.csv", "chinesecalendar.py", "due.csv", "festivals.py"];
        assert!(known.contains(&name), "{name}: no test reads it");
    }
}
