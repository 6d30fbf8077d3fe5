//! What is wrong with a payload is told: all of it, where, and what to do.

use serde_json::{Value, json};

use super::report::{payload, schema};

/// A right payload with another value at a pointer.
fn with(pointer: &str, value: Value) -> Value {
    let mut payload = payload();
    let (above, name) = pointer.rsplit_once('/').unwrap();
    match payload.pointer_mut(above).unwrap() {
        Value::Object(members) => {
            members.insert(name.to_owned(), value);
        }
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
        other => panic!("{other}"),
    }
    payload
}

#[test]
fn a_right_payload_has_no_fault() {
    assert_eq!(schema().faults(&payload()), []);
    for (pointer, value) in [
        ("/open/water", json!(0)),
        ("/open/water", json!(100.0)),
        ("/open/water", json!(0.1)),
        ("/open/samples", json!(3.0)),
        ("/open/samples", json!(1e2)),
        ("/open/report_no", json!("质".repeat(40))),
        ("/open/report_no", json!("a\tb\r\nc")),
        ("/open/received_at", json!("2024-02-29T23:59:59.999999-12:00")),
    ] {
        assert_eq!(schema().faults(&with(pointer, value.clone())), [], "{pointer} {value}");
    }
}

#[test]
fn every_fault_says_what_where_and_what_to_do() {
    let long = "质".repeat(41);
    let rows = json!([{}, {}, {}, {}]);
    for (pointer, value, code, en, zh) in [
        ("/open/report_no", json!(null), "rules.value_type", "leave it out", "略去此项"),
        (
            "/open/report_no",
            json!(17),
            "rules.value_type",
            "must be a text in quotes, not a number",
            "应为带引号的文本，现为数字",
        ),
        ("/open/report_no", json!(""), "rules.value_empty", "leave it out", "为空"),
        ("/open/report_no", json!(" \u{3000}"), "rules.value_empty", "leave it out", "为空"),
        (
            "/open/report_no",
            json!(long),
            "rules.value_long",
            "at most 40 are taken, it has 41",
            "最多 40 个，现有 41 个",
        ),
        (
            "/open/report_no",
            json!("a\u{0}b"),
            "rules.text_control",
            "character 2 is the control character U+0000",
            "第 2 个字符",
        ),
        ("/open/report_no", json!("a\u{9f}"), "rules.text_control", "U+009F", "U+009F"),
        ("/open/result", json!("fial"), "rules.code_unknown", "was fail meant?", "是否应为 fail？"),
        ("/open/result", json!("retired"), "rules.code_unknown", "in force on the day", "当日有效"),
        (
            "/open/result",
            json!(["fail"]),
            "rules.value_type",
            "not a list in square brackets",
            "现为方括号中的列表",
        ),
        (
            "/open/issued_on",
            json!("2026-02-30"),
            "rules.date_none",
            "look at the calendar",
            "没有这一日期",
        ),
        (
            "/open/issued_on",
            json!("0026-04-15"),
            "rules.date_years",
            "1900 to 2100",
            "1900 年至 2100 年",
        ),
        (
            "/open/issued_on",
            json!("15.4.2026"),
            "rules.date_form",
            "such as 2026-04-15",
            "年-月-日",
        ),
        (
            "/open/received_at",
            json!("2026-04-15T09:30:00"),
            "rules.instant_form",
            "with its offset",
            "应带时区",
        ),
        (
            "/open/received_at",
            json!("2026-04-15T25:30:00Z"),
            "rules.date_none",
            "no such day or time",
            "没有这一日期或时刻",
        ),
        ("/open/samples", json!(2.5), "rules.number_places", "a whole number", "应为整数"),
        ("/open/samples", json!(0), "rules.number_range", "from 1 to 1000", "1 与 1000 之间"),
        ("/open/samples", json!(1e300), "rules.number_range", "from 1 to 1000", "1 与 1000 之间"),
        (
            "/open/samples",
            json!("3"),
            "rules.value_type",
            "must be a number, not a text",
            "应为数字",
        ),
        ("/open/water", json!(12.55), "rules.number_places", "at most 1 digits", "最多 1 位"),
        (
            "/open/water",
            json!(0.30000000000000004),
            "rules.number_places",
            "at most 1 digits",
            "最多 1 位",
        ),
        ("/open/water", json!(100.1), "rules.number_range", "from 0 to 100", "0 与 100 之间"),
        ("/open/water", json!(-0.1), "rules.number_range", "from 0 to 100", "0 与 100 之间"),
        (
            "/open/accredited",
            json!(1),
            "rules.value_type",
            "must be true or false",
            "应为true 或 false",
        ),
        ("/open/items", json!([]), "rules.value_empty", "leave it out", "为空"),
        (
            "/open/items",
            rows,
            "rules.value_long",
            "at most 3 are taken, it has 4",
            "最多 3 个，现有 4 个",
        ),
        (
            "/open/items",
            json!({}),
            "rules.value_type",
            "a list in square brackets, not an object",
            "现为花括号中的对象",
        ),
        (
            "/open/items/1",
            json!("lead"),
            "rules.value_type",
            "an object in curly brackets",
            "应为花括号中的对象",
        ),
        (
            "/open/items/1/value/unit",
            json!("mg"),
            "rules.code_unknown",
            "the code list unit has no mg",
            "代码表 unit 中没有 mg",
        ),
        (
            "/open/items/1/limits",
            json!(1),
            "rules.member_unknown",
            "was limit meant?",
            "是否应为 limit？",
        ),
        ("/open/signed_by", json!("张三"), "rules.member_unknown", "take it out", "请删除"),
        ("/open", json!("{}"), "rules.value_type", "Open part (/open)", "公开部分（/open）"),
        (
            "/personnel",
            json!({}),
            "rules.member_unknown",
            "was personal meant?",
            "是否应为 personal？",
        ),
    ] {
        let faults = schema().faults(&with(pointer, value.clone()));
        let [fault] = &*faults else { panic!("{pointer} {value}: {faults:?}") };
        assert_eq!((fault.pointer.as_str(), fault.code()), (pointer, code), "{fault}");
        let shown = fault.to_string();
        assert!(shown.contains(en) && shown.contains(pointer), "{shown}");
        assert!(fault.zh().contains(zh) && fault.zh().contains(pointer), "{}", fault.zh());
    }
}

#[test]
fn all_faults_are_told_in_order() {
    let faults = schema().faults(&json!({
        "open": { "result": "", "items": [{ "value": { "value": "1" } }, 5], "x/y~z": 1 },
    }));
    let shown: Vec<String> = faults.iter().map(|f| format!("{} {}", f.pointer, f.code())).collect();
    assert_eq!(
        shown,
        [
            "/open/report_no rules.member_missing",
            "/open/result rules.code_unknown",
            "/open/issued_on rules.member_missing",
            "/open/items/0/item rules.member_missing",
            "/open/items/0/value/value rules.value_type",
            "/open/items/0/value/unit rules.member_missing",
            "/open/items/0/verdict rules.member_missing",
            "/open/items/1 rules.value_type",
            "/open/x~1y~0z rules.member_unknown",
            "/personal rules.member_missing",
        ]
    );
    assert_eq!(faults[0].to_string(), "Report number (/open/report_no): it is missing; give it");
    assert_eq!(faults[0].zh(), "报告编号（/open/report_no）：缺少此项；请填写");
    for not_an_object in [json!(null), json!([]), json!("{}"), json!(1), json!(true)] {
        let faults = schema().faults(&not_an_object);
        assert_eq!(faults.len(), 1);
        assert!(faults[0].to_string().starts_with("Test report (/): it "), "{}", faults[0]);
    }
}

#[test]
fn hostile_payloads_are_answered_shortly() {
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    let faults = schema().faults(&with("/open/items", deep.clone()));
    assert_eq!(faults.len(), 1, "what lies deeper is not looked at");
    let faults = schema().faults(&with("/open/deep", deep));
    assert_eq!(faults[0].code(), "rules.member_unknown");
    let many: serde_json::Map<String, Value> =
        (0..5000).map(|n| (format!("m{n}"), json!(n))).collect();
    let faults = schema().faults(&json!({ "open": many, "personal": { "signed_by": "a" } }));
    assert_eq!(faults.len(), 1001);
    assert_eq!(faults[1000].code(), "rules.faults_more");
    let faults = schema().faults(&with("/open/result", json!("x".repeat(1 << 20))));
    assert!(faults[0].to_string().len() < 300);
    let faults = schema().faults(&with(&format!("/open/{}", "质".repeat(1 << 20)), json!(1)));
    assert!(faults[0].to_string().len() < 400);
}
