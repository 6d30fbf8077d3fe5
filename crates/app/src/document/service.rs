//! The service 送达 of a sealed document.
//!
//! A service is a record: how, on which day by law, where, by whom, or why it failed. Where the document's
//! template names steps by which it is served, the service goes with such a step: one that was taken
//! already, or one that is taken now with what the service says, so that the terms of the case start. One
//! that succeeded is followed by no other; one that failed, or that is still waiting for a public notice to
//! run out, is.

use clock::Date;
use model::{Draft, PersonalPart, RecordId, Subject, SubjectId, system_kind};
use pack::{Field, FieldType};
use procedure::Act;
use serde::Serialize;
use serde_json::{Map, Value};
use store::Stored;
use store::readings::AsOf;
use utoipa::ToSchema;

use super::write::person_of;
use super::{Current, MOST, SERVE, State};
use crate::case::{NewStep, Records, Words, subject};
use crate::door::Principal;
use crate::fault::{Fault, Rejection};
use crate::intake::Receipt;
use crate::people::audit::in_name_of;
use crate::reading::{When, envelope};
use crate::system::System;
use crate::time::day;

/// The list of ways.
const WAYS: &str = "service-way";
/// The way that counts as served when its time has run out.
const PUBLIC_NOTICE: &str = "public-notice";
/// The way that takes consent.
const ELECTRONIC: &str = "electronic";
/// Outcomes, codes of the list `service-outcome`.
const SERVED: &str = "served";
const ANNOUNCED: &str = "announced";
const FAILED: &str = "failed";

/// A service that somebody records.
#[derive(Debug, Clone)]
pub struct NewService {
    /// How, a code of the list `service-way`.
    pub way: String,
    /// When it was handed over, sent, posted up or announced.
    pub tried_on: Date,
    /// The day of service by law: of a letter the day on its receipt; not yet where it was announced.
    pub served_on: Option<Date>,
    /// Where, or in what it was announced.
    pub place: String,
    /// When the addressee agreed to be served electronically.
    pub consent_on: Option<Date>,
    /// Why it failed; empty where it did not.
    pub failure: String,
    /// Who signed or witnessed.
    pub recipient: String,
    /// The officers who served it.
    pub officers: Vec<SubjectId>,
}

/// A service of a document.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ServiceView {
    /// Its record.
    #[schema(value_type = String)]
    pub record: RecordId,
    /// Which attempt it was.
    pub attempt: u64,
    /// How.
    pub way: String,
    /// The name of the way.
    pub way_label: Words,
    /// `served`, `announced` or `failed`.
    pub outcome: String,
    /// The name of the outcome.
    pub outcome_label: Words,
    /// When it was handed over, sent, posted up or announced.
    pub tried_on: String,
    /// The day of service by law.
    pub served_on: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// Why it failed.
    pub failure: Option<String>,
    /// The step of the case that it goes with.
    pub step: Option<String>,
}

impl ServiceView {
    /// Whether the document came to its addressee, or was announced to it.
    pub(crate) fn reached(&self) -> bool {
        self.outcome != FAILED
    }
}

impl System {
    /// Records that a document was served, or that it could not be.
    ///
    /// # Errors
    /// No such document; no permission; one that is not sealed, or served already; days that do not fit;
    /// a step of the case that cannot be taken.
    pub async fn serve_document(
        &self,
        who: &Principal,
        case: RecordId,
        id: RecordId,
        new: NewService,
    ) -> Result<(Receipt, RecordId), Rejection> {
        let (records, current, _) = self.to_change(who, case, id, None).await?;
        self.may_of_case(who, &records, SERVE)?;
        if current.state != State::Sealed {
            return Err(Rejection::Conflict(Fault::new(
                "document.not_sealed",
                "only a document that is sealed and not void is served; seal it, or draw up another",
                "只有已用印且未作废的文书可以送达；请先用印，或重新制作",
            )));
        }
        let faults = self.service_faults(&records, &current, &new);
        if !faults.is_empty() {
            return Err(Rejection::Invalid(faults));
        }
        let size = self.reader().size().await?;
        let as_of = self.as_of(When { valid: None, known: Some(size) }).await?;
        let before = self.services_of(id, as_of).await?;
        if let Some(done) = before.iter().find(|service| service.outcome == SERVED) {
            let on = done.served_on.clone().unwrap_or_default();
            return Err(Rejection::Conflict(Fault::new(
                "document.served",
                format!(
                    "it was served on {on}: look at that service; void the document if it is wrong"
                ),
                format!("该文书已于 {on} 送达；请查看送达记录，送达有误的请作废文书后重新制作"),
            )));
        }
        let outcome = match (new.failure.trim().is_empty(), new.way.as_str()) {
            (false, _) => FAILED,
            (true, PUBLIC_NOTICE) if new.served_on.is_none() => ANNOUNCED,
            _ => SERVED,
        };
        let step = match outcome {
            FAILED => None,
            _ => self.step_of_service(who, &records, &current, &new, &before).await?,
        };
        let _rights = self.rights(who).await;
        let attempt = before.iter().map(|service| service.attempt).max().unwrap_or(0) + 1;
        let draft = self.service_draft(&records, &current, &new, outcome, attempt, step)?;
        let record = RecordId::new(self.clock().now(), &crate::keys::random());
        let draft = Draft { id: Some(record), ..draft };
        let written = self.append_own(&in_name_of(who), vec![draft], None).await;
        let mut receipts = match written {
            Err(Rejection::Conflict(fault)) if fault.code == "record.not_unique" => {
                return Err(Rejection::Conflict(Fault::new(
                    "document.moved_on",
                    "somebody recorded a service of it meanwhile; look again",
                    "他人已登记此文书的送达；请刷新后重试",
                )));
            }
            other => other?,
        };
        let receipt = receipts
            .pop()
            .ok_or_else(|| store::Error::Unavailable { reason: "no answer".into() })?;
        Ok((receipt, record))
    }

    fn service_faults(&self, records: &Records, current: &Current, new: &NewService) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut add = |code, pointer: &str, en: &str, zh: &str| {
            faults.push(Fault::new(code, en, zh).at(pointer));
        };
        let today = day(self.clock().now());
        if !records.pack.list(WAYS).is_some_and(|list| list.has(&new.way, new.tried_on)) {
            add(
                "service.way",
                "/way",
                "this is no way of service; choose one of the list service-way",
                "没有此送达方式；请从送达方式列表中选择",
            );
        }
        let sealed: Option<Date> = current.said("sealed_on").and_then(|day| day.parse().ok());
        if new.tried_on > today || new.served_on.is_some_and(|on| on > today) {
            add(
                "service.future",
                "/tried_on",
                "a service cannot lie in the future; give the day on which it was",
                "送达日期不能晚于今天；请填写实际日期",
            );
        }
        if sealed.is_some_and(|sealed| new.tried_on < sealed) {
            add(
                "service.before",
                "/tried_on",
                "it lies before the document was sealed; give a later day",
                "送出日期早于文书用印日期；请更正",
            );
        }
        if new.served_on.is_some_and(|on| on < new.tried_on) {
            add(
                "service.order",
                "/served_on",
                "it was served before it was sent; correct one of the days",
                "送达日期早于送出日期；请更正",
            );
        }
        let is_failed = !new.failure.trim().is_empty();
        if is_failed && new.served_on.is_some() {
            add(
                "service.failed",
                "/served_on",
                "what failed has no day of service; take it out, or the reason",
                "未能送达的不填写送达日期；请删除日期或者原因",
            );
        }
        if !is_failed && new.served_on.is_none() && new.way != PUBLIC_NOTICE {
            add(
                "service.day",
                "/served_on",
                "the day of service is missing: of a letter the day on its receipt; give it, or why it failed",
                "缺少送达日期（邮寄以回执上注明的收件日期为准）；请填写，未能送达的填写原因",
            );
        }
        if new.way == ELECTRONIC && !is_failed {
            match new.consent_on {
                None => add(
                    "service.consent",
                    "/consent_on",
                    "nobody is served electronically without consent; give the day of the consent",
                    "电子送达须经受送达人同意；请填写同意日期",
                ),
                Some(on) if on > new.tried_on => add(
                    "service.consent",
                    "/consent_on",
                    "the consent came after it was sent; serve it in another way",
                    "同意日期晚于送出日期；请以其他方式送达",
                ),
                Some(_) => {}
            }
        }
        faults
    }

    /// The step of the case that a service goes with: one that was taken and goes with no other, or one
    /// that is taken now.
    async fn step_of_service(
        &self,
        who: &Principal,
        records: &Records,
        current: &Current,
        new: &NewService,
        before: &[ServiceView],
    ) -> Result<Option<RecordId>, Rejection> {
        let template = current.said("template").and_then(|id| records.pack.document(id));
        let steps = template.map(|template| template.served_by.as_slice()).unwrap_or_default();
        if steps.is_empty() {
            return Ok(None);
        }
        let by_law = new.served_on.unwrap_or(new.tried_on).to_string();
        let mut taken = records.steps.iter().filter(|step| {
            steps.contains(&step.step)
                && step.act == Act::Done
                && step.stored.position > current.stored.position
                && !before.iter().any(|s| s.step.as_deref() == Some(&*step.stored.id.to_string()))
        });
        // The last: the ones before were of documents that are void by now.
        if let Some(step) = taken.next_back() {
            let form = records.procedure.form(&step.step);
            let fields = form.map(|form| form.fields.as_slice()).unwrap_or_default();
            let days = fields.iter().filter(|field| field.field_type == FieldType::Date);
            let mut days = days.filter_map(|field| step.form.get(&field.name)?.as_str());
            if let Some(other) = days.next().filter(|said| *said != by_law) {
                return Err(Fault::new(
                    "service.other_day",
                    format!(
                        "step {} of the case says that it was served on {other}; give that day, or correct \
                         the step",
                        step.number
                    ),
                    format!("办理步骤第 {} 步记载的送达日期为 {other}；请保持一致", step.number),
                )
                .at("/served_on")
                .into());
            }
            return Ok(Some(step.stored.id));
        }
        let forms = steps
            .iter()
            .filter_map(|step| Some((step, records.procedure.form(step)?.fields.as_slice())));
        let takes_way = |fields: &[Field]| {
            fields.iter().any(|f| matches!(&f.field_type, FieldType::Code { list } if list == WAYS))
        };
        let is_notice = new.way == PUBLIC_NOTICE;
        let mut fitting = forms.filter(|(_, fields)| takes_way(fields) != is_notice);
        let Some((step, fields)) = fitting.next() else { return Ok(None) };
        let (mut form, mut personal) = (Map::new(), Map::new());
        for field in fields {
            let value: Value = match &field.field_type {
                FieldType::Code { list } if list == WAYS => new.way.as_str().into(),
                FieldType::Date => by_law.as_str().into(),
                FieldType::Text { .. } if field.personal && !new.recipient.trim().is_empty() => {
                    personal.insert(field.name.clone(), new.recipient.trim().into());
                    continue;
                }
                FieldType::Text { .. } if !field.personal && !new.place.trim().is_empty() => {
                    new.place.trim().into()
                }
                _ => continue,
            };
            form.insert(field.name.clone(), value);
        }
        let step =
            NewStep { officers: new.officers.clone(), personal, ..NewStep::done(step, form) };
        let taken = self.take_step(who, records.id, step).await?;
        Ok(Some(taken.receipt.id))
    }

    fn service_draft(
        &self,
        records: &Records,
        current: &Current,
        new: &NewService,
        outcome: &str,
        attempt: u64,
        step: Option<RecordId>,
    ) -> Result<Draft, Rejection> {
        let frame = envelope(&records.opening)?;
        let mut open = Map::new();
        let mut say = |name: &str, value: Value| open.insert(name.to_owned(), value);
        say("document", current.id.to_string().into());
        say("attempt", attempt.into());
        say("title", current.said("title").unwrap_or_default().into());
        say("way", new.way.as_str().into());
        say("outcome", outcome.into());
        say("tried_on", new.tried_on.to_string().into());
        let text = |text: &str, most| -> Option<Value> {
            let text: String = text.chars().filter(|c| !c.is_control()).take(most).collect();
            let text = text.trim();
            (!text.is_empty()).then(|| text.into())
        };
        let optional = [
            ("number", current.said("number").map(Value::from)),
            ("served_on", new.served_on.map(|on| on.to_string().into())),
            ("consent_on", new.consent_on.map(|on| on.to_string().into())),
            ("place", text(&new.place, 300)),
            ("failure", text(&new.failure, 2_000)),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                say(name, value);
            }
        }
        let named = |role: &str, id: SubjectId| Subject { role: role.to_owned(), id };
        let mut subjects = vec![
            named("case", subject(records.id)?),
            named("served_document", subject(current.id)?),
        ];
        if let Some(step) = step {
            subjects.push(named("step_record", subject(step)?));
        }
        let addressee = current.subject("addressee")?;
        if let Some(addressee) = addressee.and_then(|id| id.parse().ok()) {
            subjects.push(named("addressee", addressee));
        }
        subjects.extend(new.officers.iter().cloned().map(|id| named("officer", id)));
        let personal = text(&new.recipient, 200).map(|recipient| PersonalPart {
            person: person_of(records),
            fields: Map::from_iter([("recipient".to_owned(), recipient)]),
        });
        Ok(Draft {
            id: None,
            kind: system_kind::SERVICE.to_owned(),
            subjects,
            office: records.office_on(day(self.clock().now()))?,
            region: frame.region.clone().into_owned(),
            valid_at: self.clock().now(),
            source: "zhiheng".to_owned(),
            open,
            personal: personal.into_iter().collect(),
            corrects: None,
            withdraws: None,
        })
    }

    /// The services of a document, the first attempt first.
    pub(crate) async fn services_of(
        &self,
        document: RecordId,
        as_of: AsOf,
    ) -> Result<Vec<ServiceView>, Rejection> {
        let (subject, kinds) = (subject(document)?, [system_kind::SERVICE]);
        let stored = self.records_of(subject.as_str(), &kinds, as_of, MOST).await?;
        let found = stored.iter().map(|stored| self.service(stored));
        let mut found = found.collect::<Result<Vec<_>, _>>()?;
        found.sort_by_key(|service| service.attempt);
        Ok(found)
    }

    fn service(&self, stored: &Stored) -> Result<ServiceView, Rejection> {
        let open: Map<String, Value> = serde_json::from_slice(&stored.open).map_err(|_| {
            store::Error::Damaged { what: format!("the service at position {}", stored.position) }
        })?;
        let said = |name: &str| open.get(name).and_then(Value::as_str).map(str::to_owned);
        let pack = self.pack();
        let on = stored.valid_at.day_in_china();
        let label = |list: &str, code: &str| {
            let found = pack.list(list).and_then(|list| list.get(code, on));
            let plain = || Words { zh: code.to_owned(), en: code.to_owned() };
            found.map_or_else(plain, |found| (&found.label).into())
        };
        let frame = envelope(stored)?;
        let step = frame.subjects.iter().find(|named| named.role == "step_record");
        let step = step.and_then(|named| named.id.strip_prefix("record:")).map(str::to_owned);
        let (way, outcome) = (said("way").unwrap_or_default(), said("outcome").unwrap_or_default());
        Ok(ServiceView {
            record: stored.id,
            attempt: open.get("attempt").and_then(Value::as_u64).unwrap_or(0),
            way_label: label(WAYS, &way),
            outcome_label: label("service-outcome", &outcome),
            way,
            outcome,
            tried_on: said("tried_on").unwrap_or_default(),
            served_on: said("served_on"),
            place: said("place"),
            failure: said("failure"),
            step,
        })
    }
}
