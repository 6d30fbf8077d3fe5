//! Cases on pages, of offices and of parties alike: forms made of the fields of the pack, and what was
//! done and when, in words.

pub mod control;
pub mod course;
pub mod fields;
pub mod office;
pub mod open;
pub mod opening;
pub mod step;
