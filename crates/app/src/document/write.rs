//! Drawing up a document, changing its text, sealing it under a number, declaring it void.

use std::collections::HashMap;

use model::{Digest, Draft, PersonalPart, RecordId, Subject, SubjectId, system_kind};
use procedure::Case;
use serde_json::{Map, Value};

use super::compose::{Made, Maker};
use super::number::{number, serial, series, short_name};
use super::paper::{BLANK, DATE, NUMBER, Paper, Personal};
use super::{Current, SEAL, State, words};
use crate::case::{Records, Step, subject};
use crate::door::Principal;
use crate::fault::{Fault, Rejection};
use crate::intake::Receipt;
use crate::people::audit::in_name_of;
use crate::people::vault::pseudonym;
use crate::reading::{When, envelope};
use crate::system::System;
use crate::time::day;

/// How many numbers are tried where others were given beside this process.
const MOST_TRIES: u64 = 1_000;
/// The most characters of a reason.
const LONGEST_REASON: usize = 2_000;

/// A document that somebody wants to draw up.
#[derive(Debug, Clone)]
pub struct NewDocument {
    /// The id of its record, where the sender made it: sent again, it is recognised.
    pub id: Option<RecordId>,
    /// The number of the step in the case.
    pub step: u64,
}

/// A version of a document that was stored.
#[derive(Debug, Clone)]
pub struct Drawn {
    /// The receipt of its record.
    pub receipt: Receipt,
    /// The document.
    pub document: RecordId,
    /// Its version.
    pub version: u64,
    /// The number that it bears.
    pub number: Option<String>,
    /// What it names and nobody has said, as places of the template.
    pub missing: Vec<String>,
}

/// What a version is made of.
struct Version<'a> {
    paper: &'a Paper,
    personal: Personal,
    /// What the open part says beside the text.
    open: Map<String, Value>,
    subjects: Vec<Subject>,
    id: RecordId,
    corrects: Option<RecordId>,
}

impl System {
    /// Draws up the document of a step.
    ///
    /// # Errors
    /// No such case or step, or none that makes a document; no permission; a document of the step that is
    /// not void; a fault of the store.
    pub async fn draw_up(
        &self,
        who: &Principal,
        case: RecordId,
        new: NewDocument,
    ) -> Result<Drawn, Rejection> {
        let _rights = self.rights(who).await;
        self.stored(who, case).await?;
        let size = self.reader().size().await?;
        let as_of = self.as_of(When { valid: None, known: Some(size) }).await?;
        let records = self.case_records(case, as_of).await?;
        let case = records.id;
        let (at, document) = to_make(&records, new.step)?;
        self.may_draw_up(who, &records, &records.steps[at])?;
        if let Some(id) = new.id
            && let Some(stored) = self.reader().record(id).await?
        {
            return self.replayed_document(case, &records.steps[at], Current::read(stored)?).await;
        }
        let step = records.steps[at].stored.id;
        for other in self.documents_of(case, as_of).await? {
            let same = other.subject("step_record")?.as_deref() == Some(subject(step)?.as_str());
            if same && other.state != State::Void {
                return Err(Rejection::Conflict(Fault::new(
                    "document.exists",
                    format!(
                        "the step has the document {}; change that, or declare it void",
                        other.id
                    ),
                    format!("此步骤已有文书 {}；请修改该文书，或先作废", other.id),
                )));
            }
        }
        let made = self.compose(who, &records, at, document).await?;
        let id = match new.id {
            Some(id) => id,
            None => RecordId::new(self.clock().now(), &crate::keys::random()),
        };
        let mut open = Map::new();
        let mut say = |name: &str, value: Value| open.insert(name.to_owned(), value);
        say("document", id.to_string().into());
        say("version", 1.into());
        say("state", State::Draft.word().into());
        say("template", document.id.as_str().into());
        say("title", document.label.zh.as_str().into());
        say("step", records.steps[at].step.as_str().into());
        say("edited", false.into());
        let named = |role: &str, id: SubjectId| Subject { role: role.to_owned(), id };
        let mut subjects =
            vec![named("case", subject(case)?), named("step_record", subject(step)?)];
        if let Some(addressee) = made.addressee.as_deref().and_then(|id| id.parse().ok()) {
            subjects.push(named("addressee", addressee));
        }
        for officer in officers(&records.steps[at])? {
            subjects.extend(officer.parse().ok().map(|id| named("officer", id)));
        }
        let version = Version {
            paper: &made.paper,
            personal: made.personal,
            open,
            subjects,
            id,
            corrects: None,
        };
        let receipt = self.store_version(who, &records, version).await?;
        Ok(Drawn { receipt, document: id, version: 1, number: None, missing: made.missing })
    }

    /// The same sent again.
    async fn replayed_document(
        &self,
        case: RecordId,
        step: &Step,
        first: Current,
    ) -> Result<Drawn, Rejection> {
        let is_same = first.id == first.stored.id
            && first.subject("case")?.as_deref() == Some(subject(case)?.as_str())
            && first.subject("step_record")?.as_deref() == Some(subject(step.stored.id)?.as_str());
        if !is_same {
            return Err(Rejection::Conflict(Fault::new(
                "record.id_taken",
                "another record has this id; make a new one",
                "此编号已被其他记录使用；请更换编号",
            )));
        }
        let position = first.stored.position;
        let (log, index) = self.log_place(position);
        let receipt = Receipt { id: first.id, position, log, index, known: true };
        Ok(Drawn { receipt, document: first.id, version: 1, number: None, missing: Vec::new() })
    }

    /// Puts another text into a draft: lines with their signs, as [`Paper::to_edit`] writes them.
    ///
    /// # Errors
    /// No such document; no permission; a document that is no draft or has moved on; a text that cannot
    /// be read.
    pub async fn revise_document(
        &self,
        who: &Principal,
        case: RecordId,
        id: RecordId,
        seen: Option<u64>,
        text: &str,
    ) -> Result<Drawn, Rejection> {
        let _rights = self.rights(who).await;
        let (records, current, at) = self.to_change(who, case, id, seen).await?;
        self.may_draw_up(who, &records, &records.steps[at])?;
        must_be_draft(&current)?;
        let paper = current.paper.edited(text)?;
        let personal = self.personal_of(who, &current, &paper).await?;
        let mut open = frame_of(&current);
        open.insert("edited".to_owned(), true.into());
        self.next_version(who, &records, &current, &paper, personal, open).await
    }

    /// Seals a draft: it takes the day and, where its step gives one, the next number of its series.
    ///
    /// # Errors
    /// No such document; no permission; a document that is no draft or has moved on; a step that has not
    /// taken effect.
    pub async fn seal_document(
        &self,
        who: &Principal,
        case: RecordId,
        id: RecordId,
        seen: Option<u64>,
    ) -> Result<Drawn, Rejection> {
        let _rights = self.rights(who).await;
        let (records, current, at) = self.to_change(who, case, id, seen).await?;
        self.may_of_case(who, &records, SEAL)?;
        must_be_draft(&current)?;
        if !has_effect(&records, at)? {
            return Err(Fault::new(
                "document.not_approved",
                "the step waits for approval; seal its document when it has taken effect",
                "此步骤尚在审批；生效后方可用印",
            )
            .into());
        }
        let today = day(self.clock().now());
        let frame = envelope(&records.opening)?;
        let issuer = records.office_on(today)?;
        let issuer = issuer.unwrap_or_else(|| frame.author.on_behalf_of.clone().into_owned());
        let step = &records.steps[at];
        let written = records.procedure.form(&step.step).and_then(|form| form.number.as_deref());
        let series = written.map(|written| {
            let short = short_name(&records.pack, &issuer, &frame.region, today);
            series(written, &short, today)
        });
        let template = current.said("template").and_then(|id| records.pack.document(id));
        let given = template.and_then(|template| template.numbered.as_deref());
        let given = given.and_then(|field| step.form.get(field)?.as_str());
        let mut open = frame_of(&current);
        open.insert("state".to_owned(), State::Sealed.word().into());
        open.insert("sealed_on".to_owned(), today.to_string().into());
        open.insert("issuer".to_owned(), issuer.as_str().into());
        if let Some(given) = given {
            let place = series.as_deref().and_then(|series| Some((series, serial(series, given)?)));
            let numbered = with_number(&open, place.map(|(s, n)| (s, Some(n))), given);
            match self.sealed(who, &records, &current, numbered, given, today).await {
                // Borne by another, such as one that is void: this one takes the next.
                Err(Rejection::Conflict(fault))
                    if fault.code == "record.not_unique" && series.is_some() => {}
                other => return other,
            }
        }
        let Some(series) = series else {
            return self.sealed(who, &records, &current, open, "", today).await;
        };
        let key = (issuer.clone(), series.clone());
        let mut numbers = self.numbers().0.lock().await;
        let last = match numbers.get(&key) {
            Some(last) => *last,
            None => self.last_number(&issuer, &series).await?,
        };
        for next in last + 1..=last + MOST_TRIES {
            let bears = number(&series, next);
            let numbered = with_number(&open, Some((&series, Some(next))), &bears);
            match self.sealed(who, &records, &current, numbered, &bears, today).await {
                Err(Rejection::Conflict(fault)) if fault.code == "record.not_unique" => {}
                Err(other) => return Err(other),
                Ok(drawn) => {
                    numbers.insert(key, next);
                    return Ok(drawn);
                }
            }
        }
        Err(Rejection::Conflict(Fault::new(
            "document.numbers",
            format!("{MOST_TRIES} numbers behind {last} of {series} are borne; seal it again"),
            format!("{series} 第 {last} 号之后的 {MOST_TRIES} 个文号均已使用；请重试"),
        )))
    }

    /// A draft with its number and day filled in, stored as sealed.
    async fn sealed(
        &self,
        who: &Principal,
        records: &Records,
        current: &Current,
        open: Map<String, Value>,
        bears: &str,
        on: clock::Date,
    ) -> Result<Drawn, Rejection> {
        let paper = current.paper.filled(|name| match name {
            NUMBER => Some(bears.to_owned()),
            DATE => Some(words::day(on)),
            _ => None,
        });
        let personal = self.personal_of(&in_name_of(who), current, &paper).await?;
        self.next_version(who, records, current, &paper, personal, open).await
    }

    /// Declares a document void. It keeps its number.
    ///
    /// # Errors
    /// No such document; no permission; no reason; one that is void already or has moved on.
    pub async fn void_document(
        &self,
        who: &Principal,
        case: RecordId,
        id: RecordId,
        seen: Option<u64>,
        reason: &str,
    ) -> Result<Drawn, Rejection> {
        let _rights = self.rights(who).await;
        let (records, current, _) = self.to_change(who, case, id, seen).await?;
        self.may_of_case(who, &records, SEAL)?;
        if current.state == State::Void {
            return Err(Rejection::Conflict(Fault::new(
                "document.void",
                "it is void already; draw up another",
                "文书已经作废；请重新制作",
            )));
        }
        let reason: String =
            reason.chars().filter(|c| !c.is_control()).take(LONGEST_REASON).collect();
        if reason.trim().is_empty() {
            return Err(Fault::new(
                "document.reason",
                "a document is declared void for a reason; say which",
                "作废文书须说明原因；请填写",
            )
            .at("/reason")
            .into());
        }
        let mut open = frame_of(&current);
        open.insert("state".to_owned(), State::Void.word().into());
        open.insert("void_on".to_owned(), day(self.clock().now()).to_string().into());
        open.insert("void_reason".to_owned(), reason.trim().into());
        let paper = current.paper.clone();
        let personal = self.personal_of(&in_name_of(who), &current, &paper).await?;
        self.next_version(who, &records, &current, &paper, personal, open).await
    }

    /// Keeps the rights by which somebody is let in until what they do is durable.
    pub(super) async fn rights(
        &self,
        who: &Principal,
    ) -> Option<tokio::sync::OwnedRwLockReadGuard<()>> {
        match &who.person {
            Some(_) => Some(self.people().hold().await),
            None => None,
        }
    }

    /// A document that is to be changed, its case, and the place of its step there.
    pub(super) async fn to_change(
        &self,
        who: &Principal,
        case: RecordId,
        id: RecordId,
        seen: Option<u64>,
    ) -> Result<(Records, Current, usize), Rejection> {
        self.stored(who, case).await?;
        let size = self.reader().size().await?;
        let as_of = self.as_of(When { valid: None, known: Some(size) }).await?;
        let records = self.case_records(case, as_of).await?;
        let current = self.current_document(records.id, id).await?;
        if seen.is_some_and(|seen| seen != current.version) {
            return Err(Rejection::Conflict(Fault::new(
                "document.moved_on",
                format!(
                    "somebody changed it meanwhile: it has version {}; look again",
                    current.version
                ),
                format!("他人已修改此文书，现为第 {} 版；请刷新后重试", current.version),
            )));
        }
        let of = current.subject("step_record")?;
        let at = records.steps.iter().position(|step| {
            subject(step.stored.id).is_ok_and(|id| of.as_deref() == Some(id.as_str()))
        });
        let at = at.ok_or_else(|| {
            Rejection::Conflict(Fault::new(
                "document.step_gone",
                "the step that made it was taken back; declare the document void",
                "形成此文书的步骤已被撤回；请作废文书",
            ))
        });
        match at {
            Ok(at) => Ok((records, current, at)),
            // It can still be declared void.
            Err(_) if !records.steps.is_empty() && current.state != State::Draft => {
                Ok((records, current, 0))
            }
            Err(gone) => Err(gone),
        }
    }

    /// Who may take the step may draw up its document, and who may seal it.
    pub(super) fn may_draw_up(
        &self,
        who: &Principal,
        records: &Records,
        step: &Step,
    ) -> Result<(), Rejection> {
        let denied = match self.may_of_case(who, records, SEAL) {
            Ok(()) => return Ok(()),
            Err(denied) => denied,
        };
        let steps = &records.procedure.engine.definition().steps;
        let takers = steps.iter().find(|other| other.id == step.step);
        for taker in takers.into_iter().flat_map(|step| &step.who) {
            if let procedure::Who::Permission(permission) = taker
                && self.may_of_case(who, records, permission).is_ok()
            {
                return Ok(());
            }
        }
        Err(denied)
    }

    /// What is filled in of persons in a version, of what the last one holds.
    async fn personal_of(
        &self,
        who: &Principal,
        current: &Current,
        paper: &Paper,
    ) -> Result<Personal, Rejection> {
        let needed = paper.places();
        let is_own = |name: &str| [NUMBER, DATE, BLANK].contains(&name);
        if needed.iter().all(|name| is_own(name)) {
            return Ok(Personal::new());
        }
        let program = in_name_of(who);
        let (said, _) =
            self.personal_object(&program, &current.stored, Some("personal_text")).await?;
        let texts = said.into_iter().filter_map(|(name, value)| match value {
            Value::String(text) if needed.contains(&name) => Some((name, text)),
            _ => None,
        });
        Ok(texts.collect())
    }

    async fn compose(
        &self,
        who: &Principal,
        records: &Records,
        at: usize,
        document: &pack::Document,
    ) -> Result<Made, Rejection> {
        let days = self.working_days(&records.pack)?;
        let law = self.law_of(records, &days);
        let entries = records.entries()?;
        let case = Case::of(&records.procedure.engine, &entries, &law);
        let frame = envelope(&records.opening)?;
        let roles: Vec<(String, String)> = frame
            .subjects
            .iter()
            .map(|named| (named.role.clone().into_owned(), named.id.clone().into_owned()))
            .collect();
        let officers = officers(&records.steps[at])?;
        let mut ids: Vec<String> = roles.iter().map(|(_, id)| id.clone()).collect();
        let forms = records.steps.iter().flat_map(|step| step.form.values());
        ids.extend(forms.filter_map(Value::as_str).filter(|id| is_id(id)).map(str::to_owned));
        ids.extend(officers.iter().cloned());
        let called = self.called(ids.iter().map(String::as_str)).await;
        let names: HashMap<String, String> =
            called.into_iter().map(|(id, called)| (id, called.name)).collect();
        let takes_persons = document.places().any(|place| {
            use pack::DocumentPlace as Place;
            matches!(place, Place::Case(_) | Place::Now(_))
        });
        let (mut opening_personal, mut steps_personal) = (Map::new(), Vec::new());
        if takes_persons {
            // The program fills it in, in the name of whoever draws up, and that is noted.
            let program = in_name_of(who);
            (opening_personal, _) = self.personal_object(&program, &records.opening, None).await?;
            for step in &records.steps {
                let field = Some("personal_form");
                steps_personal.push(self.personal_object(&program, &step.stored, field).await?.0);
            }
        }
        let on = day(records.steps[at].stored.valid_at);
        let office = records.office_on(on)?;
        let office = office.unwrap_or_else(|| frame.author.on_behalf_of.clone().into_owned());
        let period = records.pack.office(&office).and_then(|office| office.on(on));
        let office = period.map_or_else(|| office.clone(), |period| period.label.zh.clone());
        let maker = Maker {
            records,
            at,
            document,
            case: &case,
            law,
            opening_personal,
            steps_personal,
            names,
            roles,
            officers,
            office,
        };
        Ok(maker.make())
    }

    async fn next_version(
        &self,
        who: &Principal,
        records: &Records,
        current: &Current,
        paper: &Paper,
        personal: Personal,
        mut open: Map<String, Value>,
    ) -> Result<Drawn, Rejection> {
        let version = current.version + 1;
        open.insert("version".to_owned(), version.into());
        let number = open.get("number").and_then(Value::as_str).map(str::to_owned);
        let frame = envelope(&current.stored)?;
        let subjects = frame.subjects.iter().map(|named| {
            let id: SubjectId = named.id.parse().map_err(Fault::from)?;
            Ok(Subject { role: named.role.clone().into_owned(), id })
        });
        let subjects = subjects.collect::<Result<_, Rejection>>()?;
        let made = Version {
            paper,
            personal,
            open,
            subjects,
            id: RecordId::new(self.clock().now(), &crate::keys::random()),
            corrects: Some(current.stored.id),
        };
        let receipt = self.store_version(who, records, made).await?;
        Ok(Drawn { receipt, document: current.id, version, number, missing: Vec::new() })
    }

    async fn store_version(
        &self,
        who: &Principal,
        records: &Records,
        version: Version<'_>,
    ) -> Result<Receipt, Rejection> {
        let frame = envelope(&records.opening)?;
        let text = version.paper.to_text();
        let mut open = version.open;
        open.insert("text_digest".to_owned(), Digest::of(&[text.as_bytes()]).to_string().into());
        open.insert("text".to_owned(), text.into());
        let personal = (!version.personal.is_empty()).then(|| {
            let person = person_of(records);
            let said: Map<String, Value> =
                version.personal.into_iter().map(|(name, text)| (name, text.into())).collect();
            let said = Value::Object(said).to_string();
            PersonalPart {
                person,
                fields: Map::from_iter([("personal_text".to_owned(), said.into())]),
            }
        });
        let draft = Draft {
            id: Some(version.id),
            kind: system_kind::DOCUMENT.to_owned(),
            subjects: version.subjects,
            office: records.office_on(day(self.clock().now()))?,
            region: frame.region.clone().into_owned(),
            valid_at: self.clock().now(),
            source: "zhiheng".to_owned(),
            open,
            personal: personal.into_iter().collect(),
            corrects: version.corrects,
            withdraws: None,
        };
        let mut receipts = self.append_own(&in_name_of(who), vec![draft], None).await?;
        let receipt = receipts.pop();
        Ok(receipt.ok_or_else(|| store::Error::Unavailable { reason: "no answer".into() })?)
    }
}

/// Of whom a case speaks already; what is said of them goes with what was said before.
pub(super) fn person_of(records: &Records) -> String {
    let person = records.opening.personal.first();
    person.map_or_else(|| format!("case/{}", records.id), |part| pseudonym(&part.person).to_owned())
}

/// The step with a number and its document.
fn to_make(records: &Records, step: u64) -> Result<(usize, &pack::Document), Rejection> {
    let at = records.steps.iter().position(|taken| taken.number == step);
    let document = at.and_then(|at| makes(records, at));
    match at.zip(document) {
        Some(found) => Ok(found),
        None => Err(Fault::new(
            "document.no_step",
            format!("step {step} of the case makes no document; name one that does"),
            format!("第 {step} 步不形成文书；请选择形成文书的步骤"),
        )
        .at("/step")
        .into()),
    }
}

/// The document that the record of a step makes: what is agreed to or sent back makes none of its own.
pub(super) fn makes(records: &Records, at: usize) -> Option<&pack::Document> {
    let step = records.steps.get(at)?;
    let is_first = matches!(step.act, procedure::Act::Done | procedure::Act::Proposed);
    let form = records.procedure.form(&step.step).filter(|_| is_first)?;
    records.pack.document(form.document.as_deref()?)
}

/// Whether what the record of a step says took effect.
pub(super) fn has_effect(records: &Records, at: usize) -> Result<bool, Rejection> {
    effects(records, at, |effect, entry| effect.entry == entry)
}

/// Whether a step took effect with a record of it, which can be the last agreement.
pub(crate) fn took_effect(records: &Records, at: usize) -> Result<bool, Rejection> {
    effects(records, at, |effect, entry| effect.by == entry)
}

fn effects(
    records: &Records,
    at: usize,
    is: impl Fn(&procedure::Effect, usize) -> bool,
) -> Result<bool, Rejection> {
    let entries = records.entries()?;
    let course = procedure::Course::of(&records.procedure.engine, &entries);
    // Entries leave out steps that the procedure does not know; the first is the opening.
    let known = |step: &Step| records.procedure.engine.step(&step.step).is_some();
    let Some(step) = records.steps.get(at).filter(|step| known(step)) else { return Ok(false) };
    let before = records.steps.iter().take_while(|other| other.number < step.number);
    let entry = 1 + before.filter(|other| known(other)).count();
    Ok(course.effects.iter().any(|effect| is(effect, entry)))
}

pub(super) fn officers(step: &Step) -> Result<Vec<String>, Rejection> {
    let frame = envelope(&step.stored)?;
    let officers = frame.subjects.iter().filter(|named| named.role == "officer");
    Ok(officers.map(|named| named.id.clone().into_owned()).collect())
}

/// Whether a text can be the id of a subject: names are asked for these.
fn is_id(text: &str) -> bool {
    text.len() < 100 && text.contains(':') && !text.contains(char::is_whitespace)
}

/// What the next version says as this one does.
fn frame_of(current: &Current) -> Map<String, Value> {
    let changes = |name: &str| ["text", "text_digest", "version"].contains(&name);
    let open = current.open.iter().filter(|(name, _)| !changes(name));
    open.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn with_number(
    open: &Map<String, Value>,
    series: Option<(&str, Option<u64>)>,
    bears: &str,
) -> Map<String, Value> {
    let mut open = open.clone();
    open.insert("number".to_owned(), bears.into());
    if let Some((series, serial)) = series {
        open.insert("series".to_owned(), series.into());
        if let Some(serial) = serial {
            open.insert("serial".to_owned(), serial.into());
        }
    }
    open
}

fn must_be_draft(current: &Current) -> Result<(), Rejection> {
    if current.state == State::Draft {
        return Ok(());
    }
    Err(Rejection::Conflict(Fault::new(
        "document.sealed",
        "it is no draft any more; declare it void and draw up another",
        "文书已用印或者作废，不能修改；请作废后重新制作",
    )))
}
