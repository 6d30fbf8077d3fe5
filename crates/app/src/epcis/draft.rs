//! From an event to the draft of its record.

use epcis::{Event, List, Namespaces, Place, Read};
use model::{Digest, Draft, Subject, SubjectId, Timestamp};
use pack::Pack;
use serde_json::{Map, Value};

use super::KIND;
use crate::fault::Fault;

/// Keys up to here are kept as they are written.
const LONGEST_KEY: usize = 300;
/// Subjects in one role; whatever else an event names is found in the event.
const MOST: usize = 90;

/// Where the records say that they come from.
const SOURCE: &str = "epcis";
/// Roles that only places have.
const PLACES: [&str; 2] = ["read_point", "biz_location"];

/// An event on its way into a record.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// The event.
    pub event: &'a Event,
    /// Its bytes as they came, in UTF-8.
    pub raw: &'a [u8],
    /// The prefixes in force where it stood.
    pub scope: &'a Namespaces,
    /// Who reports it, as `scheme:value`, or the id of an office.
    pub reporter: &'a str,
    /// The division of the reporter, GB/T 2260.
    pub region: &'a str,
    /// The job that took it in.
    pub capture: Option<&'a str>,
}

/// The one name of an event: its id, or its hash where it has none. An error declaration is another
/// event than the one that it is about, and bears its id; so its time is added.
pub fn key_of(event: &Event, hash: &str) -> String {
    let mut key = event.id.clone().unwrap_or_else(|| hash.to_owned());
    if let Some(error) = &event.error {
        key.push_str("#error@");
        key.push_str(&error.time.in_utc());
    }
    if key.len() > LONGEST_KEY {
        key = format!("urn:digest:{}", Digest::of(&[key.as_bytes()]));
    }
    key
}

/// The open part of the record of an event.
pub(super) fn open_of(
    event: &Event,
    raw: &str,
    scope: &Namespaces,
    capture: Option<&str>,
) -> Map<String, Value> {
    let hash = event.hash();
    let mut open = Map::new();
    let mut put = |name: &str, value: Value| {
        open.insert(name.to_owned(), value);
    };
    put("event_key", key_of(event, &hash).into());
    put("event_hash", hash.into());
    if let Some(id) = &event.id {
        put("event_id", id.as_str().into());
    }
    put("type", event.kind.name().into());
    if let Some(action) = event.action {
        put("action", action.name().into());
    }
    if let Some(step) = &event.step {
        put("biz_step", List::BizStep.bare(step).into());
    }
    if let Some(disposition) = &event.disposition {
        put("disposition", List::Disposition.bare(disposition).into());
    }
    put("declares_error", event.error.is_some().into());
    let is_xml = raw.trim_start().starts_with('<');
    put("format", if is_xml { "xml" } else { "json" }.into());
    put("context", scope.to_context().into());
    put("event", raw.into());
    if let Some(capture) = capture {
        put("capture", capture.into());
    }
    open
}

/// The draft of the record of an event.
pub fn draft(pack: &Pack, sent: &Sent<'_>) -> Draft {
    let raw = String::from_utf8_lossy(sent.raw);
    Draft {
        id: None,
        kind: KIND.to_owned(),
        subjects: subjects(pack, sent),
        office: None,
        region: sent.region.to_owned(),
        valid_at: Timestamp::from_micros(sent.event.time.micros()),
        source: SOURCE.to_owned(),
        open: open_of(sent.event, &raw, sent.scope, sent.capture),
        personal: Vec::new(),
        corrects: None,
        withdraws: None,
    }
}

/// The draft of an event that was read, from a reporter of a division; `capture` is the job that took it
/// in.
pub(super) fn draft_of(
    pack: &Pack,
    read: &Read,
    reporter: &str,
    division: Option<&str>,
    capture: Option<&str>,
) -> Draft {
    let region = region_on(pack, division.unwrap_or(pack::NO_REGION), &read.event);
    let Read { event, raw, scope, .. } = read;
    draft(pack, &Sent { event, raw, scope, reporter, region, capture })
}

/// The division of a reporter, or the province where that was none yet on the day of the event.
fn region_on<'r>(pack: &'r Pack, region: &'r str, event: &Event) -> &'r str {
    let on = Timestamp::from_micros(event.time.micros()).day_in_china();
    let is_known = region == pack::NO_REGION || pack.tables().divisions.get(region, on).is_some();
    if is_known { region } else { &pack.manifest().province }
}

/// A fault of an event in the words of the program; the place stands beside them where it is a
/// pointer.
pub(crate) fn told(fault: &epcis::Fault) -> Fault {
    let (en, zh) = (fault.to_string(), fault.zh());
    let place = fault.place.to_string();
    let en = en.strip_prefix(&format!("{place}: ")).unwrap_or(&en).to_owned();
    let zh = zh.split_once('：').map_or(zh.as_str(), |(_, words)| words).to_owned();
    let told = Fault::new(fault.code(), en, zh);
    match &fault.place {
        Place::Pointer(pointer) => told.at(pointer.as_str()),
        Place::Line(_) | Place::Parameter(_) => told,
    }
}

/// Who and where, as far as the identifiers are such that the pack knows.
fn subjects(pack: &Pack, sent: &Sent<'_>) -> Vec<Subject> {
    let event = sent.event;
    let mut found: Vec<Subject> = Vec::new();
    let mut add = |role: &str, text: &str| {
        let Some(id) = subject(pack, role, text) else { return };
        let in_role = found.iter().filter(|other| other.role == role).count();
        if in_role < MOST && !found.iter().any(|other| other.role == role && other.id == id) {
            found.push(Subject { role: role.to_owned(), id });
        }
    };
    add("reporter", sent.reporter);
    if let Some(place) = &event.read_point {
        add("read_point", &place.id);
    }
    if let Some(place) = &event.location {
        add("biz_location", &place.id);
    }
    event.sources.iter().for_each(|source| add("source", &source.id));
    event.destinations.iter().for_each(|destination| add("destination", &destination.id));
    found
}

/// The subject that an identifier names in a role. An extension of a location number is a door or a
/// shelf of the place; the place is what is registered.
fn subject(pack: &Pack, role: &str, text: &str) -> Option<SubjectId> {
    let link = ["urn:epc:", "http://", "https://"].iter().any(|start| text.starts_with(start));
    if link {
        let link = codes::gs1::canonical_digital_link(text).ok()?;
        let is_party = link.starts_with("https://id.gs1.org/417/") && !PLACES.contains(&role);
        if !is_party && !link.starts_with("https://id.gs1.org/414/") {
            return None;
        }
        let place = link.split_once("/254/").map_or(link.as_str(), |(place, _)| place);
        // What a lenient reader lets pass, intake does not.
        codes::gs1::DigitalLink::parse(place, codes::Mode::Strict).ok()?;
        return place.parse().ok();
    }
    let id: SubjectId = text.parse().ok()?;
    (id.scheme() != "urn" && pack.identify(role, id.as_str(), None).is_ok()).then_some(id)
}
