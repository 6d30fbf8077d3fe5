//! What can be wrong with what a sender gives.

use thiserror::Error;

/// A fault of a record: where, what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Error {
    /// The text is not JSON, or not the JSON of a record.
    #[error("line {line}, column {column}: {reason}; send one JSON object a record, in UTF-8")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What the reader met.
        reason: String,
    },
    /// A limit of size was passed.
    #[error("{what} has {found}, at most {most} are taken; send less at a time")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// How large it is.
        found: usize,
        /// The limit.
        most: usize,
    },
    /// A field that does not say what it must.
    #[error("{field}: {reason}; it looks like {example}")]
    Field {
        /// JSON pointer or name of the field.
        field: String,
        /// What is wrong.
        reason: String,
        /// A right one.
        example: &'static str,
    },
}

impl Error {
    /// A stable name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Json { .. } => "record.json",
            Self::TooLarge { .. } => "record.too_large",
            Self::Field { .. } => "record.field",
        }
    }

    pub(crate) fn field(
        field: impl Into<String>,
        reason: impl Into<String>,
        example: &'static str,
    ) -> Self {
        Self::Field { field: field.into(), reason: reason.into(), example }
    }
}
