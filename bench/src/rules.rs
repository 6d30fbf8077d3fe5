//! Figures of the crate `rules`.

use std::error::Error;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use clock::Date;
use rules::filter::{Field, Fields, Filter, Type};
use rules::guard::{Declarations, Facts, Guard};
use rules::schema::{Kind, Label, Member, Schema, Shape};
use rules::value::{CodeList, Decimal, Value, years};
use serde_json::json;

use crate::report::{Measurement, timed};

/// Guards and filters evaluated, and payloads checked; beside them an interpreter of CEL, the same
/// condition written in Rust, and a validator of JSON Schema.
pub fn run(_args: &[String]) -> Result<(), Box<dyn Error>> {
    guards()?;
    filters()?;
    payloads()
}

/// The least time of several runs: others work on the machine too.
fn least(mut work: impl FnMut()) -> Duration {
    (0..7).map(|_| timed(&mut work).1).min().unwrap_or_default()
}

struct Complaint {
    known_on: Date,
    valid: Date,
    kind: Value,
    amount: Decimal,
}

impl Facts for Complaint {
    fn variable(&self, name: &str) -> Option<Value> {
        match name {
            "case.known_on" => Some(self.known_on.into()),
            "case.kind" => Some(self.kind.clone()),
            "case.amount" => Some(self.amount.into()),
            "valid" => Some(self.valid.into()),
            _ => None,
        }
    }

    fn call(&self, function: &str, arguments: &[Value]) -> Result<Value, String> {
        match (function, arguments) {
            ("years", [Value::Date(from), Value::Date(to)]) => Ok(years(*from, *to).into()),
            ("law", _) => Ok(Value::Integer(3)),
            ("listed", _) => Ok(Value::Boolean(false)),
            _ => Err("is not answered".to_owned()),
        }
    }
}

const GUARD: &str = "years(case.known_on, valid) <= law('complaint.claim_age') \
                     && case.kind in ['food', 'drug', 'toy'] && case.amount <= 200.0 \
                     && !listed('serious-violation')";

fn guards() -> Result<(), Box<dyn Error>> {
    use rules::guard::Type;
    let declarations = Declarations::new()
        .variable("case.known_on", Type::Date)?
        .variable("case.kind", Type::Text)?
        .variable("case.amount", Type::Decimal)?
        .variable("valid", Type::Date)?
        .function("years", &[Type::Date, Type::Date], Type::Decimal)?
        .lookup("law", "parameter of law", [("complaint.claim_age", Type::Integer)])?
        .lookup("listed", "list", [("serious-violation", Type::Boolean)])?;
    let guard = Guard::parse(GUARD, &declarations)?;
    let complaint = Complaint {
        known_on: "2024-02-10".parse()?,
        valid: "2026-04-15".parse()?,
        kind: "toy".into(),
        amount: "199.9".parse()?,
    };
    let n = 1_000_000_u64;
    let time = least(|| {
        let held = (0..n).filter(|_| guard.holds(black_box(&complaint)) == Ok(true)).count();
        assert_eq!(held as u64, n, "the guard holds");
    });
    let peer = in_cel(n)?;
    Measurement::new("rules", "guard", n).with("threads", 1).took(time).peer("cel", peer).print();

    let n = 20_000_u64;
    let time = least(|| {
        let read = (0..n).filter(|_| Guard::parse(black_box(GUARD), &declarations).is_ok()).count();
        assert_eq!(read as u64, n, "the guard is read");
    });
    Measurement::new("rules", "guard_read", n).with("threads", 1).took(time).print();
    Ok(())
}

/// The same guard in an interpreter of CEL, whose variables and functions are set once for all.
fn in_cel(n: u64) -> Result<Measurement, Box<dyn Error>> {
    let program = cel::Program::compile(GUARD)?;
    let mut context = cel::Context::default();
    let case = [
        ("known_on", cel::Value::from("2024-02-10")),
        ("kind", "toy".into()),
        ("amount", 199.9.into()),
    ];
    let case: std::collections::HashMap<String, cel::Value> =
        case.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    context.add_variable_from_value("case", case);
    context.add_variable_from_value("valid", "2026-04-15");
    let years = |from: Arc<String>, to: Arc<String>| {
        let year = |text: &str| text.get(..4).and_then(|y| y.parse::<i64>().ok()).unwrap_or(0);
        year(&to) - year(&from)
    };
    context.add_function("years", years)?;
    context.add_function("law", |_: Arc<String>| 3_i64)?;
    context.add_function("listed", |_: Arc<String>| false)?;
    let time = least(|| {
        let holds = |_: &u64| program.execute(black_box(&context)) == Ok(true.into());
        assert_eq!((0..n).filter(holds).count() as u64, n, "the guard holds");
    });
    Ok(Measurement::new("rules", "guard", n).took(time))
}

fn filters() -> Result<(), Box<dyn Error>> {
    let fields = Arc::new(Fields::new([
        Field::new("result", Type::Code(None)),
        Field::new("programme", Type::Code(None)),
        Field::new("water", Type::Decimal { places: 2 }),
        Field::new("issued_on", Type::Date),
        Field::new("lot", Type::Text),
    ])?);
    let text = "result == 'fail' and programme in ['risk', 'supervision'] and water > 12.5 \
                and issued_on >= '2026-01-01' and not (lot is missing)";
    let filter = Filter::parse(text, &fields)?;
    let first: Date = "2025-07-01".parse()?;
    let rows: Vec<Vec<Option<Value>>> = (0..100_000_i64)
        .map(|i| {
            let date = first.plus(i % 365).ok();
            Ok(vec![
                Some(if i % 3 == 0 { "fail" } else { "pass" }.into()),
                Some(if i % 2 == 0 { "supervision" } else { "routine" }.into()),
                (i % 11 != 0).then_some(Decimal::new(i % 2500, 2)?.into()),
                date.map(Value::Date),
                (i % 7 != 0).then(|| format!("L{i}").as_str().into()),
            ])
        })
        .collect::<Result<_, rules::value::DecimalError>>()?;
    let (from, water): (Date, Decimal) = ("2026-01-01".parse()?, "12.5".parse()?);
    let by_hand = |row: &[Option<Value>]| {
        let [result, programme, of_water, issued_on, lot] = row else { return false };
        matches!(result, Some(Value::Text(code)) if &**code == "fail")
            && matches!(programme, Some(Value::Text(code)) if matches!(&**code, "risk" | "supervision"))
            && matches!(of_water, Some(Value::Decimal(share)) if *share > water)
            && matches!(issued_on, Some(Value::Date(day)) if *day >= from)
            && lot.is_some()
    };
    let expected = rows.iter().filter(|row| by_hand(row)).count();
    let rounds = 20;
    let n = rounds * rows.len() as u64;
    let time = least(|| {
        for _ in 0..rounds {
            let found = rows.iter().filter(|row| filter.holds(black_box(row.as_slice()))).count();
            assert_eq!(found, expected, "the filter finds what the Rust finds");
        }
    });
    let peer_time = least(|| {
        for _ in 0..rounds {
            let found = rows.iter().filter(|row| by_hand(black_box(row.as_slice()))).count();
            assert_eq!(found, expected, "the Rust finds the same each time");
        }
    });
    let peer = Measurement::new("rules", "filter", n).took(peer_time);
    Measurement::new("rules", "filter", n)
        .with("threads", 1)
        .took(time)
        .peer("the same condition written in Rust", peer)
        .print();
    Ok(())
}

fn payloads() -> Result<(), Box<dyn Error>> {
    let schema = Schema::new(kind())?;
    let payload = json!({
        "open": {
            "report_no": "HB-2026-000123456",
            "result": "fail",
            "issued_on": "2026-04-15",
            "received_at": "2026-04-01T09:30:00+08:00",
            "samples": 3,
            "water": 12.5,
            "note": "抽样检验；样品状态完好，封样完整，依据 GB 2762 检验铅、镉两项，铅超出限量，复检结论一致，报告已送达企业。",
            "items": [
                { "item": "lead", "value": { "value": 0.31, "unit": "mg/kg" },
                  "limit": { "value": 0.2, "unit": "mg/kg" }, "verdict": "fail" },
                { "item": "cadmium", "value": { "value": 0.0999, "unit": "mg/kg" },
                  "limit": { "value": 0.1, "unit": "mg/kg" }, "verdict": "pass" }
            ]
        },
        "personal": { "signed_by": "张三", "phone": "13800000000" }
    });
    let text = payload.to_string();
    let n = 200_000_u64;
    let time = least(|| {
        let right = (0..n).filter(|_| schema.faults(black_box(&payload)).is_empty()).count();
        assert_eq!(right as u64, n, "the payload is right");
    });
    let options = jsonschema::options().should_validate_formats(true);
    let validator = options.build(&schema.json_schema())?;
    let peer_time = least(|| {
        let right = (0..n).filter(|_| validator.is_valid(black_box(&payload))).count();
        assert_eq!(right as u64, n, "the payload is right");
    });
    let peer = Measurement::new("rules", "payload_check", n).took(peer_time);
    Measurement::new("rules", "payload_check", n)
        .with("threads", 1)
        .with("record_size", text.len())
        .took(time)
        .peer("jsonschema", peer)
        .print();

    let mut wrong = payload;
    for (pointer, value) in
        [("/open/result", json!("fial")), ("/open/samples", json!(0)), ("/open/water", json!("12"))]
    {
        if let Some(place) = wrong.pointer_mut(pointer) {
            *place = value;
        }
    }
    let n = 50_000_u64;
    let time = least(|| {
        let faults: usize = (0..n).map(|_| schema.faults(black_box(&wrong)).len()).sum();
        assert_eq!(faults as u64, 3 * n, "three faults are told");
    });
    let peer_time = least(|| {
        let faults: usize = (0..n).map(|_| validator.iter_errors(black_box(&wrong)).count()).sum();
        assert_eq!(faults as u64, 3 * n, "three faults are told");
    });
    let peer = Measurement::new("rules", "payload_with_three_faults", n).took(peer_time);
    Measurement::new("rules", "payload_with_three_faults", n)
        .with("threads", 1)
        .with("record_size", text.len())
        .took(time)
        .peer("jsonschema", peer)
        .print();
    Ok(())
}

/// A test report, about as a pack describes it.
fn kind() -> Kind {
    let member = |name: &str, shape| Member::new(name, Label::new("名称", "Name"), shape);
    let codes = |name: &str, codes: &[&str]| CodeList::new(name, codes.iter().copied());
    let results = codes("test-result", &["pass", "fail", "not-judged"]);
    let units = codes("unit", &["mg/kg", "g", "%"]);
    let items = codes("test-item", &["lead", "cadmium", "net-content"]);
    Kind {
        name: "test-report".to_owned(),
        label: Label::new("检验报告", "Test report"),
        open: vec![
            member("report_no", Shape::Text { most: 40 }).required().typed(),
            member("result", Shape::Code(results.clone())).required().typed(),
            member("issued_on", Shape::Date).required().typed(),
            member("received_at", Shape::Instant).typed(),
            member("samples", Shape::Integer { least: 1, most: 1000 }).typed(),
            member("water", Shape::decimal(1)).typed(),
            member("note", Shape::Text { most: 2000 }),
            member(
                "items",
                Shape::table(
                    vec![
                        member("item", Shape::Code(items)).required(),
                        member("value", Shape::quantity(4, units.clone())).required(),
                        member("limit", Shape::quantity(4, units)),
                        member("verdict", Shape::Code(results)).required(),
                    ],
                    100,
                ),
            ),
        ],
        personal: vec![
            member("signed_by", Shape::Text { most: 20 }).required(),
            member("phone", Shape::Text { most: 20 }),
        ],
    }
}
