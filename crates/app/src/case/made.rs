//! The records that come with a step: the one that it writes, and the one that opens a case under it.
//!
//! A step asks for what such a record says, so that nobody fills it in twice: a field or role of the
//! record holds what the step says under the same name or under that which the pack names (`fill`),
//! else what was last said in the case, else what the record that opened the case says. They are written when the step takes effect: a step that
//! waits for approval has written nothing yet.

use model::{Draft, PersonalPart, RecordId, Subject, Timestamp};
use pack::{Field, FieldType, Fill, Kind, LawOn, StepForm};
use procedure::{Act, Case, Entry, Step as Rule};
use serde_json::{Map, Value};
use store::readings::AsOf;

use super::step::{NewStep, person_of};
use super::{Records, Step, damaged};
use crate::door::Principal;
use crate::fault::{Fault, Rejection};
use crate::reading::envelope;
use crate::system::System;
use crate::time::day;

/// The record with which a step opens a case under its own.
#[derive(Debug, Clone, Default)]
pub enum Opens {
    /// It is made of what the step and the case say, where the step opens a case at all.
    #[default]
    Made,
    /// This one is written with the step.
    Written(Box<Draft>),
    /// It is there already, as what a party sent by itself.
    There(RecordId),
}

/// What is written with a step beside its own record.
#[derive(Debug, Default)]
pub(super) struct Beside {
    /// The correction of a record that the case wrote before.
    pub(super) amends: Option<Draft>,
    /// The record that the step writes.
    pub(super) writes: Option<Draft>,
    /// The record that opens a case under this one, if it is not there yet.
    pub(super) opens: Option<Draft>,
    /// Its id.
    pub(super) opened: Option<RecordId>,
}

/// What a step is checked and filled in against.
pub(super) struct Around<'a> {
    pub(super) who: &'a Principal,
    pub(super) as_of: AsOf,
    pub(super) at: Timestamp,
    /// The law of the case.
    pub(super) law: &'a LawOn<'a>,
    /// What the case was until then.
    pub(super) entries: &'a [Entry],
}

/// What a step and its case say when it takes effect.
struct Said<'a> {
    records: &'a Records,
    around: &'a Around<'a>,
    rule: &'a Rule,
    rules: &'a StepForm,
    act: Act,
    form: &'a Map<String, Value>,
    personal: &'a Map<String, Value>,
    opening: Map<String, Value>,
    /// Roles of the opening record, each with the ids in it.
    roles: Vec<(String, String)>,
}

impl System {
    /// What is written with a step beside its own record, as it was given or as the case makes it.
    ///
    /// # Errors
    /// A record that does not fit the step; a fault of the store.
    pub(super) async fn beside(
        &self,
        records: &Records,
        new: &NewStep,
        around: &Around<'_>,
    ) -> Result<Beside, Rejection> {
        let definition = records.procedure.engine.definition();
        let rule = definition.steps.iter().find(|step| step.id == new.step);
        let form = records.procedure.form(&new.step);
        let (Some(rule), Some(rules)) = (rule, form) else { return Ok(Beside::default()) };
        let nothing = Map::new();
        let (form, personal) = match effect(records, rule, new) {
            Effect::None => {
                return match (&new.writes, &new.opens) {
                    (None, Opens::Made) => Ok(Beside::default()),
                    _ => Err(too_early().into()),
                };
            }
            Effect::Now => (&new.form, &new.personal),
            Effect::Of(step) => (&step.form, &nothing),
        };
        let frame = envelope(&records.opening)?;
        let role = |subject: &model::EnvelopeSubject<'_>| {
            (subject.role.clone().into_owned(), subject.id.clone().into_owned())
        };
        let said = Said {
            records,
            around,
            rule,
            rules,
            act: new.act,
            form,
            personal,
            opening: serde_json::from_slice(&records.opening.open)
                .map_err(|_| damaged(&records.opening))?,
            roles: frame.subjects.iter().map(role).collect(),
        };
        let mut beside = Beside::default();
        if let Some(kind) = rules.amends.as_deref() {
            beside.amends = Some(self.amended(&said, kind).await?);
        }
        beside.writes = match (&new.writes, rules.writes.as_deref()) {
            (None, None) => None,
            (Some(draft), Some(kind)) if draft.kind == kind => {
                Some(with_id(draft.clone(), around.at))
            }
            (None, Some(kind)) => Some(made(&said, kind)?),
            (Some(_), Some(kind)) => return Err(other_kind(kind, "/writes").into()),
            (Some(_), None) => return Err(none_wanted("/writes").into()),
        };
        let kind = records.opened_kind(&rule.id).map(|kind| &kind.id);
        match (&new.opens, kind) {
            (Opens::Made, None) => {}
            (Opens::Made, Some(kind)) => beside.opens = Some(made(&said, kind)?),
            (Opens::Written(draft), Some(kind)) if draft.kind == *kind => {
                beside.opens = Some(with_id((**draft).clone(), around.at));
            }
            (Opens::There(id), Some(kind)) => {
                if self.stored(around.who, *id).await?.kind != *kind {
                    return Err(other_kind(kind, "/opens").into());
                }
                if records.under.iter().any(|under| under.case == *id) || records.id == *id {
                    return Err(there_already().into());
                }
                beside.opened = Some(*id);
            }
            (Opens::Written(_), Some(kind)) => return Err(other_kind(kind, "/opens").into()),
            (_, None) => return Err(none_wanted("/opens").into()),
        }
        if let Some(draft) = &beside.opens {
            beside.opened = draft.id;
        }
        Ok(beside)
    }

    /// The correction of the record of a kind that a case wrote last.
    async fn amended(&self, said: &Said<'_>, kind: &str) -> Result<Draft, Rejection> {
        let (records, around) = (said.records, said.around);
        let mut head = None;
        let written = records.steps.iter().rev().filter_map(|step| step.record.as_deref());
        for id in written.filter_map(|id| id.parse().ok()) {
            match self.reader().record(id).await? {
                Some(record) if record.kind == kind => {
                    head = self.as_corrected(record, around.as_of).await?;
                    break;
                }
                _ => {}
            }
        }
        let head = head.ok_or_else(|| none_to_amend(kind))?;
        let frame = envelope(&head)?;
        let mut open: Map<String, Value> =
            serde_json::from_slice(&head.open).map_err(|_| damaged(&head))?;
        let fields = records.pack.kind(kind).map(|kind| kind.fields.as_slice());
        for field in fields.unwrap_or_default().iter().filter(|field| !field.personal) {
            let name = &field.name;
            match said.fill_of(name) {
                Some(Fill::Nothing) => {
                    open.remove(name);
                }
                Some(fill) => {
                    if let Some(value) = said.filled(name, fill) {
                        open.insert(name.clone(), value);
                    }
                }
                None => {
                    if let Some(value) = said.form.get(name).filter(|value| !value.is_null()) {
                        open.insert(name.clone(), value.clone());
                    }
                }
            }
        }
        let subjects = frame.subjects.iter().map(|subject| {
            let id = subject.id.as_ref().parse().map_err(Fault::from)?;
            Ok(Subject { role: subject.role.clone().into_owned(), id })
        });
        let draft = Draft {
            id: None,
            kind: head.kind.clone(),
            subjects: subjects.collect::<Result<_, Fault>>()?,
            office: frame.office.as_deref().map(str::to_owned),
            region: frame.region.clone().into_owned(),
            valid_at: head.valid_at,
            source: SOURCE.to_owned(),
            open,
            personal: Vec::new(),
            corrects: Some(head.id),
            withdraws: None,
        };
        Ok(with_id(draft, around.at))
    }
}

/// What the program names as the source of what it writes.
const SOURCE: &str = "zhiheng";

impl Said<'_> {
    /// What the step says under a name, else the case before it. A field of that name that holds
    /// something else, such as a code of another list, says nothing of it.
    fn find(&self, name: &str, holds: Option<&FieldType>) -> Option<Value> {
        let is_like = |field: &Field| {
            field.name == name
                && !field.personal
                && holds.is_none_or(|h| same(h, &field.field_type))
        };
        let is_asked = self.rules.fields.iter().any(is_like);
        if is_asked {
            // What the step asks for and is left out, is not to be said.
            return self.form.get(name).filter(|value| !value.is_null()).cloned();
        }
        let procedure = &self.records.procedure;
        let steps = self.records.steps.iter().rev().filter(|step| step.act != Act::Returned);
        let mut said = steps.filter_map(|step| {
            let form = procedure.form(&step.step)?;
            form.fields.iter().any(is_like).then(|| step.form.get(name))?
        });
        let opening = || {
            let kind = self.records.pack.kind(&self.records.opening.kind)?;
            kind.fields.iter().any(is_like).then(|| self.opening.get(name))?
        };
        said.next().or_else(opening).filter(|value| !value.is_null()).cloned()
    }

    /// As [`find`](Self::find), else who stands in a role of the opening record.
    fn of_role(&self, role: &str) -> Option<Value> {
        let named = self.roles.iter().filter(|(of, _)| of == role);
        let ids: Vec<Value> = named.map(|(_, id)| id.as_str().into()).collect();
        self.find(role, None).or_else(|| (!ids.is_empty()).then_some(Value::Array(ids)))
    }

    /// What the pack fills into a field or role. What the step itself is asked for under that name
    /// goes before it.
    fn fill_of(&self, name: &str) -> Option<&Fill> {
        let found = self.rules.fill.iter().find(|(field, _)| field == name);
        found.map(|(_, fill)| fill).filter(|_| !self.form.contains_key(name))
    }

    fn filled(&self, name: &str, fill: &Fill) -> Option<Value> {
        match fill {
            Fill::Today => Some(self.around.at.day_in_china().to_string().into()),
            Fill::Text(text) => Some(text.as_str().into()),
            Fill::Of(other) => self.of_role(other),
            Fill::Due(term) => self.due(term).map(Value::from),
            Fill::Nothing => None,
            Fill::Again(suffix) => {
                let own = self.find(name, None)?;
                let steps = self.records.steps.iter();
                let before =
                    steps.filter(|step| step.step == self.rule.id && step.opened.is_some());
                Some(format!("{}-{suffix}{}", own.as_str()?, before.count() + 1).into())
            }
        }
    }

    fn say(&self, field: &Field) -> Option<Value> {
        match self.fill_of(&field.name) {
            Some(fill) => self.filled(&field.name, fill),
            None => self.find(&field.name, Some(&field.field_type)),
        }
    }

    /// The last day of a term that the step starts.
    fn due(&self, term: &str) -> Option<String> {
        let engine = &*self.records.procedure.engine;
        let mut entries = self.around.entries.to_vec();
        entries.push(Entry {
            step: engine.step(&self.rule.id)?,
            act: self.act,
            at: self.around.at,
            by: self.around.who.account.as_str().into(),
            values: self.records.procedure.step_values(&self.rule.id, self.form),
        });
        let case = Case::of(engine, &entries, self.around.law);
        let is_of =
            |run: &&procedure::Run| engine.term_at(run.term).is_some_and(|rule| rule.id == term);
        let run = case.runs.iter().rev().find(is_of)?;
        Some(case.ending(run).ok()?.due.end.date().to_string())
    }
}

/// When what a step writes is written.
enum Effect<'a> {
    /// Not with this.
    None,
    /// With this, and it says what.
    Now,
    /// With this; what was drawn up then says what.
    Of(&'a Step),
}

fn effect<'a>(records: &'a Records, rule: &Rule, new: &NewStep) -> Effect<'a> {
    match new.act {
        Act::Done => Effect::Now,
        Act::Proposed | Act::Returned => Effect::None,
        Act::Approved => {
            let mut before = records.steps.iter().rev().filter(|step| step.step == new.step);
            let agreed = before.by_ref().take_while(|step| step.act == Act::Approved).count();
            let mut all = records.steps.iter().rev().filter(|step| step.step == new.step);
            match all.nth(agreed).filter(|step| step.act == Act::Proposed) {
                Some(step) if agreed + 1 == rule.approvals.len() => Effect::Of(step),
                _ => Effect::None,
            }
        }
    }
}

fn with_id(mut draft: Draft, at: Timestamp) -> Draft {
    draft.id.get_or_insert_with(|| RecordId::new(at, &crate::keys::random()));
    draft
}

/// Whether what one field holds can stand in another as it is.
fn same(one: &FieldType, other: &FieldType) -> bool {
    match (one, other) {
        (FieldType::Text { .. }, FieldType::Text { .. }) => true,
        (FieldType::Table { .. }, FieldType::Table { .. }) => true,
        (one, other) => one == other,
    }
}

/// The record of a kind that a step makes.
fn made(said: &Said<'_>, kind: &str) -> Result<Draft, Rejection> {
    let records = said.records;
    let Some(kind) = records.pack.kind(kind) else { return Err(other_kind(kind, "/step").into()) };
    let (mut open, mut personal) = (Map::new(), Map::new());
    for field in &kind.fields {
        let (value, part) = match field.personal {
            true => (said.personal.get(&field.name).cloned(), &mut personal),
            false => (said.say(field), &mut open),
        };
        if let Some(value) = value {
            part.insert(field.name.clone(), value);
        }
    }
    let mut subjects = Vec::new();
    for role in kind.subjects.iter().map(|subject| &subject.role) {
        let named = |id: &Value| {
            let id = id.as_str()?.parse().ok()?;
            Some(Subject { role: role.clone(), id })
        };
        let filled = said.fill_of(role).and_then(|fill| said.filled(role, fill));
        match filled.or_else(|| said.of_role(role)) {
            Some(Value::Array(several)) => subjects.extend(several.iter().filter_map(named)),
            Some(one) => subjects.extend(named(&one)),
            None => {}
        }
    }
    let frame = envelope(&records.opening)?;
    let person = || PersonalPart { person: person_of(records), fields: personal.clone() };
    let draft = Draft {
        id: None,
        kind: kind.id.clone(),
        subjects,
        office: records.office_on(day(said.around.at))?,
        region: frame.region.clone().into_owned(),
        valid_at: said.around.at,
        source: SOURCE.to_owned(),
        open,
        personal: if personal.is_empty() { Vec::new() } else { vec![person()] },
        corrects: None,
        withdraws: None,
    };
    match missing(kind, &draft) {
        faults if faults.is_empty() => Ok(with_id(draft, said.around.at)),
        faults => Err(Rejection::Invalid(faults)),
    }
}

/// What a record must say and neither the step nor the case does.
fn missing(kind: &Kind, draft: &Draft) -> Vec<Fault> {
    let is_said = |field: &pack::Field| match field.personal {
        true => draft.personal.iter().any(|part| part.fields.contains_key(&field.name)),
        false => draft.open.contains_key(&field.name),
    };
    let fields = kind.fields.iter().filter(|field| field.required && !is_said(field));
    let tell = |field: &pack::Field| {
        Fault::new(
            "case.made",
            format!(
                "with this step a record {} is written, and nothing says its \"{}\"; say it, or send the record",
                kind.label.en, field.label.en
            ),
            format!(
                "此步骤同时形成“{}”记录，但缺少“{}”；请填写，或直接提交该记录",
                kind.label.zh, field.label.zh
            ),
        )
        .at(format!("/form/{}", field.name))
    };
    fields.map(tell).collect()
}

fn other_kind(kind: &str, at: &str) -> Fault {
    Fault::new(
        "case.writes",
        format!("with this step comes a record of the kind {kind}; send one of that kind"),
        format!("此步骤须形成 {kind} 记录；请提交该类记录"),
    )
    .at(at)
}

fn none_wanted(at: &str) -> Fault {
    Fault::new(
        "case.writes",
        "no such record comes with this step; take it out",
        "此步骤不形成该记录；请删除",
    )
    .at(at)
}

fn too_early() -> Fault {
    Fault::new(
        "case.writes",
        "what the step writes is written when it takes effect; send it then",
        "须经审批后才形成记录；请在审批通过时提交",
    )
    .at("/writes")
}

fn none_to_amend(kind: &str) -> Fault {
    Fault::new(
        "case.amends",
        format!("the case has written no {kind} that counts, so none can be changed; take the step that writes it first"),
        format!("本案没有有效的 {kind} 记录可更正；请先办理形成该记录的步骤"),
    )
    .at("/step")
}

fn there_already() -> Fault {
    Fault::new(
        "case.opened",
        "the case that this record opens stands under this one already; name another",
        "该记录启动的案件已关联到本案；请选择其他记录",
    )
    .at("/opens")
}
