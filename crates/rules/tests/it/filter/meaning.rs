//! A filter says the same of a row in Rust, in SQLite and in PostgreSQL.

use std::cell::RefCell;
use std::sync::Arc;

use proptest::test_runner::{Config, TestRunner};
use rules::filter::{Field, Fields, Filter, Type};
use rules::value::Value;

use super::engines::{Columns, Engines};
use super::tree::{Case, cases};

#[test]
fn one_text_means_the_same_in_three_places() {
    let engines = RefCell::new(Engines::start());
    let config = Config { cases: 64, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&cases(), |case| {
        check(&mut engines.borrow_mut(), &case);
        Ok(())
    });
    result.unwrap();
}

fn check(engines: &mut Engines, case: &Case) {
    let fields = Arc::new(case.fields());
    for columns in [Columns::Told, Columns::Strange] {
        engines.fill(&fields, &case.rows, columns);
        for tree in &case.filters {
            let text = tree.text(&case.fields);
            let filter = Filter::parse(&text, &fields).unwrap_or_else(|e| panic!("{text}: {e}"));
            let expected: Vec<bool> = case.rows.iter().map(|row| tree.holds(row)).collect();
            let in_rust: Vec<bool> =
                case.rows.iter().map(|row| filter.holds(row.as_slice())).collect();
            assert_eq!(in_rust, expected, "in Rust: {text}");
            agree("SQLite", &text, &expected, engines.sqlite(&filter));
            agree("PostgreSQL", &text, &expected, engines.postgres(&filter));
        }
    }
}

fn agree(engine: &str, text: &str, expected: &[bool], answer: (Vec<Option<bool>>, Vec<i64>)) {
    let (values, found) = answer;
    let wanted: Vec<Option<bool>> = expected.iter().copied().map(Some).collect();
    assert_eq!(values, wanted, "in {engine}: {text}");
    let rows = (0..).zip(expected).filter(|(_, holds)| **holds).map(|(row, _)| row);
    assert_eq!(found, rows.collect::<Vec<i64>>(), "in {engine}, WHERE: {text}");
}

/// What the grammar allows at most, both databases take.
#[test]
fn the_largest_filters_are_understood_everywhere() {
    let mut engines = Engines::start();
    let fields = ["n", "t"].into_iter().zip([Type::Integer, Type::Text]);
    let fields =
        Arc::new(Fields::new(fields.map(|(name, holds)| Field::new(name, holds))).unwrap());
    let row = |n: i64, t: &str| vec![Some(Value::Integer(n)), Some(Value::from(t))];
    let rows = [row(1, "a"), row(255, "b"), row(999, "c"), vec![None, None]];
    engines.fill(&fields, &rows, Columns::Told);

    let chain = |word: &str| (0..256).map(|n| format!("n == {n}")).collect::<Vec<_>>().join(word);
    // Eight of them by two levels, sixteen by one: 32.
    let nested = (0..24).fold("n == 1".to_owned(), |inner, n| match n % 3 {
        0 => format!("(not {inner})"),
        1 => format!("(t == 'a' and {inner})"),
        _ => format!("(t == 'b' or {inner})"),
    });
    let list: Vec<String> = (0..1000).map(|n| n.to_string()).collect();
    let list = format!("n in [{}]", list.join(", "));
    for (text, expected) in [
        (chain(" or "), [true, true, false, false]),
        (chain(" and "), [false, false, false, false]),
        (list, [true, true, true, false]),
        (nested, [true, true, true, true]),
    ] {
        let filter = Filter::parse(&text, &fields).unwrap_or_else(|e| panic!("{text}: {e}"));
        let in_rust: Vec<bool> = rows.iter().map(|row| filter.holds(row.as_slice())).collect();
        agree("SQLite", &text, &in_rust, engines.sqlite(&filter));
        agree("PostgreSQL", &text, &in_rust, engines.postgres(&filter));
        if text.len() > 1000 {
            assert_eq!(in_rust, expected, "{text}");
        }
    }
}
