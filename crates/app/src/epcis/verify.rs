//! Whether a record of an event that came another way than by capture says of its event what the
//! event says of itself.

use epcis::{Event, Namespaces};
use model::Draft;
use serde_json::Value;

use super::draft::{open_of, told};
use crate::fault::Fault;

/// What is wrong with the open part of an event's record.
pub(crate) fn faults(draft: &Draft) -> Vec<Fault> {
    let text = |name: &str| draft.open.get(name).and_then(Value::as_str).unwrap_or_default();
    let scope = match Namespaces::of_context(text("context")) {
        Ok(scope) => scope,
        Err(fault) => return vec![told(&fault).at("/open/context")],
    };
    let raw = text("event");
    let event = match Event::read(raw.as_bytes(), &scope) {
        Ok(event) => event,
        Err(fault) => return vec![told(&fault).at("/open/event")],
    };
    let expected = open_of(&event, raw, &scope, None);
    let mut faults = Vec::new();
    for (name, value) in expected.iter().filter(|(name, _)| *name != "context") {
        if draft.open.get(name) != Some(value) {
            faults.push(differs(name));
        }
    }
    let own = |name: &&String| !expected.contains_key(*name) && *name != "capture";
    faults.extend(draft.open.keys().filter(own).map(|name| differs(name)));
    if draft.valid_at.micros() != event.time.micros() {
        faults.push(
            Fault::new(
                "epcis.time",
                "it is not the eventTime of the event; give that",
                "与事件的 eventTime 不一致；请改为该时间",
            )
            .at("/valid_at"),
        );
    }
    faults
}

fn differs(name: &str) -> Fault {
    Fault::new(
        "epcis.differs",
        format!("{name} is not what the event says; send events to /epcis/events, or leave it to app::epcis::draft"),
        format!("{name} 与事件内容不一致；请通过 /epcis/events 上报事件"),
    )
    .at(format!("/open/{name}"))
}
