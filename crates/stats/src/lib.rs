//! Reference-grade statistical methods for quality regulation (pure).
pub mod dist;
pub mod error;
pub mod index;
pub mod linalg;
pub mod priority;
pub mod proficiency;
pub mod random;
pub mod rating;
pub mod sampling;
pub mod satisfaction;
pub mod scan;
pub mod signal;
pub mod spc;
pub mod surveillance;
pub mod uncertainty;

pub use error::{Error, Result};
