//! What can be wrong with a code: one type for what is refused and for what is only noted.

use thiserror::Error;

use crate::words::{Name, Words};

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
        what: Name,
    },
    /// The code has another number of characters than its kind.
    #[error("a {what} has {expected} characters, this has {found}; {}", if found_fewer(expected.en, *found) { "look for a character left out" } else { "look for a character too many" })]
    Length {
        /// What was expected, in words.
        what: Name,
        /// The length or lengths that are right.
        expected: Name,
        /// The length that was found, in characters.
        found: usize,
    },
    /// A character that cannot stand there.
    #[error("character {at} of the {what} is {}, but {expected} stands there; {}{}", shown(*found), advice(*found), suggested(.suggestions))]
    Character {
        /// What was expected, in words.
        what: Name,
        /// Position of the character, from 1.
        at: usize,
        /// The character.
        found: char,
        /// What may stand there.
        expected: Name,
        /// Right codes that were likely meant.
        suggestions: Vec<String>,
    },
    /// The check character does not fit the rest.
    #[error("the check character of the {what} is {found}, but the others give {expected}; compare the code with its source{}", suggested(.suggestions))]
    CheckDigit {
        /// What was expected, in words.
        what: Name,
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
        what: Name,
        /// What does not fit.
        reason: Words,
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
        reason: Words,
    },
    /// A GS1 company prefix of a length that cannot be, or that is not known.
    #[error(
        "a GS1 company prefix of {length} digits cannot split the {what} {key}; give a length from {least} to {most}"
    )]
    PrefixLength {
        /// The scheme of the key, as an EPC URN writes it.
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
        what: Words,
        /// The notation asked for.
        notation: &'static Name,
        /// Why not.
        reason: Words,
    },
    /// The code says more than the notation into which it was turned.
    #[error("{lost} is not carried over into {notation}")]
    Lost {
        /// What was left out.
        lost: Words,
        /// The notation.
        notation: &'static Name,
    },
    /// The code stands in its table, but not on that day.
    #[error("{code} is not in force on {on}: it stands for {known}; ask for another day")]
    NotInForce {
        /// The code.
        code: String,
        /// The day asked for.
        on: String,
        /// What it has stood for, and when.
        known: Words,
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
        table: Name,
        /// The line, from 1.
        line: u64,
        /// What is wrong and what to do.
        reason: Words,
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

    /// What is wrong and what to do, in Chinese.
    ///
    /// ```
    /// use codes::{Mode, gs1::Gtin};
    /// let wrong = Gtin::parse("6901234567890", Mode::Strict).unwrap_err().zh();
    /// assert!(wrong.starts_with("全球贸易项目代码（GTIN）的校验码为 0，按其余各位应为 2"));
    /// ```
    pub fn zh(&self) -> String {
        match self {
            Self::Empty { what } => format!("{}为空；请按原件填写", what.zh),
            Self::Length { what, expected, found } => {
                let remedy = if found_fewer(expected.en, *found) {
                    "请查看是否漏字"
                } else {
                    "请查看是否多字"
                };
                format!("{}应为 {} 个字符，现有 {found} 个；{remedy}", what.zh, expected.zh)
            }
            Self::Character { what, at, found, expected, suggestions } => format!(
                "{}的第 {at} 个字符是 {}，应为{}；{}{}",
                what.zh,
                shown_zh(*found),
                expected.zh,
                advice_zh(*found),
                suggested_zh(suggestions)
            ),
            Self::CheckDigit { what, expected, found, suggestions } => format!(
                "{}的校验码为 {found}，按其余各位应为 {expected}；请与原件核对{}",
                what.zh,
                suggested_zh(suggestions)
            ),
            Self::Form { what, reason, example } => {
                format!("不是{}：{}；应如 {example}", what.zh, reason.zh)
            }
            Self::ApplicationIdentifier { ai, reason } => {
                format!("应用标识符 {ai} {}；请对照《GS1通用规范》第3章的应用标识符表", reason.zh)
            }
            Self::PrefixLength { what, key, length, least, most } => format!(
                "{length} 位的厂商识别代码不能切分 {what} {key}；请给出 {least} 至 {most} 的长度"
            ),
            Self::NoNotation { what, notation, reason } => {
                format!("{}不能写成 {}：{}", what.zh, notation.zh, reason.zh)
            }
            Self::Lost { lost, notation } => {
                format!("写成 {} 时不带 {}", notation.zh, lost.zh)
            }
            Self::NotInForce { code, on, known } => {
                format!("{code} 在 {on} 不在有效期内，所知为：{}；请填写当日有效的代码", known.zh)
            }
            Self::Unknown { text } => format!(
                "“{text}”不是已知的编码；其他编码请写作“方案:代码”，如 chicago-license:1234567"
            ),
            Self::Table { table, line, reason } => {
                format!("{}第 {line} 行：{}", table.zh, reason.zh)
            }
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

/// Whether a person sees nothing of it.
fn is_invisible(c: char) -> bool {
    c.is_control() || c.is_whitespace() || crate::text::is_invisible(c)
}

/// A character as a person can see it, also where it has no picture.
fn shown(found: char) -> String {
    let number = found as u32;
    if is_invisible(found) {
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
    } else if is_invisible(found) {
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

fn shown_zh(found: char) -> String {
    let number = found as u32;
    if is_invisible(found) {
        format!("U+{number:04X}（看不见的字符）")
    } else {
        format!("“{found}”（U+{number:04X}）")
    }
}

fn advice_zh(found: char) -> &'static str {
    if found.is_ascii_lowercase() {
        "请改用大写"
    } else if crate::text::narrow(found).is_some() {
        "请改用半角字符"
    } else if is_invisible(found) {
        "请删除"
    } else {
        "请与原件核对"
    }
}

fn suggested_zh(suggestions: &[String]) -> String {
    if suggestions.is_empty() {
        String::new()
    } else {
        format!("；可能应为 {}", suggestions.join("、"))
    }
}
