//! Payloads against the kinds of the pack, on the day that they are of.

use clock::Date;
use pack::{FaultCode, Pack};
use rules::schema::Problem;
use serde_json::{Value, json};

use crate::small::Files;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn hubei() -> Pack {
    Pack::load(testkit::hubei_pack()).unwrap()
}

fn told(pack: &Pack, kind: &str, on: &str, payload: &Value) -> Vec<(String, String, String)> {
    let faults = pack.payload_faults(kind, day(on), payload).unwrap();
    faults.iter().map(|f| (f.code().to_owned(), f.to_string(), f.zh())).collect()
}

fn one(pack: &Pack, kind: &str, on: &str, payload: &Value) -> (String, String, String) {
    let told = told(pack, kind, on, payload);
    let [fault] = told.as_slice() else { panic!("{told:#?}") };
    fault.clone()
}

fn report() -> Value {
    json!({
        "open": {
            "report_no": "2026-0017",
            "issued_on": "2026-11-20",
            "result": "fail",
            "programme": "supervision",
            "items": [{
                "item": "铅",
                "limit": { "value": 0.5, "unit": "mg/kg" },
                "value": { "value": 0.71, "unit": "mg/kg" },
                "verdict": "fail",
            }],
        },
        "personal": { "signatory": "王某" },
    })
}

#[test]
fn every_kind_has_a_schema_on_every_day() {
    let pack = hubei();
    for kind in pack.kinds() {
        for on in ["1949-10-01", "2019-12-31", "2025-12-24", "2025-12-25", "2026-11-23"] {
            let schema = pack.schema(&kind.id, day(on)).unwrap();
            assert_eq!((schema.name(), &schema.label().zh), (kind.id.as_str(), &kind.label.zh));
            let typed = kind.fields.iter().filter(|field| field.typed).map(|f| f.name.as_str());
            let fields: Vec<&str> = schema.fields().iter().map(|field| field.name()).collect();
            assert_eq!(fields, typed.collect::<Vec<_>>(), "{}", kind.id);
            let all = pack.filter_fields(&kind.id).unwrap();
            assert!(all.iter().map(|field| field.name()).eq(fields), "{}", kind.id);
        }
        let says = kind.count.as_ref().is_some_and(|count| count.bad.is_some());
        assert_eq!(pack.bad(&kind.id).is_some(), says, "{}", kind.id);
    }
    assert!(pack.schema("nothing", day("2026-11-23")).is_none());
    assert!(pack.payload_faults("nothing", day("2026-11-23"), &json!({})).is_none());
    assert!(pack.filter_fields("nothing").is_none() && pack.bad("nothing").is_none());
}

#[test]
fn right_payloads_pass() {
    let pack = hubei();
    let organization = json!({ "open": {
        "name": "荆门某食品有限公司",
        "organization_type": "enterprise",
        "status": "active",
        "industry": "C14",
    } });
    assert_eq!(told(&pack, "organization", "2026-11-23", &organization), []);
    assert_eq!(told(&pack, "test-report", "2026-11-23", &report()), []);
    let row = pack.schema("test-report", day("2026-11-23")).unwrap().row(&report());
    assert!(pack.bad("test-report").unwrap().holds(row.as_slice()));
}

#[test]
fn a_division_holds_on_its_days() {
    let pack = hubei();
    let product = |origin: &str| json!({ "open": { "name": "大米", "origin": origin } });
    let schema = pack.schema("product", day("2026-11-23")).unwrap();
    let faults = |on: &str, origin: &str| {
        let mut told = told(&pack, "product", on, &product(origin));
        let others = schema.faults(&product(origin)).len();
        told.drain(..others);
        told
    };
    assert_eq!(faults("2026-11-23", "420882"), []);
    assert_eq!(faults("2026-11-23", "none"), []);
    assert_eq!(faults("2017-11-23", "420821"), []);
    let text = |of: &(String, String, String)| (of.0.clone(), of.1.clone(), of.2.clone());
    let expected = |en: &str, zh: &str| {
        let (en, zh) =
            (format!("Origin (/open/origin): {en}"), format!("产地（/open/origin）：{zh}"));
        ("pack.region".to_owned(), en, zh)
    };
    assert_eq!(
        text(&faults("2026-11-23", "420821")[0]),
        expected(
            "the division 420821 is over on 2026-11-23; give 420882",
            "2026-11-23 行政区划 420821 已撤销；请改填 420882"
        )
    );
    assert_eq!(
        text(&faults("2017-11-23", "420882")[0]),
        expected(
            "the division 420882 is not in force on 2017-11-23; give the one that is",
            "2017-11-23 行政区划 420882 不在有效期内；请填写当日有效的代码"
        )
    );
    assert_eq!(
        text(&faults("2026-11-23", "429999")[0]),
        expected(
            "there is no division 429999; give its code of six digits, or none for what lies abroad",
            "没有行政区划 429999；请填写六位行政区划代码，境外填 none"
        )
    );
    // What the schema tells is not told again.
    assert_eq!(faults("2026-11-23", "4208820000000"), []);
    assert_eq!(faults("2026-11-23", " "), []);
    let number = json!({ "open": { "name": "大米", "origin": 420_882 } });
    assert_eq!(
        pack.payload_faults("product", day("2026-11-23"), &number).unwrap(),
        schema.faults(&number)
    );
}

#[test]
fn an_industry_holds_in_its_edition() {
    let pack = hubei();
    let organization = |industry: &str| {
        json!({ "open": {
            "name": "甲", "organization_type": "enterprise", "status": "active", "industry": industry,
        } })
    };
    assert_eq!(told(&pack, "organization", "2026-11-23", &organization("C")), []);
    assert_eq!(
        one(&pack, "organization", "2026-11-23", &organization("C99")),
        (
            "pack.industry".to_owned(),
            "Industry (/open/industry): there is no industry C99; give a section or division of \
             GB/T 4754, such as C or C14"
                .to_owned(),
            "行业（/open/industry）：没有行业 C99；请按 GB/T 4754 填写门类或大类，如 C 或 C14"
                .to_owned(),
        )
    );
    // 79 was of section O in the edition of 2011, and is of N now.
    let (code, en, zh) = one(&pack, "organization", "2026-11-23", &organization("O79"));
    assert_eq!(code, "pack.industry");
    assert!(en.contains("O79 is not in force on 2026-11-23; give one of the edition"), "{en}");
    assert!(zh.contains("行业 O79 不在有效期内；请按"), "{zh}");
}

#[test]
fn a_reference_names_what_it_should() {
    let pack = hubei();
    let schema = pack.schema("standard", day("2026-11-23")).unwrap();
    let standard = |replaces: Value| json!({ "open": { "replaces": replaces } });
    let faults = |replaces: Value| {
        let payload = standard(replaces);
        let found = pack.payload_faults("standard", day("2026-11-23"), &payload).unwrap();
        found.into_iter().skip(schema.faults(&payload).len()).collect::<Vec<_>>()
    };
    assert_eq!(faults(json!(["standard:GB/T 19001-2008", "iso:9001"])), []);
    let found = faults(json!(["standard:GB 2762-2017", "GB 2762-2017"]));
    let [fault] = found.as_slice() else { panic!("{found:#?}") };
    assert_eq!((fault.code(), fault.pointer.as_str()), ("pack.reference", "/open/replaces/1"));
    assert!(fault.to_string().starts_with("Replaces (/open/replaces/1): standard: "), "{fault}");
    let zh = fault.zh();
    assert!(zh.contains("“GB 2762-2017”不是标准的标识；请填写以下一种："), "{zh}");
    // Of a scheme that names something else.
    let found = faults(json!(["6901234567892"]));
    assert!(
        found[0].to_string().contains("which names none of standard; give a code of"),
        "{found:?}"
    );
    // Of very many, the last says that there are more.
    let wrong: Vec<Value> = (0..1_000).map(|n| json!(format!("{n}x{n}"))).collect();
    let found =
        pack.payload_faults("standard", day("2026-11-23"), &standard(wrong.into())).unwrap();
    assert_eq!(found.len(), 1_001);
    assert_eq!(found[1_000].problem, Problem::More { told: 1_000 });
}

#[test]
fn a_code_holds_until_its_last_day() {
    let pack = Files::small().pack();
    let report = |result: &str| json!({ "open": { "report_no": "1", "result": result } });
    assert_eq!(told(&pack, "report", "2019-12-31", &report("old")), []);
    assert_eq!(
        one(&pack, "report", "2020-01-01", &report("old")),
        (
            "rules.code_unknown".to_owned(),
            "Result (/open/result): the code list result has no old; take one that is in force on \
             the day"
                .to_owned(),
            "结论（/open/result）：代码表 result 中没有 old；请从表中选取当日有效的代码".to_owned(),
        )
    );
    // One schema an era, whoever asks.
    let on = |text: &str| pack.schema("report", day(text)).unwrap();
    assert!(std::sync::Arc::ptr_eq(&on("1999-01-01"), &on("2019-12-31")));
    assert!(std::sync::Arc::ptr_eq(&on("2020-01-01"), &on("2026-01-01")));
    assert!(!std::sync::Arc::ptr_eq(&on("2019-12-31"), &on("2020-01-01")));
}

#[test]
fn a_list_without_codes_on_a_day_takes_none() {
    let files = Files::small().with(
        "lists/all.toml",
        "code = \"mg/kg\", zh",
        "code = \"mg/kg\", from = 2020-01-01, zh",
    );
    let pack = files.pack();
    let report = json!({ "open": {
        "report_no": "1", "items": [{ "value": { "value": 1, "unit": "mg/kg" } }],
    } });
    assert_eq!(told(&pack, "report", "2020-01-01", &report), []);
    assert_eq!(one(&pack, "report", "2019-12-31", &report).0, "rules.code_unknown");
    assert_eq!(told(&pack, "report", "2019-12-31", &json!({ "open": { "report_no": "1" } })), []);
}

#[test]
fn bounds_are_those_of_the_pack() {
    let files = Files::small().with("kinds/report.toml", "most = 100\n", "least = 2\nmost = 3\n");
    let pack = files
        .with(
            "kinds/report.toml",
            "type = { quantity = \"unit\" }",
            "type = \"decimal\"\nleast = 0\nmost = 1000000000000",
        )
        .pack();
    let faults = |values: &[Value]| {
        let items: Vec<Value> = values.iter().map(|value| json!({ "value": value })).collect();
        let payload = json!({ "open": { "report_no": "1", "items": items } });
        let told = told(&pack, "report", "2026-11-23", &payload);
        told.into_iter().map(|fault| fault.0).collect::<Vec<_>>()
    };
    assert_eq!(faults(&[json!(1), json!(1_000_000_000_000_i64)]), Vec::<String>::new());
    assert_eq!(faults(&[json!(1)]), ["rules.value_short"]);
    assert_eq!(faults(&[json!(1), json!(2), json!(3), json!(4)]), ["rules.value_long"]);
    assert_eq!(faults(&[json!(-1), json!(0.25)]), ["rules.number_range"]);
    // Thirteen digits before the point leave two behind it.
    assert_eq!(faults(&[json!(0.125), json!(0.25)]), ["rules.number_places"]);
}

#[test]
fn a_field_that_no_filter_can_name_is_told() {
    let files = Files::small().with("kinds/report.toml", "name = \"items\"", "name = \"missing\"");
    assert!(files.faults().is_empty(), "{:#?}", files.faults());
    let files = Files::small().with("kinds/product.toml", "name = \"name\"", "name = \"missing\"");
    let faults = files
        .with("kinds/product.toml", "public = [\"name\"]", "public = [\"missing\"]")
        .with("kinds/report.toml", "product.name", "product.missing")
        .faults();
    let [fault] = faults.as_slice() else { panic!("{faults:#?}") };
    assert_eq!((fault.code, fault.file.as_str()), (FaultCode::BadValue, "kinds/product.toml"));
    assert!(fault.what.contains("no record of product can be checked"), "{fault}");
    assert_eq!(fault.remedy, "choose another");
}
