//! Merging records into the readings.

use std::sync::Arc;

use tokio::task::JoinHandle;

use super::Readings;
use super::case::{self, Derive, Derived, Packed};
use super::effect;
use super::rows::{Interpreted, Projected};
use super::target::{Chunk, State, Target};
use crate::entry::Stored;
use crate::error::Error;
use crate::reader::{MOST, Reader};

/// The most records that are merged in one transaction: the index by subject is met in no order,
/// so that many at once cost little more than few.
pub const CHUNK: usize = 20_000;

/// Reads a record under the pack; a text says why it cannot be read.
pub(super) type Interpret = dyn Fn(&Stored) -> Result<Projected, String> + Send + Sync;

/// What one step merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// How many records.
    pub merged: u64,
    /// How many are merged now.
    pub watermark: u64,
    /// How many the store had when the step began.
    pub size: u64,
}

impl Progress {
    /// Whether nothing was left when the step began.
    pub fn is_done(&self) -> bool {
        self.watermark >= self.size
    }
}

/// What merges. A store has one; a second one of the same plan only loses its steps.
pub struct Projector {
    readings: Readings,
    reader: Reader,
    interpret: Arc<Interpret>,
    derive: Arc<Derive>,
    target: Target,
    merged: u64,
    ahead: Option<Ahead>,
}

/// The next chunk, made ready while the one before is merged: it depends on the records alone.
struct Ahead {
    from: u64,
    to: u64,
    chunk: JoinHandle<Result<Chunk, Error>>,
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.chunk.abort();
    }
}

impl Projector {
    /// A projector that goes on where the readings end. Where they are of another log, as after a
    /// restore, they begin anew.
    ///
    /// `interpret` is a function of the record and of what the digest of the plan names, and of
    /// nothing else. What it cannot read is set aside with the reason: such a record still counts
    /// or not, but no question by subject or kind finds it.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::NotWritable`].
    pub async fn new(
        readings: Readings,
        reader: Reader,
        interpret: impl Fn(&Stored) -> Result<Projected, String> + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let mut target = Target::open(&readings.address, &readings.plan).await?;
        let State { merged, last_id, .. } = target.state().await?;
        let interpret = Arc::new(interpret);
        let derive: Arc<Derive> = Arc::new(|_: Packed<'_>| Derived::default());
        let mut projector =
            Self { readings, reader, interpret, derive, target, merged, ahead: None };
        let last = match merged.checked_sub(1) {
            Some(last) => projector.reader.range(last, 1).await?.pop(),
            None => None,
        };
        if last.map(|record| record.id.to_string()) != last_id {
            projector.reset().await?;
        }
        projector.tell();
        Ok(projector)
    }

    /// With what says of a case what has to be done in it: a function of what its records say and of
    /// what the digest of the plan names.
    #[must_use]
    pub fn deriving(
        mut self,
        derive: impl Fn(Packed<'_>) -> Derived + Send + Sync + 'static,
    ) -> Self {
        self.derive = Arc::new(derive);
        self
    }

    /// Merges the next records in one transaction: at most `limit`, at most [`CHUNK`].
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::NotWritable`], [`Error::Damaged`]: nothing was merged.
    /// [`Error::Fenced`] where another program has made the readings anew for another plan.
    pub async fn advance(&mut self, limit: usize) -> Result<Progress, Error> {
        let size = self.reader.size().await?;
        let limit = limit.min(CHUNK) as u64;
        let from = self.merged;
        let to = size.min(from.saturating_add(limit));
        if to <= from {
            return Ok(Progress { merged: 0, watermark: from, size });
        }
        let chunk = match self.ahead.take().filter(|ahead| (ahead.from, ahead.to) == (from, to)) {
            Some(mut ahead) => (&mut ahead.chunk)
                .await
                .map_err(|e| Error::Unavailable { reason: e.to_string() })??,
            None => prepare(self.reader.clone(), Arc::clone(&self.interpret), from, to).await?,
        };
        if size - to >= limit {
            let (from, to) = (to, to + limit);
            let chunk = prepare(self.reader.clone(), Arc::clone(&self.interpret), from, to);
            self.ahead = Some(Ahead { from, to, chunk: tokio::spawn(chunk) });
        }
        if self.target.merge(chunk, &self.derive).await? {
            self.merged = to;
        } else {
            let state = self.target.state().await?;
            if !state.is_of(&self.readings.plan) {
                return Err(Error::Fenced);
            }
            self.merged = state.merged;
        }
        self.tell();
        Ok(Progress { merged: self.merged.saturating_sub(from), watermark: self.merged, size })
    }

    /// Drops everything and merges all records that the store has.
    ///
    /// # Errors
    /// As [`advance`](Self::advance).
    pub async fn rebuild(&mut self) -> Result<Progress, Error> {
        self.reset().await?;
        let size = self.reader.size().await?;
        while self.merged < size {
            self.advance(usize::try_from(size - self.merged).unwrap_or(CHUNK)).await?;
        }
        Ok(Progress { merged: self.merged, watermark: self.merged, size })
    }

    async fn reset(&mut self) -> Result<(), Error> {
        self.ahead = None;
        self.target.reset().await?;
        self.merged = 0;
        self.tell();
        Ok(())
    }

    fn tell(&self) {
        self.readings.merged.send_replace(self.merged);
    }

    /// Takes connections of its own, which belong to the runtime that asks.
    pub(super) async fn reconnect(&mut self) -> Result<(), Error> {
        self.ahead = None;
        self.reader = Reader::open(&self.readings.address).await?;
        self.target.reconnect().await
    }

    pub(super) fn readings(&self) -> &Readings {
        &self.readings
    }
}

/// All that the merging of some records needs.
async fn prepare(
    reader: Reader,
    interpret: Arc<Interpret>,
    from: u64,
    to: u64,
) -> Result<Chunk, Error> {
    let mut records: Vec<Interpreted> = Vec::with_capacity((to - from) as usize);
    while records.len() < (to - from) as usize {
        let missing = (to - from) as usize - records.len();
        let next = from + records.len() as u64;
        let found = reader.range(next, missing.min(MOST)).await?;
        let is_whole = found.iter().zip(next..).all(|(record, at)| record.position == at);
        if found.is_empty() || !is_whole {
            return Err(Error::damaged(format!("a record from position {next} on is missing")));
        }
        records.extend(interpreted(Arc::clone(&interpret), found).await?);
    }
    let effects = effect::of_chunk(&reader, &records).await?;
    let cases = case::changes(&reader, &interpret, &mut records, &effects).await?;
    let last_id = records.last().map(|(last, _)| last.id.to_string()).unwrap_or_default();
    Ok(Chunk { from, to, last_id, records, effects, cases })
}

/// Reads records under the pack, off the threads that serve requests. Of their texts nothing more is
/// needed then: a chunk would fill the memory with them.
async fn interpreted(
    interpret: Arc<Interpret>,
    records: Vec<Stored>,
) -> Result<Vec<Interpreted>, Error> {
    let reading = tokio::task::spawn_blocking(move || {
        let read = |mut record: Stored| {
            let read = interpret(&record);
            record.envelope = Vec::new();
            record.open = Vec::new();
            record.personal = Vec::new();
            record.leaf = Vec::new();
            (record, read)
        };
        records.into_iter().map(read).collect()
    });
    reading.await.map_err(|e| Error::Unavailable { reason: e.to_string() })
}
