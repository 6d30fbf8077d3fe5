//! What is wrong with a filter, where, and what to do.

use std::sync::Arc;

use rules::filter::{Field, Fields, Filter, Type};
use rules::value::CodeList;

fn fault(text: &str) -> rules::Fault {
    let fields = [
        ("result", Type::Code(Some(CodeList::new("test-result", ["pass", "fail"])))),
        ("region", Type::Code(None)),
        ("count", Type::Integer),
        ("amount", Type::Decimal { places: 2 }),
        ("listed", Type::Boolean),
        ("issued_on", Type::Date),
        ("known_at", Type::Instant),
        ("name", Type::Text),
    ];
    let fields = fields.into_iter().map(|(name, holds)| Field::new(name, holds));
    let fields = Arc::new(Fields::new(fields).unwrap());
    Filter::parse(text, &fields).map_or_else(|fault| fault, |filter| panic!("taken: {filter}"))
}

#[test]
fn every_fault_says_what_where_and_what_to_do() {
    for (text, code, column, says) in [
        ("", "rules.empty", 1, "leave the rule out"),
        (" \n ", "rules.empty", 1, "write a condition"),
        ("reslut == 'fail'", "rules.unknown_name", 1, "was result meant?"),
        (
            "result == 'fial'",
            "rules.unknown_name",
            11,
            "code of the list test-result fial; was fail meant?",
        ),
        (
            "result in ['pass', 'gone']",
            "rules.unknown_name",
            20,
            "look at the names that are declared",
        ),
        ("result <> 'fail'", "rules.expected", 8, "write !="),
        ("result == 'fail' && listed", "rules.expected", 18, "write `and`"),
        ("result == 'fail' OR listed", "rules.expected", 18, "write `or`"),
        ("result == 'fail' listed", "rules.expected", 18, "join conditions by and, or"),
        ("(result == 'fail'", "rules.expected", 18, "close the bracket"),
        ("result == 'fail')", "rules.expected", 17, "open it before"),
        ("result == 'fail", "rules.unclosed", 11, "close it with '"),
        ("result == fail", "rules.unknown_name", 11, "there is no field fail"),
        ("result == ‘fail’", "rules.character", 11, "type ' in half-width"),
        ("result > 'fail'", "rules.type", 1, "compare it by == or !="),
        ("result not in ['fail']", "rules.expected", 8, "also holds where it is missing"),
        ("result == null", "rules.expected", 11, "is missing"),
        ("result is null", "rules.expected", 11, "is missing"),
        ("result in []", "rules.expected", 12, "a field or a value must stand here, not ]"),
        ("result in 'fail'", "rules.expected", 11, "square brackets"),
        ("result in ['fail' 'pass']", "rules.expected", 19, "square brackets"),
        ("result in [region]", "rules.type", 12, "a list holds values"),
        ("region like '42%'", "rules.expected", 8, "starts_with"),
        ("count starts_with '4'", "rules.type", 19, "compare it by <"),
        ("region starts_with 42", "rules.expected", 20, "in quotes"),
        ("count == '1'", "rules.type", 10, "without quotes"),
        ("count == 1.5", "rules.literal", 10, "whole numbers"),
        ("count == 9223372036854775808", "rules.literal", 10, "at most 18 digits"),
        ("count == 1e3", "rules.literal", 10, "write it in digits"),
        ("count == -'a'", "rules.expected", 11, "a number must stand here"),
        ("amount == 1.005", "rules.literal", 11, "at most 2 digits after the point"),
        ("amount == 100000000000000000", "rules.literal", 11, "18 in all"),
        ("listed == 1", "rules.type", 11, "write true or false"),
        ("listed < true", "rules.type", 1, "no smaller or greater"),
        ("count", "rules.expected", 6, "after the field"),
        ("true", "rules.expected", 5, "a comparison must stand here"),
        ("'a' == 'a'", "rules.type", 1, "compare a field"),
        ("issued_on > '2026-02-30'", "rules.literal", 13, "no such day"),
        ("issued_on > '2026-2-3'", "rules.literal", 13, "such as 2026-04-15"),
        ("issued_on > 2026", "rules.type", 13, "a day in quotes"),
        ("issued_on > known_at", "rules.type", 1, "compare fields of one type"),
        ("amount == count", "rules.type", 1, "compare fields of one type"),
        ("known_at < '2026-04-15'", "rules.literal", 12, "offset"),
        ("name == 'a\\q'", "rules.escape", 11, "\\q is no escape"),
        ("name == 'a\\u0000'", "rules.character", 11, "take it out"),
        ("not", "rules.expected", 4, "a field or a value"),
        ("name == 'a' and", "rules.expected", 16, "a field or a value"),
        ("结论 == 'a'", "rules.character", 1, "names are in English letters"),
    ] {
        let fault = fault(text);
        let shown = fault.to_string();
        assert_eq!((fault.code(), fault.position.column), (code, column), "{text}: {shown}");
        assert!(shown.contains(says), "{text}: {shown}");
        is_chinese(&fault);
    }
}

/// The Chinese has no English prose inside, and says what and what to do of its own, not what
/// stands in for what is only known in English.
fn is_chinese(fault: &rules::Fault) {
    // What a filter writes is no prose.
    const OWN: &[&str] = &["is not missing", "is missing", "field is missing", "not (field in"];
    let zh = fault.zh();
    let prose = OWN.iter().fold(zh.clone(), |text, own| text.replace(own, "…"));
    let is_word = |word: &str| word.len() > 1 && word.bytes().all(|b| b.is_ascii_lowercase());
    for run in prose.split(|c: char| !c.is_ascii()) {
        let words: Vec<bool> = run.split_whitespace().map(is_word).collect();
        assert!(!words.windows(3).any(|three| three == [true; 3]), "{zh}");
    }
    let stands_in = ["请查看规则的写法", "类型不相配", "其他内容", "没有名称"];
    assert!(!stands_in.iter().any(|words| zh.contains(words)), "{zh}");
}

#[test]
fn lines_are_counted() {
    let fault = fault("result == 'fail'\n  and reslut == 'pass'");
    assert_eq!((fault.position.line, fault.position.column), (2, 7));
}

#[test]
fn what_is_beyond_a_limit_is_told() {
    let limit = |text: String| {
        let fault = fault(&text);
        assert_eq!(fault.code(), "rules.limit", "{fault}");
        is_chinese(&fault);
        fault.to_string()
    };
    assert!(limit("(".repeat(33)).contains("levels of nesting: at most 32"));
    assert!(limit("not ".repeat(1000) + "listed").contains("levels of nesting: at most 32"));
    assert!(limit(format!("name == '{}'", "x".repeat(1 << 16))).contains("at most 65536"));
    assert!(
        limit(vec!["listed"; 257].join(" and ")).contains("conditions in one filter: at most 256")
    );
    assert!(limit(format!("count in [{}]", vec!["1"; 1001].join(","))).contains("at most 1000"));
}
