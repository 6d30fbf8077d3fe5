//! What can be wrong with what a method is given, and what to do about it.

/// The result of a method of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a method could not answer.
///
/// One type serves the whole crate, because the same few things go wrong everywhere: the data are
/// too short, of unequal length, not finite or not of the kind asked for; a setting lies outside
/// its range; or the mathematics has no answer for these data. `what` names the argument or the
/// quantity in the words of the method's documentation; indices count from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is nothing to work on.
    #[error("{what} is empty: give at least one value")]
    Empty {
        /// Which argument.
        what: &'static str,
    },
    /// There is something, but less than the method needs.
    #[error("{what} has {got} values where at least {needed} are needed: give more data")]
    TooFew {
        /// Which argument.
        what: &'static str,
        /// How many the method needs.
        needed: usize,
        /// How many there are.
        got: usize,
    },
    /// Two arguments that go together differ in length.
    #[error("{what} has {got} values where {expected} are expected: give one for each")]
    Length {
        /// Which argument.
        what: &'static str,
        /// The length that it must have.
        expected: usize,
        /// The length that it has.
        got: usize,
    },
    /// A value is missing (NaN) or infinite.
    #[error("{what}, value {index}, is missing or infinite: fill it or leave it out")]
    NotFinite {
        /// Which argument.
        what: &'static str,
        /// The place of the first such value.
        index: usize,
    },
    /// A value that counts or measures something is below zero.
    #[error("{what}, value {index}, is {value}: it must not be negative")]
    Negative {
        /// Which argument.
        what: &'static str,
        /// The place of the first such value.
        index: usize,
        /// The value.
        value: f64,
    },
    /// A value that must be a count is not a whole number.
    #[error("{what}, value {index}, is {value}: it must be a whole number")]
    NotWhole {
        /// Which argument.
        what: &'static str,
        /// The place of the first such value.
        index: usize,
        /// The value.
        value: f64,
    },
    /// A setting, or a single value, lies outside its range.
    #[error("{what} is {value}: it must be {must}")]
    OutOfRange {
        /// Which argument.
        what: &'static str,
        /// The value.
        value: f64,
        /// The range, in words that follow "it must be".
        must: &'static str,
    },
    /// Settings or shapes that do not go together.
    #[error("{what}: {why}")]
    Inconsistent {
        /// Which arguments.
        what: &'static str,
        /// What is wrong, and what to do.
        why: &'static str,
    },
    /// All values are the same (all zero, perhaps), so that there is no variation to work with.
    #[error("{what} does not vary: the method needs values that differ")]
    Constant {
        /// Which argument.
        what: &'static str,
    },
    /// The columns of a design are linearly dependent, or a covariance matrix is not positive
    /// definite.
    #[error("{what} is singular: leave out a column that follows from the others")]
    Singular {
        /// Which matrix or design.
        what: &'static str,
    },
    /// The outcome is told exactly by the features, so that the likelihood has no maximum.
    #[error("{what} is perfectly separated: add a penalty or leave out the feature that tells all")]
    Separation {
        /// Which model.
        what: &'static str,
    },
    /// An iteration did not settle.
    #[error("{what} did not converge in {iterations} iterations")]
    NoConvergence {
        /// Which fit or search.
        what: &'static str,
        /// How many steps were taken.
        iterations: usize,
    },
    /// A text that should be a formula cannot be read.
    #[error("{what}, character {at}: {why}")]
    Syntax {
        /// Which text.
        what: &'static str,
        /// Where, counting characters from 1.
        at: usize,
        /// What is wrong, and what to do.
        why: &'static str,
    },
    /// What was asked for does not exist (no plan meets both points, a moment is infinite).
    #[error("{what}: {why}")]
    NoSolution {
        /// What was sought.
        what: &'static str,
        /// Why there is none.
        why: &'static str,
    },
    /// Something is wrong within a column that the caller named.
    #[error("column {name}: {error}")]
    Column {
        /// The caller's name of the column.
        name: String,
        /// What is wrong.
        error: Box<Error>,
    },
}

impl Error {
    /// A stable name of the kind of error, for programs and for messages in other languages.
    ///
    /// ```
    /// let error = stats::dist::Normal::new(0.0, -1.0).unwrap_err();
    /// assert_eq!(error.code(), "stats.out_of_range");
    /// assert_eq!(error.to_string(), "standard deviation is -1: it must be positive and finite");
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty { .. } => "stats.empty",
            Self::TooFew { .. } => "stats.too_few",
            Self::Length { .. } => "stats.length",
            Self::NotFinite { .. } => "stats.not_finite",
            Self::Negative { .. } => "stats.negative",
            Self::NotWhole { .. } => "stats.not_whole",
            Self::OutOfRange { .. } => "stats.out_of_range",
            Self::Inconsistent { .. } => "stats.inconsistent",
            Self::Constant { .. } => "stats.constant",
            Self::Singular { .. } => "stats.singular",
            Self::Separation { .. } => "stats.separation",
            Self::NoConvergence { .. } => "stats.no_convergence",
            Self::Syntax { .. } => "stats.syntax",
            Self::NoSolution { .. } => "stats.no_solution",
            Self::Column { error, .. } => error.code(),
        }
    }

    /// The same error, told of the column `name`.
    pub(crate) fn in_column(self, name: &str) -> Self {
        Self::Column { name: name.into(), error: Box::new(self) }
    }

    /// The same error about the value at another place: for checks of one value at a time.
    pub(crate) fn at(self, place: usize) -> Self {
        match self {
            Self::NotFinite { what, .. } => Self::NotFinite { what, index: place },
            Self::Negative { what, value, .. } => Self::Negative { what, index: place, value },
            Self::NotWhole { what, value, .. } => Self::NotWhole { what, index: place, value },
            other => other,
        }
    }
}

/// The checks that most methods begin with.
///
/// ```
/// use stats::error::check;
/// assert!(check::finite("x", &[1.0, 2.0]).is_ok());
/// assert_eq!(check::finite("x", &[1.0, f64::NAN]).unwrap_err().code(), "stats.not_finite");
/// assert_eq!(check::counts("cases", &[1.5]).unwrap_err().code(), "stats.not_whole");
/// ```
pub mod check {
    use super::{Error, Result};

    /// At least `needed` values.
    pub fn at_least(what: &'static str, values: &[f64], needed: usize) -> Result<()> {
        match values.len() {
            0 if needed > 0 => Err(Error::Empty { what }),
            got if got < needed => Err(Error::TooFew { what, needed, got }),
            _ => Ok(()),
        }
    }

    /// A length that goes with another.
    pub fn length(what: &'static str, got: usize, expected: usize) -> Result<()> {
        if got == expected { Ok(()) } else { Err(Error::Length { what, expected, got }) }
    }

    /// No missing and no infinite values.
    pub fn finite(what: &'static str, values: &[f64]) -> Result<()> {
        match values.iter().position(|v| !v.is_finite()) {
            Some(index) => Err(Error::NotFinite { what, index }),
            None => Ok(()),
        }
    }

    /// Finite values of zero or more.
    pub fn non_negative(what: &'static str, values: &[f64]) -> Result<()> {
        finite(what, values)?;
        match values.iter().enumerate().find(|(_, v)| **v < 0.0) {
            Some((index, &value)) => Err(Error::Negative { what, index, value }),
            None => Ok(()),
        }
    }

    /// Finite whole numbers of zero or more.
    pub fn counts(what: &'static str, values: &[f64]) -> Result<()> {
        non_negative(what, values)?;
        match values.iter().enumerate().find(|(_, v)| v.fract() != 0.0) {
            Some((index, &value)) => Err(Error::NotWhole { what, index, value }),
            None => Ok(()),
        }
    }

    /// A finite value above zero.
    pub fn positive(what: &'static str, value: f64) -> Result<()> {
        within(what, value, value > 0.0 && value.is_finite(), "positive and finite")
    }

    /// A probability or share from 0 to 1, both included.
    pub fn probability(what: &'static str, value: f64) -> Result<()> {
        within(what, value, (0.0..=1.0).contains(&value), "from 0 to 1")
    }

    /// A level strictly between 0 and 1.
    pub fn level(what: &'static str, value: f64) -> Result<()> {
        within(what, value, value > 0.0 && value < 1.0, "strictly between 0 and 1")
    }

    /// Any other condition on a single value; `must` follows "it must be".
    pub fn within(what: &'static str, value: f64, holds: bool, must: &'static str) -> Result<()> {
        if holds { Ok(()) } else { Err(Error::OutOfRange { what, value, must }) }
    }
}
