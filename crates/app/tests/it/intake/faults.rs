//! What can be wrong with one record, and how it is told.

use app::Fault;
use model::{Draft, Timestamp};
use serde_json::{Value, json};

use crate::support::*;

/// The fault of a text that is no draft.
fn unread(text: impl AsRef<[u8]>) -> (Fault, String) {
    let fault = Fault::from(Draft::parse(text.as_ref()).unwrap_err());
    let said = check(vec![fault.clone()]).remove(0).en;
    (fault, said)
}

#[test]
fn what_is_no_json_of_a_record() {
    let good = inspection(1).to_string();
    Draft::parse(good.as_bytes()).unwrap();
    let twice = good.replacen('{', r#"{"kind": "inspection", "#, 1);
    let (fault, said) = unread(&twice);
    assert!(fault.code == "record.json" && said.contains("comes twice"), "{said}");
    assert_eq!(fault.pointer, "/kind");
    let inner = good.replacen(r#""sort":"#, r#""result": "pass", "sort":"#, 1);
    assert_eq!(unread(&inner).0.pointer, "/open/result");
    let mut bytes = good.clone().into_bytes();
    let at = good.find("daily").unwrap();
    bytes[at] = 0xFF;
    assert_eq!(unread(&bytes).0.code, "record.json");
    // Surrogates by halves, too.
    let halves = good.replacen("daily", "\\ud800", 1);
    assert_eq!(unread(&halves).0.code, "record.json");
    let deep = format!("{}{}", "[".repeat(64), "]".repeat(64));
    let deep = good.replacen("\"daily\"", &deep, 1);
    let (fault, said) = unread(&deep);
    assert!(fault.code == "record.json" && said.contains("nested more than 32 levels"), "{said}");
    // Deep enough to end a stack, too.
    let deeper = "[".repeat(900_000);
    assert_eq!(unread(&deeper).0.code, "record.json");
    let huge = good.replacen("daily", &"x".repeat(200 << 20), 1);
    let (fault, said) = unread(&huge);
    assert!(fault.code == "record.too_large" && said.contains("1048576"), "{said}");
    for cut in [1, good.len() / 2, good.len() - 1] {
        assert_eq!(unread(&good[..cut]).0.code, "record.json");
    }
    for (wrong, pointer) in [
        (with(inspection(1), "/colour", "red"), "/colour"),
        (with(inspection(1), "/id", "1"), "/id"),
        (with(inspection(1), "/id", "00000000-0000-4000-8000-000000000000"), "/id"),
        (with(inspection(1), "/kind", Value::Null), "/kind"),
        (with(inspection(1), "/valid_at", "yesterday"), "/valid_at"),
        (with(inspection(1), "/subjects", "uscc:1"), "/subjects"),
        (with(inspection(1), "/subjects/0/id", "no colon"), "/subjects/0/id"),
        (with(inspection(1), "/open", json!([1])), "/open"),
        (with(inspection(1), "/personal", json!([{ "person": "p" }])), "/personal/0/fields"),
        (with(inspection(1), "/corrects", 7), "/corrects"),
    ] {
        let (fault, said) = unread(wrong.to_string());
        assert_eq!((fault.code, fault.pointer.as_str()), ("record.field", pointer), "{said}");
    }
}

#[test]
fn every_fault_says_where_and_what_to_do() {
    on_both(|home| {
        let system = home.open();
        let now = system.clock().now().micros();
        let hours = |hours: i64| Timestamp::from_micros(now + hours * 3_600_000_000).to_string();
        let subjects = |list: Value| with(inspection(1), "/subjects", list);
        let shop = json!({ "role": "inspected", "id": "shop:1" });
        let on = |day: &str| format!("{day}T09:00:00+08:00");
        let cases: Vec<(Value, Vec<(&str, &str)>)> = vec![
            (with(inspection(1), "/kind", "inspektion"), vec![("record.kind", "/kind")]),
            (with(inspection(1), "/region", "429999"), vec![("record.region", "/region")]),
            // 京山县 became 京山市 under another code on 2018-02-24.
            (with(inspection(1), "/region", "420821"), vec![("record.region", "/region")]),
            (
                with(with(inspection(1), "/region", "420882"), "/valid_at", on("2018-02-23")),
                vec![("record.region", "/region")],
            ),
            (with(inspection(1), "/valid_at", hours(27)), vec![("record.future", "/valid_at")]),
            (
                with(with(inspection(1), "/valid_at", on("1949-09-30")), "/region", "none"),
                vec![("record.past", "/valid_at")],
            ),
            (with(inspection(1), "/office", "429999"), vec![("record.office", "/office")]),
            (with(inspection(1), "/source", "x".repeat(201)), vec![("record.source", "/source")]),
            (
                with(inspection(1), "/withdraws", new_id().to_string()),
                vec![("record.withdraws", "/withdraws")],
            ),
            (subjects(json!([])), vec![("record.role_missing", "/subjects")]),
            (
                subjects(json!([shop, { "role": "inspected", "id": "shop:2" }])),
                vec![("record.role_twice", "/subjects")],
            ),
            (
                subjects(json!([shop, { "role": "buyer", "id": "shop:2" }])),
                vec![("record.role", "/subjects/1/role")],
            ),
            (
                subjects(json!([shop, { "role": "officer", "id": "person:o-1" },
                    { "role": "officer", "id": "person:o-1" }])),
                vec![("record.subject_twice", "/subjects/2")],
            ),
            (
                subjects(json!([{ "role": "inspected", "id": "uscc:914201001777000028" }])),
                vec![("codes.check_digit", "/subjects/0/id")],
            ),
            (
                subjects(json!([shop, { "role": "product", "id": "gtin:06901234567893" }])),
                vec![("codes.check_digit", "/subjects/1/id")],
            ),
            (
                subjects(json!([shop, { "role": "product", "id": "uscc:914201001777000029" }])),
                vec![("pack.identify_scheme", "/subjects/1/id")],
            ),
        ];
        for (record, expected) in cases {
            let found = home.refused(&system, &record);
            let found: Vec<_> = found.iter().map(|(code, at)| (*code, at.as_str())).collect();
            assert_eq!(found, expected, "{record}");
        }
        // What a code was called, where it was one on another day.
        let retired = &home.faults(&system, &with(inspection(1), "/region", "420821"))[0];
        assert!(retired.en.contains("京山县") && retired.zh.contains("京山县"), "{retired:?}");
        assert!(retired.en.contains("2024-03-01"), "{retired:?}");
        // On its own day it is right; and so is what happened abroad, and what a clock that is
        // some hours ahead says.
        for (number, right) in (10..).zip([
            with(with(inspection(10), "/region", "420821"), "/valid_at", on("2018-02-23")),
            with(inspection(11), "/region", "none"),
            with(inspection(12), "/valid_at", hours(25)),
        ]) {
            home.send(&system, &right).unwrap_or_else(|e| panic!("{number}: {e}"));
        }
    });
}

#[test]
fn payloads_are_checked_as_their_kind_says() {
    on_each(&[false], |home| {
        let system = home.open();
        let mut wrong = with(inspection(1), "/open/colour", "red");
        wrong["open"]["sort"] = "nightly".into();
        wrong["open"]["minor_count"] = json!(-1);
        wrong["open"]["inspected_on"] = "2024-02-30".into();
        wrong["open"].as_object_mut().unwrap().remove("result");
        wrong["region"] = "429999".into();
        wrong["subjects"] = json!([{ "role": "buyer", "id": "shop:1" }]);
        let mut found = home.refused(&system, &wrong);
        found.sort_unstable_by(|a, b| a.1.cmp(&b.1));
        let at: Vec<_> = found.iter().map(|(_, at)| at.as_str()).collect();
        // Everything at once.
        assert_eq!(
            at,
            [
                "/open/colour",
                "/open/inspected_on",
                "/open/minor_count",
                "/open/result",
                "/open/sort",
                "/region",
                "/subjects",
                "/subjects/0/role",
            ],
            "{found:?}"
        );
        let long = with(inspection(1), "/open/inspection_no", "x".repeat(100_000));
        assert_eq!(home.refused(&system, &long)[0].1, "/open/inspection_no");
        // What belongs to a person does not go into the open part, nor the other way round.
        let open = with(complaint("T-1", "p"), "/open/complainant_name", "王小明");
        assert_eq!(home.refused(&system, &open)[0].1, "/open/complainant_name");
        let personal = with(complaint("T-1", "p"), "/personal/0/fields/channel", "visit");
        assert_eq!(home.refused(&system, &personal)[0].1, "/personal/0/fields/channel");
    });
}

#[test]
fn the_parts_of_several_persons_are_each_checked() {
    on_each(&[false], |home| {
        let system = home.open();
        let part = |person: &str, fields: Value| json!({ "person": person, "fields": fields });
        let of = |parts: Vec<Value>| with(complaint("T-1", "p"), "/personal", parts);
        let right = json!({ "text": "水壶漏电", "complainant_name": "王小明" });
        // What one of them says right does not cover what another says wrong.
        let wrong = json!({ "complainant_name": 5 });
        for (parts, pointer) in [
            (
                vec![part("a", wrong.clone()), part("b", right.clone())],
                "/personal/0/fields/complainant_name",
            ),
            (
                vec![part("a", right.clone()), part("b", wrong)],
                "/personal/1/fields/complainant_name",
            ),
            (
                vec![part("a", right.clone()), part("b", json!({ "colour": "red" }))],
                "/personal/1/fields/colour",
            ),
        ] {
            let found = home.refused(&system, &of(parts));
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!(found[0].1, pointer);
        }
        let missing = of(vec![part("a", json!({ "text": "水壶漏电" })), part("b", json!({}))]);
        assert_eq!(home.refused(&system, &missing)[0].1, "/personal/0/fields/complainant_name");
        let twice = of(vec![part("a", right.clone()), part("a", json!({ "text": "又坏了" }))]);
        let found = home.refused(&system, &twice);
        assert_eq!(found, [("record.person_twice", "/personal/1/person".to_owned())]);
        let long = of(vec![part(&"x".repeat(101), right.clone())]);
        let found = home.refused(&system, &long);
        assert_eq!(found, [("record.person", "/personal/0/person".to_owned())]);
        let both = of(vec![part("a", right), part("b", json!({ "complainant_phone": "1" }))]);
        home.send(&system, &both).unwrap();
    });
}
