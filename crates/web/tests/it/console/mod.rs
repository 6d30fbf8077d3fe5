//! The console, as somebody sees it who is logged in there.

mod archive;
mod doubles;
mod record;
mod search;
pub mod visitor;
