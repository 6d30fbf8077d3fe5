//! What can be wrong with a code: one type for what is refused and for what is only noted.

use thiserror::Error;

/// What is wrong with a code, where, and what to do about it.
///
/// The same fault is an error where the code is read strictly and a warning in [`Checked`] where
/// it is read leniently. Positions count characters from 1, as a person does.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Error {
    /// Nothing was given.
    #[error("the {what} is empty; give the code as it is printed")]
    Empty {
        /// What was expected, in words.
        what: &'static str,
    },
    /// The code has another number of characters than its kind.
    #[error("a {what} has {expected} characters, this has {found}; {}", if found_fewer(expected, *found) { "look for a character left out" } else { "look for a character too many" })]
    Length {
        /// What was expected, in words.
        what: &'static str,
        /// The length or lengths that are right.
        expected: &'static str,
        /// The length that was found, in characters.
        found: usize,
    },
    /// A character that cannot stand there.
    #[error("character {at} of the {what} is {}, but {expected} stands there; {}{}", shown(*found), advice(*found), suggested(.suggestions))]
    Character {
        /// What was expected, in words.
        what: &'static str,
        /// Position of the character, from 1.
        at: usize,
        /// The character.
        found: char,
        /// What may stand there.
        expected: &'static str,
        /// Right codes that were likely meant.
        suggestions: Vec<String>,
    },
    /// The check character does not fit the rest.
    #[error("the check character of the {what} is {found}, but the others give {expected}; compare the code with its source{}", suggested(.suggestions))]
    CheckDigit {
        /// What was expected, in words.
        what: &'static str,
        /// The check character that the others give.
        expected: char,
        /// The check character that was found.
        found: char,
        /// Codes with a right check character that a likely slip turns into this one.
        suggestions: Vec<String>,
    },
    /// The form is not that of the notation.
    #[error("this is not a {what}: {reason}; it looks like {example}")]
    Form {
        /// The notation, in words.
        what: &'static str,
        /// What does not fit.
        reason: String,
        /// A right one.
        example: &'static str,
    },
    /// A GS1 application identifier that does not exist or is not allowed there.
    #[error(
        "application identifier {ai} {reason}; see the list of application identifiers in the GS1 General Specifications, section 3"
    )]
    ApplicationIdentifier {
        /// The application identifier as written.
        ai: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A GS1 company prefix of a length that cannot be, or that is not known.
    #[error(
        "a GS1 company prefix of {length} digits cannot split the {what} {key}; give a length from {least} to {most}"
    )]
    PrefixLength {
        /// The key, in words.
        what: &'static str,
        /// The key.
        key: String,
        /// The length asked for.
        length: usize,
        /// The shortest that can be.
        least: usize,
        /// The longest that can be.
        most: usize,
    },
    /// The code is right, but the notation asked for cannot say it.
    #[error("{what} cannot be written as {notation}: {reason}")]
    NoNotation {
        /// What it is.
        what: String,
        /// The notation asked for.
        notation: &'static str,
        /// Why not.
        reason: String,
    },
    /// The code says more than the notation into which it was turned.
    #[error("{lost} is not carried over into {notation}")]
    Lost {
        /// What was left out.
        lost: String,
        /// The notation.
        notation: &'static str,
    },
    /// The code stands in its table, but not on that day.
    #[error("{code} is not in force on {on}: it stands for {known}; ask for another day")]
    NotInForce {
        /// The code.
        code: String,
        /// The day asked for.
        on: String,
        /// What it has stood for, and when.
        known: String,
    },
    /// No known kind of code looks like this.
    #[error(
        "{text} is no code that is known here; write a code of another scheme as scheme:value, for instance chicago-license:1234567"
    )]
    Unknown {
        /// What was given, shortened.
        text: String,
    },
    /// A row of a code table is wrong.
    #[error("line {line} of the {table}: {reason}")]
    Table {
        /// The table.
        table: &'static str,
        /// The line, from 1.
        line: u64,
        /// What is wrong and what to do.
        reason: String,
    },
}

impl Error {
    /// A stable name for programs, `codes.` and the fault.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty { .. } => "codes.empty",
            Self::Length { .. } => "codes.length",
            Self::Character { .. } => "codes.character",
            Self::CheckDigit { .. } => "codes.check_digit",
            Self::Form { .. } => "codes.form",
            Self::ApplicationIdentifier { .. } => "codes.application_identifier",
            Self::PrefixLength { .. } => "codes.prefix_length",
            Self::NoNotation { .. } => "codes.no_notation",
            Self::Lost { .. } => "codes.lost",
            Self::NotInForce { .. } => "codes.not_in_force",
            Self::Unknown { .. } => "codes.unknown",
            Self::Table { .. } => "codes.table",
        }
    }

    /// Right codes that a likely slip turns into the wrong one; empty where none is known.
    pub fn suggestions(&self) -> &[String] {
        match self {
            Self::Character { suggestions, .. } | Self::CheckDigit { suggestions, .. } => {
                suggestions
            }
            _ => &[],
        }
    }
}

/// A value with what was noted while it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked<T> {
    /// The value.
    pub value: T,
    /// What is odd about it, though not enough to refuse it.
    pub warnings: Vec<Error>,
}

/// How a code is read.
///
/// ```
/// use codes::{Mode, gs1::Gtin};
/// assert_eq!(Gtin::parse("6901234567890", Mode::Strict).unwrap_err().code(), "codes.check_digit");
/// assert_eq!(Gtin::parse("6901234567890", Mode::Lenient).unwrap().warnings.len(), 1);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Every rule of the standard holds; the default.
    #[default]
    Strict,
    /// Codes from elsewhere, as they come: a wrong check digit, a wrong length of a serial number
    /// or an unescaped character is a warning, and text is carried over as it was written.
    Lenient,
}

/// Collects what is wrong: fails at once in [`Mode::Strict`], notes it in [`Mode::Lenient`].
pub(crate) struct Notes {
    mode: Mode,
    warnings: Vec<Error>,
}

impl Notes {
    pub(crate) fn new(mode: Mode) -> Self {
        Self { mode, warnings: Vec::new() }
    }

    pub(crate) fn mode(&self) -> Mode {
        self.mode
    }

    /// A fault that a lenient reader lives with.
    pub(crate) fn fault(&mut self, error: Error) -> Result<(), Error> {
        match self.mode {
            Mode::Strict => Err(error),
            Mode::Lenient => {
                self.warnings.push(error);
                Ok(())
            }
        }
    }

    /// Something odd that no reader refuses.
    pub(crate) fn warn(&mut self, warning: Error) {
        self.warnings.push(warning);
    }

    pub(crate) fn checked<T>(self, value: T) -> Checked<T> {
        Checked { value, warnings: self.warnings }
    }
}

fn found_fewer(expected: &str, found: usize) -> bool {
    let first = expected.split(|c: char| !c.is_ascii_digit()).find(|part| !part.is_empty());
    first.and_then(|digits| digits.parse::<usize>().ok()).is_some_and(|least| found < least)
}

/// A character as a person can see it, also where it has no picture.
fn shown(found: char) -> String {
    let invisible = found.is_control() || found.is_whitespace() || crate::text::is_invisible(found);
    let number = found as u32;
    if invisible {
        format!("U+{number:04X} (not visible)")
    } else {
        format!("{found:?} (U+{number:04X})")
    }
}

fn advice(found: char) -> &'static str {
    if found.is_ascii_lowercase() {
        "write it in capitals"
    } else if crate::text::narrow(found).is_some() {
        "type it in half-width characters"
    } else if found.is_control() || found.is_whitespace() || crate::text::is_invisible(found) {
        "take it out"
    } else {
        "compare the code with its source"
    }
}

fn suggested(suggestions: &[String]) -> String {
    if suggestions.is_empty() {
        String::new()
    } else {
        format!("; likely meant: {}", suggestions.join(", "))
    }
}
