//! The audit trail: who did or tried what in the program itself.
//!
//! Each entry is a record like any other, so that it lies under the evidence log and nobody can take
//! it out or change it, also not who runs the machine, without that being seen. It is durable before
//! what it speaks of is shown. Only who has `audit.read` is shown entries, and only here.

use model::{Draft, RecordId, system_kind};
use serde_json::{Map, Value};
use store::Stored;

use crate::Door;
use crate::door::{Principal, Target};
use crate::fault::{Fault, Rejection};
use crate::reading::RecordView;
use crate::system::System;

/// The permission to read the audit trail.
pub const READ: &str = "audit.read";
/// The permission to take it away as a file.
pub const EXPORT: &str = "audit.export";

/// Entries of a page at most.
pub const MOST_ON_PAGE: usize = 500;

/// How something went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Went {
    /// It was done.
    Done,
    /// It was not allowed.
    Refused,
    /// It was tried and was wrong.
    Failed,
}

impl Went {
    fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// What is to be noted.
#[derive(Debug, Clone, Default)]
pub struct Entry<'a> {
    /// What was done: a code of the list `audit-action`.
    pub action: &'a str,
    /// The permission that it took.
    pub permission: Option<&'a str>,
    /// The account that it was done to.
    pub account: Option<&'a str>,
    /// The kind of record that it was about.
    pub kind: Option<&'a str>,
    /// The office or organization that it was about.
    pub place: Option<&'a str>,
    /// The records that it was about.
    pub records: Vec<RecordId>,
    /// The pseudonyms of the persons that it was about.
    pub persons: Vec<String>,
    /// How many rows were given out.
    pub rows: Option<u64>,
    /// What for, in the words of who did it.
    pub purpose: Option<&'a str>,
    /// What else there is to say.
    pub detail: Option<&'a str>,
}

impl<'a> Entry<'a> {
    /// An entry that says what was done.
    pub fn of(action: &'a str) -> Self {
        Self { action, ..Self::default() }
    }
}

/// A page of the audit trail, the newest first.
#[derive(Debug, Clone)]
pub struct AuditPage {
    /// The entries.
    pub entries: Vec<AuditEntry>,
    /// Where the next page begins, if there is one.
    pub next: Option<u64>,
}

/// An entry of the audit trail.
#[derive(Debug, Clone)]
pub struct AuditEntry {
    /// The account that did it.
    pub account: String,
    /// The office, organization or token that it was done for.
    pub on_behalf_of: String,
    /// The record.
    pub record: RecordView,
}

impl AuditEntry {
    /// A text of the entry.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.record.open.get(name).and_then(Value::as_str)
    }
}

/// Which entries are asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct AuditFilter<'a> {
    /// The account that did it, or that it was done to.
    pub account: Option<&'a str>,
    /// What was done.
    pub action: Option<&'a str>,
    /// How it went.
    pub outcome: Option<&'a str>,
}

/// Entries that are looked at for one page; a filter that finds little is asked again from there.
const MOST_LOOKED_AT: usize = 20_000;

impl System {
    /// Notes what was done or tried, and returns when that is durable.
    ///
    /// # Errors
    /// A fault of the store: then it may not be done.
    pub async fn audit(
        &self,
        by: &Principal,
        went: Went,
        entry: Entry<'_>,
    ) -> Result<(), Rejection> {
        let mut open = Map::new();
        let mut say = |name: &str, value: Option<&str>, most: usize| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                let value: String = value.chars().filter(|c| !c.is_control()).take(most).collect();
                open.insert(name.to_owned(), value.into());
            }
        };
        say("action", Some(entry.action), 60);
        say("outcome", Some(went.word()), 60);
        say("permission", entry.permission, 60);
        say("account", entry.account, 60);
        say("target_kind", entry.kind, 60);
        say("place", entry.place, 200);
        say("purpose", entry.purpose, 2000);
        say("detail", entry.detail, 2000);
        if !entry.records.is_empty() {
            let ids = entry.records.iter().map(|id| Value::from(id.to_string()));
            open.insert("records".to_owned(), ids.collect());
        }
        if !entry.persons.is_empty() {
            let persons = entry.persons.iter().map(|person| Value::from(person.as_str()));
            open.insert("persons".to_owned(), persons.collect());
        }
        if let Some(rows) = entry.rows {
            open.insert("rows".to_owned(), rows.into());
        }
        let draft = self.own_draft(system_kind::AUDIT, open);
        self.append_own(&in_name_of(by), vec![draft], None).await?;
        Ok(())
    }

    /// Notes that the door said no.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn audit_refusal(
        &self,
        by: &Principal,
        permission: Option<&str>,
        fault: &Fault,
    ) -> Result<(), Rejection> {
        let detail = format!("{} {}", fault.code, fault.zh);
        let entry = Entry { permission, detail: Some(&detail), ..Entry::of("refuse") };
        self.audit(by, Went::Refused, entry).await
    }

    /// A draft of a kind that the program writes.
    pub(crate) fn own_draft(&self, kind: &str, open: Map<String, Value>) -> Draft {
        Draft {
            id: None,
            kind: kind.to_owned(),
            subjects: Vec::new(),
            office: None,
            region: self.pack().manifest().province.clone(),
            valid_at: self.clock().now(),
            source: "zhiheng".to_owned(),
            open,
            personal: Vec::new(),
            corrects: None,
            withdraws: None,
        }
    }

    /// A page of the audit trail, before a position. That it was read is an entry itself.
    ///
    /// # Errors
    /// No permission; a fault of the store.
    pub async fn audit_trail(
        &self,
        who: &Principal,
        filter: AuditFilter<'_>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<AuditPage, Rejection> {
        let page = self.audit_page(who, READ, filter, before, limit).await?;
        let rows = Some(page.entries.len() as u64);
        let entry = Entry { permission: Some(READ), rows, ..Entry::of("audit-read") };
        self.audit(who, Went::Done, entry).await?;
        Ok(page)
    }

    /// A page of the audit trail for a file of it, before a position. That the file was taken away is an
    /// entry itself, which who makes the file notes once.
    ///
    /// # Errors
    /// No permission; a fault of the store.
    pub async fn audit_for_file(
        &self,
        who: &Principal,
        filter: AuditFilter<'_>,
        before: u64,
    ) -> Result<AuditPage, Rejection> {
        self.audit_page(who, EXPORT, filter, Some(before), MOST_ON_PAGE).await
    }

    async fn audit_page(
        &self,
        who: &Principal,
        permission: &str,
        filter: AuditFilter<'_>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<AuditPage, Rejection> {
        let pack = self.pack();
        let today = crate::time::day(self.clock().now());
        Door::new(&pack, today).authorize(who, permission, Target::default())?;
        let limit = limit.clamp(1, MOST_ON_PAGE);
        let known = self.reader().size().await?;
        let mut at = before.unwrap_or(known).min(known);
        let mut found: Vec<Stored> = Vec::new();
        let (mut looked_at, mut next) = (0, None);
        'pages: loop {
            let page = self.reader().latest_of_people(system_kind::AUDIT, at, MOST_ON_PAGE).await?;
            let Some(last) = page.last() else { break };
            at = last.position;
            looked_at += page.len();
            for record in page {
                if found.len() == limit {
                    next = found.last().map(|record| record.position);
                    break 'pages;
                }
                if fits(&record, filter) {
                    found.push(record);
                }
            }
            if looked_at >= MOST_LOOKED_AT {
                next = Some(at);
                break;
            }
        }
        let mut entries = Vec::with_capacity(found.len());
        for record in self.views(who, found, known).await? {
            let author = author(&record.stored)?;
            entries.push(AuditEntry { on_behalf_of: author.0, account: author.1, record });
        }
        Ok(AuditPage { entries, next })
    }
}

fn author(stored: &Stored) -> Result<(String, String), store::Error> {
    let envelope = model::Envelope::read(&stored.envelope).map_err(|what| {
        store::Error::Damaged { what: format!("the record at {}: {what}", stored.position) }
    })?;
    let author = envelope.author;
    Ok((author.on_behalf_of.into_owned(), author.account.into_owned()))
}

fn fits(record: &Stored, filter: AuditFilter<'_>) -> bool {
    if filter.account.is_none() && filter.action.is_none() && filter.outcome.is_none() {
        return true;
    }
    let Ok(open) = serde_json::from_slice::<Map<String, Value>>(&record.open) else { return false };
    let is = |name: &str, wanted: Option<&str>| {
        wanted.is_none_or(|wanted| open.get(name).and_then(Value::as_str) == Some(wanted))
    };
    let of_account = filter.account.is_none_or(|wanted| {
        is("account", Some(wanted)) || author(record).is_ok_and(|author| author.1 == wanted)
    });
    of_account && is("action", filter.action) && is("outcome", filter.outcome)
}

/// The program, writing in the name of somebody.
pub(crate) fn in_name_of(by: &Principal) -> Principal {
    let mut program = Principal::program();
    // Named, for what only persons may have is not in all that a program may.
    program.permissions.extend([READ.to_owned(), super::vault::GRANT.to_owned()]);
    program.on_behalf_of.clone_from(&by.on_behalf_of);
    program.account.clone_from(&by.account);
    program
}

/// Somebody who is not logged in.
pub fn nobody() -> Principal {
    Principal {
        on_behalf_of: "anonymous".to_owned(),
        account: "anonymous".to_owned(),
        office: None,
        permissions: std::collections::BTreeSet::new(),
        person: None,
    }
}
