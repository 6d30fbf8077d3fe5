//! Events as makers, carriers and shops report them: EPCIS 2.0 in JSON.

use model::Timestamp;
use serde_json::{Map, Value, json};
use stats::random::Random;

use crate::sheet::rounded;

/// Things that are dealt with together.
#[derive(Debug, Clone)]
pub(crate) enum Things {
    /// So much of a lot.
    Lot { lot: String, quantity: f64, unit: Option<String> },
    /// Items, or logistic units.
    Items(Vec<String>),
}

impl Things {
    /// One of so many equal parts of a lot; of items all.
    pub(crate) fn part(&self, of: usize) -> Self {
        match self {
            Self::Lot { lot, quantity, unit } => Self::Lot {
                lot: lot.clone(),
                quantity: libm::floor(quantity / of.max(1) as f64),
                unit: unit.clone(),
            },
            items => items.clone(),
        }
    }

    /// The first so many are taken out; the rest stays.
    pub(crate) fn take(&mut self, count: usize) -> Self {
        match self {
            Self::Lot { lot, quantity, unit } => {
                let taken = quantity.min(count as f64);
                *quantity -= taken;
                Self::Lot { lot: lot.clone(), quantity: taken, unit: unit.clone() }
            }
            Self::Items(items) => {
                let rest = items.split_off(count.min(items.len()));
                Self::Items(std::mem::replace(items, rest))
            }
        }
    }

    pub(crate) fn count(&self) -> usize {
        match self {
            Self::Lot { quantity, .. } => *quantity as usize,
            Self::Items(items) => items.len(),
        }
    }

    fn put(&self, open: &mut Map<String, Value>, items: &str, lots: &str) {
        match self {
            Self::Lot { lot, quantity: count, unit } => {
                open.insert(lots.to_owned(), json!([quantity(lot, *count, unit.as_deref())]));
            }
            Self::Items(all) => {
                open.insert(items.to_owned(), json!(all));
            }
        }
    }
}

fn quantity(lot: &str, count: f64, unit: Option<&str>) -> Value {
    let mut element = json!({ "epcClass": lot, "quantity": rounded(count, 2) });
    if let (Some(unit), Some(element)) = (unit, element.as_object_mut()) {
        element.insert("uom".to_owned(), unit.into());
    }
    element
}

/// A lot, as a Digital Link.
pub(crate) fn lot(gtin: &str, lot: &str) -> String {
    format!("https://id.gs1.org/01/{gtin}/10/{lot}")
}

/// An item of a lot, as a Digital Link.
pub(crate) fn item(gtin: &str, lot: &str, serial: &str) -> String {
    format!("https://id.gs1.org/01/{gtin}/10/{lot}/21/{serial}")
}

/// An event that is being written.
#[derive(Debug)]
pub(crate) struct Event(Map<String, Value>);

fn begin(kind: &str, action: Option<&str>, step: &str, disposition: &str, at: Timestamp) -> Event {
    let mut open = Map::new();
    open.insert("type".to_owned(), kind.into());
    open.insert("eventTime".to_owned(), at.to_string().into());
    open.insert("eventTimeZoneOffset".to_owned(), "+08:00".into());
    if let Some(action) = action {
        open.insert("action".to_owned(), action.into());
    }
    open.insert("bizStep".to_owned(), step.into());
    if !disposition.is_empty() {
        open.insert("disposition".to_owned(), disposition.into());
    }
    Event(open)
}

/// Things come into being.
pub(crate) fn add(step: &str, disposition: &str, things: &Things, at: Timestamp) -> Event {
    // Harvesting and slaughtering are no steps of the vocabulary's that create; what they yield is
    // commissioned.
    let mut event = begin("ObjectEvent", Some("ADD"), word(step), disposition, at);
    things.put(&mut event.0, "epcList", "quantityList");
    event
}

/// Things are seen.
pub(crate) fn observe(step: &str, disposition: &str, things: &Things, at: Timestamp) -> Event {
    let mut event = begin("ObjectEvent", Some("OBSERVE"), step, disposition, at);
    things.put(&mut event.0, "epcList", "quantityList");
    event
}

/// Inputs become things.
pub(crate) fn transformation(
    step: &str,
    inputs: &[(String, f64)],
    unit: Option<&str>,
    things: &Things,
    at: Timestamp,
) -> Event {
    let mut event = begin("TransformationEvent", None, word(step), "active", at);
    let inputs: Vec<Value> =
        inputs.iter().map(|(lot, count)| quantity(lot, *count, unit)).collect();
    event.0.insert("inputQuantityList".to_owned(), inputs.into());
    things.put(&mut event.0, "outputEPCList", "outputQuantityList");
    event
}

/// Things go into a logistic unit, or come out of it.
pub(crate) fn packed(is_in: bool, unit: &str, things: &Things, at: Timestamp) -> Event {
    let (action, step) = if is_in { ("ADD", "packing") } else { ("DELETE", "unpacking") };
    let mut event = begin("AggregationEvent", Some(action), step, "in_progress", at);
    event.0.insert("parentID".to_owned(), unit.into());
    things.put(&mut event.0, "childEPCs", "childQuantityList");
    event
}

/// The word of the vocabulary for a step of a line.
fn word(step: &str) -> &str {
    match step {
        "harvesting" | "slaughtering" => "commissioning",
        step => step,
    }
}

impl Event {
    /// From one place to another.
    pub(crate) fn between(mut self, from: &str, to: &str) -> Self {
        let source = json!([{ "type": "location", "source": from }]);
        let destination = json!([{ "type": "location", "destination": to }]);
        self.0.insert("sourceList".to_owned(), source);
        self.0.insert("destinationList".to_owned(), destination);
        self
    }

    /// Where it is.
    pub(crate) fn at_place(mut self, place: Option<String>) -> Self {
        if let Some(place) = place {
            self.0.insert("readPoint".to_owned(), json!({ "id": place }));
            self.0.insert("bizLocation".to_owned(), json!({ "id": place }));
        }
        self
    }

    /// As it is sent, with an id of its own.
    pub(crate) fn text(mut self, random: &mut Random) -> String {
        let (high, low) = (random.bits(), random.bits());
        let id = format!(
            "urn:uuid:{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            0x8000 | (low >> 48) & 0x3fff,
            low & 0xffff_ffff_ffff
        );
        self.0.insert("eventID".to_owned(), id.into());
        Value::Object(self.0).to_string()
    }
}
