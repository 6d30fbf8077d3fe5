//! Style, scripts and pictures, from the program itself. An address names a content: it never
//! changes, so that browsers keep it for good.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use crate::problem::Problem;

/// A file that browsers fetch.
#[derive(Debug)]
pub struct Asset {
    /// Where it is.
    pub path: &'static str,
    /// Its media type.
    pub media: &'static str,
    /// As it is.
    pub plain: &'static [u8],
    /// Packed.
    pub gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The picture of a name, where the sprite has one.
pub fn picture(name: &str) -> Option<&'static str> {
    PICTURES.binary_search(&name).ok().and_then(|at| PICTURES.get(at).copied())
}

/// `GET /assets/{name}`.
///
/// # Errors
/// No such file in this build.
pub async fn asset(request: Request) -> Result<Response, Problem> {
    let found = ALL.iter().find(|asset| asset.path == request.uri().path());
    let asset = found.ok_or_else(|| Problem::bare(StatusCode::NOT_FOUND))?;
    let accepted = request.headers().get_all(header::ACCEPT_ENCODING);
    let mut accepted = accepted.iter().filter_map(|value| value.to_str().ok());
    let packed = accepted.any(|value| value.split(',').any(takes_gzip));
    let body = if packed { asset.gzip } else { asset.plain };
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.media));
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    headers.insert(header::CACHE_CONTROL, forever);
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if packed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(response)
}

fn takes_gzip(coding: &str) -> bool {
    let (coding, quality) = coding.split_once(';').unwrap_or((coding, ""));
    let refused = quality.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0_f32));
    coding.trim().eq_ignore_ascii_case("gzip") && !refused
}
