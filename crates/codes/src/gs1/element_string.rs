//! Element strings: what a GS1 bar code says.

use std::fmt;

use super::application_identifier::ApplicationIdentifier;
use super::digital_link::DigitalLink;
use super::element::{Element, Value, find};
use crate::error::{Checked, Error, Mode, Notes};
use crate::text::excerpt;
use crate::words::{Name, Words};

const WHAT: Name = Name::new("GS1 element string", "GS1 单元数据串");
const EXAMPLE: &str = "(01)09506000134352(10)ABC123";

/// The separator that FNC1 is read as.
const SEPARATOR: char = '\u{1D}';

/// What a reader says before the data of a GS1 symbol (GS1 General Specifications, section 5).
const SYMBOLOGIES: &[&str] = &["]C1", "]e0", "]d2", "]Q3", "]J1"];

/// Elements in the order in which a symbol carries them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElementString {
    elements: Vec<Element>,
}

impl ElementString {
    /// Reads an element string: with brackets as it is printed, or as a reader gives it, with
    /// or without the symbology identifier, FNC1 being the separator U+001D.
    ///
    /// In brackets, `(` followed by a known application identifier and `)` always begins the
    /// next element.
    ///
    /// # Errors
    /// [`Error::Form`], [`Error::ApplicationIdentifier`] for an unknown one or one that comes
    /// twice with different data, and every fault of the data, which is a warning in
    /// [`Mode::Lenient`].
    ///
    /// ```
    /// use codes::{Mode, gs1::ElementString};
    /// let scanned = ElementString::parse("]d2010950600013435210ABC123\u{1d}17261231", Mode::Strict).unwrap().value;
    /// assert_eq!(scanned.to_string(), "(01)09506000134352(10)ABC123(17)261231");
    /// let link = scanned.to_digital_link().unwrap();
    /// assert_eq!(link.to_uri(), "https://id.gs1.org/01/09506000134352/10/ABC123?17=261231");
    /// ```
    pub fn parse(text: &str, mode: Mode) -> Result<Checked<Self>, Error> {
        let mut notes = Notes::new(mode);
        let symbology = SYMBOLOGIES.iter().find_map(|identifier| text.strip_prefix(identifier));
        let body = symbology.unwrap_or(text);
        let body = body.strip_prefix(SEPARATOR).unwrap_or(body);
        if body.is_empty() {
            return Err(Error::Empty { what: WHAT });
        }
        let parts = if body.starts_with('(') { bracketed(body)? } else { scanned(body)? };
        let mut elements: Vec<Element> = Vec::with_capacity(parts.len());
        for (ai, data) in parts {
            let element = Element::new(ai, Value::plain(data), &mut notes)?;
            match elements.iter().find(|e| e.ai() == ai) {
                Some(same) if *same == element => {}
                Some(_) => {
                    notes.fault(Error::ApplicationIdentifier {
                        ai: ai.digits().to_owned(),
                        reason: Words::new("comes twice with different data", "出现两次而数据不同"),
                    })?;
                }
                None => elements.push(element),
            }
        }
        Ok(notes.checked(Self { elements }))
    }

    pub(super) fn from_elements(elements: Vec<Element>) -> Self {
        Self { elements }
    }

    /// The elements.
    pub fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// The Digital Link with the same elements.
    ///
    /// # Errors
    /// As [`DigitalLink::from_elements`].
    pub fn to_digital_link(&self) -> Result<DigitalLink, Error> {
        DigitalLink::from_elements(&self.elements)
    }

    /// The data for a symbol, with the separator (FNC1) where one must stand.
    ///
    /// ```
    /// use codes::{Mode, gs1::ElementString};
    /// let printed = ElementString::parse("(10)ABC(17)261231", Mode::Strict).unwrap().value;
    /// assert_eq!(printed.to_scanned(), "10ABC\u{1d}17261231");
    /// ```
    pub fn to_scanned(&self) -> String {
        let mut out = String::new();
        for (place, element) in self.elements.iter().enumerate() {
            out.push_str(element.ai().digits());
            out.push_str(element.value().text());
            let last = place + 1 == self.elements.len();
            if !last && element.ai().predefined_length().is_none() {
                out.push(SEPARATOR);
            }
        }
        out
    }
}

impl fmt::Display for ElementString {
    /// With brackets, as it is printed under a symbol.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for element in &self.elements {
            write!(f, "({}){}", element.ai().digits(), element.value().text())?;
        }
        Ok(())
    }
}

type Part<'t> = (&'static ApplicationIdentifier, &'t str);

fn fault(en: impl Into<String>, zh: impl Into<String>) -> Error {
    Error::Form { what: WHAT, reason: Words::new(en, zh), example: EXAMPLE }
}

fn bracketed(text: &str) -> Result<Vec<Part<'_>>, Error> {
    // Where each element begins, by the bracket of a known application identifier.
    let known = |at: usize| {
        let (digits, _) = text[at + 1..].split_once(')')?;
        Some((at, ApplicationIdentifier::find(digits)?))
    };
    let starts: Vec<_> = text.match_indices('(').filter_map(|(at, _)| known(at)).collect();
    if starts.first().is_none_or(|(at, _)| *at != 0) {
        let (digits, _) = text[1..]
            .split_once(')')
            .ok_or_else(|| fault("a bracket is not closed", "括号没有闭合"))?;
        find(digits)?;
    }
    let ends = starts.iter().skip(1).map(|(at, _)| *at).chain([text.len()]);
    Ok(starts
        .iter()
        .zip(ends)
        .map(|((at, ai), end)| (*ai, &text[at + ai.digits().len() + 2..end]))
        .collect())
}

fn scanned(text: &str) -> Result<Vec<Part<'_>>, Error> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let ai = ApplicationIdentifier::at_start_of(rest).ok_or_else(|| {
            let rest = excerpt(rest);
            fault(
                format!("{rest:?} begins with no application identifier"),
                format!("“{rest}”的开头不是应用标识符"),
            )
        })?;
        let data = &rest[ai.digits().len()..];
        let (data, after) = match ai.predefined_length() {
            Some(length) => data.split_at_checked(length).ok_or_else(|| {
                let ai = ai.digits();
                fault(
                    format!("({ai}) is followed by fewer than {length} characters"),
                    format!("({ai}) 后不足 {length} 个字符"),
                )
            })?,
            None => data.split_once(SEPARATOR).unwrap_or((data, "")),
        };
        parts.push((ai, data));
        rest = after.strip_prefix(SEPARATOR).unwrap_or(after);
    }
    Ok(parts)
}
