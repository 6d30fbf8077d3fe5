//! `/log`: the evidence log as public files (C2SP tlog-tiles), for anybody.

use std::sync::Arc;

use app::Fault;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use ledger::SignedCheckpoint;
use ledger::tile::TileId;
use serde::Serialize;
use store::log::LogRow;
use utoipa::ToSchema;

use crate::answer;
use crate::problem::{Problem, ProblemDocument};
use crate::query::Query;
use crate::site::Site;

/// The logs of a store.
#[derive(Serialize, ToSchema)]
pub struct Logs {
    /// Whether the store is a demonstration, in which everything is invented.
    demonstration: bool,
    /// The oldest first; the last one grows.
    logs: Vec<LogAnswer>,
}

/// An evidence log.
#[derive(Serialize, ToSchema)]
#[schema(as = Log)]
pub struct LogAnswer {
    /// Its number.
    number: u64,
    /// Its name.
    origin: String,
    /// The public key that its checkpoints are signed with, as a signed-note verifier key.
    key: String,
    /// Where its files are.
    files: String,
    /// Whether it still grows.
    grows: bool,
    /// The position of the first record that is in it.
    first_position: u64,
    /// The index of that record.
    first_index: u64,
    /// Entries under its last checkpoint.
    size: u64,
}

fn size(note: Option<&[u8]>) -> u64 {
    let checkpoint = note.and_then(|note| SignedCheckpoint::parse(note).ok());
    checkpoint.map_or(0, |note| note.checkpoint().size)
}

/// The evidence logs of the store and the keys that they are checked with.
#[utoipa::path(
    get,
    path = "/api/v1/log",
    tag = "log",
    security(()),
    responses(
        (status = 200, description = "The logs", body = Logs),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn logs(State(site): State<Arc<Site>>, request: Request) -> Result<Response, Problem> {
    Query::of(request.uri()).finish()?;
    let rows = site.system.reader().db().logs().await?;
    let last = rows.last().map(|row| row.number);
    let mut logs = Vec::with_capacity(rows.len());
    for row in rows {
        let key = site.system.keys().signer(&row.origin);
        let key = key.map_err(|e| store::Error::Damaged { what: e.to_string() })?;
        let grows = Some(row.number) == last;
        logs.push(LogAnswer {
            number: row.number,
            key: key.verifier().to_string(),
            files: if grows { "/log/".to_owned() } else { format!("/log/{}/", row.number) },
            grows,
            first_position: row.first_position,
            first_index: row.first_index,
            size: size(row.checkpoint.as_deref()),
            origin: row.origin,
        });
    }
    let demonstration = site.system.is_demonstration();
    Ok(answer::json(StatusCode::OK, &Logs { demonstration, logs }))
}

/// The last checkpoint of the log that grows.
#[utoipa::path(
    get,
    path = "/log/checkpoint",
    tag = "log",
    security(()),
    responses(
        (status = 200, description = "A signed note", body = String, content_type = "text/plain"),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn checkpoint(State(site): State<Arc<Site>>) -> Result<Response, Problem> {
    let note = site.system.published().checkpoint;
    if note.is_empty() { Err(nothing()) } else { Ok(note_file(note.into_bytes())) }
}

/// The last checkpoint of a log by its number.
#[utoipa::path(
    get,
    path = "/log/{number}/checkpoint",
    tag = "log",
    security(()),
    params(("number" = u64, Path, description = "The log")),
    responses(
        (status = 200, description = "A signed note", body = String, content_type = "text/plain"),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn checkpoint_of(
    State(site): State<Arc<Site>>,
    Path(number): Path<String>,
) -> Result<Response, Problem> {
    let row = log(&site, &number).await?;
    row.checkpoint.map(note_file).ok_or_else(nothing)
}

/// A tile or bundle of the log that grows.
#[utoipa::path(
    get,
    path = "/log/tile/{tile}",
    tag = "log",
    security(()),
    params(("tile" = String, Path, description = "The rest of the path of C2SP tlog-tiles, such as `0/000` or `entries/000.p/5`")),
    responses(
        (status = 200, description = "The tile", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn tile(
    State(site): State<Arc<Site>>,
    Path(path): Path<String>,
) -> Result<Response, Problem> {
    let note = site.system.published().checkpoint;
    let number = site.system.evidence().logs().last().map_or(0, |row| row.number);
    tile_file(&site, number, size(Some(note.as_bytes())), &path).await
}

/// A tile or bundle of a log by its number.
#[utoipa::path(
    get,
    path = "/log/{number}/tile/{tile}",
    tag = "log",
    security(()),
    params(
        ("number" = u64, Path, description = "The log"),
        ("tile" = String, Path, description = "The rest of the path of C2SP tlog-tiles"),
    ),
    responses(
        (status = 200, description = "The tile", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn tile_of(
    State(site): State<Arc<Site>>,
    Path((number, path)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let row = log(&site, &number).await?;
    tile_file(&site, row.number, size(row.checkpoint.as_deref()), &path).await
}

async fn log(site: &Site, number: &str) -> Result<LogRow, Problem> {
    let rows = site.system.reader().db().logs().await?;
    rows.into_iter().find(|row| row.number.to_string() == number).ok_or_else(nothing)
}

async fn tile_file(site: &Site, log: u64, size: u64, path: &str) -> Result<Response, Problem> {
    let tile: TileId = format!("tile/{path}").parse().map_err(|_| nothing())?;
    // What no checkpoint covers may still be made anew.
    if !tile.is_within(size) {
        return Err(nothing());
    }
    let bytes = site.system.reader().db().tile(log, tile).await?.ok_or_else(nothing)?;
    let full = "public, max-age=31536000, immutable";
    // A partial tile goes once the full one is there.
    let cache = if tile.is_full() { full } else { "public, max-age=60" };
    Ok(file(bytes, "application/octet-stream", cache))
}

fn note_file(note: Vec<u8>) -> Response {
    file(note, "text/plain; charset=utf-8", "no-cache")
}

fn file(bytes: Vec<u8>, media: &'static str, cache: &'static str) -> Response {
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    // Anybody's page may check the log.
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

fn nothing() -> Problem {
    let fault = Fault::new(
        "log.no_such_file",
        "the log has no such file; its files are /log/checkpoint and the tiles that it calls for (C2SP tlog-tiles)",
        "日志中没有此文件；可用文件为 /log/checkpoint 及其所涉及的分块（C2SP tlog-tiles）",
    );
    Problem::new(StatusCode::NOT_FOUND, fault)
}
