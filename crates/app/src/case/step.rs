//! Taking a step: checked against the course of the case, then a record like any other.

use model::{Draft, PersonalPart, RecordId, Subject, SubjectId, Timestamp, system_kind};
use pack::LawOn;
use procedure::{Act, Attempt, Case, MINUTES, Who};
use serde_json::{Map, Value, json};

use super::made::{Around, Beside, Opens};
use super::view::{WhyNotView, Words, why_not_view};
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
    /// The record that is written with it, where the step writes one; left out, it is made of what
    /// the step and the case say.
    pub writes: Option<Draft>,
    /// The record with which a case under this one is opened, where the step opens one.
    pub opens: Opens,
}

impl NewStep {
    /// A step that is done now, whatever was last, with what is filled in and no more.
    pub fn done(step: &str, form: Map<String, Value>) -> Self {
        Self {
            id: None,
            step: step.to_owned(),
            act: Act::Done,
            at: None,
            seen: None,
            officers: Vec::new(),
            form,
            personal: Map::new(),
            reason: String::new(),
            writes: None,
            opens: Opens::Made,
        }
    }
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
        if let Some(known) = self.replayed(who, case, &new).await? {
            return Ok(known);
        }
        let as_of = self.as_of(When { valid: None, known: None }).await?;
        let records = self.case_records(case, as_of).await?;
        self.not_recused(who, records.id).await?;
        let now = self.clock().now();
        let at = new.at.unwrap_or(now);
        if at > now {
            let fault = Fault::new(
                "case.future",
                "a step cannot lie in the future; give the time at which it was taken",
                "办理时间不能晚于现在；请填写实际办理时间",
            );
            return Err(fault.at("/at").into());
        }
        let own = self.own_ids(who, as_of).await;
        self.may_step(who, &own, &records, &new.step, new.act)?;
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
        let why_not = course.why_not(&attempt, &records.sub_cases());
        let rule = engine.definition().steps.iter().find(|step| step.id == new.step);
        let article = records.procedure.form(&new.step).and_then(|form| form.law.as_deref());
        faults.extend(why_not.iter().map(|why| refused(why_not_view(engine, rule, why), article)));
        if !faults.is_empty() {
            return Err(Rejection::Invalid(faults));
        }
        let around = Around { who, as_of, at, law: &law, entries: &entries };
        let beside = self.beside(&records, &new, &around).await?;
        let drafts = drafts(&records, new, beside, at, last + 1)?;
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
    /// of parties, under one of their `own` ids.
    pub(super) fn may_step(
        &self,
        who: &Principal,
        own: &[String],
        records: &Records,
        wanted: &str,
        act: Act,
    ) -> Result<(), Rejection> {
        let definition = records.procedure.engine.definition();
        let Some(step) = definition.steps.iter().find(|step| step.id == wanted) else {
            let fault = Fault::new(
                "case.no_step",
                format!("{} has no step {wanted}; name one that it has", definition.id),
                format!("{} 没有步骤 {wanted}；请选择已有步骤", definition.label.zh),
            );
            return Err(fault.at("/step").into());
        };
        let frame = envelope(&records.opening)?;
        let door = Door::new(&records.pack, day(self.clock().now()));
        let is_allowed =
            |permission: &str| door.authorize(who, permission, target(&records.opening, &frame));
        if matches!(act, Act::Approved | Act::Returned) {
            let entries = records.entries()?;
            let course = procedure::Course::of(&records.procedure.engine, &entries);
            let number = records.procedure.engine.step(&step.id);
            let pending = course.pending.iter().find(|pending| Some(pending.step) == number);
            let needed = pending.and_then(|pending| step.approvals.get(pending.approved));
            // What is not there is said by the course.
            return needed.map_or(Ok(()), |permission| is_allowed(permission));
        }
        let opened = records.said_at_opening()?;
        let mut denied = None;
        for one in &step.who {
            match one {
                Who::Permission(permission) => match is_allowed(permission) {
                    Ok(()) => return Ok(()),
                    Err(error) => denied = Some(error),
                },
                Who::Party(role) => {
                    let is_party = |id: &str| own.iter().any(|own| own == id);
                    let mut subjects = frame.subjects.iter();
                    let named = subjects.any(|s| s.role == *role && is_party(s.id.as_ref()));
                    let mut forms = records.steps.iter().rev();
                    let by_form = forms.find_map(|step| step.form.get(role)?.as_str());
                    // As a laboratory is by the order to sample.
                    let by_opening = || opened.get(role).and_then(Value::as_str);
                    if named || by_form.or_else(by_opening).is_some_and(is_party) {
                        return Ok(());
                    }
                }
                Who::Program if who.account == Principal::program().account => return Ok(()),
                Who::Program => {}
            }
        }
        Err(denied.unwrap_or_else(|| not_yours(records, &step.who)))
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
        let opened = match new.opens {
            Opens::Made => None,
            Opens::Written(_) | Opens::There(_) => records.opened_kind(&new.step),
        };
        let form = records.procedure.form(&new.step);
        let fields = form.map(|form| form.fields.as_slice()).unwrap_or_default();
        // What the step asks for to make the record of another case, that record says where it is
        // given.
        let is_given = |fault: &rules::schema::Fault| {
            let Some(kind) = opened.filter(|_| fault.code() == "rules.member_missing") else {
                return false;
            };
            let has = |name: &str| kind.field(name).is_some();
            match fault.pointer.strip_prefix("/personal") {
                Some("") => {
                    let mut personal = fields.iter().filter(|f| f.personal && f.required);
                    personal.all(|field| has(&field.name))
                }
                _ => fault.pointer.rsplit('/').next().is_some_and(has),
            }
        };
        faults.into_iter().filter(|fault| !is_given(fault)).map(Fault::from).collect()
    }
}

/// Why a step is refused, with the article by which it is taken.
fn refused(why: WhyNotView, law: Option<&str>) -> Fault {
    let Words { mut zh, mut en } = why.says;
    if let Some(law) = law {
        zh.push_str(&format!("（依据：{law}）"));
        en.push_str(&format!(" (law: {law})"));
    }
    Fault::new(why.code, en, zh).at("/step")
}

/// That a step is for others to take, and for whom.
fn not_yours(records: &Records, who: &[Who]) -> Rejection {
    let whose = who.iter().map(|one| match one {
        Who::Program => {
            ("系统（期限届满时）".to_owned(), "the program when a term ends".to_owned())
        }
        Who::Party(role) | Who::Permission(role) => {
            let label = records.pack.subject_role(role).map(|role| &role.label);
            label.map_or_else(|| (role.clone(), role.clone()), |l| (l.zh.clone(), l.en.clone()))
        }
    });
    let (zh, en): (Vec<String>, Vec<String>) = whose.unzip();
    Rejection::Denied(Fault::new(
        "case.not_yours",
        format!("this step is taken by others: {}; leave it to them", en.join(", ")),
        format!("此步骤由{}办理；请由其办理", zh.join("、")),
    ))
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
    beside: Beside,
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
    let written = beside.writes.as_ref().or(beside.amends.as_ref());
    if let Some(written) = written.and_then(|draft| draft.id) {
        say("record", written.to_string().into());
    }
    if let Some(opened) = beside.opened {
        say("opened_case", opened.to_string().into());
    }
    let written = beside.amends.into_iter().chain(beside.writes);
    let mut drafts: Vec<Draft> = written.chain(beside.opens).collect();
    let named = |role: &str, id: SubjectId| Subject { role: role.to_owned(), id };
    let mut subjects = vec![named("case", subject(records.id)?)];
    if let Some(opened) = beside.opened {
        subjects.push(named("opened", subject(opened)?));
    }
    subjects.extend(new.officers.into_iter().map(|id| named("officer", id)));
    let personal = (!new.personal.is_empty()).then(|| {
        let person = person_of(records);
        let text = Value::Object(new.personal).to_string();
        let fields = Map::from_iter([("personal_form".to_owned(), text.into())]);
        PersonalPart { person, fields }
    });
    drafts.push(Draft {
        id: new.id,
        kind: system_kind::CASE_STEP.to_owned(),
        subjects,
        office: records.office_on(day(at))?,
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

/// Of whom a case speaks; what is said of them later goes with what was said before.
pub(super) fn person_of(records: &Records) -> String {
    let person = records.opening.personal.first();
    person.map_or_else(|| format!("case/{}", records.id), |part| pseudonym(&part.person).to_owned())
}
