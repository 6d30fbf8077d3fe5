//! The language of a pack's rules (pure): what a condition says, and what a record may be.
//!
//! | module | what it reads | what for |
//! |---|---|---|
//! | [`filter`] | `result == 'fail' and lot is missing` | which rows an indicator counts; one meaning in Rust, SQLite and PostgreSQL |
//! | [`guard`] | CEL: `years(case.known_on, valid) <= law('complaint.claim_age')` | whether a step of a case may be taken |
//! | [`schema`] | a typed description of a kind of record | a JSON Schema, all that is wrong with a payload, the fields that filters speak of |
//!
//! Filters and guards are checked when they are read: a name that does not exist, a code that a
//! list does not have and values that do not go together are told with their place ([`text`]) and
//! what to do, and cannot come up in service. Both work on the same exact values ([`value`]); there
//! are no binary fractions.
//!
//! Nothing here reads a file, a database or the clock: SQL is written, not run, and the facts that a
//! guard asks for are given by its caller.

mod declaration;
pub mod filter;
pub mod guard;
pub mod schema;
pub mod text;
pub mod value;

pub use declaration::DeclarationError;
pub use text::{Fault, Position, Problem};
