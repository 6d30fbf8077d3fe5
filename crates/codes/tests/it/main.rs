#![allow(clippy::unwrap_used)] // a test that cannot go on fails

//! Published pairs of notations, and laws that hold for every code.

mod chinese;
mod gs1_laws;
mod gs1_pairs;
mod national;
