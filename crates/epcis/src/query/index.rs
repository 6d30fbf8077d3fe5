//! What an index of events is made of: keys of an event, and the keys of which an event has one that
//! answers a question. [`Query::matches`] alone says whether it does answer.

use sha2::{Digest, Sha256};

use super::matcher::{scopes, texts, things, typed, whole_of};
use super::{Field, Op, Pattern, Query, Scope, Test};
use crate::event::{Event, EventType};
use crate::hash::canonical_id;
use crate::node::{Name, Node};
use crate::number::canonical_number;
use crate::time::Time;

/// Fields whose texts are indexed.
const TEXTS: [Field; 19] = [
    Field::EventId,
    Field::BizStep,
    Field::Disposition,
    Field::PersistentSet,
    Field::PersistentUnset,
    Field::ReadPoint,
    Field::BizLocation,
    Field::Transformation,
    Field::ErrorReason,
    Field::Corrective,
    Field::SensorType,
    Field::Device,
    Field::Method,
    Field::Rules,
    Field::Microorganism,
    Field::Substance,
    Field::StringValue,
    Field::HexValue,
    Field::UriValue,
];
const TYPED: [Field; 3] = [Field::BizTransaction, Field::Source, Field::Destination];
/// Lists of things; a question about any of them has the keys of each.
const THINGS: [Field; 7] = [
    Field::Epc,
    Field::Parent,
    Field::Input,
    Field::Output,
    Field::Class,
    Field::InputClass,
    Field::OutputClass,
];
const SCOPES: [Scope; 8] = [
    Scope::Event,
    Scope::Ilmd,
    Scope::ErrorDeclaration,
    Scope::ReadPoint,
    Scope::BizLocation,
    Scope::SensorElement,
    Scope::SensorMetadata,
    Scope::SensorReport,
];
/// Extensions of one event that are indexed; of the rest only that they are there is not known, and an
/// event with more answers every question about extensions as far as the index says.
const MOST_EXTENSIONS: usize = 1000;

/// A key: the first bytes of a digest.
fn key(parts: &[&str]) -> i64 {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part.as_bytes());
    }
    let mut first = [0; 8];
    first.copy_from_slice(&digest.finalize()[..8]);
    i64::from_be_bytes(first)
}

fn of_field(field: Field, text: &str) -> i64 {
    key(&["text", &format!("{field:?}"), text])
}

fn of_extension(scope: Scope, inner: bool, name: &Name, value: Option<&str>) -> i64 {
    let place = format!("{scope:?}{inner}");
    match value {
        Some(value) => key(&["value", &place, &name.space, &name.local, &form(value)]),
        None => key(&["extension", &place, &name.space, &name.local]),
    }
}

/// What two values have alike that are equal to a question.
fn form(value: &str) -> String {
    canonical_number(value)
        .or_else(|| Time::parse(value).map(|time| format!("@{}", time.micros())))
        .unwrap_or_else(|| canonical_id(value))
}

/// The class of an instance, where its link tells it.
fn class_of(id: &str) -> Option<&str> {
    let rest = id.strip_prefix("https://id.gs1.org/")?;
    let ai = rest.split('/').next()?;
    if !matches!(ai, "01" | "8006" | "8010") {
        return None;
    }
    let value = rest.get(ai.len() + 1..)?.split('/').next()?;
    let length = id.len() - rest.len() + ai.len() + 1 + value.len();
    id.get(..length)
}

impl Event {
    /// The keys of the event in an index, each once, in their order.
    ///
    /// ```
    /// # let text = r#"{"@context": "epcis-context.jsonld", "type": "ObjectEvent", "action": "ADD",
    /// #   "eventTime": "2026-01-31T08:00:00Z", "eventTimeZoneOffset": "+08:00", "bizStep": "packing",
    /// #   "epcList": ["https://id.gs1.org/01/04012345111118/21/1"]}"#;
    /// let event = epcis::parse_json(text.as_bytes()).unwrap();
    /// let spaces = epcis::Namespaces::default();
    /// let query = epcis::Query::parse([("EQ_bizStep", "packing")], &spaces).unwrap();
    /// let wanted = query.conditions[0].test.keys().unwrap();
    /// assert!(wanted.iter().any(|key| event.keys().contains(key)));
    /// ```
    pub fn keys(&self) -> Vec<i64> {
        let mut keys = vec![key(&["type", self.kind.name()])];
        if let Some(action) = self.action {
            keys.push(key(&["action", action.name()]));
        }
        for field in TEXTS {
            for text in texts(self, field) {
                keys.push(of_field(field, &text));
                if matches!(field, Field::ReadPoint | Field::BizLocation) {
                    keys.extend(whole_of(&text).map(|whole| of_field(field, whole)));
                }
            }
        }
        for field in TYPED {
            for (kind, id) in typed(self, field) {
                keys.push(of_typed(field, kind.unwrap_or_default(), &canonical_id(id)));
            }
        }
        for field in THINGS {
            let mut last = String::new();
            for id in things(self, field) {
                let id = canonical_id(id);
                keys.push(of_field(field, &id));
                if let Some(class) = class_of(&id)
                    && class != last
                {
                    last = class.to_owned();
                    keys.push(of_class(field, class));
                }
            }
        }
        if !self.sensors.is_empty() {
            keys.push(key(&["sensors"]));
        }
        if self.error.is_some() {
            keys.push(key(&["error"]));
        }
        self.extension_keys(&mut keys);
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    fn extension_keys(&self, keys: &mut Vec<i64>) {
        let mut left = MOST_EXTENSIONS;
        for scope in SCOPES {
            let mut note = |node: &Node, inner: bool| {
                if left > 0 {
                    left -= 1;
                    keys.push(of_extension(scope, inner, &node.name, None));
                    keys.push(of_extension(scope, inner, &node.name, Some(&node.value)));
                }
            };
            for node in scopes(self, scope).into_iter().flatten() {
                note(node, false);
                node.inner(&mut |below| note(below, true));
            }
        }
        if left == 0 {
            keys.push(many());
        }
    }
}

/// The key of events with more extensions than are indexed.
fn many() -> i64 {
    key(&["many extensions"])
}

fn of_typed(field: Field, kind: &str, id: &str) -> i64 {
    key(&["typed", &format!("{field:?}"), kind, id])
}

fn of_class(field: Field, class: &str) -> i64 {
    key(&["class", &format!("{field:?}"), class])
}

impl Test {
    /// Keys of which every event has at least one that passes the test; `None` where an index does not
    /// help.
    pub fn keys(&self) -> Option<Vec<i64>> {
        Some(match self {
            Self::Type(kinds) => {
                kinds.iter().map(|k: &EventType| key(&["type", k.name()])).collect()
            }
            Self::Action(actions) => actions.iter().map(|a| key(&["action", a.name()])).collect(),
            Self::Text(field, values) if TEXTS.contains(field) => {
                values.iter().map(|value| of_field(*field, value)).collect()
            }
            Self::Within(field, places) => {
                places.iter().map(|place| of_field(*field, place)).collect()
            }
            Self::Typed(field, kind, ids) => {
                ids.iter().map(|id| of_typed(*field, kind, id)).collect()
            }
            Self::Match(field, patterns) => {
                let fields: &[Field] = match field {
                    Field::Any => &THINGS[..4],
                    Field::AnyClass => &THINGS[4..],
                    field => std::slice::from_ref(field),
                };
                let mut keys = Vec::new();
                for pattern in patterns {
                    for field in fields {
                        keys.push(match pattern {
                            Pattern::One(id) => of_field(*field, id),
                            Pattern::Begins(start) => of_class(*field, &class_of_pattern(start)?),
                        });
                    }
                }
                keys
            }
            Self::Exists(Field::Sensors, true) => vec![key(&["sensors"])],
            Self::Exists(Field::ErrorDeclaration, true) => vec![key(&["error"])],
            Self::Extension(scope, inner, name, Op::Eq, values) => values
                .iter()
                .map(|value| of_extension(*scope, *inner, name, Some(value)))
                .chain([many()])
                .collect(),
            Self::Extension(scope, inner, name, ..)
            | Self::ExtensionExists(scope, inner, name, true) => {
                vec![of_extension(*scope, *inner, name, None), many()]
            }
            _ => return None,
        })
    }
}

/// The class that a pattern of all its instances names: `urn:epc:id:sgtin:4012345.011111.`
fn class_of_pattern(start: &str) -> Option<String> {
    let rest = start.strip_prefix("urn:epc:id:sgtin:")?.strip_suffix('.')?;
    let (prefix, item) = rest.split_once('.')?;
    if item.is_empty() || item.contains('.') {
        return None;
    }
    let id = canonical_id(&format!("urn:epc:idpat:sgtin:{prefix}.{item}.*"));
    class_of(&id).map(str::to_owned)
}

impl Query {
    /// For each condition that an index helps with, keys of which an event has one that fulfils it.
    pub fn keys(&self) -> Vec<Vec<i64>> {
        self.conditions.iter().filter_map(|condition| condition.test.keys()).collect()
    }

    /// As [`keys`](Self::keys), of the conditions whose meaning does not hang on master data that changes.
    pub fn lasting_keys(&self) -> Vec<Vec<i64>> {
        let lasting = self.conditions.iter().filter(|c| !matches!(c.test, Test::Within(..)));
        lasting.filter_map(|condition| condition.test.keys()).collect()
    }
}
