//! A record as it is shown.

use std::collections::{BTreeSet, HashMap};

use model::{Digest, Envelope, RecordId};
use serde_json::{Map, Value, json};
use store::person_key::StoredKey;
use store::{PersonalSealed, Standing, Stored};

use super::READ_PERSONAL;
use crate::door::Principal;
use crate::fault::Rejection;
use crate::intake::personal_about;
use crate::keys::Found;
use crate::people::audit::{Entry, Went};
use crate::people::vault;
use crate::system::System;

/// A record with how it stood and where it is in the log.
#[derive(Debug, Clone)]
pub struct RecordView {
    /// As it is stored.
    pub stored: Stored,
    /// The open part.
    pub open: Map<String, Value>,
    /// What it says of persons, as far as the reader may see.
    pub personal: Vec<PersonalView>,
    /// How it stood.
    pub standing: Standing,
    /// The evidence log that it is in.
    pub log: String,
    /// Its index there.
    pub index: u64,
    /// Whether it is under a signed checkpoint.
    pub is_signed: bool,
}

/// What a record says of one person.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonalView {
    /// The pseudonym.
    pub person: String,
    /// What the reader sees.
    pub shown: Shown,
}

/// What a reader sees of a personal part.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    /// The fields.
    Fields(Map<String, Value>),
    /// The reader has no permission.
    Hidden,
    /// The person asked for erasure, but a law makes the record be kept: it is used for nothing else.
    Restricted,
    /// The key was destroyed.
    Erased,
    /// Who the informer is, which lies in the vault.
    Sealed,
    /// That it was read cannot be noted just now, as on a full disk or where another program writes
    /// to the store: it can be asked for again.
    Unnoted,
}

impl System {
    /// Makes views of records, as of so many known.
    pub(crate) async fn views(
        &self,
        who: &Principal,
        records: Vec<Stored>,
        known: u64,
    ) -> Result<Vec<RecordView>, Rejection> {
        self.views_with(who, records, known, &[READ_PERSONAL]).await
    }

    /// Makes views of records, for something for which what they say of persons takes some
    /// permissions.
    pub(crate) async fn views_with(
        &self,
        who: &Principal,
        records: Vec<Stored>,
        known: u64,
        permissions: &[&str],
    ) -> Result<Vec<RecordView>, Rejection> {
        let standing = self.reader().standing(&records, known).await?;
        let signed = self.published().records;
        let keys = self.stored_keys(records.iter().flat_map(|record| &record.personal)).await?;
        let mut views = Vec::with_capacity(records.len());
        let mut read = Entry { permission: Some(READ_PERSONAL), ..Entry::of("personal-read") };
        for (stored, standing) in records.into_iter().zip(standing) {
            let damaged = |what: &str| store::Error::Damaged {
                what: format!("{what} of the record at position {}", stored.position),
            };
            let open = serde_json::from_slice(&stored.open);
            let open = open.map_err(|_| damaged("the open part"))?;
            let mut personal = Vec::with_capacity(stored.personal.len());
            let shows =
                !stored.personal.is_empty() && self.may_see_personal(who, &stored, permissions)?;
            for part in &stored.personal {
                let shown = self.personal(shows, &stored, part, &keys)?;
                let shown = shown.ok_or_else(|| damaged("a personal part"))?;
                let person = vault::pseudonym(&part.person).to_owned();
                if matches!(shown, Shown::Fields(_)) {
                    read.persons.push(person.clone());
                    if read.records.last() != Some(&stored.id) {
                        read.records.push(stored.id);
                    }
                }
                personal.push(PersonalView { person, shown });
            }
            let (log, index) = self.log_place(stored.position);
            let is_signed = stored.position < signed;
            views.push(RecordView { stored, open, personal, standing, log, index, is_signed });
        }
        if !read.records.is_empty() {
            // First: what cannot be noted is not shown. The rest is.
            match self.audit(who, Went::Done, read).await {
                Err(Rejection::Store(error)) if error.is_retryable() => {
                    let parts = views.iter_mut().flat_map(|view| &mut view.personal);
                    for part in parts.filter(|part| matches!(part.shown, Shown::Fields(_))) {
                        part.shown = Shown::Unnoted;
                    }
                }
                noted => noted?,
            }
        }
        Ok(views)
    }

    /// The keys that the store has for some parts, all in one question.
    async fn stored_keys(
        &self,
        parts: impl Iterator<Item = &PersonalSealed>,
    ) -> Result<HashMap<String, StoredKey>, store::Error> {
        let names: BTreeSet<&str> =
            parts.flat_map(|part| [part.person.as_str(), vault::pseudonym(&part.person)]).collect();
        if names.is_empty() {
            return Ok(HashMap::new());
        }
        let names: Vec<&str> = names.into_iter().collect();
        let found = self.reader().db().person_keys(&names).await?;
        Ok(found.into_iter().map(|stored| (stored.key.person.clone(), stored)).collect())
    }

    /// What a reader sees of a personal part; none where it is damaged.
    fn personal(
        &self,
        shows: bool,
        record: &Stored,
        part: &PersonalSealed,
        keys: &HashMap<String, StoredKey>,
    ) -> Result<Option<Shown>, Rejection> {
        let PersonalSealed { person, .. } = part;
        let key = self.keys_of(person).found(person, keys.get(person))?;
        if key.is_gone() {
            return Ok(Some(Shown::Erased));
        }
        if is_restricted(person, keys) {
            return Ok(Some(Shown::Restricted));
        }
        if vault::is_in_vault(person) {
            return Ok(Some(Shown::Sealed));
        }
        if !shows {
            return Ok(Some(Shown::Hidden));
        }
        Ok(match self.opened(&key, record, part)? {
            Opened::Fields(fields) => Some(Shown::Fields(fields)),
            Opened::Erased => Some(Shown::Erased),
            Opened::Damaged => None,
        })
    }

    /// Decrypts a personal part; none where the key was destroyed.
    pub(crate) async fn open_part(
        &self,
        record: &Stored,
        part: &PersonalSealed,
    ) -> Result<Option<Map<String, Value>>, Rejection> {
        let keys = self.stored_keys(std::iter::once(part)).await?;
        let key = self.keys_of(&part.person).found(&part.person, keys.get(&part.person))?;
        if is_restricted(&part.person, &keys) {
            return Ok(None);
        }
        match self.opened(&key, record, part)? {
            Opened::Fields(fields) => Ok(Some(fields)),
            Opened::Erased => Ok(None),
            Opened::Damaged => Err(store::Error::Damaged {
                what: format!("a personal part of the record at position {}", record.position),
            }
            .into()),
        }
    }

    fn opened(
        &self,
        key: &Found,
        record: &Stored,
        part: &PersonalSealed,
    ) -> Result<Opened, Rejection> {
        let plain = match key.open(&part.sealed, &personal_about(record.id, &part.person)) {
            Ok(Some(plain)) => plain,
            Ok(None) => return Ok(Opened::Erased),
            // As it was stored, but under a key that was destroyed: the person has a new one since.
            Err(_) if is_as_stored(record, part) => return Ok(Opened::Erased),
            Err(_) => return Ok(Opened::Damaged),
        };
        let fields = plain.get(32..).and_then(|text| serde_json::from_slice(text).ok());
        Ok(fields.map_or(Opened::Damaged, Opened::Fields))
    }
}

/// Whether what is said of a person is shown to nobody, whichever of its keys it lies under.
fn is_restricted(person: &str, keys: &HashMap<String, StoredKey>) -> bool {
    keys.get(vault::pseudonym(person)).is_some_and(|stored| stored.restricted)
}

/// What comes of decrypting.
enum Opened {
    Fields(Map<String, Value>),
    Erased,
    Damaged,
}

/// Whether a personal part is the one that the record was stored with.
fn is_as_stored(record: &Stored, part: &PersonalSealed) -> bool {
    let Ok(envelope) = Envelope::read(&record.envelope) else { return false };
    let digest = Digest::of(&[&part.sealed]).to_string();
    envelope.personal.iter().any(|said| said.person == part.person && said.sealed == digest)
}

impl RecordView {
    /// The record as JSON, the form in which the API and the command line show it.
    ///
    /// # Errors
    /// A stored text that does not read, which is damage.
    pub fn to_json(&self) -> Result<Value, store::Error> {
        let stored = &self.stored;
        let damaged = |what| store::Error::Damaged {
            what: format!("the record at position {}: {what}", stored.position),
        };
        let envelope = Envelope::read(&stored.envelope).map_err(damaged)?;
        let subjects: Vec<Value> =
            envelope.subjects.iter().map(|s| json!({ "role": &*s.role, "id": &*s.id })).collect();
        let text = |id: Option<RecordId>| id.map(|id| Value::from(id.to_string()));
        let mut standing = Object::new();
        standing.say("counts", self.standing.counts);
        standing.may_say("batch_closed_at", self.standing.batch_closed_at);
        standing.may_say("withdrawn_at", self.standing.withdrawn_at);
        standing.may_say("corrected_by", text(self.standing.corrected_by.map(|by| by.id)));
        let mut log = Object::new();
        log.say("origin", self.log.as_str());
        log.say("index", self.index);
        log.say("signed", self.is_signed);
        // Values are moved in: `json!` would write and read each of them anew.
        let mut shown = Object::new();
        shown.say("id", stored.id.to_string());
        shown.say("kind", stored.kind.as_str());
        shown.say("position", stored.position);
        shown.say("subjects", subjects);
        shown.say("region", envelope.region);
        shown.say("valid_at", stored.valid_at.to_string());
        shown.say("recorded_at", stored.recorded_at.to_string());
        shown.say("author", envelope.author.on_behalf_of);
        shown.say("source", envelope.source);
        shown.say("class", envelope.class);
        shown.say("pack", envelope.pack);
        shown.say("open", self.open.clone());
        shown.say("standing", standing.0);
        shown.say("log", log.0);
        shown.may_say("office", envelope.office);
        shown.may_say("batch", text(stored.batch));
        shown.may_say("corrects", text(stored.corrects));
        shown.may_say("withdraws", text(stored.withdraws));
        shown.may_say("closes", text(stored.closes));
        let personal: Vec<Value> = self
            .personal
            .iter()
            .map(|part| match &part.shown {
                Shown::Fields(fields) => json!({ "person": part.person, "fields": fields }),
                Shown::Hidden => json!({ "person": part.person, "state": "hidden" }),
                Shown::Restricted => json!({ "person": part.person, "state": "restricted" }),
                Shown::Erased => json!({ "person": part.person, "state": "erased" }),
                Shown::Sealed => json!({ "person": part.person, "state": "sealed" }),
                Shown::Unnoted => json!({ "person": part.person, "state": "unnoted" }),
            })
            .collect();
        shown.may_say("personal", (!personal.is_empty()).then_some(personal));
        Ok(shown.0.into())
    }
}

/// A JSON object that is being made.
struct Object(Map<String, Value>);

impl Object {
    fn new() -> Self {
        Self(Map::new())
    }

    fn say(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }

    fn may_say(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.say(name, value);
        }
    }
}
