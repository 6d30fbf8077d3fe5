#![allow(clippy::unwrap_used)] // a test that cannot go on fails

//! The program as a user meets it: one binary, one module per command (later: per route).

mod case;
mod clock;
mod codes;
mod command;
mod demo;
mod export;
mod faults;
mod import;
mod installation;
mod pack;
mod real_data;
mod trace;
mod verify;
