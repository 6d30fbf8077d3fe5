//! Documents as whoever may read their case sees them.

use model::{RecordId, Timestamp, system_kind};
use serde::Serialize;
use serde_json::Value;
use store::readings::AsOf;
use utoipa::ToSchema;

use super::paper::{DATE, NUMBER, Paper};
use super::service::ServiceView;
use super::write::{has_effect, makes};
use super::{Current, MOST, SEAL, SERVE};
use crate::case::{Records, subject};
use crate::door::Principal;
use crate::fault::Rejection;
use crate::reading::When;
use crate::system::System;

/// How a document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It can be changed.
    Draft,
    /// It has its number and day.
    Sealed,
    /// It counts no more, and keeps its number.
    Void,
}

impl State {
    const ALL: [Self; 3] = [Self::Draft, Self::Sealed, Self::Void];

    /// The word in records and answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Sealed => "sealed",
            Self::Void => "void",
        }
    }

    /// What a word says.
    pub(crate) fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// The documents of a case.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DocumentsView {
    /// The oldest first.
    pub documents: Vec<DocumentView>,
    /// Steps whose document nobody has drawn up.
    pub to_make: Vec<ToMake>,
    /// Whether the reader may number, seal and void.
    pub may_seal: bool,
    /// Whether the reader may serve.
    pub may_serve: bool,
}

/// A step whose document is still to be drawn up.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ToMake {
    /// The number of the step in the case.
    pub step: u64,
    /// Its name.
    pub step_label: crate::case::Words,
    /// The template.
    pub template: String,
    /// The name of the document.
    pub label: crate::case::Words,
    /// Whether the reader may draw it up.
    pub yours: bool,
}

/// A document.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DocumentView {
    /// The document.
    #[schema(value_type = String)]
    pub document: RecordId,
    /// The record of its last version.
    #[schema(value_type = String)]
    pub record: RecordId,
    /// Its version, from 1.
    pub version: u64,
    /// `draft`, `sealed` or `void`.
    pub state: &'static str,
    /// The template.
    pub template: String,
    /// Its name.
    pub label: crate::case::Words,
    /// The number of the step in the case; 0 where that was taken back.
    pub step: u64,
    /// Whether the step has taken effect, so that the document can be sealed.
    pub effective: bool,
    /// The number that it bears.
    pub number: Option<String>,
    /// When it was sealed.
    pub sealed_on: Option<String>,
    /// Since when it is void.
    pub void_on: Option<String>,
    /// Why it is void.
    pub void_reason: Option<String>,
    /// The digest of its text.
    pub text_digest: String,
    /// Whether somebody changed the text that was made.
    pub edited: bool,
    /// When its last version was stored.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// Whether it says something of persons that the reader does not see.
    pub hidden: bool,
    /// What stands on it, as lines with their signs; left out in a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub text: Option<String>,
    /// How it was served, the first attempt first.
    pub services: Vec<ServiceView>,
    /// What stands on it.
    #[serde(skip)]
    #[schema(ignore)]
    pub paper: Paper,
    /// What stands on it as it is edited.
    #[serde(skip)]
    #[schema(ignore)]
    pub draft: String,
}

/// What stands for what a reader may not see of persons.
const HIDDEN: &str = "（个人信息）";

impl System {
    /// The documents of a case, and of which steps they are still to be drawn up, for whoever may read the
    /// case.
    ///
    /// # Errors
    /// No such case or none of the reader's; a fault of the store.
    pub async fn documents(
        &self,
        who: &Principal,
        case: RecordId,
        when: When,
    ) -> Result<DocumentsView, Rejection> {
        self.stored(who, case).await?;
        let as_of = self.as_of(when).await?;
        let records = self.case_records(case, as_of).await?;
        let found = self.documents_of(records.id, as_of).await?;
        let mut made = Vec::new();
        let mut documents = Vec::with_capacity(found.len());
        for current in found {
            if current.state != State::Void {
                made.extend(current.subject("step_record")?);
            }
            let services = self.services_of(current.id, as_of).await?;
            documents.push(view(&records, &current, services)?);
        }
        let steps = &records.procedure.engine.definition().steps;
        let mut to_make = Vec::new();
        for (at, step) in records.steps.iter().enumerate() {
            let of = subject(step.stored.id)?;
            let Some(document) = makes(&records, at).filter(|_| !made.contains(&of.to_string()))
            else {
                continue;
            };
            let label = steps.iter().find(|other| other.id == step.step).map(|step| &step.label);
            to_make.push(ToMake {
                step: step.number,
                step_label: label.unwrap_or(&document.label).into(),
                template: document.id.clone(),
                label: (&document.label).into(),
                yours: self.may_draw_up(who, &records, step).is_ok(),
            });
        }
        Ok(DocumentsView {
            documents,
            to_make,
            may_seal: self.may_of_case(who, &records, SEAL).is_ok(),
            may_serve: self.may_of_case(who, &records, SERVE).is_ok(),
        })
    }

    /// A document with what stands on it, as far as the reader may see. What it says of persons is noted
    /// as read.
    ///
    /// # Errors
    /// No such document or none of the reader's; a fault of the store.
    pub async fn document(
        &self,
        who: &Principal,
        case: RecordId,
        id: RecordId,
        known: Option<u64>,
    ) -> Result<DocumentView, Rejection> {
        self.stored(who, case).await?;
        let as_of = self.as_of(When { valid: None, known }).await?;
        let records = self.case_records(case, as_of).await?;
        let current = self.current_document(records.id, id).await?;
        let services = self.services_of(id, as_of).await?;
        let view = view(&records, &current, services)?;
        let (said, hidden) =
            self.personal_object(who, &current.stored, Some("personal_text")).await?;
        Ok(filled(view, &current, &said, hidden))
    }

    /// The documents of a case that were served on the organization that somebody acts for, the oldest
    /// first; also those that were declared void since, whose number stays theirs.
    ///
    /// # Errors
    /// No such case, or none of which something was served on it: one answer for both; a fault of the
    /// store.
    pub async fn party_documents(
        &self,
        who: &Principal,
        case: RecordId,
    ) -> Result<Vec<DocumentView>, Rejection> {
        let as_of = self.as_of(When::default()).await?;
        let own = self.own_ids(who, as_of).await;
        let (records, steps) = self.records_of_party(&own, case, as_of).await?;
        let mut documents = Vec::new();
        for current in self.documents_of(records.id, as_of).await? {
            let services = self.services_of(current.id, as_of).await?;
            let view = view(&records, &current, services)?;
            documents.extend(served_on(&own, &current, view, &steps)?);
        }
        Ok(documents)
    }

    /// A document that was served on the organization that somebody acts for, as the paper says it but for
    /// what it says of persons.
    ///
    /// # Errors
    /// No such document, or none that was served on it: one answer for both; a fault of the store.
    pub async fn party_document(
        &self,
        who: &Principal,
        case: RecordId,
        id: RecordId,
    ) -> Result<DocumentView, Rejection> {
        let as_of = self.as_of(When::default()).await?;
        let own = self.own_ids(who, as_of).await;
        let (records, steps) = self.records_of_party(&own, case, as_of).await?;
        let current = self.current_document(records.id, id).await?;
        let services = self.services_of(id, as_of).await?;
        let view = view(&records, &current, services)?;
        let view =
            served_on(&own, &current, view, &steps)?.ok_or_else(|| super::no_document(id))?;
        let says_of_persons = !current.stored.personal.is_empty();
        Ok(filled(view, &current, &serde_json::Map::new(), says_of_persons))
    }

    /// The documents of a case in their last versions, the oldest first.
    pub(crate) async fn documents_of(
        &self,
        case: RecordId,
        as_of: AsOf,
    ) -> Result<Vec<Current>, Rejection> {
        let (subject, kinds) = (subject(case)?, [system_kind::DOCUMENT]);
        let stored = self.records_of(subject.as_str(), &kinds, as_of, MOST).await?;
        let mut found = stored.into_iter().map(Current::read).collect::<Result<Vec<_>, _>>()?;
        found.sort_by_key(|current| current.id);
        Ok(found)
    }
}

/// A document as the party with these ids sees it, of whose case it sees these steps; none where the document
/// was not served on it. One that names nobody goes to those whom its step tells. An attempt that
/// failed says nothing to a party.
fn served_on(
    own: &[String],
    current: &Current,
    mut view: DocumentView,
    steps: &[u64],
) -> Result<Option<DocumentView>, Rejection> {
    let is_theirs = match current.subject("addressee")? {
        Some(addressee) => own.contains(&addressee),
        None => steps.contains(&view.step),
    };
    view.services.retain(ServiceView::reached);
    let is_served = current.state != State::Draft && !view.services.is_empty();
    Ok((is_theirs && is_served).then_some(view))
}

/// A document with what stands on it: where nothing is said of persons, that is left out in words.
fn filled(
    mut view: DocumentView,
    current: &Current,
    said: &serde_json::Map<String, Value>,
    hidden: bool,
) -> DocumentView {
    view.draft = current.paper.to_edit();
    let is_person = |name: &str| ["case.", "now."].iter().any(|start| name.starts_with(start));
    view.paper = current.paper.filled(|name| match said.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        _ if is_person(name) => Some(HIDDEN.to_owned()),
        _ => None,
    });
    view.hidden = hidden;
    let shown = view.paper.filled(|name| [NUMBER, DATE].contains(&name).then(String::new));
    view.text = Some(shown.to_edit());
    view
}

fn view(
    records: &Records,
    current: &Current,
    services: Vec<ServiceView>,
) -> Result<DocumentView, Rejection> {
    let of = current.subject("step_record")?;
    let at = records.steps.iter().position(|step| {
        subject(step.stored.id).is_ok_and(|id| of.as_deref() == Some(id.as_str()))
    });
    let effective = at.map(|at| has_effect(records, at)).transpose()?.unwrap_or(false);
    let step = at.and_then(|at| records.steps.get(at));
    let said = |name: &str| current.said(name).map(str::to_owned);
    let template = said("template").unwrap_or_default();
    let title = said("title").unwrap_or_default();
    let label = match records.pack.document(&template) {
        Some(document) => (&document.label).into(),
        None => crate::case::Words { zh: title.clone(), en: title },
    };
    Ok(DocumentView {
        document: current.id,
        record: current.stored.id,
        version: current.version,
        state: current.state.word(),
        template,
        label,
        step: step.map_or(0, |step| step.number),
        effective,
        number: said("number"),
        sealed_on: said("sealed_on"),
        void_on: said("void_on"),
        void_reason: said("void_reason"),
        text_digest: said("text_digest").unwrap_or_default(),
        edited: current.open.get("edited").and_then(Value::as_bool).unwrap_or(false),
        at: current.stored.valid_at,
        hidden: false,
        text: None,
        services,
        paper: current.paper.clone(),
        draft: String::new(),
    })
}
