//! One application identifier with its data: what all notations have in common.

use super::application_identifier::ApplicationIdentifier;
use super::escape::{Syntax, decode};
use crate::error::{Checked, Error, Mode, Notes};
use crate::words::{Name, Words};

/// Data as they are meant, and as they were written where that is to be kept.
#[derive(Debug, Clone)]
pub struct Value {
    text: String,
    /// The spelling of a lenient reader's source, escapes and all.
    written: Option<String>,
}

impl PartialEq for Value {
    /// Two spellings of the same data are equal.
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Value {}

impl Value {
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), written: None }
    }

    /// Data in a URI or URN, with escapes resolved.
    pub(crate) fn from_escaped(escaped: &str, notes: &mut Notes) -> Result<Self, Error> {
        let plain = escaped.bytes().all(|b| b.is_ascii_alphanumeric());
        if plain {
            return Ok(Self::plain(escaped));
        }
        let (text, whole) = decode(escaped);
        if !whole {
            notes.fault(Error::Form {
                what: Name::new("percent-encoded text", "百分号转义文本"),
                reason: Words::new(
                    format!("a % in {:?} does not begin an escape", crate::text::excerpt(escaped)),
                    format!("“{}”中有一个 % 不是转义的开头", crate::text::excerpt(escaped)),
                ),
                example: "6789%2F",
            })?;
        }
        let written = (notes.mode() == Mode::Lenient).then(|| escaped.to_owned());
        Ok(Self { text: text.into_owned(), written })
    }

    /// The data, without escapes.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Appends the data in a notation: as they were written where a lenient reader kept that,
    /// else in the notation's own escapes.
    pub(crate) fn write(&self, syntax: Syntax, out: &mut String) {
        match &self.written {
            Some(written) => out.push_str(written),
            None => syntax.encode(&self.text, out),
        }
    }

    /// The same data in the notation's own spelling.
    pub(crate) fn write_canonical(&self, syntax: Syntax, out: &mut String) {
        syntax.encode(&self.text, out);
    }

    /// The data before and after a number of characters, each with its part of the spelling.
    pub(crate) fn split(&self, length: usize) -> Option<(&str, Self)> {
        let (before, after) = self.text.split_at_checked(length)?;
        // The first part is digits, so that it is as long in any spelling.
        let written = self.written.as_deref().and_then(|w| w.get(length..)).map(str::to_owned);
        Some((before, Self { text: after.to_owned(), written }))
    }
}

/// An application identifier with its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    ai: &'static ApplicationIdentifier,
    value: Value,
}

impl Element {
    /// An element of an application identifier and plain data.
    ///
    /// # Errors
    /// [`Error::ApplicationIdentifier`] for one that does not exist and for a wrong length,
    /// [`Error::Character`], [`Error::CheckDigit`], or [`Error::Form`] for a date that is none.
    /// With [`Mode::Lenient`] all but the first are warnings.
    ///
    /// ```
    /// use codes::{Mode, gs1::Element};
    /// let element = Element::parse("414", "9506000134352", Mode::Strict).unwrap().value;
    /// assert_eq!(element.ai().title(), "LOC No.");
    /// let wrong = Element::parse("414", "9506000134325", Mode::Strict).unwrap_err();
    /// assert!(wrong.suggestions().contains(&"9506000134352".to_owned()));
    /// ```
    pub fn parse(ai: &str, data: &str, mode: Mode) -> Result<Checked<Self>, Error> {
        let mut notes = Notes::new(mode);
        let element = Self::new(find(ai)?, Value::plain(data), &mut notes)?;
        Ok(notes.checked(element))
    }

    pub(crate) fn new(
        ai: &'static ApplicationIdentifier,
        value: Value,
        notes: &mut Notes,
    ) -> Result<Self, Error> {
        ai.check(&value.text, notes)?;
        Ok(Self { ai, value })
    }

    /// The application identifier.
    pub fn ai(&self) -> &'static ApplicationIdentifier {
        self.ai
    }

    /// The data.
    pub fn value(&self) -> &Value {
        &self.value
    }
}

/// The application identifier with these digits.
pub(crate) fn find(digits: &str) -> Result<&'static ApplicationIdentifier, Error> {
    ApplicationIdentifier::find(digits).ok_or_else(|| Error::ApplicationIdentifier {
        ai: crate::text::excerpt(digits),
        reason: Words::new("does not exist", "不存在"),
    })
}
