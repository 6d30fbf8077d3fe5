//! The public portal.

mod archive;
mod find;
mod home;
mod item;
mod log;
mod proof;
mod record;
pub mod story;
