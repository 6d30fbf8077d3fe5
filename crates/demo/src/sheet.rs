//! Filling in a record.

use model::{Draft, PersonalPart, RecordId, Subject, Timestamp};
use serde_json::{Map, Value, json};

/// A record that is being filled in.
#[derive(Debug, Clone)]
pub(crate) struct Sheet(pub(crate) Draft);

impl Sheet {
    pub(crate) fn new(kind: &str, region: &str, valid_at: Timestamp, source: &str) -> Self {
        Self(Draft {
            id: None,
            kind: kind.to_owned(),
            subjects: Vec::with_capacity(4),
            office: None,
            region: region.to_owned(),
            valid_at,
            source: source.to_owned(),
            open: Map::new(),
            personal: Vec::new(),
            corrects: None,
            withdraws: None,
        })
    }

    /// Adds a subject; one that is no subject would be a fault of this crate and is left out, which
    /// intake tells.
    pub(crate) fn subject(mut self, role: &str, id: &str) -> Self {
        if let Ok(id) = id.parse() {
            self.0.subjects.push(Subject { role: role.to_owned(), id });
        }
        self
    }

    pub(crate) fn office(mut self, office: &str) -> Self {
        self.0.office = Some(office.to_owned());
        self
    }

    pub(crate) fn say(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.open.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn maybe(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.say(name, value),
            None => self,
        }
    }

    pub(crate) fn date(self, name: &str, date: clock::Date) -> Self {
        self.say(name, date.to_string())
    }

    pub(crate) fn quantity(self, name: &str, value: f64, unit: &str) -> Self {
        self.say(name, quantity(value, unit))
    }

    pub(crate) fn money(self, name: &str, value: f64) -> Self {
        self.say(name, rounded(value, 2))
    }

    pub(crate) fn person(mut self, person: &str, fields: Value) -> Self {
        if let Value::Object(fields) = fields {
            self.0.personal.push(PersonalPart { person: person.to_owned(), fields });
        }
        self
    }

    pub(crate) fn id(mut self, id: RecordId) -> Self {
        self.0.id = Some(id);
        self
    }
}

/// A number with its unit.
pub(crate) fn quantity(value: f64, unit: &str) -> Value {
    json!({ "value": rounded(value, 4), "unit": unit })
}

/// A number of so many places; whole where nothing is behind the point.
pub(crate) fn rounded(value: f64, places: u32) -> Value {
    let factor = f64::from(10_u32.pow(places));
    let rounded = libm::round(value * factor) / factor;
    if rounded.fract() == 0.0 && rounded.abs() < 1e15 {
        return (rounded as i64).into();
    }
    rounded.into()
}
