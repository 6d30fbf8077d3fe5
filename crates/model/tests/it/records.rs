//! The canonical text and the content digest of a record.

use model::json::canonical;
use model::{Author, Class, Digest, Draft, PersonalDigests, Record, RecordId, Timestamp};
use proptest::prelude::*;
use serde_json::Value;

fn record(open: &str) -> Record {
    let text = format!(
        r#"{{"kind":"inspection","region":"420100","valid_at":"2026-11-23T09:00:00+08:00",
        "subjects":[{{"role":"inspected","id":"uscc:91350200776049653A"}}],"source":"form",
        "open":{open},"personal":[{{"person":"p-1","fields":{{"name":"某"}}}}]}}"#
    );
    let draft = Draft::parse(text.as_bytes()).unwrap();
    let recorded_at = Timestamp::from_micros(1_795_000_000_000_000);
    Record {
        id: RecordId::new(recorded_at, &[7; 10]),
        draft,
        author: Author { on_behalf_of: "hb.wuhan".into(), account: "a-1".into() },
        recorded_at,
        class: Class::Internal,
        pack: Digest::of(&[b"pack"]),
        batch: None,
        closes: None,
        personal: vec![digests(b"salt")],
    }
}

fn digests(salt: &[u8]) -> PersonalDigests {
    PersonalDigests { plain: Digest::of(&[salt, b"part"]), sealed: Digest::of(&[b"sealed"]) }
}

fn open(record: &Record) -> Vec<u8> {
    canonical(&Value::Object(record.draft.open.clone()))
}

fn envelope(record: &Record) -> Vec<u8> {
    record.canonical(&Digest::of(&[&open(record)]))
}

fn content(record: &Record) -> Digest {
    record.content(&open(record), &[Digest::of(&[b"mark"])])
}

#[test]
fn the_canonical_text_shows_no_payload() {
    let text = String::from_utf8(envelope(&record(r#"{"result":"pass"}"#))).unwrap();
    assert!(!text.contains("pass\"") && !text.contains('某') && !text.contains("result"), "{text}");
    let value: Value = serde_json::from_str(&text).unwrap();
    let open = Digest::of(&[br#"{"result":"pass"}"#]).to_string();
    assert_eq!(value["open"], open);
    assert_eq!(open.parse::<Digest>().unwrap().to_string(), open);
}

#[test]
fn order_and_spelling_of_the_payload_do_not_matter() {
    let one = record(r#"{"a":1.0,"b":"\u0061"}"#);
    let other = record(r#"{ "b":"a", "a":1 }"#);
    assert_eq!(envelope(&one), envelope(&other));
    assert_eq!(content(&one), content(&other));
}

#[test]
fn the_content_digest_leaves_out_what_intake_adds() {
    let one = record(r#"{"a":1}"#);
    let mut later = one.clone();
    later.recorded_at = Timestamp::from_micros(1);
    later.personal = vec![digests(b"another salt")];
    later.pack = Digest::of(&[b"another pack"]);
    assert_eq!(content(&one), content(&later));
    assert_ne!(envelope(&one), envelope(&later));
    assert_ne!(content(&one), content(&record(r#"{"a":2}"#)));
}

#[test]
fn the_canonical_text_is_canonical() {
    let mut record = record(r#"{"a":1}"#);
    record.batch = Some(record.id);
    record.closes = Some(record.id);
    record.draft.corrects = Some(record.id);
    record.draft.withdraws = Some(record.id);
    record.draft.office = Some("420100".into());
    record.draft.source = "\u{8}\u{1f}\"\\质/\u{2028}".into();
    let text = envelope(&record);
    let value: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(text, serde_json_canonicalizer::to_vec(&value).unwrap());
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-(1i64 << 53) + 1..1 << 53).prop_map(Value::from),
        any::<f64>().prop_filter("finite", |x| x.is_finite()).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 30, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn canonical_text_is_that_of_rfc_8785(value in values()) {
        prop_assert_eq!(canonical(&value), serde_json_canonicalizer::to_vec(&value).unwrap());
    }
}

#[test]
fn the_content_digest_covers_what_is_personal_and_its_mark() {
    let one = record(r#"{"a":1}"#);
    let mut other = one.clone();
    other.draft.personal[0].fields.insert("name".into(), "他".into());
    assert_ne!(content(&one), content(&other));
    assert_ne!(content(&one), one.content(&open(&one), &[Digest::of(&[b"another mark"])]));
}
