//! `GET /api/v1/pack`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::{self, Words};
use crate::problem::{Problem, ProblemDocument};
use crate::query::Query;
use crate::site::Site;

/// The pack in force.
#[derive(Serialize, ToSchema)]
pub struct PackAnswer {
    /// Its title.
    title: Words,
    /// Its version, as its office counts them.
    version: String,
    /// The division whose pack it is.
    province: String,
    /// The SHA-256 over its files, which records name.
    digest: String,
}

/// The pack in force.
#[utoipa::path(
    get,
    path = "/api/v1/pack",
    tag = "pack",
    responses(
        (status = 200, description = "The pack", body = PackAnswer),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn pack(State(site): State<Arc<Site>>, request: Request) -> Result<Response, Problem> {
    site.principal(request.headers()).await?;
    Query::of(request.uri()).finish()?;
    let pack = site.system.pack();
    let manifest = pack.manifest();
    let answer = PackAnswer {
        title: Words::new(&manifest.title.zh, &manifest.title.en),
        version: manifest.version.clone(),
        province: manifest.province.clone(),
        digest: pack.digest().to_string(),
    };
    Ok(answer::json(StatusCode::OK, &answer))
}
