//! Events and records of small chains.

use app::System;
use app::epcis::{Sent, draft};
use epcis::Namespaces;
use model::Draft;
use serde_json::{Value, json};

use crate::support::operator;
use crate::support::{Home, pack};

/// The operator of a test's markets and mills.
pub const MILL: &str = "uscc:914201001777000029";
pub const SHOP: &str = "uscc:91420100758123450T";

/// A GTIN of a test, by a number.
pub fn gtin(number: u64) -> String {
    let body = format!("0690{number:09}");
    let check = codes::gs1::check_digit(body.as_bytes()).unwrap();
    format!("{body}{}", check as char)
}

pub fn product(number: u64) -> String {
    format!("https://id.gs1.org/01/{}", gtin(number))
}

pub fn lot(number: u64, lot: impl std::fmt::Display) -> String {
    format!("{}/10/{lot}", product(number))
}

pub fn item(number: u64, serial: impl std::fmt::Display) -> String {
    format!("{}/21/{serial}", product(number))
}

/// A place, by a number.
pub fn place(number: u64) -> String {
    let body = format!("690{number:09}");
    let check = codes::gs1::check_digit(body.as_bytes()).unwrap();
    format!("https://id.gs1.org/414/{body}{}", check as char)
}

/// An instant of 2024, by minutes.
pub fn at(minute: u64) -> String {
    let (day, hour, minute) = (minute / 1440, minute / 60 % 24, minute % 60);
    let (month, day) = (day / 28 + 1, day % 28 + 1);
    format!("2024-{month:02}-{day:02}T{hour:02}:{minute:02}:00+08:00")
}

/// An event: its type, id, minute, and what else it has.
pub fn event(sort: &str, id: &str, minute: u64, rest: Value) -> Value {
    let mut event = json!({
        "@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],
        "type": sort, "eventID": format!("urn:test:{id}"),
        "eventTime": at(minute), "eventTimeZoneOffset": "+08:00",
    });
    for (name, value) in rest.as_object().unwrap() {
        event[name] = value.clone();
    }
    event
}

/// The draft of the record of an event that a party reports.
pub fn event_draft(event: &Value, reporter: &str) -> Draft {
    let raw = event.to_string();
    let read = epcis::parse_json(raw.as_bytes()).unwrap_or_else(|fault| panic!("{fault}: {raw}"));
    let scope = Namespaces::of_context(&event["@context"].to_string()).unwrap();
    let sent = Sent {
        event: &read,
        raw: raw.as_bytes(),
        scope: &scope,
        reporter,
        region: "420106",
        capture: None,
    };
    draft(&pack(), &sent)
}

/// A record of another kind.
pub fn record(kind: &str, minute: u64, subjects: &[(&str, &str)], open: Value) -> Draft {
    let subjects: Vec<Value> =
        subjects.iter().map(|(role, id)| json!({ "role": role, "id": id })).collect();
    let record = json!({
        "kind": kind, "region": "420106", "valid_at": at(minute), "source": "test",
        "subjects": subjects, "open": open,
    });
    Draft::from_json(record.clone()).unwrap_or_else(|e| panic!("{e}: {record}"))
}

impl Home {
    /// Sends drafts, and says how many records are known then.
    pub fn put(&self, system: &System, drafts: Vec<Draft>) -> u64 {
        let receipts = self.run(system.append(operator(), drafts, None));
        let receipts = receipts.unwrap_or_else(|e| panic!("{e}"));
        receipts.iter().map(|receipt| receipt.position).max().unwrap() + 1
    }
}
