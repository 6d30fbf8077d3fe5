//! The public portal.

pub mod archive;
mod coming;
pub mod find;
mod home;
pub mod item;
mod letters;
mod log;
pub mod proof;
mod recalls;
pub mod record;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;

use crate::page;
use crate::site::Site;

/// Its pages.
pub fn routes(site: &Arc<Site>) -> Router<Arc<Site>> {
    let searches = Router::new()
        .route("/find", get(find::find))
        .route("/item/{*thing}", get(item::item))
        .layer(from_fn_with_state(Arc::clone(site), page::limit_searches));
    Router::new()
        .merge(searches)
        .route("/", get(home::home))
        .route("/archive/{*subject}", get(archive::archive))
        .route("/records/{id}", get(record::record))
        .route("/records/{id}/proof", get(record::proof))
        .route("/proof", get(proof::ask).post(proof::check))
        .route("/log", get(log::log))
        .merge(letters::routes())
        .route("/recalls", get(recalls::list))
        .route("/recalls/{id}", get(recalls::show))
        .route("/standards", get(coming::standards))
}
