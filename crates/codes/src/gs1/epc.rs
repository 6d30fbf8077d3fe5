//! One thing, or one class of things, whatever the notation it came in.

use super::CANONICAL_DOMAIN;
use super::application_identifier::ApplicationIdentifier;
use super::element::{Value, find};
use super::escape::Syntax;
use super::layout::{Layout, Scheme, Serial};
use crate::error::{Error, Notes};

/// An electronic product code: a GS1 key of one scheme, with its serial part at instance level.
///
/// Source: EPC Tag Data Standard 2.x, section 6; class level: CBV 2.0, section 8.
///
/// ```
/// use codes::{Mode, gs1::Epc};
/// let epc = Epc::from_urn("urn:epc:id:sgtin:0614141.812345.6789", Mode::Strict).unwrap().value;
/// assert_eq!(epc.to_digital_link(), "https://id.gs1.org/01/80614141123458/21/6789");
/// assert_eq!(epc.to_urn(7, Mode::Strict).unwrap().value, "urn:epc:id:sgtin:0614141.812345.6789");
/// ```
#[derive(Debug, Clone)]
pub struct Epc {
    pub(super) scheme: Scheme,
    /// The data of the key, check digit and all, without a serial part glued to it.
    pub(super) key: Value,
    pub(super) serial: Option<Value>,
    /// Known where it was read from a URN.
    pub(super) prefix_length: Option<usize>,
}

impl PartialEq for Epc {
    /// The same thing is equal in every notation; the length of the company prefix is only a way
    /// of writing.
    fn eq(&self, other: &Self) -> bool {
        (self.scheme, &self.key, &self.serial) == (other.scheme, &other.key, &other.serial)
    }
}

impl Eq for Epc {}

impl Epc {
    /// The scheme.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The data of the key, without a serial part: a GTIN-14, an SSCC ...
    pub fn key(&self) -> &str {
        self.key.text()
    }

    /// The serial number, lot, extension or unit code.
    pub fn serial(&self) -> Option<&str> {
        self.serial.as_ref().map(Value::text)
    }

    /// Whether it names a class of things rather than one.
    pub fn is_class(&self) -> bool {
        match self.layout().serial {
            Serial::Class(_) => true,
            Serial::Glued | Serial::Element(_) => self.serial.is_none(),
            Serial::None | Serial::OrZero(_) => false,
        }
    }

    /// The length of the company prefix, where it was read from a URN.
    pub fn prefix_length(&self) -> Option<usize> {
        self.prefix_length
    }

    /// The digits that the key's company prefix begins with, for looking its length up.
    ///
    /// A key that begins with digits which are not the company prefix (an indicator, an
    /// extension, a filler) is given without them.
    pub fn prefix_digits(&self) -> &str {
        self.layout().body.after_lead(self.key())
    }

    /// The Digital Link on the canonical domain: the key, then the serial part.
    pub fn to_digital_link(&self) -> String {
        self.write_link(Value::write)
    }

    /// The Digital Link in canonical spelling, also where a lenient reader kept another.
    pub fn to_canonical_link(&self) -> String {
        self.write_link(Value::write_canonical)
    }

    fn write_link(&self, write: fn(&Value, Syntax, &mut String)) -> String {
        let layout = self.layout();
        let mut out = String::with_capacity(80);
        out.push_str(CANONICAL_DOMAIN);
        out.push('/');
        out.push_str(layout.ai);
        out.push('/');
        write(&self.key, Syntax::DigitalLink, &mut out);
        if let Some(serial) = &self.serial {
            if let Some(ai) = layout.serial.element() {
                out.push('/');
                out.push_str(ai);
                out.push('/');
            }
            write(serial, Syntax::DigitalLink, &mut out);
        }
        out
    }

    pub(super) fn layout(&self) -> &'static Layout {
        self.scheme.layout()
    }

    /// Checks key and serial part by their application identifiers.
    pub(super) fn checked(self, notes: &mut Notes) -> Result<Self, Error> {
        let layout = self.layout();
        let ai: &ApplicationIdentifier = find(layout.ai)?;
        match (&self.serial, layout.serial.element()) {
            (Some(serial), Some(own)) => {
                ai.check(self.key.text(), notes)?;
                find(own)?.check(serial.text(), notes)?;
            }
            (Some(serial), None) => {
                ai.check(&format!("{}{}", self.key.text(), serial.text()), notes)?;
            }
            (None, _) => ai.check(self.key.text(), notes)?,
        }
        Ok(self)
    }
}

impl Serial {
    /// The application identifier of the serial part's own element.
    pub(super) fn element(self) -> Option<&'static str> {
        match self {
            Self::Element(ai) | Self::Class(ai) | Self::OrZero(ai) => Some(ai),
            Self::None | Self::Glued => None,
        }
    }
}
