//! From a draft to a record that can be stored: every check that needs no look into the store.

use clock::Date;
use ledger::leaf::{BlindedLeaf, Nonce};
use model::{
    Author, Class, Digest, Draft, PersonalDigests, PersonalPart, Record, RecordId, Subject,
    Timestamp, json, system_kind,
};
use pack::{Kind, NO_REGION, Number, Pack};
use serde_json::{Map, Value};
use store::{NewRecord, PersonalSealed};

use super::subject;
use crate::door::{Door, Principal, Target};
use crate::fault::{Fault, Rejection};
use crate::keys::{PersonKey, Resolved};
use crate::people::vault;
use crate::time::day;

/// How far ahead of the clock a record's day may lie: a sender's clock may be wrong by hours, and
/// what is to hold from next year on says so in a field of its own.
const AHEAD: i64 = 26 * 3_600 * 1_000_000;

/// Subjects of one record.
const MOST_SUBJECTS: usize = 200;

/// Under which circumstances a record comes.
pub(crate) struct Context<'a> {
    /// Who sends it.
    pub(crate) who: &'a Principal,
    /// When.
    pub(crate) now: Timestamp,
    /// The keys of the persons that it speaks of.
    pub(crate) keys: &'a Resolved,
    /// The batch that it belongs to.
    pub(crate) batch: Option<RecordId>,
    /// For its id, its nonce and the salts of its personal parts.
    pub(crate) random: [u8; 64],
}

/// Makes records under a pack.
pub(crate) struct Preparer<'p> {
    pack: &'p Pack,
    digest: Digest,
    /// Whether records of events were made by the program, out of the events themselves.
    reads_events: bool,
}

/// The name under which a person's key is kept. Senders name persons each by themselves: what one
/// calls p-1 is nobody else's p-1.
pub(crate) fn scoped(who: &Principal, person: &str) -> String {
    format!("{}/{person}", who.on_behalf_of)
}

/// The name under which the key lies of a person that a draft names. What is attached to a record, and a
/// step of its case, name whom that record speaks of, by the name of the key; no sender can send these.
fn key_name(who: &Principal, kind: &str, person: &str) -> String {
    let is_own = system_kind::OF_RECORDS.contains(&kind);
    if is_own { person.to_owned() } else { scoped(who, person) }
}

/// Under which names the keys lie that a draft needs.
pub(crate) fn persons(pack: &Pack, who: &Principal, draft: &Draft) -> Vec<String> {
    let named = draft.personal.iter().map(|part| part.person.clone());
    let in_vault = vault::persons(pack, draft);
    named.chain(in_vault).map(|person| key_name(who, &draft.kind, &person)).collect()
}

/// Why senders may not send a record of this kind: the program writes it when it does what the
/// record says. A withdrawal they may send: it does itself what it says.
pub(crate) fn own_kind(draft: &Draft) -> Option<Fault> {
    let kind = draft.kind.as_str();
    let is_own = system_kind::is(kind) && kind != system_kind::WITHDRAWAL
        || system_kind::OF_RECORDS.contains(&kind)
        || kind == system_kind::STATISTICAL_RETURN
        || kind == system_kind::CASE_ASSIGNMENT;
    is_own.then(|| {
        Fault::new(
            "record.own_kind",
            format!("records of the kind {kind} are written by the program; take it out"),
            format!("{kind} 类记录由系统自动生成；请删除"),
        )
        .at("/kind")
    })
}

/// Collects what is wrong with one record.
#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, code: &'static str, pointer: &str, en: String, zh: String) {
        self.0.push(Fault::new(code, en, zh).at(pointer));
    }
}

impl<'p> Preparer<'p> {
    pub(crate) fn new(pack: &'p Pack) -> Self {
        Self { pack, digest: Digest::from(*pack.digest().bytes()), reads_events: false }
    }

    /// For drafts that were made out of the events that they hold: these are not read once more.
    pub(crate) fn of_events(pack: &'p Pack) -> Self {
        Self { reads_events: true, ..Self::new(pack) }
    }

    /// Checks a draft and makes the record that is to be stored.
    pub(crate) fn record(
        &self,
        mut draft: Draft,
        context: &Context<'_>,
    ) -> Result<NewRecord, Rejection> {
        self.check(&mut draft, context)?;
        self.checked(draft, context)
    }

    /// Checks a draft, and puts it into the one form in which it is kept.
    pub(crate) fn check(&self, draft: &mut Draft, context: &Context<'_>) -> Result<(), Rejection> {
        let Some(kind) = self.pack.kind(&draft.kind) else {
            return Err(self.unknown_kind(&draft.kind).into());
        };
        let closes = context.batch.filter(|_| draft.kind == system_kind::BATCH);
        let on = day(draft.valid_at);
        let mut faults = Faults::default();
        self.check_frame(draft, kind, context, on, &mut faults);
        self.check_subjects(draft, kind, on, &mut faults);
        self.check_payload(draft, on, &mut faults);
        if kind.id == crate::epcis::KIND && !self.reads_events && faults.0.is_empty() {
            faults.0.extend(crate::epcis::faults(draft));
        }
        if !faults.0.is_empty() {
            return Err(Rejection::Invalid(faults.0));
        }
        let door = Door::new(self.pack, on);
        // What the program adds to a request needs no permission beyond that of the request.
        if closes.is_none() {
            let target = Target {
                kind: Some(&kind.id),
                office: draft.office.as_deref(),
                region: Some(&draft.region),
                organization: Some(&context.who.on_behalf_of),
                person: Some(&context.who.account),
                ..Target::default()
            };
            door.authorize(context.who, &kind.author, target)?;
        }
        Ok(())
    }

    /// Makes the record of a draft that was checked.
    pub(crate) fn checked(
        &self,
        mut draft: Draft,
        context: &Context<'_>,
    ) -> Result<NewRecord, Rejection> {
        let Some(kind) = self.pack.kind(&draft.kind) else {
            return Err(self.unknown_kind(&draft.kind).into());
        };
        let closes = context.batch.filter(|_| draft.kind == system_kind::BATCH);
        vault::divide(kind, &draft.open, &mut draft.personal);
        self.make(draft, kind, closes, context)
    }

    fn unknown_kind(&self, kind: &str) -> Fault {
        let known: Vec<&str> = self.pack.kinds().map(|kind| kind.id.as_str()).collect();
        let known = known.join(", ");
        Fault::new(
            "record.kind",
            format!("there is no kind of record {kind}; the kinds are {known}"),
            format!("没有记录类型 {kind}；现有类型：{known}"),
        )
        .at("/kind")
    }

    /// Everything but the subjects and the payload.
    fn check_frame(
        &self,
        draft: &mut Draft,
        kind: &Kind,
        context: &Context<'_>,
        on: Date,
        faults: &mut Faults,
    ) {
        if draft.valid_at.micros() > context.now.micros() + AHEAD {
            let now = context.now.day_in_china();
            faults.add(
                "record.future",
                "/valid_at",
                format!(
                    "it lies more than a day after now ({now}); give the time when it happened"
                ),
                format!("晚于当前时间（{now}）一天以上；请填写发生时间"),
            );
        }
        if draft.valid_at < EARLIEST {
            faults.add(
                "record.past",
                "/valid_at",
                "it lies before 1949-10-01; give the time when it happened".to_owned(),
                "早于 1949-10-01；请填写发生时间".to_owned(),
            );
        }
        let region = &draft.region;
        if region != NO_REGION && self.pack.tables().divisions.get(region, on).is_none() {
            let history = self.pack.tables().divisions.history(region);
            let (en, zh) = match history.last() {
                Some(known) => (
                    format!(
                        "the division {region} ({}) is not in force on {on}; give the code of that day",
                        known.name
                    ),
                    format!(
                        "行政区划代码 {region}（{}）在 {on} 无效；请填写当日有效的代码",
                        known.name
                    ),
                ),
                None => (
                    format!(
                        "there is no division {region} (GB/T 2260); write \"{NO_REGION}\" for what happened abroad"
                    ),
                    format!(
                        "没有行政区划代码 {region}（GB/T 2260）；境外发生的请填 \"{NO_REGION}\""
                    ),
                ),
            };
            faults.add("record.region", "/region", en, zh);
        }
        if draft.office.is_none() {
            draft.office.clone_from(&context.who.office);
        }
        if let Some(office) = &draft.office {
            let is_there = self.pack.office(office).is_some_and(|o| o.on(on).is_some());
            if !is_there {
                faults.add(
                    "record.office",
                    "/office",
                    format!(
                        "there is no office {office} on {on}; take an id of the list of offices"
                    ),
                    format!("{on} 没有机关 {office}；请从机关表中选取"),
                );
            }
        }
        if draft.source.chars().count() > 200 || draft.source.chars().any(char::is_control) {
            faults.add(
                "record.source",
                "/source",
                "it is not 1 to 200 visible characters; name the system or form it comes from"
                    .to_owned(),
                "应为 1 至 200 个可见字符；请填写来源系统或表单名称".to_owned(),
            );
        }
        let withdraws = kind.id == system_kind::WITHDRAWAL;
        if withdraws != draft.withdraws.is_some() {
            let (en, zh) = if withdraws {
                ("name the batch or record that is taken back", "请填写要撤回的批次或记录编号")
            } else {
                (
                    "only a record of the kind withdrawal has it; take it out",
                    "只有 withdrawal 类记录可有此项；请删除",
                )
            };
            faults.add("record.withdraws", "/withdraws", en.to_owned(), zh.to_owned());
        }
        if system_kind::is(&kind.id) && draft.corrects.is_some() {
            faults.add(
                "record.corrects",
                "/corrects",
                format!("a record of the kind {} corrects nothing; take it out", kind.id),
                format!("{} 类记录不能更正其他记录；请删除此项", kind.id),
            );
        }
    }

    fn check_subjects(&self, draft: &mut Draft, kind: &Kind, on: Date, faults: &mut Faults) {
        if draft.subjects.len() > MOST_SUBJECTS {
            let found = draft.subjects.len();
            faults.add(
                "record.subjects",
                "/subjects",
                format!("at most {MOST_SUBJECTS} are taken, it has {found}; send several records"),
                format!("最多 {MOST_SUBJECTS} 个主体，现有 {found} 个；请分成多条记录"),
            );
            return;
        }
        for (at, Subject { role, id }) in draft.subjects.iter_mut().enumerate() {
            let Some(role) = kind.subject(role).and_then(|r| self.pack.subject_role(&r.role))
            else {
                let roles: Vec<&str> = kind.subjects.iter().map(|s| s.role.as_str()).collect();
                let (kind, roles) = (&kind.id, roles.join(", "));
                faults.add(
                    "record.role",
                    &format!("/subjects/{at}/role"),
                    format!("{kind} has no role {role}; its roles are {roles}"),
                    format!("{kind} 没有角色 {role}；可用角色：{roles}"),
                );
                continue;
            };
            match subject::canonical(self.pack, role, id, on) {
                Ok(canonical) => *id = canonical,
                Err(fault) => faults.0.push(fault.at(format!("/subjects/{at}/id"))),
            }
        }
        for wanted in &kind.subjects {
            let found = draft.subjects.iter().filter(|s| s.role == wanted.role).count();
            let role = self.pack.subject_role(&wanted.role);
            let (zh, en) =
                role.map_or((&wanted.role, &wanted.role), |r| (&r.label.zh, &r.label.en));
            let id = &wanted.role;
            match (wanted.number, found) {
                (Number::One, 0) => faults.add(
                    "record.role_missing",
                    "/subjects",
                    format!("{en} ({id}) is missing; add a subject in this role"),
                    format!("缺少{zh}（{id}）；请增加此角色的主体"),
                ),
                (Number::One | Number::Optional, 2..) => faults.add(
                    "record.role_twice",
                    "/subjects",
                    format!("{en} ({id}) is given {found} times; give one"),
                    format!("{zh}（{id}）有 {found} 个；只能有一个"),
                ),
                _ => {}
            }
        }
        for (at, subject) in draft.subjects.iter().enumerate() {
            if draft.subjects.iter().take(at).any(|other| other == subject) {
                faults.add(
                    "record.subject_twice",
                    &format!("/subjects/{at}"),
                    format!("{} stands there twice as {}; take one out", subject.id, subject.role),
                    format!("{} 以 {} 身份重复；请删除一个", subject.id, subject.role),
                );
            }
        }
    }

    /// The payload against the kind; the draft keeps it, the check only borrows it.
    fn check_payload(&self, draft: &mut Draft, on: Date, faults: &mut Faults) {
        if draft.personal.len() > 1 {
            self.check_persons(draft, on, faults);
        } else {
            self.check_one_person(draft, on, faults);
        }
        self.check_pseudonyms(draft, faults);
    }

    /// The parts of several persons: each has fields of its own, together they must have what is
    /// required. Where two have a field, each one's value is checked.
    fn check_persons(&self, draft: &Draft, on: Date, faults: &mut Faults) {
        let all: Map<String, Value> =
            draft.personal.iter().flat_map(|part| part.fields.clone()).collect();
        for (at, part) in draft.personal.iter().enumerate() {
            let mut fields = all.clone();
            fields.extend(part.fields.clone());
            let payload = serde_json::json!({ "open": draft.open, "personal": fields });
            let found = self.pack.payload_faults(&draft.kind, on, &payload).unwrap_or_default();
            for fault in found {
                let mut fault = Fault::from(fault);
                let rest = fault.pointer.strip_prefix("/personal").map(str::to_owned);
                let name = rest.as_deref().and_then(|rest| rest.split('/').nth(1));
                let is_at = |part: &PersonalPart| name.is_some_and(|n| part.fields.contains_key(n));
                // What belongs to nobody is told once, of the first.
                if !is_at(part) && (at > 0 || draft.personal.iter().any(is_at)) {
                    continue;
                }
                if let Some(rest) = rest {
                    fault.pointer = format!("/personal/{at}/fields{rest}");
                }
                faults.0.push(fault);
            }
        }
    }

    fn check_one_person(&self, draft: &mut Draft, on: Date, faults: &mut Faults) {
        let mut payload = Map::new();
        payload.insert("open".to_owned(), Value::Object(std::mem::take(&mut draft.open)));
        if let [part] = draft.personal.as_mut_slice() {
            payload.insert("personal".to_owned(), Value::Object(std::mem::take(&mut part.fields)));
        }
        let payload = Value::Object(payload);
        let found = self.pack.payload_faults(&draft.kind, on, &payload).unwrap_or_default();
        for fault in found {
            let mut fault = Fault::from(fault);
            if let Some(rest) = fault.pointer.strip_prefix("/personal") {
                fault.pointer = format!("/personal/0/fields{rest}");
            }
            faults.0.push(fault);
        }
        if let Value::Object(mut payload) = payload {
            let mut take = |name: &str| match payload.remove(name) {
                Some(Value::Object(object)) => object,
                _ => Map::new(),
            };
            draft.open = take("open");
            if let [part] = draft.personal.as_mut_slice() {
                part.fields = take("personal");
            }
        }
    }

    fn check_pseudonyms(&self, draft: &Draft, faults: &mut Faults) {
        for (at, part) in draft.personal.iter().enumerate() {
            let pointer = format!("/personal/{at}/person");
            let length = part.person.chars().count();
            let is_own = system_kind::OF_RECORDS.contains(&&*draft.kind);
            let most = if is_own { 400 } else { 100 };
            if length > most || part.person.chars().any(char::is_control) {
                faults.add(
                    "record.person",
                    &pointer,
                    "this is no pseudonym; give one of 1 to 100 visible characters".to_owned(),
                    "个人代号不合格式；请用 1 至 100 个可见字符".to_owned(),
                );
            }
            if draft.personal.iter().take(at).any(|other| other.person == part.person) {
                faults.add(
                    "record.person_twice",
                    &pointer,
                    "this person stands there twice; put the fields together".to_owned(),
                    "同一个人重复出现；请合并".to_owned(),
                );
            }
        }
    }

    fn make(
        &self,
        mut draft: Draft,
        kind: &Kind,
        closes: Option<RecordId>,
        context: &Context<'_>,
    ) -> Result<NewRecord, Rejection> {
        let (mut id_random, mut nonce) = ([0; 10], [0; 32]);
        let (for_id, rest) = context.random.split_at(10);
        id_random.copy_from_slice(for_id);
        nonce.copy_from_slice(&rest[..32]);
        let id = draft.id.unwrap_or_else(|| RecordId::new(context.now, &id_random));
        for part in &mut draft.personal {
            part.person = key_name(context.who, &draft.kind, &part.person);
        }
        let open = json::canonical_object(&draft.open);
        let mut record = Record {
            id,
            draft,
            author: Author {
                on_behalf_of: context.who.on_behalf_of.clone(),
                account: context.who.account.clone(),
            },
            recorded_at: context.now,
            class: class(kind.class),
            pack: self.digest,
            batch: context.batch.filter(|_| closes.is_none()),
            closes,
            personal: Vec::new(),
        };
        let parts = &record.draft.personal;
        let keys: Option<Vec<&PersonKey>> =
            parts.iter().map(|part| context.keys.get(&part.person)).collect();
        let keys = keys.ok_or_else(|| store::Error::Damaged {
            what: "the key of a person was not made ready".to_owned(),
        })?;
        let marks: Vec<Digest> = keys.iter().map(|key| *key.mark()).collect();
        let content = record.content(&open, &marks);
        let (mut sealed, mut new_keys) = (Vec::new(), Vec::new());
        for (part, key) in parts.iter().zip(keys) {
            let mut plain = crate::keys::random::<32>().to_vec();
            json::write_object(&mut plain, &part.fields);
            let stored = key.seal(&plain, &personal_about(id, &part.person));
            record.personal.push(PersonalDigests {
                plain: Digest::of(&[&plain]),
                sealed: Digest::of(&[&stored]),
            });
            sealed.push(PersonalSealed { person: part.person.clone(), sealed: stored });
            new_keys.extend(key.wrapped(&part.person));
        }
        let envelope = record.canonical(&Digest::of(&[&open]));
        let leaf = BlindedLeaf::blind(&Nonce::from_bytes(nonce), &envelope).to_bytes().to_vec();
        let unique_keys = unique_key(kind, &record).into_iter().collect();
        Ok(NewRecord {
            id,
            content,
            kind: record.draft.kind,
            valid_at: record.draft.valid_at,
            recorded_at: record.recorded_at,
            class: record.class,
            batch: record.batch,
            corrects: record.draft.corrects,
            withdraws: record.draft.withdraws,
            closes,
            unique_keys,
            envelope,
            open,
            personal: sealed,
            new_keys,
            nonce,
            leaf,
        })
    }
}

/// The beginning of 1949-10-01 in China, in µs.
const EARLIEST: Timestamp = Timestamp::from_micros(-639_129_600_000_000);

/// What an encrypted part belongs to: it cannot be moved to another record or person unseen.
pub(crate) fn personal_about(id: RecordId, person: &str) -> Vec<u8> {
    [id.as_bytes(), person.as_bytes()].concat()
}

fn class(class: pack::Class) -> Class {
    match class {
        pack::Class::Public => Class::Public,
        pack::Class::Internal => Class::Internal,
        pack::Class::Personal => Class::Personal,
    }
}

/// The digest of the kind and its unique names' values; none where one has no value. Who has no
/// office counts as an office of its own.
fn unique_key(kind: &Kind, record: &Record) -> Option<Digest> {
    if kind.unique.is_empty() {
        return None;
    }
    let draft = &record.draft;
    let mut values: Vec<Value> = vec![kind.id.as_str().into()];
    for name in &kind.unique {
        let value: Value = match name.as_str() {
            "office" => draft.office.as_deref().unwrap_or("").into(),
            "region" => draft.region.as_str().into(),
            "valid_at" => draft.valid_at.micros().into(),
            "source" => draft.source.as_str().into(),
            "author" => record.author.on_behalf_of.as_str().into(),
            "class" | "kind" => Value::Null,
            role if kind.subject(role).is_some() => {
                let with_role = draft.subjects.iter().filter(|s| s.role == role);
                let mut ids: Vec<&str> = with_role.map(|s| s.id.as_str()).collect();
                ids.sort_unstable();
                if ids.is_empty() {
                    return None;
                }
                ids.into()
            }
            field => draft.open.get(field)?.clone(),
        };
        values.push(value);
    }
    Some(Digest::of(&[&json::canonical(&Value::Array(values))]))
}
