//! Calendar files: what they may say, and how they are refused.

use clock::{Calendar, Date, Error, Known, Region};

use crate::pack::day;

const YEAR: &str = "[[notice]]\npublishes = 2026\nsource = 'the year'\nannounced = 2025-11-04\n";

fn working(texts: &[&str], region: &str, known: Known, date: &str) -> bool {
    let calendar = Calendar::parse(texts.iter().map(|text| ("file", *text))).unwrap();
    let days = calendar.working_days(region.parse().unwrap(), known).unwrap();
    days.is_working(day(date)).unwrap()
}

fn notice(announced: &str, region: &str, list: &str, date: &str) -> String {
    let announced = match announced {
        "" => String::new(),
        day => format!("announced = {day}\n"),
    };
    format!(
        "[[notice]]\nsource = 'change'\n{announced}region = '{region}'\n[[notice.holiday]]\nlabel = {{ zh = '假', en = 'day' }}\n{list} = ['{date}']\n"
    )
}

#[test]
fn the_later_notice_stands_whatever_the_order_of_the_files() {
    let off = notice("2026-02-01", "000000", "off", "2026-03-04");
    let on = notice("2026-02-02", "000000", "work", "2026-03-04");
    for texts in [[YEAR, &off, &on], [&on, &off, YEAR]] {
        assert!(working(&texts, "000000", Known::Latest, "2026-03-04"));
        assert!(!working(&texts, "000000", Known::On(day("2026-02-01")), "2026-03-04"));
        assert!(working(&texts, "000000", Known::On(day("2026-01-31")), "2026-03-04"));
    }
}

#[test]
fn of_two_notices_of_one_day_that_of_the_smaller_region_stands() {
    let china = notice("2026-02-01", "000000", "off", "2026-03-04");
    let hubei = notice("2026-02-01", "420000", "work", "2026-03-04");
    for texts in [[YEAR, &china, &hubei], [YEAR, &hubei, &china]] {
        assert!(working(&texts, "420100", Known::Latest, "2026-03-04"));
        assert!(!working(&texts, "430000", Known::Latest, "2026-03-04"));
        assert!(!working(&texts, "000000", Known::Latest, "2026-03-04"));
    }
}

#[test]
fn a_notice_without_a_day_is_always_seen_gives_way_and_is_not_reviewed() {
    let undated = notice("", "000000", "off", "2026-03-04..2026-03-05");
    let dated = notice("2020-01-01", "000000", "work", "2026-03-05");
    let texts = [YEAR, &undated, &dated];
    let early = Known::On(day("2025-11-04"));
    assert!(!working(&texts, "000000", early, "2026-03-04"));
    assert!(working(&texts, "000000", early, "2026-03-05"));
    let calendar = Calendar::parse(texts.map(|text| ("file", text))).unwrap();
    let days = calendar.working_days(Region::CHINA, Known::Latest).unwrap();
    assert!(!days.day(day("2026-03-04")).unwrap().source.is_reviewed());
}

fn fault(text: &str) -> (usize, String) {
    match Calendar::parse([("calendar/bad.toml", text)]) {
        Err(Error::CalendarFile { file, line, why }) => {
            assert_eq!(file, "calendar/bad.toml");
            (line, why)
        }
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn a_fault_is_shown_by_file_and_line() {
    let holiday = "[[notice.holiday]]\nlabel = { zh = '假', en = 'day' }\n";
    for (text, line, says) in [
        ("[[notice]]\nsource = 'n'\npublishes = 'soon'\n".to_owned(), 3, "expected i32"),
        ("[[notice]]\nsource = 'n'\npublished = 2026\n".to_owned(), 3, "unknown field"),
        ("[[notice]]\nannounced = 2026-01-01\n".to_owned(), 1, "source"),
        ("[[notice]]\nsource = 'n'\nannounced = 2026-02-30\n".to_owned(), 3, ""),
        ("[[notice]]\nsource = 'n'\nannounced = 2026-01-01T10:00:00\n".to_owned(), 3, "YYYY-MM-DD"),
        ("[[notice]]\nsource = 'n'\nannounced = 2199-01-01\n".to_owned(), 3, "2199"),
        ("[[notice]]\nsource = 'n'\nregion = '42'\n".to_owned(), 3, "six digits"),
        (
            "[[notice]]\nsource = 'n'\nregion = '420000'\npublishes = 2026\n".to_owned(),
            4,
            "national",
        ),
        (format!("{YEAR}{holiday}off = ['2026-02-30']\n"), 7, "28 days"),
        (format!("{YEAR}{holiday}off = ['2026-02-01..']\n"), 7, "D..D"),
        (format!("{YEAR}{holiday}off = ['2026-02-03..2026-02-01']\n"), 7, "ends before"),
        (format!("{YEAR}{holiday}off = ['2026-02-01T10:00']\n"), 7, "whole days"),
        (format!("{YEAR}{holiday}off = ['2026-02-01']\nwork = ['2026-02-01']\n"), 7, "both"),
        (format!("{YEAR}{YEAR}"), 5, "published twice"),
        ("default_region = 'Hubei'\n".to_owned(), 1, "six digits"),
        ("\n\nnot toml".to_owned(), 3, ""),
        ("[festivals]\nsource = 'f'\n[festivals.dates]\n".to_owned(), 1, "at least one"),
        ("[festivals]\nsource = 'f'\ndates = { a = [] }\n".to_owned(), 1, "no dates"),
        (
            "[festivals]\nsource = 'f'\ndates = { a = [2026-02-17, 2028-01-26] }\n".to_owned(),
            1,
            "2028-01-26",
        ),
        (
            "[festivals]\nsource = 'f'\ndates = { a = [2026-02-17], b = [2027-02-06] }\n"
                .to_owned(),
            1,
            "same",
        ),
    ] {
        let (at, why) = fault(&text);
        assert_eq!(at, line, "{text}: {why}");
        assert!(why.contains(says), "{text}: {why}");
    }
}

#[test]
fn the_statute_names_only_festivals_that_are_dated() {
    let measures = |day: &str| {
        format!(
            "{YEAR}[[measures]]\nsource = 'm'\nfrom = 2014-01-01\nholidays = [\n{{ label = {{ zh = '节', en = 'day' }}, days = ['{day}'] }},\n]\n"
        )
    };
    for (day, says) in [
        ("harvest", "the festival harvest must be dated"),
        ("13-01", "MM-DD"),
        ("00-10", "MM-DD"),
        ("harvest+", "MM-DD"),
        ("Harvest", "MM-DD"),
        ("", "MM-DD"),
    ] {
        let (line, why) = fault(&measures(day));
        assert_eq!(line, 9, "{day}: {why}");
        assert!(why.contains(says), "{day}: {why}");
    }
    let dated = "[festivals]\nsource = 'f'\ndates = { harvest = [2026-09-23, 2027-09-23] }\n";
    let text = format!("{}{dated}", measures("harvest+1"));
    assert!(!working(&[&text], "000000", Known::Latest, "2027-09-24"));
    // Festivals that begin after the calendar would leave holidays out without a word.
    let late = text.replace("2026-09-23, ", "");
    assert!(fault(&late).1.contains("every year from the first"), "{late}");
}

#[test]
fn files_without_a_calendar_are_refused() {
    let code = |texts: &[&str]| {
        Calendar::parse(texts.iter().map(|text| ("file", *text))).unwrap_err().code()
    };
    assert_eq!(code(&[]), "clock.empty_calendar");
    assert_eq!(code(&[""]), "clock.empty_calendar");
    assert_eq!(code(&["default_region = '420000'"]), "clock.empty_calendar");
}

#[test]
fn a_calendar_of_one_year_knows_that_year_only() {
    let calendar = Calendar::parse([("2026.toml", YEAR)]).unwrap();
    assert_eq!(calendar.default_region(), Region::CHINA);
    let days = calendar.working_days(Region::CHINA, Known::Latest).unwrap();
    assert_eq!((days.first(), days.last()), (day("2026-01-01"), day("2026-12-31")));
    assert_eq!(days.region(), Region::CHINA);
    assert_eq!(days.known(), Known::Latest);
    let outside = days.is_working(Date::MAX).unwrap_err();
    assert_eq!(outside.code(), "clock.outside_calendar");
    let early = Known::On(day("2025-11-03"));
    let unknown = calendar.working_days(Region::CHINA, early).unwrap_err();
    assert_eq!(unknown.code(), "clock.nothing_known");
}
