//! Which cases the records of a chunk change.

use std::collections::HashMap;
use std::sync::Arc;

use model::RecordId;

use super::super::effect::Effects;
use super::super::projector::Interpret;
use super::super::rows::Interpreted;
use super::CasePart;
use super::packed::Coming;
use crate::db::Row;
use crate::error::Error;
use crate::reader::{MOST, Reader};
use crate::standing::among;

/// A part of a case that comes, or whose intervals are anew.
#[derive(Debug)]
pub(in super::super) struct CaseChange {
    /// The position of the record that opened the case first.
    pub(in super::super) case: u64,
    /// The id of that record.
    pub(super) case_id: RecordId,
    position: u64,
    valid_at: i64,
    intervals: Vec<(i64, i64)>,
    body: Vec<u8>,
}

impl CaseChange {
    pub(super) fn coming(&self) -> Coming<'_> {
        Coming {
            position: self.position,
            valid_at: self.valid_at,
            intervals: &self.intervals,
            body: &self.body,
        }
    }
}

/// A part whose case is not looked up yet.
struct Loose {
    position: u64,
    valid_at: i64,
    /// By which record the case is found: the one that the part names, or that it corrects, or itself.
    by: RecordId,
    body: Vec<u8>,
}

/// What a chunk changes in cases, by case and then by position: its own records, and those before to
/// which it did something.
pub(in super::super) async fn changes(
    reader: &Reader,
    interpret: &Arc<Interpret>,
    records: &mut [Interpreted],
    effects: &Effects,
) -> Result<Vec<CaseChange>, Error> {
    let mut loose = Vec::new();
    for positions in effects.anew.chunks(MOST) {
        let interpret = Arc::clone(interpret);
        let found = reader.at(positions).await?;
        let reading = tokio::task::spawn_blocking(move || {
            let of = |stored: crate::Stored| {
                let part = interpret(&stored).ok()?.case?;
                Some(part_of(&stored, part))
            };
            found.into_iter().filter_map(of).collect::<Vec<_>>()
        });
        loose.extend(reading.await.map_err(|e| Error::Unavailable { reason: e.to_string() })?);
    }
    for (stored, read) in records {
        // Taken out: what a chunk holds in memory is held once.
        let part = read.as_mut().ok().and_then(|read| read.case.take());
        loose.extend(part.map(|part| part_of(stored, part)));
    }
    if loose.is_empty() {
        return Ok(Vec::new());
    }
    let cases = roots(reader, loose.iter().map(|part| part.by).collect()).await?;
    let mut intervals: HashMap<i64, Vec<(i64, i64)>> = HashMap::new();
    for [position, from, until] in &effects.intervals {
        intervals.entry(*position).or_default().push((*from, *until));
    }
    let mut changes: Vec<CaseChange> = loose
        .into_iter()
        .filter_map(|part| {
            let (case, case_id) = *cases.get(&part.by)?;
            Some(CaseChange {
                case,
                case_id,
                position: part.position,
                valid_at: part.valid_at,
                intervals: intervals.remove(&(part.position as i64)).unwrap_or_default(),
                body: part.body,
            })
        })
        .collect();
    changes.sort_unstable_by_key(|change| (change.case, change.position));
    Ok(changes)
}

fn part_of(stored: &crate::Stored, part: CasePart) -> Loose {
    Loose {
        position: stored.position,
        valid_at: stored.valid_at.micros(),
        by: part.of.unwrap_or(stored.id),
        body: part.body,
    }
}

/// The records in whose place some stand, the first of each line: position and id. One that there is
/// not is left out.
async fn roots(
    reader: &Reader,
    mut ids: Vec<RecordId>,
) -> Result<HashMap<RecordId, (u64, RecordId)>, Error> {
    const ASKED: &str = "SELECT d.id, d.position, r.corrects FROM record_id d \
         JOIN record r ON r.position = d.position WHERE d.id IN";
    let mut known: HashMap<RecordId, (u64, Option<RecordId>)> = HashMap::new();
    ids.sort_unstable();
    ids.dedup();
    let mut open = ids.clone();
    while !open.is_empty() {
        let mut next = Vec::new();
        for some in open.chunks(MOST) {
            let question = among(ASKED, some.iter().map(|id| (*id).into()).collect());
            for mut row in reader.db().query(&question.sql, question.binds).await? {
                let (id, position, corrects) = read(&mut row)?;
                known.insert(id, (position, corrects));
                next.extend(corrects.filter(|before| !known.contains_key(before)));
            }
        }
        next.sort_unstable();
        next.dedup();
        open = next;
    }
    let root = |id: &RecordId| {
        let mut at = *id;
        loop {
            match known.get(&at)? {
                (_, Some(before)) => at = *before,
                (position, None) => return Some((*id, (*position, at))),
            }
        }
    };
    Ok(ids.iter().filter_map(root).collect())
}

fn read(row: &mut Row) -> Result<(RecordId, u64, Option<RecordId>), Error> {
    Ok((row.take(0)?, row.take(1)?, row.take(2)?))
}
