//! Drafts: what is refused, where, and why.

use model::{Draft, Error, RecordId, SubjectId, Timestamp};
use proptest::prelude::*;

const GOOD: &str = r#"{"kind":"inspection","region":"420100","valid_at":"2026-11-23T09:00:00+08:00",
    "subjects":[{"role":"inspected","id":"uscc:91350200776049653A"}],"source":"form",
    "open":{"result":"pass"},"personal":[{"person":"p-1","fields":{"name":"某"}}]}"#;

fn fault(text: &str) -> (String, &'static str) {
    let error = Draft::parse(text.as_bytes()).unwrap_err();
    is_chinese(&error);
    let place = match &error {
        Error::Field { field, .. } => field.clone(),
        Error::Json { line, column, .. } => format!("{line}:{column}"),
        Error::TooLarge { what, .. } => (*what).to_owned(),
        Error::Encoding { offset } => offset.to_string(),
        Error::Twice { pointer } | Error::Deep { pointer, .. } | Error::Inexact { pointer, .. } => {
            pointer.clone()
        }
    };
    (place, error.code())
}

/// The Chinese has no English prose inside, and is not what stands in for an unknown reason.
fn is_chinese(error: &Error) {
    let zh = error.zh();
    let is_word = |word: &str| word.len() > 1 && word.bytes().all(|b| b.is_ascii_lowercase());
    for run in zh.split(|c: char| !c.is_ascii()) {
        let words: Vec<bool> = run.split_whitespace().map(is_word).collect();
        assert!(!words.windows(3).any(|three| three == [true; 3]), "{zh}");
    }
    assert!(zh.contains('；') && !zh.contains("不能这样写"), "{error}: {zh}");
}

#[test]
fn a_good_draft_is_read() {
    let draft = Draft::parse(GOOD.as_bytes()).unwrap();
    assert_eq!(draft.subjects[0].id.value(), "91350200776049653A");
    assert_eq!(draft.personal[0].fields["name"], "某");
    assert_eq!(draft.valid_at.to_string(), "2026-11-23T01:00:00.000000Z");
}

#[test]
fn a_bad_draft_is_refused_with_the_place() {
    let change = |from: &str, to: &str| fault(&GOOD.replacen(from, to, 1));
    assert_eq!(change(r#""kind":"inspection","#, ""), ("/kind".into(), "record.field"));
    assert_eq!(change(r#""kind":"inspection""#, r#""kind":7"#).0, "/kind");
    assert_eq!(change(r#""source":"form""#, r#""sauce":"form""#).0, "/sauce");
    assert_eq!(change("+08:00", "").0, "/valid_at");
    assert_eq!(change("2026-11-23", "2026-02-30").0, "/valid_at");
    assert_eq!(change("T09:00", "T25:00").0, "/valid_at");
    // Still 1899 in UTC.
    assert_eq!(change("2026-11-23T09:00", "1900-01-01T07:59").0, "/valid_at");
    assert_eq!(change("uscc:", "uscc").0, "/subjects/0/id");
    assert_eq!(change(r#""role":"inspected","#, "").0, "/subjects/0/role");
    assert_eq!(change(r#""role":"#, r#""x":1,"role":"#).0, "/subjects/0/x");
    assert_eq!(change(r#""fields":"#, r#""field":"#).0, "/personal/0/fields");
    assert_eq!(change(r#""open":{"result":"pass"}"#, r#""open":[]"#).0, "/open");
    assert_eq!(change(r#"{"kind""#, r#"{"id":"x","kind""#).0, "/id");
    let v4 = r#"{"id":"f47ac10b-58cc-4372-a567-0e02b2c3d479","kind""#;
    assert_eq!(change(r#"{"kind""#, v4).0, "/id");
    assert_eq!(fault("[]").1, "record.field");
    assert_eq!(fault(""), ("1:0".into(), "record.json"));
    assert_eq!(change("pass\"}", "pass\"").1, "record.json");
    assert_eq!(fault(&format!("{GOOD} x")).1, "record.json");
    let result = ("/open/result".to_owned(), "record.json");
    assert_eq!(change(r#""result":"pass""#, r#""result":"pass","result":"fail""#), result);
    assert_eq!(change(r#""pass""#, "9007199254740993"), result);
    assert_eq!(change(r#""pass""#, "1e999").1, "record.json");
    assert_eq!(
        change(r#""pass""#, &format!("{}{}", "[".repeat(64), "]".repeat(64))).1,
        "record.json"
    );
    assert_eq!(fault(&"[".repeat(1 << 19)).1, "record.json");
    let large = change("pass", &"x".repeat(200_000_000));
    assert_eq!(large, ("the JSON text".into(), "record.too_large"));
}

#[test]
fn invalid_utf8_is_refused() {
    let mut bytes = GOOD.as_bytes().to_vec();
    let at = bytes.iter().position(|b| *b == b'p').unwrap();
    bytes[at] = 0xFF;
    assert_eq!(Draft::parse(&bytes).unwrap_err().code(), "record.json");
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Draft::parse(&bytes);
    }

    #[test]
    fn seconds_may_be_left_out_and_parts_of_a_microsecond_are_cut(minutes in 0i64..1440, digits in "[0-9]{6,9}") {
        let (hour, minute) = (minutes / 60, minutes % 60);
        let read = |time: String| format!("2026-04-15T{time}+08:00").parse::<Timestamp>();
        let whole = read(format!("{hour:02}:{minute:02}")).unwrap();
        prop_assert_eq!(read(format!("{hour:02}:{minute:02}:00")), Ok(whole));
        let micros: i64 = digits[..6].parse().unwrap();
        let time = read(format!("{hour:02}:{minute:02}:00.{digits}")).unwrap();
        prop_assert_eq!(time.micros(), whole.micros() + micros);
    }

    #[test]
    fn any_signs_of_a_time_are_answered(text in "[0-9]{4}-[01][0-9]-[0-3][0-9][T ][0-9:.Z+-]{0,20}") {
        let lenient = text.parse::<Timestamp>();
        if let Ok(time) = Timestamp::from_rfc3339(&text) {
            prop_assert_eq!(lenient, Ok(time));
        }
    }

    #[test]
    fn times_come_back(micros in -2_200_000_000_000_000i64..4_100_000_000_000_000) {
        let time = Timestamp::from_micros(micros);
        prop_assert_eq!(time.to_string().parse::<Timestamp>(), Ok(time));
    }

    #[test]
    fn ids_come_back_and_sort_by_time(a in 0i64..1 << 50, b in 0i64..1 << 50, random in any::<[u8; 10]>()) {
        let id = |t| RecordId::new(Timestamp::from_micros(t), &random);
        prop_assert_eq!(id(a).to_string().parse::<RecordId>(), Ok(id(a)));
        if a / 1000 < b / 1000 {
            prop_assert!(id(a) < id(b));
        }
    }

    #[test]
    fn subjects_come_back(text in "[a-z][a-z0-9-]{0,8}:[^\\s\\p{C}][^\\p{C}]{0,20}[^\\s\\p{C}]") {
        prop_assert_eq!(text.parse::<SubjectId>().unwrap().to_string(), text);
    }
}
