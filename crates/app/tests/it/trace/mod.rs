//! The graph of responsibility over real records.

mod chains;
mod findings;
mod follow;
mod followed;
mod journeys;
mod published;
pub mod support;
mod walk;
