//! The step records of a case, as its course is derived from them.

use std::sync::Arc;

use model::Timestamp;
use rules::value::Value;

/// A record of a step. The record that opens the case is the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The step, as [`crate::Procedure::step`] numbers it; 0 is the opening.
    pub step: u16,
    /// What was done with it.
    pub act: Act,
    /// When it was done.
    pub at: Timestamp,
    /// Who did it; a pseudonym.
    pub by: Arc<str>,
    /// What was filled in, of the fields that the course depends on, as
    /// [`crate::Procedure::field`] numbers them.
    pub values: Vec<(u16, Value)>,
}

/// What was done with a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// It was taken.
    Done,
    /// It was drawn up and waits for those who must agree.
    Proposed,
    /// The next of them agreed; by the last it takes effect.
    Approved,
    /// One of them sent it back.
    Returned,
}

impl Act {
    /// Every act.
    pub const ALL: [Self; 4] = [Self::Done, Self::Proposed, Self::Approved, Self::Returned];

    /// The word that records use.
    ///
    /// ```
    /// assert_eq!(procedure::Act::of_word("approved"), Some(procedure::Act::Approved));
    /// ```
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Proposed => "proposed",
            Self::Approved => "approved",
            Self::Returned => "returned",
        }
    }

    /// The act that a word says.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.word() == word)
    }
}
