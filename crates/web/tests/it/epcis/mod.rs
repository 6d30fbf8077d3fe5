//! EPCIS over HTTP: capture, events, queries.

mod events;
mod paging;
mod published;
mod subscriptions;
mod support;
