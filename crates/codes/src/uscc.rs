//! The unified social credit code 统一社会信用代码, GB 32100-2015.

use std::fmt;

use crate::error::{Checked, Error, Mode, Notes};
use crate::organization_code::OrganizationCode;
use crate::slip;
use crate::words::Name;

const WHAT: Name = Name::new("unified social credit code", "统一社会信用代码");
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const MODULUS: u32 = 31;
const NOT_IN_ALPHABET: u8 = u8::MAX;

/// The place of a byte in the alphabet, or [`NOT_IN_ALPHABET`].
const PLACE: [u8; 256] = {
    let mut place = [NOT_IN_ALPHABET; 256];
    let mut i = 0;
    while i < ALPHABET.len() {
        place[ALPHABET[i] as usize] = i as u8;
        i += 1;
    }
    place
};

/// Weights 3^(i-1) mod 31 of the first 17 characters (GB 32100-2015, annex A). The eighteenth
/// has weight 1, so that the weighted sum of a right code is a multiple of 31.
const WEIGHTS: [u8; 18] = {
    let mut weights = [1; 18];
    let mut i = 1;
    while i < 17 {
        weights[i] = (weights[i - 1] as u32 * 3 % MODULUS) as u8;
        i += 1;
    }
    weights
};

/// A unified social credit code whose characters and check character are right.
///
/// Source: GB 32100-2015. Eighteen characters: registering department (1), type of organization
/// (2), administrative division of the registering office (3-8), body, which is the old
/// organization code with its own check character (9-17), check character (18).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uscc([u8; 18]);

impl Uscc {
    /// Reads a code.
    ///
    /// An old organization code inside it that fails its own check is a warning, never a refusal:
    /// such codes were given out and are in use. With [`Mode::Lenient`] a wrong check character
    /// of the whole code is a warning too; a few codes were given out with one (see
    /// [`IssuedCodes`](crate::IssuedCodes)).
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::Length`], [`Error::Character`] (also for a letter in the
    /// division), or [`Error::CheckDigit`] with likely slips.
    ///
    /// ```
    /// use codes::{Mode, Uscc};
    /// let code = Uscc::parse("91350200776049653A", Mode::Strict).unwrap();
    /// assert_eq!((code.value.department(), code.value.division()), ('9', "350200"));
    /// assert!(code.warnings.is_empty());
    ///
    /// let swapped = Uscc::parse("91350200776049635A", Mode::Strict).unwrap_err();
    /// assert_eq!(swapped.suggestions()[0], "91350200776049653A");
    ///
    /// let old = Uscc::parse("91420100A123456700", Mode::Strict).unwrap();
    /// assert_eq!(old.warnings[0].code(), "codes.check_digit"); // of the old code inside
    /// ```
    pub fn parse(text: &str, mode: Mode) -> Result<Checked<Self>, Error> {
        let mut notes = Notes::new(mode);
        let Some(code) = Self::read(text) else {
            return Err(Self::fault_of_form(text));
        };
        if !Self::is_right(&code.0) {
            notes.fault(Error::CheckDigit {
                what: WHAT,
                expected: Self::check_character(&code.0).map_or('?', char::from),
                found: code.check(),
                suggestions: Self::suggestions(text),
            })?;
        }
        if let Err(warning) = code.organization_code() {
            notes.warn(warning);
        }
        Ok(notes.checked(code))
    }

    /// Eighteen right characters, whatever the check character.
    fn read(text: &str) -> Option<Self> {
        let bytes = <[u8; 18]>::try_from(text.as_bytes()).ok()?;
        let in_alphabet = bytes.iter().all(|b| PLACE[usize::from(*b)] != NOT_IN_ALPHABET);
        (in_alphabet && bytes[2..8].iter().all(u8::is_ascii_digit)).then_some(Self(bytes))
    }

    /// Whether eighteen bytes are a code with the right check character.
    ///
    /// ```
    /// assert!(codes::Uscc::is_right(b"91350200776049653A"));
    /// assert!(!codes::Uscc::is_right(b"91350200776049653B"));
    /// ```
    #[inline]
    pub fn is_right(bytes: &[u8; 18]) -> bool {
        let mut sum = 0;
        // No place is above 30: a byte outside the alphabet shows in the top bits of the union.
        let mut seen = 0;
        for (byte, weight) in bytes.iter().zip(WEIGHTS) {
            let place = PLACE[usize::from(*byte)];
            seen |= place;
            sum += u32::from(place) * u32::from(weight);
        }
        let digits = bytes[2..8].iter().all(u8::is_ascii_digit);
        sum.is_multiple_of(MODULUS) && seen != NOT_IN_ALPHABET && digits
    }

    /// The check character that belongs to the first 17 of `bytes`.
    ///
    /// Gives nothing where one of them is not in the alphabet.
    pub fn check_character(bytes: &[u8; 18]) -> Option<u8> {
        let mut sum = 0;
        for (byte, weight) in bytes[..17].iter().zip(WEIGHTS) {
            let place = PLACE[usize::from(*byte)];
            if place == NOT_IN_ALPHABET {
                return None;
            }
            sum += u32::from(place) * u32::from(weight);
        }
        ALPHABET.get(((MODULUS - sum % MODULUS) % MODULUS) as usize).copied()
    }

    fn suggestions(text: &str) -> Vec<String> {
        let mut found = slip::suggestions(text, |code| {
            code.as_bytes().try_into().is_ok_and(|bytes| Self::is_right(&bytes))
        });
        // A guess whose old code fits as well is the likelier one.
        found.sort_by_key(|code| {
            Self::read(code).is_none_or(|code| code.organization_code().is_err())
        });
        found
    }

    /// What is wrong with the length or the characters.
    fn fault_of_form(text: &str) -> Error {
        if text.is_empty() {
            return Error::Empty { what: WHAT };
        }
        let wrong = text.chars().enumerate().find_map(|(i, c)| {
            let place = u8::try_from(c).map_or(NOT_IN_ALPHABET, |b| PLACE[usize::from(b)]);
            if place == NOT_IN_ALPHABET {
                let expected = Name::new(
                    "a digit or a capital letter other than I, O, S, V, Z",
                    "数字或大写字母（I、O、S、V、Z 除外）",
                );
                Some((i, c, expected))
            } else if (2..8).contains(&i) && !c.is_ascii_digit() {
                let expected =
                    Name::new("a digit of the administrative division", "行政区划的数字");
                Some((i, c, expected))
            } else {
                None
            }
        });
        match wrong {
            Some((i, found, expected)) => Error::Character {
                what: WHAT,
                at: i + 1,
                found,
                expected,
                suggestions: Self::suggestions(text),
            },
            None => {
                let expected = Name::new("18", "18");
                Error::Length { what: WHAT, expected, found: text.chars().count() }
            }
        }
    }

    /// The eighteen characters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The registering department: character 1.
    pub fn department(&self) -> char {
        char::from(self.0[0])
    }

    /// The type of organization within the department: character 2.
    pub fn organization_type(&self) -> char {
        char::from(self.0[1])
    }

    /// The administrative division (GB/T 2260) of the registering office: characters 3-8.
    ///
    /// The division may have been abolished since, and need not be where the organization sits.
    pub fn division(&self) -> &str {
        &self.as_str()[2..8]
    }

    /// The body: characters 9-17.
    pub fn body(&self) -> &str {
        &self.as_str()[8..17]
    }

    /// The check character: character 18.
    pub fn check(&self) -> char {
        char::from(self.0[17])
    }

    /// The old organization code that the body is.
    ///
    /// # Errors
    /// [`Error::CheckDigit`] where the body fails the check of GB 11714.
    pub fn organization_code(&self) -> Result<OrganizationCode, Error> {
        // The check character of the whole code vouches for the body: nothing else was meant.
        OrganizationCode::parse_within(self.body(), |_| Vec::new())
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Uscc({})", self.as_str())
    }
}
