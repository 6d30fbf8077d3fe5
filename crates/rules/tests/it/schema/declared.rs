//! What a kind cannot be, and what filters may ask of one.

use rules::filter::Filter;
use rules::schema::{Kind, Label, Member, Schema, Shape};
use rules::value::{CodeList, Decimal, Value};
use serde_json::json;

use super::report::{payload, schema};

fn member(name: &str, shape: Shape) -> Member {
    Member::new(name, Label::new("名称", "Name"), shape)
}

fn declared(open: Vec<Member>, personal: Vec<Member>) -> &'static str {
    let label = Label::new("名称", "Name");
    let kind = Kind { name: "some-kind".to_owned(), label, open, personal };
    Schema::new(kind).map_or_else(|error| error.code(), |_| "none")
}

fn open(shape: Shape) -> &'static str {
    declared(vec![member("a", shape)], vec![])
}

#[test]
fn unsound_kinds_are_refused() {
    let decimal = |units, places| Decimal::new(units, places).unwrap();
    assert_eq!(open(Shape::Boolean), "none");
    assert_eq!(declared(vec![], vec![]), "none");
    for shape in [
        Shape::Text { most: 0 },
        Shape::Text { most: (64 << 20) + 1 },
        Shape::Integer { least: 2, most: 1 },
        Shape::Integer { least: 0, most: i64::MAX },
        Shape::Decimal { places: 10, least: decimal(0, 0), most: decimal(1, 0) },
        Shape::Decimal { places: 1, least: decimal(0, 0), most: decimal(15, 2) },
        Shape::Decimal { places: 2, least: decimal(0, 0), most: decimal(10_000_000_000_000, 0) },
        Shape::Decimal { places: 2, least: decimal(1, 0), most: decimal(0, 0) },
        Shape::List { of: Box::new(Shape::Boolean), least: 1, most: 0 },
        Shape::List { of: Box::new(Shape::Boolean), least: 0, most: 1 },
        Shape::List { of: Box::new(Shape::Boolean), least: 3, most: 2 },
        (0..5).fold(Shape::Boolean, |of, _| Shape::List { of: Box::new(of), least: 1, most: 1 }),
        (0..5).fold(Shape::Boolean, |of, _| Shape::Object(vec![member("a", of)])),
    ] {
        assert_eq!(open(shape.clone()), "rules.declared_unsound", "{shape:?}");
    }
    assert_eq!(open(Shape::Code(CodeList::new("a/b", ["c"]))), "rules.declared_name");
    assert_eq!(open(Shape::decimal(200)), "rules.declared_unsound");
    let named = |name: &str| declared(vec![member(name, Shape::Boolean)], vec![]);
    assert_eq!(named("a.b"), "rules.declared_name");
    assert_eq!(named("结论"), "rules.declared_name");
    let one = || member("a", Shape::Boolean);
    assert_eq!(declared(vec![one(), one()], vec![]), "rules.declared_twice");
    assert_eq!(declared(vec![one()], vec![one()]), "none");
    assert_eq!(declared(vec![], vec![one().typed()]), "rules.declared_unsound");
    assert_eq!(open(Shape::Object(vec![one().typed()])), "rules.declared_unsound");
    let list = Shape::List { of: Box::new(Shape::Boolean), least: 1, most: 1 };
    assert_eq!(declared(vec![member("a", list).typed()], vec![]), "rules.declared_unsound");
    assert_eq!(
        declared(vec![member("missing", Shape::Boolean).typed()], vec![]),
        "rules.declared_reserved"
    );
    let lists = [("a", ["x"]), ("b", ["y"])];
    let lists = lists.map(|(name, codes)| member(name, Shape::Code(CodeList::new("same", codes))));
    assert_eq!(declared(lists.into(), vec![]), "rules.declared_unsound");
    let unlabelled = Member::new("a", Label::new("", "Name"), Shape::Boolean);
    assert_eq!(declared(vec![unlabelled], vec![]), "rules.declared_unsound");
    let many = (0..201).map(|n| member(&format!("a{n}"), Shape::Boolean)).collect();
    assert_eq!(declared(many, vec![]), "rules.declared_unsound");
}

#[test]
fn filters_ask_of_the_typed_members() {
    let (schema, payload) = (schema(), payload());
    assert_eq!(schema.faults(&payload), []);
    let row = schema.row(&payload);
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name()).collect();
    assert_eq!(
        names,
        ["report_no", "result", "issued_on", "received_at", "samples", "water", "accredited"]
    );
    assert_eq!(row[5], Some(Value::Decimal("12.5".parse().unwrap())));
    for (text, expected) in [
        ("result == 'fail' and water > 12.4 and accredited", true),
        ("samples in [1, 2, 3] and report_no starts_with 'HB-2026'", true),
        ("received_at < '2026-04-01T01:30:00Z'", false),
        ("issued_on == '2026-04-15'", true),
    ] {
        let filter = Filter::parse(text, schema.fields()).unwrap();
        assert_eq!(filter.holds(row.as_slice()), expected, "{text}");
    }
    let empty = schema.row(&json!({}));
    assert_eq!(empty, vec![None; 7]);
    let mut whole = payload;
    whole["open"]["samples"] = json!(3.0);
    assert_eq!(schema.row(&whole)[4], Some(Value::Integer(3)));
}
