//! The graph of responsibility over real records.

mod chains;
mod follow;
pub mod support;
mod walk;
