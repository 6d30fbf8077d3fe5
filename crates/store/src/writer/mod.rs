//! One writer per store, with group commit: requests that wait while a group is being synced make
//! up the next group, so that one sync serves many.

pub mod decide;
mod engine;
mod queue;

pub use decide::{Outcome, Refusal};
pub(crate) use engine::{Engine, Known, KnownRecord, Place, Wanted};
pub use queue::Writer;
