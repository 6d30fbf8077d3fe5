//! Documents 文书 of a case and their service 送达.
//!
//! A document is made from the template that the pack has for its step and from what the case says by
//! then; it is a record, and each of its versions a correction of the one before. It gets its number
//! when it is sealed: the number is given by the record that bears it, so that none is given without a
//! document, whatever stops the program in between. A document that is void keeps its number, and is
//! never taken back.

mod compose;
mod number;
mod paper;
mod seal;
mod service;
mod view;
mod words;
mod write;

pub use number::Numbers;
pub use paper::{Paper, PaperLine};
pub use seal::{CSS, standalone};
pub use service::{NewService, ServiceView};
pub use view::{DocumentView, DocumentsView, State, ToMake};
pub(crate) use write::took_effect;
pub use write::{Drawn, NewDocument};

use model::{RecordId, system_kind};
use pack::LawOn;
use serde_json::{Map, Value};
use store::Stored;

use self::paper::Paper as Text;
use crate::case::{Records, subject};
use crate::door::{Door, Principal};
use crate::fault::{Fault, Rejection};
use crate::reading::{Shown, envelope, target};
use crate::system::System;
use crate::time::day;

/// The permission to number, seal and void documents.
pub const SEAL: &str = "document.seal";
/// The permission to serve documents.
pub const SERVE: &str = "document.serve";

/// The most documents of a case, and services of a document, that are read.
const MOST: usize = 2_000;

/// A document in its last version.
pub(crate) struct Current {
    /// The document: its first version.
    pub(crate) id: RecordId,
    pub(crate) stored: Stored,
    pub(crate) open: Map<String, Value>,
    pub(crate) state: State,
    pub(crate) version: u64,
    pub(crate) paper: Paper,
}

impl Current {
    fn read(stored: Stored) -> Result<Self, Rejection> {
        let damaged = || store::Error::Damaged {
            what: format!("the document at position {}", stored.position),
        };
        let open: Map<String, Value> =
            serde_json::from_slice(&stored.open).map_err(|_| damaged())?;
        let said = |name: &str| open.get(name).and_then(Value::as_str);
        let id = said("document").and_then(|id| id.parse().ok()).ok_or_else(damaged)?;
        let state = said("state").and_then(State::of_word).ok_or_else(damaged)?;
        let version = open.get("version").and_then(Value::as_u64).ok_or_else(damaged)?;
        let paper = said("text").and_then(Text::of_text).ok_or_else(damaged)?;
        Ok(Self { id, state, version, paper, stored, open })
    }

    /// What it says under a name.
    pub(crate) fn said(&self, name: &str) -> Option<&str> {
        self.open.get(name).and_then(Value::as_str)
    }

    /// The subject in a role.
    fn subject(&self, role: &str) -> Result<Option<String>, Rejection> {
        let frame = envelope(&self.stored)?;
        let found = frame.subjects.iter().find(|named| named.role == role);
        Ok(found.map(|named| named.id.clone().into_owned()))
    }
}

fn no_document(id: RecordId) -> Rejection {
    Rejection::NotFound(Fault::new(
        "document.none",
        format!("the case has no document {id}; look at the list of its documents"),
        format!("此案没有文书 {id}；请查看文书列表"),
    ))
}

impl System {
    /// A document of a case in its last version of all that is stored.
    pub(crate) async fn current_document(
        &self,
        case: RecordId,
        id: RecordId,
    ) -> Result<Current, Rejection> {
        let none = || no_document(id);
        let mut stored = self.reader().record(id).await?.ok_or_else(none)?;
        if stored.kind != system_kind::DOCUMENT {
            return Err(none());
        }
        let known = self.reader().size().await?;
        loop {
            let standing = self.reader().standing(std::slice::from_ref(&stored), known).await?;
            let next = standing.first().and_then(|standing| standing.corrected_by);
            let Some(next) = next else { break };
            stored = self.reader().record(next.id).await?.ok_or_else(none)?;
        }
        let current = Current::read(stored)?;
        let of_case = current.subject("case")?.as_deref() == Some(subject(case)?.as_str());
        if of_case && current.id == id { Ok(current) } else { Err(none()) }
    }

    /// What the record of a document or a step says of persons under a name, as far as somebody may see
    /// it: the text of an object.
    pub(crate) async fn personal_object(
        &self,
        who: &Principal,
        stored: &Stored,
        field: Option<&str>,
    ) -> Result<(Map<String, Value>, bool), Rejection> {
        if stored.personal.is_empty() {
            return Ok((Map::new(), false));
        }
        let known = self.reader().size().await?;
        let views = self.views(who, vec![stored.clone()], known).await?;
        let mut found = Map::new();
        let mut is_hidden = false;
        for part in views.into_iter().flat_map(|view| view.personal) {
            let Shown::Fields(fields) = part.shown else {
                is_hidden = true;
                continue;
            };
            match field {
                None => found.extend(fields),
                Some(field) => {
                    let text = fields.get(field).and_then(Value::as_str).unwrap_or("{}");
                    found.extend(
                        serde_json::from_str::<Map<String, Value>>(text).unwrap_or_default(),
                    );
                }
            }
        }
        Ok((found, is_hidden))
    }

    /// Whether somebody may do something that takes a permission to the documents of a case.
    pub(crate) fn may_of_case(
        &self,
        who: &Principal,
        records: &Records,
        permission: &str,
    ) -> Result<(), Rejection> {
        let frame = envelope(&records.opening)?;
        let door = Door::new(&records.pack, day(self.clock().now()));
        door.authorize(who, permission, target(&records.opening, &frame))
    }

    /// What the law of a case is asked with.
    pub(crate) fn law_of<'a>(
        &self,
        records: &'a Records,
        days: &'a clock::WorkingDays,
    ) -> LawOn<'a> {
        LawOn { pack: &records.pack, days }
    }
}
