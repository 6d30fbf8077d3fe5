//! Logging in by a browser, and what is then open and what is not.

mod access;
mod console;
mod login;
pub mod people;
mod system;
