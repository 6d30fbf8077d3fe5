//! Traceability events: EPCIS in and out.
//!
//! An event is one record of the kind [`KIND`]: the event stands in it as it came, and what rules and
//! lists filter by is read out of it ([`draft`]). Things are not subjects of the record, since an
//! event may name a million of them; its subjects are who reports it, where it happened, from whom
//! and to whom.

mod ask;
mod capture;
mod document;
mod draft;
mod named;
mod order;
mod places;
mod receiving;
mod schedule;
mod subscription;
mod telling;
mod verify;
pub(crate) mod work;

use std::borrow::Cow;

use epcis::{Event, Namespaces};
use serde::Deserialize;

pub use ask::{EventCursor, EventView, EventsPage, MOST_ON_PAGE};
pub use capture::{Captured, CapturedEvent};
pub use document::{Counts, Document, EventFault, Taken, Watch};
pub use draft::{Sent, draft, key_of};
pub use receiving::{MOST_BYTES, Receiving};
pub use schedule::Schedule;
pub use subscription::{Subscription, Terms, Told};
pub use telling::{Brought, Readers};
pub(crate) use verify::faults;

/// The kind of the records.
pub const KIND: &str = "epcis-event";
/// The kind of the jobs that take documents in.
pub const CAPTURE_JOB: &str = "epcis-capture";
/// The permission to report events.
pub const CAPTURE: &str = "trace.capture";
/// The permission to ask for events and for what follows from them.
pub const READ: &str = "trace.read";

/// What of a record is needed to read its event.
#[derive(Deserialize)]
struct Kept<'a> {
    #[serde(borrow)]
    context: Cow<'a, str>,
    #[serde(borrow)]
    event: Cow<'a, str>,
}

/// The event of a record, from its open part as it is stored. `recordTime` is what the sender wrote, if
/// anything; when the record was taken in, the record says.
///
/// # Errors
/// [`store::Error::Damaged`] for a record that holds no event: none passes intake.
pub fn event_of(open: &[u8]) -> Result<Event, store::Error> {
    let damaged = |what: String| store::Error::Damaged { what: format!("an event: {what}") };
    let kept: Kept<'_> = serde_json::from_slice(open).map_err(|e| damaged(e.to_string()))?;
    let scope = Namespaces::of_context(&kept.context).map_err(|e| damaged(e.to_string()))?;
    Event::read(kept.event.as_bytes(), &scope).map_err(|e| damaged(e.to_string()))
}

/// Keys of an event, and fields with their values.
type Indexed = (Vec<i64>, Vec<(&'static str, String)>);

/// What of an event stands in its index: the keys by which it is found, and the values of fields that
/// the lists of steps and places are made of.
pub(crate) fn index(open: &[u8]) -> Result<Indexed, String> {
    let mut event = event_of(open).map_err(|error| error.to_string())?;
    // Where it has no id, it is found by its hash.
    event.id.get_or_insert_with(|| hash_of(open));
    let mut values = Vec::new();
    let mut add = |field, value: Option<String>| {
        values.extend(value.map(|value| (field, value)));
    };
    add("bizStep", event.step.clone());
    add("disposition", event.disposition.clone());
    add("readPoint", event.read_point.as_ref().map(|place| epcis::canonical_id(&place.id)));
    add("bizLocation", event.location.as_ref().map(|place| epcis::canonical_id(&place.id)));
    Ok((event.keys(), values))
}

/// The hash of the event of a record, from its open part; empty where it holds none.
pub(crate) fn hash_of(open: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Hash<'a> {
        #[serde(borrow)]
        event_hash: Cow<'a, str>,
    }
    serde_json::from_slice::<Hash<'_>>(open)
        .map(|kept| kept.event_hash.into_owned())
        .unwrap_or_default()
}
