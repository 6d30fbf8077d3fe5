//! What can be wrong with what a caller declares: fields, variables, functions, kinds.

use thiserror::Error;

/// A declaration that cannot stand.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DeclarationError {
    /// A name of another form than names have.
    #[error(
        "{what} {name:?} is not named as names are; write lower-case English words, digits and _, beginning with a letter{}",
        if *.dots { ", joined by dots" } else { "" }
    )]
    Name {
        /// What was declared.
        what: &'static str,
        /// The name as declared.
        name: String,
        /// Whether it may have dots.
        dots: bool,
    },
    /// A word of the language cannot be a name.
    #[error("{what} {name:?} has the name of a word of the language; choose another")]
    Reserved {
        /// What was declared.
        what: &'static str,
        /// The name as declared.
        name: String,
    },
    /// The same name twice.
    #[error("{what} {name:?} is declared twice; take one out or rename it")]
    Twice {
        /// What was declared.
        what: &'static str,
        /// The name as declared.
        name: String,
    },
    /// What was declared cannot hold.
    #[error("{what} {name:?}: {reason}; {remedy}")]
    Unsound {
        /// What was declared.
        what: &'static str,
        /// Its name.
        name: String,
        /// Why not.
        reason: String,
        /// What to do.
        remedy: &'static str,
    },
}

impl DeclarationError {
    /// A stable name of what is wrong.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Name { .. } => "rules.declared_name",
            Self::Reserved { .. } => "rules.declared_reserved",
            Self::Twice { .. } => "rules.declared_twice",
            Self::Unsound { .. } => "rules.declared_unsound",
        }
    }
}
