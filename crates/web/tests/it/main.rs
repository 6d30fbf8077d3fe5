#![allow(clippy::unwrap_used)] // a test that cannot go on fails

//! The routes on both databases. The tree mirrors that of the routes.

mod account;
mod api;
mod attack;
mod console;
mod demonstration;
mod enterprise;
mod epcis;
mod guard;
mod html;
mod log;
mod openapi;
mod page;
mod portal;
mod samples;
mod serve;
mod site;
