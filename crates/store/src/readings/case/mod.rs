//! Cases in the readings: what each one's records say, packed into one row, and what has to be done in
//! them, so that neither a workbench nor all duties of a province need a record to be read.
//!
//! The store does not know what a case is. Who interprets records packs what each says of a case
//! ([`CasePart`]); here the parts of one case are kept together with the intervals in which each counts
//! ([`Packed`]), and whenever one comes or changes, [`Derive`] says anew what has to be done
//! ([`Derived`]). Of these rows nothing depends on the time at which one asks: they hold the moments at
//! which something changes, never how much is left.

mod asked;
mod change;
mod merge;
mod packed;
mod rows;
mod scan;

use model::{RecordId, Timestamp};

pub use asked::{Branch, DutiesAsked, DutyFound, DutyPlace};
pub use packed::{Packed, PackedPart};
pub use rows::{Derived, DutyRow, LateRow, TakeRow};
pub use scan::{LateAsked, LateSum, ProgramStep};

pub(super) use change::{CaseChange, changes};
pub(super) use merge::{OLD, TABLES, merged};

/// What a record says of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CasePart {
    /// The case; none where the record opens one, or takes the place of one that did.
    pub of: Option<RecordId>,
    /// What it says, as [`Derive`] reads it.
    pub body: Vec<u8>,
}

/// What has to be done in a case, by what its records say. It must follow from the parts and from what
/// the digest of the plan names alone.
pub type Derive = dyn Fn(Packed<'_>) -> Derived + Send + Sync;

/// A moment as a row holds it; what has none comes after everything.
pub(crate) fn moment(at: Option<Timestamp>) -> i64 {
    at.map_or(i64::MAX, Timestamp::micros)
}

/// The moment that a row holds.
pub(crate) fn of_moment(at: i64) -> Option<Timestamp> {
    (at != i64::MAX).then(|| Timestamp::from_micros(at))
}
