//! The resolver of GS1 Digital Links: the address in a code leads to all that is known of the thing.
//!
//! | file | what |
//! |---|---|
//! | `thing` | the key in an address, in one spelling, with what it is of |
//! | `links` | what a thing has links to: its page, its recalls, its tests, its events |
//! | `resolve` | redirection by link type and language |
//! | `linkset` | all links as a document for programs (RFC 9264) |
//! | `description` | what this resolver can do, for programs |
//! | `qr` | the code as a picture |
//! | `labels` | a sheet of labels to print |
//!
//! Source: GS1-Conformant Resolver standard 1.2; GS1 Digital Link: URI syntax. Nothing of a scan is
//! kept: neither who scanned, nor where, nor what.

mod description;
pub(crate) mod labels;
pub(crate) mod links;
mod linkset;
pub(crate) mod qr;
mod resolve;
pub(crate) mod thing;

pub(crate) use resolve::unknown;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;

use crate::page;
use crate::site::Site;

/// The application identifiers that can head an address; a test holds them against the crate `codes`.
pub const KEYS: [&str; 16] = [
    "00", "01", "253", "255", "401", "402", "414", "415", "417", "8003", "8004", "8006", "8010",
    "8013", "8017", "8018",
];

/// Its routes.
pub fn routes(site: &Arc<Site>) -> Router<Arc<Site>> {
    let mut resolved = Router::new();
    for key in KEYS {
        let handler = get(resolve::resolve).options(resolve::options);
        resolved = resolved.route(&format!("/{key}/{{*rest}}"), handler);
    }
    resolved
        .route("/qr/{*thing}", get(qr::qr))
        .route("/labels/{*thing}", get(labels::labels))
        .layer(from_fn_with_state(Arc::clone(site), page::limit_searches))
        .route("/.well-known/gs1resolver", get(description::description))
}
