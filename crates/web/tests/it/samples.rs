//! Records to send.

use model::{RecordId, Timestamp};
use serde_json::{Value, json};

/// The id with this number, of 2026-05-01.
pub fn id(number: u64) -> String {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&number.to_be_bytes());
    RecordId::new(Timestamp::from_micros(1_777_600_000_000_000), &random).to_string()
}

pub const MAKER: &str = "uscc:91350200776049653A";

/// A record that needs no personal part: something that was read in the press.
pub fn opinion(number: u64) -> Value {
    json!({
        "id": id(number),
        "kind": "public-opinion",
        "subjects": [{ "role": "organization", "id": MAKER }],
        "region": "420100",
        "valid_at": format!("2026-05-{:02}T09:00:00+08:00", 1 + number % 28),
        "source": "press",
        "open": {
            "url": format!("https://press.example/{number}"),
            "source_type": "newspaper",
            "published_at": "2026-05-01T08:00:00+08:00",
            "title": format!("Item {number}"),
        },
    })
}

/// A record with a personal part.
pub fn complaint(number: u64, person: &str) -> Value {
    json!({
        "id": id(number),
        "kind": "complaint",
        "subjects": [{ "role": "respondent", "id": MAKER }],
        "region": "420100",
        "valid_at": "2026-05-02T09:00:00+08:00",
        "source": "hotline",
        "open": { "number": format!("C-{number}"), "channel": "hotline-12315", "category": "quality" },
        "personal": [{
            "person": person,
            "fields": { "text": "the kettle leaks", "complainant_name": "张三" },
        }],
    })
}
