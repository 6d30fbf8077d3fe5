//! The charts beyond their golden cases.

mod bad_input;
mod properties;
mod worked;
