//! The old organization code 组织机构代码, GB 11714-1997: eight characters and a check character.

use std::fmt;

use crate::error::Error;
use crate::slip;
use crate::words::Name;

const WHAT: Name = Name::new("organization code", "组织机构代码");
/// GB 11714-1997, 4: weights of the eight characters.
const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// A nine-character organization code, written without its hyphen.
///
/// Source: GB 11714-1997. It stands inside every unified social credit code as characters 9-17.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrganizationCode([u8; 9]);

impl OrganizationCode {
    /// Reads a code, with or without the hyphen before the check character.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::Length`], [`Error::Character`], or [`Error::CheckDigit`] with
    /// likely slips.
    ///
    /// ```
    /// use codes::OrganizationCode;
    /// assert_eq!(OrganizationCode::parse("D2143569-X").unwrap().as_str(), "D2143569X");
    /// assert_eq!(OrganizationCode::parse("D2134569X").unwrap_err().suggestions()[0], "D2143569X");
    /// ```
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::parse_within(text, Self::suggestions)
    }

    /// Reads a code; `suggest` gives what was likely meant by one with a wrong check character.
    pub(crate) fn parse_within(
        text: &str,
        suggest: impl FnOnce(&str) -> Vec<String>,
    ) -> Result<Self, Error> {
        let Some(code) = Self::read(text) else {
            return Err(Self::fault_of_form(text));
        };
        match Self::check_character(&code.0[..8]) {
            Some(expected) if expected == code.0[8] => Ok(code),
            Some(expected) => Err(Error::CheckDigit {
                what: WHAT,
                expected: char::from(expected),
                found: char::from(code.0[8]),
                suggestions: suggest(text),
            }),
            None => Err(Self::fault_of_form(text)),
        }
    }

    /// The nine characters, unchecked.
    fn read(text: &str) -> Option<Self> {
        let mut read = [0; 9];
        match text.as_bytes() {
            [body @ .., b'-', check] if body.len() == 8 => {
                read[..8].copy_from_slice(body);
                read[8] = *check;
            }
            whole if whole.len() == 9 => read.copy_from_slice(whole),
            _ => return None,
        }
        text.is_ascii().then_some(Self(read))
    }

    fn is_right(text: &str) -> bool {
        Self::read(text).is_some_and(|code| Self::check_character(&code.0[..8]) == Some(code.0[8]))
    }

    fn suggestions(text: &str) -> Vec<String> {
        slip::suggestions(text, Self::is_right)
    }

    /// What is wrong with the length or the characters.
    fn fault_of_form(text: &str) -> Error {
        if text.is_empty() {
            return Error::Empty { what: WHAT };
        }
        let characters = || text.chars().filter(|c| *c != '-').enumerate();
        match characters().find(|(_, c)| !c.is_ascii_digit() && !c.is_ascii_uppercase()) {
            Some((i, found)) => Error::Character {
                what: WHAT,
                at: i + 1,
                found,
                expected: Name::new("a digit or a capital letter", "数字或大写字母"),
                suggestions: Self::suggestions(text),
            },
            None => {
                let expected = Name::new("9", "9");
                Error::Length { what: WHAT, expected, found: characters().count() }
            }
        }
    }

    /// The check character of eight characters `0-9 A-Z`: modulus 11, 10 being written `X`.
    ///
    /// Gives nothing for other characters or another number of them.
    pub fn check_character(body: &[u8]) -> Option<u8> {
        if body.len() != WEIGHTS.len() {
            return None;
        }
        let mut sum = 0;
        for (c, weight) in body.iter().zip(WEIGHTS) {
            sum += weight * char::from(*c).to_digit(36).filter(|_| !c.is_ascii_lowercase())?;
        }
        Some(match (11 - sum % 11) % 11 {
            10 => b'X',
            digit => b'0' + digit as u8,
        })
    }

    /// The first eight characters.
    pub fn body(&self) -> &str {
        &self.as_str()[..8]
    }

    /// The check character.
    pub fn check(&self) -> char {
        char::from(self.0[8])
    }

    /// The nine characters without a hyphen.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for OrganizationCode {
    /// With the hyphen, as GB 11714 prints it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.body(), self.check())
    }
}

impl fmt::Debug for OrganizationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OrganizationCode({})", self.as_str())
    }
}
