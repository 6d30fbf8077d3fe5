//! Cases as those see them who are a party: an organization at its desk.
//!
//! It sees a case from the moment at which something of it was served on it: a step of which the pack
//! says that it is told, or what it sent or did itself. Of such a case it sees the steps that it was told
//! of and those it took, the terms within which it has to act, and what it can do. A case of which it was
//! told nothing, that of somebody else and one that is not there have one answer.

use std::collections::HashMap;

use model::{RecordId, SubjectId};
use pack::LawOn;
use procedure::{Act, Case, Who};
use store::Stored;
use store::readings::AsOf;

use super::view::view;
use super::{CaseView, Records};
use crate::door::Principal;
use crate::fault::Rejection;
use crate::reading::{When, envelope, not_found};
use crate::system::System;

/// The most cases of one organization that are listed.
const MOST: usize = 200;

/// What a party has to do with a case.
struct Part {
    /// The roles in which it is named.
    roles: Vec<String>,
    /// The steps that it sees, by their numbers.
    steps: Vec<u64>,
    /// Whether it sees the case at all.
    sees: bool,
}

/// What an organization has to do with a case, under any of its codes.
fn part(records: &Records, own: &[String]) -> Result<Part, Rejection> {
    let is_own = |id: &str| own.iter().any(|own| own == id);
    let frame = envelope(&records.opening)?;
    let definition = records.procedure.engine.definition();
    let named = frame.subjects.iter().filter(|subject| is_own(&subject.id));
    let mut roles: Vec<String> = named.map(|subject| subject.role.clone().into_owned()).collect();
    let opened = records.said_at_opening()?;
    for said in std::iter::once(&opened).chain(records.steps.iter().map(|step| &step.form)) {
        let named = said.iter().filter(|(_, value)| value.as_str().is_some_and(is_own));
        roles.extend(named.map(|(name, _)| name.clone()));
    }
    roles.sort_unstable();
    roles.dedup();
    let mut agreed: HashMap<&str, usize> = HashMap::new();
    let mut steps = Vec::new();
    for taken in &records.steps {
        let Some(rule) = definition.steps.iter().find(|rule| rule.id == taken.step) else {
            continue;
        };
        let takes_effect = match taken.act {
            Act::Done => true,
            Act::Proposed | Act::Returned => {
                agreed.remove(taken.step.as_str());
                false
            }
            Act::Approved => {
                let agreed = agreed.entry(&taken.step).or_default();
                *agreed += 1;
                *agreed == rule.approvals.len()
            }
        };
        let tells = records
            .procedure
            .form(&taken.step)
            .is_some_and(|form| form.tell.iter().any(|role| roles.contains(role)));
        let is_theirs = is_own(&envelope(&taken.stored)?.author.on_behalf_of);
        if is_theirs || tells && takes_effect {
            steps.push(taken.number);
        }
    }
    let sent = is_own(&frame.author.on_behalf_of);
    let sees = sent || !roles.is_empty() && !steps.is_empty();
    Ok(Part { roles, steps, sees })
}

impl System {
    /// A case for one of its parties, by the organization that somebody acts for.
    ///
    /// # Errors
    /// No such case, or none that the party sees: one answer for both; a fault of the store.
    pub async fn party_case(&self, who: &Principal, id: RecordId) -> Result<CaseView, Rejection> {
        let as_of = self.as_of(When::default()).await?;
        let own = self.own_ids(who, as_of).await;
        let found = self.party_records(&own, id, as_of).await?;
        let (records, part) = found.ok_or_else(|| not_found(&id.to_string()))?;
        self.party_view(who, &own, &records, &part)
    }

    /// The ids of the organization that somebody acts for: a code that changed while a case went on is
    /// that of the same one.
    pub(crate) async fn own_ids(&self, who: &Principal, as_of: AsOf) -> Vec<String> {
        match who.on_behalf_of.parse::<SubjectId>() {
            Ok(organization) => self.ids_of(&self.subject_key(&organization), as_of).await,
            // An office acts for itself.
            Err(_) => vec![who.on_behalf_of.clone()],
        }
    }

    /// The records of a case of which something was served on the organization with these ids, and the
    /// numbers of the steps that it sees.
    ///
    /// # Errors
    /// As [`party_case`](Self::party_case).
    pub(crate) async fn records_of_party(
        &self,
        own: &[String],
        id: RecordId,
        as_of: AsOf,
    ) -> Result<(Records, Vec<u64>), Rejection> {
        let found = self.party_records(own, id, as_of).await?;
        let (records, part) = found.ok_or_else(|| not_found(&id.to_string()))?;
        Ok((records, part.steps))
    }

    async fn party_records(
        &self,
        own: &[String],
        id: RecordId,
        as_of: AsOf,
    ) -> Result<Option<(Records, Part)>, Rejection> {
        let records = match self.case_records(id, as_of).await {
            Ok(records) => records,
            Err(Rejection::NotFound(_)) => return Ok(None),
            Err(other) => return Err(other),
        };
        let part = part(&records, own)?;
        Ok(part.sees.then_some((records, part)))
    }

    fn party_view(
        &self,
        who: &Principal,
        own: &[String],
        records: &Records,
        part: &Part,
    ) -> Result<CaseView, Rejection> {
        let days = self.working_days(&records.pack)?;
        let law = LawOn { pack: &records.pack, days: &days };
        let entries = records.entries()?;
        let case = Case::of(&records.procedure.engine, &entries, &law);
        let yours = |step: &str, act| self.may_step(who, own, records, step, act).is_ok();
        let mut view = view(records, &case, who, self.clock().now(), &[], &yours)?;
        let definition = records.procedure.engine.definition();
        let is_theirs = |step: &str| {
            let rule = definition.steps.iter().find(|rule| rule.id == step);
            rule.is_some_and(|rule| {
                let mut who = rule.who.iter();
                who.any(|one| matches!(one, Who::Party(role) if part.roles.contains(role)))
            })
        };
        // What was agreed to says what was drawn up.
        let mut drawn_up = HashMap::new();
        for entry in &mut view.steps {
            match entry.act {
                "proposed" => drop(drawn_up.insert(entry.step.clone(), entry.form.clone())),
                "approved" => {
                    entry.form = drawn_up.get(&entry.step).cloned().unwrap_or_default();
                }
                _ => {}
            }
        }
        view.steps.retain(|entry| part.steps.contains(&entry.number));
        view.next.retain(|step| is_theirs(&step.step));
        view.duties.retain(|duty| duty.steps.iter().any(|step| is_theirs(step)));
        let due: Vec<String> = view.duties.iter().filter_map(|duty| duty.term.clone()).collect();
        // Other terms bind the office.
        view.terms.retain(|term| due.contains(&term.term));
        for entry in &mut view.steps {
            // Who acted for the office is named by what was served.
            entry.officers.clear();
        }
        Ok(view)
    }

    /// The cases that an organization sees, the newest first.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn party_cases(&self, who: &Principal) -> Result<Vec<CaseView>, Rejection> {
        if who.on_behalf_of.parse::<SubjectId>().is_err() {
            return Ok(Vec::new());
        }
        let pack = self.pack();
        let has_parties = |procedure: &&pack::Procedure| {
            let steps = &procedure.engine.definition().steps;
            steps.iter().any(|step| step.who.iter().any(|who| matches!(who, Who::Party(_))))
        };
        let procedures = pack.procedures().filter(has_parties);
        let kinds: Vec<String> =
            procedures.map(|one| one.engine.definition().opens_with.clone()).collect();
        let as_of = self.as_of(When::default()).await?;
        let own = self.own_ids(who, as_of).await;
        let heads = self.naming(&own, &kinds, as_of, None, MOST).await?;
        let positions: Vec<u64> = heads.iter().map(|found| found.head.position).collect();
        let mut cases = Vec::new();
        for positions in positions.chunks(store::MOST) {
            for opening in self.reader().at(positions).await? {
                let id = self.case_id(&opening).await?;
                if let Some((records, part)) = self.party_records(&own, id, as_of).await? {
                    cases.push(self.party_view(who, &own, &records, &part)?);
                }
            }
        }
        cases.sort_by_key(|case| std::cmp::Reverse(case.opened_at));
        Ok(cases)
    }

    /// The id under which a case is known that a record opens: that of the record which was sent first.
    pub(crate) async fn case_id(&self, opening: &Stored) -> Result<RecordId, Rejection> {
        let mut first = opening.id;
        let mut corrects = opening.corrects;
        while let Some(id) = corrects {
            first = id;
            corrects = self.reader().record(id).await?.and_then(|record| record.corrects);
        }
        Ok(first)
    }
}
