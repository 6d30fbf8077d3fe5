//! What all pages share.

mod around;
mod words;
