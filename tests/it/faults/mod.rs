//! What is acknowledged stays: the program is killed, its power is cut, its disk is full, its
//! database is lost, its store is damaged.
//!
//! The senders (`sender`) remember what they were told, and the check (`check`) holds the store
//! against it.

#![allow(clippy::print_stderr, reason = "shown when a test fails")]

mod check;
mod client;
mod disk_full;
mod every_byte;
mod installation;
mod kill;
mod lost_database;
mod power_cut;
mod random;
mod second_writer;
mod sender;
