//! JSON is read strictly.

use proptest::prelude::*;
use rules::json::{Limits, read};
use serde_json::{Value, json};

fn fault(text: &[u8]) -> (&'static str, String) {
    let error = read(text, Limits::default()).unwrap_err();
    assert!(!error.zh().is_empty());
    (error.code(), error.to_string())
}

#[test]
fn what_is_no_json_is_told() {
    for (text, code, says) in [
        (&b""[..], "rules.json_form", "cut off"),
        (b"{\"a\": 1", "rules.json_form", "line 1, column 7"),
        (b"{\"a\": 1} {}", "rules.json_form", "one value"),
        (b"{\"a\": 1,}", "rules.json_form", "trailing comma"),
        (b"{a: 1}", "rules.json_form", "line 1, column 2"),
        (b"\n {'a': 1}", "rules.json_form", "line 2, column 3"),
        (b"NaN", "rules.json_form", "line 1, column 1"),
        (b"[01]", "rules.json_form", "invalid number"),
        (b"[1e400]", "rules.json_form", "give a number that can be"),
        (b"[\"\\ud800\"]", "rules.json_form", "hex escape"),
        (b"[\"a\nb\"]", "rules.json_form", "control character"),
        (b"\xef\xbb\xbf{}", "rules.json_form", "line 1, column 1"),
        (b"[\"\xd6\xca\xc1\xbf\"]", "rules.json_encoding", "byte 2"),
        (b"\xff\xfe{\0}\0", "rules.json_encoding", "UTF-16"),
    ] {
        let (found, shown) = fault(text);
        assert_eq!(found, code, "{shown}");
        assert!(shown.contains(says), "{shown}");
    }
}

#[test]
fn a_name_twice_is_refused_at_any_depth() {
    let twice = |text: &str| read(text.as_bytes(), Limits::default()).unwrap_err();
    let error = twice(r#"{"open": {"items": [{"a": 1}, {"a/b": 1, "c": [], "a\/b": 1}]}}"#);
    assert_eq!((error.code(), error.pointer()), ("rules.json_twice", Some("/open/items/1/a~1b")));
    assert_eq!(twice("{\"a\": 1, \"\\u0061\": 1}").pointer(), Some("/a"));
    assert!(read(br#"[{"a": 1}, {"a": 1}]"#, Limits::default()).is_ok());
}

#[test]
fn limits_hold() {
    let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    assert!(read(nested(16).as_bytes(), Limits::default()).is_ok());
    let (code, shown) = fault(nested(17).as_bytes());
    assert_eq!(code, "rules.json_deep");
    assert!(shown.starts_with("/0/0/0") && shown.contains("more than 16 levels"), "{shown}");
    let all = Limits { depth: usize::MAX, ..Limits::default() };
    assert!(read(nested(100).as_bytes(), all).is_ok());
    let error = read("[".repeat(1 << 20).as_bytes(), all).unwrap_err();
    assert_eq!(error.code(), "rules.json_deep");
    let large = vec![b' '; (1 << 20) + 1];
    assert_eq!(fault(&large).0, "rules.json_large");
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
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
        prop_assert_eq!(read(&text, Limits::default()), Ok(library));
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let _ = read(&bytes, Limits::default());
    }

    #[test]
    fn any_signs_are_answered(text in "[\\[\\]{}:,\"a1\\\\. -]{0,40}") {
        if let Err(error) = read(text.as_bytes(), Limits::default()) {
            prop_assert!(!error.zh().is_empty() && !error.to_string().is_empty());
        }
    }
}
