//! EPCIS over HTTP: capture, events, queries.

mod events;
mod paging;
mod places;
mod published;
mod secure;
mod sockets;
mod subscriptions;
mod support;
