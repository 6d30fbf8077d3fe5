//! EPCIS 2.0 and CBV 2.0 (pure): what happened to which things, when, where and why.
//!
//! | item | what | source |
//! |---|---|---|
//! | [`Reader`] | documents, query documents and bare events, one event after the other | EPCIS 2.0, sections 9 and 10; EPCIS 1.2, section 9 |
//! | [`Event`] | one event, typed, with its extensions | EPCIS 2.0, section 7.4 |
//! | [`List`] | words of the vocabulary in one form | CBV 2.0, section 7 |
//! | [`canonical_id`] | one key for a Digital Link and an EPC URN | CBV 2.0, section 8.9 |
//! | [`Event::to_json`], [`Event::to_xml`] | the event written again | EPCIS 2.0, sections 9 and 10 |
//! | [`Event::hash`] | the event hash | CBV 2.0, section 8.9 |
//! | [`Query`] | the parameters of `SimpleEventQuery` and their meaning | EPCIS 2.0, section 8.2.7 |
//! | [`compare_units`] | units of measure | UN/ECE Recommendation 20 |
//!
//! Nothing here reads the clock or opens a file.

mod event;
mod fault;
mod hash;
mod identifiers;
mod json;
mod node;
mod number;
mod query;
mod read;
mod time;
mod units;
mod words;
mod write;
mod xml;

pub use event::{
    Action, BizTransaction, ErrorDeclaration, Event, EventType, Place as Location, Quantity,
    SensorElement, SensorMetadata, SensorReport, SourceDestination,
};
pub use fault::{Expected, Fault, Many, Place, Rule};
pub use hash::canonical_id;
pub use node::{Kind, Name, Namespaces, Node};
pub use number::canonical_number;
pub use query::{Condition, Field, Op, Pattern, Query, Scope, Test};
pub use read::{
    Document, DocumentKind, Limits, Read, Reader, Vocabulary, VocabularyElement, parse_json,
};
pub use time::{Time, Zone};
pub use units::{compare_units, quantity_of};
pub use words::List;
