//! The informer vault: who somebody is that told of a breach.
//!
//! What says so is taken out of the personal part of the record when it comes in, and encrypted
//! under a key of its own, which lies under the vault's master key in a file of its own: who has the
//! store and the first master key has nothing. Nobody is shown it with the record. It is opened for
//! one person, for one record, on the leave of somebody else, and each time an entry of the audit
//! trail is durable before it is shown.

use clock::Date;
use model::{Draft, PersonalPart, RecordId, Timestamp, system_kind};
use pack::{Kind, Pack};
use serde_json::{Map, Value};

use super::account::own_account;
use super::audit::{Entry, Went};
use crate::door::{Principal, Target};
use crate::fault::{Fault, Rejection};
use crate::intake::Receipt;
use crate::keys::Resolved;
use crate::system::System;
use crate::time::day;

/// The permission to let somebody read.
pub const GRANT: &str = "informer.grant";
/// The permission to read, with a leave.
pub const VIEW: &str = "informer.view";

/// What stands behind a person's pseudonym where the key is in the vault.
pub(crate) const MARK: &str = "\u{1f}informer";

/// Whether a part of a record lies in the vault.
pub fn is_in_vault(person: &str) -> bool {
    person.ends_with(MARK)
}

/// The pseudonym without the mark of the vault.
pub fn pseudonym(person: &str) -> &str {
    person.strip_suffix(MARK).unwrap_or(person)
}

/// Whether a record's parts are to be divided: the kind says so, and it is asked for.
fn asks(kind: &Kind, open: &Map<String, Value>) -> bool {
    kind.informer.as_ref().is_some_and(|informer| match &informer.when {
        None => true,
        Some(flag) => open.get(flag).and_then(Value::as_bool) == Some(true),
    })
}

/// Takes what says who the informer is out of the parts of a record, into parts of their own.
pub(crate) fn divide(kind: &Kind, open: &Map<String, Value>, parts: &mut Vec<PersonalPart>) {
    let Some(informer) = kind.informer.as_ref().filter(|_| asks(kind, open)) else { return };
    let mut taken = Vec::new();
    for part in parts.iter_mut() {
        let mut fields = Map::new();
        for name in &informer.fields {
            if let Some(value) = part.fields.remove(name) {
                fields.insert(name.clone(), value);
            }
        }
        if !fields.is_empty() {
            taken.push(PersonalPart { person: format!("{}{MARK}", part.person), fields });
        }
    }
    parts.extend(taken);
}

/// The names of those parts that a draft will have in the vault.
pub(crate) fn persons(pack: &Pack, draft: &Draft) -> Vec<String> {
    let kind = pack.kind(&draft.kind).filter(|kind| asks(kind, &draft.open));
    let Some(informer) = kind.and_then(|kind| kind.informer.as_ref()) else { return Vec::new() };
    let tells = |part: &&PersonalPart| informer.fields.iter().any(|f| part.fields.contains_key(f));
    draft.personal.iter().filter(tells).map(|part| format!("{}{MARK}", part.person)).collect()
}

/// A leave that is to be given.
#[derive(Debug, Clone)]
pub struct NewLeave {
    /// To whom.
    pub account: String,
    /// For which record.
    pub record: RecordId,
    /// The last day.
    pub until: Date,
    /// Why.
    pub reason: String,
}

/// Who the informer of a record is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Informer {
    /// The pseudonym.
    pub person: String,
    /// What is known; none where the key was destroyed.
    pub fields: Option<Map<String, Value>>,
}

impl System {
    /// The keys of persons, those of the vault among them, made where there is none yet.
    pub(crate) async fn resolve_keys(&self, persons: &[String]) -> Result<Resolved, store::Error> {
        let (vault, open): (Vec<String>, Vec<String>) =
            persons.iter().cloned().partition(|person| is_in_vault(person));
        let mut keys = self.person_keys().resolve(&open).await?;
        if !vault.is_empty() {
            keys.extend(self.vault_keys().resolve(&vault).await?);
        }
        Ok(keys)
    }

    /// Lets somebody read who the informer of one record is, until a day. Nobody lets themselves.
    ///
    /// # Errors
    /// No permission for this record; no such record, nothing in the vault; oneself.
    pub async fn let_read_informer(
        &self,
        now: Timestamp,
        who: &Principal,
        new: &NewLeave,
    ) -> Result<Receipt, Rejection> {
        self.admits_to(who, GRANT, new.record).await?;
        if who.account == new.account {
            return Err(own_account());
        }
        self.account_row(&new.account).await?;
        let today = day(now);
        if new.until < today || new.reason.trim().is_empty() {
            return Err(Fault::new(
                "informer.leave",
                "a leave has a reason and a last day that is not over; fill them in",
                "批准须填写事由和未过的止日；请补充",
            )
            .into());
        }
        let mut open = Map::new();
        let mut say = |name: &str, value: &str| open.insert(name.to_owned(), value.into());
        say("account", &new.account);
        say("record", &new.record.to_string());
        say("until", &new.until.to_string());
        say("reason", new.reason.trim());
        let receipt = self.say_of_people(who, today, system_kind::INFORMER_GRANT, open).await?;
        let entry = Entry {
            permission: Some(GRANT),
            account: Some(&new.account),
            records: vec![new.record],
            purpose: Some(new.reason.trim()),
            ..Entry::of("informer-grant")
        };
        self.audit(who, Went::Done, entry).await?;
        Ok(receipt)
    }

    /// Whether somebody may do something to one record; a refusal is noted.
    async fn admits_to(
        &self,
        who: &Principal,
        permission: &str,
        record: RecordId,
    ) -> Result<store::Stored, Rejection> {
        let stored = self.stored(who, record).await?;
        let refused = self.may_with(who, permission, &stored);
        if let Err(Rejection::Denied(fault)) = &refused {
            self.audit_refusal(who, Some(permission), fault).await?;
        }
        refused?;
        if !stored.personal.iter().any(|part| is_in_vault(&part.person)) {
            return Err(Rejection::NotFound(Fault::new(
                "informer.nobody",
                "the record keeps no informer secret; read it as any other",
                "该记录没有需保密的举报人信息；可按普通记录查看",
            )));
        }
        Ok(stored)
    }

    /// Opens the vault for one record: needs the permission, and a leave that somebody else gave.
    ///
    /// # Errors
    /// No permission, no leave: noted. A fault of the store: nothing is shown.
    pub async fn read_informer(
        &self,
        now: Timestamp,
        who: &Principal,
        record: RecordId,
        purpose: &str,
    ) -> Result<Vec<Informer>, Rejection> {
        let stored = self.admits_to(who, VIEW, record).await?;
        let directory = self.people().directory();
        let today = day(now);
        let leave = directory.leaves().iter().find(|leave| {
            leave.account == who.account
                && leave.record == record
                && leave.given_by != who.account
                && leave.holds(today)
        });
        let Some(leave) = leave else {
            let fault = Fault::new(
                "informer.leave_missing",
                "nobody has let you read who the informer of this record is; ask the head of your office",
                "您未获准查阅该记录的举报人身份；请报本机关负责人批准",
            );
            self.audit_refusal(who, Some(VIEW), &fault).await?;
            return Err(Rejection::Denied(fault));
        };
        let purpose = if purpose.trim().is_empty() { &leave.reason } else { purpose.trim() };
        let persons: Vec<String> =
            stored.personal.iter().map(|p| pseudonym(&p.person).to_owned()).collect();
        let entry = Entry {
            permission: Some(VIEW),
            kind: Some(&stored.kind),
            records: vec![record],
            persons,
            purpose: Some(purpose),
            ..Entry::of("informer-read")
        };
        // First: what cannot be noted is not shown.
        self.audit(who, Went::Done, entry).await?;
        let mut informers = Vec::new();
        for part in stored.personal.iter().filter(|part| is_in_vault(&part.person)) {
            let fields = self.open_part(&stored, part).await?;
            informers.push(Informer { person: pseudonym(&part.person).to_owned(), fields });
        }
        Ok(informers)
    }

    /// What a leave is looked for by: the target of a record.
    fn may_with(
        &self,
        who: &Principal,
        permission: &str,
        stored: &store::Stored,
    ) -> Result<(), Rejection> {
        let envelope = crate::reading::envelope(stored)?;
        let pack = self.pack();
        let target = Target {
            kind: Some(&stored.kind),
            office: envelope.office.as_deref(),
            region: Some(&envelope.region),
            ..Target::default()
        };
        crate::Door::new(&pack, day(self.clock().now())).authorize(who, permission, target)
    }
}
