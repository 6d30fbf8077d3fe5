//! What everybody is shown of a case, and recalls with what became of them.
//!
//! The pack says both: while a case is in a state that is public, the fields that its steps name as
//! public are shown, and nothing else of it.

use std::collections::HashMap;

use model::{RecordId, SubjectId, Timestamp};
use procedure::{Act, Course};
use serde_json::{Map, Value};
use store::readings::{AsOf, Head, Regions};

use super::{Records, Words};
use crate::disclosure::{Audience, Disclosed};
use crate::fault::Rejection;
use crate::reading::{When, envelope};
use crate::system::System;

/// The most recalls of a page.
pub const MOST_ON_PAGE: usize = 50;
/// Cases of one subject that are looked through for that of a notice.
const MOST_CASES: usize = 200;

/// A case, as far as everybody may see it.
#[derive(Debug, Clone)]
pub struct PublishedCase {
    /// The record that opened it.
    pub case: RecordId,
    /// Its procedure.
    pub procedure: String,
    /// The name of the procedure.
    pub label: Words,
    /// The division.
    pub region: String,
    /// The office that handles it.
    pub office: Option<String>,
    /// The name of the state that it is in.
    pub state_label: Words,
    /// Since when it has ended.
    pub ended_at: Option<Timestamp>,
    /// What its steps say in public, the first first.
    pub steps: Vec<PublishedStep>,
}

/// What a step says in public.
#[derive(Debug, Clone)]
pub struct PublishedStep {
    /// The step.
    pub step: String,
    /// Its name.
    pub label: Words,
    /// When it was taken.
    pub at: Timestamp,
    /// The fields that are public.
    pub form: Map<String, Value>,
}

impl PublishedCase {
    /// What was last said in a field.
    pub fn last(&self, field: &str) -> Option<&Value> {
        self.steps.iter().rev().find_map(|step| step.form.get(field))
    }
}

/// A recall: its notice, and the case by which it is carried out.
#[derive(Debug, Clone)]
pub struct Recall {
    /// The notice.
    pub notice: Disclosed,
    /// The case, where one is there and public.
    pub case: Option<PublishedCase>,
}

/// A page of recalls, the newest first.
#[derive(Debug, Clone)]
pub struct Recalls {
    /// The recalls.
    pub recalls: Vec<Recall>,
    /// Where the next page begins.
    pub next: Option<Head>,
    /// As of when.
    pub as_of: AsOf,
}

/// What of a case is public; none where its state is not.
fn published(records: &Records) -> Result<Option<PublishedCase>, Rejection> {
    let definition = records.procedure.engine.definition();
    let course = Course::of(&records.procedure.engine, &records.entries()?);
    let Some(state) = definition.states.get(usize::from(course.state)).filter(|s| s.public) else {
        return Ok(None);
    };
    let frame = envelope(&records.opening)?;
    let mut drawn_up: HashMap<&str, (&Map<String, Value>, usize)> = HashMap::new();
    let mut steps = Vec::new();
    for taken in &records.steps {
        let Some(rule) = definition.steps.iter().find(|rule| rule.id == taken.step) else {
            continue;
        };
        let form = match taken.act {
            Act::Done => &taken.form,
            Act::Proposed => {
                drawn_up.insert(&taken.step, (&taken.form, 0));
                continue;
            }
            Act::Approved => {
                let Some((form, agreed)) = drawn_up.get_mut(taken.step.as_str()) else { continue };
                *agreed += 1;
                if *agreed < rule.approvals.len() {
                    continue;
                }
                *form
            }
            Act::Returned => {
                drawn_up.remove(taken.step.as_str());
                continue;
            }
        };
        let own = records.procedure.form(&taken.step);
        let is_public = |name: &String| own.is_some_and(|own| own.public.contains(name));
        let said = form.iter().filter(|(name, _)| is_public(name));
        let said: Map<String, Value> =
            said.map(|(name, value)| (name.clone(), value.clone())).collect();
        if !said.is_empty() {
            steps.push(PublishedStep {
                step: taken.step.clone(),
                label: (&rule.label).into(),
                at: taken.stored.valid_at,
                form: said,
            });
        }
    }
    Ok(Some(PublishedCase {
        case: records.id,
        procedure: definition.id.clone(),
        label: (&definition.label).into(),
        region: frame.region.into_owned(),
        office: frame.office.map(|office| office.into_owned()),
        state_label: (&state.label).into(),
        ended_at: course.ended_at,
        steps,
    }))
}

impl System {
    /// The recalls whose notices are public, the newest first.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn recalls(
        &self,
        notice: &str,
        after: Option<Head>,
        limit: usize,
    ) -> Result<Recalls, Rejection> {
        let (pack, as_of) = (self.pack(), self.as_of(When::default()).await?);
        if pack.kind(notice).is_none() {
            return Ok(Recalls { recalls: Vec::new(), next: None, as_of });
        }
        let limit = limit.clamp(1, MOST_ON_PAGE);
        let page = self.readings();
        let page = page.kind_page(notice, None, Regions::Any, as_of, after, limit + 1).await?;
        let heads = &page[..page.len().min(limit)];
        let next = heads.last().copied().filter(|_| page.len() > limit);
        let positions: Vec<u64> = heads.iter().map(|head| head.position).collect();
        let mut recalls = Vec::with_capacity(heads.len());
        for stored in self.reader().at(&positions).await? {
            let Some(notice) = self.disclose(Audience::Public, &pack, &stored)? else { continue };
            let case = self.case_of_notice(&notice, as_of).await?;
            recalls.push(Recall { notice, case });
        }
        recalls.sort_by_key(|recall| {
            std::cmp::Reverse((recall.notice.valid_at, recall.notice.position))
        });
        Ok(Recalls { recalls, next, as_of })
    }

    /// A recall by the record of its notice; none where that is no notice or not public.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn recall(&self, notice: &str, id: RecordId) -> Result<Option<Recall>, Rejection> {
        let Some(found) = self.public_record(id).await?.filter(|found| found.kind == notice) else {
            return Ok(None);
        };
        let as_of = self.as_of(When::default()).await?;
        let case = self.case_of_notice(&found, as_of).await?;
        Ok(Some(Recall { notice: found, case }))
    }

    /// The case of which a step wrote a notice. It is about a subject that the notice names too.
    async fn case_of_notice(
        &self,
        notice: &Disclosed,
        as_of: AsOf,
    ) -> Result<Option<PublishedCase>, Rejection> {
        let pack = self.pack();
        let writes = |procedure: &&pack::Procedure| {
            procedure.forms.iter().any(|form| form.writes.as_deref() == Some(&*notice.kind))
        };
        let procedures = pack.procedures().filter(writes);
        let kinds: Vec<String> =
            procedures.map(|one| one.engine.definition().opens_with.clone()).collect();
        let wanted = notice.id.to_string();
        for (_, id) in &notice.subjects {
            let Ok(subject) = id.parse::<SubjectId>() else { continue };
            let readings = self.readings();
            let heads =
                readings.subject_page(subject.as_str(), as_of, Some(&kinds), None, MOST_CASES);
            let positions: Vec<u64> =
                heads.await?.iter().map(|found| found.head.position).collect();
            for opening in self.reader().at(&positions).await? {
                let id = self.case_id(&opening).await?;
                let case = self.case_records(id, as_of).await?;
                if case.steps.iter().any(|step| step.record.as_deref() == Some(&*wanted)) {
                    return published(&case);
                }
            }
        }
        Ok(None)
    }
}
