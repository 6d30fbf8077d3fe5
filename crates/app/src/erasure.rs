//! Erasing what records say of a person, by destroying the person's key (个人信息保护法, Art. 47).
//!
//! The records stay, and every proof of them still holds: it speaks of digests. Where a law makes a
//! record be kept, the key stays until the last such term has ended, and what it opens is restricted:
//! it is shown to nobody.
//!
//! What an erasure reaches: the key in the store and its copies in the database's files; the key in
//! memory; every backup that is made later, for a backup has the keys that there are. The readings
//! hold nothing personal; files of exports that say something of persons are removed ([`crate::job`]).
//! A backup made before still has the key: the list `kept/erased`, outside of
//! the store, destroys it again when such a backup is restored.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::PathBuf;

use clock::Date;
use model::{Digest, Draft, RecordId, Timestamp, system_kind};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::WrappedKey;
use store::person_key::{destroy, destroy_exactly, restrict};

use crate::Door;
use crate::door::{Principal, Target};
use crate::fault::{Fault, Rejection};
use crate::intake::Receipt;
use crate::keys::{random, sync_folder};
use crate::people::vault::MARK;
use crate::system::System;

/// What became of a request to erase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Erasure {
    /// The key is destroyed.
    Erased {
        /// The receipt of the record that says so.
        receipt: Receipt,
        /// How many records had a part of the person.
        records: u64,
    },
    /// A law makes records be kept: nobody is shown the person's parts, and the key is destroyed
    /// when it is asked for again after the day.
    Restricted {
        /// The last day on which one of them has to be kept.
        until: Date,
        /// The law and the article.
        law: String,
        /// How many records have to be kept.
        records: u64,
        /// The receipt of the record that says so.
        receipt: Receipt,
    },
}

/// Why somebody is to be erased.
#[derive(Debug, Clone, Default)]
pub struct Request<'a> {
    /// In words.
    pub reason: &'a str,
    /// The number under which the person asked.
    pub request_no: Option<&'a str>,
}

/// What became of a key, in `kept/erased`.
const ERASED: &str = "erased";
/// As above: the key is there, but opens nothing for anybody.
const RESTRICTED: &str = "restricted";

/// The longest term that holds a record of a person.
struct Kept {
    until: Date,
    law: String,
    records: u64,
}

impl System {
    /// Erases what all records say of a person, or restricts it where a law keeps one of them.
    ///
    /// # Errors
    /// No such person, no permission; a fault of the store or of `kept/erased`.
    pub async fn erase(
        &self,
        who: &Principal,
        person: &str,
        request: Request<'_>,
    ) -> Result<Erasure, Rejection> {
        let pack = self.pack();
        let today = crate::time::day(self.clock().now());
        let kind = pack.kind(system_kind::ERASURE);
        let permission = kind.map_or("key.manage", |kind| kind.author.as_str());
        Door::new(&pack, today).authorize(who, permission, Target::default())?;
        let Some(key) = self.person_keys().digest(person).await? else {
            // Asked again after the files could not be cleaned: they are cleaned now.
            if self.notes()?.iter().any(|note| note.person == person && note.state == ERASED) {
                self.writer().write_and_scrub(vec![destroy(person)]).await?;
                self.drop_files_with_persons().await?;
            }
            return Err(Rejection::NotFound(Fault::new(
                "erasure.nobody",
                format!(
                    "there is no key of {person}: it was destroyed, or no record speaks of that person"
                ),
                format!("没有 {person} 的密钥：已销毁，或没有涉及此人的记录"),
            )));
        };
        let (records, kept) = self.kept_records(person, today).await?;
        let now = self.clock().now();
        let mut note = Note {
            person: person.to_owned(),
            key: key.to_string(),
            state: ERASED.to_owned(),
            id: RecordId::new(now, &random()).to_string(),
            at: now.micros(),
            on_behalf_of: who.on_behalf_of.clone(),
            account: who.account.clone(),
            reason: request.reason.to_owned(),
            request_no: request.request_no.map(str::to_owned),
            article: None,
        };
        if let Some(Kept { until, law, records }) = kept {
            note.state = RESTRICTED.to_owned();
            note.article = Some(format!("{law}；保存至 {until}"));
            let receipt = self.carry_out(&note, key).await?;
            return Ok(Erasure::Restricted { until, law, records, receipt });
        }
        let receipt = self.carry_out(&note, key).await?;
        Ok(Erasure::Erased { receipt, records })
    }

    /// Does what a note says. The note comes first and outside of the store: what is left undone by
    /// a crash is done at the next start, and a restored backup undoes nothing.
    async fn carry_out(&self, note: &Note, key: Digest) -> Result<Receipt, Rejection> {
        self.check_note(note)?;
        self.note_outside(note)?;
        let receipt = self.say(note).await?;
        if note.state == RESTRICTED {
            self.writer().write(vec![restrict(&note.person)]).await?;
        } else {
            self.destroy(&note.person, key).await?;
        }
        // What was asked for before this may have been written while the key was still there.
        self.jobs().reach(self.clock().now());
        self.drop_files_with_persons().await?;
        Ok(receipt)
    }

    /// When somebody was last erased or restricted: from when on it was noted, and, of those whom this
    /// process erased, until when it was done.
    pub(crate) fn last_erasure(&self) -> Result<Option<Timestamp>, store::Error> {
        let noted = self.notes()?.iter().map(|note| note.at).max();
        Ok(noted.map(Timestamp::from_micros).max(self.jobs().reached()))
    }

    /// Destroys a person's key in the store and in memory.
    async fn destroy(&self, person: &str, key: Digest) -> Result<(), store::Error> {
        // First: a record that comes with it from here on does not bring it back.
        self.person_keys().note_destroyed(key);
        // What the vault has of the person goes with it.
        let in_vault = format!("{person}{MARK}");
        if let Some(key) = self.vault_keys().digest(&in_vault).await? {
            self.vault_keys().note_destroyed(key);
        }
        let statements = vec![destroy(person), destroy(&in_vault)];
        let destroyed = self.writer().write_and_scrub(statements).await;
        self.person_keys().forget(person);
        self.vault_keys().forget(&in_vault);
        destroyed.map(|_| ())
    }

    /// Notes that records with these keys are durable. A key that was destroyed while its record was
    /// on the way is destroyed again.
    pub(crate) async fn confirm_keys(&self, keys: &[WrappedKey]) -> Result<(), store::Error> {
        let again = self.person_keys().confirm(keys).into_iter();
        for key in again.chain(self.vault_keys().confirm(keys)) {
            self.writer().write_and_scrub(vec![destroy_exactly(&key)]).await?;
        }
        Ok(())
    }

    /// How many records have a part of the person, and the longest term that keeps one of them.
    async fn kept_records(
        &self,
        person: &str,
        today: Date,
    ) -> Result<(u64, Option<Kept>), store::Error> {
        // Rare, and it must see every record: no reading is asked.
        let pack = self.pack();
        let mut all = 0;
        let mut kept: Option<Kept> = None;
        for (kind, valid_at) in self.reader().db().records_of_person(person).await? {
            all += 1;
            let term = pack.kept_until(&kind, crate::time::day(valid_at));
            let Some((until, version)) = term.filter(|(until, _)| *until >= today) else {
                continue;
            };
            let law = match &version.article {
                Some(article) => format!("{} 第{article}条", version.law),
                None => version.law.clone(),
            };
            let records = kept.as_ref().map_or(0, |kept| kept.records) + 1;
            let longest = kept.as_ref().is_none_or(|kept| kept.until < until);
            match kept.as_mut().filter(|_| !longest) {
                Some(kept) => kept.records = records,
                None => kept = Some(Kept { until, law, records }),
            }
        }
        Ok((all, kept))
    }

    fn draft(&self, note: &Note) -> Result<Draft, Rejection> {
        let mut open = Map::new();
        let mut say = |name: &str, value: &str| open.insert(name.to_owned(), Value::from(value));
        say("person", &note.person);
        say("reason", &note.reason);
        say("outcome", &note.state);
        if let Some(number) = &note.request_no {
            say("request_no", number);
        }
        if let Some(article) = &note.article {
            say("article", article);
        }
        Ok(Draft {
            id: Some(note.id.parse().map_err(Fault::from)?),
            valid_at: Timestamp::from_micros(note.at),
            ..self.own_draft(system_kind::ERASURE, open)
        })
    }

    /// Whether the record that a note makes would be taken: nothing is noted that cannot be said.
    fn check_note(&self, note: &Note) -> Result<(), Rejection> {
        let draft = self.draft(note)?;
        let payload = serde_json::json!({ "open": draft.open });
        let day = crate::time::day(draft.valid_at);
        let faults = self.pack().payload_faults(&draft.kind, day, &payload).unwrap_or_default();
        if faults.is_empty() {
            return Ok(());
        }
        Err(Rejection::Invalid(faults.into_iter().map(Fault::from).collect()))
    }

    /// Stores the record that says what a note says; again it is recognised.
    async fn say(&self, note: &Note) -> Result<Receipt, Rejection> {
        let mut who = Principal::program();
        who.on_behalf_of.clone_from(&note.on_behalf_of);
        who.account.clone_from(&note.account);
        let receipt = self.append_own(&who, vec![self.draft(note)?], None).await?.pop();
        receipt.ok_or_else(|| store::Error::Unavailable { reason: "no answer".into() }.into())
    }

    /// Whether a person's parts are restricted.
    async fn is_restricted(&self, person: &str) -> Result<bool, store::Error> {
        let stored = self.reader().db().person_key(person).await?;
        Ok(stored.is_some_and(|stored| stored.restricted))
    }

    fn erased_list(&self) -> PathBuf {
        self.data().join("kept").join("erased")
    }

    /// Notes outside of the store what becomes of a key.
    fn note_outside(&self, note: &Note) -> Result<(), store::Error> {
        let path = self.erased_list();
        let write = || {
            let line = serde_json::to_string(note)?;
            // A last line that was cut off must not take this one with it.
            let is_whole = fs::read(&path).map_or(true, |text| text.ends_with(b"\n"));
            let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
            let begin = if is_whole { "" } else { "\n" };
            file.write_all(format!("{begin}{line}\n").as_bytes())?;
            file.sync_all()?;
            sync_folder(&path)
        };
        write().map_err(|e: io::Error| {
            let reason = format!("the list of erasures: {e}");
            store::Error::NotWritable { reason }
        })
    }

    /// What was noted outside of the store.
    fn notes(&self) -> Result<Vec<Note>, store::Error> {
        let text = match fs::read_to_string(self.erased_list()) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => {
                let reason = format!("the list of erasures: {error}");
                return Err(store::Error::Unavailable { reason });
            }
        };
        // A last line that was cut off was not acknowledged.
        Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
    }

    /// Carries out what was noted and not done: a crash came between, or a restored backup undid
    /// it. Returns how many keys were destroyed.
    ///
    /// # Errors
    /// A fault of the store, or a list that cannot be read.
    pub async fn repeat_erasures(&self) -> Result<usize, Rejection> {
        let mut repeated = 0;
        for note in self.notes()? {
            // The same key only: a person of whom later records speak has a new one.
            let found = self.person_keys().digest(&note.person).await?;
            let same = found.filter(|digest| digest.to_string() == note.key);
            let is_restriction = note.state == RESTRICTED;
            match same {
                Some(_) if is_restriction && self.is_restricted(&note.person).await? => {}
                Some(_) if is_restriction => {
                    self.say(&note).await?;
                    self.writer().write(vec![restrict(&note.person)]).await?;
                    self.jobs().reach(self.clock().now());
                }
                Some(digest) => {
                    self.say(&note).await?;
                    self.destroy(&note.person, digest).await?;
                    self.jobs().reach(self.clock().now());
                    repeated += 1;
                }
                // A staged stream may still bring it.
                None if !is_restriction => {
                    let key = note.key.parse().into_iter();
                    key.for_each(|key| self.person_keys().note_destroyed(key));
                }
                None => {}
            }
        }
        self.drop_files_with_persons().await?;
        Ok(repeated)
    }
}

/// What is to become of a key, as it is noted outside of the store.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Note {
    person: String,
    key: String,
    state: String,
    id: String,
    at: i64,
    on_behalf_of: String,
    account: String,
    reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request_no: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    article: Option<String>,
}
