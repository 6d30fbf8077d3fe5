//! Identifiers and check digits (pure): what a code is, whether it is right, and what it would be
//! in another notation.
//!
//! | item | codes | source |
//! |---|---|---|
//! | [`Uscc`] | unified social credit code 统一社会信用代码 | GB 32100-2015 |
//! | [`OrganizationCode`] | old organization code 组织机构代码 | GB 11714-1997 |
//! | [`gs1`] | GTIN, GLN, SSCC and the other GS1 keys, element strings, Digital Link, EPC URN | GS1 General Specifications, GS1 Digital Link, EPC Tag Data Standard |
//! | [`Divisions`] | administrative divisions 行政区划代码 | GB/T 2260 |
//! | [`Industries`] | sections and divisions of the economy 国民经济行业分类 | GB/T 4754 |
//! | [`SchemeCode`] | everything else, as `scheme:value` | |
//!
//! [`recognise`] says of any text which of these it can be.
//!
//! Nothing here reads a file or the clock. Tables that change with time (divisions, industries,
//! company prefixes) are parsed from text that the caller has.

mod division;
mod error;
pub mod gs1;
mod industry;
mod issued;
mod organization_code;
mod recognise;
mod scheme;
mod slip;
mod table;
mod text;
mod uscc;
mod words;

pub use division::{Division, DivisionLevel, Divisions};
pub use error::{Checked, Error, Mode};
pub use industry::{Industries, Industry};
pub use issued::{IssuedCodes, Label, Registrations};
pub use organization_code::OrganizationCode;
pub use recognise::{Ask, Part, Reading, Tables, recognise};
pub use scheme::SchemeCode;
pub use table::InForce;
pub use text::tidy;
pub use uscc::Uscc;
pub use words::{Name, Words};
