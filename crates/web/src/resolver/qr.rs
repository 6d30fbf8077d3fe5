//! `GET /qr/{thing}`: the address of a thing as a QR code.

use app::Fault;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::Response;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

use super::thing::{Thing, origin};
use crate::problem::Problem;

/// The code as a picture. The data of the query go into it.
///
/// # Errors
/// 400 for what is no address of a thing, or is too long for a code.
pub async fn qr(uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    let thing = Thing::of(&uri, "/qr")?;
    let picture = picture(&address(&thing, &origin(&headers)))?;
    let mut response = Response::new(Body::from(picture));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"));
    // It depends on the name by which this server was asked.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=86400"));
    Ok(response)
}

/// The address of a thing on a server, with its data.
pub fn address(thing: &Thing, base: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(thing.attributes());
    let query = query.finish();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{base}{}{mark}{query}", thing.path())
}

/// A text as a code. Level M: a quarter of the symbol can be dirty to some 15 %.
///
/// # Errors
/// A text that is too long.
pub fn picture(text: &str) -> Result<String, Problem> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| {
        let fault = Fault::new(
            "resolver.qr_too_long",
            "this address is too long for a QR code; leave data of the query out",
            "地址过长，无法生成二维码；请减少查询参数中的数据",
        );
        Problem::new(StatusCode::BAD_REQUEST, fault)
    })?;
    let svg = code.render::<svg::Color<'_>>().quiet_zone(true).module_dimensions(4, 4).build();
    // Without what stands before the root it can also lie within a page.
    Ok(svg.find("<svg").map(|at| svg[at..].to_owned()).unwrap_or(svg))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_a_picture_without_style() {
        let svg = picture("https://trace.example/01/09506000134352/10/ABC").unwrap();
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
        assert!(!svg.contains("style"));
        assert_eq!(picture(&"x".repeat(5_000)).unwrap_err().status(), StatusCode::BAD_REQUEST);
    }
}
