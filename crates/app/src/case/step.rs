//! Taking a step: checked against the course of the case, then a record like any other.

use model::{Draft, PersonalPart, RecordId, Subject, SubjectId, Timestamp, system_kind};
use pack::LawOn;
use procedure::{Act, Attempt, Case, MINUTES, Who};
use serde_json::{Map, Value, json};

use super::view::why_not_view;
use super::{Records, subject};
use crate::Door;
use crate::door::Principal;
use crate::fault::{Fault, Rejection};
use crate::intake::Receipt;
use crate::people::audit::in_name_of;
use crate::people::vault::pseudonym;
use crate::reading::{When, envelope, target};
use crate::system::System;
use crate::time::day;

/// A step that somebody wants to take.
#[derive(Debug, Clone)]
pub struct NewStep {
    /// The id of its record, where the sender made it: sent again, it is recognised.
    pub id: Option<RecordId>,
    /// The step.
    pub step: String,
    /// What is done with it.
    pub act: Act,
    /// When; now, where it is not said.
    pub at: Option<Timestamp>,
    /// The number of the last step that the sender has seen: where another was taken since, nothing
    /// is done. Not said: whatever was last.
    pub seen: Option<u64>,
    /// The officers who take it together, as persons in office.
    pub officers: Vec<SubjectId>,
    /// What is filled in.
    pub form: Map<String, Value>,
    /// What is filled in of persons.
    pub personal: Map<String, Value>,
    /// Why it is sent back.
    pub reason: String,
    /// The record that is written with it, where the step writes one.
    pub writes: Option<Draft>,
}

/// A step that was taken.
#[derive(Debug, Clone)]
pub struct Stepped {
    /// The receipt of its record.
    pub receipt: Receipt,
    /// Its number in the case.
    pub number: u64,
}

impl System {
    /// Takes a step of a case.
    ///
    /// # Errors
    /// No such case; no permission; what is filled in is wrong; everything that keeps the step from
    /// being taken; a case that has moved on; a fault of the store.
    pub async fn take_step(
        &self,
        who: &Principal,
        case: RecordId,
        new: NewStep,
    ) -> Result<Stepped, Rejection> {
        // No right by which this is let in ends before it is durable.
        let _rights = match &who.person {
            Some(_) => Some(self.people().hold().await),
            None => None,
        };
        let as_of = self.as_of(When { valid: None, known: None }).await?;
        let records = self.case_records(case, as_of).await?;
        let now = self.clock().now();
        let at = new.at.unwrap_or(now);
        if let Some(known) = self.replayed(who, case, &new).await? {
            return Ok(known);
        }
        self.not_recused(who, case).await?;
        if at > now {
            let fault = Fault::new(
                "case.future",
                "a step cannot lie in the future; give the time at which it was taken",
                "办理时间不能晚于现在；请填写实际办理时间",
            );
            return Err(fault.at("/at").into());
        }
        self.may_step(who, &records, &new)?;
        let last = records.steps.last().map_or(0, |step| step.number);
        if new.seen.is_some_and(|seen| seen != last) {
            return Err(moved_on(last));
        }
        let mut faults = self.form_faults(&records, &new, at);
        let given = match new.act {
            Act::Done | Act::Proposed => records.procedure.step_values(&new.step, &new.form),
            Act::Approved | Act::Returned => Vec::new(),
        };
        let days = self.working_days(&records.pack)?;
        let law = LawOn { pack: &records.pack, days: &days };
        let entries = records.entries()?;
        let engine = &*records.procedure.engine;
        let course = Case::of(engine, &entries, &law);
        let attempt = Attempt {
            step: engine.step(&new.step).unwrap_or(u16::MAX),
            act: new.act,
            at,
            by: &who.account,
            officers: i64::try_from(new.officers.len()).unwrap_or(i64::MAX).max(1),
            values: &given,
            has_minutes: new.form.get(MINUTES).is_some_and(|minutes| !minutes.is_null()),
        };
        let why_not = course.why_not(&attempt, &records.under());
        faults.extend(why_not.iter().map(|why| {
            let view = why_not_view(engine, why);
            Fault::new(view.code, view.says.en, view.says.zh).at("/step")
        }));
        if !faults.is_empty() {
            return Err(Rejection::Invalid(faults));
        }
        let drafts = drafts(&records, new, at, last + 1)?;
        let written = self.append_own(&in_name_of(who), drafts, None).await;
        let mut receipts = match written {
            Err(Rejection::Conflict(fault)) if fault.code == "record.not_unique" => {
                return Err(moved_on(last + 1));
            }
            other => other?,
        };
        let receipt = receipts
            .pop()
            .ok_or_else(|| store::Error::Unavailable { reason: "no answer".into() })?;
        Ok(Stepped { receipt, number: last + 1 })
    }

    /// Whether somebody may take a step of a case: the door says it of officers, being named in it
    /// of parties.
    fn may_step(&self, who: &Principal, records: &Records, new: &NewStep) -> Result<(), Rejection> {
        let definition = records.procedure.engine.definition();
        let Some(step) = definition.steps.iter().find(|step| step.id == new.step) else {
            let fault = Fault::new(
                "case.no_step",
                format!("{} has no step {}; name one that it has", definition.id, new.step),
                format!("{} 没有步骤 {}；请选择已有步骤", definition.label.zh, new.step),
            );
            return Err(fault.at("/step").into());
        };
        let frame = envelope(&records.opening)?;
        let door = Door::new(&records.pack, day(self.clock().now()));
        let is_allowed =
            |permission: &str| door.authorize(who, permission, target(&records.opening, &frame));
        if matches!(new.act, Act::Approved | Act::Returned) {
            let entries = records.entries()?;
            let course = procedure::Course::of(&records.procedure.engine, &entries);
            let number = records.procedure.engine.step(&step.id);
            let pending = course.pending.iter().find(|pending| Some(pending.step) == number);
            let needed = pending.and_then(|pending| step.approvals.get(pending.approved));
            // What is not there is said by the course.
            return needed.map_or(Ok(()), |permission| is_allowed(permission));
        }
        let mut denied = None;
        for one in &step.who {
            match one {
                Who::Permission(permission) => match is_allowed(permission) {
                    Ok(()) => return Ok(()),
                    Err(error) => denied = Some(error),
                },
                Who::Party(role) => {
                    let is_party = |id: &str| id == who.on_behalf_of;
                    let mut subjects = frame.subjects.iter();
                    let named = subjects.any(|s| s.role == *role && is_party(s.id.as_ref()));
                    let mut forms = records.steps.iter().rev();
                    let by_form = forms.find_map(|step| step.form.get(role)?.as_str());
                    if named || by_form.is_some_and(is_party) {
                        return Ok(());
                    }
                }
                Who::Program if who.account == Principal::program().account => return Ok(()),
                Who::Program => {}
            }
        }
        Err(denied.unwrap_or_else(|| {
            Rejection::Denied(Fault::new(
                "case.not_yours",
                "this step is for others to take; tell them",
                "此步骤应由他人办理；请告知有关人员",
            ))
        }))
    }

    /// What is wrong with what is filled in.
    fn form_faults(&self, records: &Records, new: &NewStep, at: Timestamp) -> Vec<Fault> {
        if matches!(new.act, Act::Approved | Act::Returned) {
            let mut faults = Vec::new();
            if !new.form.is_empty() || !new.personal.is_empty() {
                let fault = Fault::new(
                    "case.form",
                    "who agrees or sends back fills in nothing; take it out",
                    "审批时不填写表单；请删除",
                );
                faults.push(fault.at("/form"));
            }
            if new.act == Act::Returned && new.reason.trim().is_empty() {
                let fault = Fault::new(
                    "case.reason",
                    "a step that is sent back needs a reason; say why",
                    "退回须说明理由；请填写",
                );
                faults.push(fault.at("/reason"));
            }
            return faults;
        }
        let name = records.procedure.form_name(&new.step);
        let mut payload = json!({ "open": new.form });
        if !new.personal.is_empty() {
            payload["personal"] = Value::Object(new.personal.clone());
        }
        let faults = records.pack.payload_faults(&name, day(at), &payload).unwrap_or_default();
        let mut faults: Vec<Fault> = faults.into_iter().map(Fault::from).collect();
        let form = records.procedure.form(&new.step);
        let writes = form.and_then(|form| form.writes.as_deref());
        match (&new.writes, writes) {
            (None, None) => {}
            (Some(draft), Some(kind)) if draft.kind == kind => {}
            (_, Some(kind)) => {
                let fault = Fault::new(
                    "case.writes",
                    format!("with this step a record of the kind {kind} is written; send it"),
                    format!("此步骤须同时形成 {kind} 记录；请一并提交"),
                );
                faults.push(fault.at("/writes"));
            }
            (Some(_), None) => {
                let fault = Fault::new(
                    "case.writes",
                    "no record is written with this step; take it out",
                    "此步骤不形成其他记录；请删除",
                );
                faults.push(fault.at("/writes"));
            }
        }
        faults
    }
}

fn moved_on(last: u64) -> Rejection {
    Rejection::Conflict(Fault::new(
        "case.moved_on",
        format!("somebody took step {last} of the case meanwhile; look at it again"),
        format!("他人已办理第 {last} 步；请刷新后重试"),
    ))
}

/// The record of a step, behind the one that is written with it.
fn drafts(
    records: &Records,
    new: NewStep,
    at: Timestamp,
    number: u64,
) -> Result<Vec<Draft>, Rejection> {
    let frame = envelope(&records.opening)?;
    let mut open = Map::new();
    let mut say = |name: &str, value: Value| open.insert(name.to_owned(), value);
    say("procedure", records.procedure.id().into());
    say("number", number.into());
    say("step", new.step.as_str().into());
    say("act", new.act.word().into());
    if !new.form.is_empty() {
        say("form", Value::Object(new.form).to_string().into());
    }
    if !new.reason.trim().is_empty() {
        say("reason", new.reason.trim().into());
    }
    let mut drafts = Vec::new();
    if let Some(mut draft) = new.writes {
        let id = draft.id.unwrap_or_else(|| RecordId::new(at, &crate::keys::random()));
        draft.id = Some(id);
        say("record", id.to_string().into());
        drafts.push(draft);
    }
    let case = Subject { role: "case".to_owned(), id: subject(records.id)? };
    let officer = |id: SubjectId| Subject { role: "officer".to_owned(), id };
    let subjects = std::iter::once(case).chain(new.officers.into_iter().map(officer)).collect();
    let personal = (!new.personal.is_empty()).then(|| {
        // Of whom the case speaks already; what is said of them goes with what was said before.
        let person = records.opening.personal.first();
        let person = person.map_or_else(
            || format!("case/{}", records.id),
            |part| pseudonym(&part.person).to_owned(),
        );
        let text = Value::Object(new.personal).to_string();
        let fields = Map::from_iter([("personal_form".to_owned(), text.into())]);
        PersonalPart { person, fields }
    });
    drafts.push(Draft {
        id: new.id,
        kind: system_kind::CASE_STEP.to_owned(),
        subjects,
        office: frame.office.as_deref().map(str::to_owned),
        region: frame.region.clone().into_owned(),
        valid_at: at,
        source: "zhiheng".to_owned(),
        open,
        personal: personal.into_iter().collect(),
        corrects: None,
        withdraws: None,
    });
    Ok(drafts)
}
