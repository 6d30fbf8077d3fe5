//! The graph of responsibility over real records.

mod chains;
mod findings;
mod follow;
pub mod support;
mod walk;
