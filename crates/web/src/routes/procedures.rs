//! `/api/v1/procedures`: how cases go, for the programs of others.

use std::sync::Arc;

use app::Fault;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use codes::Label;
use pack::{Pack, Procedure};
use procedure::{Collective, Origin, Step, TermRule, To};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::kinds::{KindField, field};
use crate::answer::{self, Words};
use crate::problem::{Problem, ProblemDocument};
use crate::query::Query;
use crate::site::Site;

/// A procedure, in short.
#[derive(Serialize, ToSchema)]
pub struct ProcedureSummary {
    /// Its id.
    procedure: String,
    /// Its name.
    label: Words,
    /// The kind of record that opens a case.
    opens_with: String,
    /// The articles of the decision that it serves.
    articles: Vec<u16>,
}

/// All procedures.
#[derive(Serialize, ToSchema)]
pub struct ProcedureList {
    /// The procedures, by id.
    procedures: Vec<ProcedureSummary>,
}

/// A procedure: its states, steps and terms.
#[derive(Serialize, ToSchema)]
pub struct ProcedureDetails {
    #[serde(flatten)]
    summary: ProcedureSummary,
    /// Its states; a case begins in the first.
    states: Vec<ProcedureState>,
    /// Its steps.
    steps: Vec<ProcedureStep>,
    /// Its terms.
    terms: Vec<ProcedureTerm>,
}

/// A state.
#[derive(Serialize, ToSchema)]
pub struct ProcedureState {
    /// Its id.
    state: String,
    /// Its name.
    label: Words,
    /// Whether the case has ended in it.
    end: bool,
    /// Whether what steps say in fields that are public is shown to everybody meanwhile.
    public: bool,
}

/// A step.
#[derive(Serialize, ToSchema)]
pub struct ProcedureStep {
    /// Its id.
    step: String,
    /// Its name.
    label: Words,
    /// What asks for it or allows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    law: Option<String>,
    /// The states in which it can be taken; `open` alone stands for all that are no end.
    from: Vec<String>,
    /// The state that it leads to; `back` for the one before; left out where the case stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    to: Option<String>,
    /// Who can take it: permissions, `party:ROLE` or `program`.
    who: Vec<String>,
    /// Permissions of those who must agree, in order.
    approvals: Vec<String>,
    /// The parameter of law that says how many officers must take it together.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    officers: Option<String>,
    /// Whether it takes a decision in a meeting: `never`, `always`, or a condition.
    collective: String,
    /// How often it can be taken in a case.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    at_most: Option<u32>,
    /// What must hold, and what is said where it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    guard: Option<ProcedureGuard>,
    /// The procedure of which it opens a case.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    opens: Option<String>,
    /// The kind of the record that is written with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    writes: Option<String>,
    /// The document that it makes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    document: Option<String>,
    /// The fields of its form.
    fields: Vec<KindField>,
    /// The JSON Schema of what is filled in: `open` and `personal`.
    #[schema(value_type = Object)]
    schema: Value,
}

/// A condition of a step.
#[derive(Serialize, ToSchema)]
pub struct ProcedureGuard {
    /// The condition, in CEL.
    when: String,
    /// What is said where it does not hold.
    says: Words,
}

/// A term.
#[derive(Serialize, ToSchema)]
pub struct ProcedureTerm {
    /// Its id.
    term: String,
    /// Its name.
    label: Words,
    /// The steps that start it.
    starts: Vec<String>,
    /// How long it is: a parameter of law, or the least or greatest of several.
    limit: String,
    /// The steps of which one must be taken before it ends; none: it ends by itself.
    met_by: Vec<String>,
    /// The steps that end it without meeting it.
    lifted_by: Vec<String>,
    /// Whether it counts back from a day.
    backward: bool,
    /// What happens at its end: `remind`, `escalate` or `take:STEP`.
    when_due: String,
}

fn words(label: &Label) -> Words {
    Words::new(&label.zh, &label.en)
}

fn summary(procedure: &Procedure) -> ProcedureSummary {
    let definition = procedure.engine.definition();
    ProcedureSummary {
        procedure: definition.id.clone(),
        label: words(&definition.label),
        opens_with: definition.opens_with.clone(),
        articles: definition.articles.clone(),
    }
}

fn step(pack: &Pack, procedure: &Procedure, step: &Step, on: clock::Date) -> ProcedureStep {
    let form = procedure.form(&step.id).cloned().unwrap_or_default();
    let schema = pack.schema(&procedure.form_name(&step.id), on);
    ProcedureStep {
        step: step.id.clone(),
        label: words(&step.label),
        law: form.law,
        from: match &step.from {
            Origin::Open => vec!["open".to_owned()],
            Origin::States(states) => states.clone(),
        },
        to: match &step.to {
            To::Stay => None,
            To::State(state) => Some(state.clone()),
            To::Back => Some("back".to_owned()),
        },
        who: step.who.iter().map(ToString::to_string).collect(),
        approvals: step.approvals.clone(),
        officers: step.officers.clone(),
        collective: match &step.collective {
            Collective::Never => "never".to_owned(),
            Collective::Always => "always".to_owned(),
            Collective::When(condition) => condition.clone(),
        },
        at_most: step.at_most,
        guard: step
            .guard
            .as_ref()
            .map(|guard| ProcedureGuard { when: guard.when.clone(), says: words(&guard.says) }),
        opens: step.opens.clone(),
        writes: form.writes,
        document: form.document,
        fields: form.fields.iter().map(field).collect(),
        schema: schema.map_or(Value::Bool(true), |schema| schema.json_schema()),
    }
}

fn term(term: &TermRule) -> ProcedureTerm {
    ProcedureTerm {
        term: term.id.clone(),
        label: words(&term.label),
        starts: term.starts.clone(),
        limit: term.limit.to_string(),
        met_by: term.met_by.clone(),
        lifted_by: term.lifted_by.clone(),
        backward: term.backward,
        when_due: term.at_end.to_string(),
    }
}

/// The procedures by which cases go.
#[utoipa::path(
    get,
    path = "/api/v1/procedures",
    tag = "pack",
    responses(
        (status = 200, description = "The procedures", body = ProcedureList),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn list(State(site): State<Arc<Site>>, request: Request) -> Result<Response, Problem> {
    site.principal(request.headers()).await?;
    Query::of(request.uri()).finish()?;
    let procedures = site.system.pack().procedures().map(summary).collect();
    Ok(answer::json(StatusCode::OK, &ProcedureList { procedures }))
}

/// A procedure: its states, its steps with the schemas of their forms, and its terms.
#[utoipa::path(
    get,
    path = "/api/v1/procedures/{id}",
    tag = "pack",
    params(
        ("id" = String, Path, description = "The procedure"),
        ("on" = Option<String>, Query, description = "The day whose code lists count; today, if left out"),
    ),
    responses(
        (status = 200, description = "The procedure", body = ProcedureDetails),
        (status = "default", description = "What is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    ),
)]
pub async fn one(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    site.principal(request.headers()).await?;
    let mut query = Query::of(request.uri());
    let on = query.day("on");
    query.finish()?;
    let pack = site.system.pack();
    let on = on.unwrap_or_else(|| app::time::day(site.system.clock().now()));
    let Some(procedure) = pack.procedure(&id) else {
        let id: String = id.chars().filter(|c| !c.is_control()).take(60).collect();
        let fault = Fault::new(
            "path.procedure",
            format!("there is no procedure {id}; /api/v1/procedures lists them"),
            format!("没有程序 {id}；见 /api/v1/procedures"),
        );
        return Err(Problem::new(StatusCode::NOT_FOUND, fault));
    };
    let definition = procedure.engine.definition();
    let state = |state: &procedure::State| ProcedureState {
        state: state.id.clone(),
        label: words(&state.label),
        end: state.end,
        public: state.public,
    };
    let answer = ProcedureDetails {
        summary: summary(procedure),
        states: definition.states.iter().map(state).collect(),
        steps: definition.steps.iter().map(|one| step(&pack, procedure, one, on)).collect(),
        terms: definition.terms.iter().map(term).collect(),
    };
    Ok(answer::json(StatusCode::OK, &answer))
}
