//! The JSON Schema of a kind is a right one, and accepts what the crate finds right.

use jsonschema::Draft;
use proptest::prelude::*;
use rules::schema::{Kind, Label, Member, Schema, Shape};
use rules::value::{CodeList, Decimal};
use serde_json::{Map, Value, json};

use super::report::{payload, schema};

fn validator(schema: &Schema) -> jsonschema::Validator {
    let json = schema.json_schema();
    assert!(jsonschema::meta::is_valid(&json), "{json:#}");
    let options = jsonschema::options().with_draft(Draft::Draft202012);
    options.should_validate_formats(true).build(&json).unwrap()
}

#[test]
fn the_example_is_accepted() {
    let validator = validator(&schema());
    assert!(validator.is_valid(&payload()));
    assert!(!validator.is_valid(&json!({ "open": {} })));
}

/// One value of each kind that the two must agree about.
#[test]
fn edges_are_seen_alike() {
    let text = Shape::Text { most: 3 };
    let decimal = |places, least: i64, most: i64| Shape::Decimal {
        places,
        least: Decimal::new(least, places).unwrap(),
        most: Decimal::new(most, places).unwrap(),
    };
    let texts = [
        "",
        " ",
        "a",
        "abc",
        "abcd",
        "质质质",
        "质质质质",
        "😀😀😀",
        "😀😀😀😀",
        "a\u{0}",
        "a\u{7f}",
        "a\u{80}",
        "a\u{a0}",
        "\u{a0}",
        "\u{3000}",
        "\u{2003}",
        "\t\n",
        "a\n",
        "\u{1b}",
        "a\u{9f}",
        "\u{feff}",
        "\u{85}",
        "\u{b}",
    ];
    let days = [
        "2026-04-15",
        "2024-02-29",
        "2026-02-29",
        "0000-01-01",
        "0001-01-01",
        "1899-12-31",
        "1900-01-01",
        "2100-12-31",
        "2101-01-01",
        "9999-12-31",
        "10000-01-01",
        "2026-13-01",
        "2026-00-10",
        "2026-04-31",
        "2026-4-15",
        " 2026-04-15",
        "2026-04-15\n",
        "２026-04-15",
        "",
    ];
    let times = [
        "2026-04-15T09:30:00Z",
        "1900-01-01T00:00:00Z",
        "1899-12-31T23:59:59+08:00",
        "2101-01-01T00:00:00Z",
        "2026-04-15T09:30:00.1Z",
        "2026-04-15T09:30:00.123456+08:00",
        "2026-04-15T09:30:00.1234567Z",
        "2026-04-15t09:30:00Z",
        "2026-04-15T09:30:00z",
        "2026-04-15 09:30:00Z",
        "2026-04-15T24:00:00Z",
        "2026-04-15T23:59:60Z",
        "2016-12-31T23:59:60Z",
        "2026-04-15T09:30:00+24:00",
        "2026-04-15T09:30:00-23:59",
        "2026-04-15T09:30:00+08:60",
        "2026-02-30T09:30:00Z",
        "2026-04-15T09:30:00",
        "2026-04-15T09:30:00+0800",
        "2026-04-15",
    ];
    let numbers = [
        "0",
        "-0",
        "0.0",
        "1",
        "1.0",
        "-1",
        "0.1",
        "0.01",
        "0.05",
        "0.07",
        "0.29",
        "19.99",
        "-19.99",
        "1e-2",
        "1e2",
        "0.001",
        "0.015",
        "0.30000000000000004",
        "0.1000000000000000055511151231257827",
        "9007199254740991",
        "9007199254740992",
        "-9007199254740993",
        "18446744073709551615",
        "1e300",
        "-1e300",
        "1e-300",
        "5e-324",
        "1.7976931348623157e308",
        "100",
        "99.99",
        "100.01",
        "999999999999.999",
        "9999999999999.99",
        "0.123456789",
        "999999.123456789",
        "0.1234567891",
        "1e15",
        "1e17",
    ];
    for (shape, values) in [
        (text, texts.iter().map(|text| json!(text)).collect::<Vec<_>>()),
        (Shape::Date, days.iter().map(|text| json!(text)).collect()),
        (Shape::Instant, times.iter().map(|text| json!(text)).collect()),
        (Shape::integer(), numbers.iter().map(|n| serde_json::from_str(n).unwrap()).collect()),
        (
            Shape::Integer { least: -1, most: 2 },
            numbers.iter().map(|n| serde_json::from_str(n).unwrap()).collect(),
        ),
        (Shape::decimal(0), numbers.iter().map(|n| serde_json::from_str(n).unwrap()).collect()),
        (Shape::decimal(2), numbers.iter().map(|n| serde_json::from_str(n).unwrap()).collect()),
        (Shape::decimal(3), numbers.iter().map(|n| serde_json::from_str(n).unwrap()).collect()),
        (Shape::decimal(9), numbers.iter().map(|n| serde_json::from_str(n).unwrap()).collect()),
        (
            decimal(2, -1999, 10_000),
            numbers.iter().map(|n| serde_json::from_str(n).unwrap()).collect(),
        ),
    ] {
        let schema = one(shape.clone());
        let validator = validator(&schema);
        for value in values {
            let payload = json!({ "open": { "a": value } });
            let faults = schema.faults(&payload);
            assert_eq!(
                validator.is_valid(&payload),
                faults.is_empty(),
                "{value} as {shape:?}: {faults:?}"
            );
        }
    }
}

fn one(shape: Shape) -> Schema {
    let member = Member::new("a", Label::new("名称", "Name"), shape);
    let label = Label::new("种类", "Kind");
    Schema::new(Kind { name: "some-kind".to_owned(), label, open: vec![member], personal: vec![] })
        .unwrap()
}

fn scalars() -> impl Strategy<Value = Shape> {
    let codes = || CodeList::new("codes", ["a", "b", "质"]);
    prop_oneof![
        (1..6u32).prop_map(|most| Shape::Text { most }),
        Just(Shape::Code(codes())),
        (-5..5i64, 0..10i64)
            .prop_map(|(least, range)| Shape::Integer { least, most: least + range }),
        (0..=4u8, -200..200i64, 0..400i64).prop_map(|(places, least, range)| Shape::Decimal {
            places,
            least: Decimal::new(least, places).unwrap(),
            most: Decimal::new(least + range, places).unwrap(),
        }),
        Just(Shape::Boolean),
        Just(Shape::Date),
        Just(Shape::Instant),
        Just(Shape::quantity(2, codes())),
    ]
}

fn members(of: impl Strategy<Value = Shape> + 'static) -> impl Strategy<Value = Vec<Member>> {
    prop::collection::vec((of, any::<bool>()), 0..5).prop_map(|shapes| {
        let names = ["a", "b", "c", "d", "value"];
        let members = names.iter().zip(shapes).map(|(name, (shape, required))| {
            let member = Member::new(name, Label::new("名称", "Name"), shape);
            if required { member.required() } else { member }
        });
        members.collect()
    })
}

fn kinds() -> impl Strategy<Value = Schema> {
    let shapes = || {
        prop_oneof![
            3 => scalars(),
            1 => (scalars(), 1..4u32, 0..2u32).prop_map(|(of, least, more)| {
                Shape::List { of: Box::new(of), least, most: least + more }
            }),
            1 => (members(scalars()), 1..4u32).prop_map(|(columns, most)| Shape::table(columns, most)),
        ]
    };
    (members(shapes()), members(scalars())).prop_map(|(open, personal)| {
        let label = Label::new("种类", "Kind");
        Schema::new(Kind { name: "some-kind".to_owned(), label, open, personal }).unwrap()
    })
}

/// Mostly right values of a shape, sometimes others.
fn values(shape: &Shape) -> BoxedStrategy<Value> {
    let right = match shape {
        Shape::Text { .. } => {
            prop::sample::select(&["a", "质质", "abc", " ", "", "abcdef", "a\u{1}"][..])
                .prop_map(Value::from)
                .boxed()
        }
        Shape::Code(_) => {
            prop::sample::select(&["a", "b", "质", "c", ""][..]).prop_map(Value::from).boxed()
        }
        Shape::Integer { .. } => prop_oneof![
            (-6..16i64).prop_map(Value::from),
            (-6..16i64).prop_map(|n| json!(n as f64)),
            Just(json!(1.5))
        ]
        .boxed(),
        Shape::Decimal { places, .. } => {
            let places = *places;
            let near = (-250..650i64, 0..=1u8).prop_map(move |(units, more)| {
                let decimal = Decimal::new(units, places + more).unwrap();
                serde_json::from_str(&decimal.to_string()).unwrap()
            });
            near.boxed()
        }
        Shape::Boolean => any::<bool>().prop_map(Value::from).boxed(),
        Shape::Date => {
            prop::sample::select(&["2026-04-15", "2026-02-29"][..]).prop_map(Value::from).boxed()
        }
        Shape::Instant => prop::sample::select(&["2026-04-15T09:30:00+08:00", "2026-04-15"][..])
            .prop_map(Value::from)
            .boxed(),
        Shape::Object(members) => objects(members),
        Shape::List { of, .. } => {
            prop::collection::vec(values(of), 0..5).prop_map(Value::from).boxed()
        }
    };
    let other = prop::sample::select(
        &["null", "true", "0", "-1.5", "\"a\"", "[]", "{}", "[1]", "{\"a\":1}"][..],
    )
    .prop_map(|text| serde_json::from_str(text).unwrap());
    prop_oneof![30 => right, 1 => other].boxed()
}

fn objects(members: &[Member]) -> BoxedStrategy<Value> {
    let each: Vec<_> = members
        .iter()
        .map(|member| {
            let some = values(&member.shape).prop_map(Some);
            let there = if member.required { 20 } else { 2 };
            (Just(member.name.clone()), prop_oneof![1 => Just(None), there => some])
        })
        .collect();
    let extra = prop_oneof![20 => Just(None), 1 => Just(Some("x"))];
    (each, extra)
        .prop_map(|(each, extra)| {
            let given = each.into_iter().filter_map(|(name, value)| Some((name, value?)));
            let extra = extra.map(|name: &str| (name.to_owned(), json!(1)));
            Value::Object(given.chain(extra).collect::<Map<_, _>>())
        })
        .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_json_schema_accepts_what_is_found_right(
        (schema, payloads) in kinds().prop_flat_map(|schema| {
            let payloads = prop::collection::vec(objects(schema.parts()), 20);
            (Just(schema), payloads)
        })
    ) {
        let validator = validator(&schema);
        for payload in payloads {
            let faults = schema.faults(&payload);
            prop_assert_eq!(validator.is_valid(&payload), faults.is_empty(), "{}: {:?}\n{:#}", payload, faults, schema.json_schema());
            // And each fault names a place that is there, or the member that is not.
            for fault in faults {
                let above = fault.pointer.rsplit_once('/').map_or("", |(above, _)| above);
                prop_assert!(payload.pointer(above).is_some(), "{}", fault);
                prop_assert!(!fault.zh().is_empty());
            }
        }
    }
}
