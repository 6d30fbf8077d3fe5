//! Statistical reports: what they count, what has to agree, what is locked and amended.

use app::report::{Locked, Of, Return, Standing};
use app::{Principal, Rejection, System};
use model::Timestamp;
use pack::Period;
use serde_json::{Value, json};

use crate::people::support::{Staff, WUCHANG, WUHAN};
use crate::support::*;

fn period(text: &str) -> Period {
    text.parse().unwrap()
}

fn of<'a>(report: &'a str, at: &str, office: &'a str) -> Of<'a> {
    Of { report, period: period(at), office }
}

/// A complaint with a number of its own.
fn about(number: u64, region: &str, category: &str) -> Value {
    let record = complaint(&format!("T-{number}"), &format!("p-{number}"));
    with(with(record, "/region", region), "/open/category", category)
}

fn returned(home: &Home, system: &System, who: &Principal, of: Of<'_>) -> Return {
    let known = home.size(system);
    home.run(system.statistical_return(who, of, Some(known))).unwrap()
}

fn figure(found: &Return, row: &str, column: &str) -> String {
    let table = &found.table;
    let row = table.rows.iter().position(|head| head.id == row).unwrap();
    table.figure(row, table.column(column).unwrap())
}

fn code(rejection: &Rejection) -> &'static str {
    rejection.faults()[0].code
}

#[test]
fn complaints_are_counted_by_category_and_division() {
    on_both(|home| {
        let system = home.open();
        let mut sent = vec![
            with(about(1, "420106", "quality"), "/open/amount", 100.5),
            with(with(about(2, "420106", "food"), "/open/injured", true), "/open/amount", 0.05),
            about(3, "420102", "quality"),
            about(4, "420502", "quality"),
            // China's first of April is another period, its last of March is not.
            with(about(5, "420106", "price"), "/valid_at", "2024-03-31T15:59:59Z"),
            with(about(6, "420106", "price"), "/valid_at", "2024-03-31T16:00:00Z"),
            // In no division below the city's.
            about(7, "420100", "other"),
        ];
        for record in &sent {
            home.send(&system, record).unwrap();
        }
        // What was corrected counts as corrected, what was withdrawn not at all.
        let corrected = correcting(about(3, "420102", "metering"), id_of(&sent[2]));
        home.send(&system, &corrected).unwrap();
        sent.push(about(8, "420106", "quality"));
        home.send(&system, &sent[7]).unwrap();
        home.withdraw(&system, id_of(&sent[7])).unwrap();

        let march =
            |office| returned(home, &system, operator(), of("complaints", "2024-03", office));
        let wuhan = march(WUHAN);
        let cell = |row: &str, column: &str| figure(&wuhan, row, column);
        assert_eq!(cell("total", "total"), "5");
        assert_eq!((cell("420106", "total"), cell("420102", "total")), ("3".into(), "1".into()));
        assert_eq!(cell("420106", "category.food"), "1");
        assert_eq!(
            (cell("420102", "category.metering"), cell("420102", "category.quality")),
            ("1".into(), "0".into())
        );
        assert_eq!(
            (cell("420106", "amount"), cell("total", "amount")),
            ("100.55".into(), "100.55".into())
        );
        assert_eq!(
            (cell("420106", "injured_share"), cell("420103", "injured_share")),
            ("33.33".into(), "-".into())
        );
        assert_eq!(cell("total", "injured_share"), "20.00");
        assert_eq!(cell("-", "category.other"), "1");
        assert!(wuhan.verdicts.iter().filter(|v| v.must).all(|v| v.holds == Some(true)));
        assert!(wuhan.verdicts.iter().any(|v| v.check == "jump" && v.holds == Some(true)));
        // The province has its cities; a county itself; a quarter its months.
        let province = march("420000");
        assert_eq!(figure(&province, "total", "total"), "6");
        assert_eq!(
            (figure(&province, WUHAN, "total"), figure(&province, "420500", "total")),
            ("5".into(), "1".into())
        );
        assert_eq!(figure(&march(WUCHANG), WUCHANG, "total"), "3");
        let quarter = returned(home, &system, operator(), of("complaints", "2024-Q1", WUHAN));
        assert_eq!(figure(&quarter, "total", "total"), "5");
        let april = returned(home, &system, operator(), of("complaints", "2024-04", WUHAN));
        assert_eq!(figure(&april, "total", "total"), "1");
        // As of when less was known.
        let early = system.statistical_return(
            operator(),
            of("complaints", "2024-03", WUHAN),
            Some(wuhan.as_of.known - 9),
        );
        let early = figure(&home.run(early).unwrap(), "total", "total");
        assert!(early.parse::<u64>().unwrap() < 5, "{early}");
        // Three working days after March: the first to the third of April 2024.
        assert_eq!(march(WUCHANG).due.map(|day| day.to_string()).as_deref(), Some("2024-04-03"));
    });
}

#[test]
fn results_are_counted_by_what_the_register_says_of_the_product() {
    on_both(|home| {
        let system = home.open();
        let product = |gtin: &str, category: &str, at: &str| {
            json!({
                "id": new_id().to_string(), "kind": "product", "region": "420102", "valid_at": at,
                "source": "test", "subjects": [{ "role": "product", "id": gtin }],
                "open": { "name": "水壶", "category": category },
            })
        };
        const OTHER_GTIN: &str = "gtin:06901234567908";
        for record in [
            product(GTIN, "furniture", "2024-01-01T00:00:00Z"),
            // The latest within the period says what it is, not one that came after.
            product(GTIN, "household-appliance", "2024-02-01T00:00:00Z"),
            product(GTIN, "toys", "2024-05-01T00:00:00Z"),
        ] {
            home.send(&system, &record).unwrap();
        }
        let at: Timestamp = "2024-03-02T00:00:00Z".parse().unwrap();
        let send = |number: &str, change: &dyn Fn(Value) -> Value| {
            let record = change(test_report(number, &format!("s-{number}"), at));
            home.send(&system, &record).unwrap();
        };
        send("R-1", &|record| record);
        send("R-2", &|record| with(record, "/open/result", "fail"));
        // Of a product that nobody registered; outside of the programme; outside of the period.
        send("R-3", &|mut record| {
            record["subjects"][1]["id"] = OTHER_GTIN.into();
            record
        });
        send("R-4", &|record| with(record, "/open/programme", "commissioned"));
        send("R-5", &|record| with(record, "/open/issued_on", "2024-04-01"));
        let found =
            returned(home, &system, operator(), of("sampling-results", "2024-03", "420000"));
        let cell = |row: &str, column: &str| figure(&found, row, column);
        assert_eq!(cell("total", "tested"), "3");
        assert_eq!(cell("household-appliance", "tested"), "2");
        assert_eq!((cell("furniture", "tested"), cell("toys", "tested")), ("0".into(), "0".into()));
        assert_eq!(
            (cell("-", "tested"), cell("total", "failed_share")),
            ("1".into(), "33.33".into())
        );
        assert_eq!(
            (
                cell("household-appliance", "result.fail"),
                cell("household-appliance", "failed_share")
            ),
            ("1".into(), "50.00".into())
        );
        assert!(found.verdicts.iter().filter(|v| v.must).all(|v| v.holds == Some(true)));
    });
}

#[test]
fn a_locked_return_never_changes_and_an_amended_one_says_what_did() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let (_, city) = staff.officer("city", "city-officer", WUHAN);
        let (_, other) = staff.officer("other", "city-officer", "420500");
        home.send(&system, &about(1, "420106", "quality")).unwrap();
        let march = of("complaints", "2024-03", WUHAN);
        let open = returned(home, &system, &city, march);
        assert!(open.locked.is_none() && open.may_be_locked(staff.now.day_in_china()));
        let denied = home.run(system.lock_return(&other, march, "")).unwrap_err();
        assert!(code(&denied).starts_with("door."), "{denied}");
        let denied = home.run(system.statistical_return(&other, march, None)).unwrap_err();
        assert!(code(&denied).starts_with("door."), "{denied}");
        let early = home.run(system.amend_return(&city, march, "漏报", "")).unwrap_err();
        assert_eq!(code(&early), "report.open");
        let receipt = home.run(system.lock_return(&city, march, "")).unwrap();
        let locked = returned(home, &system, &city, march);
        let lock = locked.locked.clone().unwrap();
        assert_eq!((lock.record, lock.account.as_str()), (receipt.id, city.account.as_str()));
        assert_eq!(lock.table.text(), open.table.text());
        assert!(locked.differs.is_none());
        let twice = home.run(system.lock_return(&city, march, "")).unwrap_err();
        assert_eq!(code(&twice), "report.locked");
        let same = home.run(system.amend_return(&city, march, "核对", "")).unwrap_err();
        assert_eq!(code(&same), "report.same");

        // One that comes late changes nothing that is locked, and is seen.
        home.send(&system, &about(2, "420102", "food")).unwrap();
        let late = returned(home, &system, &city, march);
        assert_eq!(late.table.text(), open.table.text());
        assert_eq!(figure(&late, "total", "total"), "1");
        assert!(late.differs.is_some());
        assert!(home.run(system.recomputed(&city, march, &lock)).unwrap());
        let nothing = home.run(system.amend_return(&city, march, " ", "")).unwrap_err();
        assert_eq!(code(&nothing), "report.reason");
        home.run(system.amend_return(&city, march, "补报一件", "")).unwrap();
        let amended: Locked = returned(home, &system, &city, march).locked.unwrap();
        assert_eq!(
            (amended.corrects, amended.reason.as_deref()),
            (Some(lock.record), Some("补报一件"))
        );
        let said = |row: &str, column: &str| {
            let change = amended.changes.iter().find(|c| c.row == row && c.column == column);
            change.map(|change| (change.before.as_str(), change.after.as_str()))
        };
        assert_eq!(said("total", "total"), Some(("1", "2")));
        assert_eq!(said("420102", "category.food"), Some(("0", "1")));
        assert_eq!(said("420106", "total"), None);
        let history = home.run(system.history_of_return(&amended)).unwrap();
        assert_eq!(
            history.iter().map(|l| l.record).collect::<Vec<_>>(),
            [amended.record, lock.record]
        );
        // Both are computed again to the byte, also after the readings were made anew.
        home.run(system.rebuild()).unwrap();
        for locked in &history {
            assert!(home.run(system.recomputed(&city, march, locked)).unwrap());
        }
        // Asked as of before it was amended it is what it was.
        let before = home.run(system.statistical_return(&city, march, Some(receipt.position + 1)));
        assert_eq!(before.unwrap().locked.unwrap().record, lock.record);
        let due =
            home.run(system.returns_due(&city, WUHAN, period("2024-04").first_day())).unwrap();
        let own =
            due.iter().find(|d| d.report == "complaints" && d.period == march.period).unwrap();
        assert_eq!(own.standing, Standing::Amended);
        assert!(due.iter().any(|d| d.standing == Standing::Running));
    });
}

#[test]
fn what_must_agree_and_what_is_to_be_explained_holds_a_lock_up() {
    on_both(|home| {
        let system = home.open();
        // Far more than three times the month before and a hundred more.
        let many: Vec<Value> = (0..102).map(|n| about(n, "420106", "quality")).collect();
        home.send_all(&system, &many, None).unwrap();
        let march = of("complaints", "2024-03", WUHAN);
        let refused = home.run(system.lock_return(operator(), march, "")).unwrap_err();
        assert_eq!(
            (code(&refused), refused.faults()[0].pointer.as_str()),
            ("report.explain", "/explained")
        );
        home.run(system.lock_return(operator(), march, "平台集中转来")).unwrap();
        let locked = returned(home, &system, operator(), march).locked.unwrap();
        assert_eq!(locked.explained.as_deref(), Some("平台集中转来"));
        let now = system.clock().now().day_in_china();
        let running = Period::of(pack::PeriodSort::Month, now).unwrap();
        let running = Of { period: running, ..march };
        let refused = home.run(system.lock_return(operator(), running, "x")).unwrap_err();
        assert_eq!(code(&refused), "report.running");
        for (wrong, expected) in [
            (of("nonsense", "2024-03", WUHAN), "report.unknown"),
            (of("complaints", "2019-03", WUHAN), "report.period"),
            (of("complaints", "2024-03", "999999"), "report.office"),
        ] {
            let refused = home.run(system.statistical_return(operator(), wrong, None)).unwrap_err();
            assert_eq!(code(&refused), expected);
        }
        // Nobody writes a return by hand.
        let forged = json!({
            "id": new_id().to_string(), "kind": "statistical-return", "region": WUHAN,
            "valid_at": day(1), "source": "test", "subjects": [],
            "open": { "report": "complaints", "period": "2024-02", "reporting_office": WUHAN, "known": 0,
                "pack_digest": "x", "rows": ["total 合计"], "columns": ["total/0 x"], "cells": ["9"] },
        });
        assert_eq!(home.refused(&system, &forged)[0].0, "record.own_kind");
    });
}
