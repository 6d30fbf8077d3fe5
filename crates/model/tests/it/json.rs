//! JSON is read strictly.

use model::Error;
use model::json::{Limits, parse};
use proptest::prelude::*;
use serde_json::{Value, json};

fn fault(text: &[u8]) -> Error {
    let error = parse(text, Limits::default()).unwrap_err();
    assert!(!error.zh().is_empty());
    error
}

#[test]
fn what_is_no_json_is_told() {
    for (text, says) in [
        (&b""[..], "cut off"),
        (b"{\"a\": 1", "line 1, column 7"),
        (b"{\"a\": 1} {}", "trailing characters"),
        (b"{\"a\": 1,}", "trailing comma"),
        (b"{a: 1}", "line 1, column 2"),
        (b"\n {'a': 1}", "line 2, column 3"),
        (b"NaN", "line 1, column 1"),
        (b"[01]", "invalid number"),
        (b"[1e400]", "give a number that can be"),
        (b"[\"\\ud800\"]", "hex escape"),
        (b"[\"a\nb\"]", "control character"),
        (b"\xef\xbb\xbf{}", "line 1, column 1"),
        (b"[\"\xd6\xca\xc1\xbf\"]", "byte 2"),
        (b"\xff\xfe{\0}\0", "UTF-16"),
    ] {
        let error = fault(text);
        let shown = error.to_string();
        assert_eq!(error.code(), "record.json", "{shown}");
        assert!(shown.contains(says), "{shown}");
        assert_eq!(error.pointer(), None);
    }
    assert_eq!(fault(b"[\"\xd6\xca\xc1\xbf\"]"), Error::Encoding { offset: 2 });
}

#[test]
fn a_name_twice_is_refused_at_any_depth() {
    let error = fault(br#"{"open": {"items": [{"a": 1}, {"a/b": 1, "c": [], "a\/b": 1}]}}"#);
    assert_eq!(error, Error::Twice { pointer: "/open/items/1/a~1b".to_owned() });
    assert_eq!(fault(b"{\"a\": 1, \"\\u0061\": 1}").pointer(), Some("/a"));
    let long = format!("{{{0}: 1, {0}: 1}}", format_args!("\"{}\"", "x".repeat(100_000)));
    assert!(fault(long.as_bytes()).to_string().len() < 200);
    assert!(parse(br#"[{"a": 1}, {"a": 1}]"#, Limits::default()).is_ok());
}

#[test]
fn integers_that_are_not_exact_everywhere_are_refused() {
    for number in ["9007199254740991", "-9007199254740991", "9007199254740993.0", "1e300"] {
        assert!(parse(number.as_bytes(), Limits::default()).is_ok(), "{number}");
    }
    for number in ["9007199254740992", "-9007199254740992", "18446744073709551615"] {
        let error = fault(format!("{{\"a\": [0, {number}]}}").as_bytes());
        let (pointer, number) = ("/a/1".to_owned(), number.to_owned());
        assert!(error.to_string().ends_with("send it as text") && error.zh().contains(&number));
        assert_eq!(error, Error::Inexact { pointer, number });
    }
}

#[test]
fn limits_hold() {
    let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(nested(32).as_bytes(), Limits::default()).is_ok());
    let error = fault(nested(33).as_bytes());
    assert_eq!(error, Error::Deep { pointer: "/0".repeat(32), most: 32 });
    let all = Limits { depth: usize::MAX, ..Limits::default() };
    assert!(parse(nested(100).as_bytes(), all).is_ok());
    let error = parse("[".repeat(1 << 20).as_bytes(), all).unwrap_err();
    assert!(matches!(error, Error::Deep { most: 100, .. }), "{error}");
    let error = fault(&vec![b' '; (1 << 20) + 1]);
    assert_eq!(error.code(), "record.too_large");
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-(1i64 << 53) + 1..1 << 53).prop_map(Value::from),
        any::<f64>().prop_filter("JSON has none", |x| x.is_finite()).prop_map(|x| json!(x)),
        "\\PC{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("\\PC{0,3}", inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_comes_back(value in values()) {
        // As the parser of the library reads it, numbers included.
        let text = serde_json::to_vec(&value).unwrap();
        let library: Value = serde_json::from_slice(&text).unwrap();
        prop_assert_eq!(parse(&text, Limits::default()), Ok(library));
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let _ = parse(&bytes, Limits::default());
    }

    #[test]
    fn any_signs_are_answered(text in "[\\[\\]{}:,\"a1\\\\. -]{0,40}") {
        if let Err(error) = parse(text.as_bytes(), Limits::default()) {
            prop_assert!(!error.zh().is_empty() && !error.to_string().is_empty());
        }
    }
}
