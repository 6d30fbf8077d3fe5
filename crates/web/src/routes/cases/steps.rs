//! `POST /api/v1/cases/{id}/steps`.

use std::sync::Arc;

use app::Fault;
use app::case::{NewStep, Opens};
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use model::json::{Limits, parse};
use model::{Draft, SubjectId, Timestamp};
use procedure::Act;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::answer::{self, ReceiptAnswer};
use crate::body;
use crate::problem::{Item, Problem, ProblemDocument};
use crate::query::{Query, RECORD_ID, id_in_path};
use crate::site::Site;

/// Officers who can take one step together.
const MOST_OFFICERS: usize = 20;

/// A step that is to be taken.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct CaseStep {
    /// A UUID of version 7, made by the sender: sent again under it, the step is recognised.
    id: Option<String>,
    /// The step, as the case names it under `next`.
    #[schema(example = "accept")]
    step: String,
    /// `done`, `proposed`, `approved` or `returned`; `done`, if left out.
    act: Option<String>,
    /// When it was taken; now, if left out.
    at: Option<String>,
    /// The number of the last step that the sender has seen (`last`): where another was taken since,
    /// nothing is done.
    seen: Option<u64>,
    /// Officers who take it together, as `person:…`.
    officers: Option<Vec<String>>,
    /// What is filled in, as `/api/v1/procedures/{procedure}` says.
    form: Option<Map<String, Value>>,
    /// What is filled in of persons.
    personal: Option<Map<String, Value>>,
    /// Why it is sent back.
    reason: Option<String>,
    /// The record that is written with it, where the step writes one; left out, it is made of what the
    /// step and the case say.
    writes: Option<answer::Draft>,
    /// The record with which the step opens a case under this one: its id, where it is there already,
    /// or the record; left out, it is made of what the step and the case say.
    #[schema(value_type = Option<CaseOpening>)]
    opens: Option<Value>,
}

/// The record that opens a case under another.
#[derive(ToSchema)]
#[serde(untagged)]
#[allow(dead_code, clippy::large_enum_variant)] // it is described and never made
pub enum CaseOpening {
    /// The id of a record that is there.
    There(String),
    /// A record that is written with the step.
    Written(answer::Draft),
}

/// What a sender gets for a step that is durable.
#[derive(Serialize, ToSchema)]
pub struct CaseStepTaken {
    /// The number of the step in its case.
    number: u64,
    /// The receipt of its record.
    receipt: ReceiptAnswer,
}

/// Takes the next step of a case: checked against its course and the law, and stored once.
///
/// Of two who take a step at once one is stored and the other is told (409). Sent again with the same
/// id, a step is recognised.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/steps",
    tag = "cases",
    params(("id" = String, Path, description = "The record that opened the case")),
    request_body = CaseStep,
    responses(
        (status = 200, description = "It was taken before", body = CaseStepTaken),
        (status = 201, description = "It is durable", body = CaseStepTaken),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn take(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let who = site.principal(&parts.headers).await?;
    Query::of(&parts.uri).finish()?;
    let case = id_in_path(&id)?;
    let new = Sent::read(&site, &parts.headers, body).await?.step()?;
    let taken = site.system.take_step(&who, case, new).await?;
    let status = if taken.receipt.known { StatusCode::OK } else { StatusCode::CREATED };
    let answer = CaseStepTaken { number: taken.number, receipt: taken.receipt.into() };
    let mut response = answer::json(status, &answer);
    if let Ok(place) = HeaderValue::try_from(format!("/api/v1/records/{}", answer.receipt.id)) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// A body that is being read, and what was wrong so far.
struct Sent {
    object: Map<String, Value>,
    faults: Vec<Fault>,
}

impl Sent {
    async fn read(site: &Site, headers: &HeaderMap, body: Body) -> Result<Self, Problem> {
        if !body::is_of_type(headers, "application/json") {
            return Err(body::wrong_type(&["application/json"]));
        }
        let body = body::json(headers, body, &site.bodies).await?;
        let value = parse(&body.bytes, Limits::default());
        match value.map_err(|e| app::Rejection::from(Fault::from(e)))? {
            Value::Object(object) => Ok(Self { object, faults: Vec::new() }),
            _ => {
                let fault = Fault::new(
                    "step.form",
                    "the body must be one JSON object; see /api/v1/openapi.json",
                    "内容应为一个 JSON 对象；见 /api/v1/openapi.json",
                );
                Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, fault))
            }
        }
    }

    /// A member, read; `form` says what it must look like, in English and Chinese.
    fn take<T>(
        &mut self,
        name: &str,
        (en, zh): (&str, &str),
        read: impl FnOnce(Value) -> Option<T>,
    ) -> Option<T> {
        let value = self.object.remove(name).filter(|value| !value.is_null())?;
        let read = read(value);
        if read.is_none() {
            let fault = Fault::new("step.field", format!("it must be {en}"), format!("应为{zh}"));
            self.faults.push(fault.at(format!("/{name}")));
        }
        read
    }

    /// A record that comes along.
    fn draft(&mut self, name: &str) -> Option<Draft> {
        let value = self.object.remove(name).filter(|value| !value.is_null())?;
        match Draft::from_json(value) {
            Ok(draft) => Some(draft),
            Err(error) => {
                let fault = Fault::from(error);
                let pointer = format!("/{name}{}", fault.pointer);
                self.faults.push(fault.at(pointer));
                None
            }
        }
    }

    /// The step.
    fn step(mut self) -> Result<NewStep, Problem> {
        fn text(value: Value) -> Option<String> {
            if let Value::String(text) = value { Some(text) } else { None }
        }
        fn object(value: Value) -> Option<Map<String, Value>> {
            if let Value::Object(object) = value { Some(object) } else { None }
        }
        const OBJECT: (&str, &str) = ("an object of fields", "字段的对象");
        const OFFICERS: (&str, &str) = (
            "a list of up to 20 persons in office, as person:…",
            "至多 20 名任职人员的列表，写作 person:…",
        );
        let id = self.take("id", RECORD_ID, |value| text(value)?.parse().ok());
        let names_step = self.object.contains_key("step");
        let step = self.take("step", ("a text", "文本"), text);
        if step.is_none() && !names_step {
            let (en, zh) = ("it is missing; name the step", "缺少此项；请填写步骤");
            self.faults.push(Fault::new("step.field", en, zh).at("/step"));
        }
        let acts =
            ("done, proposed, approved or returned", " done、proposed、approved 或 returned");
        let act = self.take("act", acts, |value| Act::of_word(&text(value)?));
        let times =
            ("a time such as 2026-11-23T09:00:00+08:00", "时间，如 2026-11-23T09:00:00+08:00");
        let at = self.take("at", times, |value| Timestamp::from_rfc3339(&text(value)?).ok());
        let seen =
            self.take("seen", ("a whole number from 0", "从 0 起的整数"), |v| v.as_u64());
        let officers = self.take("officers", OFFICERS, |value| {
            let list = value.as_array().filter(|list| list.len() <= MOST_OFFICERS)?;
            let ids = list.iter().map(|one| one.as_str()?.parse().ok());
            ids.collect::<Option<Vec<SubjectId>>>()
        });
        let form = self.take("form", OBJECT, object);
        let personal = self.take("personal", OBJECT, object);
        let reason = self.take("reason", ("a text", "文本"), text);
        let writes = self.draft("writes");
        let opens = match self.object.get("opens") {
            Some(Value::String(_)) => {
                let id = self.take("opens", RECORD_ID, |value| text(value)?.parse().ok());
                id.map(Opens::There)
            }
            _ => self.draft("opens").map(|draft| Opens::Written(Box::new(draft))),
        };
        for name in self.object.keys().take(20) {
            let (en, zh) = ("there is no such member here; take it out", "没有此项；请删除");
            self.faults.push(Fault::new("step.field", en, zh).at(format!("/{name}")));
        }
        if !self.faults.is_empty() {
            let items = self.faults.into_iter().map(Item::from).collect();
            return Err(Problem::of(StatusCode::UNPROCESSABLE_ENTITY, items));
        }
        Ok(NewStep {
            id,
            step: step.unwrap_or_default(),
            act: act.unwrap_or(Act::Done),
            at,
            seen,
            officers: officers.unwrap_or_default(),
            form: form.unwrap_or_default(),
            personal: personal.unwrap_or_default(),
            reason: reason.unwrap_or_default(),
            writes,
            opens: opens.unwrap_or_default(),
        })
    }
}
