//! The program over HTTP: records in and out, proofs, and the evidence log as public files.
//!
//! | module | what |
//! |---|---|
//! | [`routes`] | one file for each resource |
//! | [`serve`](mod@serve) | connections, and how they end |
//! | [`problem`] | everything that can be wrong, as one kind of document |
//! | `guard` | what is around every request: limits, panics, the reader's language |
//! | `query`, `body`, `cursor` | reading what comes in, strictly |
//! | [`answer`] | what goes out |
//! | `epcis` | EPCIS 2.0: capture, events, queries |
//! | `portal`, `console`, `enterprise` | the pages of each face |
//! | `resolver` | from the code on a package to what is known of the thing |
//! | [`page`] | what all pages for people share; how to add one |
//! | [`openapi`] | the description of all of it |
//!
//! Nothing is decided here: who may do what, what is right and what is stored is the business of
//! the crate `app`.

pub mod access;
mod account;
pub mod answer;
mod body;
mod casework;
mod console;
mod cursor;
mod demonstration;
mod enterprise;
mod epcis;
mod guard;
mod notices;
pub mod openapi;
pub mod page;
mod portal;
pub mod problem;
mod purpose;
mod query;
mod resolver;
pub mod routes;
pub mod serve;
mod session;
mod site;

use std::sync::Arc;

use app::System;
use axum::Router;
use axum::routing::MethodRouter;

pub use epcis::{Patience, Trust};
pub use notices::Telling;
pub use serve::{Setting, may_serve, serve, serve_as};

/// As [`router`], with a route of a test's own.
#[doc(hidden)]
pub fn router_with_route(system: Arc<System>, path: &str, method: MethodRouter) -> Router {
    let more = Router::new().route(path, method.with_state(()));
    routes::router_with(Arc::new(site::Site::new(system)), more)
}

/// All routes of a program.
pub fn router(system: Arc<System>) -> Router {
    routes::router(Arc::new(site::Site::new(system)))
}
