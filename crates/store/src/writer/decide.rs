//! What is stored, what is already known, what is refused: one decision for both databases.

use std::collections::{HashMap, HashSet};

use model::{Digest, RecordId, system_kind};

use super::engine::{Holder, Known, KnownRecord, Place, Target, Wanted};
use super::refusal::Refusal;
use crate::entry::NewRecord;

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is stored, at this position.
    Stored {
        /// The position, from 0.
        position: u64,
    },
    /// The same record was stored before; nothing new is stored.
    AlreadyKnown {
        /// The position where it stands.
        position: u64,
    },
}

impl Outcome {
    /// The position.
    pub fn position(self) -> u64 {
        match self {
            Self::Stored { position } | Self::AlreadyKnown { position } => position,
        }
    }
}

/// What a group changes.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// New records with their positions, in order without gaps.
    pub(crate) records: Vec<(u64, NewRecord)>,
    /// Records whose place was taken: old position, new position.
    pub(crate) corrected: Vec<(u64, u64)>,
    /// Unique keys that no head holds any more.
    pub(crate) freed: Vec<Digest>,
    /// Unique keys with the head that holds them now.
    pub(crate) held: Vec<(Digest, u64)>,
    /// Batches that became complete, and where.
    pub(crate) closed: Vec<(RecordId, u64)>,
    /// What was taken back, and where.
    pub(crate) withdrawn: Vec<(RecordId, u64)>,
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
        wanted.targets.extend(record.withdraws);
        for batch in record.batch.into_iter().chain(record.closes) {
            if wanted.batches.last() != Some(&batch) {
                wanted.batches.push(batch);
            }
        }
    }
    wanted
}

/// Decides requests one after the other, each wholly or not at all.
pub(crate) struct Decision {
    known: Known,
    /// Keys as the group leaves them; none for one that it freed.
    keys: HashMap<Digest, Option<Holder>>,
    changes: Changes,
    next: u64,
}

impl Decision {
    pub(crate) fn new(known: Known, size: u64) -> Self {
        Self { known, keys: HashMap::new(), changes: Changes::default(), next: size }
    }

    /// Decides a request of one record.
    pub(crate) fn one(&mut self, record: NewRecord) -> Result<Outcome, Refusal> {
        let position = self.next;
        let outcomes = self.request(vec![record])?;
        Ok(outcomes.first().copied().unwrap_or(Outcome::AlreadyKnown { position }))
    }

    /// Decides one request.
    pub(crate) fn request(&mut self, records: Vec<NewRecord>) -> Result<Vec<Outcome>, Refusal> {
        let mut trial = Trial::new(self);
        let mut outcomes = Vec::with_capacity(records.len());
        for record in &records {
            outcomes.push(trial.record(record)?);
        }
        let Trial { known, keys, corrected, closed, withdrawn, next, .. } = trial;
        self.known.records.extend(known);
        self.known.closed.extend(closed.iter().map(|(batch, _)| *batch));
        self.known.withdrawn.extend(withdrawn.iter().map(|(target, _)| *target));
        self.changes.corrected.extend(corrected);
        self.changes.closed.extend(closed);
        self.changes.withdrawn.extend(withdrawn);
        self.keys.extend(keys);
        self.next = next;
        let stored =
            records.into_iter().zip(&outcomes).filter_map(|(record, outcome)| match outcome {
                Outcome::Stored { position } => Some((*position, record)),
                Outcome::AlreadyKnown { .. } => None,
            });
        self.changes.records.extend(stored);
        Ok(outcomes)
    }

    /// Ends the group: what its keys have become.
    pub(crate) fn settle(mut self) -> Changes {
        for (key, holder) in std::mem::take(&mut self.keys) {
            match holder {
                Some(holder) => self.changes.held.push((key, holder.place.position)),
                None => self.changes.freed.push(key),
            }
        }
        self.changes
    }
}

/// One request's changes, which are dropped if one of its records is refused.
struct Trial<'d> {
    before: &'d Decision,
    known: HashMap<RecordId, KnownRecord>,
    keys: HashMap<Digest, Option<Holder>>,
    corrected: Vec<(u64, u64)>,
    closed: Vec<(RecordId, u64)>,
    withdrawn: Vec<(RecordId, u64)>,
    next: u64,
}

impl<'d> Trial<'d> {
    fn new(before: &'d Decision) -> Self {
        Self {
            before,
            known: HashMap::new(),
            keys: HashMap::new(),
            corrected: Vec::new(),
            closed: Vec::new(),
            withdrawn: Vec::new(),
            next: before.next,
        }
    }

    fn find(&self, id: RecordId) -> Option<&KnownRecord> {
        self.known.get(&id).or_else(|| self.before.known.records.get(&id))
    }

    fn is_closed(&self, batch: RecordId) -> bool {
        self.before.known.closed.contains(&batch) || self.closed.iter().any(|(b, _)| *b == batch)
    }

    /// Whether a record was taken back, by itself or with its batch.
    fn is_withdrawn(&self, id: RecordId, batch: Option<RecordId>) -> bool {
        let taken: &HashSet<RecordId> = &self.before.known.withdrawn;
        let is = |id: RecordId| {
            (!taken.is_empty() && taken.contains(&id))
                || self.withdrawn.iter().any(|(target, _)| *target == id)
        };
        is(id) || batch.is_some_and(is)
    }

    /// The head that holds a key: what was taken back holds nothing.
    fn holder(&self, key: &Digest) -> Option<Holder> {
        let holder = match self.keys.get(key).or_else(|| self.before.keys.get(key)) {
            Some(holder) => *holder,
            None => self.before.known.keys.get(key).copied(),
        };
        holder.filter(|holder| !self.is_withdrawn(holder.place.id, holder.batch))
    }

    fn record(&mut self, record: &NewRecord) -> Result<Outcome, Refusal> {
        let id = record.id;
        if let Some(same) = self.find(id) {
            return self.again(record, same);
        }
        let place = Place { position: self.next, id };
        if let Some(batch) = record.batch {
            self.check_batch(id, batch)?;
        }
        if let Some(corrects) = record.corrects {
            self.correct(record, corrects, place)?;
        }
        if let Some(batch) = record.closes {
            self.check_batch(id, batch)?;
            self.closed.push((batch, place.position));
        }
        if let Some(target) = record.withdraws {
            self.withdraw(id, target)?;
            self.withdrawn.push((target, place.position));
        }
        for key in &record.unique_keys {
            if let Some(Holder { place: Place { position, id: holder }, .. }) = self.holder(key) {
                return Err(Refusal::NotUnique { id, holder, position });
            }
            self.keys.insert(*key, Some(Holder { place, batch: record.batch }));
        }
        let known = KnownRecord {
            position: place.position,
            kind: record.kind.clone(),
            batch: record.batch,
            content: record.content,
            unique_keys: record.unique_keys.clone(),
            corrected_by: Vec::new(),
        };
        self.known.insert(id, known);
        self.next += 1;
        Ok(Outcome::Stored { position: place.position })
    }

    /// A record whose id is known.
    fn again(&self, record: &NewRecord, same: &KnownRecord) -> Result<Outcome, Refusal> {
        let (id, position) = (record.id, same.position);
        if same.content != record.content {
            return Err(Refusal::IdTaken { id, position });
        }
        // Said to be known, a record must count: in an open batch it would never.
        match same.batch {
            Some(batch) if same.batch != record.batch && !self.is_closed(batch) => {
                // Taken back before it was complete: it can be sent to its end no more.
                if self.is_withdrawn(batch, None) {
                    return Err(Refusal::IdWithdrawn { id, batch });
                }
                Err(Refusal::InOpenBatch { id, batch })
            }
            _ => Ok(Outcome::AlreadyKnown { position }),
        }
    }

    fn check_batch(&self, id: RecordId, batch: RecordId) -> Result<(), Refusal> {
        if self.is_withdrawn(batch, None) {
            return Err(Refusal::BatchWithdrawn { id, batch });
        }
        if self.is_closed(batch) {
            return Err(Refusal::BatchClosed { id, batch });
        }
        Ok(())
    }

    fn correct(
        &mut self,
        record: &NewRecord,
        corrects: RecordId,
        place: Place,
    ) -> Result<(), Refusal> {
        let id = record.id;
        let Some(mut old) = self.find(corrects).cloned() else {
            return Err(Refusal::NothingToCorrect { id, corrects });
        };
        if self.is_withdrawn(corrects, old.batch) {
            return Err(Refusal::CorrectsWithdrawn { id, corrects });
        }
        let head = old.corrected_by.iter().find(|h| !self.is_withdrawn(h.place.id, h.batch));
        if let Some(head) = head {
            return Err(Refusal::NotTheHead { id, corrects, head: head.place.id });
        }
        if system_kind::is(&old.kind) || old.kind != record.kind {
            let (kind, found) = (record.kind.clone(), old.kind.clone());
            return Err(Refusal::OtherKind { id, corrects, kind, found });
        }
        // Until its batch is complete nobody but the batch may build upon a record.
        if let Some(batch) = old.batch.filter(|b| Some(*b) != record.batch && !self.is_closed(*b)) {
            return Err(Refusal::InOpenBatch { id: corrects, batch });
        }
        self.corrected.push((old.position, place.position));
        for key in &old.unique_keys {
            // A head holds all its keys: a withdrawal that would break this is refused.
            self.keys.insert(*key, None);
        }
        old.corrected_by.push(Holder { place, batch: record.batch });
        self.known.insert(corrects, old);
        Ok(())
    }

    fn withdraw(&mut self, id: RecordId, target: RecordId) -> Result<(), Refusal> {
        if self.is_withdrawn(target, None) {
            return Err(Refusal::AlreadyWithdrawn { id, target });
        }
        let nothing = Target::default();
        let found = self.before.known.targets.get(&target).unwrap_or(&nothing);
        if found.records == 0 {
            return Err(Refusal::NothingToWithdraw { id, target });
        }
        let kept = |kind: &str| system_kind::is(kind) || system_kind::is_kept(kind);
        if found.kind.as_deref().is_some_and(kept) {
            return Err(Refusal::NotWithdrawable { id, target });
        }
        if let Some((record, by)) = found.corrected_outside {
            return Err(Refusal::WithdrawsCorrected { id, record: record.id, head: by.id });
        }
        for (old, keys) in &found.restored {
            for key in keys {
                let holder = match self.keys.get(key).or_else(|| self.before.keys.get(key)) {
                    Some(holder) => *holder,
                    None => self.before.known.keys.get(key).copied(),
                };
                let other = holder.filter(|holder| {
                    let own = holder.batch == Some(target) || holder.place.id == target;
                    !own && !self.is_withdrawn(holder.place.id, holder.batch)
                });
                if let Some(other) = other.filter(|other| other.place.id != old.id) {
                    return Err(Refusal::KeyTaken { id, record: old.id, holder: other.place.id });
                }
                self.keys.insert(*key, Some(Holder { place: *old, batch: None }));
            }
        }
        Ok(())
    }
}
