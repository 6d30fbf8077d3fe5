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
    /// Digests of kind and unique fields: no two heads have one in common.
    pub unique_keys: Vec<Digest>,
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
    /// Its place in the log, from 0.
    pub log_index: u64,
    /// The id.
    pub id: RecordId,
    /// The kind.
    pub kind: String,
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
    /// The place of the record that corrected it.
    pub corrected_by: Option<u64>,
}
