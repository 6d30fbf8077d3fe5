//! What an event says to the graph.

use std::collections::BTreeMap;

use ::trace::{Certainty, Part};
use codes::Mode;
use codes::gs1::DigitalLink;
use epcis::{Action, Event, EventType, List, Quantity, canonical_id};
use model::Envelope;
use store::Stored;

use super::{Linked, Membership, Named, Said, certainty_of, context};
use crate::epcis::event_of;
use crate::trace::amount;
use crate::trace::note::{Life, Note, What};
use crate::trace::sort::Sort;

/// Reads the event of a record; none where that is damaged.
pub(super) fn read(record: &Stored, kind: u8) -> Option<Said> {
    let event = event_of(&record.open).ok()?;
    let envelope = Envelope::read(&record.envelope).ok()?;
    let reporter = envelope.subjects.iter().find(|subject| subject.role == "reporter");
    let author = &envelope.author.on_behalf_of;
    let reporter = reporter.map(|subject| &*subject.id);
    let reporter = reporter.or_else(|| Some(&**author).filter(|author| author.contains(':')));
    Some(said(&event, record.position, kind, (author, reporter)))
}

fn said(event: &Event, record: u64, kind: u8, (author, reporter): (&str, Option<&str>)) -> Said {
    let what = match event.kind {
        EventType::Object => What::Object,
        EventType::Aggregation => What::Aggregation,
        EventType::Transaction => What::Transaction,
        EventType::Transformation => What::Transformation,
        EventType::Association => What::Association,
    };
    let life = life(event);
    let is_packing = matches!(event.kind, EventType::Aggregation | EventType::Association)
        && event.action != Some(Action::Observe);
    let orphan = is_packing && event.parent.is_none();
    let note = Note { life, kind, orphan, ..Note::of(what) };
    let mut said = Said {
        record,
        at: event.time.micros(),
        note,
        links: Vec::new(),
        memberships: Vec::new(),
        event: event.id.as_deref().map(|id| format!("{author}\n{id}")),
        declares: event.error.is_some(),
        position: None,
    };
    if said.declares {
        return said;
    }
    contexts(event, reporter, &mut said.links);
    let mut writer = Writer { said: &mut said, lots: BTreeMap::new() };
    writer.goods(event);
    writer.lots_of(event);
    said
}

fn life(event: &Event) -> Life {
    let step = event.step.as_deref().map(|step| List::BizStep.bare(step));
    let disposition = event.disposition.as_deref().map(|word| List::Disposition.bare(word));
    let life = Life::of_words(step, disposition);
    match (event.kind, event.action, life) {
        (EventType::Object, Some(Action::Delete), Life::Seen) => Life::Ended,
        (EventType::Object, Some(Action::Add), Life::Seen) => Life::Begin,
        (EventType::Transformation, _, Life::Seen | Life::Ended) => Life::Begin,
        _ => life,
    }
}

fn contexts(event: &Event, reporter: Option<&str>, links: &mut Vec<Linked>) {
    let mut add = |sort: u8, name: String, is: Sort| {
        let is = Sort::of_link(&name).filter(|of_link| *of_link != Sort::Other).unwrap_or(is);
        let certainty = Certainty::Serial;
        let thing = Named { name, sort: is };
        links.push(Linked { thing, part: Part::Context(sort), certainty, amount: None });
    };
    if let Some(reporter) = reporter {
        add(context::REPORTER, reporter.to_owned(), Sort::Party);
    }
    if let Some(place) = &event.read_point {
        add(context::READ_POINT, place_key(&place.id), Sort::Place);
    }
    if let Some(place) = &event.location {
        add(context::LOCATION, place_key(&place.id), Sort::Place);
    }
    let sides = [
        (
            &event.sources,
            [context::FROM_OWNER, context::FROM_HOLDER, context::FROM_PLACE, context::FROM_OTHER],
        ),
        (
            &event.destinations,
            [context::TO_OWNER, context::TO_HOLDER, context::TO_PLACE, context::TO_OTHER],
        ),
    ];
    for (list, [owner, holder, place, other]) in sides {
        for end in list {
            let (sort, is) = match List::SourceDestination.bare(&end.kind) {
                "owning_party" => (owner, Sort::Party),
                "possessing_party" => (holder, Sort::Party),
                "location" => (place, Sort::Place),
                _ => (other, Sort::Other),
            };
            add(sort, place_key(&end.id), is);
        }
    }
    let devices = event.sensors.iter().flat_map(|sensor| {
        let own = sensor.metadata.as_ref().and_then(|metadata| metadata.device.as_deref());
        let of_reports = sensor.reports.iter().filter_map(|report| report.device.as_deref());
        own.into_iter().chain(of_reports)
    });
    let mut devices: Vec<String> = devices.map(canonical_id).collect();
    devices.sort_unstable();
    devices.dedup();
    for device in devices {
        add(context::DEVICE, device, Sort::Instrument);
    }
}

/// The key of a place. A door or a shelf of a place, which an extension of its number names, is that
/// place: so it is registered.
fn place_key(id: &str) -> String {
    let mut key = canonical_id(id);
    if let Some(at) = key.find("/254/").filter(|_| Sort::of_link(&key) == Some(Sort::Place)) {
        key.truncate(at);
    }
    key
}

/// Writes the goods of an event.
struct Writer<'s> {
    said: &'s mut Said,
    /// Items by the lot that their own links name.
    lots: BTreeMap<String, Vec<Named>>,
}

impl Writer<'_> {
    fn goods(&mut self, event: &Event) {
        let process = event.transformation.as_ref();
        match (event.kind, event.action) {
            (EventType::Object, _) => {
                self.things(&event.epcs, Part::Object);
                self.classes(&event.quantities, Part::Object);
            }
            (EventType::Transaction, _) => {
                self.things(event.parent.as_slice(), Part::Object);
                self.things(&event.epcs, Part::Object);
                self.classes(&event.quantities, Part::Object);
            }
            (EventType::Aggregation | EventType::Association, action) => {
                let (parent, child) = match action {
                    Some(Action::Add) => (Part::Parent, Part::Child),
                    Some(Action::Delete) => (Part::FormerParent, Part::FormerChild),
                    _ => (Part::Object, Part::Object),
                };
                // Packed into nothing, or out of nothing known, it is seen all the same.
                let child = match (action, &event.parent) {
                    (Some(Action::Add), None) => Part::Object,
                    _ => child,
                };
                self.things(event.parent.as_slice(), parent);
                self.things(&event.children, child);
                self.classes(&event.child_quantities, child);
            }
            (EventType::Transformation, _) => {
                self.things(&event.inputs, Part::Input);
                self.classes(&event.input_quantities, Part::Input);
                self.things(&event.outputs, Part::Output);
                self.classes(&event.output_quantities, Part::Output);
                if let Some(process) = process {
                    self.process(event, canonical_id(process));
                }
            }
        }
    }

    /// One transformation that is told in several events stands between what went into any of them
    /// and what came out of any.
    fn process(&mut self, event: &Event, name: String) {
        let mut add = |part| {
            let thing = Named { name: name.clone(), sort: Sort::Process };
            let link = Linked { thing, part, certainty: Certainty::Serial, amount: None };
            self.said.links.push(link);
        };
        if !event.inputs.is_empty() || !event.input_quantities.is_empty() {
            add(Part::Output);
        }
        if !event.outputs.is_empty() || !event.output_quantities.is_empty() {
            add(Part::Input);
        }
    }

    fn things(&mut self, ids: &[String], part: Part) {
        for id in ids {
            let name = canonical_id(id);
            let sort = Sort::of_link(&name).unwrap_or(Sort::Item);
            let thing = Named { name, sort };
            if sort == Sort::Item
                && let Some(lot) = lot_in(id)
            {
                self.lots.entry(lot).or_default().push(thing.clone());
            }
            let certainty = certainty_of(sort);
            self.said.links.push(Linked { thing, part, certainty, amount: None });
        }
    }

    fn classes(&mut self, quantities: &[Quantity], part: Part) {
        for quantity in quantities {
            let name = canonical_id(&quantity.class);
            let sort = Sort::of_link(&name).unwrap_or(Sort::Lot);
            let unit = quantity.unit.as_deref().unwrap_or_default();
            let amount = quantity.amount.as_deref();
            let amount = amount.and_then(|amount| amount::read(amount, unit));
            self.said.links.push(Linked {
                certainty: certainty_of(sort),
                thing: Named { name, sort },
                part,
                amount: amount.map(|(value, unit)| (value, unit.to_owned())),
            });
        }
    }

    /// The lots that items are of: by their own links, and by the lot number of the event's master
    /// data, which holds for every item of a product that begins with it.
    fn lots_of(&mut self, event: &Event) {
        if let Some(number) = lot_number(event) {
            let begins = |part| matches!(part, Part::Object | Part::Output);
            let items = self
                .said
                .links
                .iter()
                .filter(|link| link.thing.sort == Sort::Item && begins(link.part));
            let items: Vec<Named> = items.map(|link| link.thing.clone()).collect();
            for item in items {
                let product = crate::trace::sort::product_of(&item.name);
                let lot = product.map(|product| canonical_id(&format!("{product}/10/{number}")));
                if let Some(lot) = lot.filter(|lot| Sort::of_link(lot) == Some(Sort::Lot)) {
                    self.lots.entry(lot).or_default().push(item);
                }
            }
        }
        for (lot, mut members) in std::mem::take(&mut self.lots) {
            members.sort_by(|a, b| a.name.cmp(&b.name));
            members.dedup();
            let class = Named { name: lot, sort: Sort::Lot };
            let certainty = Certainty::Lot;
            self.said.memberships.push(Membership { class, members, certainty });
        }
    }
}

/// The lot that the link of an item names beside its serial number.
fn lot_in(id: &str) -> Option<String> {
    if !id.contains("/10/") {
        return None;
    }
    let link = DigitalLink::parse(id, Mode::Lenient).ok()?.value;
    let lot = link.qualifiers().iter().find(|element| element.ai().digits() == "10")?;
    let key = link.key().clone();
    let lot = DigitalLink::from_elements(&[key, lot.clone()]).ok()?;
    Some(lot.to_canonical())
}

/// The lot number of the master data, percent-encoded as in a link (CBV 2.0, section 9.2).
fn lot_number(event: &Event) -> Option<String> {
    let found = event.ilmd.iter().find(|node| node.name.local == "lotNumber")?;
    let text = found.value.trim();
    let encoded = percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC);
    Some(encoded.to_string()).filter(|number| !number.is_empty())
}
