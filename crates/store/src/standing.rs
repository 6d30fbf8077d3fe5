//! Whether a record counts, as of what was known.

use std::collections::{BTreeSet, HashMap};

use model::RecordId;

use crate::db::{Bind, Statement};
use crate::entry::Stored;
use crate::error::Error;
use crate::reader::Reader;
use crate::writer::Place;

/// How a record stood when `known` records were known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether it counted: not in an open batch, not taken back, not corrected.
    pub counts: bool,
    /// The record that completed its batch, where it has one and that is complete.
    pub batch_closed_at: Option<u64>,
    /// The record that had taken its place.
    pub corrected_by: Option<Place>,
    /// The position of the record that had taken it back, by itself or with its batch.
    pub withdrawn_at: Option<u64>,
}

impl Reader {
    /// How records stood, as of the first `known` records of the store; in their order.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn standing(&self, records: &[Stored], known: u64) -> Result<Vec<Standing>, Error> {
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let positions: Vec<Bind> = records.iter().map(|r| r.position.into()).collect();
        // Many records of one batch are asked for once.
        let batches: BTreeSet<RecordId> = records.iter().filter_map(|r| r.batch).collect();
        let ids = records.iter().map(|r| r.id).chain(batches.iter().copied());
        let mut answers = self
            .db()
            .query_all(vec![
                among(
                    "SELECT c.position, c.corrected_by, n.id, n.batch, b.position, w.position, \
                     v.position FROM corrected c JOIN record n ON n.position = c.corrected_by \
                     LEFT JOIN batch_closed b ON b.batch = n.batch \
                     LEFT JOIN withdrawn w ON w.target = n.batch \
                     LEFT JOIN withdrawn v ON v.target = n.id WHERE c.position IN",
                    positions,
                ),
                among(
                    "SELECT batch, position FROM batch_closed WHERE batch IN",
                    batches.iter().copied().map(Bind::from).collect(),
                ),
                among(
                    "SELECT target, position FROM withdrawn WHERE target IN",
                    ids.map(Bind::from).collect(),
                ),
            ])
            .await?
            .into_iter();
        let mut corrected: HashMap<u64, Place> = HashMap::new();
        for mut row in answers.next().unwrap_or_default() {
            let (old, by): (u64, u64) = (row.take(0)?, row.take(1)?);
            let (id, batch): (RecordId, Option<RecordId>) = (row.take(2)?, row.take(3)?);
            let closed: Option<u64> = row.take(4)?;
            let gone: [Option<u64>; 2] = [row.take(5)?, row.take(6)?];
            let gone = gone.into_iter().flatten().min();
            let counts_from = if batch.is_some() { closed } else { Some(by) };
            if counts_from.is_some_and(|at| at < known) && gone.is_none_or(|at| at >= known) {
                corrected.insert(old, Place { position: by, id });
            }
        }
        let mut by_id = || -> Result<HashMap<RecordId, u64>, Error> {
            let rows = answers.next().unwrap_or_default();
            rows.into_iter().map(|mut row| Ok((row.take(0)?, row.take(1)?))).collect()
        };
        let (closed, withdrawn) = (by_id()?, by_id()?);
        let before = |at: &&u64| **at < known;
        Ok(records
            .iter()
            .map(|record| {
                let closed_at = record.batch.and_then(|batch| closed.get(&batch)).filter(before);
                let own = withdrawn.get(&record.id).filter(before);
                let with_batch = record.batch.and_then(|b| withdrawn.get(&b)).filter(before);
                let corrected_by = corrected.get(&record.position).copied();
                let withdrawn_at = own.into_iter().chain(with_batch).min().copied();
                let is_complete = record.batch.is_none() || closed_at.is_some();
                Standing {
                    counts: record.position < known
                        && is_complete
                        && corrected_by.is_none()
                        && withdrawn_at.is_none(),
                    batch_closed_at: closed_at.copied(),
                    corrected_by,
                    withdrawn_at,
                }
            })
            .collect())
    }
}

/// A question about some values. Their number is rounded up by saying the last again, so that few
/// different statements have to be prepared.
pub(crate) fn among(sql: &str, mut values: Vec<Bind>) -> Statement {
    let last = values.last().cloned().unwrap_or(Bind::Null);
    values.resize(values.len().next_power_of_two(), last);
    let places: Vec<String> = (1..=values.len()).map(|n| format!("${n}")).collect();
    Statement::new(format!("{sql} ({})", places.join(", ")), values)
}
