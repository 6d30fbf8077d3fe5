//! Records of another door than lines of JSON, on the way of streams: checked to the end into a file,
//! then appended from there under a batch.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use model::RecordId;
use store::NewRecord;

use super::Receipt;
use super::staging::{Header, Staged, Staging, encode};
use super::stream::staging_fault;
use crate::door::Principal;
use crate::fault::{Fault, Rejection};
use crate::system::System;

/// Records that are being checked.
pub(crate) struct Stage {
    staging: Staging,
}

/// What became of them.
#[derive(Debug, Clone)]
pub(crate) struct Appended {
    /// Records that are stored now.
    pub(crate) stored: u64,
    /// Records that were stored before.
    pub(crate) known: u64,
    /// Events that are there already under other records.
    pub(crate) copies: u64,
    /// Records that were not stored.
    pub(crate) refused: u64,
    /// Why, by row; the first of them.
    pub(crate) faults: Vec<(u64, Fault)>,
    /// The receipt of the closing record.
    pub(crate) closing: Receipt,
}

impl Stage {
    /// A piece of records as they are staged, each with its row.
    pub(crate) fn frame(into: &mut Vec<u8>, row: u64, record: &NewRecord) {
        encode(into, row, record);
    }

    /// Adds a piece.
    pub(crate) fn add(&mut self, frames: &[u8], records: u64) -> Result<(), Rejection> {
        self.staging.add(frames, records).map_err(|error| staging_fault(&error))
    }

    /// Says that all was checked, durably: from here on it is appended, also after a crash.
    pub(crate) fn finish(self) -> Result<(), Rejection> {
        self.staging.finish().map(drop).map_err(|error| staging_fault(&error))
    }

    /// Leaves nothing behind.
    pub(crate) fn discard(self) {
        self.staging.discard();
    }
}

impl System {
    /// Begins a stage for a batch; what was left of one that was not checked to its end is removed.
    pub(crate) fn begin_stage(
        &self,
        who: &Principal,
        batch: RecordId,
        source: Option<String>,
        proceed: bool,
        events: bool,
    ) -> Result<Stage, Rejection> {
        let header = Header {
            batch: batch.to_string(),
            on_behalf_of: who.on_behalf_of.clone(),
            account: who.account.clone(),
            source,
            proceed,
            rights: who.person.as_ref().map(|person| person.held().names()),
            events,
        };
        let path = Staging::path(self.data(), batch);
        if path.exists() && !self.is_staged(batch)? {
            std::fs::remove_file(&path).map_err(|error| staging_fault(&error))?;
        }
        let staging = Staging::create(self.data(), batch, &header);
        Ok(Stage { staging: staging.map_err(|error| staging_fault(&error))? })
    }

    /// Whether records of a batch were checked to their end and wait to be appended.
    pub(crate) fn is_staged(&self, batch: RecordId) -> Result<bool, Rejection> {
        let path = Staging::path(self.data(), batch);
        if !path.exists() {
            return Ok(false);
        }
        Ok(Staged::open(&path).map_err(|error| staging_fault(&error))?.is_some())
    }

    /// Whether a batch is complete: its records count.
    pub(crate) async fn is_closed(&self, batch: RecordId) -> Result<bool, Rejection> {
        Ok(self.reader().position(super::closing_id(batch)).await?.is_some())
    }

    /// Appends what was staged of a batch, and closes it. `done` counts the records that are durable.
    pub(crate) async fn append_stage(
        self: &Arc<Self>,
        batch: RecordId,
        done: &AtomicU64,
    ) -> Result<Appended, Rejection> {
        let path = Staging::path(self.data(), batch);
        let staged = Staged::open(&path).map_err(|error| staging_fault(&error))?;
        let staged =
            staged.ok_or_else(|| store::Error::Damaged { what: "the staged import".into() })?;
        let appended = self.append_records(staged, Some(done)).await;
        if !matches!(&appended, Err(Rejection::Store(_))) {
            // After a fault of the store the file stays, and is gone on with.
            let _ = std::fs::remove_file(&path);
        }
        let appended = appended?;
        let closing = appended
            .closing
            .ok_or_else(|| store::Error::Damaged { what: "the batch was not closed".into() })?;
        let super::stream::Appended { stored, known, copies, refused, faults, .. } = appended;
        Ok(Appended { stored, known, copies, refused, faults, closing })
    }
}
