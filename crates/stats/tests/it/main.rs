//! Reference values, golden cases and properties.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

mod dist;
mod golden;
mod index;
mod priority;
mod proficiency;
mod rating;
mod sampling;
mod satisfaction;
mod scan;
mod signal;
mod spc;
mod surveillance;
mod uncertainty;
