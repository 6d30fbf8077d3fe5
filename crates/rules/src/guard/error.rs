//! Why a guard gives no answer.

use thiserror::Error;

use crate::text::Position;

/// Why a guard gives no answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EvaluationError {
    /// A variable has no value.
    #[error("{position}: {name} has no value; record it, or let the guard ask has({name}) first")]
    Missing {
        /// Where the guard asks for it.
        position: Position,
        /// The variable.
        name: String,
    },
    /// A number too large, or a division by zero.
    #[error("{position}: {left} {sign} {right} cannot be held: {reason}")]
    Arithmetic {
        /// Where the guard says it.
        position: Position,
        /// The left side.
        left: String,
        /// The operator.
        sign: &'static str,
        /// The right side.
        right: String,
        /// Why not, and what to do.
        reason: String,
    },
    /// A function has no answer.
    #[error("{position}: {function}: {reason}")]
    Function {
        /// Where the guard calls it.
        position: Position,
        /// The function.
        function: String,
        /// What the function says.
        reason: String,
    },
    /// A variable or function gives a value of another type than was declared.
    #[error(
        "{position}: {name} is declared as {declared} but gives {found}; correct the program that gives it"
    )]
    Type {
        /// Where the guard asks for it.
        position: Position,
        /// The variable or function.
        name: String,
        /// Its declared type.
        declared: String,
        /// What it gave.
        found: String,
    },
    /// The lists are too long for what the guard asks of them.
    #[error("the guard takes more than {most} steps; shorten the lists that it looks through")]
    Cost {
        /// The limit.
        most: u32,
    },
}

impl EvaluationError {
    /// A stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "rules.guard_missing",
            Self::Arithmetic { .. } => "rules.guard_arithmetic",
            Self::Function { .. } => "rules.guard_function",
            Self::Type { .. } => "rules.guard_type",
            Self::Cost { .. } => "rules.guard_cost",
        }
    }
}
