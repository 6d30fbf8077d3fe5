#![allow(clippy::unwrap_used)] // a test that cannot go on fails

//! What a rule says, said in several ways.

mod filter;
mod guard;
mod schema;
