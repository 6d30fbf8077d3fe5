//! A key for each person: destroying it erases what every record says of the person.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use model::Digest;
use store::db::Db;
use store::person_key::StoredKey;
use store::{NewRecord, WrappedKey};

use super::{SealError, Secret, random};

/// Keys that are kept in memory. A person beyond them costs a question to the store.
const KEPT: usize = 100_000;

/// The key of a person.
#[derive(Clone)]
pub struct PersonKey {
    secret: Secret,
    mark: Digest,
    /// The key under the master key, until the store is known to have it.
    wrapped: Option<Arc<[u8]>>,
}

/// The keys of the persons that a request speaks of.
pub type Resolved = HashMap<String, PersonKey>;

/// Gives and destroys the keys of persons.
///
/// A key that is new goes into the store with the first record that needs it, in the same
/// transaction. Until that is durable every further record carries it too; the store keeps the
/// first. That works because one process writes, which the store's fence sees to.
pub struct PersonKeys {
    master: Secret,
    db: Db,
    known: Mutex<HashMap<String, PersonKey>>,
    /// Keys that were destroyed, by their digest: a record that was made before and is stored after
    /// must not bring one back.
    destroyed: Mutex<HashSet<Digest>>,
}

/// Where a person's key is.
pub enum Found {
    /// Here.
    Key(Secret),
    /// Destroyed, or never made.
    Gone,
}

impl PersonKeys {
    /// The keys in a store, under a master key.
    pub fn new(master: Secret, db: Db) -> Self {
        Self { master, db, known: Mutex::default(), destroyed: Mutex::default() }
    }

    /// The keys of some persons, made where there is none yet.
    ///
    /// # Errors
    /// A fault of the store; or a key that does not decrypt, which is damage.
    pub async fn resolve(&self, persons: &[String]) -> Result<Resolved, store::Error> {
        let mut resolved = Resolved::with_capacity(persons.len());
        let mut missing = Vec::new();
        {
            let known = self.lock();
            for person in persons {
                match known.get(person) {
                    Some(key) => _ = resolved.insert(person.clone(), key.clone()),
                    None => missing.push(person.clone()),
                }
            }
        }
        if missing.is_empty() {
            return Ok(resolved);
        }
        missing.sort_unstable();
        missing.dedup();
        let mut stored = HashMap::new();
        let names: Vec<&str> = missing.iter().map(String::as_str).collect();
        for found in self.db.person_keys(&names).await? {
            stored.insert(found.key.person.clone(), self.unwrap(&found.key)?);
        }
        let mut known = self.lock();
        if known.len() + missing.len() > KEPT {
            // Those that are not in the store yet must stay.
            known.retain(|_, key| key.wrapped.is_some());
        }
        for person in missing {
            // Somebody else may have made it meanwhile: then that one holds.
            let key = known
                .entry(person.clone())
                .or_insert_with(|| stored.remove(&person).unwrap_or_else(|| self.make(&person)));
            resolved.insert(person, key.clone());
        }
        Ok(resolved)
    }

    fn make(&self, person: &str) -> PersonKey {
        let key: [u8; 32] = random();
        let wrapped = self.master.seal(random(), &key, person.as_bytes());
        PersonKey::new(key, Some(wrapped.into()))
    }

    fn unwrap(&self, stored: &WrappedKey) -> Result<PersonKey, store::Error> {
        let WrappedKey { person, wrapped } = stored;
        let key = self.master.open(wrapped, person.as_bytes());
        let key = key.ok().and_then(|key| key.try_into().ok());
        key.map(|key| PersonKey::new(key, None)).ok_or_else(|| store::Error::Damaged {
            what: format!("the key of {person} does not decrypt under this master key"),
        })
    }

    /// Notes that records with these keys are durable, so that the store has the keys. Gives those
    /// of them that were destroyed meanwhile and are to be destroyed again.
    #[must_use]
    pub fn confirm(&self, persons: &[WrappedKey]) -> Vec<WrappedKey> {
        if persons.is_empty() {
            return Vec::new();
        }
        let mut known = self.lock();
        for WrappedKey { person, wrapped } in persons {
            let same = known
                .get_mut(person)
                .filter(|key| key.wrapped.as_deref().is_some_and(|own| own == wrapped.as_slice()));
            if let Some(key) = same {
                key.wrapped = None;
            }
        }
        drop(known);
        let destroyed = self.destroyed();
        persons.iter().filter(|key| destroyed.contains(&digest_of(&key.wrapped))).cloned().collect()
    }

    /// Takes destroyed keys out of records that are to be stored: what they say of the person is
    /// erased before it comes.
    pub fn leave_out_destroyed(&self, records: &mut [NewRecord]) {
        let destroyed = self.destroyed();
        if destroyed.is_empty() {
            return;
        }
        for record in records {
            record.new_keys.retain(|key| !destroyed.contains(&digest_of(&key.wrapped)));
        }
    }

    /// Notes that a key is destroyed, before it is.
    pub fn note_destroyed(&self, key: Digest) {
        self.destroyed().insert(key);
    }

    fn destroyed(&self) -> std::sync::MutexGuard<'_, HashSet<Digest>> {
        self.destroyed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The key of one person, to read by, where the store was asked for it already.
    ///
    /// # Errors
    /// [`store::Error::Damaged`]: it does not decrypt.
    pub fn found(&self, person: &str, stored: Option<&StoredKey>) -> Result<Found, store::Error> {
        if let Some(key) = self.lock().get(person) {
            return Ok(Found::Key(key.secret.clone()));
        }
        match stored {
            Some(stored) => Ok(Found::Key(self.unwrap(&stored.key)?.secret)),
            None => Ok(Found::Gone),
        }
    }

    /// The digest of a person's key as it is stored, by which exactly this key can be named after
    /// it is gone.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn digest(&self, person: &str) -> Result<Option<Digest>, store::Error> {
        let stored = self.db.person_key(person).await?;
        Ok(stored.map(|stored| digest_of(&stored.key.wrapped)))
    }

    /// Forgets a person's key here; the store's is destroyed by the statement of [`store::person_key::destroy`].
    pub fn forget(&self, person: &str) {
        self.lock().remove(person);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, PersonKey>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn digest_of(wrapped: &[u8]) -> Digest {
    Digest::of(&[wrapped])
}

impl PersonKey {
    fn new(key: [u8; 32], wrapped: Option<Arc<[u8]>>) -> Self {
        let mark = Digest::of(&[b"zhiheng content", &key]);
        Self { secret: Secret::new(key), mark, wrapped }
    }

    /// What the digest of a record's content holds of the key: without the key, what the record
    /// said of the person cannot be guessed from that digest.
    pub fn mark(&self) -> &Digest {
        &self.mark
    }

    /// Encrypts what a record says of the person.
    pub fn seal(&self, plain: &[u8], about: &[u8]) -> Vec<u8> {
        self.secret.seal(random(), plain, about)
    }

    /// The key for the store, while it is not known to have it.
    pub fn wrapped(&self, person: &str) -> Option<WrappedKey> {
        let wrapped = self.wrapped.as_deref()?.to_vec();
        Some(WrappedKey { person: person.to_owned(), wrapped })
    }
}

impl Found {
    /// Whether there is no key.
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Gone)
    }

    /// Decrypts what a record says of the person; none where the key is gone.
    ///
    /// # Errors
    /// [`SealError`]: the stored part was changed.
    pub fn open(&self, sealed: &[u8], about: &[u8]) -> Result<Option<Vec<u8>>, SealError> {
        match self {
            Self::Key(secret) => secret.open(sealed, about).map(Some),
            Self::Gone => Ok(None),
        }
    }
}
