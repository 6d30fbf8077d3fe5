//! One writer per store, with group commit: requests that wait while a group is being synced make
//! up the next group, so that one sync serves many.

pub mod decide;
mod engine;
mod queue;
mod refusal;
pub(crate) mod sql;

pub use decide::Outcome;
pub use engine::Place;
pub(crate) use engine::{Engine, Holder, Known, KnownRecord, Target, Wanted};
pub use queue::{Answer, EachAnswer, Writer};
pub use refusal::Refusal;
