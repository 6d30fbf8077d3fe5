//! The global trade item number in its four lengths.

use std::fmt;

use super::check_digit;
use crate::error::{Checked, Error, Mode, Notes};
use crate::slip;
use crate::words::Name;

const WHAT: Name = Name::new("GTIN", "全球贸易项目代码（GTIN）");

/// A GTIN-8, GTIN-12, GTIN-13 or GTIN-14.
///
/// Source: GS1 General Specifications, section 2.1; GB 12904 for the GTIN-13 on goods in China.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Gtin {
    /// Fourteen digits, filled with zeros at the left.
    digits: [u8; 14],
    length: usize,
}

impl Gtin {
    /// Reads 8, 12, 13 or 14 digits.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::Length`], [`Error::Character`], or [`Error::CheckDigit`] with
    /// likely slips, which is a warning in [`Mode::Lenient`].
    ///
    /// ```
    /// use codes::{Mode, gs1::Gtin};
    /// let gtin = Gtin::parse("6901234567892", Mode::Strict).unwrap().value;
    /// assert_eq!(gtin.gtin14(), "06901234567892");
    /// assert_eq!(gtin.to_string(), "6901234567892");
    /// ```
    pub fn parse(text: &str, mode: Mode) -> Result<Checked<Self>, Error> {
        let mut notes = Notes::new(mode);
        if text.is_empty() {
            return Err(Error::Empty { what: WHAT });
        }
        if let Some((at, found)) = text.chars().enumerate().find(|(_, c)| !c.is_ascii_digit()) {
            return Err(Error::Character {
                what: WHAT,
                at: at + 1,
                found,
                expected: Name::new("a digit", "数字"),
                suggestions: suggestions(text),
            });
        }
        let length = text.len();
        if !matches!(length, 8 | 12 | 13 | 14) {
            let expected = Name::new("8, 12, 13 or 14", "8、12、13 或 14");
            return Err(Error::Length { what: WHAT, expected, found: length });
        }
        let mut digits = [b'0'; 14];
        digits[14 - length..].copy_from_slice(text.as_bytes());
        let gtin = Self { digits, length };
        if !check_digit::is_right(&digits) {
            notes.fault(Error::CheckDigit {
                what: WHAT,
                expected: check_digit(&digits[..13]).map_or('?', char::from),
                found: char::from(digits[13]),
                suggestions: suggestions(text),
            })?;
        }
        Ok(notes.checked(gtin))
    }

    /// Fourteen digits, filled with zeros at the left: the form in which GTINs are compared.
    pub fn gtin14(&self) -> &str {
        std::str::from_utf8(&self.digits).unwrap_or_default()
    }

    /// How many digits it was written with: 8, 12, 13 or 14.
    pub fn length(&self) -> usize {
        self.length
    }
}

fn suggestions(text: &str) -> Vec<String> {
    slip::suggestions(text, |code| {
        matches!(code.len(), 8 | 12 | 13 | 14) && check_digit::is_right(code.as_bytes())
    })
}

impl fmt::Display for Gtin {
    /// As it was written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.gtin14()[14 - self.length..])
    }
}
