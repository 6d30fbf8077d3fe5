//! `/api/v1/kinds`: what may be sent.

use std::sync::Arc;

use app::Fault;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use pack::{Field, FieldType, Kind, Pack};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::answer::{self, Words};
use crate::problem::{Problem, ProblemDocument};
use crate::query::Query;
use crate::site::Site;

/// A kind of record, in short.
#[derive(Serialize, ToSchema)]
pub struct KindSummary {
    /// Its id.
    kind: String,
    /// Its name.
    label: Words,
    /// Who may see it.
    class: &'static str,
    /// The permission that may send it.
    permission: String,
    /// The articles of the decision that it serves.
    articles: Vec<u16>,
}

/// All kinds.
#[derive(Serialize, ToSchema)]
pub struct KindList {
    /// The kinds, by id.
    kinds: Vec<KindSummary>,
}

/// A kind of record.
#[derive(Serialize, ToSchema)]
pub struct KindDetails {
    #[serde(flatten)]
    summary: KindSummary,
    /// Who and what takes part.
    subjects: Vec<KindRole>,
    /// Names of fields, roles and members that together are unique.
    unique: Vec<String>,
    /// Names of fields, roles and members that the public may see.
    public: Vec<String>,
    /// Its fields, in the order of a form.
    fields: Vec<KindField>,
}

/// A role in which subjects take part.
#[derive(Serialize, ToSchema)]
pub struct KindRole {
    /// The role.
    role: String,
    /// Its name.
    label: Words,
    /// `one`, `optional` or `many`.
    number: &'static str,
    /// The sorts of subject that can have it.
    is: Vec<String>,
}

/// A field.
#[derive(Serialize, ToSchema)]
#[schema(no_recursion)]
pub struct KindField {
    /// Its name in records and filters.
    name: String,
    /// Its name on forms.
    label: Words,
    /// What it holds: a word, or an object such as `{"text": 200}`, `{"code": "test-result"}`.
    #[serde(rename = "type")]
    field_type: Value,
    /// Whether a record must have it.
    required: bool,
    /// Whether filters may name it.
    typed: bool,
    /// Whether it stands in the personal part.
    personal: bool,
    /// The least number, or the fewest entries.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    least: Option<i64>,
    /// The greatest number, or the most entries.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    most: Option<i64>,
    /// The columns of a table.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    columns: Vec<KindField>,
}

fn summary(kind: &Kind) -> KindSummary {
    KindSummary {
        kind: kind.id.clone(),
        label: Words::new(&kind.label.zh, &kind.label.en),
        class: kind.class.word(),
        permission: kind.author.clone(),
        articles: kind.articles.clone(),
    }
}

/// A field, as it is described.
pub fn field(field: &Field) -> KindField {
    let columns = match &field.field_type {
        FieldType::Table { columns } => columns.iter().map(self::field).collect(),
        _ => Vec::new(),
    };
    KindField {
        name: field.name.clone(),
        label: Words::new(&field.label.zh, &field.label.en),
        field_type: type_of(&field.field_type),
        required: field.required,
        typed: field.typed,
        personal: field.personal,
        least: field.least,
        most: field.most,
        columns,
    }
}

/// A type as packs write it.
fn type_of(field_type: &FieldType) -> Value {
    match field_type {
        FieldType::Text { max } => json!({ "text": max }),
        FieldType::Quantity { units } => json!({ "quantity": units }),
        FieldType::Code { list } => json!({ "code": list }),
        FieldType::Reference { subjects } => json!({ "reference": subjects }),
        FieldType::List(of) => json!({ "list": type_of(of) }),
        FieldType::Table { .. } => "table".into(),
        plain => plain.to_string().into(),
    }
}

fn find<'p>(pack: &'p Pack, id: &str) -> Result<&'p Kind, Problem> {
    pack.kind(id).ok_or_else(|| {
        let id: String = id.chars().filter(|c| !c.is_control()).take(60).collect();
        let fault = Fault::new(
            "path.kind",
            format!("there is no kind of record {id}; /api/v1/kinds lists them"),
            format!("没有记录类型 {id}；见 /api/v1/kinds"),
        );
        Problem::new(StatusCode::NOT_FOUND, fault)
    })
}

/// The kinds of record that may be sent.
#[utoipa::path(
    get,
    path = "/api/v1/kinds",
    tag = "pack",
    responses(
        (status = 200, description = "The kinds", body = KindList),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn kinds(State(site): State<Arc<Site>>, request: Request) -> Result<Response, Problem> {
    site.principal(request.headers()).await?;
    Query::of(request.uri()).finish()?;
    let kinds = site.system.pack().kinds().map(summary).collect();
    Ok(answer::json(StatusCode::OK, &KindList { kinds }))
}

/// A kind of record: its roles and fields.
#[utoipa::path(
    get,
    path = "/api/v1/kinds/{kind}",
    tag = "pack",
    params(("kind" = String, Path, description = "The kind")),
    responses(
        (status = 200, description = "The kind", body = KindDetails),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn kind(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    site.principal(request.headers()).await?;
    Query::of(request.uri()).finish()?;
    let pack = site.system.pack();
    let kind = find(&pack, &id)?;
    let roles = kind.subjects.iter().map(|subject| {
        let role = pack.subject_role(&subject.role);
        let label = role.map(|role| Words::new(&role.label.zh, &role.label.en));
        KindRole {
            role: subject.role.clone(),
            label: label.unwrap_or_else(|| Words::new(&subject.role, &subject.role)),
            number: subject.number.word(),
            is: role.map(|role| role.is.clone()).unwrap_or_default(),
        }
    });
    let details = KindDetails {
        summary: summary(kind),
        subjects: roles.collect(),
        unique: kind.unique.clone(),
        public: kind.public.clone(),
        fields: kind.fields.iter().map(field).collect(),
    };
    Ok(answer::json(StatusCode::OK, &details))
}

/// The JSON Schema (2020-12) of a kind's payload, on a day.
#[utoipa::path(
    get,
    path = "/api/v1/kinds/{kind}/schema",
    tag = "pack",
    params(
        ("kind" = String, Path, description = "The kind"),
        ("on" = Option<String>, Query, description = "The day whose code lists count; today, if left out"),
    ),
    responses(
        (status = 200, description = "The schema", body = Object, content_type = "application/schema+json"),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn schema(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    site.principal(request.headers()).await?;
    let mut query = Query::of(request.uri());
    let on = query.day("on");
    query.finish()?;
    let pack = site.system.pack();
    let kind = find(&pack, &id)?;
    let on = on.unwrap_or_else(|| app::time::day(site.system.clock().now()));
    let schema = pack.schema(&kind.id, on).map(|schema| schema.json_schema());
    let mut response = answer::json(StatusCode::OK, &schema.unwrap_or(Value::Bool(true)));
    let media = HeaderValue::from_static("application/schema+json");
    response.headers_mut().insert(header::CONTENT_TYPE, media);
    Ok(response)
}
