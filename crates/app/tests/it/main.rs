#![allow(clippy::unwrap_used)] // a test that cannot go on fails

//! The program on both databases: what comes in, what is read, what is proved, what is erased.

mod activation;
mod archived;
mod attachment;
mod case;
mod course;
mod demonstration;
mod document;
mod duty;
mod epcis;
mod erasure;
mod evidence;
mod export;
mod import;
mod intake;
mod job;
mod keys;
mod letter;
mod notice;
mod people;
mod reading;
mod registry;
mod report;
mod support;
mod system;
mod time;
mod trace;
mod unforeseen;
