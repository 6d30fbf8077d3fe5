//! Reference-grade statistical methods for quality regulation (pure).
//!
//! Numbers and slices in, typed results out: nothing here reads a file or a clock. Each method names its
//! paper or clause and is held against the outputs of the published implementation (`tests/it/golden`).
//! What cannot be answered is a typed [`Error`] or, where the method's page says so, a stated fallback.
pub mod dist;
pub mod error;
pub mod index;
pub mod linalg;
pub mod priority;
pub mod proficiency;
pub mod random;
pub mod rating;
mod sample;
pub mod sampling;
pub mod satisfaction;
pub mod scan;
pub mod signal;
pub mod spc;
pub mod surveillance;
pub mod uncertainty;

pub use error::{Error, Result};
