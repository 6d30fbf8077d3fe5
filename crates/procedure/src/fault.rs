//! What is wrong with a procedure.

use std::fmt;

/// Something that is wrong with a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub at: At,
    /// What.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

/// Where in a definition, by the order in which it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum At {
    /// In what is said of the whole.
    Whole,
    /// In a state.
    State(usize),
    /// In a step.
    Step(usize),
    /// In a term.
    Term(usize),
}

impl Fault {
    pub(crate) fn new(at: At, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { at, what: what.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.what, self.remedy)
    }
}

impl std::error::Error for Fault {}
