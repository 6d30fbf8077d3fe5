//! The public portal.

mod archive;
mod find;
mod home;
mod item;
mod letters;
mod log;
mod proof;
mod recalls;
mod record;
pub mod story;
