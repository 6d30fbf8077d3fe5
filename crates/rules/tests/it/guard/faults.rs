//! What is wrong with a guard, where, and what to do.

use proptest::prelude::*;
use rules::guard::Guard;

use super::facts::{declarations, facts};

#[test]
fn every_fault_says_what_where_and_what_to_do() {
    for (text, code, column, says) in [
        ("", "rules.empty", 1, "leave the rule out"),
        ("case.knwon_on == valid", "rules.unknown_name", 1, "was case.known_on meant?"),
        ("case == 1", "rules.unknown_name", 1, "there is no variable case"),
        ("case.kind.length == 1", "rules.unknown_name", 1, "no variable case.kind.length"),
        ("yaers(valid, valid) > 1", "rules.unknown_name", 1, "was years meant?"),
        (
            "law('complaint.claim_agee') > 1",
            "rules.unknown_name",
            5,
            "was complaint.claim_age meant?",
        ),
        ("law(case.kind) > 1", "rules.type", 5, "written out"),
        ("listed('blacklist')", "rules.unknown_name", 8, "there is no list blacklist"),
        ("case.kind.matches('a')", "rules.unknown_name", 11, "there is no method matches"),
        ("case.kind.startWith('a')", "rules.unknown_name", 11, "was startsWith meant?"),
        (
            "case.amount",
            "rules.type",
            1,
            "the guard must be of type boolean, not decimal; write a comparison",
        ),
        ("case.kind = 'food'", "rules.expected", 11, "write == to compare"),
        ("case.kind == 'food' and valid == valid", "rules.expected", 21, "write &&"),
        ("case.kind == 'food' or valid == valid", "rules.expected", 21, "write ||"),
        ("not case.urgent", "rules.expected", 1, "write !"),
        ("case.kind is null", "rules.expected", 11, "ask has(name)"),
        ("case.kind == null", "rules.expected", 14, "ask has(name)"),
        ("case.kind not in ['a']", "rules.expected", 11, "write !(item in list)"),
        ("case.trades[0] == 'a'", "rules.expected", 12, "by `in`, `exists` or `all`"),
        ("case.kind == 1", "rules.type", 1, "numbers stand without quotes"),
        ("case.known_on < '2026-04-15'", "rules.type", 1, "write date('2026-04-15')"),
        ("case.received_at < '2026-04-15'", "rules.type", 1, "write timestamp("),
        ("case.received_at < valid", "rules.type", 1, "instant and date do not go together"),
        ("case.urgent < true", "rules.type", 1, "compare by == or !="),
        ("valid - case.known_on > 3", "rules.type", 1, "days are counted by a function"),
        ("case.amount / 2 > 3", "rules.type", 1, "multiply the other side"),
        ("'a' + 'b' == 'ab'", "rules.type", 1, "only numbers"),
        ("case.kind in case.kind", "rules.type", 1, "text cannot be in text"),
        ("1 in ['a']", "rules.type", 1, "integer cannot be in list of text"),
        ("[1, 'a'] == [1]", "rules.type", 1, "of several types"),
        ("[] == [1]", "rules.type", 1, "empty list"),
        ("case.urgent ? 1 : 'a'", "rules.type", 15, "on both sides of the colon"),
        ("case.kind ? true : false", "rules.type", 1, "what stands before ?"),
        ("case.urgent ? true", "rules.expected", 19, "condition ? value : other value"),
        ("!case.kind", "rules.type", 2, "what stands after !"),
        ("-case.kind == 1", "rules.type", 2, "what stands after -"),
        ("case.urgent && case.kind", "rules.type", 16, "what stands beside &&"),
        ("years(valid) > 1", "rules.type", 1, "years takes 2 values, not 1"),
        (
            "years(valid, 1) > 1",
            "rules.type",
            14,
            "value 2 of years must be of type date, not integer",
        ),
        ("years(valid,) > 1", "rules.expected", 13, "a value must stand here"),
        ("size(valid) > 1", "rules.type", 6, "date has no size"),
        ("size() > 1", "rules.type", 1, "size takes 1 values, not 0"),
        ("date(case.kind) == valid", "rules.type", 6, "written out"),
        ("date('2026-02-30') == valid", "rules.literal", 6, "no such day"),
        ("timestamp('2026-02-03') == case.received_at", "rules.literal", 11, "offset"),
        ("has(valid)", "rules.expected", 5, "with a dot in its name"),
        ("has(1)", "rules.expected", 5, "with a dot in its name"),
        ("has(case.kind.contains('a'))", "rules.expected", 14, ") must stand here"),
        ("case.trades.exists(t, t)", "rules.type", 23, "the test of exists"),
        ("case.trades.exists(case, true)", "rules.type", 20, "choose another name"),
        ("case.trades.exists('t', true)", "rules.expected", 20, "a name for the item"),
        ("case.trades.exists(t)", "rules.expected", 21, "list.exists(item"),
        ("case.trades.all(t, case.trades.all(u, true))", "rules.type", 36, "inside of another"),
        ("case.kind.all(t, true)", "rules.type", 1, "asked of a list"),
        ("case.trades.exists(t, true) && t == 'a'", "rules.unknown_name", 32, "no variable t"),
        ("case.urgent && (valid == valid", "rules.expected", 31, "join conditions"),
        ("case.count == 9223372036854775808", "rules.literal", 15, "at most 18 digits"),
        ("case.amount == 1e3", "rules.literal", 16, "write it in digits"),
        ("case.kind == 'a\\x41'", "rules.escape", 16, "\\x is no escape"),
        ("case.kind == '''a'''", "rules.expected", 16, "join conditions"),
        ("case.kind == b'a'", "rules.unknown_name", 14, "no variable b"),
        ("{'a': 1} == {}", "rules.expected", 1, "write a name, a number"),
        ("case.count.", "rules.expected", 12, "a method must stand here"),
        ("case.kind .size", "rules.unknown_name", 1, "no variable case.kind.size"),
    ] {
        let fault = match Guard::parse(text, &declarations()) {
            Err(fault) => fault,
            Ok(_) => panic!("taken: {text}"),
        };
        let shown = fault.to_string();
        assert_eq!((fault.code(), fault.position.column), (code, column), "{text}: {shown}");
        assert!(shown.contains(says), "{text}: {shown}");
    }
}

#[test]
fn what_is_beyond_a_limit_is_told() {
    let limit = |text: String| {
        let fault = Guard::parse(&text, &declarations()).unwrap_err();
        assert_eq!(fault.code(), "rules.limit", "{fault}");
        fault.to_string()
    };
    let deep = "levels of nesting: at most 32";
    assert!(limit("(".repeat(4000)).contains(deep));
    assert!(limit("!".repeat(4000)).contains(deep));
    assert!(limit("- ".repeat(2000)).contains(deep));
    assert!(limit("[".repeat(4000)).contains(deep));
    assert!(limit("twice(".repeat(600)).contains(deep));
    assert!(limit("true ? true : ".repeat(200)).contains(deep));
    assert!(limit("1 + ".repeat(1000) + "1").contains("parts of a guard: at most 256"));
    assert!(limit(format!("case.kind == '{}'", "x".repeat(4096))).contains("at most 4096"));
}

#[test]
fn the_longest_chain_is_evaluated() {
    let sum = "1 + ".repeat(126) + "1 == 127";
    assert_eq!(super::facts::holds(&sum), Ok(true));
}

proptest! {
    #[test]
    fn any_text_is_answered(text in "\\PC{0,80}") {
        let _ = Guard::parse(&text, &declarations());
    }

    #[test]
    fn any_text_of_cels_words_is_answered(words in prop::collection::vec(words(), 0..20)) {
        let text = words.join(" ");
        match Guard::parse(&text, &declarations()) {
            Ok(guard) => {
                let once = guard.holds(&facts());
                prop_assert_eq!(guard.holds(&facts()), once);
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
            "case.kind",
            "case.amount",
            "case.count",
            "case.trades",
            "case.urgent",
            "valid",
            "x",
            "years(",
            "law(",
            "has(",
            "size(",
            "date(",
            "(",
            ")",
            "[",
            "]",
            ",",
            ".",
            "&&",
            "||",
            "!",
            "-",
            "+",
            "*",
            "/",
            "%",
            "==",
            "!=",
            "<",
            "<=",
            ">",
            ">=",
            "in",
            "?",
            ":",
            "1",
            "0.5",
            "9223372036854775807",
            "'food'",
            "'2026-04-15'",
            "'",
            "true",
            "false",
            "null",
            ".exists(x,",
            ".all(x,",
            ".contains(",
            "质",
            "{",
            "and",
        ][..],
    )
}
