//! The graph of responsibility over real records.

mod follow;
pub mod support;
mod walk;
