//! What a record of a kind with `[trace]` says to the graph.
//!
//! What a kind means follows from the words of its links, which are words of the pack's language, and
//! not from its name.

use ::trace::{Certainty, Part};
use model::Envelope;
use pack::{Kind, Number, Pack, Positioning};
use serde_json::{Map, Value};
use store::Stored;

use super::{Linked, Membership, Named, Said, certainty_of, context};
use crate::trace::amount;
use crate::trace::note::{Life, Note, What};
use crate::trace::position::Spot;
use crate::trace::sort::{Sort, product_of};

/// A kind with trace meaning.
pub(super) struct TracedKind {
    pub(super) id: String,
    number: u8,
    what: What,
    /// Its roles: id, number among the pack's, sort of its subjects, whether at most one.
    roles: Vec<Role>,
    quantity: Option<String>,
    position: Option<Positioning>,
}

struct Role {
    id: String,
    context: u8,
    sort: Sort,
    is_single: bool,
}

/// The number of a role of the pack as a context.
pub(in crate::trace) fn role_context(pack: &Pack, role: &str) -> u8 {
    let mut roles: Vec<&str> = pack.subject_roles().map(|role| role.id.as_str()).collect();
    roles.sort_unstable();
    let number = roles.binary_search(&role).ok().and_then(|number| u8::try_from(number).ok());
    // The last stands for all beyond it.
    let last = Part::CONTEXTS - 1;
    number.and_then(|n| n.checked_add(context::ROLES)).unwrap_or(last).min(last)
}

/// What the links of a kind make of its records.
fn what_of(kind: &Kind) -> What {
    let has = |word: &str| kind.links.iter().any(|link| link.link == word);
    if has("sold-to") || has("sold-by") {
        What::Trade
    } else if has("sampled-from") {
        What::Sampling
    } else if has("tested-by") {
        What::Test
    } else if has("calibrated-by") {
        What::Calibration
    } else if has("recalled-by") {
        What::Recall
    } else {
        What::Statement
    }
}

impl TracedKind {
    pub(super) fn of(pack: &Pack, number: usize, kind: &Kind) -> Option<Self> {
        if kind.links.is_empty() {
            return None;
        }
        let roles = kind.subjects.iter().map(|subject| {
            let sorts = pack.subject_role(&subject.role).map(|role| role.is.as_slice());
            let sort = sorts.and_then(|sorts| sorts.first());
            Role {
                id: subject.role.clone(),
                context: role_context(pack, &subject.role),
                sort: sort.map_or(Sort::Other, |sort| Sort::of_subject(sort)),
                is_single: subject.number != Number::Many,
            }
        });
        Some(Self {
            id: kind.id.clone(),
            number: u8::try_from(number).unwrap_or(u8::MAX),
            what: what_of(kind),
            roles: roles.collect(),
            quantity: kind.tracing.quantity.clone(),
            position: kind.tracing.position.clone(),
        })
    }

    pub(super) fn read(&self, pack: &Pack, record: &Stored) -> Option<Said> {
        let envelope = Envelope::read(&record.envelope).ok()?;
        let open: Value = serde_json::from_slice(&record.open).ok()?;
        let holds = |filter: Option<&rules::filter::Filter>| {
            let schema = pack.schema(&self.id, record.valid_at.day_in_china());
            filter.zip(schema).is_some_and(|(filter, schema)| {
                let mut payload = Map::new();
                payload.insert("open".to_owned(), open.clone());
                filter.holds(schema.row(&Value::Object(payload)).as_slice())
            })
        };
        let mut note = Note {
            kind: self.number,
            doubt: holds(pack.doubt(&self.id)),
            reversed: holds(pack.reversed(&self.id)),
            bad: self.what == What::Test && holds(pack.bad(&self.id)),
            ..Note::of(self.what)
        };
        let subjects: Vec<(&Role, Named)> = envelope
            .subjects
            .iter()
            .filter_map(|subject| {
                let role = self.roles.iter().find(|role| role.id == subject.role)?;
                let sort = match role.sort {
                    // What a role of goods is given tells more by its own name.
                    sort if sort.is_goods() => Sort::of_link(&subject.id).unwrap_or(sort),
                    sort => sort,
                };
                Some((role, Named { name: subject.id.to_string(), sort }))
            })
            .collect();
        let is_about_goods =
            matches!(self.what, What::Trade | What::Sampling | What::Test | What::Recall);
        let finest =
            subjects.iter().map(|(_, thing)| thing.sort).filter(|sort| sort.is_goods()).min();
        let is_object =
            |sort: Sort| is_about_goods && (Some(sort) == finest || sort == Sort::Sample);
        if self.what == What::Trade {
            let has_buyer = subjects.iter().any(|(role, _)| self.is_buyer(pack, &role.id));
            note.life = match (has_buyer, note.reversed) {
                (_, true) => Life::Returned,
                (true, false) => Life::Sent,
                (false, false) => Life::Sold,
            };
        }
        let mut links = Vec::with_capacity(subjects.len() + 1);
        let author = &envelope.author.on_behalf_of;
        if is_about_goods && author.contains(':') {
            let thing = Named { name: author.to_string(), sort: Sort::Party };
            let part = Part::Context(context::REPORTER);
            links.push(Linked { thing, part, certainty: Certainty::Serial, amount: None });
        }
        for (role, thing) in subjects.iter().filter(|(_, thing)| !is_object(thing.sort)) {
            let part = Part::Context(role.context);
            let certainty = Certainty::Serial;
            links.push(Linked { thing: thing.clone(), part, certainty, amount: None });
        }
        let part = if self.what == What::Trade { Part::Object } else { Part::Mark };
        let amount = self.amount(&open);
        let objects = || subjects.iter().filter(|(_, thing)| is_object(thing.sort));
        // Of several things together it is not known which has how much.
        let amount = amount.filter(|_| objects().count() == 1);
        for (_, thing) in objects() {
            let certainty = certainty_of(thing.sort);
            links.push(Linked { thing: thing.clone(), part, certainty, amount: amount.clone() });
        }
        let memberships = if is_about_goods { memberships(&subjects) } else { Vec::new() };
        let position = self.position(pack, &open, &envelope.region, &subjects);
        let (record, at) = (record.position, record.valid_at.micros());
        Some(Said { record, at, note, links, memberships, event: None, declares: false, position })
    }

    /// Where the place of a record is: as it says, else somewhere in its division, where the pack lets
    /// that stand in.
    fn position(
        &self,
        pack: &Pack,
        open: &Value,
        region: &str,
        subjects: &[(&Role, Named)],
    ) -> Option<(Named, Spot)> {
        let position = self.position.as_ref()?;
        let (_, place) = subjects.iter().find(|(role, _)| role.id == position.of)?;
        let degrees = |field: &str| match open.get(field)? {
            Value::Number(number) => {
                amount::read(&number.to_string(), "").map(|(number, _)| number)
            }
            _ => None,
        };
        let own = degrees(&position.latitude).zip(degrees(&position.longitude));
        let spot = match own {
            Some((latitude, longitude)) => Spot::new(latitude, longitude, 0),
            None => {
                let centre = position.division.then(|| pack.centre(region)).flatten()?;
                Some(Spot {
                    latitude: centre.latitude,
                    longitude: centre.longitude,
                    reach: centre.reach,
                })
            }
        };
        Some((place.clone(), spot?))
    }

    fn is_buyer(&self, pack: &Pack, role: &str) -> bool {
        let kind = pack.kind(&self.id);
        kind.is_some_and(|kind| {
            kind.links.iter().any(|link| link.link == "sold-to" && link.to == role)
        })
    }

    fn amount(&self, open: &Value) -> Option<(i64, String)> {
        let quantity = open.get(self.quantity.as_deref()?)?;
        let number = match quantity.get("value")? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        let unit = quantity.get("unit").and_then(Value::as_str).unwrap_or_default();
        amount::read(&number, unit).map(|(value, unit)| (value, unit.to_owned()))
    }
}

/// What is of what: where a record is of one product and one lot at most, its items are of that lot, its
/// lots of that product, and its sample of either.
fn memberships(subjects: &[(&Role, Named)]) -> Vec<Membership> {
    let only = |sort: Sort| {
        let mut of_sort = subjects.iter().filter(|(_, thing)| thing.sort == sort);
        let (role, first) = of_sort.next()?;
        (role.is_single && of_sort.next().is_none()).then_some(first)
    };
    let all = |sort: Sort| {
        let of_sort = subjects.iter().filter(move |(_, thing)| thing.sort == sort);
        of_sort.map(|(_, thing)| thing.clone())
    };
    let (lot, product) = (only(Sort::Lot), only(Sort::Product));
    let mut found = Vec::new();
    if let Some(lot) = lot {
        let members = all(Sort::Item).chain(all(Sort::Sample)).collect();
        found.push(Membership { class: lot.clone(), members, certainty: Certainty::Lot });
    }
    if let Some(product) = product {
        let mut members: Vec<Named> = all(Sort::Lot).collect();
        if lot.is_none() {
            members.extend(all(Sort::Item).chain(all(Sort::Sample)));
        }
        // What the name tells holds without being said.
        members.retain(|member| product_of(&member.name) != Some(product.name.as_str()));
        let certainty = Certainty::Inferred;
        found.push(Membership { class: product.clone(), members, certainty });
    }
    found.retain(|membership| !membership.members.is_empty());
    found
}
