//! Kinds: what is wrong with a payload, and that the JSON Schema says the same.

mod agreement;
mod declared;
mod faults;
mod report;
