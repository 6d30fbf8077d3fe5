//! One text for one meaning.

use std::sync::Arc;

use proptest::prelude::*;
use rules::filter::{Dialect, Field, Fields, Filter, Type};

use super::tree::cases;

fn fields() -> Arc<Fields> {
    let fields = [
        ("a", Type::Integer),
        ("b", Type::Boolean),
        ("t", Type::Text),
        ("d", Type::Decimal { places: 2 }),
        ("on", Type::Date),
        ("at", Type::Instant),
    ];
    let fields = fields.into_iter().map(|(name, holds)| Field::new(name, holds));
    Arc::new(Fields::new(fields).unwrap())
}

fn canonical(text: &str) -> String {
    Filter::parse(text, &fields()).unwrap_or_else(|e| panic!("{text}: {e}")).to_string()
}

#[test]
fn what_says_the_same_is_written_the_same() {
    for (text, expected) in [
        ("a==1", "a == 1"),
        ("a=1 and 2 = a", "a == 1 and a == 2"),
        ("1<a", "a > 1"),
        ("007 >= a", "a <= 7"),
        ("b", "b == true"),
        ("not b and a < 1 or b", "not b == true and a < 1 or b == true"),
        ("not (b and b)", "not (b == true and b == true)"),
        ("not not b", "not not b == true"),
        ("a == 1 and (a == 2 and (a == 3))", "a == 1 and a == 2 and a == 3"),
        ("(a == 1 or a == 2) and b", "(a == 1 or a == 2) and b == true"),
        ("a == 1 or (a == 2 and b)", "a == 1 or a == 2 and b == true"),
        ("a is  not\nmissing", "a is not missing"),
        ("not a is missing", "a is not missing"),
        ("a in [3, 1, 2, 1]", "a in [1, 2, 3]"),
        ("t in [\"it's\", 'é\\u8d28\\\\\\n']", "t in ['it\\'s', 'é质\\\\\\n']"),
        ("t starts_with \"42\"", "t starts_with '42'"),
        ("d == -1.50", "d == -1.5"),
        ("on != '2026-04-15'", "on != '2026-04-15'"),
        ("at < '2026-04-15T09:30:00.500+08:00'", "at < '2026-04-15T01:30:00.500000Z'"),
        ("a != a", "a != a"),
    ] {
        assert_eq!(canonical(text), expected);
        assert_eq!(canonical(expected), expected);
    }
}

#[test]
fn the_two_texts_in_sql_differ_in_the_collation_only() {
    let filter = Filter::parse(
        "not (t == 'a' or t starts_with 'b' or t in ['c', 'd']) and b and d > 0.1 \
         and (on is missing or at == at)",
        &fields(),
    );
    let filter = filter.unwrap();
    let sqlite = filter.to_sql(Dialect::Sqlite, "x", 3);
    let postgres = filter.to_sql(Dialect::Postgres, "x", 3);
    assert_eq!(sqlite.text.replace("COLLATE BINARY", "COLLATE \"C\""), postgres.text);
    assert_eq!(sqlite.binds, postgres.binds);
    assert_eq!(
        postgres.text,
        "((NOT ((\"x\".\"t\" IS NOT NULL AND \"x\".\"t\" COLLATE \"C\" = $3) \
         OR (\"x\".\"t\" IS NOT NULL AND \"x\".\"t\" COLLATE \"C\" >= $4 AND \"x\".\"t\" COLLATE \"C\" < $5) \
         OR (\"x\".\"t\" IS NOT NULL AND \"x\".\"t\" COLLATE \"C\" IN ($6, $7)))) \
         AND (\"x\".\"b\" IS NOT NULL AND \"x\".\"b\" = 1) \
         AND (\"x\".\"d\" IS NOT NULL AND \"x\".\"d\" > $8) \
         AND ((\"x\".\"on\" IS NULL) OR (\"x\".\"at\" IS NOT NULL AND \"x\".\"at\" IS NOT NULL AND \"x\".\"at\" = \"x\".\"at\")))"
    );
}

proptest! {
    #[test]
    fn the_canonical_text_is_read_as_the_same_filter(case in cases()) {
        let fields = Arc::new(case.fields());
        for tree in &case.filters {
            let filter = Filter::parse(&tree.text(&case.fields), &fields).unwrap();
            let text = filter.to_string();
            let again = Filter::parse(&text, &fields);
            prop_assert_eq!(again.as_ref(), Ok(&filter), "{}", text);
            prop_assert_eq!(again.unwrap().to_string(), text);
        }
    }

    #[test]
    fn any_text_is_answered(text in "\\PC{0,60}") {
        let _ = Filter::parse(&text, &fields());
    }

    #[test]
    fn any_text_of_the_grammars_words_is_answered(words in prop::collection::vec(words(), 0..16)) {
        let text = words.join(" ");
        match Filter::parse(&text, &fields()) {
            Ok(filter) => {
                prop_assert_eq!(Filter::parse(&filter.to_string(), &fields()).unwrap(), filter);
            }
            Err(fault) => {
                prop_assert!(text.get(fault.span.clone()).is_some(), "{:?}", fault);
                prop_assert!(fault.to_string().len() > 20);
            }
        }
    }
}

fn words() -> impl Strategy<Value = &'static str> {
    prop::sample::select(
        &[
            "a",
            "b",
            "t",
            "d",
            "on",
            "at",
            "x",
            "and",
            "or",
            "not",
            "is",
            "missing",
            "in",
            "starts_with",
            "==",
            "!=",
            "<",
            "<=",
            ">",
            ">=",
            "=",
            "&&",
            "(",
            ")",
            "[",
            "]",
            ",",
            ".",
            "-",
            "1",
            "0.5",
            "99999999999999999999",
            "'a'",
            "\"2026-04-15\"",
            "'2026-04-15T09:30:00Z'",
            "'",
            "true",
            "false",
            "null",
            "质",
            "\n",
        ][..],
    )
}
