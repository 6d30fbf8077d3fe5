//! Traceability events as they come: one object event in JSON of about a kilobyte.

use std::fmt::Write as _;
use std::io::Read;

use app::Principal;

use super::Fault;
use super::sample::Random;

/// Parties that report.
const PARTIES: u64 = 1_000;
/// Products of a party.
const PRODUCTS: u64 = 20;
/// What is done, with how things are after it.
const STEPS: [(&str, &str, &str); 5] = [
    ("ADD", "commissioning", "active"),
    ("OBSERVE", "inspecting", "conformant"),
    ("OBSERVE", "shipping", "in_transit"),
    ("OBSERVE", "receiving", "in_progress"),
    ("OBSERVE", "retail_selling", "retail_sold"),
];

/// Who sends them: the office's own hand, which may report for everybody.
pub fn sender() -> Principal {
    Principal::operator()
}

/// A document of events, made while it is read.
pub struct Document {
    left: u64,
    made: u64,
    random: Random,
    text: Vec<u8>,
    at: usize,
}

impl Document {
    /// A document of so many events.
    pub fn new(events: u64, seed: u64) -> Self {
        let head = r#"{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",{"ex":"https://ns.example/epcis/"}],"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-01-01T00:00:00Z","epcisBody":{"eventList":["#;
        Self { left: events, made: 0, random: Random(seed), text: head.into(), at: 0 }
    }

    /// The next piece of the text; none at its end.
    fn more(&mut self) -> bool {
        if self.left == 0 {
            return false;
        }
        self.text.clear();
        self.at = 0;
        let mut text = String::with_capacity(2048);
        if self.made > 0 {
            text.push(',');
        }
        event(&mut text, &mut self.random);
        self.made += 1;
        self.left -= 1;
        if self.left == 0 {
            text.push_str("]}}");
        }
        self.text.extend_from_slice(text.as_bytes());
        true
    }
}

impl Read for Document {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.text.len() && !self.more() {
            return Ok(0);
        }
        let rest = self.text.get(self.at..).unwrap_or_default();
        let read = rest.len().min(into.len());
        if let (Some(to), Some(from)) = (into.get_mut(..read), rest.get(..read)) {
            to.copy_from_slice(from);
        }
        self.at += read;
        Ok(read)
    }
}

/// The mean number of bytes of an event.
pub fn bytes_each() -> Result<u64, Fault> {
    let mut text = Vec::new();
    Document::new(1_000, 1).read_to_end(&mut text)?;
    Ok(text.len() as u64 / 1_000)
}

fn event(text: &mut String, random: &mut Random) {
    let (action, step, disposition) = STEPS[random.below(STEPS.len() as u64) as usize];
    let (party, product) = (random.below(PARTIES), random.below(PRODUCTS));
    let to = (party + 1 + random.below(PARTIES - 1)) % PARTIES;
    let lot = random.below(500);
    let (year, month, day) = (2024 + random.below(2), 1 + random.below(12), 1 + random.below(28));
    let (hour, minute, second) = (random.below(24), random.below(60), random.below(60));
    let (id, order) = (random.next(), random.next());
    let _ = write!(
        text,
        r#"{{"type":"ObjectEvent","eventID":"urn:uuid:{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}","eventTime":"{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.000+08:00","eventTimeZoneOffset":"+08:00","epcList":["#,
        id >> 32,
        id >> 16 & 0xFFFF,
        id & 0xFFF,
        order >> 52,
        order & 0xFFFF_FFFF_FFFF,
    );
    let first = random.below(1_000_000);
    for serial in 0..3 {
        let comma = if serial == 0 { "" } else { "," };
        let serial = first + serial;
        let _ = write!(text, r#"{comma}"urn:epc:id:sgtin:952{party:05}.0{product:04}.{serial}""#);
    }
    let (weight, temperature) = (random.below(9_000) + 1_000, random.below(80));
    let _ = write!(
        text,
        r#"],"quantityList":[{{"epcClass":"urn:epc:class:lgtin:952{party:05}.0{product:04}.L{lot}","quantity":{weight}.5,"uom":"KGM"}}],"action":"{action}","bizStep":"{step}","disposition":"{disposition}","readPoint":{{"id":"urn:epc:id:sgln:952{party:05}.0001.{lot}"}},"bizLocation":{{"id":"urn:epc:id:sgln:952{party:05}.0001.0"}},"bizTransactionList":[{{"type":"po","bizTransaction":"urn:epc:id:gdti:952{party:05}.0002.PO{}"}}],"sourceList":[{{"type":"owning_party","source":"urn:epc:id:pgln:952{party:05}.0001"}}],"destinationList":[{{"type":"owning_party","destination":"urn:epc:id:pgln:952{to:05}.0001"}}],"ex:grade":"A{product}","sensorElementList":[{{"sensorReport":[{{"type":"Temperature","value":{}.{},"uom":"CEL"}}]}}]}}"#,
        order % 1_000_000,
        temperature / 10,
        temperature % 10,
    );
}
