//! A test report, as a pack would describe it.

use rules::schema::{Kind, Label, Member, Schema, Shape};
use rules::value::{CodeList, Decimal};
use serde_json::{Value, json};

fn member(name: &str, zh: &str, en: &str, shape: Shape) -> Member {
    Member::new(name, Label::new(zh, en), shape)
}

pub fn schema() -> Schema {
    let codes = |name: &str, codes: &[&str]| CodeList::new(name, codes.iter().copied());
    let results = codes("test-result", &["pass", "fail", "not-judged"]);
    let units = codes("unit", &["mg/kg", "g", "%"]);
    let items = codes("test-item", &["lead", "cadmium", "net-content"]);
    let percent = Shape::Decimal { places: 1, least: Decimal::from(0), most: Decimal::from(100) };
    Schema::new(Kind {
        name: "test-report".to_owned(),
        label: Label::new("检验报告", "Test report"),
        open: vec![
            member("report_no", "报告编号", "Report number", Shape::Text { most: 40 })
                .required()
                .typed(),
            member("result", "结论", "Result", Shape::Code(results.clone())).required().typed(),
            member("issued_on", "签发日期", "Issued on", Shape::Date).required().typed(),
            member("received_at", "收样时刻", "Received at", Shape::Instant).typed(),
            member("samples", "样品数", "Samples", Shape::Integer { least: 1, most: 1000 }).typed(),
            member("water", "水分", "Water", percent).typed(),
            member("accredited", "是否认可", "Accredited", Shape::Boolean).typed(),
            member(
                "items",
                "检验项目",
                "Items",
                Shape::table(
                    vec![
                        member("item", "项目", "Item", Shape::Code(items)).required(),
                        member("value", "实测值", "Value", Shape::quantity(4, units.clone()))
                            .required(),
                        member("limit", "限值", "Limit", Shape::quantity(4, units)),
                        member("verdict", "判定", "Verdict", Shape::Code(results)).required(),
                    ],
                    3,
                ),
            ),
        ],
        personal: vec![
            member("signed_by", "签发人", "Signed by", Shape::Text { most: 20 }).required(),
        ],
    })
    .unwrap()
}

pub fn payload() -> Value {
    json!({
        "open": {
            "report_no": "HB-2026-000123",
            "result": "fail",
            "issued_on": "2026-04-15",
            "received_at": "2026-04-01T09:30:00+08:00",
            "samples": 3,
            "water": 12.5,
            "accredited": true,
            "items": [
                { "item": "lead", "value": { "value": 0.31, "unit": "mg/kg" }, "limit": { "value": 0.2, "unit": "mg/kg" }, "verdict": "fail" },
                { "item": "cadmium", "value": { "value": 0.0999, "unit": "mg/kg" }, "verdict": "pass" }
            ]
        },
        "personal": { "signed_by": "张三" }
    })
}
