//! Filters: one meaning in three places, one text for one meaning, a remedy for each fault.

mod engines;
mod faults;
mod meaning;
mod text;
mod tree;
