//! The description of the API (OpenAPI 3.1).

use std::sync::LazyLock;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::answer;
use crate::routes::{
    archives, batches, cases, documents, duties, erasures, health, jobs, kinds, log, pack,
    procedures, records, search, subjects, trace, withdrawals,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Zhiheng",
        version = "1",
        description = "Records of quality: in, out, and proven. Everything that is wrong is told by one document (RFC 9457), in Chinese and English.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    paths(
        records::send::send,
        records::list::list,
        records::count::count,
        records::read::read,
        records::proof::proof,
        records::attachments::attach,
        records::attachments::list,
        records::attachments::file,
        search::search,
        archives::archive,
        subjects::by_path,
        subjects::by_query,
        trace::trace,
        trace::save,
        trace::findings,
        cases::read::read,
        cases::steps::take,
        documents::list,
        documents::draw_up,
        documents::read,
        documents::revise,
        documents::seal,
        documents::void,
        documents::serve,
        duties::list,
        withdrawals::withdraw,
        batches::batch,
        jobs::job,
        erasures::erase,
        kinds::kinds,
        kinds::kind,
        kinds::schema,
        procedures::list,
        procedures::one,
        pack::pack,
        health::health,
        log::logs,
        log::checkpoint,
        log::checkpoint_of,
        log::tile,
        log::tile_of,
        description,
    ),
    security(("token" = [])),
    modifiers(&Token),
)]
struct Description;

struct Token;

impl Modify for Token {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A token that the operator gave, `zh_…`"))
            .build();
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
    }
}

/// The description as text.
pub fn text() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let mut text = Description::openapi().to_pretty_json().unwrap_or_default();
        text.push('\n');
        text
    });
    &TEXT
}

/// This description.
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    tag = "service",
    security(()),
    responses((status = 200, description = "The description", body = Object)),
)]
pub async fn description() -> Response {
    let mut response = answer::bytes(StatusCode::OK, text().as_bytes().to_vec());
    let cache = HeaderValue::from_static("public, max-age=3600");
    response.headers_mut().insert(header::CACHE_CONTROL, cache);
    response
}
