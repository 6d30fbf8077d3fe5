//! `zhiheng clock`.

use serde_json::Value;

use crate::command::{Run, zhiheng};

fn clock(line: &str) -> Run {
    let args: Vec<&str> = std::iter::once("clock").chain(line.split_whitespace()).collect();
    zhiheng(&args)
}

/// The JSON object that the command answers with.
fn json(line: &str) -> Value {
    let run = clock(&format!("{line} --json"));
    assert_eq!((run.status, &*run.stderr), (0, ""), "{line}");
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn the_example_of_the_issue() {
    let question =
        "due --start 2026-02-10 --term 7 --unit working_day --suspend 2026-02-12..2026-02-20";
    let answer = json(question);
    assert_eq!(answer["due"], "2026-03-02");
    assert_eq!(answer["ends_at"], "2026-03-02T24:00+08:00");
    assert_eq!(answer["counted"], 7);
    assert_eq!(answer["counted_in"], "working_day");
    assert_eq!(answer["suspended"], serde_json::json!(["2026-02-12..2026-02-20"]));
    assert_eq!(answer["suspended_days"], 9);
    assert_eq!(answer["roll"], "none");
    assert_eq!(answer["region"], "420000");
    assert_eq!(answer["provisional"], false);
    assert_eq!(answer["not_reviewed"], false);
    assert_eq!(answer["calendar"][0]["announced"], "2025-11-04");
    assert!(answer.get("days").is_none());

    let text = clock(question);
    assert_eq!(text.status, 0);
    assert!(text.stdout.starts_with("due 2026-03-02 (Monday)\n"), "{}", text.stdout);
}

#[test]
fn what_was_not_announced_yet_is_not_seen() {
    let due = |rest: &str| {
        json(&format!("due --start 2020-01-20 --term 5 --unit working_day {rest}"))["due"].clone()
    };
    assert_eq!(due("--known 2020-01-20"), "2020-02-01");
    assert_eq!(due("--region 000000"), "2020-02-04");
    assert_eq!(due(""), "2020-02-17");
}

#[test]
fn days_months_and_years_roll_unless_told_not_to() {
    for (unit, term, due, unrolled) in [
        ("day", 15, "2026-10-08", "2026-10-01"),
        ("month", 1, "2026-10-16", "2026-10-16"),
        ("year", 1, "2027-09-16", "2027-09-16"),
    ] {
        let question = format!("due --start 2026-09-16 --term {term} --unit {unit}");
        let answer = json(&question);
        assert_eq!(answer["roll"], "next");
        assert_eq!((&answer["due"], &answer["unrolled"]), (&due.into(), &unrolled.into()));
        assert_eq!(answer["rolled"], due != unrolled);
        assert_eq!(json(&format!("{question} --roll none"))["due"], unrolled);
    }
}

#[test]
fn backwards_and_with_the_first_day() {
    let back = json("due --start 2026-02-10 --term 7 --unit working_day --back");
    assert_eq!((&back["due"], &back["direction"]), (&"2026-01-30".into(), &"backward".into()));
    let first = json("due --start 2026-03-02 --term 5 --unit working_day --first-day-counts");
    assert_eq!((&first["due"], &first["first_day_counts"]), (&"2026-03-06".into(), &true.into()));
}

#[test]
fn every_day_is_explained_when_asked() {
    let question = "due --start 2026-02-13 --term 2 --unit working_day --explain";
    let answer = json(question);
    let days = answer["days"].as_array().unwrap();
    let verdicts: Vec<&str> = days.iter().map(|d| d["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts[..2], ["start", "counted"]);
    assert_eq!(verdicts[2..11], ["day_off"; 9]);
    assert_eq!(verdicts[11..], ["counted"]);
    assert_eq!(days[1]["kind"], "make_up_day");
    assert_eq!(days[2]["label_zh"], "春节");
    assert_eq!(days[11]["count"], 2);
    let text = clock(question).stdout;
    assert!(
        text.contains("2026-02-14  Saturday   1            春节 Spring Festival, worked\n"),
        "{text}"
    );
    assert!(text.contains("2026-02-15  Sunday     day off      春节 Spring Festival\n"), "{text}");

    let hours =
        json("due --start 2026-02-10T09:30 --term 24 --unit hour --suspend 2026-02-11 --explain");
    assert_eq!(hours["due"], "2026-02-12T09:30+08:00");
    assert_eq!(hours["hours"][1]["suspended"], true);
}

#[test]
fn an_answer_beyond_the_last_published_year_says_so() {
    let question = "due --start 2026-12-28 --term 5 --unit working_day";
    let answer = json(question);
    assert_eq!((&answer["due"], &answer["provisional"]), (&"2027-01-05".into(), &true.into()));
    let sources: Vec<&str> = answer["calendar"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["source"].as_str().unwrap())
        .collect();
    assert!(sources.iter().any(|s| s.contains("第795号")), "{sources:?}");
    assert!(clock(question).stdout.contains("provisional: "));
    // What does not rest on the calendar is never provisional.
    let days = json("due --start 2030-01-01 --term 5 --unit day --roll none");
    assert_eq!(days["provisional"], false);
}

#[test]
fn what_is_left() {
    let at = |now: &str| {
        json(&format!("remaining --start 2026-03-06 --term 5 --unit working_day --now {now}"))
    };
    assert_eq!(at("2026-03-10")["words"], "3 working days left");
    assert_eq!(at("2026-03-10")["state"], "running");
    assert_eq!(at("2026-03-13")["state"], "due_today");
    assert_eq!(at("2026-03-16")["words"], "overdue by 3 days");
    let open = json(
        "remaining --start 2026-03-06 --term 5 --unit working_day --now 2026-03-20 --suspend 2026-03-10..",
    );
    assert_eq!((&open["state"], &open["amount"]), (&"suspended".into(), &4.into()));
    assert_eq!(open["due"], Value::Null);
    let now = clock("remaining --start 2026-03-06 --term 5 --unit working_day");
    assert_eq!(now.status, 0, "{}", now.stderr);
}

#[test]
fn the_calendar_of_a_year() {
    let year = json("calendar --year 2026");
    assert_eq!(year["working_days"], 248);
    assert_eq!(year["days_off"].as_array().map(Vec::len), Some(33));
    assert_eq!(year["make_up_days"].as_array().map(Vec::len), Some(6));
    assert_eq!(year["make_up_days"][0]["date"], "2026-01-04");
    assert!(year["days_off"][0]["source"].as_str().unwrap().contains("国办发明电〔2025〕7号"));
    let hubei = json("calendar --year 2020")["working_days"].as_i64().unwrap();
    let china = json("calendar --year 2020 --region 000000")["working_days"].as_i64().unwrap();
    assert_eq!(china - hubei, 9);
    assert_eq!(json("calendar --year 2027")["provisional"], true);
    let text = clock("calendar --year 2026").stdout;
    assert!(text.contains("off     2026-02-15..2026-02-23  春节 Spring Festival\n"), "{text}");
    assert!(text.contains("worked  2026-02-14 (Saturday)   春节 Spring Festival\n"), "{text}");
}

#[test]
fn a_wrong_question_is_refused_with_a_code_and_what_to_do() {
    let ok = "--term 7 --unit working_day";
    for (line, code, says) in [
        (format!("due --start 2026-02-30 {ok}"), "clock.bad_date", "2026-02 has 28 days"),
        (format!("due --start 1900-02-29 {ok}"), "clock.bad_date", "1900-02 has 28 days"),
        (format!("due --start 1899-12-31 {ok}"), "clock.year_out_of_range", "1900 to 2100"),
        (format!("due --start 2101-01-01 {ok}"), "clock.year_out_of_range", "1900 to 2100"),
        (format!("due --start 1900-01-01 {ok}"), "clock.outside_calendar", "2015-01-01"),
        (format!("due --start 2100-12-31 {ok}"), "clock.outside_calendar", "2100-12-31"),
        (format!("due --start ２０２６-02-10 {ok}"), "clock.bad_date", "U+FF12"),
        (format!("due --start \u{202e}2026-02-10 {ok}"), "clock.bad_date", "\\u{202e}"),
        ("due --start 2026-02-10 --term -7 --unit day".into(), "clock.negative_term", "--back"),
        ("due --start 2026-02-10 --term seven --unit day".into(), "clock.bad_term", "whole number"),
        (
            "due --start 2026-02-10 --term 99999999999999999999 --unit day".into(),
            "clock.term_too_long",
            "201 years",
        ),
        (
            "due --start 2026-02-10 --term 18446744073709551615 --unit hour".into(),
            "clock.needs_time",
            "T09:30",
        ),
        ("due --start 2026-02-10 --term 7 --unit Day".into(), "clock.bad_word", "working_day"),
        (format!("due --start 2026-02-10 {ok} --roll up"), "clock.bad_word", "next, none"),
        (
            format!("due --start 2026-02-10 {ok} --suspend 2026-02-20..2026-02-12"),
            "clock.bad_interval",
            "ends before",
        ),
        (
            format!("due --start 2026-02-10 {ok} --suspend 2026-02-12.."),
            "clock.suspended",
            "6 working days left",
        ),
        (format!("due --start 2026-02-10 {ok} --region Hubei"), "clock.bad_region", "420000"),
        (format!("due --start 2026-02-10 {ok} --known 2026-02-31"), "clock.bad_date", "28 days"),
        (
            format!("due --start 2026-02-10 {ok} --known 1999-01-01"),
            "clock.nothing_known",
            "later day",
        ),
        (
            format!("due --start 2026-02-10 {ok} --pack /nowhere/at/all"),
            "clock.pack_file",
            "/nowhere/at/all",
        ),
        ("calendar --year 2014".into(), "clock.outside_calendar", "2015-01-01"),
        ("calendar --year -1".into(), "clock.year_out_of_range", "1900 to 2100"),
        (format!("remaining --start 2026-02-10 {ok} --now soon"), "clock.bad_date", "2026-02-10"),
    ] {
        let run = clock(&line);
        assert_eq!((run.status, &*run.stdout), (2, ""), "{line}");
        assert!(run.stderr.starts_with(&format!("zhiheng: {code}: ")), "{line}: {}", run.stderr);
        assert!(run.stderr.contains(says), "{line}: {}", run.stderr);

        let run = clock(&format!("{line} --json"));
        assert_eq!(run.status, 2, "{line}");
        let object: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(object["error"], code, "{line}");
    }
    assert_eq!(clock("due --term 7").status, 2);
    assert_eq!(clock("").status, 2);
}

#[test]
fn another_pack_has_its_own_calendar() {
    let folder = std::env::temp_dir().join(format!("zhiheng-clock-{}", std::process::id()));
    let calendar = folder.join("calendar");
    std::fs::create_dir_all(&calendar).unwrap();
    let text = "default_region = '330000'\n[[notice]]\nsource = 'n'\npublishes = 2026\n[[notice.holiday]]\nlabel = { zh = '假', en = 'day' }\noff = ['2026-03-03']\n";
    std::fs::write(calendar.join("a.toml"), text).unwrap();
    let question =
        format!("due --start 2026-03-02 --term 1 --unit working_day --pack {}", folder.display());
    let answer = json(&question);
    assert_eq!(answer["due"], "2026-03-04");
    assert_eq!(answer["region"], "330000");
    // No day of announcement, no review: it says so.
    assert_eq!(answer["not_reviewed"], true);
    assert_eq!(answer["calendar"][0]["announced"], Value::Null);

    std::fs::write(calendar.join("a.toml"), text.replace("2026-03-03", "2026-02-30")).unwrap();
    let run = clock(&question);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("clock.calendar_file: calendar/a.toml, line 7"), "{}", run.stderr);
    std::fs::remove_dir_all(&folder).unwrap();
}
