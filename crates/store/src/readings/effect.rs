//! The intervals in which records count.
//!
//! They follow from what the store's own tables say happened to a record up to a position, and
//! from nothing that was merged before: a record to which something new happened gets all its
//! intervals anew. So neither the size of chunks nor a restart can change them.

use std::collections::HashMap;

use model::RecordId;

use super::rows::Interpreted;
use crate::db::{Bind, Row, Statement};
use crate::error::Error;
use crate::reader::Reader;
use crate::standing::among;

/// What has no end yet.
const OPEN: i64 = i64::MAX;
/// Values in one question.
const ASKED: usize = 1024;
/// Members of a batch or records of a range in one question.
const MEMBERS: usize = 20_000;
/// Neighbours from here on are asked for as a range.
const NEIGHBOURS: usize = 64;

/// Where a record in a batch, or one taken back, begins and ceases to count. All others count from
/// their own position on.
const BOUNDS: &str = "SELECT r.position, r.batch, b.position, w.position, v.position \
     FROM record r LEFT JOIN batch_closed b ON b.batch = r.batch \
     LEFT JOIN withdrawn w ON w.target = r.batch LEFT JOIN withdrawn v ON v.target = r.id \
     WHERE (r.batch IS NOT NULL OR v.position IS NOT NULL) AND r.position";

/// The records that took the place of others, and where those begin and cease to count.
const CORRECTIONS: &str = "SELECT c.position, n.position, n.batch, b.position, w.position, \
     v.position FROM corrected c JOIN record n ON n.position = c.corrected_by \
     LEFT JOIN batch_closed b ON b.batch = n.batch \
     LEFT JOIN withdrawn w ON w.target = n.batch LEFT JOIN withdrawn v ON v.target = n.id \
     WHERE c.position";

/// What a chunk does to the intervals.
#[derive(Debug, Default)]
pub(super) struct Effects {
    /// Records merged before that get their intervals anew, in order.
    pub(super) anew: Vec<u64>,
    /// Position, from, until; in order.
    pub(super) intervals: Vec<[i64; 3]>,
}

/// The effects of a chunk: of its own records, and of those before to which it did something.
pub(super) async fn of_chunk(reader: &Reader, records: &[Interpreted]) -> Result<Effects, Error> {
    let (Some((first, _)), Some((last, _))) = (records.first(), records.last()) else {
        return Ok(Effects::default());
    };
    let (from, to) = (first.position, last.position + 1);
    let anew = touched(reader, records, from).await?;
    let mut intervals = Vec::with_capacity(anew.len() + records.len());
    let own: Vec<u64> = (from..to).collect();
    for run in runs(&anew).into_iter().chain(own.chunks(MEMBERS)) {
        add_intervals(reader, run, to, &mut intervals).await?;
    }
    Ok(Effects { anew, intervals })
}

/// Positions before `from` to which these records did something.
async fn touched(reader: &Reader, records: &[Interpreted], from: u64) -> Result<Vec<u64>, Error> {
    let mut found = Vec::new();
    let mut corrected: Vec<RecordId> = records.iter().filter_map(|(r, _)| r.corrects).collect();
    let taken_back = || records.iter().filter_map(|(r, _)| r.withdraws);
    for batch in records.iter().filter_map(|(r, _)| r.closes).chain(taken_back()) {
        let mut after: i64 = -1;
        loop {
            let sql = format!(
                "SELECT position, corrects FROM record WHERE batch = $1 AND position > $2 \
                 AND position < $3 ORDER BY position LIMIT {MEMBERS}"
            );
            let binds = vec![batch.into(), after.into(), from.into()];
            let rows = reader.db().query(&sql, binds).await?;
            let is_last = rows.len() < MEMBERS;
            for mut row in rows {
                let position: u64 = row.take(0)?;
                after = position as i64;
                found.push(position);
                corrected.extend(row.take::<Option<RecordId>>(1)?);
            }
            if is_last {
                break;
            }
        }
    }
    let single: Vec<Bind> = taken_back().map(Bind::from).collect();
    let sql = "SELECT r.position, r.corrects FROM record_id i \
         JOIN record r ON r.position = i.position WHERE i.id IN";
    for mut row in ask(reader, sql, &single).await? {
        found.push(row.take(0)?);
        corrected.extend(row.take::<Option<RecordId>>(1)?);
    }
    let corrected: Vec<Bind> = corrected.into_iter().map(Bind::from).collect();
    let sql = "SELECT position FROM record_id WHERE id IN";
    for mut row in ask(reader, sql, &corrected).await? {
        found.push(row.take(0)?);
    }
    found.retain(|position| *position < from);
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

async fn ask(reader: &Reader, sql: &str, values: &[Bind]) -> Result<Vec<Row>, Error> {
    let mut rows = Vec::new();
    for values in values.chunks(ASKED) {
        let Statement { sql, binds } = among(sql, values.to_vec());
        rows.extend(reader.db().query(&sql, binds).await?);
    }
    Ok(rows)
}

/// Positions split into long runs of neighbours and lists of others, in their order.
fn runs(positions: &[u64]) -> Vec<&[u64]> {
    let mut pieces = Vec::new();
    let (mut others, mut at) = (0, 0);
    for run in positions.chunk_by(|a, b| a + 1 == *b) {
        if run.len() >= NEIGHBOURS {
            pieces.extend(positions.get(others..at).unwrap_or_default().chunks(ASKED));
            pieces.extend(run.chunks(MEMBERS));
            others = at + run.len();
        }
        at += run.len();
    }
    pieces.extend(positions.get(others..).unwrap_or_default().chunks(ASKED));
    pieces
}

/// The intervals of some records as of the first `known`.
async fn add_intervals(
    reader: &Reader,
    positions: &[u64],
    known: u64,
    intervals: &mut Vec<[i64; 3]>,
) -> Result<(), Error> {
    let (Some(first), Some(last)) = (positions.first(), positions.last()) else { return Ok(()) };
    let is_range = positions.len() >= NEIGHBOURS && last - first + 1 == positions.len() as u64;
    let question = |sql: &str| {
        if is_range {
            let binds = vec![(*first).into(), (*last).into()];
            Statement::new(format!("{sql} BETWEEN $1 AND $2"), binds)
        } else {
            among(&format!("{sql} IN"), positions.iter().map(|p| Bind::from(*p)).collect())
        }
    };
    let questions = vec![question(BOUNDS), question(CORRECTIONS)];
    let mut answers = reader.db().query_all(questions).await?.into_iter();
    let mut bounds = HashMap::new();
    for mut row in answers.next().unwrap_or_default() {
        let position: u64 = row.take(0)?;
        bounds.insert(position, span(&mut row, position, 1, known)?);
    }
    let mut windows: HashMap<u64, Vec<(i64, i64)>> = HashMap::new();
    for mut row in answers.next().unwrap_or_default() {
        let (old, by): (u64, u64) = (row.take(0)?, row.take(1)?);
        // What was appended later is not known.
        if by < known {
            windows.entry(old).or_default().extend(span(&mut row, by, 2, known)?);
        }
    }
    for position in positions {
        let own = Some((*position as i64, OPEN));
        let Some(own) = bounds.get(position).copied().unwrap_or(own) else { continue };
        let displaced = windows.get_mut(position).map(Vec::as_mut_slice).unwrap_or_default();
        for (from, until) in without(own, displaced) {
            intervals.push([*position as i64, from, until]);
        }
    }
    Ok(())
}

/// Where a record begins and ceases to count, its corrections left aside; from the columns of its
/// batch, where that was completed, and where the batch and the record itself were taken back.
fn span(row: &mut Row, position: u64, at: usize, known: u64) -> Result<Option<(i64, i64)>, Error> {
    let batch: Option<RecordId> = row.take(at)?;
    let mut place = |column: usize| -> Result<Option<i64>, Error> {
        let place: Option<u64> = row.take(column)?;
        Ok(place.filter(|place| *place < known).map(|place| place as i64))
    };
    let (closed, gone) = (place(at + 1)?, [place(at + 2)?, place(at + 3)?]);
    let from = if batch.is_some() { closed } else { Some(position as i64) };
    let until = gone.into_iter().flatten().min().unwrap_or(OPEN);
    Ok(from.filter(|from| *from < until).map(|from| (from, until)))
}

/// What is left of an interval.
fn without((from, until): (i64, i64), taken: &mut [(i64, i64)]) -> Vec<(i64, i64)> {
    taken.sort_unstable();
    let mut left = Vec::new();
    let mut at = from;
    for (begins, ends) in taken.iter().copied() {
        if begins > at {
            left.push((at, begins.min(until)));
        }
        at = at.max(ends);
        if at >= until {
            return left;
        }
    }
    left.push((at, until));
    left
}

#[cfg(test)]
mod tests {
    use super::{runs, without};

    #[test]
    fn what_is_left_lies_between_what_is_taken() {
        let left = |from, until, taken: &[(i64, i64)]| without((from, until), &mut taken.to_vec());
        assert_eq!(left(2, 9, &[]), [(2, 9)]);
        assert_eq!(left(2, 9, &[(5, 7), (3, 4)]), [(2, 3), (4, 5), (7, 9)]);
        assert_eq!(left(2, 9, &[(1, 3), (8, 12)]), [(3, 8)]);
        assert_eq!(left(2, 9, &[(2, 9)]), []);
        assert_eq!(left(2, 9, &[(12, 15)]), [(2, 9)]);
        assert_eq!(left(2, 9, &[(0, 1)]), [(2, 9)]);
    }

    #[test]
    fn runs_hold_every_position_once_in_order() {
        let mut positions: Vec<u64> = (0..3000).map(|n| n * 3).collect();
        positions.extend(20_000..70_000);
        positions.extend([80_000, 80_002]);
        let pieces = runs(&positions);
        assert_eq!(pieces.concat(), positions);
        let is_range = |piece: &&[u64]| piece[piece.len() - 1] - piece[0] + 1 == piece.len() as u64;
        assert!(pieces.iter().all(|p| p.len() <= 1024 || is_range(p) && p.len() <= 20_000));
        assert!(pieces.len() <= 8, "{}", pieces.len());
    }
}
