//! Events written as a query document.

use std::collections::HashSet;

use app::epcis::EventView;
use codes::Mode;
use codes::gs1::DigitalLink;
use epcis::{Event, Namespaces, canonical_id};
use pack::Pack;

use super::negotiate::{Asked, EpcFormat, Notation};

/// The context of EPCIS 2.0.
const CONTEXT: &str = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";

/// What a document says beside its events.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// When it is made.
    pub now: &'a str,
    /// The query that it answers.
    pub query: &'a str,
    /// The subscription for which it is made.
    pub subscription: Option<&'a str>,
    /// How far who follows is told by it, for going on later.
    pub place: Option<&'a str>,
}

/// Prefixes that events of a document declare together: a reader that takes no more than a number of them
/// can read what is written.
const MOST_SHARED: usize = 200;

/// What the standard has no word for.
const OWN: (&str, &str) = ("zhiheng", "urn:x-zhiheng:epcis:");

/// A query document with events.
pub fn write(pack: &Pack, asked: &Asked, about: About<'_>, events: Vec<EventView>) -> String {
    let events: Vec<Event> =
        events.into_iter().map(|view| spelled(pack, asked.epcs, view.event)).collect();
    match asked.notation {
        Notation::Json => json(about, &events),
        Notation::Xml => xml(about, &events, asked.web_words),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}

fn json(about: About<'_>, events: &[Event]) -> String {
    let mut shared: Vec<(&str, &str)> = Vec::new();
    shared.extend(about.place.map(|_| OWN));
    let mut items = Vec::with_capacity(events.len());
    for event in events {
        let own: Vec<(&str, &str)> = event.namespaces.declared().collect();
        // A prefix that means something else in an event before, or without being declared, is declared
        // with the event.
        let differs = |(prefix, space): &(&str, &str)| {
            let known = Namespaces::default().space(prefix).is_some_and(|known| known != *space);
            known || shared.iter().any(|(p, s)| p == prefix && s != space)
        };
        let text = event.to_json_member();
        let new = own.iter().filter(|pair| !shared.contains(pair)).count();
        if own.iter().any(differs) || shared.len() + new > MOST_SHARED {
            let rest = text.strip_prefix('{').unwrap_or(&text);
            items.push(format!("{{\"@context\":{},{rest}", context(&own)));
            continue;
        }
        for pair in own {
            if !shared.contains(&pair) {
                shared.push(pair);
            }
        }
        items.push(text);
    }
    let subscription = about
        .subscription
        .map(|id| format!("\"subscriptionID\":{},", quoted(id)))
        .unwrap_or_default();
    let place = about
        .place
        .map(|place| format!("\"{}:nextPageToken\":{},", OWN.0, quoted(place)))
        .unwrap_or_default();
    format!(
        "{{\"@context\":{},\"type\":\"EPCISQueryDocument\",\"schemaVersion\":\"2.0\",\
         \"creationDate\":{},{place}\"epcisBody\":{{\"queryResults\":{{{subscription}\"queryName\":{},\
         \"resultsBody\":{{\"eventList\":[{}]}}}}}}}}",
        context(&shared),
        quoted(about.now),
        quoted(about.query),
        items.join(",")
    )
}

/// The context with further prefixes.
fn context(pairs: &[(&str, &str)]) -> String {
    let mut items = vec![quoted(CONTEXT)];
    items.extend(pairs.iter().map(|(p, s)| format!("{{{}:{}}}", quoted(p), quoted(s))));
    format!("[{}]", items.join(","))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn xml(about: About<'_>, events: &[Event], web_words: bool) -> String {
    let items: Vec<String> = events
        .iter()
        .map(|event| if web_words { event.to_xml_with_web_words() } else { event.to_xml() })
        .collect();
    let subscription = about
        .subscription
        .map(|id| format!("<subscriptionID>{}</subscriptionID>", escaped(id)))
        .unwrap_or_default();
    let place = about
        .place
        .map(|place| format!(" xmlns:{0}=\"{1}\" {0}:nextPageToken=\"{place}\"", OWN.0, OWN.1))
        .unwrap_or_default();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<epcisq:EPCISQueryDocument \
         xmlns:epcisq=\"urn:epcglobal:epcis-query:xsd:2\" schemaVersion=\"2.0\" \
         creationDate=\"{}\"{place}><EPCISBody><epcisq:QueryResults><queryName>{}</queryName>\
         {subscription}<resultsBody><EventList>{}</EventList></resultsBody>\
         </epcisq:QueryResults></EPCISBody></epcisq:EPCISQueryDocument>",
        escaped(about.now),
        escaped(about.query),
        items.concat()
    )
}

/// The event with its identifiers spelled as they are asked for.
pub fn spelled(pack: &Pack, format: EpcFormat, mut event: Event) -> Event {
    if format == EpcFormat::AsSent {
        return event;
    }
    let spell = |id: &mut String| {
        let new = match format {
            EpcFormat::DigitalLink if id.starts_with("urn:epc:") => Some(canonical_id(id)),
            EpcFormat::Urn => urn(pack, id),
            _ => None,
        };
        if let Some(new) = new {
            *id = new;
        }
    };
    let lists = [&mut event.epcs, &mut event.children, &mut event.inputs, &mut event.outputs];
    for list in lists {
        // Where one thing was sent in two spellings, the second stays: the schema wants each once.
        let mut there: HashSet<String> = list.iter().cloned().collect();
        for id in list {
            let mut new = id.clone();
            spell(&mut new);
            if new != *id && there.insert(new.clone()) {
                *id = new;
            }
        }
    }
    let lists = [
        &mut event.quantities,
        &mut event.child_quantities,
        &mut event.input_quantities,
        &mut event.output_quantities,
    ];
    lists.into_iter().flatten().for_each(|quantity| spell(&mut quantity.class));
    event.parent.iter_mut().for_each(spell);
    event.read_point.iter_mut().for_each(|place| spell(&mut place.id));
    event.location.iter_mut().for_each(|place| spell(&mut place.id));
    event.transactions.iter_mut().for_each(|transaction| spell(&mut transaction.id));
    event.sources.iter_mut().for_each(|source| spell(&mut source.id));
    event.destinations.iter_mut().for_each(|destination| spell(&mut destination.id));
    event
}

/// The EPC URN of a Digital Link, with the length of its company prefix as the pack knows it.
fn urn(pack: &Pack, id: &str) -> Option<String> {
    if !id.starts_with("http") {
        return None;
    }
    let link = DigitalLink::parse(id, Mode::Lenient).ok()?;
    let epc = link.value.to_epc().ok()?.value;
    let (length, _) = pack.tables().prefixes.length_of(epc.prefix_digits());
    Some(epc.to_urn(length, Mode::Lenient).ok()?.value)
}
