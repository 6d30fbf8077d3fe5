//! Pages of records.

use app::reading::{Page, RecordView};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::answer::{self, AsOfAnswer, Record};
use crate::cursor::Cursor;
use crate::problem::Problem;

/// A page of records, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = Page)]
pub struct PageAnswer {
    /// As of when the question was answered; all pages behind this one are of the same times.
    as_of: AsOfAnswer,
    /// The records.
    #[schema(value_type = Vec<Record>)]
    records: Vec<Value>,
    /// What to give as `after` for the next page; left out on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<String>,
}

/// The answer of a page.
///
/// # Errors
/// A stored record that does not read.
pub fn page(uri: &Uri, page: Page, question: &[&str]) -> Result<Response, Problem> {
    let next = page.next.map(|head| Cursor::behind(head, page.as_of).text(question));
    let records: Result<Vec<Value>, _> = page.records.iter().map(RecordView::to_json).collect();
    let link = next.as_ref().and_then(|next| HeaderValue::try_from(link(uri, next)).ok());
    let answer = PageAnswer { as_of: page.as_of.into(), records: records?, next };
    let mut response = answer::json(StatusCode::OK, &answer);
    if let Some(link) = link {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

/// The address of the next page. The cursor has the two times already.
fn link(uri: &Uri, next: &str) -> String {
    let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        if !matches!(&*name, "after" | "known" | "valid") {
            query.append_pair(&name, &value);
        }
    }
    query.append_pair("after", next);
    format!("<{}?{}>; rel=\"next\"", uri.path(), query.finish())
}
