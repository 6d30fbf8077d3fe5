//! Statutory time against hand-counted cases, other calendars, and a naive count.

#![allow(clippy::unwrap_used)] // a test that cannot read its data has failed

mod calendar_text;
mod cases;
mod cross_check;
mod faults;
mod naive;
mod pack;
mod properties;
