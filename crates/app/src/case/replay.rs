//! What is sent again under its id: a step, and the form of a record that opens a case.

use std::collections::BTreeSet;

use model::{Draft, RecordId};
use serde_json::{Map, Value};

use super::step::{NewStep, Stepped};
use super::{read, subject};
use crate::door::Principal;
use crate::fault::Rejection;
use crate::intake::Receipt;
use crate::reading::envelope;
use crate::system::System;

impl System {
    /// The step that is stored under the id that its sender made, where it is the same: of the same
    /// case, by the same account, saying the same openly. Any other record under that id is refused
    /// further on, as for every record.
    pub(super) async fn replayed(
        &self,
        who: &Principal,
        case: RecordId,
        new: &NewStep,
    ) -> Result<Option<Stepped>, Rejection> {
        let Some(id) = new.id else { return Ok(None) };
        let Some(stored) = self.reader().record(id).await? else { return Ok(None) };
        if stored.kind != model::system_kind::CASE_STEP {
            return Ok(None);
        }
        let opening = self.reader().record(case).await?;
        let case = match opening {
            Some(opening) => subject(self.case_id(&opening).await?)?,
            None => return Ok(None),
        };
        let frame = envelope(&stored)?;
        let is_of = |role: &str, id: &str| {
            frame.subjects.iter().any(|subject| subject.role == role && subject.id == id)
        };
        let officers = frame.subjects.iter().filter(|subject| subject.role == "officer").count();
        let is_framed = frame.author.account == who.account.as_str()
            && is_of("case", case.as_str())
            && officers == new.officers.len()
            && new.officers.iter().all(|officer| is_of("officer", officer.as_str()))
            && new.at.is_none_or(|at| at == stored.valid_at);
        let position = stored.position;
        let step = read(stored)?;
        let is_same = is_framed
            && step.step == new.step
            && step.act == new.act
            && step.form == new.form
            && step.reason.as_deref().unwrap_or_default() == new.reason.trim();
        if !is_same {
            return Ok(None);
        }
        let (log, index) = self.log_place(position);
        let receipt = Receipt { id, position, log, index, known: true };
        Ok(Some(Stepped { receipt, number: step.number }))
    }

    /// Whether the record of a draft is there already by the same account, saying the same openly of the
    /// same subjects: a form that was sent twice differs in its time.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn is_sent(&self, who: &Principal, draft: &Draft) -> Result<bool, Rejection> {
        let Some(id) = draft.id else { return Ok(false) };
        let Some(stored) = self.reader().record(id).await? else { return Ok(false) };
        let frame = envelope(&stored)?;
        let open: Option<Map<String, Value>> = serde_json::from_slice(&stored.open).ok();
        let subjects = frame.subjects.iter().map(|named| (&*named.role, &*named.id));
        let drafted = draft.subjects.iter().map(|named| (&*named.role, named.id.as_str()));
        Ok(stored.kind == draft.kind
            && frame.author.account == who.account.as_str()
            && frame.region == draft.region.as_str()
            && subjects.collect::<BTreeSet<_>>() == drafted.collect()
            && open.as_ref() == Some(&draft.open))
    }
}
