//! EPCIS over HTTP: capture, events, queries.

mod bad_input;
mod events;
mod paging;
mod places;
mod published;
mod schema;
mod secure;
mod sockets;
mod subscriptions;
pub mod support;
