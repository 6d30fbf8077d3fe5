//! The console, as somebody sees it who is logged in there.

mod archive;
pub mod attachments;
mod case;
mod documents;
mod doubles;
mod exports;
mod findings;
mod imports;
mod open;
mod record;
mod reports;
mod search;
pub mod visitor;
mod work;
