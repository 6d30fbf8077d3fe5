//! GS1 identification keys and the notations that carry them.
//!
//! One key has several notations: an element string in a bar code, a Digital Link in a web
//! address or QR code, an EPC URN in EPCIS data. All are read into the same [`Element`]s, so that
//! what is the same thing compares as the same.
//!
//! | item | source |
//! |---|---|
//! | [`check_digit`] | GS1 General Specifications, section 7.9 |
//! | [`ApplicationIdentifier`], [`ElementString`] | GS1 General Specifications, sections 3 and 7.8 |
//! | [`DigitalLink`] | GS1 Digital Link standard: URI syntax 1.x |
//! | [`Epc`] | EPC Tag Data Standard 2.x, section 6 (pure identity), and CBV 2.0, section 8 (class level) |
//! | [`CompanyPrefixes`] | GS1 company prefix length table |

mod application_identifier;
mod check_digit;
mod digital_link;
mod element;
mod element_string;
mod epc;
mod escape;
mod gtin;
mod layout;
mod names;
mod prefix;
mod urn;

pub use application_identifier::ApplicationIdentifier;
pub use check_digit::check_digit;
pub use digital_link::{DigitalLink, canonical_digital_link};
pub use element::{Element, Value};
pub use element_string::ElementString;
pub use epc::Epc;
pub use gtin::Gtin;
pub use layout::{Scheme, primary_keys};
pub use prefix::CompanyPrefixes;

/// The resolver whose addresses are canonical, GS1 Digital Link: URI syntax, section 4.
pub const CANONICAL_DOMAIN: &str = "https://id.gs1.org";
