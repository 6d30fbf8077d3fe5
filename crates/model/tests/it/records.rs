//! The canonical text and the content digest of a record.

use model::{Author, Class, Digest, Draft, Record, RecordId, Timestamp};
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
        personal: vec![Digest::of(&[b"salt", b"part"])],
    }
}

#[test]
fn the_canonical_text_shows_no_payload() {
    let text = String::from_utf8(record(r#"{"result":"pass"}"#).canonical()).unwrap();
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
    assert_eq!(one.canonical(), other.canonical());
    assert_eq!(one.content(), other.content());
}

#[test]
fn the_content_digest_leaves_out_what_intake_adds() {
    let one = record(r#"{"a":1}"#);
    let mut later = one.clone();
    later.recorded_at = Timestamp::from_micros(1);
    later.personal = vec![Digest::of(&[b"another salt"])];
    later.pack = Digest::of(&[b"another pack"]);
    assert_eq!(one.content(), later.content());
    assert_ne!(one.canonical(), later.canonical());
    assert_ne!(one.content(), record(r#"{"a":2}"#).content());
}
