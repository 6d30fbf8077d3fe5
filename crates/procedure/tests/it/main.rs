#![allow(clippy::unwrap_used)] // a test that cannot go on fails

//! A small procedure of everything, broken in every way, and the courses of its cases.

mod case;
mod check;
mod small;
mod term;
mod turn;
