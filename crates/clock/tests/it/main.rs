//! Statutory time against hand-counted cases, other calendars, and a naive count.

mod calendar_text;
mod cases;
mod cross_check;
mod faults;
mod naive;
mod pack;
mod properties;
