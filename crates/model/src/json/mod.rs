//! JSON as it may come from outside, and its canonical text.
//!
//! Readers differ about an object that has a key twice and about integers that a binary number
//! does not hold, so that one text could say two things; and nothing that a record holds lies deep.
//! All are refused, with their place.

mod canonical;
mod pointer;
mod read;
mod reason;

pub use canonical::{canonical, canonical_object, write_object, write_text, write_value};
pub use pointer::{Place, shortly};
pub use read::{Limits, parse};
pub(crate) use reason::{reason_zh, remedy};
