//! What is stored, what is already known, what is refused: one decision for both databases.

use std::collections::HashMap;

use model::{Digest, RecordId};
use thiserror::Error;

use super::engine::{Known, KnownRecord, Place, Wanted};
use crate::entry::NewRecord;

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is stored, at this place in the log.
    Stored {
        /// The place, from 0.
        log_index: u64,
    },
    /// The same record was stored before; nothing new is stored.
    AlreadyKnown {
        /// The place where it stands.
        log_index: u64,
    },
}

impl Outcome {
    /// The place in the log.
    pub fn log_index(self) -> u64 {
        match self {
            Self::Stored { log_index } | Self::AlreadyKnown { log_index } => log_index,
        }
    }
}

/// Why a record cannot be stored. Nothing of its request is.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The id belongs to a record with other content.
    #[error(
        "record {id} exists with other content; to change it, send a correction under a new id"
    )]
    IdTaken {
        /// The id.
        id: RecordId,
        /// Where the other stands.
        log_index: u64,
    },
    /// What it corrects does not exist.
    #[error("record {id} corrects {corrects}, which does not exist; name a record of this store")]
    NothingToCorrect {
        /// The new record.
        id: RecordId,
        /// What it names.
        corrects: RecordId,
    },
    /// What it corrects was corrected before.
    #[error(
        "record {id} corrects {corrects}, which {head} has corrected already; look at that and correct it"
    )]
    NotTheHead {
        /// The new record.
        id: RecordId,
        /// What it names.
        corrects: RecordId,
        /// The record that took its place.
        head: RecordId,
    },
    /// Another head has the same unique fields.
    #[error(
        "record {id} has the same unique fields as {holder}, at {log_index}; correct that one, or send what is different"
    )]
    NotUnique {
        /// The new record.
        id: RecordId,
        /// The record that has them.
        holder: RecordId,
        /// Its place in the log.
        log_index: u64,
    },
}

impl Refusal {
    /// A stable name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::IdTaken { .. } => "record.id_taken",
            Self::NothingToCorrect { .. } => "record.nothing_to_correct",
            Self::NotTheHead { .. } => "record.not_the_head",
            Self::NotUnique { .. } => "record.not_unique",
        }
    }
}

/// What a group changes.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// New records with their places, in the order of the log without gaps.
    pub(crate) records: Vec<(u64, NewRecord)>,
    /// Records whose place was taken: old place, new place.
    pub(crate) corrected: Vec<(u64, u64)>,
    /// Unique keys that no head holds any more.
    pub(crate) freed: Vec<Digest>,
    /// Unique keys with the head that holds them now.
    pub(crate) held: Vec<(Digest, u64)>,
}

impl Changes {
    pub(crate) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }
}

/// Everything that must be looked up to decide these requests.
pub(crate) fn wanted<'a>(requests: impl Iterator<Item = &'a Vec<NewRecord>>) -> Wanted {
    let mut wanted = Wanted::default();
    for record in requests.flatten() {
        wanted.ids.push(record.id);
        wanted.ids.extend(record.corrects);
        wanted.keys.extend(&record.unique_keys);
    }
    wanted
}

/// Decides requests one after the other, each wholly or not at all.
pub(crate) struct Decision {
    known: Known,
    /// Keys as the group leaves them; none for one that it freed.
    keys: HashMap<Digest, Option<Place>>,
    changes: Changes,
    next: u64,
}

impl Decision {
    pub(crate) fn new(known: Known, size: u64) -> Self {
        Self { known, keys: HashMap::new(), changes: Changes::default(), next: size }
    }

    pub(crate) fn changes(self) -> Changes {
        self.changes
    }

    /// Decides one request.
    pub(crate) fn request(&mut self, records: Vec<NewRecord>) -> Result<Vec<Outcome>, Refusal> {
        let mut trial = Trial::new(self);
        let outcomes: Result<Vec<Outcome>, Refusal> =
            records.iter().map(|record| trial.record(record)).collect();
        let outcomes = outcomes?;
        let Trial { known, keys, corrected, next, .. } = trial;
        self.known.records.extend(known);
        self.changes.corrected.extend(corrected);
        for (key, holder) in keys {
            self.keys.insert(key, holder);
        }
        self.next = next;
        let stored =
            records.into_iter().zip(&outcomes).filter_map(|(record, outcome)| match outcome {
                Outcome::Stored { log_index } => Some((*log_index, record)),
                Outcome::AlreadyKnown { .. } => None,
            });
        self.changes.records.extend(stored);
        Ok(outcomes)
    }

    /// Ends the group: what its keys have become.
    pub(crate) fn settle(mut self) -> Changes {
        for (key, holder) in std::mem::take(&mut self.keys) {
            match holder {
                Some(place) => self.changes.held.push((key, place.log_index)),
                None => self.changes.freed.push(key),
            }
        }
        self.changes()
    }
}

/// One request's changes, which are dropped if one of its records is refused.
struct Trial<'d> {
    before: &'d Decision,
    known: HashMap<RecordId, KnownRecord>,
    keys: HashMap<Digest, Option<Place>>,
    corrected: Vec<(u64, u64)>,
    next: u64,
}

impl<'d> Trial<'d> {
    fn new(before: &'d Decision) -> Self {
        Self {
            before,
            known: HashMap::new(),
            keys: HashMap::new(),
            corrected: Vec::new(),
            next: before.next,
        }
    }

    fn find(&self, id: RecordId) -> Option<&KnownRecord> {
        self.known.get(&id).or_else(|| self.before.known.records.get(&id))
    }

    fn holder(&self, key: &Digest) -> Option<Place> {
        match self.keys.get(key).or_else(|| self.before.keys.get(key)) {
            Some(holder) => *holder,
            None => self.before.known.keys.get(key).copied(),
        }
    }

    fn record(&mut self, record: &NewRecord) -> Result<Outcome, Refusal> {
        let id = record.id;
        if let Some(same) = self.find(id) {
            let log_index = same.log_index;
            return if same.content == record.content {
                Ok(Outcome::AlreadyKnown { log_index })
            } else {
                Err(Refusal::IdTaken { id, log_index })
            };
        }
        let place = Place { log_index: self.next, id };
        if let Some(corrects) = record.corrects {
            let Some(mut old) = self.find(corrects).cloned() else {
                return Err(Refusal::NothingToCorrect { id, corrects });
            };
            if let Some(head) = old.corrected_by {
                return Err(Refusal::NotTheHead { id, corrects, head: head.id });
            }
            self.corrected.push((old.log_index, place.log_index));
            for key in &old.unique_keys {
                self.keys.insert(*key, None);
            }
            old.corrected_by = Some(place);
            self.known.insert(corrects, old);
        }
        for key in &record.unique_keys {
            if let Some(holder) = self.holder(key) {
                let Place { log_index, id: holder } = holder;
                return Err(Refusal::NotUnique { id, holder, log_index });
            }
            self.keys.insert(*key, Some(place));
        }
        let known = KnownRecord {
            log_index: place.log_index,
            content: record.content,
            unique_keys: record.unique_keys.clone(),
            corrected_by: None,
        };
        self.known.insert(id, known);
        self.next += 1;
        Ok(Outcome::Stored { log_index: place.log_index })
    }
}
