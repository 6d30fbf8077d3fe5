//! The one way in.
//!
//! A request is one record or several, stored wholly or not at all; or a stream, which is checked
//! to its end before any of it is stored ([`stream`]). What is wrong is told with its place, all
//! faults at once. A receipt is given when the records are durable.

pub mod before;
mod prepare;
mod stage;
mod staging;
pub mod stream;
mod subject;

use model::{Draft, RecordId, system_kind};
use store::{NewRecord, Outcome};

pub(crate) use prepare::{Context, Preparer, personal_about, persons as persons_of};
pub(crate) use stage::{Appended, Stage};
pub(crate) use subject::standard_scheme;

use crate::fault::{Fault, Rejection};
use crate::keys::random;
use crate::system::System;
use crate::{Door, Principal};

/// The most records of one request; more come as a stream.
pub const MOST_RECORDS: usize = 1_000;

/// What a sender gets for a record that is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The record.
    pub id: RecordId,
    /// Its position in the store, from 0.
    pub position: u64,
    /// The evidence log that it is in or will be in within a moment.
    pub log: String,
    /// Its index there.
    pub index: u64,
    /// Whether the same record had been sent before: nothing new was stored.
    pub known: bool,
}

impl System {
    /// Takes in the records of one request, all or none, and returns when they are durable. With a
    /// batch, its closing record is added behind them, and they can be taken back together.
    ///
    /// # Errors
    /// [`Rejection`]; nothing is stored then, or, after a fault of the store, it may be stored all
    /// the same: sent again, it is recognised.
    pub async fn append(
        &self,
        who: &Principal,
        drafts: Vec<Draft>,
        batch: Option<RecordId>,
    ) -> Result<Vec<Receipt>, Rejection> {
        if drafts.is_empty() || drafts.len() > MOST_RECORDS {
            let found = drafts.len();
            return Err(Fault::new(
                "request.count",
                format!("a request has 1 to {MOST_RECORDS} records, this one has {found}; send more as a stream (application/x-ndjson)"),
                format!("每次请求为 1 至 {MOST_RECORDS} 条记录，现为 {found} 条；更多请以数据流发送（application/x-ndjson）"),
            )
            .into());
        }
        // No right by which this is let in ends before it is durable.
        let _rights = match &who.person {
            Some(_) => Some(self.people().hold().await),
            None => None,
        };
        let several = drafts.len() > 1;
        let own = drafts.iter().enumerate().filter_map(|(at, draft)| {
            let fault = prepare::own_kind(draft)?;
            Some(if several { fault.of_record(at) } else { fault })
        });
        let own: Vec<Fault> = own.collect();
        if !own.is_empty() {
            return Err(Rejection::Invalid(own));
        }
        if several && drafts.iter().any(|draft| draft.withdraws.is_some()) {
            return Err(Fault::new(
                "withdrawal.alone",
                "a withdrawal is sent by itself; send the other records in another request",
                "撤回记录须单独发送；其他记录请另行发送",
            )
            .into());
        }
        let mut drafts = drafts;
        if let Some(batch) = batch {
            self.check_batch_id(batch)?;
            drafts.push(self.closing_draft(batch, drafts.len() as u64, None));
        }
        self.append_own(who, drafts, batch).await
    }

    /// As [`append`](Self::append), also of the kinds that only the program writes.
    pub(crate) async fn append_own(
        &self,
        who: &Principal,
        drafts: Vec<Draft>,
        batch: Option<RecordId>,
    ) -> Result<Vec<Receipt>, Rejection> {
        let records = self.prepare(who, drafts, batch).await?;
        self.store_all(records).await
    }

    /// The draft of the record that completes a batch. Its id follows from the batch, so that a
    /// batch has one.
    pub(crate) fn closing_draft(
        &self,
        batch: RecordId,
        records: u64,
        source: Option<&str>,
    ) -> Draft {
        let mut open = serde_json::Map::new();
        open.insert("records".to_owned(), records.into());
        if let Some(source) = source {
            open.insert("source_name".to_owned(), source.into());
        }
        Draft {
            id: Some(closing_id(batch)),
            valid_at: batch.time(),
            ..self.own_draft(system_kind::BATCH, open)
        }
    }

    /// Checks drafts and makes records of them.
    async fn prepare(
        &self,
        who: &Principal,
        drafts: Vec<Draft>,
        batch: Option<RecordId>,
    ) -> Result<Vec<NewRecord>, Rejection> {
        let pack = self.pack();
        let persons: Vec<String> =
            drafts.iter().flat_map(|draft| prepare::persons(&pack, who, draft)).collect();
        for draft in &drafts {
            self.may_change(who, draft).await?;
        }
        let keys = self.resolve_keys(&persons).await?;
        let now = self.clock().now();
        let preparer = Preparer::new(&pack);
        let mut records = Vec::with_capacity(drafts.len());
        let mut faults = Vec::new();
        let several = drafts.len() > 1;
        for (at, draft) in drafts.into_iter().enumerate() {
            let context = Context { who, now, keys: &keys, batch, random: random() };
            match preparer.record(draft, &context) {
                Ok(record) => records.push(record),
                Err(Rejection::Invalid(found)) => {
                    let of = |f: Fault| if several { f.of_record(at) } else { f };
                    faults.extend(found.into_iter().map(of));
                }
                Err(other) => return Err(other),
            }
            if faults.len() > 1000 {
                break;
            }
        }
        if faults.is_empty() { Ok(records) } else { Err(Rejection::Invalid(faults)) }
    }

    /// Stores prepared records, all or none.
    pub(crate) async fn store_all(
        &self,
        mut records: Vec<NewRecord>,
    ) -> Result<Vec<Receipt>, Rejection> {
        self.person_keys().leave_out_destroyed(&mut records);
        self.vault_keys().leave_out_destroyed(&mut records);
        let ids: Vec<RecordId> = records.iter().map(|record| record.id).collect();
        let keys: Vec<_> = records.iter().map(|r| r.new_keys.clone()).collect();
        let outcomes = match self.writer().append(records).await? {
            Ok(outcomes) => outcomes,
            Err(refusal) => {
                let place = ids.iter().position(|id| *id == refusal.id());
                let mut fault = Fault::from(refusal);
                if let Some(place) = place.filter(|_| ids.len() > 1) {
                    fault = fault.of_record(place);
                }
                return Err(Rejection::Conflict(fault));
            }
        };
        // The store has the keys of what it stored now, not of what it knew.
        let is_new = |outcome: &Outcome| matches!(outcome, Outcome::Stored { .. });
        let new = keys.into_iter().zip(&outcomes).filter(|(_, outcome)| is_new(outcome));
        let keys: Vec<_> = new.flat_map(|(keys, _)| keys).collect();
        self.confirm_keys(&keys).await?;
        self.note_stored();
        Ok(ids.into_iter().zip(outcomes).map(|(id, outcome)| self.receipt(id, outcome)).collect())
    }

    /// The receipt of a record that is durable.
    pub fn receipt(&self, id: RecordId, outcome: Outcome) -> Receipt {
        let position = outcome.position();
        let (log, index) = self.log_place(position);
        Receipt { id, position, log, index, known: matches!(outcome, Outcome::AlreadyKnown { .. }) }
    }

    /// Takes a batch or a single record back.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub async fn withdraw(
        &self,
        who: &Principal,
        target: RecordId,
        reason: &str,
    ) -> Result<Receipt, Rejection> {
        let pack = self.pack();
        let now = self.clock().now();
        if let Some(kind) = pack.kind(system_kind::WITHDRAWAL) {
            let door = Door::new(&pack, crate::time::day(now));
            door.authorize(who, &kind.author, crate::door::Target::default())?;
        }
        let mut open = serde_json::Map::new();
        open.insert("reason".to_owned(), reason.into());
        let mut draft = self.own_draft(system_kind::WITHDRAWAL, open);
        draft.withdraws = Some(target);
        // An office writes of its own region alone.
        draft.region = self.own_region(who).unwrap_or(draft.region);
        let mut receipts = self.append(who, vec![draft], None).await?;
        receipts
            .pop()
            .ok_or_else(|| store::Error::Unavailable { reason: "no answer".into() }.into())
    }
}

/// The id of the record that completes a batch: that of the batch with other random bits.
pub(crate) fn closing_id(batch: RecordId) -> RecordId {
    let digest = model::Digest::of(&[b"zhiheng closing record", batch.as_bytes()]);
    let mut random = [0; 10];
    random.copy_from_slice(&digest.as_bytes()[..10]);
    RecordId::new(batch.time(), &random)
}
