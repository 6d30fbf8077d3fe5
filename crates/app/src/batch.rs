//! How a batch stands.

use model::{RecordId, Timestamp};

use crate::Door;
use crate::door::{Principal, Target};
use crate::fault::Rejection;
use crate::intake::{Receipt, closing_id};
use crate::reading::READ;
use crate::system::System;

/// How far a batch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchState {
    /// Nothing of it is stored.
    Unknown,
    /// It is being received, or waits for its closing record: none of it counts.
    Open,
    /// Its records count.
    Closed,
    /// It was taken back.
    Withdrawn,
}

/// How a batch stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchView {
    /// The batch.
    pub batch: RecordId,
    /// How far it is.
    pub state: BatchState,
    /// How many records of it are stored.
    pub records: u64,
    /// Its closing record.
    pub closing: Option<Receipt>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// The position of the record that took it back.
    pub withdrawn_at: Option<u64>,
}

impl System {
    /// How a batch stands now.
    ///
    /// # Errors
    /// No permission; a fault of the store.
    pub async fn batch(&self, who: &Principal, batch: RecordId) -> Result<BatchView, Rejection> {
        let pack = self.pack();
        let today = crate::time::day(self.clock().now());
        Door::new(&pack, today).authorize(who, READ, Target::default())?;
        let closing = self.reader().record(closing_id(batch)).await?;
        let store::BatchRow { records, withdrawn_at, .. } = self.reader().db().batch(batch).await?;
        let is_arriving = self.data().join("staging").join(format!("{batch}.stage")).exists();
        let state = match (withdrawn_at, &closing) {
            (Some(_), _) => BatchState::Withdrawn,
            (None, Some(_)) => BatchState::Closed,
            (None, None) if records > 0 || is_arriving => BatchState::Open,
            (None, None) => BatchState::Unknown,
        };
        Ok(BatchView {
            batch,
            state,
            records,
            closed_at: closing.as_ref().map(|record| record.recorded_at),
            closing: closing.map(|record| {
                let known = store::Outcome::AlreadyKnown { position: record.position };
                self.receipt(record.id, known)
            }),
            withdrawn_at,
        })
    }
}
