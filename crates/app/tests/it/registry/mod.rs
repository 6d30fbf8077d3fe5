//! Finding subjects, their archives, double entries.

mod archive;
mod doubles;
mod find;
mod follow;
mod samples;
