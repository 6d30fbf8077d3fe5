//! What intake hands to the store, and what the store gives back.

use model::{Class, Digest, RecordId, Timestamp};

/// A record that has passed every check of intake and waits for its place in the log.
#[derive(Debug, Clone)]
pub struct NewRecord {
    /// The id.
    pub id: RecordId,
    /// The digest of what the sender gave, for recognising a replay.
    pub content: Digest,
    /// The kind.
    pub kind: String,
    /// When it happened.
    pub valid_at: Timestamp,
    /// When it was taken in.
    pub recorded_at: Timestamp,
    /// Who may see it.
    pub class: Class,
    /// The batch that it belongs to.
    pub batch: Option<RecordId>,
    /// The record whose place it takes.
    pub corrects: Option<RecordId>,
    /// The batch or single record that it takes back.
    pub withdraws: Option<RecordId>,
    /// The batch that it completes: the records of the batch count from here on.
    pub closes: Option<RecordId>,
    /// Digests of kind and unique fields: no two heads have one in common.
    pub unique_keys: Vec<Digest>,
    /// The canonical text that the leaf commits to.
    pub envelope: Vec<u8>,
    /// The canonical text of the open part.
    pub open: Vec<u8>,
    /// The personal part, encrypted, by person.
    pub personal: Vec<PersonalSealed>,
    /// Keys of persons that may not be in the store yet, encrypted under the master key. A key that
    /// is there stays.
    pub new_keys: Vec<WrappedKey>,
    /// What blinds the leaf.
    pub nonce: [u8; 32],
    /// The leaf.
    pub leaf: Vec<u8>,
}

/// The key of a person, encrypted under the master key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKey {
    /// The pseudonym of the person.
    pub person: String,
    /// Algorithm, nonce, ciphertext and tag.
    pub wrapped: Vec<u8>,
}

/// What a record says of one person, encrypted under that person's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalSealed {
    /// The pseudonym of the person.
    pub person: String,
    /// Algorithm, nonce, ciphertext and tag.
    pub sealed: Vec<u8>,
}

/// A record as it stands in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its position, from 0.
    pub position: u64,
    /// The id.
    pub id: RecordId,
    /// The kind.
    pub kind: String,
    /// When it happened.
    pub valid_at: Timestamp,
    /// When it was taken in.
    pub recorded_at: Timestamp,
    /// The batch that it belongs to.
    pub batch: Option<RecordId>,
    /// The record whose place it takes.
    pub corrects: Option<RecordId>,
    /// What it takes back.
    pub withdraws: Option<RecordId>,
    /// The batch that it completes.
    pub closes: Option<RecordId>,
    /// The digest of what the sender gave.
    pub content: Digest,
    /// Its unique keys, one behind the other.
    pub unique_keys: Vec<u8>,
    /// The canonical text that the leaf commits to.
    pub envelope: Vec<u8>,
    /// The canonical text of the open part.
    pub open: Vec<u8>,
    /// The personal part, encrypted, by person.
    pub personal: Vec<PersonalSealed>,
    /// What blinds the leaf.
    pub nonce: [u8; 32],
    /// The leaf.
    pub leaf: Vec<u8>,
    /// Who may see it, as a word.
    pub class: String,
}
