//! People: how they log in, what they may do, what is noted of it.

mod audit;
mod door;
mod office;
pub mod picture;
mod reading;
mod role;
mod session;
pub mod support;
mod vault;
