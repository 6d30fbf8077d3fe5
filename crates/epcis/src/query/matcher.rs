//! Whether an event answers a question: the meaning that every index must agree with.

use std::cmp::Ordering;

use super::{Field, Op, Pattern, Query, Scope, Test};
use crate::event::{Event, Quantity, SensorReport};
use crate::hash::canonical_id;
use crate::node::{Name, Node};
use crate::number::{canonical_number, compare};
use crate::time::Time;
use crate::units::compare_units;

impl Op {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Eq => order.is_eq(),
            Self::Gt => order.is_gt(),
            Self::Ge => order.is_ge(),
            Self::Lt => order.is_lt(),
            Self::Le => order.is_le(),
        }
    }
}

impl Query {
    /// Whether all conditions hold of the event.
    pub fn matches(&self, event: &Event) -> bool {
        self.conditions.iter().all(|condition| condition.test.matches(event))
    }
}

impl Test {
    /// Whether it holds of the event. A field that is not there fulfils nothing but its absence.
    pub fn matches(&self, event: &Event) -> bool {
        match self {
            Self::Type(kinds) => kinds.contains(&event.kind),
            Self::Action(actions) => event.action.is_some_and(|action| actions.contains(&action)),
            Self::Text(field, values) => texts(event, *field).iter().any(|t| values.contains(t)),
            Self::Within(field, places) => texts(event, *field).iter().any(|place| {
                places.contains(place)
                    || whole_of(place).is_some_and(|w| places.iter().any(|p| p == w))
            }),
            Self::Typed(field, kind, ids) => typed(event, *field)
                .iter()
                .any(|(k, id)| *k == Some(kind.as_str()) && ids.contains(&canonical_id(id))),
            Self::Match(field, patterns) => {
                things(event, *field).iter().any(|id| patterns.iter().any(|p| p.matches(id)))
            }
            Self::Time(field, op, time) => times(event, *field)
                .iter()
                .any(|found| op.holds(found.micros().cmp(&time.micros()))),
            Self::Number(field, op, value, unit) => numbers(event, *field).iter().any(|(n, u)| {
                let order = match (unit, u) {
                    (None, _) => compare(n, value),
                    (Some(unit), Some(u)) => compare_units(n, u, value, unit),
                    (Some(_), None) => None,
                };
                order.is_some_and(|order| op.holds(order))
            }),
            Self::Bool(value) => reports(event).any(|r| r.boolean_value == Some(*value)),
            Self::Exists(Field::Sensors, wanted) => event.sensors.is_empty() != *wanted,
            Self::Exists(_, wanted) => event.error.is_some() == *wanted,
            Self::Extension(scope, inner, name, op, values) => {
                any_extension(event, *scope, *inner, name, &|node| {
                    values.iter().any(|value| holds(*op, &node.value, value))
                })
            }
            Self::ExtensionExists(scope, inner, name, wanted) => {
                any_extension(event, *scope, *inner, name, &|_| true) == *wanted
            }
            Self::HasAttribute(field, names) => {
                attributes(event, field, &|name, _| names.iter().any(|n| n == name))
            }
            Self::Attribute(field, attribute, values) => {
                attributes(event, field, &|name, value| {
                    name == attribute && values.iter().any(|v| v == value)
                })
            }
        }
    }
}

/// The place with a location number of which a place is a part (GLN extension, AI 254).
pub(super) fn whole_of(place: &str) -> Option<&str> {
    let (whole, _) = place.split_once("/254/")?;
    whole.starts_with("https://id.gs1.org/414/").then_some(whole)
}

impl Pattern {
    fn matches(&self, id: &str) -> bool {
        match self {
            Self::One(one) => *one == canonical_id(id),
            Self::Begins(start) => {
                if id.starts_with(start.as_str()) {
                    return true;
                }
                // A Digital Link has no division of its company prefix: the pattern's is used.
                let length =
                    start.rsplit(':').next().and_then(|t| t.split('.').next()).map_or(0, str::len);
                let link = codes::gs1::DigitalLink::parse(id, codes::Mode::Lenient);
                let epc = link.ok().and_then(|link| link.value.to_epc().ok());
                let urn = epc.and_then(|epc| epc.value.to_urn(length, codes::Mode::Lenient).ok());
                urn.is_some_and(|urn| urn.value.starts_with(start.as_str()))
            }
        }
    }
}

/// Numbers as numbers, times as times, other text only as equal.
fn holds(op: Op, found: &str, wanted: &str) -> bool {
    if let Some(order) = compare(found, wanted) {
        return op.holds(order);
    }
    if let (Some(a), Some(b)) = (Time::parse(found), Time::parse(wanted)) {
        return op.holds(a.micros().cmp(&b.micros()));
    }
    match op {
        Op::Eq => found == wanted || canonical_id(found) == canonical_id(wanted),
        _ if canonical_number(found).is_some() || canonical_number(wanted).is_some() => false,
        _ => op.holds(found.cmp(wanted)),
    }
}

fn reports(event: &Event) -> impl Iterator<Item = &SensorReport> {
    event.sensors.iter().flat_map(|sensor| &sensor.reports)
}

/// The texts of a field in canonical form.
pub(super) fn texts(event: &Event, field: Field) -> Vec<String> {
    let metadata = || event.sensors.iter().filter_map(|s| s.metadata.as_ref());
    let id = |text: &String| canonical_id(text);
    match field {
        Field::EventId => event.id.iter().cloned().collect(),
        Field::BizStep => event.step.iter().cloned().collect(),
        Field::Disposition => event.disposition.iter().cloned().collect(),
        Field::PersistentSet => event.set.clone(),
        Field::PersistentUnset => event.unset.clone(),
        Field::ReadPoint => event.read_point.iter().map(|p| id(&p.id)).collect(),
        Field::BizLocation => event.location.iter().map(|p| id(&p.id)).collect(),
        Field::Transformation => event.transformation.iter().map(id).collect(),
        Field::ErrorReason => event.error.iter().filter_map(|e| e.reason.clone()).collect(),
        Field::Corrective => event.error.iter().flat_map(|e| e.corrective.clone()).collect(),
        Field::SensorType => reports(event).filter_map(|r| r.kind.clone()).collect(),
        Field::Device => metadata()
            .filter_map(|m| m.device.as_ref())
            .chain(reports(event).filter_map(|r| r.device.as_ref()))
            .map(id)
            .collect(),
        Field::Method => metadata()
            .filter_map(|m| m.method.as_ref())
            .chain(reports(event).filter_map(|r| r.method.as_ref()))
            .map(id)
            .collect(),
        Field::Rules => metadata()
            .filter_map(|m| m.rules.as_ref())
            .chain(reports(event).filter_map(|r| r.rules.as_ref()))
            .map(id)
            .collect(),
        Field::Microorganism => reports(event).filter_map(|r| r.microorganism.clone()).collect(),
        Field::Substance => reports(event).filter_map(|r| r.substance.clone()).collect(),
        Field::StringValue => reports(event).filter_map(|r| r.string_value.clone()).collect(),
        Field::HexValue => reports(event)
            .filter_map(|r| r.hex_value.as_ref())
            .map(|v| v.to_ascii_lowercase())
            .collect(),
        Field::UriValue => reports(event).filter_map(|r| r.uri_value.as_ref()).map(id).collect(),
        _ => Vec::new(),
    }
}

pub(super) fn typed(event: &Event, field: Field) -> Vec<(Option<&str>, &str)> {
    match field {
        Field::BizTransaction => {
            event.transactions.iter().map(|t| (t.kind.as_deref(), t.id.as_str())).collect()
        }
        Field::Source => {
            event.sources.iter().map(|s| (Some(s.kind.as_str()), s.id.as_str())).collect()
        }
        Field::Destination => {
            event.destinations.iter().map(|s| (Some(s.kind.as_str()), s.id.as_str())).collect()
        }
        _ => Vec::new(),
    }
}

pub(super) fn things(event: &Event, field: Field) -> Vec<&str> {
    let (mut lists, mut classes): (Vec<&[String]>, Vec<&[Quantity]>) = (Vec::new(), Vec::new());
    let mut parent = false;
    match field {
        Field::Epc => lists.extend([&event.epcs[..], &event.children]),
        Field::Parent => parent = true,
        Field::Input => lists.push(&event.inputs),
        Field::Output => lists.push(&event.outputs),
        Field::Any => {
            lists.extend([&event.epcs[..], &event.children, &event.inputs, &event.outputs]);
            parent = true;
        }
        Field::Class => classes.extend([&event.quantities[..], &event.child_quantities]),
        Field::InputClass => classes.push(&event.input_quantities),
        Field::OutputClass => classes.push(&event.output_quantities),
        Field::AnyClass => classes.extend([
            &event.quantities[..],
            &event.child_quantities,
            &event.input_quantities,
            &event.output_quantities,
        ]),
        _ => {}
    }
    let mut found: Vec<&str> = lists.into_iter().flatten().map(String::as_str).collect();
    found.extend(classes.into_iter().flatten().map(|q| q.class.as_str()));
    found.extend(event.parent.as_deref().filter(|_| parent));
    found
}

fn times(event: &Event, field: Field) -> Vec<Time> {
    let metadata = || event.sensors.iter().filter_map(|s| s.metadata.as_ref());
    match field {
        Field::EventTime => vec![event.time],
        Field::RecordTime => event.recorded.into_iter().collect(),
        Field::ErrorTime => event.error.iter().map(|e| e.time).collect(),
        Field::SensorTime => {
            metadata().filter_map(|m| m.time).chain(reports(event).filter_map(|r| r.time)).collect()
        }
        Field::SensorStart => metadata().filter_map(|m| m.start).collect(),
        Field::SensorEnd => metadata().filter_map(|m| m.end).collect(),
        _ => Vec::new(),
    }
}

/// Numbers with their units.
fn numbers(event: &Event, field: Field) -> Vec<(&str, Option<&str>)> {
    if field == Field::Quantity {
        let lists = [
            &event.quantities,
            &event.child_quantities,
            &event.input_quantities,
            &event.output_quantities,
        ];
        let all = lists.into_iter().flatten();
        return all.filter_map(|q| Some((q.amount.as_deref()?, q.unit.as_deref()))).collect();
    }
    reports(event)
        .filter_map(|report| {
            let value = match field {
                Field::Value => &report.value,
                Field::Min => &report.min,
                Field::Max => &report.max,
                Field::Mean => &report.mean,
                Field::Deviation => &report.deviation,
                Field::PercentileRank => &report.percentile_rank,
                Field::PercentileValue => &report.percentile_value,
                _ => return None,
            };
            Some((value.as_deref()?, report.unit.as_deref()))
        })
        .collect()
}

pub(super) fn scopes(event: &Event, scope: Scope) -> Vec<&[Node]> {
    match scope {
        Scope::Event => vec![&event.extensions],
        Scope::Ilmd => vec![&event.ilmd],
        Scope::ErrorDeclaration => event.error.iter().map(|e| &e.extensions[..]).collect(),
        Scope::ReadPoint => event.read_point.iter().map(|p| &p.extensions[..]).collect(),
        Scope::BizLocation => event.location.iter().map(|p| &p.extensions[..]).collect(),
        Scope::SensorElement => event.sensors.iter().map(|s| &s.extensions[..]).collect(),
        Scope::SensorMetadata => {
            let metadata = event.sensors.iter().filter_map(|s| s.metadata.as_ref());
            metadata.map(|m| &m.extensions[..]).collect()
        }
        Scope::SensorReport => reports(event).map(|r| &r.extensions[..]).collect(),
    }
}

/// Whether an extension of the name fulfils; `INNER` looks below the first level, and nowhere else.
fn any_extension(
    event: &Event,
    scope: Scope,
    inner: bool,
    name: &Name,
    fulfils: &dyn Fn(&Node) -> bool,
) -> bool {
    let mut found = false;
    for node in scopes(event, scope).into_iter().flatten() {
        if inner {
            node.inner(&mut |below| found |= below.name == *name && fulfils(below));
        } else {
            found |= node.name == *name && fulfils(node);
        }
    }
    found
}

/// Whether a node that `field` names, with its prefix, has an attribute that fulfils.
fn attributes(event: &Event, field: &str, fulfils: &dyn Fn(&str, &str) -> bool) -> bool {
    let (prefix, local) = field.split_once(':').unwrap_or(("", field));
    let space = event.namespaces.space(prefix).unwrap_or("");
    let mut found = false;
    let mut test = |node: &Node| {
        if node.name.local == local && node.name.space == space {
            found |= node
                .children
                .iter()
                .any(|c| c.children.is_empty() && fulfils(&c.name.local, &c.value));
        }
    };
    for scope in [Scope::Event, Scope::Ilmd, Scope::ErrorDeclaration, Scope::SensorElement] {
        for node in scopes(event, scope).into_iter().flatten() {
            test(node);
            node.inner(&mut test);
        }
    }
    found
}
