//! What guards say.

use std::collections::BTreeMap;

use rules::guard::{Declarations, Guard, Type};
use rules::value::Value;

use super::facts::{Known, holds};

#[test]
fn conditions_hold_or_not() {
    for (text, expected) in [
        ("years(case.known_on, valid) <= law('complaint.claim_age')", true),
        ("years(case.known_on, date('2026-02-11')) <= law('complaint.claim_age')", false),
        ("listed('serious-violation') && case.kind in ['food', 'drug']", true),
        ("case.amount <= 200 && case.amount > 199.8999", true),
        ("case.amount * law('penalty.late_rate') == 5.997", true),
        ("0.1 + 0.2 == 0.3 && 1 == 1.0 && 1.50 == 1.5", true),
        ("7 / 2 == 3 && -7 / 2 == -3 && -7 % 2 == -1", true),
        ("half(3) == 1.5 && half(true ? 3 : 0.5) == 1.5", true),
        ("1 in [1.0, 2.5] && !(2 in [1.0, 2.5])", true),
        ("[1, 2] == [1.0, 2.0] && [1] != [1, 2]", true),
        ("has(case.kind) && !has(case.urgent)", true),
        ("has(case.urgent) ? case.urgent : case.kind == 'food'", true),
        ("case.trades.exists(t, t.startsWith('餐')) && case.trades.all(t, t.size() > 1)", true),
        ("size('质衡😀') == 3 && 'ab'.contains('b') && 'ab'.endsWith('b')", true),
        ("case.trades.exists(t, t in ['bakery']) && size(case.trades) == 2", true),
        ("case.received_at >= timestamp('2026-04-15T01:30:00Z')", true),
        ("case.received_at > timestamp('2026-04-15T01:30:00Z')", false),
        ("'Z' < 'a' && 'a' < '质' && '\\uffff' < '😀'", true),
        ("-9223372036854775808 < -9223372036854775807", true),
        ("true || false && false", true),
        ("!true == false", true),
    ] {
        assert_eq!(holds(text), Ok(expected), "{text}");
    }
}

#[test]
fn what_decides_elsewhere_passes_over_an_error() {
    assert_eq!(holds("case.urgent || true"), Ok(true));
    assert_eq!(holds("false && case.urgent"), Ok(false));
    assert_eq!(holds("case.urgent && false"), Ok(false));
    assert_eq!(holds("[0, 1].exists(x, 1 / x == 1)"), Ok(true));
    assert_eq!(holds("[1, 0].all(x, 1 / x == 2)"), Ok(false));
}

#[test]
fn what_cannot_be_answered_is_told() {
    let told = |text: &str| {
        let error = holds(text).unwrap_err();
        (error.code(), error.to_string())
    };
    for (text, code, says) in [
        (
            "case.urgent",
            "rules.guard_missing",
            "line 1, column 1: case.urgent has no value; record it, or let the guard ask has(case.urgent) first",
        ),
        ("case.urgent || false", "rules.guard_missing", "has no value"),
        (
            "case.count + 1 > 0",
            "rules.guard_arithmetic",
            "column 12: 9223372036854775807 + 1 cannot be held",
        ),
        ("-(-case.count - 1) > 0", "rules.guard_arithmetic", "0 - -9223372036854775808"),
        ("case.count * 1.5 > 0", "rules.guard_arithmetic", "18 digits"),
        ("0.00001 * 0.00001 > 0", "rules.guard_arithmetic", "at most 9 digits after the point"),
        ("1 / 0 == 1", "rules.guard_arithmetic", "divided by zero"),
        ("1 % 0 == 1", "rules.guard_arithmetic", "divided by zero"),
        ("-9223372036854775808 / -1 > 0", "rules.guard_arithmetic", "18 digits"),
        ("twice(case.count) > 0", "rules.guard_function", "column 1: twice: too large; halve it"),
        ("law('retired') > 0", "rules.guard_function", "law: not in force"),
        ("law('wrong') > 0", "rules.guard_type", "law is declared as integer but gives 'sixty'"),
    ] {
        let (found, shown) = told(text);
        assert_eq!(found, code, "{text}: {shown}");
        assert!(shown.contains(says), "{text}: {shown}");
    }
}

#[test]
fn a_value_of_another_type_than_declared_is_told() {
    let declarations = Declarations::new().variable("n", Type::Integer.list()).unwrap();
    let guard = Guard::parse("1 in n", &declarations).unwrap();
    let long: String = "质".repeat(100);
    let list: Value = [Value::Integer(1), long.as_str().into()].into_iter().collect();
    let error = guard.holds(&Known(BTreeMap::from([("n", list)]))).unwrap_err();
    assert_eq!(error.code(), "rules.guard_type");
    assert!(
        error.to_string().contains("declared as list of integer but gives [1, '质质"),
        "{error}"
    );
    assert!(error.to_string().chars().count() < 200, "{error}");
}

#[test]
fn the_cost_is_bounded() {
    let declarations = Declarations::new().variable("n", Type::Integer.list()).unwrap();
    let list = |length: i64| {
        let list: Value = (0..length).map(Value::Integer).collect();
        Known(BTreeMap::from([("n", list)]))
    };
    let guard = Guard::parse("n.all(x, x in n)", &declarations).unwrap();
    assert_eq!(guard.holds(&list(100)), Ok(true));
    let error = guard.holds(&list(1_000)).unwrap_err();
    assert_eq!(error.code(), "rules.guard_cost");
    assert!(error.to_string().contains("100000 steps"), "{error}");
    // Nothing passes over it.
    let guard = Guard::parse("n.all(x, x in n) || true", &declarations).unwrap();
    assert_eq!(guard.holds(&list(1_000)).map_err(|e| e.code()), Err("rules.guard_cost"));
}
