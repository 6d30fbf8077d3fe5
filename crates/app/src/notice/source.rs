//! Of what people are told: duties that are pressing or overdue, and what a step tells a party.

use std::collections::HashSet;

use model::{RecordId, SubjectId, system_kind};
use serde_json::Value;
use store::Stored;

use super::whom::Officers;
use super::{Message, Notice};
use crate::case::Step;
use crate::door::Principal;
use crate::duty::list::{Selection, View};
use crate::fault::Rejection;
use crate::reading::{When, envelope};
use crate::system::System;
use crate::time::day;

/// Duties that are read at once.
const PAGE: usize = 200;
/// Duties of one look: the rest is told at the next.
const MOST: usize = 50_000;

impl System {
    /// Tells everybody of their duties that are pressing or overdue, and the heads of the office of those
    /// that are nobody's; each once on a day.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn tell_duties(&self) -> Result<u64, Rejection> {
        let who = Principal::program();
        let selection = Selection { view: View::Pressing, ..Selection::default() };
        let today = day(self.clock().now());
        let mut officers = Officers::on(self, today);
        let (mut after, mut told) = (None, 0);
        for _ in 0..MOST / PAGE {
            let page = self.duties(&who, &selection, When::default(), after, PAGE).await?;
            let mut notices = Vec::new();
            for duty in page.duties {
                let Some(term) = &duty.term else { continue };
                let due = term.due.as_deref().unwrap_or_default();
                let (zh, en) = match duty.standing {
                    "overdue" => ("已逾期", "is overdue"),
                    _ => ("即将到期", "ends soon"),
                };
                let (nobody_zh, nobody_en) = match duty.assignee {
                    Some(_) => ("", ""),
                    None => ("，尚无承办人，请分派", "; nobody has it: assign it"),
                };
                let (procedure, label) = (&duty.procedure_label, &term.label);
                let message = Message {
                    zh: format!("{}：{}{zh}（{due}）{nobody_zh}", procedure.zh, label.zh),
                    en: format!("{}: {} {en} ({due}){nobody_en}", procedure.en, label.en),
                    number: String::new(),
                    link: format!("/console/cases/{}", duty.case),
                    statutory: false,
                };
                let about = format!("{}/{}", duty.case, term.term);
                notices.extend(officers.told(&duty).into_iter().map(|account| Notice {
                    account,
                    duty: about.clone(),
                    day: today,
                    message: message.clone(),
                }));
            }
            told += self.tell(&notices).await?;
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(told)
    }

    /// Tells the parties whom a step names, where they have accounts here: organizations at their desk. Who
    /// complains or informs is told in the way that the law has it, by the document.
    ///
    /// # Errors
    /// No such case; a fault of the store.
    pub async fn tell_parties(&self, case: RecordId, step: u64) -> Result<u64, Rejection> {
        let size = self.reader().size().await?;
        let as_of = self.as_of(When { valid: None, known: Some(size) }).await?;
        let records = self.case_records(case, as_of).await?;
        let Some(at) = records.steps.iter().position(|taken| taken.number == step) else {
            return Ok(0);
        };
        let taken = &records.steps[at];
        let form = records.procedure.form(&taken.step);
        let tells = form.map(|form| form.tell.as_slice()).unwrap_or_default();
        if tells.is_empty() || !crate::document::took_effect(&records, at)? {
            return Ok(0);
        }
        let frame = envelope(&records.opening)?;
        let opened = records.said_at_opening()?;
        let mut parties = HashSet::new();
        for party in tells {
            let said =
                |step: &Step| step.form.get(party).and_then(Value::as_str).map(str::to_owned);
            let by_form = records.steps.iter().rev().find_map(said);
            let by_role = frame.subjects.iter().find(|named| named.role == *party);
            let by_role = by_role.map(|named| named.id.clone().into_owned());
            let by_opening = opened.get(party).and_then(Value::as_str).map(str::to_owned);
            parties.extend(by_form.or(by_role).or(by_opening));
        }
        // A code that changed is still that of the same one.
        for id in parties.clone() {
            if let Ok(party) = id.parse::<SubjectId>() {
                parties.extend(self.ids_of(&party, as_of).await);
            }
        }
        let steps = &records.procedure.engine.definition().steps;
        let label = steps.iter().find(|other| other.id == taken.step).map(|step| &step.label);
        let label = label.unwrap_or(records.procedure.label());
        let name = records.procedure.label();
        let mut notices = Vec::new();
        for account in self.reader().db().accounts().await? {
            let is_told = account.organization.as_ref().is_some_and(|own| parties.contains(own));
            if !is_told || account.closed_at.is_some() {
                continue;
            }
            notices.push(Notice {
                account: account.id,
                duty: format!("{case}/step/{step}"),
                day: day(taken.stored.valid_at),
                message: Message {
                    zh: format!("{}：{}", name.zh, label.zh),
                    en: format!("{}: {}", name.en, label.en),
                    number: String::new(),
                    link: format!("/enterprise/cases/{case}"),
                    statutory: true,
                },
            });
        }
        self.tell(&notices).await
    }

    /// Tells the parties of the steps that came since this was last done, and notes how far that is. After
    /// a crash some are looked at again, and nobody is told twice.
    ///
    /// # Errors
    /// A fault of the store; the place cannot be noted.
    pub async fn tell_steps(&self) -> Result<u64, Rejection> {
        let place = self.data().join("kept/notices");
        let unavailable = |error: std::io::Error| store::Error::NotWritable {
            reason: format!("{}: {error}", place.display()),
        };
        let size = self.reader().size().await?;
        let noted = match std::fs::read_to_string(&place) {
            Ok(text) => text.trim().parse().unwrap_or(size).min(size),
            // What was done before anybody was told of anything is told to nobody.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => size,
            Err(error) => return Err(unavailable(error).into()),
        };
        let (mut from, mut told) = (noted, 0);
        while from < size {
            let records = self.reader().range(from, store::MOST).await?;
            let Some(last) = records.last() else { break };
            from = last.position + 1;
            for record in records.iter().filter(|r| r.kind == system_kind::CASE_STEP) {
                let Some((case, step)) = step_of(record)? else { continue };
                match self.tell_parties(case, step).await {
                    Ok(new) => told += new,
                    // A case that was taken back, or whose procedure is gone, tells nobody.
                    Err(Rejection::NotFound(_)) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        if from != noted || !place.exists() {
            let draft = place.with_extension("new");
            let written = std::fs::write(&draft, from.to_string());
            written.and_then(|()| std::fs::rename(&draft, &place)).map_err(unavailable)?;
        }
        Ok(told)
    }
}

/// The case of the record of a step, and its number there.
fn step_of(stored: &Stored) -> Result<Option<(RecordId, u64)>, Rejection> {
    let frame = envelope(stored)?;
    let case = frame.subjects.iter().find(|named| named.role == "case");
    let case = case.and_then(|named| named.id.strip_prefix("record:")?.parse().ok());
    let open: Option<Value> = serde_json::from_slice(&stored.open).ok();
    let number = open.and_then(|open| open.get("number")?.as_u64());
    Ok(case.zip(number))
}
