//! What is wrong, in the types of EPCIS 2.0 (section 12.6).

use axum::http::StatusCode;

/// The type of a problem of a status whose first fault has a code.
pub fn kind(status: StatusCode, code: &str) -> String {
    let name = match (status, code) {
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => "SecurityException",
        (StatusCode::NOT_FOUND, _) => "NoSuchNameException",
        (StatusCode::NOT_ACCEPTABLE, _) => "NotAcceptableException",
        (StatusCode::CONFLICT, _) => "ResourceAlreadyExistsException",
        (StatusCode::TOO_MANY_REQUESTS, _) => "ImplementationException",
        (_, "epcis.query_too_large") => "QueryTooLargeException",
        (_, "epcis.query_too_complex") => "QueryTooComplexException",
        (StatusCode::PAYLOAD_TOO_LARGE, _) => "CaptureLimitExceededException",
        (StatusCode::URI_TOO_LONG, _) => "URITooLongException",
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, _) => "UnsupportedMediaTypeException",
        (_, code) if code.starts_with("epcis.subscription") => "SubscriptionControlsException",
        (_, "epcis.parameter" | "epcis.page") => "QueryParameterException",
        (status, _) if status.is_client_error() => "ValidationException",
        _ => "ImplementationException",
    };
    format!("epcisException:{name}")
}

/// The status that EPCIS gives what has another elsewhere.
pub fn status(status: StatusCode, code: &str) -> StatusCode {
    match (status, code) {
        (_, "epcis.query_too_large" | "epcis.query_too_complex") => StatusCode::PAYLOAD_TOO_LARGE,
        // It may be sent again in a moment.
        (_, "job.too_many" | "epcis.too_many") => StatusCode::TOO_MANY_REQUESTS,
        (StatusCode::UNPROCESSABLE_ENTITY, _) => StatusCode::BAD_REQUEST,
        (status, _) => status,
    }
}
