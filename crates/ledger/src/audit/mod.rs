//! Checking a whole log from its files.

mod files;

pub use files::LogFiles;
