//! What does not fit in the records: found where it is asked about, never a reason to refuse.

use ::trace::AsOf;

use super::answer::FindingSort;
use super::meaning::Meanings;
use super::state::State;
use super::walk::Found as Walked;

/// A finding, with the positions of its records.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    pub(super) sort: FindingSort,
    pub(super) thing: String,
    pub(super) records: Vec<u64>,
    pub(super) detail: Option<String>,
}

/// What does not fit of the things of an answer.
pub(super) fn of_answer(
    state: &State,
    meanings: &Meanings,
    walked: &Walked,
    as_of: AsOf,
) -> Vec<Found> {
    let _ = (state, meanings, walked, as_of);
    Vec::new()
}
